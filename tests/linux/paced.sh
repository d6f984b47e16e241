#!/bin/sh
# paced.sh - a guest that sleeps for a second lets the host sleep for as long if a person is at the terminal, and runs
# exactly as it does if not. The only bounds on time are from below, and against time that was really used.
#
# usage: paced.sh UNDERSTUDY SLEEPER.elf
understudy=$1
guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
command -v script >/dev/null || { echo "SKIPPED: no script(1) (bsdutils) for a terminal"; exit 77; }

field()
{
    sed -n "s/^ *\"$2\": \"*\([^\",]*\)\"*,*$/\1/p" "$1"
}

for mode in bare solo pair; do
    "$understudy" run --mode $mode --json "$work/json" "$guest" >"$work/out" </dev/null || failed=1
    script -qec "$understudy run --mode $mode --json $work/json_paced $guest" "$work/terminal" >/dev/null </dev/null ||
        failed=1
    grep -q "^slept for 100 ticks" "$work/out" && tr -d '\r' <"$work/terminal" | grep -q "^slept for 100 ticks" ||
        { echo "FAIL: $mode: it does not end as it should"; failed=1; }
    for name in instructions epochs digest; do
        [ "$(field "$work/json" $name)" = "$(field "$work/json_paced" $name)" ] &&
            [ -n "$(field "$work/json" $name)" ] ||
            { echo "FAIL: $mode: $name $(field "$work/json" $name), at a terminal $(field "$work/json_paced" $name)"
              failed=1; }
    done
    field "$work/json_paced" host_seconds | awk '{ exit !($1 >= 0.9) }' ||
        { echo "FAIL: $mode: a second went by in $(field "$work/json_paced" host_seconds) s"; failed=1; }
    field "$work/json_paced" primary | awk '{ exit !($1 < 0.5) }' ||
        { echo "FAIL: $mode: it was busy for $(field "$work/json_paced" primary) s while it slept"; failed=1; }
done
exit $failed
