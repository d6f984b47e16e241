# hosts.sh - what the tests of a live pair on three hosts share: network namespaces w (the world), 1 and 2 (nodes),
# joined by three cables (w to 1, w to 2, 1 to 2); who runs in them, and how the run has ended. To be read by a script
# (`.`) that has `understudy` and `guest`, and may set `timeout_us` (1 s, which a host that is busy with other things
# does not exceed by itself). Needs root (ip netns, tc); says so where it has not, and skips.
tag=us$$
failures=0
timeout_us=1000000
skip() {
    echo "SKIPPED: $*"
    exit 77
}
command -v ip >/dev/null && command -v tc >/dev/null || skip "no ip and tc (Debian: iproute2)"
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
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 12 err
}
# at HOST COMMAND...
at() {
    host=$1
    shift
    ip netns exec "$tag-$host" "$@"
}
# cable A B NETWORK: 10.0.NETWORK.1 at A, .2 at B; the ends are called after where they lead.
cable() {
    ip -n $tag-"$1" link add "to$2" type veth peer name "to$1" netns $tag-"$2" || skip "no veth"
    ip -n $tag-"$1" addr add "10.0.$3.1/24" dev "to$2"
    ip -n $tag-"$2" addr add "10.0.$3.2/24" dev "to$1"
    ip -n $tag-"$1" link set "to$2" up
    ip -n $tag-"$2" link set "to$1" up
}
ip netns add $tag-1 && ip netns add $tag-2 || skip "no namespaces"
cable w 1 1
cable w 2 2
cable 1 2 3
ends="w:to1 w:to2 1:to2 1:tow 2:tow 2:to1"
# queue ARGUMENTS...: what is sent by any cable goes through such a queue (tc qdisc) from now on. False: this kernel has
# none of that kind.
queue() {
    for end in $ends; do
        at "${end%:*}" tc qdisc replace dev "${end#*:}" root "$@" 2>/dev/null || return 1
    done
}
# How many packets those queues have lost since they were made.
lost() {
    for end in $ends; do
        at "${end%:*}" tc -s qdisc show dev "${end#*:}" | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p'
    done | awk '{ sum += $1 } END { print sum }'
}
# node K HOST ADDRESS: node K, which listens there.
node() {
    ip netns exec "$tag-$2" "$understudy" node --trusted-network --world "10.0.$2.1:7000" --listen "$3" \
        >/dev/null 2>"node$1" &
    echo $! >"node$1.pid"
}
# await TEXT [FILE]: it is there (by default: the operator is told so), or the run has ended.
await() {
    until grep -q "$1" "${2:-err}" || ! kill -0 $world 2>/dev/null; do
        sleep 0.02
    done
    grep -q "$1" "${2:-err}" || fail "nobody said '$1'"
}
# The world, and nodes 1 and 2 on the hosts 1 and 2, which are to be a pair.
begin() {
    rm -f live.img live.log ./*.pid
    : >err
    : >out
    ip netns exec $tag-w "$understudy" world --trusted-network --listen 0.0.0.0:7000 --disk live.img,create=1M \
        --set timeout-us=$timeout_us --json json --record live.log "$guest" >out 2>err &
    world=$!
    echo $world >world.pid
    node 1 1 10.0.3.1:7001
    await 'node 1 is process'
    node 2 2 10.0.3.2:7001
}
start() {
    begin
    await 'node 2 is the backup'
}
# finish NAME ENDS: the run has come to its end. ENDS are those that are right, each how many fail-overs and the
# statuses of the nodes. Terminal and disk are those of a run that nobody disturbed, and what happened happens again.
finish() {
    wait $world || fail "$1: the world's status $?"
    cmp plain.out out || fail "$1: the terminal"
    cmp plain.img live.img || fail "$1: the disk"
    grep -q '"explainable": true' json || fail "$1: $(grep violation json)"
    "$understudy" replay live.log >again || fail "$1: the replay, status $?"
    cmp out again || fail "$1: the replay's terminal"
    end=$(sed -n 's/.*"failovers": \([0-9]*\),/\1/p' json)
    for pid in node?.pid; do
        wait "$(cat "$pid")"
        end=$end:$?
    done
    echo "$1: fail-overs and statuses of the nodes: $end"
    case " $2 " in
    *" $end "*) ;;
    *) fail "$1: wanted is one of $2" ;;
    esac
}
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || exit 1
