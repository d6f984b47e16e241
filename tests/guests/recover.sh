#!/bin/sh
# recover.sh UNDERSTUDY LEDGER SEED POINTS
# The ledger's own recovery: a bare computer is stopped in the middle, again and again, and started anew with the same
# disk. In the end the books must balance (its exit status), and the account pages on the disk be those of a run that
# was never stopped. (The journal may differ in nothing either: the last batch is the same.)
set -u
understudy=$1 guest=$2 seed=$3 points=$4
folder=recover-$seed
rm -rf "$folder" && mkdir "$folder" && cd "$folder" || exit 1
echo "seed $seed, $points points"
"$understudy" run --disk whole.img,create=1M --json whole.json "$guest" </dev/null >whole.out || exit 1
insns=$(sed -n 's/.*"instructions": *\([0-9]*\).*/\1/p' whole.json | head -n 1)
point=0
while [ $point -lt "$points" ]; do
    rm -f disk.img
    stops=0
    while [ $stops -lt 3 ]; do
        seed=$(((seed * 1103515245 + 12345) % 2147483648))
        at=$((seed % (insns / 2) + 1))
        disk=disk.img
        [ $stops -eq 0 ] && disk=disk.img,create=1M
        "$understudy" run --disk $disk --timeout $at "$guest" </dev/null >stopped.out 2>stopped.err
        status=$?
        # 124: stopped there. 0: what was left took less.
        if [ $status -ne 124 ] && [ $status -ne 0 ]; then
            echo "FAILED: status $status, stopped at $at" && tail -n 3 stopped.out stopped.err && exit 1
        fi
        stops=$((stops + 1))
    done
    "$understudy" run --disk disk.img "$guest" </dev/null >last.out 2>last.err
    status=$?
    if [ $status -ne 0 ] || ! cmp disk.img whole.img; then
        echo "FAILED: status $status after three stops, the last at $at" && tail -n 3 last.out last.err && exit 1
    fi
    point=$((point + 1))
done
