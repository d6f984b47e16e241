#!/bin/sh
# flips.sh UNDERSTUDY GUESTS [PLACES [SEED]] - a bit of a register flips in the backup, at so many places for each of
# four guests, chosen by seed. With digests at each point it is found unless nothing is left of it at the next one;
# without digests by overshoot or not at all. What found it is counted (docs/yokogawa.md, "What overshoot finds").
set -u
understudy=$1 guests=$2 places=${3-250} seed=${4-14}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

# draw BELOW: the next number of the seeded row, in `drawn`.
draw()
{
    state=$(((state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff))
    drawn=$(((state >> 20) % $1))
}

# flip GUEST DIGESTS: one run; what it was found by, in `by`.
flip()
{
    "$understudy" run --mode pair --protocol yokogawa --disk never.img,create=1M,snapshot --set digest-epochs="$2" \
        --fault "flip=gr$register:$bit,backup@instruction=$at" "$guests/$1.elf" >out 2>err
    status=$?
    if grep -q overshoot err; then
        by=overshoot
    elif [ $status = 125 ]; then
        by=digest
    elif [ $status != 0 ]; then
        by=nothing
        echo "not ok: status $status: gr$register:$bit at $at of $1: $(tail -1 err)"
        failures=$((failures + 1))
    elif grep -q 'did not happen' err; then
        by=place
    else
        by=nothing
    fi
}

# below GUEST INSTRUCTIONS: flips before the guest's first so many.
below()
{
    digest=0 overshoot=0 both=0 nothing=0 place=0 i=0 state=$seed
    while [ $i -lt "$places" ]; do
        draw "$2" && at=$drawn
        draw 31 && register=$((drawn + 1))
        draw 32 && bit=$drawn
        flip "$1" 1
        eval "$by=\$(($by + 1))"
        with=$by
        if [ $with = digest ]; then
            flip "$1" 0
            [ $by = overshoot ] && both=$((both + 1))
        fi
        i=$((i + 1))
    done
    echo "$1: of $places flips, $overshoot found by overshoot, $digest by a digest before ($both of them by overshoot" \
        "without digests), $nothing left nothing behind, $place at no place"
    found=$((overshoot + digest))
    [ $found -gt 0 ] || failures=$((failures + 1))
}

below ticker 65000
below proof 23000
below overflow 27600
below ledger 200000
[ $failures = 0 ]
