#!/bin/sh
# hostile.sh UNDERSTUDY GUESTS STRANGERS - a live pair, and strangers at the world's socket meanwhile (test_hostile.c):
# each is refused with one line, and the pair goes on as if nothing had been. Then the world is asked to end, and all
# do. Options and addresses that make no sense are refused with one line and status 2.
set -u
understudy=$1 guests=$2 strangers=$3
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 40 "$folder/err"
}
# understudy ARGUMENTS... is refused, with a line that has the text $1
refused() {
    wanted=$1
    shift
    "$understudy" "$@" >"$folder/said" 2>&1
    status=$?
    [ $status = 2 ] || fail "$*: status $status"
    [ "$(wc -l <"$folder/said")" = 1 ] || fail "$*: $(cat "$folder/said")"
    grep -q -e "$wanted" "$folder/said" || fail "$*: $(cat "$folder/said")"
}
refused 'no world is given' node
refused 'trusted-network' node --world localhost:7000
refused '--listen ADDR is wanted\|cannot be reached' node --world 127.0.0.1:1 --trusted-network
refused 'unix:PATH' node --world somewhere
refused 'is no option of a node' node --world unix:/x --disk y
refused 'no address is given' world "$guests/hello.elf"
refused 'trusted-network' world --listen 0.0.0.0:0 "$guests/hello.elf"
refused 'only in virtual time' live --crash primary@time=1 "$guests/hello.elf"
refused 'only in virtual time' live --mode solo "$guests/hello.elf"
refused 'a number from 1 to 8' live --nodes 9 "$guests/hello.elf"
refused 'one network device is wanted' world --listen unix:"$folder/w" --virtio 0=net --virtio 1=net "$guests/hello.elf"
refused 'takes no value' live --respawn=yes "$guests/hello.elf"
refused 'cannot be read' live /nowhere.elf
mkdir -m 755 "$folder/open"
refused 'mode 755' world --listen "unix:$folder/open/s" "$guests/hello.elf"

socket=$folder/world.sock
# The time-out is long enough for a host that is busy with other things: nobody is to be declared failed here.
"$understudy" world --listen "unix:$socket" --set timeout-us=20000000 "$guests/endless.elf" \
    >"$folder/out" 2>"$folder/err" &
world=$!
"$understudy" node --world "unix:$socket" 2>"$folder/one" &
one=$!
"$understudy" node --world "unix:$socket" 2>"$folder/two" &
two=$!
tries=0
until grep -q 'is the backup' "$folder/err" || [ $tries = 600 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
refused 'cannot be listened at' world --listen "unix:$socket" "$guests/hello.elf"
"$strangers" "$socket" || fail "the strangers"
for line in 'speaks something else' 'another version' 'makes no sense' 'before a hello' 'no hello for 5 seconds' \
    'are there already'; do
    grep -q "$line" "$folder/err" || fail "nobody said '$line'"
done
kill -0 $one && kill -0 $two || fail "a node is gone"
grep -q 'declared failed' "$folder/err" && fail "a fail-over"
kill -TERM $world
wait $world
status=$?
[ $status = 130 ] || fail "the world's status is $status"
for node in $one $two; do
    wait $node
    status=$?
    [ $status = 74 ] || fail "a node's status is $status: $(cat "$folder/one" "$folder/two")"
done
[ ! -e "$socket" ] || fail "the socket is left behind"
[ $failures = 0 ]
