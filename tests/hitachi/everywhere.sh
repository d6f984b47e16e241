#!/bin/sh
# everywhere.sh UNDERSTUDY GUESTS COUNT: the processor of the first fails before COUNT instructions spread over each
# guest's run, hard and damaged, for each attribute and for 2 and 3 processors. One that was saved and moved is the run
# of its own log, explainable, and without clock, timer and disk the undisturbed one. One that was not is never resumed.
. "$(dirname "$0")/common.inc"
count=$3

n="image=$guests/neighbour.elf,ram=4M"
for guest in ledger eight ticker kernel; do
    run "$guest" 0 --disk disk.img,create=1M,snapshot "$guests/$guest.elf"
    insns=$(value "$guest.json" instructions)
    i=0
    while [ $i -lt "$count" ]; do
        at=$((insns * (2 * i + 1) / (2 * count) + i))
        i=$((i + 1))
        case $((i % 4)) in
        0) tables="--set processors=2 --vm first,recovery=share" ;;
        1) tables="--set processors=3 --set spares=1 --vm first,on=0,recovery=spare --vm a,$n" ;;
        2) tables="--set processors=3 --vm first,on=0,recovery=take,priority=200 --vm a,$n,on=1 --vm b,$n,on=2" ;;
        3) tables="--set processors=2 --vm first,on=0,recovery=share --vm a,$n" ;;
        esac
        # shellcheck disable=SC2086
        run "$guest-$at" 0 --disk disk.img,create=1M,snapshot --record log $tables \
            --fault "hard,first@instruction=$at" "$guests/$guest.elf"
        objects "$name.json" recoveries | head -n 1 | grep -q "vm=first valid=true" || wrong "$name: not recovered"
        [ "$guest" = ticker ] || cmp -s "$guest.out" "$name.out" || wrong "$name: another output"
        runs=$((runs + 1))
        timeout 60 "$understudy" replay log </dev/null >replay.out 2>replay.err ||
            wrong "$name: the replay: $(tail -n 1 replay.err)"
        cmp -s replay.out "$name.out" || wrong "$name: the replay's output is another one"
        # shellcheck disable=SC2086
        run "$guest-$at-damage" 126 --disk disk.img,create=1M,snapshot $tables \
            --fault "damage,first@instruction=$at" "$guests/$guest.elf"
        grep -q "its state was not saved" "$name.err" || wrong "$name: $(tail -n 1 "$name.err")"
    done
done

# Without clock, timer, disk or input: the same digest as undisturbed. And what the valid flag is for.
run hello 0 "$guests/hello.elf"
for at in 1 100 900; do
    run "hello-$at" 0 --set processors=2 --fault hard,first@instruction=$at "$guests/hello.elf"
    [ "$(value hello.json digest)" = "$(value "$name.json" digest)" ] || wrong "$name: another digest"
    [ "$(value hello.json instructions)" = "$(value "$name.json" instructions)" ] || wrong "$name: instructions"
done
runs=$((runs + 1))
timeout 60 "$understudy" run --mode solo --ram 4M --set processors=2 --break-assumption valid-flag \
    --fault damage,first@instruction=500 "$guests/hello.elf" </dev/null >broken.out 2>broken.err
grep -q "the first wrong register: gr" broken.err || wrong "valid-flag: $(tail -n 1 broken.err)"
finish
