#!/bin/sh
# pair.sh UNDERSTUDY GUESTS: a pair whose processors fail. One that was saved goes on where it was, and nobody fails
# over; one that is lost is said to be lost, the other computer goes on at once, and has a backup again without a
# repair.
. "$(dirname "$0")/common.inc"

guest=$guests/increment.elf
# pair NAME STATUS OPTION...
pair() {
    name=$1 wanted=$2
    shift 2
    runs=$((runs + 1))
    timeout 120 "$understudy" run --mode pair --ram 4M --disk disk.img,create=64K,snapshot --json "$name.json" "$@" \
        "$guest" </dev/null >"$name.out" 2>"$name.err"
    status=$?
    [ $status -eq "$wanted" ] || wrong "$name: status $status, wanted $wanted: $(tail -n 1 "$name.err")"
    cmp -s alone.out "$name.out" || wrong "$name: another output"
    [ "$(value "$name.json" explainable)" = true ] || wrong "$name: $(value "$name.json" violation)"
}
cp /dev/null alone.out
"$understudy" run --ram 4M --disk disk.img,create=64K,snapshot "$guest" </dev/null >alone.out || wrong "alone"
failovers() {
    [ "$(value "$name.json" failovers)" = "$1" ] || wrong "$name: $(value "$name.json" failovers) fail-overs, not $1"
}

n="image=$guests/neighbour.elf,ram=4M"
two="--set processors=2 --set digest-epochs=1"
for protocol in dec bs bs-revised; do
    for who in primary backup; do
        for at in 20000; do
            for recovery in share take spare; do
                spares=0
                [ $recovery = spare ] && spares=1
                # shellcheck disable=SC2086
                pair "moved-$protocol-$who-$at-$recovery" 0 --protocol $protocol $two --set spares=$spares \
                    --vm first,recovery=$recovery --fault hard,$who.cpu0@instruction=$at
                failovers 0
                objects "$name.json" recoveries |
                    grep -q "kind=hard processor=0 vm=first valid=true attribute=$recovery to=1" ||
                    wrong "$name: $(objects "$name.json" recoveries)"
            done
            for lost in hard damage hang; do
                recovery=share
                [ $lost = hard ] && recovery=failover
                # shellcheck disable=SC2086
                pair "lost-$protocol-$who-$at-$lost" 0 --protocol $protocol $two --vm first,recovery=$recovery \
                    --fault $lost,$who.cpu0@instruction=$at
                [ $who = primary ] && failovers 1 || failovers 0
                grep -q "\[lost\] is sent" "$name.err" || wrong "$name: nothing was said"
                grep -q "begins to join" "$name.err" || wrong "$name: it does not join"
            done
        done
    done
    # again and again, without a repair
    # shellcheck disable=SC2086
    pair "twice-$protocol" 0 --protocol $protocol --set processors=3 --set digest-epochs=1 \
        --fault damage,primary.cpu0@instruction=20000 --fault damage,primary.cpu0@instruction=40000
    failovers 2
    # all processors: a computer fails
    # shellcheck disable=SC2086
    pair "all-$protocol" 0 --protocol $protocol $two --fault hard,primary.cpu0@instruction=20000 \
        --fault hard,primary.cpu1@step=alerted
    failovers 1
    pair "one-$protocol" 0 --protocol $protocol --fault hard,primary.cpu0@instruction=20000
    failovers 1
done

# Whoever its monitor's processor is, a computer is heard of while one works: nothing is detected that has not failed.
for fault in hard,primary.cpu0 hard,backup.cpu0; do
    # shellcheck disable=SC2086
    pair "heard-$fault" 0 $two --set timeout-us=200 --set heartbeat-us=50 --fault $fault@instruction=20000
    failovers 0
done
pair heard-beside 0 --epoch 1000000 --vm a,"$n",on=0 --vm b,"$n",on=0,at=backup
failovers 0

# Others beside it do not notice, and die with their computer only.
# shellcheck disable=SC2086
pair others 0 --set processors=3 --vm a,$n --vm b,$n,at=backup --fault damage,primary.cpu0@instruction=30000
failovers 1
[ "$(objects others.json vms | grep -c "end=stopped")" -eq 2 ] || wrong "others: $(objects others.json vms)"
pair crashed 0 --set processors=3 --vm a,"$n" --vm b,"$n",at=backup --crash primary@instruction=30000
objects crashed.json vms | grep -q "name=a end=lost" || wrong "crashed: $(objects crashed.json vms)"
objects crashed.json vms | grep -q "name=b end=stopped" || wrong "crashed: $(objects crashed.json vms)"

# One host thread and two are the same run; stepping too.
for threads in 1 2; do
    # shellcheck disable=SC2086
    pair "threads-$threads" 0 --threads $threads $two --vm a,$n --fault damage,primary.cpu0@instruction=30000 \
        --fault hard,primary.cpu0@instruction=60000
done
cmp -s threads-1.err threads-2.err || wrong "threads: another account"
grep -v seconds threads-1.json | grep -v '"primary"\|"backup"' >one.json
grep -v seconds threads-2.json | grep -v '"primary"\|"backup"' | cmp -s - one.json || wrong "threads: another result"

# So is one whose backup dies of its last processor: how soon the primary hears of that is no host thread's business.
for threads in 1 2 2 2 2 2 2; do
    pair "dies-$threads" 0 --threads $threads --protocol bs-revised --epoch 500 --set timeout-us=200 \
        --set heartbeat-us=50 --fault hard,backup.cpu0@time=0.01355
    cmp -s dies-1.err "$name.err" || wrong "$name: another account"
done

# So is everything else that processors, their faults and other VMs do beside the pair. same NAME GUEST OPTION...
same() {
    name=$1 image=$2
    shift 2
    for threads in 1 2 2; do
        runs=$((runs + 1))
        timeout 120 "$understudy" run --threads $threads --mode pair --ram 4M --disk disk.img,create=64K,snapshot \
            --json same.json --set digest-epochs=1 --epoch 500 "$@" "$guests/$image.elf" </dev/null >same.out 2>same.err
        echo "status $?" >>same.out
        grep -v seconds same.json | grep -v '"primary"\|"backup"' | cat - same.err >>same.out
        [ $threads = 1 ] && cp same.out first.out
        cmp -s same.out first.out || wrong "$name: another result: $(diff same.out first.out | head -n 3)"
    done
}
fast="--set timeout-us=200 --set heartbeat-us=50"
# shellcheck disable=SC2086
{
    same soft increment --seed 16 --protocol bs $fast --set processors=4 --fault soft,backup.cpu0@instruction=6056 \
        --fault hard,primary.cpu1@instruction=65252
    same crash eight --seed 69 $fast --set processors=4 --vm a,$n,at=backup,on=shared,recovery=spare \
        --vm b,$n,at=primary,on=1 --fault damage,backup.cpu3@instruction=115580 --crash backup@time=0.011389
    same ends increment --seed 42 --protocol dec --epoch 60000 --set processors=4 --set spares=2 \
        --vm first,recovery=failover --vm a,$n,at=primary,on=shared --fault hard,primary.cpu0@time=0.181391
    same at-once ticker --seed 63 --protocol bs --epoch 60000 --set processors=2 --vm first,recovery=failover \
        --vm a,$n,at=backup,on=1 --fault damage,backup.cpu1@time=0.032331
    same two-lead ticker --seed 44 --epoch 60000 --set processors=3 --set spares=1 --vm first,recovery=take \
        --vm a,$n,at=primary,on=1 --fault hard,primary.cpu1@instruction=69062 \
        --fault hang,primary.cpu0@instruction=103783
    same told ticker --seed 50 --protocol dec --epoch 60000 --set processors=2 \
        --vm a,$n,at=primary,on=0 --fault hard,backup.cpu0@instruction=48972
    # When a VM wakes is not where its host has cut its sleep.
    same asleep eight --seed 32 --set processors=2 --vm a,$n,at=backup,on=1 --vm b,$n,at=backup,on=1
    # A processor that fails while the first joins on it, and what a join gives that has executed nothing of it.
    same joins increment --seed 35 --protocol bs --epoch 4096 $fast --set processors=4 --set spares=2 \
        --vm first,recovery=none --fault soft,backup.cpu1@instruction=10660 --fault damage,backup.cpu0@time=0.131717
    same joins-shared increment --seed 41 --epoch 60000 $fast --set processors=2 --vm first,on=shared \
        --vm a,$n,on=shared,recovery=none --vm b,$n,at=backup,on=1 --fault damage,primary.cpu0@instruction=114689
    # What dies while the first is on no processor has heard everything before; the [lost] of a backup is known in time.
    same dies-off increment --seed 75 --protocol dec --epoch 60000 --set processors=1 --vm first,on=shared \
        --vm a,$n,at=backup,on=shared --vm b,$n,at=backup,on=shared --fault damage,backup.cpu0@time=0.138320
    same lost-in-time eight --seed 60 --protocol bs-revised $fast --set processors=3 --set spares=2 \
        --fault hang,backup.cpu0@instruction=343
    # What a host tells late is in the order of time.
    same order increment --seed 93 --epoch 60000 $fast --set processors=3 --vm first,recovery=spare \
        --vm a,$n,at=backup,on=0 --fault hang,primary.cpu0@instruction=22575 \
        --fault hang,primary.cpu1@step=configured-off
    # One whose last processor fails after its VP was lost comes again by a repair only.
    same last increment --seed 98 --protocol dec --set processors=2 --set spares=1 --vm first,recovery=none \
        --fault hard,primary.cpu1@step=configured-off --fault damage,primary.cpu0@instruction=114615
    # Who has a processor now is not who comes next at another; and in a new role other faults are planned.
    same next increment --seed 22 --protocol bs $fast --set processors=4 --set spares=2 --vm first,on=shared \
        --vm a,$n,at=backup,on=shared --fault damage,backup.cpu1@instruction=18482
    same role increment --seed 96 --protocol dec --epoch 60000 $fast --set processors=3 --vm first,recovery=none \
        --vm a,$n,at=backup,on=2,recovery=none --fault hard,backup.cpu1@time=0.034214 \
        --fault hard,primary.cpu2@instruction=33844 --fault hard,primary.cpu0@time=0.132925
}

# [lost] against silence: from the fault to the promotion, microseconds.
takeover() {
    awk -v begin="$2" '/promoted: live/ { gsub(/[^0-9. ]/, " "); print int(($1 - begin) * 1000000 + 0.5); exit }' "$1"
}
pair lost-time 0 $two --vm first,recovery=failover --fault hard,primary.cpu0@time=0.001
pair crash-time 0 --crash primary@time=0.001
lost=$(takeover lost-time.err 0.001) crash=$(takeover crash-time.err 0.001)
[ "${lost:-9999}" -le 700 ] && [ "${crash:-0}" -ge 4000 ] ||
    wrong "take-over after $lost us of [lost], $crash us of a crash"
echo "take-over: $lost us after [lost], $crash us after a crash"
finish
