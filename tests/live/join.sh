#!/bin/sh
# join.sh UNDERSTUDY GUESTS - computers that join, are stopped and are killed at the worst moments: a survivor with as
# much memory as a guest can have; a guest that fills its memory and looks at its clock again and again, so that the
# channel is full a moment after nobody reads it. A backup, and one that joins, is stopped: it is declared failed
# after a time-out, not when it goes on. One that joins is killed, and another joins; at the end the survivor is, and
# the system is lost.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
fail() {
    echo "FAILED: $*"
    tail -n 20 err
    kill -9 $world $first $other
    exit 1
}
# await N TEXT [FILE]: it is there N times (by default: the operator was told so), before a minute is over.
await() {
    tries=0
    until [ "$(grep -c "$2" "${3:-err}")" -ge "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 3000 ] && kill -0 $world 2>/dev/null || fail "nobody said '$2' for the $1. time"
        sleep 0.02
    done
}
# node NAME: a node; its process is $!.
node() {
    "$understudy" node --world unix:w 2>"$1" &
}
# A world of that, and a pair.
start() {
    : >err
    : >out
    first=0 other=0
    "$understudy" world --listen unix:w "$@" >out 2>err </dev/null &
    world=$!
    node one
    first=$!
    await 1 'node 1 is process'
    node two
    other=$!
}
start --ram 3584M "$guests/hello.elf"
wait $world && wait $first && wait $other || fail "3584M of memory: a status of world or node"
grep -q 'is the backup' err && ! grep -q 'declared failed' err || fail "3584M of memory: no pair"

start --ram 64M "$guests/stands.elf"
await 1 'memory is full' out
await 1 'node 2 is the backup'
kill -STOP $other
await 1 'goes on alone'
kill -CONT $other
wait $other
[ $? = 75 ] || fail "a backup that was stopped is not fenced off"
begun=$(grep -c 'begins to join' err)
for moment in stopped 0 0.02 0.05; do
    begun=$((begun + 1))
    node other
    other=$!
    await $begun 'begins to join'
    if [ $moment = stopped ]; then
        kill -STOP $other
        await $begun 'goes on alone'
        kill -CONT $other
        wait $other
        [ $? = 75 ] || fail "one that was stopped at its join is not fenced off"
    else
        sleep $moment
        kill -9 $other
        await $begun 'goes on alone'
    fi
done
node last
other=$!
await $((begun + 1)) 'begins to join'
kill -STOP $other # it has not everything; or it is the backup already, on a host that has been busy with other things
kill -9 $first
kill -CONT $other
if grep -q "node $((begun + 2)) is the backup" err; then
    await 1 'promoted'
    kill -TERM $world
    wait $world
else
    wait $other
    status=$? # by itself, or because the world ends
    [ $status = 75 ] || [ $status = 74 ] || fail "one that had not joined ends with $status"
    wait $world
    [ $? = 126 ] || fail "a system that was lost"
    grep -q 'both computers have failed: not judged after epoch [0-9]' err || fail "nobody says that it was lost"
fi
