#!/bin/sh
# answer.sh UNDERSTUDY TYPE_AT - a question of a script is answered at the window: where nobody is at a prompt, and
# where somebody could be. What is typed there is the answer, and no command.
set -u
understudy=$1 type_at=$2
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

cat >ask.us <<'END'
system --mode pair --seed 5
load hello
ask "How many computers will live at the end?" = $alive after continue because "nobody kills one"
ask "Is it over? (yes or no)" = 1
END

# asked FILE N: wait until the question N stands in FILE, or for a minute
asked() {
    for _ in $(seq 600); do
        grep -q "question $2:" "$1" 2>/dev/null && return
        sleep 0.1
    done
    wrong "question $2 was not asked: $(cat "$1")"
}

start_server
DISPLAY=$display
export DISPLAY
# Nobody is at a prompt: stdin has ended. c and 1 would be commands of the window.
timeout 100 "$understudy" -x window -D answers=mine.txt ask.us </dev/null >out.txt 2>&1 &
session=$!
asked out.txt 1
"$type_at" 2c1 || wrong "nothing to type at"
asked out.txt 2
"$type_at" yes
wait "$session" || wrong "without a prompt: $(tail -n 3 out.txt)"
printf '1: 2c1\n2: yes\n' | cmp -s - mine.txt || wrong "without a prompt: $(cat mine.txt)"
grep -q '^not right: it is 2, not 2c1: nobody kills one$' out.txt || wrong "without a prompt: $(cat out.txt)"
grep -q '^1 of 2 answers are right$' out.txt || wrong "without a prompt: $(cat out.txt)"
grep -q '> c' out.txt && wrong "an answer was a command: $(cat out.txt)"

# Somebody is at a prompt, and answers at the window first, then there.
mkfifo keys
HOME=$work timeout 100 script -qfec "'$understudy' -x window ask.us" pty.txt <keys >script.txt 2>&1 &
session=$!
exec 4>keys
asked pty.txt 1
"$type_at" 2 || wrong "nothing to type at"
asked pty.txt 2
printf 'no\n' >&4
wait "$session" || wrong "at a prompt: $(tail -n 3 pty.txt)"
exec 4>&-
tr -d '\r' <pty.txt | grep -q 'right: 2: nobody kills one$' || wrong "at a prompt: $(cat pty.txt)"
tr -d '\r' <pty.txt | grep -q 'not right: it is yes, not no$' || wrong "at a prompt: $(cat pty.txt)"

# Where no screen is, nobody is waited for.
SDL_VIDEODRIVER=dummy timeout 60 "$understudy" -x window ask.us </dev/null >out.txt 2>&1 || wrong "dummy: $?"
[ "$(grep -c '^not answered: ' out.txt)" = 2 ] || wrong "without a screen: $(cat out.txt)"

[ $failed -eq 0 ] && echo "window: questions are answered at it"
exit $failed
