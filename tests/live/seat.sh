#!/bin/sh
# seat.sh UNDERSTUDY GUESTS SAY - keyboard and pointer of a live pair: what is done at either node comes to the guest
# once and in its order, whoever dies meanwhile; what was down at a node that dies goes up; moves of the pointer between
# two frames are one. The recording has it all.
set -u
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER
understudy=$1 guests=$2 say=$3
. "$(dirname "$0")/nodes.inc"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 20 err answer out
}
node() {
    exec "$understudy" node --world unix:w --monitor "unix:m$1" 2>"node$1"
}
# keys K FIRST LAST: go down and up at node K, and are what is to come.
keys() {
    k=$1
    set -- $(seq "$2" "$3")
    for code; do
        printf 'down %s\nup %s\n' "$code" "$code" >>wanted
        shift
        set -- "$@" "send key $code down" "send key $code up"
    done
    at "$k" "$@"
    [ -s answer ] && fail "an answer to keys"
}
: >err
echo seat >wanted
# The time-out is long enough for a host that is busy with other things to be heard in time.
"$understudy" world --listen unix:w --set timeout-us=2000000 --record seat.log --json seat.json \
    "$guests/seat.elf" >out 2>err &
world=$!
node 1 &
one=$!
await err 'node 1 is process'
node 2 &
two=$!
await err 'node 2 is the backup'
# At the backup, while the primary dies, and until it is known to have.
keys 2 1000 1039
kill -9 $one
keys 2 1040 1099
await err 'node 2 is the primary'
node 3 &
await err 'node 3 is the backup'
# Nodes are told of what makes no sense there, and type what is in quotes.
at 3 'send key nothing down' 'send key a sideways' 'send pointer 640 0 0' 'send pointer 0 0 8' 'send key 16777216 up'
[ "$(grep -c . answer)" = 5 ] || fail "what makes no sense: $(cat answer)"
keys 2 1100 1119
await out '^up 1119' # what is done at the other node comes behind it
# What is down at a node that dies goes up; what is down at the other one stays so.
at 3 'send key shift down'
await out '^down 272'
at 2 'send key alt down' 'send key left down' 'send key left up' 'send pointer 5 6 5'
await out '^buttons 5'
kill -9 $two
await err 'node 2 is gone'
printf '%s\n' 'down 272' 'down 274' 'down 258' 'up 258' 'x 5' 'y 6' 'buttons 5' 'up 274' 'buttons 0' >>wanted
keys 3 1120 1199
await err 'node 3 is the primary'
await out '^up 1199'
# The world does not look while the pointer moves: what it finds then is one move.
kill -STOP $world
until grep -q '^State:.T' /proc/$world/status; do
    sleep 0.02
done
set --
for x in $(seq 200); do
    set -- "$@" "send pointer $((x + 100)) $((x + 50)) 0"
done
at 3 "$@" info # which is answered when the world has been sent them all
kill -CONT $world
await out '^x 300'
at 3 'send key q down'
printf '%s\n' 'x 300' 'y 250' 'down 113' >>wanted
wait $world || fail "the status is $?"
cmp out wanted || fail "another input: $(diff out wanted | head)"
grep -q '"explainable": true' seat.json || fail "not explainable"
grep -q '"failovers": 2' seat.json || fail "another number of fail-overs"
"$understudy" replay seat.log >again 2>answer || fail "the recording is not repeated"
cmp out again || fail "the recording has another input"
wait
[ $failures -eq 0 ] && echo "live: keyboard and pointer"
exit $failures
