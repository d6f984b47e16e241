#!/bin/sh
# display.sh UNDERSTUDY GUESTS: what is drawn and what is done at keyboard and pointer survives a fail-over.
# The animation misses no frame, wherever its computer dies and whatever joins; the drawing is the same picture, and so
# are a recording of it run again, the two memories, and a picture that was saved and restored.
set -u
understudy=$1 guests=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
}

# animation NAME STATUS OPTION...
animation() {
    name=$1 wanted=$2
    shift 2
    timeout 60 "$understudy" run --ram 4M "$@" --json "$name.json" "$guests/pendulums.elf" >"$name.out" 2>"$name.err"
    status=$?
    [ $status -eq "$wanted" ] || wrong "$name: status $status: $(tail -n 1 "$name.err")"
}

# what FIELD NAME: a number in NAME.json
what() {
    sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-fx]*\).*/\1/p" "$2.json"
}

animation bare 0
grep -q '180 frames, 0 not in their time' bare.out || wrong "bare: $(tail -n 1 bare.out)"
animation solo 0 --mode solo
animation pair 0 --mode pair --set digest-epochs=16
for at in time=0.01 time=1.5017 instruction=20000001 step=commit-awaited:5; do
    animation "$at" 0 --mode pair --crash "primary@$at" --set digest-epochs=16
    [ "$(what failovers "$at")" = 1 ] || wrong "$at: no fail-over"
done
animation joins 0 --mode pair --crash primary@time=0.5 --repair time=0.8 --crash primary@time=2.2 --set digest-epochs=64
[ "$(what failovers joins)" = 2 ] || wrong "joins: no second fail-over"
for name in solo pair time=0.01 time=1.5017 instruction=20000001 step=commit-awaited:5 joins; do
    cmp -s bare.out "$name.out" || wrong "$name: other output than bare"
done
# A detection that takes longer than frames do: the guest is told once, and sees that time has passed.
animation late 1 --mode pair --crash primary@time=1.0 --set timeout-us=100000 --set heartbeat-us=1000
grep -q '180 frames, 121 not in their time' late.out || wrong "late: $(tail -n 1 late.out)"

# drawing SYSTEM_OPTION... : the commands are on standard input; what it printed last
cat >begin.us <<EOF
load $guests/paint.elf
expect "paint: ready"
send key 5 down
send key 5 up
send pointer 50 300 1
until time 0.1
send pointer 600 100 1
until time 0.2
EOF
cat >end.us <<EOF
send key up down
send pointer 320 470 0
send key q down
continue
assert end exit
assert explainable
EOF
# drawing NAME OPTION: what stands on standard input happens in the middle
drawing() {
    { echo "system --ram 4M --seed 9 $2"; cat begin.us - end.us; } >"$1.us"
    timeout 60 "$understudy" "$1.us" >"$1.log" 2>&1 || wrong "$1: $(tail -n 3 "$1.log")"
    sed -n '/^paint: [0-9]/p' "$1.log" >"$1.out"
    [ -s "$1.out" ] || wrong "$1: no picture"
}

drawing drawn "" </dev/null
drawing alone "--mode solo" </dev/null
drawing both "--mode pair --set digest-epochs=1" </dev/null
echo crash | drawing dies "--mode pair"
printf '%s\n' compare "save both.save" "send pointer 1 1 1" "until time 0.3" "restore both.save" crash |
    drawing restored "--mode pair"
printf '%s\n' crash "repair" "until time 0.9" compare crash | drawing joined "--mode pair"
for name in alone both dies restored joined; do
    cmp -s drawn.out "$name.out" || wrong "$name: another picture: $(cat "$name.out")"
done
sed '2i record drawing.log' begin.us >recorded.us
{ echo "system --ram 4M --seed 9 --mode pair"; cat recorded.us; echo crash; cat end.us; } >record.us
timeout 60 "$understudy" record.us >record.log 2>&1 || wrong "record: $(tail -n 3 record.log)"
timeout 60 "$understudy" replay drawing.log >replay.log 2>&1 || wrong "replay: $(tail -n 3 replay.log)"
grep '^paint: [0-9]' replay.log | cmp -s drawn.out - || wrong "the replay has another picture"

[ $failed -eq 0 ] && echo "display: the same frames and the same pictures"
exit $failed
