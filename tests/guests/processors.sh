#!/bin/sh
# processors.sh - the guest mp on one to eight processors: its own checks, the same bytes and the same state each time;
# and the refusal of several processors under a virtual machine monitor.
#
# usage: processors.sh UNDERSTUDY MP.elf
understudy=$1
guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
    echo "FAIL: $*"
    failed=1
}

digest()
{
    sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "$1"
}

for n in 1 2 3 4 8; do
    for round in 1 2; do
        "$understudy" run --set processors=$n --json "$work/json$round" --timeout 20000000 "$guest" >"$work/out$round"
        status=$?
        [ $status -eq 0 ] || fail "$n processors: status $status: $(cat "$work/out$round")"
    done
    cmp "$work/out1" "$work/out2" || fail "$n processors: two runs, two outputs"
    [ -n "$(digest "$work/json1")" ] && [ "$(digest "$work/json1")" = "$(digest "$work/json2")" ] ||
        fail "$n processors: two runs, two states"
    grep -q "^mp: $n processors, $((n * 500)) under the lock, .* 0 mistakes$" "$work/out1" ||
        fail "$n processors: $(cat "$work/out1")"
done
"$understudy" run --set processors=9 "$guest" >"$work/out" 2>"$work/error"
[ $? -eq 2 ] || fail "nine processors are taken"
exit $failed
