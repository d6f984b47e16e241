#!/bin/sh
# network.sh [--crashes N] [--mebibytes N] [--seed N] UNDERSTUDY FOLDER... - two Linuxes at the two ends of a network in
# virtual time: one, on a pair, serves a file (busybox httpd), the other gets it (wget). Whenever the primary fails, it
# gets the same bytes, and the run is explainable. In the first FOLDER that has a kernel and a file system; skipped,
# loudly, where there is none. docs/network.md.
set -eu
crashes=1 mebibytes=1 seed=1
while :; do
    case $1 in
    --crashes) crashes=$2 ;;
    --mebibytes) mebibytes=$2 ;;
    --seed) seed=$2 ;;
    *) break ;;
    esac
    shift 2
done
understudy=$1
shift
for folder; do
    for kernel in "$folder/vmlinux" "$folder/vmlinux.stripped"; do
        [ -r "$kernel" ] && [ -r "$folder/initramfs.cpio.gz" ] && break 2
    done
    kernel=
done
[ "$kernel" ] || { echo "SKIPPED: no kernel in $*: examples/linux/build makes one" && exit 77; }
kernel=$(realpath "$kernel") initrd=$(realpath "$folder/initramfs.cpio.gz")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "network.sh: $*" >&2
    tail -n 5 ./*.err ./*.peer >&2 2>/dev/null
    exit 1
}
line="console=hvc0 virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73 quiet rdinit=/bin/busybox --"
begin="cd /tmp; /bin/busybox --install -s /bin; ifconfig lo 127.0.0.1"
make="seq 1 200000 | head -c 1048576 >p; for i in \$(seq $mebibytes); do cat p; done >w/file; sha256sum <w/file"
serve="$begin; ifconfig eth0 10.0.2.15; mkdir w; $make; httpd -p 80 -h w; nc -l -p 81; echo over; poweroff -f"
fetch="until wget -q -O f http://10.0.2.15/file; do sleep 1; done; sha256sum <f"
get="$begin; ifconfig eth0 10.0.2.100; $fetch; echo end | nc 10.0.2.15 81; poweroff -f"
cat >peer.txt <<END
--ram 64M --kernel $kernel --initrd $initrd
--virtio 0=console --virtio 1=net
--append '$line sh -c "$get"'
END
run() {
    name=$1
    shift
    "$understudy" run --ram 64M --kernel "$kernel" --initrd "$initrd" --json "$name.json" "$@" --virtio 0=console \
        --virtio "1=net,peer=@peer.txt,terminal=$name.peer" --append "$line sh -c \"$serve\"" \
        >"$name.out" 2>"$name.err" </dev/null || fail "$name: status $?: $*"
    grep -aq over "$name.out" || fail "$name: the server did not end: $*"
    grep -ao '[0-9a-f]\{64\}' "$name.out" >served
    grep -ao '[0-9a-f]\{64\}' "$name.peer" >got || fail "$name: nothing was got: $*"
    cmp -s served got || fail "$name: other bytes were got: $*"
    [ "$(jq .explainable "$name.json")" = true ] || fail "$name: $(jq -r .violation "$name.json"): $*"
}
run pair --mode pair --seed "$seed"
total=$(jq .instructions pair.json)
first=$((total / 3))
echo "network.sh: $mebibytes MiB, $total instructions, $(jq .operations.issued pair.json) outputs," \
    "$(jq .host_seconds pair.json) s"
state=$((seed * 7919 % 2147483646 + 1))
for crash in $(seq "$crashes"); do
    state=$((state * 48271 % 2147483647))
    at=$((first + state % (total - first)))
    run crash --mode pair --seed "$seed" --crash "primary@instruction=$at"
    [ "$(jq .failovers crash.json)" = 1 ] || fail "nobody took over at instruction $at"
done
echo "network.sh: seed $seed: $crashes crashes, the same bytes each time"
