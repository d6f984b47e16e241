#!/bin/sh
# kill.sh --kills N [--seed N] UNDERSTUDY GUESTS - live pairs, and `kill -9` of the primary or of the backup at random
# moments, again and again, each time when another has joined; now and then a node is stopped instead, for less or for
# more than the time-out, and goes on: then it has been declared failed, and halts. The terminal and the disk are those
# of a run that nobody disturbed, the world's verdict is explainable, and the recording is run again to the byte, and
# backwards over each of its fail-overs. docs/live.md.
set -u
. "$(dirname "$0")/pair.sh"
kills=1 seed=1
while [ $# -gt 2 ]; do
    case $1 in
    --kills) kills=$2 ;;
    --seed) seed=$2 ;;
    esac
    shift 2
done
understudy=$1 guest=$2/long_ledger.elf
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0
fail() {
    failures=$((failures + 1))
    echo "FAILED: $*"
    tail -n 12 err
}
# A number below $1, by the seed.
drawn=0
below() {
    drawn=$((drawn + 1))
    number=$(awk -v seed="$seed" -v draw=$drawn -v most="$1" 'BEGIN {
        srand(seed * 1000003 + draw); rand(); print int(rand() * most) }')
}
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || exit 1
done=0 runs=0 failovers=0
while [ $done -lt "$kills" ] && [ $failures = 0 ]; do
    rm -f live.img live.log
    : >err
    "$understudy" live --respawn --disk live.img,create=1M --json json --record live.log "$guest" >out 2>err &
    live=$!
    here=0
    while kill -0 $live 2>/dev/null && [ $((done + here)) -lt "$kills" ]; do
        below 300
        sleep "0.$(printf %03d "$number")"
        paired || continue
        below 3
        if [ "$number" = 0 ]; then who=backup; else who=primary; fi
        process=$(process_of $who)
        below 5
        paired || continue # the host may have been slow
        if [ "$number" = 0 ]; then
            below 1000
            kill -STOP "$process" 2>/dev/null && here=$((here + 1))
            sleep "0.$(printf %03d "$number")"
            kill -CONT "$process" 2>/dev/null
            sleep 1.2 # whoever was silent for too long has been declared failed by then
        else
            kill -9 "$process" 2>/dev/null && here=$((here + 1))
            while paired && kill -0 $live 2>/dev/null; do # until the world has noticed
                sleep 0.01
            done
        fi
    done
    wait $live || fail "run $runs of seed $seed: status $?"
    [ -z "$(ls sockets)" ] || fail "run $runs of seed $seed: sockets are left behind: $(ls sockets/*)"
    cmp plain.out out || fail "run $runs of seed $seed: the terminal"
    cmp plain.img live.img || fail "run $runs of seed $seed: the disk"
    grep -q '"explainable": true' json || fail "run $runs of seed $seed: $(grep violation json)"
    "$understudy" replay live.log >again || fail "run $runs of seed $seed: the replay, status $?"
    cmp out again || fail "run $runs of seed $seed: the replay's terminal"
    # Over each fail-over, back and forth; from the last one back over all of them, and forward to the end.
    sed -n 's/.*promoted: live from epoch \([0-9]*\),.*/\1/p' err >epochs
    {
        echo 'replay live.log'
        while read -r epoch; do
            echo "until epoch $epoch"
            echo "set \$there = \$insns"
            echo 'reverse-step 2'
            echo "assert \$epoch == $epoch - 1 && \$insns == \$there - 2"
            echo 'reverse-epoch'
            echo "until instruction \$there"
            # Where that instruction waits for the monitor, the epoch before ends in front of it: that is there, too.
            echo "assert \$insns == \$there && \$epoch <= $epoch && \$epoch >= $epoch - 1"
        done <epochs
        echo "break epoch $(($(head -n 1 epochs) - 1))"
        echo 'reverse-continue'
        echo "assert \$epoch == $(head -n 1 epochs) - 1"
        echo 'delete 1'
        echo continue
        echo 'assert replayed'
    } >travel.us
    [ -s epochs ] || echo 'replay live.log' >travel.us # only backups have died
    "$understudy" travel.us >travel 2>&1 || fail "run $runs of seed $seed: back in time: $(tail -n 3 travel)"
    [ ! -s epochs ] || grep -q 'the books balance' travel || fail "run $runs of seed $seed: the replay that went back"
    failovers=$((failovers + $(sed -n 's/.*"failovers": \([0-9]*\),/\1/p' json)))
    done=$((done + here)) runs=$((runs + 1))
done
echo "$runs runs, $done kills, $failovers fail-overs, seed $seed: $failures failures"
[ $failures = 0 ]
