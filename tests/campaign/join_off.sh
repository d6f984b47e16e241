#!/bin/sh
# join_off.sh UNDERSTUDY GUESTS - a repaired computer that begins to join just before, or while, the survivor powers off
# has no virtual processor to follow it with: that is no difference between the two.
set -u
understudy=$1 guests=$2
runs=0 failures=0
for epoch in 30 31 32 33 34 35 36 37 38 39 40 41 42; do
    runs=$((runs + 1))
    printf '1\n22\n333\n4444\nno number\n55555\n' |
        "$understudy" run --mode pair --ram 4M --epoch 500 --set cost-epoch-us=100 --set digest-epochs=1 \
            --crash primary@epoch=4 --repair epoch=$epoch "$guests/increment.elf" >/dev/null 2>&1 && continue
    failures=$((failures + 1))
    echo "FAILED: --repair epoch=$epoch: status 0 is wanted"
done
echo "$runs runs, $failures failures"
[ "$failures" -eq 0 ]
