#!/bin/sh
# beside.sh UNDERSTUDY GUESTS: ordinary virtual processors beside a fault-tolerant one. Whatever runs beside it, on
# either computer or on both, the guest's terminal, disk and digests stay as they are alone, with and without a crash;
# and the neighbours compute what they compute alone, until their computer dies.
set -u
understudy=$1 guests=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 runs=0

wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
}

# run NAME OPTION...: the guest with a new disk, in NAME.out, NAME.img, NAME.err; status 0 is wanted
run() {
    name=$1
    shift
    runs=$((runs + 1))
    rm -f beside-?.txt disk.img
    timeout 120 "$understudy" run --ram 4M --epoch 4096 --disk disk.img,create=64K --json "$name.json" "$@" \
        "$guests/increment.elf" </dev/null >"$name.out" 2>"$name.err"
    status=$?
    [ $status -eq 0 ] || wrong "$name: status $status: $(tail -n 1 "$name.err")"
    mv disk.img "$name.img" 2>/dev/null
}

# same A B: the guest of run A did what it did in run B
same() {
    cmp -s "$1.out" "$2.out" && cmp -s "$1.img" "$2.img" || wrong "$1: other output or disk than $2"
}

# prefix FILE WHOLE: FILE is not empty, and the beginning of WHOLE
prefix() {
    [ -s "$1" ] && [ "$(head -c "$(wc -c <"$1")" "$2" | cmp - "$1" 2>&1)" = "" ] || wrong "$1 is no beginning of $2"
}

timeout 60 "$understudy" run --ram 4M "$guests/kernel.elf" </dev/null >kernel.txt || wrong "the kernel, bare"
timeout 60 "$understudy" run --ram 4M --timeout 20000000 "$guests/neighbour.elf" </dev/null >neighbour.txt 2>/dev/null
[ "$(wc -l <neighbour.txt)" -gt 1000 ] || wrong "the neighbour, bare"
kernel=$guests/kernel.elf neighbour=$guests/neighbour.elf

run alone --mode pair
run solo --mode solo --beside "$neighbour" --beside "$kernel"
same solo alone
prefix beside-1.txt neighbour.txt
for protocol in dec bs bs-revised; do
    run "primary-$protocol" --mode pair --protocol $protocol --set digest-epochs=1 --beside "$neighbour"
    same "primary-$protocol" alone
    prefix beside-1.txt neighbour.txt
    run "different-$protocol" --mode pair --protocol $protocol --set digest-epochs=1 --beside "$neighbour@backup" \
        --beside "$kernel@primary,terminal=k.txt" --beside "$neighbour@primary" --epoch 1000
    same "different-$protocol" alone
    prefix beside-1.txt neighbour.txt
    prefix beside-3.txt neighbour.txt
done
for at in 20000 60000 100000; do
    run "crash-$at" --mode pair --beside "$neighbour@primary" --beside "$neighbour@backup" \
        --crash primary@instruction=$at --seed $at
    same "crash-$at" alone
    prefix beside-1.txt neighbour.txt
    prefix beside-2.txt neighbour.txt
    [ "$(wc -c <beside-1.txt)" -lt "$(wc -c <beside-2.txt)" ] || wrong "crash-$at: a dead computer's neighbour goes on"
    cp beside-2.txt two.txt
    run "crash-$at-one-thread" --threads 1 --mode pair --beside "$neighbour@primary" --beside "$neighbour@backup" \
        --crash primary@instruction=$at --seed $at
    same "crash-$at-one-thread" alone
    cmp -s beside-2.txt two.txt || wrong "one host thread and two give different neighbours"
    run "time-$at" --mode pair --beside "$neighbour@backup" --crash primary@time=0.00$at --seed $at
    same "time-$at" alone
done
run repair --mode pair --beside "$neighbour@primary" --beside "$neighbour@backup" --crash primary@instruction=20000 \
    --repair instruction=40000 --crash primary@instruction=90000 --set digest-epochs=4
same repair alone

# An ordinary one is a virtual machine like any other: a row in the result, a log that is run again, a processor that
# may fail, and at the first one's processor unless that has others.
run machine --mode pair --record log --beside "$neighbour@backup" --beside "$neighbour" --set processors=2 \
    --vm first,recovery=take --fault hard,beside-1@instruction=3000 --set digest-epochs=1
same machine alone
prefix beside-1.txt neighbour.txt
prefix beside-2.txt neighbour.txt
grep -A 1 '"vm": "first"' machine.json | grep -q '"valid": true' || wrong "machine: not at the first's processor"
for name in beside-1 beside-2; do
    digest=$(grep -A 4 "\"name\": \"$name\"" machine.json | sed -n 's/.*"digest": "\(.*\)".*/\1/p')
    "$understudy" replay --json again.json log.$name >again.out 2>again.err || wrong "machine: $(cat again.err)"
    grep -q "\"digest\": \"${digest:-none}\"" again.json || wrong "machine: the log of $name has another end"
    cmp -s again.out $name.txt || wrong "machine: the log of $name shows something else"
done

# Where the primary says where an epoch ends, a turn comes after an epoch's length of instructions, not at each output.
run turns --mode pair --protocol yokogawa --beside "$neighbour" --set digest-epochs=1
same turns alone
insns() {
    grep -A 3 "\"name\": \"$1\"" turns.json | sed -n 's/.*"instructions": \([0-9]*\).*/\1/p'
}
first=$(insns first) beside=$(insns beside-1)
[ "${beside:-0}" -gt 0 ] && [ "$beside" -le $((first + 4096)) ] || wrong "turns: $beside instructions beside $first"

# Fault-tolerant ones, on both computers: whatever fails, their terminals show what they would show alone.
both="--mode pair --beside $neighbour@both --beside $neighbour@backup --beside $neighbour@both"
run both $both --set digest-epochs=1
same both alone
cp beside-1.txt undisturbed
cmp -s beside-3.txt undisturbed || wrong "both: two of the same are not the same"
prefix undisturbed neighbour.txt
for protocol in dec bs bs-revised; do
    for time in 0.001 0.0041 0.0052 0.0083 0.013 0.021; do
        run "both-$protocol-$time" $both --protocol $protocol --crash primary@time=$time
        same "both-$protocol-$time" alone
        prefix beside-1.txt neighbour.txt
        prefix beside-3.txt neighbour.txt
        grep -q promoted "both-$protocol-$time.err" || wrong "both-$protocol-$time: no fail-over"
    done
    run "both-$protocol-backup" $both --protocol $protocol --crash backup@time=0.01 --epoch 700
    same "both-$protocol-backup" alone
    prefix beside-1.txt neighbour.txt
done
run both-losing $both --set channel-crash=1 --set channel-latency-us=300 --crash primary@time=0.01
same both-losing alone
prefix beside-1.txt neighbour.txt
run both-slow $both --fault delay=8000,primary@time=0.004
same both-slow alone
prefix beside-1.txt neighbour.txt

# That they are compared: without Drain_Priv delayed traps surface when each computer's hardware likes.
surfacing="--mode pair --beside $guests/surfacing.elf@both --set digest-epochs=1"
run surfacing $surfacing
timeout 60 "$understudy" run --ram 4M --epoch 4096 $surfacing --set drain-priv=0 "$guests/increment.elf" </dev/null \
    >/dev/null 2>differ.err
[ $? -eq 125 ] && grep -q "a virtual processor beside them is in another state" differ.err ||
    wrong "a difference is not found: $(cat differ.err)"

# What a person looks at is the same run.
system="system --mode pair --ram 4M --beside $neighbour --beside $kernel@backup"
"$understudy" -x "$system" -x "load $guests/increment.elf" -x continue -x "info clock" 2>&1 | tail -n 2 >whole
mv beside-1.txt whole.txt
"$understudy" -x "$system" -x "load $guests/increment.elf" -x "epoch 3" -x "step 77" -x "epoch 9" -x "step 3000" \
    -x "reverse-epoch 5" -x "step 7000" -x "reverse-step 3000" -x continue -x "info clock" 2>&1 |
    tail -n 2 >pieces
cmp -s whole pieces || { wrong "stepping changes the run" && cat whole pieces; }
cmp -s whole.txt beside-1.txt || wrong "stepping changes the neighbour"

# refused TEXT OPTION...: status 2, and one line with TEXT
refused() {
    text=$1
    shift
    timeout 20 "$understudy" run "$@" "$guests/increment.elf" </dev/null >/dev/null 2>err
    status=$?
    [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "$text" err || wrong "refusal of $*: $(cat err)"
}
refused "mode solo or pair is wanted" --beside "$neighbour"
refused "needs mode pair" --mode solo --beside "$neighbour@backup"
refused "primary, backup or both is wanted" --mode pair --beside "$neighbour@all"
refused "needs mode pair" --mode solo --beside "$neighbour@both"
refused "no repair is wanted" --mode pair --beside "$neighbour@both" --repair epoch=3
refused "IMAGE\[@primary|backup|both\]" --mode pair --beside "@backup"
refused "nowhere.elf" --mode pair --beside nowhere.elf
refused "terminal file of VM 'beside-1'" --mode pair --beside "$neighbour,terminal=no/where.txt"
echo "$runs runs, $failed failed"
[ $failed -eq 0 ]
