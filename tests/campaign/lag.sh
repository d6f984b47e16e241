#!/bin/sh
# lag.sh UNDERSTUDY GUESTS - a guest that polls the clock does not put its backup behind: values that find the line busy
# leave together, so that a fail-over takes what its time-out takes, and there are far fewer messages than values.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
}
# The time of the first operator's line that has the text $1, in microseconds.
time_of() {
    sed -n "s/^understudy: \[\([0-9]*\)\.\([0-9]*\) s, .*$1.*/\1\2/p" "$folder/err" | head -n 1 | sed 's/^0*//'
}
for protocol in dec bs bs-revised; do
    "$understudy" run --mode pair --ram 4M --protocol $protocol --crash primary@instruction=4000000 \
        --json "$folder/json" "$guests/poller.elf" >"$folder/out" 2>"$folder/err" || fail "$protocol: status $?"
    crashed=$(time_of 'the primary fails') live=$(time_of 'promoted')
    messages=$(sed -n 's/.*"messages": \([0-9]*\),/\1/p' "$folder/json")
    echo "$protocol: live $((live - crashed)) us after the crash, $messages messages"
    [ $((live - crashed)) -le 6000 ] || fail "$protocol: the time-out and a millisecond are wanted"
    [ "$messages" -le 400000 ] || fail "$protocol: $messages messages for a million values"
done
[ $failures = 0 ]
