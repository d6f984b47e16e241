#!/bin/sh
# now.sh UNDERSTUDY GUEST - world-clock=now is the host's time at the start, the same for both computers; a replay and a
# restore have the time of the run that was recorded or saved, whenever they are made.
understudy=$1 guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

fail()
{
    failures=$((failures + 1))
    echo "FAILED: $1"
}

# later SECONDS: until the host's clock shows more than that.
later()
{
    while [ "$(date +%s)" -le "$1" ]; do sleep 0.1; done
}

# now MODE OPTION...: the guest shows a time between before and after.
now()
{
    before=$(date +%s)
    "$understudy" run --mode "$@" --set world-clock=now --record "$work/log" "$guest" </dev/null >"$work/out" ||
        fail "status of $*"
    after=$(date +%s)
    shown=$(head -n 1 "$work/out")
    [ "$before" -le "$shown" ] && [ "$shown" -le "$after" ] || fail "$* shows $shown, not $before to $after"
    [ "$(tail -n 1 "$work/out")" = 0 ] || fail "$*: the clock jumps"
    later "$shown"
    "$understudy" replay "$work/log" >"$work/again" && cmp -s "$work/out" "$work/again" || fail "replay of $*"
}

now solo
now pair
now pair --crash primary@instruction=50000
now pair --crash primary@instruction=50000 --repair instruction=90000

before=$(date +%s)
"$understudy" -x "system --mode pair --set world-clock=now" -x "load $guest" -x "step 10" -x "save $work/save" \
    -x "continue" </dev/null >"$work/out" || fail "save"
later "$before"
later "$(date +%s)"
"$understudy" -x "restore $work/save" -x "continue" </dev/null >"$work/again" || fail "restore"
first=$(grep -ao '^[0-9]\{10\}' "$work/out") again=$(grep -ao '^[0-9]\{10\}' "$work/again")
[ -n "$first" ] && [ "$first" = "$again" ] || fail "saved at '$first', restored at '$again'"

for wrong in clock-hz=now world-clock=Now world-clock=then; do
    "$understudy" run --set $wrong "$guest" >"$work/out" 2>"$work/error" </dev/null
    [ $? -eq 2 ] && [ "$(wc -l <"$work/error")" = 1 ] || fail "$wrong is not refused"
done
echo "$failures failures"
[ $failures -eq 0 ]
