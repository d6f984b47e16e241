#!/bin/sh
# picture.sh UNDERSTUDY GUESTS PNG_AT: pictures without a screen, judged by what is on them: the words of `window
# describe`, and the colours of its regions. Any size, both themes, no font, and no effect on the run.
set -u
understudy=$1 guests=$2 png_at=$3
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset DISPLAY WAYLAND_DISPLAY
failed=0

wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
}

# wants TEXT...: each is in the words
wants() {
    for text; do
        grep -qF "$text" words.txt || wrong "no '$text' in the words"
    done
}

# matches PATTERN...: each is there; where a guest is when something happens is its compiler's affair
matches() {
    for pattern; do
        grep -qE "$pattern" words.txt || wrong "nothing like '$pattern' in the words"
    done
}

# colour FILE REGION DX DY WANTED: at that place of the region
colour() {
    place=$(sed -n "s/^$2 ([0-9]*x[0-9]* at \([0-9]*\),\([0-9]*\))\$/\1 \2/p" words.txt)
    [ -n "$place" ] || wrong "no region '$2'"
    # shellcheck disable=SC2086 # two words
    set -- "$1" "$2" "$3" "$4" "$5" $place
    is=$("$png_at" "$1" $(($6 + $3)) $(($7 + $4)))
    [ "$is" = "$5" ] || wrong "$2 at $3,$4 is $is, and $5 is wanted"
}

cat >run.us <<EOF
system --mode pair --seed 7 --disk bank.img,create=1M,snapshot
load $guests/ledger.elf
crash primary operation=307.partial:0x35
until epoch 600
screenshot before.png
expect operator "promoted: live"
epoch 8
window epochs 28
screenshot light.png
window dark
screenshot dark.png
window describe
window 300x200
screenshot small.png
window 3000x2000
screenshot large.png
print \$insns
EOF
timeout 60 "$understudy" run.us >words.txt 2>err.txt || wrong "$(tail -n 1 words.txt) $(tail -n 1 err.txt)"
wants "computer 1: primary, has failed" "computer 2: primary" "ledger: batch 16 of 36" "command: continue" \
    "generation at the arbiter" "outstanding at the shared disk"
matches "computer 1: epoch [0-9]+, live" "computer 2: epoch [0-9]+, suppressed" "computer 2: epoch [0-9]+, live" \
    "\[end, [0-9]+\] from computer 1 to computer 2" "computer 2: promoted: live from epoch [0-9]+" \
    "epoch ([0-9]+) of \1: drag"
tr -s ' \n' ' ' <words.txt | grep -q "outstanding at the end of epoch [0-9]* \[P7, Bressoud & Schneider 1995\]" ||
    wrong "a sentence is cut off"
for picture in before:1280x800 light:1280x800 dark:1280x800 small:300x200 large:3000x2000; do
    [ "$("$png_at" "${picture%:*}.png")" = "${picture#*:}" ] || wrong "${picture%:*}.png is not ${picture#*:}"
done
colour light.png "computer 1" 1 50 "#a4003b" # failed
colour light.png "computer 2" 1 50 "#005a9c" # serves
colour before.png "computer 1" 1 50 "#005a9c"
colour before.png "computer 2" 1 50 "#8a4b00" # follows
colour light.png title 2 2 "#ffffff"
colour dark.png title 2 2 "#1b2127"
colour dark.png "computer 1" 1 50 "#ff8aa8"

# What a computer has sent before it failed has come, when the other one has gone on; of itself it says no more.
"$understudy" -x 'system --mode pair --disk bank.img,create=1M,snapshot' -x "load $guests/ledger.elf" \
    -x 'crash primary instruction=200000' \
    -x 'expect operator "promoted: live"' -x 'window describe' >words.txt 2>err.txt || wrong "$(tail -n 1 err.txt)"
wants "channel from 1: sent" "none is under way" "computer 1: primary, has failed"
! grep -q 'the last is under way' words.txt || wrong "a message is under way for ever"
sed -n '/^computer 1 /,/^computer 2 /p' words.txt | grep -q 'outputs are issued' &&
    wrong "one that has failed does something"

# Interrupts that are buffered, waits for acknowledgements; a computer that joins, one that is fenced off.
cat >states.us <<EOF
system --mode pair --seed 7 --disk bank.img,create=1M,snapshot
load $guests/ledger.elf
break operation 307
continue
window epochs 40
window describe
delete
crash primary
expect operator "promoted: live"
repair
expect operator "begins to join"
epoch
window describe
expect operator "has joined"
cut
expect operator "is fenced"
window describe
EOF
timeout 60 "$understudy" states.us >words.txt 2>err.txt || wrong "$(tail -n 1 words.txt) $(tail -n 1 err.txt)"
wants "computer 1: backup, joins" ", is fenced off"
matches "computer 1: \[[0-9]+, Int\] disk [0-9]+ is buffered until its epoch's end" \
    "computer 2, epoch [0-9]+: a disk command is suppressed" \
    "computer 1, epoch [0-9]+: acknowledgements are awaited for [0-9]+ us"

# The guest's own pixels: the number of the pendulums' first frames is white, the rest of the corner black.
cat >draws.us <<EOF
load $guests/pendulums.elf
until time 0.5
window describe
screenshot guest.png
EOF
timeout 60 "$understudy" draws.us >words.txt 2>err.txt || wrong "$(tail -n 1 words.txt)"
wants "display 640x480, palette, 30 frames" "one bare computer" "a bare computer has no epochs"
colour guest.png "the guest" 2 2 "#000000"
# shellcheck disable=SC2046 # four words
[ "$("$png_at" guest.png $(sed -n 's/^the guest (\([0-9]*\)x\([0-9]*\) at \([0-9]*\),\([0-9]*\))$/\3 \4 \1 \2/p' \
    words.txt))" -gt 16 ] || wrong "the guest's picture has too few colours"

# Nothing of the run changes: the same digest, with pictures and without.
digest() {
    { echo "system --mode pair --seed 3 --ram 4M"; echo "load $guests/pendulums.elf"; cat; } >digest.us
    timeout 60 "$understudy" digest.us 2>&1 | sed -n '/^exit/p; /^0x/p'
}
printf '%s\n' "until epoch 5000" "continue" 'print $digest' 'print $insns' | digest >without.txt
printf '%s\n' "until epoch 5000" "screenshot one.png" "window describe" "window key v" "window key k" "continue" \
    'print $digest' 'print $insns' | digest >with.txt
{ [ -s with.txt ] && cmp -s with.txt without.txt; } || wrong "another run: $(cat with.txt without.txt)"

# refused TEXT COMMAND...: one line, which says TEXT
refused() {
    wanted=$1
    shift
    for command; do
        set -- "$@" -x "$command"
        shift
    done
    timeout 20 "$understudy" "$@" >out.txt 2>err.txt && wrong "$*: not refused"
    { [ "$(wc -l <err.txt)" = 1 ] && grep -qF -e "$wanted" err.txt; } || wrong "$*: $(cat err.txt)"
}
refused "there is no screen" "window"
refused "install fonts-dejavu-core" "window font none.ttf"
refused "is no font" "window font run.us"
refused "cannot be of this size" "window 10x10"
refused "cannot be of this size" "window 100000x100"
refused "is nothing" "window 300"
refused "is nothing" "window sideways"
refused "is no key" "window key nothing"
refused "is not open" "window drag 1x1 2x2"
refused "cannot be written" "screenshot /no/such/folder/x.png"
for command in "run --gdb 0" "world --listen unix:none"; do
    # shellcheck disable=SC2086 # two words
    timeout 20 "$understudy" $command --window "$guests/hello.elf" >out.txt 2>err.txt </dev/null
    [ $? = 2 ] && [ "$(wc -l <err.txt)" = 1 ] && grep -q -e '--window: ' err.txt ||
        wrong "$command --window: $(cat err.txt)"
done
timeout 20 "$understudy" -x "window describe" -x "screenshot none.png" >words.txt 2>&1 || wrong "without a guest"
wants "no guest is loaded"

[ $failed -eq 0 ] && echo "window: the pictures show what the words say"
exit $failed
