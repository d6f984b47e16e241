#!/bin/sh
# play.sh UNDERSTUDY GUESTS SAY PNG_AT [TYPE_AT]: the guest of a live pair is drawn with at the nodes' windows, keyboard
# and pointer, and no stroke is lost when one dies; and `live --window`, with a screen, without one, and whose screen
# goes away. Without TYPE_AT nobody types at a window under Xvfb.
set -u
understudy=$1 guests=$2 say=$3 png_at=$4 type_at=${5:-}
. "$(dirname "$0")/xvfb.sh"
. "$(dirname "$0")/../live/nodes.inc"
work=$(mktemp -d) || exit 1
server=
live=
trap '[ -n "$server" ] && kill "$server"; [ -n "$live" ] && kill "$live"; rm -rf "$work"' EXIT
cd "$work" || exit 1
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER
failed=0
fail() {
    failed=$((failed + 1))
    echo "FAILED $*"
    tail -n 20 err answer out
}
# painted K X Y COLOUR: the window of node K comes to show that colour there.
painted() {
    tries=0
    until at "$1" "screenshot $1.png" && [ "$("$png_at" "$1.png" "$2" "$3")" = "$4" ] || [ $tries = 300 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    [ "$("$png_at" "$1.png" "$2" "$3")" = "$4" ] || fail "node $1: at $2 $3 is $("$png_at" "$1.png" "$2" "$3"), not $4"
}
node() {
    exec "$understudy" node --world unix:w --monitor "unix:m$1" --window 2>"node$1"
}
ink='#202020' blue='#2471a3' paper='#f4f1e8'

: >err
: >answer
SDL_VIDEODRIVER=dummy
export SDL_VIDEODRIVER
"$understudy" world --listen unix:w --set timeout-us=2000000 --record paint.log --json paint.json \
    "$guests/paint.elf" >out 2>err &
world=$!
node 1 &
one=$!
await err 'node 1 is process'
node 2 &
await err 'node 2 is the backup'
await out 'paint: ready'
# What a node has no command for stands there, and says why: in words, and as a broken line round the button.
at 1 'window describe'
grep -q "No stepping and no way back in a live run: .*'replay LOG'" answer || fail "no way back is not said"
for button in run step 'step back' epoch 'epoch back' 'next fail-over' repair; do
    grep -A 2 "^button $button (" answer | grep -q 'not in a live run: ' || fail "button $button: not said to be none"
done
# The picture of the guest: its colours are where it has drawn them. The pen is taken beyond the edge, and let go there.
painted 1 300 300 "$paper"
at 1 'window drag 200x300 400x300' 'window key g' 'window key 5' 'window key f10'
painted 1 300 300 "$ink"
painted 2 300 300 "$ink"
at 2 'window drag 100x200 1000x200'
painted 2 300 200 "$blue"
painted 1 300 200 "$blue"
kill -9 $one
await err 'node 2 is the primary'
at 2 'window drag 100x150 300x150' 'window key g' 'window key space' 'window key right'
painted 2 200 150 "$blue"
painted 2 300 200 "$blue"
painted 2 300 300 "$ink"
at 2 'window key q'
wait $world || fail "the status is $?"
grep -q '"explainable": true' paint.json || fail "not explainable"
"$understudy" replay paint.log >again 2>answer || fail "the recording is not repeated"
cmp -s out again || fail "the recording has another picture"
wait

# `live --window`: without a screen it is said in one line, and nothing is begun.
for screen in '' :99999; do
    SDL_VIDEODRIVER='' DISPLAY=$screen "$understudy" live --window "$guests/hello.elf" >out 2>err </dev/null
    [ $? = 2 ] || fail "live --window without a screen: not refused"
    { [ "$(wc -l <err)" = 1 ] && grep -q 'there is no screen for a window' err; } || fail "no screen: $(cat err)"
done
"$understudy" world --window --listen unix:w "$guests/hello.elf" >out 2>err </dev/null
[ $? = 2 ] && grep -q 'a world has no computer to show' err || fail "world --window: $(cat err)"
"$understudy" live --window "$guests/hello.elf" >out 2>err </dev/null || fail "live --window: $?"
"$understudy" live "$guests/hello.elf" 2>err </dev/null | cmp -s out - || fail "live --window: another output"

unset SDL_VIDEODRIVER
start_server
DISPLAY=$display
export DISPLAY
# One types at the real window that is at hand first: the guest gets the keys, colour 5, its end; until the window shows
# the guest's display and it has ended, because what is typed before is the terminal's.
if [ -n "$type_at" ]; then
    : >err # what stands there is awaited, and of the run before it is no more
    "$understudy" live --window --set timeout-us=2000000 "$guests/paint.elf" >out 2>err </dev/null &
    live=$!
    await err 'node 2 is the backup'
    await out 'paint: ready'
    while kill -0 $live 2>/dev/null && "$type_at" g5q; do
        sleep 0.2
    done
    wait $live || fail "typed at: $?"
    live=
    grep -q '^paint: [0-9]' out || fail "what was typed did not come to the guest"
fi
# The screen goes away: the pair goes on, and who comes later does without.
: >err
"$understudy" live --window --respawn --set timeout-us=2000000 "$guests/endless.elf" >out 2>err </dev/null &
live=$!
await err 'node 2 is the backup'
kill "$server"
wait "$server" 2>/dev/null
server=
await err 'the window is closed: '
kill -9 "$(sed -n 's/.*node 1 is process //p' err)"
await err 'there is no screen for a window'
await err 'the next node has no window'
await err 'node 3 is the backup'
kill $live
wait $live
live=
[ $failed -eq 0 ] && echo "window: the guest of a live pair is played with"
exit $failed
