#!/bin/sh
# user.sh [--kills N] [--bytes N] UNDERSTUDY GUESTS CLIENT - a client of the host is connected to a live guest over TCP
# while one primary after the other is killed: the same bytes come back, over one connection; the verdict is
# explainable, and the recording is run again. Skipped, loudly, where the program was built without libslirp.
# docs/network.md.
set -u
. "$(dirname "$0")/pair.sh"
kills=1 bytes=400000
while [ $# -gt 3 ]; do
    case $1 in
    --kills) kills=$2 ;;
    --bytes) bytes=$2 ;;
    *) echo "user.sh: '$1' is no option" >&2 && exit 2 ;;
    esac
    shift 2
done
understudy=$1 guest=$2/echo.elf client=$3
"$understudy" --version | grep -q libslirp\ [0-9] || { echo "SKIPPED: built without libslirp" && exit 77; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
fail() {
    echo "FAILED: $*"
    tail -n 20 err
    kill "$live" 2>/dev/null
    exit 1
}
hold "$client" 2
read -r port end <ports
: >err
: >out
"$understudy" live --respawn --ram 4M --json json --record live.log \
    --virtio "0=net,user,hostfwd=tcp:127.0.0.1:$port-:7,hostfwd=tcp:127.0.0.1:$end-:9,pcap=wire.pcap" "$guest" \
    >out 2>err </dev/null &
live=$!
await grep -q listens out
"$client" echo "$port" "$bytes" >said 2>progress &
asks=$!
killed=0
while [ $killed -lt "$kills" ]; do
    await paired
    killed=$((killed + 1))
    part=$((killed * 7 / (kills + 1) + 1))
    until grep -q "^$part eighths" progress || ! kill -0 $asks 2>/dev/null; do sleep 0.02; done
    paired || continue
    kill -9 "$(process_of primary)" || fail "there is no primary to kill"
    while paired; do sleep 0.01; done
done
wait $asks || fail "$(cat progress)"
cat said
"$client" open "$end" || fail "the guest's port 9 is not there"
wait $live || fail "status $?"
grep -q "echo: over" out || fail "the guest did not end"
[ "$(jq .explainable json)" = true ] || fail "$(jq -r .violation json)"
[ "$(jq .failovers json)" -ge 1 ] || fail "nobody took over"
"$understudy" replay live.log >again || fail "the recording does not replay"
cmp out again || fail "the recording's terminal is another one"
[ "$(wc -c <wire.pcap)" -gt "$bytes" ] || fail "the capture has too little"
echo "user.sh: $killed kills, $(jq .failovers json) fail-overs, $(jq .operations.issued json) outputs"
