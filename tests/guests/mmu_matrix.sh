#!/bin/sh
# mmu_matrix.sh UNDERSTUDY GUEST
# The guest's run must have status 0 and the same bytes whatever the TLBs are (as they come, two entries, combined,
# both) and on whatever computer (bare, under a monitor, a pair).
set -u
understudy=$1 guest=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0
for mode in bare solo pair; do
    for tlb in tlb-entries=256 tlb-entries=2 tlb-combined=1 "tlb-combined=1 --set tlb-entries=2"; do
        # shellcheck disable=SC2086 # two words each
        "$understudy" run --mode $mode --set $tlb "$guest" </dev/null >"$folder/now" 2>"$folder/err"
        status=$?
        [ -f "$folder/first" ] || cp "$folder/now" "$folder/first"
        if [ $status -ne 0 ] || ! cmp -s "$folder/now" "$folder/first"; then
            failures=$((failures + 1))
            echo "FAILED (status $status): understudy run --mode $mode --set $tlb $guest"
            tail -n 5 "$folder/now" "$folder/err"
        fi
    done
done
cat "$folder/first"
echo "$failures of 12 runs failed"
[ $failures -eq 0 ]
