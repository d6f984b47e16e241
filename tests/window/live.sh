#!/bin/sh
# live.sh UNDERSTUDY GUESTS PNG_AT: the window itself, under Xvfb and under SDL's dummy driver: started, run, a crash by
# key, time travel by dragging the cursor, keys for the guest at both computers, sizes, closed; and its screen gone.
set -u
understudy=$1 guests=$2 png_at=$3
. "$(dirname "$0")/xvfb.sh"
work=$(mktemp -d) || exit 1
server=
trap '[ -n "$server" ] && kill "$server"; rm -rf "$work"' EXIT
cd "$work" || exit 1
unset DISPLAY WAYLAND_DISPLAY
failed=0

wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
}

cat >window.us <<EOF
system --mode pair --seed 5 --ram 8M
load $guests/pendulums.elf
window
until time 0.3
window key 1
until time 0.6
echo -- one
window describe
screenshot failed.png
# The whole run lies at the bottom, from one side to the other; a quarter of it is before the crash.
window drag 1270x RUN 320xRUN
echo -- two
window describe
screenshot before.png
window key g
window key a
until time 0.4
info monitor
focus backup
info monitor
focus primary
window key f10
window key tab
window key tab
window key enter
window describe
window 300x200
until time 0.42
window key v
window describe
window 3000x2000
until time 0.44
window dark
window frames
window close
window key g
send key escape down
continue
assert end exit
assert explainable
EOF
# The place of the whole run is what the words say: asked for first.
where=$("$understudy" -x "system --mode pair" -x "load $guests/pendulums.elf" -x "window describe" |
    sed -n 's/^the whole run ([0-9]*x[0-9]* at [0-9]*,\([0-9]*\))$/\1/p')
sed -i "s/1270x RUN/1270x$((where + 5))/; s/320xRUN/320x$((where + 5))/" window.us

# the part behind "-- NAME" of OUT.txt
part() {
    sed -n "/^-- $1\$/,/^-- /p" out.txt
}

# session NAME: the script, in the environment that there is
session() {
    timeout 120 "$understudy" window.us >out.txt 2>err.txt || wrong "$1: $(tail -n 1 out.txt) $(tail -n 1 err.txt)"
    grep -q '> crash primary$' out.txt || wrong "$1: the crash is not printed as a command"
    part one | grep -q 'computer 1: primary, has failed' || wrong "$1: no crash by key"
    part one | grep -q 'computer 2: primary$' || wrong "$1: no fail-over"
    grep -q '> reverse-epoch [0-9]*$' out.txt || wrong "$1: dragging is not printed as a command"
    part two | grep -q 'computer 1: primary$' || wrong "$1: not back before the crash"
    part two | grep -q 'computer 2: backup$' || wrong "$1: no backup before the crash"
    [ "$(grep -c 'next event of keyboard and pointer: 2' out.txt)" = 2 ] || wrong "$1: the key is not at both computers"
    grep -q 'a new future begins here' out.txt || wrong "$1: nobody said that a new future begins"
    grep -q 'has the focus' out.txt || wrong "$1: no focus by keyboard"
    grep -q 'too small for three views' out.txt || wrong "$1: 300x200 is not said to be small"
    grep -Eq '^[1-9][0-9]* pictures in [0-9]+\.[0-9]+ s of the run: [0-9]+ a second$' out.txt ||
        wrong "$1: no pictures are counted: $(grep pictures out.txt)"
    grep -q 'frames, 0 not in their time' out.txt || wrong "$1: $(grep frames out.txt)"
    [ "$("$png_at" failed.png 2 300)" != "" ] || wrong "$1: no picture"
}

SDL_VIDEODRIVER=dummy
export SDL_VIDEODRIVER
session dummy
mv out.txt dummy.txt
unset SDL_VIDEODRIVER
start_server
DISPLAY=$display
export DISPLAY
session Xvfb
# `run --window`: the terminal is the guest's alone, the run is the one without a window, its digest too.
timeout 60 "$understudy" run --mode pair --crash primary@time=0.5 --json plain.json "$guests/pendulums.elf" \
    </dev/null >plain.out 2>plain.err || wrong "run: $(tail -n 1 plain.err)"
timeout 60 "$understudy" run --window --mode pair --crash primary@time=0.5 --json watched.json "$guests/pendulums.elf" \
    </dev/null >watched.out 2>watched.err || wrong "run --window: $(tail -n 1 watched.err)"
cmp -s plain.out watched.out || wrong "run --window: another output"
for field in digest instructions failovers epochs messages; do
    [ "$(grep -o "\"$field\": *[^,}]*" plain.json)" = "$(grep -o "\"$field\": *[^,}]*" watched.json)" ] ||
        wrong "run --window: another $field"
done
DISPLAY='' timeout 20 "$understudy" run --window "$guests/hello.elf" >out.txt 2>err.txt
[ $? = 2 ] || wrong "run --window without a screen: not refused"
{ [ "$(wc -l <err.txt)" = 1 ] && grep -q 'there is no screen' err.txt && [ ! -s out.txt ]; } ||
    wrong "run --window without a screen: $(cat err.txt)"
DISPLAY=:99999 timeout 20 "$understudy" run --window "$guests/hello.elf" >out.txt 2>err.txt
[ $? = 2 ] || wrong "run --window with a screen that is not there: not refused"
{ [ "$(wc -l <err.txt)" = 1 ] && grep -q 'there is no screen' err.txt && [ ! -s out.txt ]; } ||
    wrong "run --window with a screen that is not there: $(cat err.txt)"
# A screen that goes away: the run goes on, and ends as ever.
cat >gone.us <<EOF
system --mode pair --seed 5 --ram 8M
load $guests/pendulums.elf
window
until time 1.0
shell-waits
continue
assert end exit
EOF
sed -i '/shell-waits/d' gone.us
mkfifo commands
timeout 60 "$understudy" <commands >gone.txt 2>&1 &
session=$!
exec 4>commands
sed -n '1,4p' gone.us >&4
until grep -q 'instruction' gone.txt; do
    kill -0 "$session" 2>/dev/null || break
    sleep 0.1
done
kill "$server"
wait "$server" 2>/dev/null
server=
sed -n '5,$p' gone.us >&4
exec 4>&-
wait "$session" || wrong "a screen that is gone ends the session: $(tail -n 2 gone.txt)"
grep -q 'the window is closed: ' gone.txt || wrong "nobody said that the screen is gone: $(tail -n 3 gone.txt)"
grep -q '180 frames, 0 not in their time' gone.txt || wrong "the run did not go on: $(tail -n 3 gone.txt)"

[ $failed -eq 0 ] && echo "window: live under Xvfb and without a screen"
exit $failed
