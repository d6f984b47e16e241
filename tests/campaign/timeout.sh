#!/bin/sh
# timeout.sh UNDERSTUDY GUESTS - a run that is ended by --timeout is the same run with one host thread and with two,
# however far the backup's thread was: the backup still executes all that it was sent.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
runs=0 failures=0
facts() {
    grep -vE 'seconds|"primary"|"backup"' "$1"
}
judge() { # judge GUEST OPTIONS...
    guest=$1
    shift
    for threads in 1 2 2 2; do
        runs=$((runs + 1))
        "$understudy" run --mode pair --ram 4M --threads "$threads" "$@" --json json --disk disk,create=1M,snapshot \
            "$guests/$guest.elf" >/dev/null 2>&1
        status=$?
        facts json >now
        [ "$threads" -eq 1 ] && cp now before
        [ "$status" -eq 124 ] && cmp -s now before && continue
        failures=$((failures + 1))
        echo "FAILED: $guest $* --threads $threads: status $status, 124 is wanted, or another result:"
        diff before now
    done
}
for timeout in 31000 63001; do
    judge ticker --timeout $timeout
    judge eight --timeout $timeout --protocol dec
    judge ticker --timeout $timeout --crash primary@epoch=4 --repair epoch=9
    judge ledger --timeout $timeout --crash backup@epoch=9 --set lag-epochs=4
done
echo "$runs runs, $failures failures"
[ "$failures" -eq 0 ]
