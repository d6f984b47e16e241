#!/bin/sh
# monitor.sh UNDERSTUDY GUESTS SAY - a person at the nodes of a live pair: what they are, cables cut and healed for less
# and for more than the time-out, messages delayed, a crash; and what makes no sense.
set -u
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER
understudy=$1 guests=$2 say=$3
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 20 err answer
}
# at K LINE...: to the monitor of node K.
at() {
    monitor=m$1
    shift
    "$say" "$monitor" "$@" >answer 2>&1
}
has() {
    grep -q -e "$1" answer || fail "no '$1'"
}
await() {
    tries=0
    until grep -q "$1" err || [ $tries = 1000 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    grep -q "$1" err || fail "nobody said '$1'"
}
node() {
    exec "$understudy" node --world unix:w --monitor "unix:m$1" 2>"node$1"
}
: >err
# The time-out is long enough for a host that is busy with other things to be heard in time.
"$understudy" world --listen unix:w --set timeout-us=3000000 "$guests/endless.elf" >out 2>err &
world=$!
node 1 &
one=$!
await 'node 1 is process'
node 2 &
two=$!
await 'node 2 is the backup'
at 1 help info
has 'crash'
has 'node 1 is the primary'
has 'peer: heard'
at 2 info
has 'node 2 is the backup'
for command in step next finish until epoch continue break tbreak watch reverse-step reverse-epoch reverse-continue; do
    at 1 $command
    has "'replay' the recording"
done
at 2 'crash primary'
has "'primary' is not this node, which is the backup"
# A look into either, which goes on meanwhile.
# by the commands of the monitor, which are in one table, and in its words.
at 1 'info registers' 'x/6xw main' why 'info outstanding' 'info log' 'info monitor' 'info channel'
has '^iaoq '
has '^r24 '
has '^0x[0-9a-f]* <main>: 0x'
has 'nothing is outstanding'
has 'buffered for the end of an epoch'
has 'primary, outputs are issued'
has '^channel: '
at 2 'print/x 6*7' 'p main' 'backtrace' 'disas main 2' 'x/2i main' 'symbol main' 'info tlb' 'info monitor'
has '0x0000002a'
has '#0 .*<main'
has '#2 .*<_start'
[ "$(grep -c '<main>  ' answer)" = 2 ] || fail "instructions by disassemble and by x/i"
has 'backup, outputs are'
# Each node's copy of one memory.
at 1 'x/64xw main'
mv answer first
at 2 'x/64xw main'
cmp first answer || fail "the nodes' memories differ"
at 2 'info nothing' 'x/999999xw main' 'print nobody' 'x/4xw 0xffffff00' 'info snapshots' 'set $x = 1' 'window'
has "unknown topic of info 'nothing'"
has 'no good count'
has "'nobody'"
has 'info snapshots: there is none of a live node'
has 'set: a live run cannot'
has 'there is no screen for a window\|built without SDL2'
# What only the world knows.
at 1 'print $explainable' 'p $epoch > 0'
has "'\$explainable'"
has '^0x00000001 '
# The window, in words and in a picture, of a guest that writes and whose computer serves or not.
at 1 'window describe' 'screenshot one.png'
grep -q '^title' answer && grep -q 'endless.elf on node [12] of a live pair: runs' answer || fail "no window"
grep -q '^computer 1 ' answer && grep -q 'computer 1: epoch [0-9]*, live' answer || fail "no computer that serves"
grep -A 3 '^the guest' answer | grep -q '^    endless' || fail "nothing on the terminal"
at 2 'window describe' 'screenshot two.png'
grep -q '^computer 2 ' answer || fail "no computer 2"
grep -q 'computer 2: epoch [0-9]*, suppressed' answer || fail "no computer that follows"
grep -A 3 '^the guest' answer | grep -q '^    endless' || fail "nothing on the other terminal"
for picture in one two; do
    [ "$(head -c 4 $picture.png | tail -c 3)" = PNG ] || fail "no picture"
done
# Who says all at once, and hangs up, and who is gone before the answer.
printf 'x/4096i main\ninfo\nwindow describe\n' | "$say" m1 >/dev/null
at 1 'dance' 'cut rope' 'delay soon' 'delay 99999999' 'delay 61s' "$(printf %01000d 7)"
has "unknown command 'dance'"
has "no cable 'rope'"
has "cannot be 'soon'"
has 'a line is longer'
at 1 'delay 700us' 'delay 20ms' info
has 'messages are delayed by 20 ms'
# For less than the time-out nobody notices.
at 1 'delay 20' 'cut peer'
sleep 0.2
at 1 heal info
has 'delayed by 20 ms'
at 1 'delay 0'
at 2 'cut world' heal 'heal world' info
has 'node 2 is the backup'
sleep 0.8
at 1 info
has 'node 1 is the primary'
grep -q 'declared failed' err && fail "a fail-over"
# For longer: whoever is first at the arbiter goes on, the other is fenced off.
at 1 cut
await 'declared failed'
tries=0
while kill -0 $one 2>/dev/null && kill -0 $two 2>/dev/null && [ $tries -lt 1000 ]; do
    tries=$((tries + 1))
    sleep 0.02
done
if kill -0 $one 2>/dev/null; then left=1; else left=2; fi
kill -0 $one 2>/dev/null && kill -0 $two 2>/dev/null && fail "two computers live"
at $left info
has "node $left is the primary"
has 'peer: none'
at $left crash
wait $world
status=$?
[ $status = 126 ] || fail "the world's status is $status"
wait $one $two

# Of a guest with a disk: a node judges nothing.
: >err
"$understudy" world --listen unix:w --disk bank.img,create=1M --engine interpreter "$guests/long_ledger.elf" \
    >out 2>err &
world=$!
node 1 &
await 'node 1 is process'
node 2 &
await 'node 2 is the backup'
: >answer
while ! grep -q 'told completed' answer && kill -0 $world; do
    at 1 why
done
has 'told completed'
grep 'and so' answer && fail "a node judges"
kill $world
wait

# What is typed there is typed at the terminal: the guest answers a number with the next one, and ends.
mkfifo input
sleep 30 >input &
writer=$!
: >err
"$understudy" world --listen unix:w "$guests/increment.elf" <input >out 2>err &
world=$!
node 1 &
await 'node 1 is process'
at 1 info
while grep -q 'not answered yet' answer; do
    at 1 info
done
has 'node 1 is a spare'
at 1 'send "4"' 'send "\x31\n"'
node 2 &
wait $world || fail "the world's status is $?"
kill $writer
[ "$(tr '\n' ' ' <out)" = '42 ' ] || fail "the terminal has $(cat out)"
[ $failures = 0 ]
