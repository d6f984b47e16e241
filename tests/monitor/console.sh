#!/bin/sh
# console.sh UNDERSTUDY GUESTS - what the operator is told begins a line, where the guest's terminal is the same thing
# and in the middle of one; elsewhere the terminal has the guest's bytes alone.
program=$(realpath "$1")
guests=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
faults='--crash primary@instruction=300000 --repair time=0.014'
# shellcheck disable=SC2086 # words
lines() { # FILE: of it the operator's are whole, and none is empty
    [ "$(grep -c '^understudy: \[.* s, computer [12]\] ' "$1")" = 5 ] && [ "$(grep -c understudy "$1")" = 5 ] ||
        fail "the operator's lines in $1: $(cat "$1")"
    grep -q '^$' "$1" && fail "an empty line in $1: $(cat "$1")"
    grep -q '^\.\.\.*$' "$1" || fail "no dots in $1"
}
# shellcheck disable=SC2086
"$program" run $faults "$guests/dots.elf" > both 2>&1
[ $? = 3 ] || fail "run: status 3 is wanted"
lines both
"$program" run "$guests/dots.elf" > alone 2> told || [ $? = 3 ] || fail "run without faults: status 3 is wanted"
# shellcheck disable=SC2086
"$program" run $faults "$guests/dots.elf" > out 2> told
cmp alone out || fail "the terminal has more than the guest's bytes"
[ "$(grep -c '^understudy: ' told)" = 5 ] && [ "$(wc -l < told)" = 5 ] || fail "on stderr: $(cat told)"
# shellcheck disable=SC2086
"$program" -x "system $faults" -x "load $guests/dots.elf" -x continue > both 2>&1 || fail "the monitor"
lines both
exit $failed
