#!/bin/sh
# steps.sh UNDERSTUDY GUESTS: a second processor fails at each step of a recovery: the next one begins again, and the
# virtual machine that was saved is explainable, and equals the replay of its log.
. "$(dirname "$0")/common.inc"

guest=$guests/increment.elf
run alone 0 --disk disk.img,create=64K,snapshot "$guest" || exit 1
n="image=$guests/neighbour.elf,ram=4M"
for step in fault-detected retried vm-saved real-saved info-stored alerted areas-read restarted interrupted \
    vm-retrieved valid-tested vm-restored attribute-read processor-chosen reassigned configured-off resumed; do
    # the one that recovers, another one, and a spare
    for second in cpu0 cpu2 cpu3; do
        run "$step-$second" 0 --disk disk.img,create=64K,snapshot --record log --set processors=4 --set spares=1 \
            --vm a,"$n" --vm first,on=1 --fault hard,first@instruction=20000 --fault "hard,$second@step=$step" "$guest"
        cmp -s alone.out "$name.out" || wrong "$name: another output"
        grep -q '"faults_pending": \[\]' "$name.json" || [ "$(value "$name.json" faults_pending)" = "[]" ] ||
            ! grep -A1 faults_pending "$name.json" | grep -q hard || wrong "$name: a fault did not happen"
        runs=$((runs + 1))
        timeout 60 "$understudy" replay log </dev/null >replay.out 2>replay.err ||
            wrong "$name: the replay: $(tail -n 1 replay.err)"
    done
done

# The one that recovers fails when the VM has its processor already, and goes on there meanwhile.
run twice 0 --disk disk.img,create=1M,snapshot --record log --set processors=4 --set spares=1 \
    --vm first,on=1,recovery=spare --vm a,"$n",on=2 --vm b,"$n" --fault hard,first@instruction=20000 \
    --fault hard,cpu0@step=reassigned "$guest"
runs=$((runs + 1))
timeout 60 "$understudy" replay log </dev/null >replay.out 2>replay.err || wrong "twice: $(tail -n 1 replay.err)"

# Three of four fail, one after the other and at one time; then the fourth.
last="--set processors=4 --vm a,$n --vm b,$n --fault hard,cpu0@time=0.0004 --fault damage,cpu1@time=0.0006"
# shellcheck disable=SC2086
run three 0 --disk disk.img,create=64K,snapshot --vm first,on=3,recovery=take $last \
    --fault hang,cpu2@time=0.0006 "$guest"
cmp -s alone.out three.out || wrong "three: another output"
sed -n 's/^understudy: \[\([0-9.]*\) s, .*/\1/p' three.err | sort -c 2>/dev/null ||
    wrong "three: the operator is not told in the order of time: $(cat three.err)"
# shellcheck disable=SC2086
run four 126 --disk disk.img,create=64K,snapshot --vm first,on=3,recovery=take $last --fault hang,cpu2@time=0.0006 \
    --fault hard,cpu3@time=0.0015 "$guest"
grep -q "every processor has failed" four.err || wrong "four: $(tail -n 1 four.err)"

# The processor on which it resumes fails at that step: the next one; and there is none.
twice="--fault hard,first@instruction=20000 --fault hard,first@step=resumed"
# shellcheck disable=SC2086
run resumed 0 --disk disk.img,create=64K,snapshot --set processors=3 $twice "$guest"
cmp -s alone.out resumed.out || wrong "resumed: another output"
[ "$(objects resumed.json recoveries | grep -c "vm=first valid=true")" -eq 2 ] ||
    wrong "resumed: $(objects resumed.json recoveries)"
# shellcheck disable=SC2086
run resumed-last 126 --disk disk.img,create=64K,snapshot --set processors=2 $twice "$guest"
grep -q "every processor has failed" resumed-last.err || wrong "resumed-last: $(tail -n 1 resumed-last.err)"

# What is planned for another VM at a step of a recovery happens there: a bit of it flips.
run flips 0 --disk disk.img,create=64K,snapshot --set processors=3 --vm a,"$n" \
    --fault hard,first@instruction=20000 --fault flip=gr7:3,a@step=vm-restored "$guest"
grep -q "flip" flips.err && ! grep -q "did not happen" flips.err || wrong "flips: $(cat flips.err)"
cmp -s alone.out flips.out || wrong "flips: another output of the first"
finish
