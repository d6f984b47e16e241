#!/bin/sh
# lag.sh UNDERSTUDY GUESTS - a guest that polls the clock does not put its backup behind: values that find the line busy
# leave together, so that a fail-over takes what its time-out takes, and there are far fewer messages than values. And a
# computer that joins over a slow channel lags by more than it may: the primary is slowed, its disk is not, and what
# ends meanwhile is of the next epoch.
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

"$understudy" run --mode bare --disk "$folder/bare,create=1M" "$guests/ledger.elf" >"$folder/bare.out" || fail "bare"
for protocol in dec bs bs-revised; do
    rm -f "$folder/pair"
    "$understudy" run --mode pair --protocol $protocol --set channel-bits-per-s=10000000 \
        --disk "$folder/pair,create=1M" --crash primary@instruction=300000 --repair instruction=350000 \
        --crash primary@instruction=8700000 "$guests/ledger.elf" >"$folder/out" 2>"$folder/err" ||
        fail "$protocol: status $?: $(tail -n 1 "$folder/err")"
    grep -q 'has joined' "$folder/err" || fail "$protocol: nobody joined"
    [ "$(grep -c promoted "$folder/err")" = 2 ] || fail "$protocol: not two fail-overs"
    cmp "$folder/bare.out" "$folder/out" || fail "$protocol: the terminal"
    cmp "$folder/bare" "$folder/pair" || fail "$protocol: the disk"
done

# A backup that works at half its speed reports that, and its primary's virtual processor has the same speed from then
# on, at whatever moment the host's threads put the report into the queue.
first=''
for threads in 1 2 2 2; do
    "$understudy" run --mode pair --protocol dec --ram 4M --threads $threads --set channel-latency-us=376 \
        --fault slow=47,backup@epoch=19 --json "$folder/json" "$guests/kernel.elf" >"$folder/out" 2>"$folder/err" ||
        fail "slow: status $?"
    digest=$(sed -n 's/^  "digest": "\(.*\)",/\1/p' "$folder/json")
    [ "${first:=$digest}" = "$digest" ] && [ -n "$digest" ] || fail "slow: $threads host threads, $digest, one: $first"
done
[ $failures = 0 ]
