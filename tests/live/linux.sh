#!/bin/sh
# linux.sh [--kills N] [--mebibytes N] UNDERSTUDY CLIENT FOLDER... - an unmodified Linux with a web server (busybox
# httpd) on a live pair; curl on the host gets a file from it while one primary after the other is killed: the same
# bytes, over one connection. In the first FOLDER that has a kernel and a file system; skipped, loudly, where there is
# none, no curl, or no libslirp. docs/network.md.
set -u
. "$(dirname "$0")/pair.sh"
kills=1 mebibytes=4
while :; do
    case $1 in
    --kills) kills=$2 ;;
    --mebibytes) mebibytes=$2 ;;
    *) break ;;
    esac
    shift 2
done
understudy=$1 client=$2
shift 2
for folder; do
    for kernel in "$folder/vmlinux" "$folder/vmlinux.stripped"; do
        [ -r "$kernel" ] && [ -r "$folder/initramfs.cpio.gz" ] && break 2
    done
    kernel=
done
skip() {
    echo "SKIPPED: $*"
    exit 77
}
[ "$kernel" ] || skip "no kernel in $*: examples/linux/build makes one"
command -v curl >/dev/null || skip "no curl"
"$understudy" --version | grep -q 'libslirp [0-9]' || skip "built without libslirp"
kernel=$(realpath "$kernel") initrd=$(realpath "$folder/initramfs.cpio.gz")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
fail() {
    echo "FAILED: $*"
    tail -n 15 err
    tail -c 600 out
    kill "$live" 2>/dev/null
    exit 1
}
hold "$client" 2
read -r port end <ports
line="console=hvc0 virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73 quiet rdinit=/bin/busybox --"
begin="cd /tmp; /bin/busybox --install -s /bin; ifconfig lo 127.0.0.1; ifconfig eth0 10.0.2.15; mkdir w"
make="seq 1 200000 | head -c 1048576 >p; for i in \$(seq $mebibytes); do cat p; done >w/file; sha256sum <w/file"
serve="$begin; $make; httpd -p 80 -h w; echo serves; nc -l -p 81; echo over; poweroff -f"
: >err
: >out
"$understudy" live --respawn --ram "$((128 + mebibytes))M" --json json --kernel "$kernel" --initrd "$initrd" \
    --virtio 0=console --virtio "1=net,user,hostfwd=tcp:127.0.0.1:$port-:80,hostfwd=tcp:127.0.0.1:$end-:81" \
    --append "$line sh -c \"$serve\"" >out 2>err </dev/null &
live=$!
await grep -aq serves out
killed=0
curl -sS --max-time 600 -o got "http://127.0.0.1:$port/file" 2>said &
asks=$!
size_of() { stat -c %s got 2>/dev/null || echo 0; }
while [ $killed -lt "$kills" ]; do
    killed=$((killed + 1))
    part=$((mebibytes * 1048576 * killed / (kills + 1)))
    while [ "$(size_of)" -lt "$part" ] && kill -0 $asks 2>/dev/null; do sleep 0.01; done
    await paired
    kill -9 "$(process_of primary)" || fail "there is no primary to kill"
    before=$(size_of) began=$(date +%s%N)
    sleep 0.1 # what was under way
    before=$(size_of)
    while [ "$(size_of)" = "$before" ] && kill -0 $asks 2>/dev/null; do sleep 0.002; done
    echo "linux.sh: killed after $before bytes; the client saw a pause of $((($(date +%s%N) - began) / 1000000)) ms"
done
wait $asks || fail "curl: $(cat said)"
curl -s --max-time 5 "http://127.0.0.1:$end/" >/dev/null 2>&1
wait $live || fail "status $?"
[ "$(sha256sum <got | cut -c 1-64)" = "$(grep -ao '[0-9a-f]\{64\}' out | head -n 1)" ] || fail "other bytes were got"
[ "$(stat -c %s got)" = $((mebibytes * 1048576)) ] || fail "$(stat -c %s got) bytes were got"
[ "$(jq .explainable json)" = true ] || fail "$(jq -r .violation json)"
[ "$(jq .failovers json)" = "$kills" ] || fail "$(jq .failovers json) fail-overs"
echo "linux.sh: $(stat -c %s got) bytes over one connection, $(jq .failovers json) fail-overs," \
    "$(jq .messages json) messages, $(jq .bytes json) bytes, $(jq -c .cpu_seconds json), $(jq .host_seconds json) s"
