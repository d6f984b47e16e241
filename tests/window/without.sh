#!/bin/sh
# without.sh WITHOUT UNDERSTUDY GUESTS: a program that was built without SDL2 says so, in --version and in one line
# where a window or a picture is asked for; nothing is left of what was not done; the window has the same words.
set -u
without=$1 understudy=$2 guests=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
}

# refused STATUS COMMAND...: with one line that says what would help
refused() {
    wanted=$1
    shift
    timeout 20 "$@" >out.txt 2>err.txt </dev/null
    status=$?
    [ $status = "$wanted" ] || wrong "$*: status $status"
    { [ "$(wc -l <err.txt)" = 1 ] && grep -q 'built without SDL2: install libsdl2-dev' err.txt; } ||
        wrong "$*: $(cat err.txt)"
}

"$without" --version | grep -qx 'window: none (built without SDL2)' || wrong "--version says nothing of it"
export SDL_VIDEODRIVER=dummy
refused 2 "$without" run --window --disk new.img,create=64K "$guests/hello.elf"
[ ! -s out.txt ] && [ ! -e new.img ] || wrong "run --window has run"
for command in "window" "window open" "window font none.ttf" "window drag 1x1 2x2" "screenshot picture.png"; do
    refused 1 "$without" -x "load $guests/hello.elf" -x "$command"
done
[ ! -e picture.png ] || wrong "a picture that was not drawn"
cat >words.us <<EOF
system --mode pair --seed 7
load $guests/pendulums.elf
until time 0.1
crash primary
window close
window dark
window epochs 4
window key e
window describe
window 300x200
window key v
window describe
continue
assert end exit
EOF
for program in "$without" "$understudy"; do
    timeout 60 "$program" words.us >"${program##*/}.txt" 2>&1 || wrong "$program: $(tail -n 1 "${program##*/}.txt")"
done
cmp "${without##*/}.txt" "${understudy##*/}.txt" || wrong "the words differ"
grep -q 'computer 1: primary, has failed' "${without##*/}.txt" || wrong "no words"

[ $failed -eq 0 ] && echo "window: a program without one"
exit $failed
