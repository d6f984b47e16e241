#!/bin/sh
# network.sh [--all] UNDERSTUDY GUESTS - world and two nodes on three hosts: network namespaces, joined by three cables
# (world to node 1, world to node 2, node 1 to node 2) with delay and loss. Cables are cut and healed, for less and for
# more than the time-out, one at a time and two at once: at no time do two computers live, the books balance, and
# terminal and disk are those of an undisturbed run. The time-out is 1 s, which a host that is busy with other things
# does not exceed by itself. Needs root (ip netns, tc); says so where it has not, and skips.
set -u
all=
[ "$1" != --all ] || { all=1 && shift; }
understudy=$1 guest=$2/long_ledger.elf
tag=us$$
skip() {
    echo "SKIPPED: $*"
    exit 77
}
command -v ip >/dev/null && command -v tc >/dev/null || skip "no ip and tc (package iproute2)"
ip netns add $tag-w 2>/dev/null || skip "no right to make network namespaces: run as root"
folder=$(mktemp -d) || exit 1
cleanup() {
    for process in $(cat "$folder"/*.pid 2>/dev/null); do
        kill -9 "$process" 2>/dev/null
    done
    for space in w 1 2; do
        ip netns del $tag-$space 2>/dev/null
    done
    rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder" || exit 1
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 12 err
}
# cable A B NETWORK: 10.0.NETWORK.1 at A, .2 at B; the ends are called after where they lead.
cable() {
    ip -n $tag-"$1" link add "to$2" type veth peer name "to$1" netns $tag-"$2" || skip "no veth"
    ip -n $tag-"$1" addr add "10.0.$3.1/24" dev "to$2"
    ip -n $tag-"$2" addr add "10.0.$3.2/24" dev "to$1"
    ip -n $tag-"$1" link set "to$2" up
    ip -n $tag-"$2" link set "to$1" up
    worsen "$1" "to$2"
}
# worsen SPACE END: what is sent there comes late, and is lost now and then: by netem, or, where the kernel has none, by
# a slow cable with a short queue, in which a burst waits, and which loses what it has no room for.
worsen() {
    ip netns exec $tag-"$1" tc qdisc add dev "$2" root netem delay 1ms loss 0.5% 2>/dev/null ||
        ip netns exec $tag-"$1" tc qdisc add dev "$2" root tbf rate 50mbit burst 5kb limit 15kb 2>/dev/null || worse=no
}
worse=yes
ip netns add $tag-1 && ip netns add $tag-2 || skip "no namespaces"
cable w 1 1
cable w 2 2
cable 1 2 3
[ $worse = yes ] || echo "SKIPPED: delay and loss (no netem and no tbf in this kernel)"
lost() {
    for end in w:to1 w:to2 1:to2; do
        ip netns exec "$tag-${end%:*}" tc -s qdisc show dev "${end#*:}" | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p'
    done | awk '{ sum += $1 } END { print sum }'
}
# cut A B, heal A B: at A's end, which takes the carrier from both.
cut() {
    ip -n $tag-"$1" link set "to$2" down
}
heal() {
    ip -n $tag-"$1" link set "to$2" up
}
# node K LISTEN: in namespace K.
node() {
    ip netns exec $tag-"$1" "$understudy" node --trusted-network --world "10.0.$1.1:7000" --listen "$2" \
        >/dev/null 2>"node$1" &
    echo $! >"node$1.pid"
}
start() {
    heal w 1 && heal w 2 && heal 1 2
    rm -f live.img ./*.pid
    : >err
    ip netns exec $tag-w "$understudy" world --trusted-network --listen 0.0.0.0:7000 --disk live.img,create=1M \
        --set timeout-us=1000000 --json json "$guest" >out 2>err &
    world=$!
    echo $world >world.pid
    node 1 10.0.3.1:7001
    sleep 0.3
    node 2 10.0.3.2:7001
    tries=0
    until grep -q 'is the backup' err || [ $tries = 1000 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    grep -q 'is the backup' err || fail "$1: no pair"
}
# The pair has come to its end: NAME, how many fail-overs and the statuses of the nodes that are allowed.
finish() {
    wait $world || fail "$1: the world's status $?"
    cmp plain.out out || fail "$1: the terminal"
    cmp plain.img live.img || fail "$1: the disk"
    grep -q '"explainable": true' json || fail "$1: $(grep violation json)"
    failovers=$(sed -n 's/.*"failovers": \([0-9]*\),/\1/p' json)
    for k in 1 2; do
        wait "$(cat node$k.pid)"
        status=$?
        eval "status$k=$status"
    done
    echo "$1: $failovers fail-overs, nodes ended with $status1 and $status2; $(lost) packets lost so far"
    case " $2 " in
    *" $failovers:$status1:$status2 "*) ;;
    *) fail "$1: wanted is one of $2 (fail-overs, statuses of the nodes)" ;;
    esac
}
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || exit 1

start pair
cut 1 2
finish "nodes apart for ever" "0:0:75 1:75:0"
start world1
cut w 1
finish "the primary without the world" "1:74:0"
if [ $all ]; then
    start short
    cut 1 2 && sleep 0.2 && heal 1 2
    finish "nodes apart for 0.2 s" "0:0:0"
    start world2
    cut w 2
    finish "the backup without the world" "0:0:74"
    start both
    cut w 1 && cut 1 2
    finish "the primary alone in the world" "1:74:0"
    # Who hears the world first goes on; the other may halt.
    start blink
    cut w 1 && cut w 2 && sleep 1 && heal w 1 && heal w 2
    finish "no world for a second" "0:0:0 0:0:74 1:74:0"
fi
[ $worse = no ] || [ "$(lost)" -gt 0 ] || fail "no packet was lost"
[ $failures = 0 ]
