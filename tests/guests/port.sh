#!/bin/sh
# port.sh UNDERSTUDY GUEST: the channel port between two bare computers: undisturbed, with a crash of either computer at
# many times, with the first cut off (it must be fenced), with a channel that loses, twice to the byte, and alone.
set -u
understudy=$1 guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 runs=0

# run NAME OPTION...: status 0 and the bytes of the first run
run() {
    name=$1
    shift
    runs=$((runs + 1))
    timeout 60 "$understudy" run --mode bare --ram 4M --timeout 100000000 "$@" "$guest" </dev/null \
        >"$work/out" 2>"$work/err"
    status=$?
    [ -f "$work/first" ] || cp "$work/out" "$work/first"
    if [ $status -ne 0 ] || ! cmp -s "$work/out" "$work/first"; then
        failed=$((failed + 1))
        echo "FAILED $name: status $status: understudy run --mode bare $* $(basename "$guest")"
        tail -n 2 "$work/err"
    fi
}

# says TEXT: the operator's console was told so
says() {
    grep -q "$1" "$work/err" && return
    failed=$((failed + 1))
    echo "FAILED: '$1' was not told"
}

two="--set computers=2"
run undisturbed $two
[ "$(wc -l <"$work/first")" = 10 ] || { echo "FAILED: ten lines are wanted" && failed=1; }
run "another seed" $two --seed 7
for at in 0 0.00001 0.001 0.0071 0.0123 0.02 0.033 0.04; do
    run "first fails" $two --crash primary@time=$at
    run "second fails" $two --crash backup@time=$at
    run "losing channel" $two --crash primary@time=$at --set channel-crash=1
done
for at in 1 14 15 100; do
    run "first fails at an output" $two --crash primary@operation=$at.issued
done
run "slow line" $two --crash primary@time=0.01 --set channel-bits-per-s=1000000 --set channel-latency-us=300
run "cut off" $two --fault cut,primary@time=0.01
says "the other computer was first\|the primary fails"
timeout 60 "$understudy" run --mode bare --ram 4M $two --crash primary@time=0.01 --crash backup@time=0.011 "$guest" \
    </dev/null >/dev/null 2>"$work/err"
[ $? = 126 ] || { echo "FAILED: both computers fail: 126 is wanted" && failed=$((failed + 1)); }
says "lost: both computers have failed"
run "nobody at the other end"
timeout 60 "$understudy" run --mode solo --ram 4M "$guest" </dev/null >"$work/out" 2>/dev/null
[ $? = 129 ] && grep -q "interruption 1 " "$work/out" ||
    { echo "FAILED: under a monitor there is no port" && failed=$((failed + 1)); }
# refused TEXT OPTION...: status 2, and one line with TEXT
refused() {
    text=$1
    shift
    timeout 20 "$understudy" run "$@" "$guest" </dev/null >/dev/null 2>"$work/err"
    [ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q -- "$text" "$work/err" && return
    failed=$((failed + 1))
    echo "FAILED refusal of $*: $(cat "$work/err")"
}
refused "computers=2 needs mode bare" --mode pair $two
refused "1 to 2" --set computers=3
refused "needs --mode pair" --mode bare --crash primary@time=1
refused "instruction=N, operation=K or time=T" $two --crash primary@epoch=3
refused "a crash, cut, medium or flip" $two --fault delay=3,primary@time=1
refused "needs --mode pair" $two --protocol dec
refused "needs --mode pair" $two --repair time=1
refused "bare computer has no log" $two --record "$work/log"
# Looked at piece by piece, the same run: virtual time does not notice a person.
"$understudy" -x "system $two --ram 4M" -x "load $guest" -x continue -x "info clock" >"$work/whole" 2>&1
"$understudy" -x "system $two --ram 4M" -x "load $guest" -x "step 1111" -x "focus backup" -x "step 2345" -x "step 1" \
    -x "reverse-step 1000" -x "focus primary" -x "step 97777" \
    -x "reverse-step 50000" -x continue -x "info clock" 2>&1 | grep -v '^computer' >"$work/pieces"
[ "$(tail -n 2 "$work/whole")" = "$(tail -n 2 "$work/pieces")" ] ||
    { echo "FAILED: stepping changes the run" && failed=$((failed + 1)); tail -n 2 "$work/whole" "$work/pieces"; }
echo "$runs runs, $failed failed"
[ $failed -eq 0 ]
