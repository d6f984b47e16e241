#!/bin/sh
# poor.sh UNDERSTUDY GUESTS - a live pair on a host that has too few descriptors for all of it, or for one node; and a
# node that is killed before the guest has started. Each ends with what it says and a status that is not 0, or runs;
# nothing waits for what never comes, and neither a process nor a socket is left behind.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- # of whoever runs this
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 20 err
}
# The text $1 is in the file err, soon.
await() {
    tries=0
    until grep -q "$1" err || [ $tries = 1500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    [ $tries -lt 1500 ] || fail "nobody said '$1'"
}
# The process $1, of `live`, ends by itself, and all that it has started. Its status is $status.
ends() {
    tries=0
    while kill -0 "$1" 2>/dev/null && [ $tries -lt 1500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    [ $tries -lt 1500 ] || { fail "$2: it waits"; kill -9 "$1" $(sed -n 's/.* is process //p' err); }
    wait "$1"
    status=$?
    for process in $(sed -n 's/.* is process //p' err); do
        while kill -0 "$process" 2>/dev/null && [ $tries -lt 1500 ]; do # a node hears of a world's end a moment later
            tries=$((tries + 1))
            sleep 0.02
        done
        ! kill -0 "$process" 2>/dev/null || fail "$2: process $process is left behind"
    done
    [ -z "$(ls sockets)" ] || { fail "$2: sockets are left behind"; rm -rf sockets/*; }
}
# With so many descriptors.
for limit in 4 5 6; do
    (
        ulimit -n $limit
        exec "$understudy" live "$guests/hello.elf"
    ) </dev/null >out 2>err &
    ends $! "$limit descriptors"
    if [ $status = 0 ]; then
        grep -q 'Hello' out || fail "$limit descriptors: the terminal has $(cat out)"
    else
        grep -q 'Too many open files' err || fail "$limit descriptors: nobody says why"
        [ $limit -lt 6 ] || fail "$limit descriptors: status $status"
    fi
done
[ $status = 0 ] && ! grep -q 'cannot be taken' err || fail "6 descriptors are enough"
# One node alone has too few: the other cannot come to it, and it goes on without.
: >err
"$understudy" world --listen unix:sockets/w "$guests/endless.elf" </dev/null >out 2>err &
world=$!
(
    ulimit -n 5
    exec "$understudy" node --world unix:sockets/w
) 2>one &
await 'node 1 is process'
"$understudy" node --world unix:sockets/w 2>two
status=$?
[ $status = 75 ] || fail "a node that is not taken: status $status"
grep -q 'cannot be taken: Too many open files' err || fail "a node that is not taken: nobody says why"
kill -0 "$(sed -n 's/.*node 1 is process //p' err)" || fail "a survivor with few descriptors is gone"
kill $world
ends $world "a survivor with few descriptors"

# A node that dies before it has been heard.
for respawn in '' --respawn; do
    : >err
    "$understudy" live $respawn "$guests/hello.elf" --nodes 1 </dev/null >out 2>err &
    live=$!
    await 'node 1 is process'
    # One that is killed before it has been heard: here the only one, which has no successor.
    kill -9 "$(sed -n 's/.*node 1 is process //p' err)"
    if [ "$respawn" ]; then
        await 'node 2 is process'
        kill -TERM $live
        ends $live "a node that is started again"
        [ $status = 130 ] || fail "a node that is started again: status $status"
    else
        ends $live "a node that is killed"
        [ $status = 126 ] || fail "a node that is killed: status $status"
        [ "$(grep -c 'no node is left' err)" = 1 ] || fail "a node that is killed: nobody says so"
    fi
done
[ $failures = 0 ]
