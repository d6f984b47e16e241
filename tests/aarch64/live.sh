#!/bin/sh
# live.sh UNDERSTUDY QEMU NODE REPLAY SAY GUESTS - a live pair of which one computer is x86-64 and the other aarch64,
# under qemu-aarch64: the digests of all state are equal at the end of each epoch, and whichever is killed, the other
# goes on. A recording runs again on either.
# (US 9,465,634, second embodiment: processors of two kinds.)
set -u
understudy=$1 qemu=$2 node=$3 replay=$4 say=$5 guest=$6/ledger.elf
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 12 err node.err
}
await() {
    tries=0
    until grep -q "$1" err || [ $tries = 1000 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
}
here() {
    ulimit -v 400000 # kilobytes: it keeps nothing of each epoch
    exec "$understudy" node --world unix:world.sock --monitor unix:here.sock
}
there() {
    exec "$qemu" "$node" unix:world.sock
}
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || exit 1
# pair FIRST SECOND KILLED [PROTOCOL [EPOCH]]: FIRST is the primary.
pair() {
    rm -f live.img
    : >err
    # Short epochs, acknowledged one by one: there is time to kill. The time-out is one that a busy host keeps to.
    "$understudy" world --listen unix:world.sock --protocol "${4-bs}" --epoch "${5-128}" --set digest-epochs=1 \
        --set timeout-us=1000000 --disk live.img,create=1M --json json ${5+--record log} "$guest" >out 2>err &
    world=$!
    "$1" 2>node.err &
    first=$!
    await 'node 1 is process'
    "$2" 2>>node.err &
    second=$!
    await 'is the backup'
    # What the other says of itself soon: [perf].
    said=no tries=0
    while [ "$1" = here ] && [ $said = no ] && [ $tries -lt 100 ] && kill -0 $first; do
        tries=$((tries + 1))
        "$say" here.sock 'info monitor' >monitor
        grep -q "^the other computer's host: aarch64, engine: interpreter$" monitor && said=yes
    done
    [ "$1" != here ] || [ $said = yes ] || fail "$*: no [perf]"
    [ "$3" != first ] || kill -9 $first
    [ "$3" != second ] || kill -9 $second
    wait $world || fail "$*: the world's status $?"
    wait $first $second
    cmp plain.out out || fail "$*: the terminal"
    cmp plain.img live.img || fail "$*: the disk"
    grep -q '"explainable": true' json || fail "$*: $(grep violation json)"
    # What was recorded where it was the primary runs again on either host.
    if [ -n "${5-}" ]; then
        "$understudy" replay log >again 2>replay.err || fail "$*: the recording: $(tail -n 1 replay.err)"
        cmp out again || fail "$*: the recording's terminal"
        "$qemu" "$replay" log >again 2>replay.err || fail "$*: the recording there: $(tail -n 1 replay.err)"
        cmp out again || fail "$*: the recording's terminal there"
    fi
    failovers=$(sed -n 's/.*"failovers": \([0-9]*\),/\1/p' json)
    echo "$1 with $2, killed is $3: $failovers fail-overs, $(sed -n 's/.*"epochs": \([0-9]*\),/\1/p' json) epochs"
    wanted=0
    [ "$3" != first ] || wanted=1
    [ "$failovers" = $wanted ] || fail "$*: $failovers fail-overs"
    # What the survivor has counted is in the world's JSON.
    grep -q '"virtual": [1-9]' json || fail "$*: no interrupts"
    [ "${4-bs}" = bs ] || grep -q '"length": [1-9]' json || fail "$*: no points"
    [ "$3" != none ] || grep -q '"max": 0*[1-9.][0-9.]*[1-9]' json || fail "$*: no lag"
}
chmod 700 "$folder"
pair here there first
pair there here first
# No position, count or message speaks of the host's instructions: at each point the two agree.
pair here there first yokogawa
pair there here first yokogawa
pair here there second
pair here there none yokogawa 1024
pair there here none yokogawa 1024
# A run of one process here, over a fail-over, runs again there.
"$understudy" run --mode pair --protocol yokogawa --set digest-epochs=1 --crash primary@operation=9 --record log \
    --disk one.img,create=1M "$guest" >out 2>err || fail "one process: $(tail -n 1 err)"
"$qemu" "$replay" log >again 2>replay.err || fail "one process: the recording there: $(tail -n 1 replay.err)"
cmp out again || fail "one process: the recording's terminal there"
tail -n 1 replay.err
[ $failures = 0 ]
