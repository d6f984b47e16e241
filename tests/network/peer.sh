#!/bin/sh
# peer.sh - a pair that serves (echo) and another computer that asks (caller), at the two ends of a network in virtual
# time: whatever fails, and whichever protocol is under it, the caller says the same, and what is on the wire is
# explainable; two host threads and one, and a run again from its recording, give the same bytes.
#
#   tests/network/peer.sh UNDERSTUDY GUESTS [--points N] [--seed N]
set -eu
understudy=$1 guests=$2
shift 2
points=6 seed=1
while [ $# -gt 0 ]; do
    case $1 in
    --points) points=$2 ;;
    --seed) seed=$2 ;;
    *) echo "peer.sh: '$1' is no option" >&2 && exit 2 ;;
    esac
    shift 2
done
for guest in echo caller; do
    [ -r "$guests/$guest.elf" ] || { echo "peer.sh: $guests/$guest.elf is needed and cannot be read" >&2 && exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "peer.sh: seed $seed: $*" >&2
    exit 1
}

# run NAME OPTION...: its terminal is NAME.out, its peer's NAME.peer, JSON NAME.json, wire NAME.pcap, lines NAME.err.
run() {
    name=$1
    shift
    "$understudy" run --ram 4M --json "$name.json" "$@" \
        --virtio "2=net,peer=$guests/caller.elf,terminal=$name.peer,pcap=$name.pcap" "$guests/echo.elf" \
        >"$name.out" 2>"$name.err" </dev/null
}

# same NAME: it says what an undisturbed computer says, and so does its peer.
same() {
    cmp -s bare.out "$1.out" || fail "$1: the terminal is another one"
    cmp -s bare.peer "$1.peer" || fail "$1: the other computer says something else: $(cat "$1.peer")"
    [ "$(jq .explainable "$1.json")" = true ] || fail "$1: $(jq -r .violation "$1.json")"
}

run bare --mode bare
grep -q "all answers were right" bare.peer || fail "bare: $(cat bare.peer)"
run solo --mode solo
same solo
run pair --mode pair --seed "$seed" --record pair.log
same pair
run one --mode pair --seed "$seed" --threads 1
same one
cmp -s pair.pcap one.pcap || fail "one host thread puts other frames on the wire than two"
[ "$(jq -c 'del(.host_seconds, .cpu_seconds)' pair.json)" = "$(jq -c 'del(.host_seconds, .cpu_seconds)' one.json)" ] ||
    fail "one host thread ends otherwise than two"
"$understudy" replay pair.log >again.out || fail "the recording does not replay"
cmp -s pair.out again.out || fail "the recording's terminal is another one"
wire=$(jq .operations.issued pair.json)
[ "$wire" -gt 150 ] || fail "only $wire outputs"

# Crashes at outputs: by a generator that is good enough to be everywhere (Park and Miller).
state=$((seed * 7919 % 2147483646 + 1))
draw() {
    state=$((state * 48271 % 2147483647))
    drawn=$((state % $1))
}
repeats=0
for point in $(seq "$points"); do
    for protocol in bs bs-revised; do
        draw 150 && operation=$((drawn + 2))
        draw 3
        case $drawn in
        0) where=operation=$operation.before ;;
        1) where=operation=$operation.issued ;;
        *) where=operation=$operation.completed ;;
        esac
        draw 2 && who=primary && [ "$drawn" = 1 ] && who=backup && where=epoch=$((operation * 5))
        run crash --mode pair --seed "$seed" --protocol "$protocol" --crash "$who@$where" --repair time=0.2 \
            --record crash.log
        same crash
        "$understudy" replay crash.log >again.out || fail "$protocol $who@$where: the recording does not replay"
        [ "$(wc -c <crash.pcap)" -le "$(wc -c <pair.pcap)" ] || repeats=$((repeats + 1))
    done
done
echo "peer.sh: seed $seed: $((2 * points)) crashes, in $repeats the wire had more than undisturbed"
