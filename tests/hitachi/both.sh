#!/bin/sh
# both.sh UNDERSTUDY GUESTS: virtual machines that are fault tolerant beside the first, on processors of their own. A
# processor that fails under one that was saved moves it in the middle of its turn; one that is lost is lost with the
# first, and the other computer goes on with both. Whatever happens, each shows what it shows undisturbed.
. "$(dirname "$0")/common.inc"

# both NAME OPTION...: the first with x beside it, on both computers; the terminals in NAME.out and x.txt
both() {
    name=$1
    shift
    runs=$((runs + 1))
    rm -f x.txt
    timeout 120 "$understudy" run --mode pair --ram 4M --disk disk.img,create=64K,snapshot --json "$name.json" \
        --set digest-epochs=1 "$@" "$guests/increment.elf" </dev/null >"$name.out" 2>"$name.err"
    status=$?
    [ $status -eq 0 ] || wrong "$name: status $status: $(tail -n 1 "$name.err")"
    [ "$(value "$name.json" explainable)" = true ] || wrong "$name: $(value "$name.json" violation)"
}

# undisturbed: the first shows all that it shows alone, and x the beginning of what it shows: it has a turn after each
# epoch of the first, of which there are more where that waits longer for its timer
undisturbed() {
    cmp -s alone.out "$name.out" || wrong "$name: another output of the first"
    [ -s x.txt ] && head -c "$(wc -c <x.txt)" alone.txt | cmp -s - x.txt || wrong "$name: another output of x"
}

# digest JSON VM
digest() {
    objects "$1" vms | sed -n "s/.*name=$2 .*digest=\([0-9a-f]*\).*/\1/p"
}

# again: the log of x, run again, comes to the same end and shows the same
again() {
    "$understudy" replay --json again.json log.x >again.out 2>again.err || wrong "$name: $(cat again.err)"
    [ "$(value again.json digest)" = "\"$(digest "$name.json" x)\"" ] || wrong "$name: the log of x has another end"
    cmp -s again.out x.txt || wrong "$name: the log of x shows something else"
}

failovers() {
    [ "$(value "$name.json" failovers)" = "$1" ] || wrong "$name: $(value "$name.json" failovers) fail-overs, not $1"
}

x="x,image=$guests/neighbour.elf,ram=4M,at=both"
three="--set processors=3"
"$understudy" run --ram 4M --disk disk.img,create=64K,snapshot "$guests/increment.elf" </dev/null >alone.out ||
    wrong "the first, bare"
timeout 60 "$understudy" run --ram 4M --timeout 20000000 "$guests/neighbour.elf" </dev/null >alone.txt 2>/dev/null
# shellcheck disable=SC2086
both usual $three --vm $x,on=1
undisturbed
slices=$(objects usual.json processors | sed -n '2s/.*slices=\([0-9]*\).*/\1/p')
[ "${slices:-0}" -ge 20 ] || wrong "usual: x has had $slices slices on its processor"

for protocol in dec bs bs-revised vmware yokogawa; do
    for who in primary backup; do
        for recovery in share take spare; do
            spares=0
            [ $recovery = spare ] && spares=1
            # shellcheck disable=SC2086
            both "moved-$protocol-$who-$recovery" $three --set spares=$spares --protocol $protocol \
                --vm $x,on=1,recovery=$recovery --fault hard,$who.cpu1@instruction=30000 --record log
            failovers 0
            undisturbed
            again
            objects "$name.json" recoveries |
                grep -q "kind=hard processor=1 vm=x valid=true attribute=$recovery to=2" ||
                wrong "$name: $(objects "$name.json" recoveries)"
        done
        # Lost: its registers, or there is no processor for it.
        for lost in damage hang hard; do
            recovery=share
            [ $lost = hard ] && recovery=spare
            # shellcheck disable=SC2086
            both "lost-$protocol-$who-$lost" $three --protocol $protocol --vm $x,on=1,recovery=$recovery \
                --fault $lost,$who.cpu1@instruction=30000
            [ $who = primary ] && failovers 1 || failovers 0
            grep -q "VM x, which follows the first, is lost" "$name.err" || wrong "$name: nothing was said of x"
            grep -q "\[lost\] is sent" "$name.err" || wrong "$name: nothing was said of [lost]"
            grep -q "begins to join" "$name.err" && wrong "$name: it joins again, without x"
            undisturbed
        done
    done
    # The first fails, in every way, also while x has its turn.
    for fault in "--crash primary@time=0.0041" "--crash primary@time=0.00517" "--crash primary@instruction=40000" \
        "--fault damage,primary.cpu0@instruction=40000" "--crash backup@time=0.0055"; do
        # shellcheck disable=SC2086
        both "first-$protocol-$fault" $three --protocol $protocol --vm $x,on=1 $fault
        undisturbed
    done
done

# Its log is run again like any other's: to the same end, and what it shows.
# shellcheck disable=SC2086
both logged $three --vm $x,on=1 --record log --fault hard,primary.cpu1@instruction=30000 \
    --crash primary@instruction=60000
undisturbed
again

# Several have their turns at the same time where there are processors for them, and one after the other where not.
y="y,image=$guests/neighbour.elf,ram=4M,at=both"
# ends ON: microseconds of virtual time until the end, with y on processor ON
ends() {
    "$understudy" -x "system --mode pair --ram 4M $three --vm $x,on=1 --vm $y,on=$1" -x "load $guests/increment.elf" \
        -x continue -x "info clock" 2>&1 | sed -n 's/^primary: \([0-9]*\)\.\([0-9]\{6\}\).*/\1\2/p'
    cmp -s x.txt y.txt || echo "and two of the same are not the same"
}
apart=$(ends 2) together=$(ends 1)
[ "$apart" -lt "$together" ] || wrong "two processors are no faster than one: $apart, $together us"

# One that turns itself off has ended, on both computers, and the others go on.
for crash in "" "--crash primary@instruction=60000"; do
    # shellcheck disable=SC2086
    both "off$crash" $three --vm "x,image=$guests/hello.elf,ram=4M,at=both,on=1" $crash
    objects "$name.json" vms | grep -q "name=x end=exit status=0" || wrong "$name: $(objects "$name.json" vms)"
    [ "$(cat x.txt)" = "$("$understudy" run --ram 4M "$guests/hello.elf" </dev/null)" ] || wrong "$name: $(cat x.txt)"
done

# One host thread and two are the same run.
n="image=$guests/neighbour.elf,ram=4M"
same() {
    name=$1
    shift
    for threads in 1 2 2 2; do
        runs=$((runs + 1))
        timeout 120 "$understudy" run --threads $threads --mode pair --ram 4M --disk disk.img,create=64K,snapshot \
            --json same.json --set digest-epochs=1 --epoch 500 "$@" "$guests/increment.elf" </dev/null >same.out \
            2>same.err
        echo "status $?" >>same.out
        grep -v seconds same.json | grep -v '"primary"\|"backup"' | cat - same.err ./?.txt >>same.out
        [ $threads = 1 ] && cp same.out first.out
        cmp -s same.out first.out || wrong "$name: another result: $(diff same.out first.out | head -n 3)"
    done
}
fast="--set timeout-us=200 --set heartbeat-us=50"
# shellcheck disable=SC2086
{
    same threads --set processors=4 --protocol bs-revised --vm $x,on=1 --vm $y,on=2 --vm a,$n \
        --fault damage,x@instruction=20000
    same pool $fast $three --vm first,on=shared --vm $x --vm $y --vm a,$n,at=backup --crash primary@time=0.0041
    same cut $fast $three --protocol bs-revised --vm $x,on=1 --fault cut,primary@time=0.002
    same slow $fast --set processors=2 --vm $x,on=1 --vm a,$n,on=1 --vm b,$n,on=1,at=backup \
        --fault hang,backup.cpu1@instruction=30000
    same steps $three --set spares=1 --vm $x,on=1,recovery=spare --fault hard,primary.cpu1@instruction=9000 \
        --fault hard,primary.cpu0@step=vm-restored --fault soft,x@instruction=4000
}

# When a follower comes to an output its leader has heard all that is known then: that it is fenced off, of which it
# dies; and that the backup has said [lost], at that time and no other.
for ends in "--protocol dec --set timeout-us=1000 --set heartbeat-us=50 --epoch 20000 --fault cut,primary@time=0.0041" \
    "--protocol bs --break-assumption arbiter --fault cut,primary@time=0.002"; do
    runs=$((runs + 1))
    # shellcheck disable=SC2086
    timeout 60 "$understudy" run --mode pair --ram 4M --timeout 400000 $three --vm $x,on=1 $ends \
        "$guests/workload.elf" </dev/null >ends.out 2>ends.err
    status=$?
    [ $status -eq 124 ] && grep -q "is fenced: it lost the arbiter" ends.err ||
        wrong "$ends: status $status: $(cat ends.err)"
done
for protocol in dec bs bs-revised; do
    for cost in 0 50; do
        for threads in 1 2; do
            runs=$((runs + 1))
            # shellcheck disable=SC2086
            timeout 60 "$understudy" run --threads $threads --mode pair --ram 4M --set processors=2 --seed 1 \
                --protocol $protocol --set cost-epoch-us=$cost --epoch 20000 --disk disk.img,create=64K,snapshot \
                --timeout 400000 --vm $x,on=0 --vm $y,on=0 --fault hang,backup.cpu0@epoch=27 "$guests/ledger.elf" \
                </dev/null >lost.out 2>"lost-$threads.err"
        done
        cmp -s lost-1.err lost-2.err || wrong "$protocol: [lost] is heard at another time: $(cat lost-1.err lost-2.err)"
    done
done

# What a person looks at is the same run.
system="system --mode pair --ram 4M $three --vm $x,on=1"
"$understudy" -x "$system" -x "load $guests/increment.elf" -x continue -x "info clock" 2>&1 | tail -n 2 >whole
mv x.txt whole.txt
"$understudy" -x "$system" -x "load $guests/increment.elf" -x "epoch 3" -x "focus x" -x "step 77" -x "step 3000" \
    -x "info vms" -x "vm set x recovery=take" -x "focus first" -x "epoch 9" -x "step 3000" \
    -x "reverse-epoch 5" -x continue -x "info clock" >pieces.all 2>&1
tail -n 2 pieces.all >pieces
cmp -s whole pieces || wrong "stepping changes the run: $(cat whole pieces)"
cmp -s whole.txt x.txt || wrong "stepping changes what x shows"

# Who looks at one that is lost looks at the same one on the other computer, and the run goes on.
"$understudy" -x "system --mode pair --ram 4M $three --vm $x,on=1,recovery=spare" -x "load $guests/increment.elf" \
    -x "focus x" -x "epoch 7" -x "processor fail 1 hard" -x "step 3" -x "step 3" -x "focus first" -x continue \
    >looked 2>&1
grep -q "the primary has failed: looking at the backup" looked && grep -q "^x epoch 8" looked &&
    tail -n 1 looked | grep -q "status 0 .*1 fail-over" || wrong "x is lost while it is looked at: $(tail -n 5 looked)"

# What does not fit together.
refused "cannot be at both computers: it needs mode pair" --mode solo --vm "$x"
refused "cannot have a disk or virtio devices with at=both" --mode pair $three --vm "$x,disk=d.img,create=64K"
refused "cannot have a disk or virtio devices with at=both" --mode pair $three --vm "$x,virtio=0=rng"
refused "with protocol remus the backup executes nothing" --mode pair $three --protocol remus --vm "$x"
refused "no repair is wanted" --mode pair $three --vm "$x" --repair epoch=3
refused "no processor is left for the pool" --mode pair --vm "$x"
finish
