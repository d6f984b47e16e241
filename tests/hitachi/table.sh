#!/bin/sh
# table.sh UNDERSTUDY GUESTS: who gets which processor when one fails - the table of docs/hitachi.md, a test for each
# cell, and every tie.
. "$(dirname "$0")/common.inc"

long=$guests/neighbour.elf
n="image=$long,ram=4M"

# cell NAME STATUS "VM STATE..." OPTION...: what became of the VMs: "vm attribute to" of each recovery
cell() {
    cell=$1 ends=$2 expected=$3
    shift 3
    run "$cell" "$ends" "$@" --timeout 400000 "$long"
    got=$(objects "$cell.json" recoveries | sed 's/.*vm=\([^ ]*\) .*attribute=\([^ ]*\) to=\([^ ]*\).*/\1 \2 \3/' |
        tr '\n' ';')
    [ "$got" = "$expected" ] || wrong "$cell: '$got', wanted '$expected'"
}

two="--set processors=2" three="--set processors=3" four="--set processors=4"
spare="--set processors=3 --set spares=1"
# shellcheck disable=SC2086
{
    cell none 126 "first none null;" $two --vm first,on=0,recovery=none --fault hard,cpu0@instruction=5000
    cell none-other 124 "a none null;" $two --vm first,on=0 --vm a,$n,on=1,recovery=none --fault hard,a@instruction=5000
    cell spare 124 "first spare 2;" $spare --vm first,on=0,recovery=spare --fault hard,first@instruction=5000
    cell spare-gone 126 "first spare null;" $two --vm first,on=0,recovery=spare --fault hard,cpu0@instruction=5000
    cell spare-lowest 124 "first spare 2;" $four --set spares=2 --vm first,on=0,recovery=spare \
        --fault hard,cpu0@instruction=5000
    cell spare-pool 124 "first spare 2;" $spare --vm first,recovery=spare --fault hard,cpu0@instruction=5000
    cell spare-two 124 "a spare 2;b spare 2;" $spare --vm first,on=0 --vm a,$n,on=1,recovery=spare \
        --vm b,$n,on=1,recovery=spare --fault hard,a@instruction=5000
    cell share 124 "first share 1;" $two --fault hard,cpu0@instruction=5000
    cell share-dedicated 124 "first share 1;" $two --vm first,on=0 --fault hard,cpu0@instruction=5000
    cell share-no-pool 124 "first share 2;" $spare --vm first,on=0 --vm a,$n,on=1 --fault hard,cpu0@instruction=5000
    cell share-nothing 126 "first share null;" $two --vm first,on=0 --vm a,$n,on=1 --fault hard,cpu0@instruction=5000
    cell take-spare 124 "first take 2;" $spare --vm first,on=0,recovery=take --fault hard,cpu0@instruction=5000
    cell take-pool 124 "first take 1;" $three --vm first,on=0,recovery=take --vm a,$n \
        --fault hard,cpu0@instruction=5000
    cell take-last-of-pool 124 "first take 1;a share null;" $two --vm first,on=0,recovery=take,priority=129 --vm a,$n \
        --fault hard,cpu0@instruction=5000
    cell take-not-an-equal 126 "first take null;" $two --vm first,on=0,recovery=take --vm a,$n \
        --fault hard,cpu0@instruction=5000
    cell take-dedicated 124 "first take 1;a none null;" $two --vm first,on=0,recovery=take,priority=200 \
        --vm a,$n,on=1,recovery=none --fault hard,cpu0@instruction=5000
    cell take-lowest 124 "first take 2;b none null;" $three --vm first,on=0,recovery=take,priority=200 \
        --vm a,$n,on=1,priority=100,recovery=none --vm b,$n,on=2,priority=90,recovery=none \
        --fault hard,cpu0@instruction=5000
    cell take-last-of-equals 124 "first take 2;b none null;" $three --vm first,on=0,recovery=take,priority=200 \
        --vm a,$n,on=1,priority=90,recovery=none --vm b,$n,on=2,priority=90,recovery=none \
        --fault hard,cpu0@instruction=5000
    cell take-chain 124 "first take 2;b share null;" $three --vm first,on=0,recovery=take,priority=200 \
        --vm a,$n,on=1,priority=50,recovery=take --vm b,$n,on=2,priority=40 --vm c,$n,on=2,priority=220 \
        --fault hard,cpu0@instruction=5000 --set spares=0
    cell empty-pool-take 124 "a share null;b take 1;c none null;" $three --vm first,on=0,priority=200 --vm a,$n \
        --vm b,$n,recovery=take --vm c,$n,on=1,priority=10,recovery=none --fault hard,a@instruction=5000
    cell empty-pool-first 126 "a share null;b take null;first share null;" $two --vm first,on=0,priority=10 --vm a,$n \
        --vm b,$n,recovery=take --fault hard,a@instruction=5000
    cell empty-pool-refilled 124 "a none null;b none 2;c share 2;" $spare --vm first,on=0 --vm a,$n,recovery=none \
        --vm b,$n,recovery=none --vm c,$n --fault hard,a@instruction=5000
    cell empty-pool-spare-first 124 "a none null;first none 1;b spare 1;" --set processors=2 --set spares=1 \
        --vm first,recovery=none --vm a,$n,recovery=none --vm b,$n,recovery=spare --fault hard,a@instruction=5000
    cell spare-and-pool 124 "first spare 2;a take 3;null null null;" --set processors=4 --set spares=2 \
        --vm first,on=1,recovery=spare --vm a,$n,recovery=take --fault hard,first@instruction=5000 \
        --fault hard,cpu0@step=alerted
    cell soft 124 "first share 1;" $two --vm first,on=0 --fault soft,cpu0@instruction=5000 \
        --fault soft,cpu0@instruction=6000 --fault soft,cpu0@instruction=7000
    cell soft-twice 124 "" $two --vm first,on=0 --fault soft,cpu0@instruction=5000 --fault soft,cpu0@instruction=6000
    cell all 126 "first share 1;" $two --fault hard,cpu0@instruction=5000 --fault hard,cpu1@instruction=5000
    cell one-only 126 "" --set processors=1 --fault hard,cpu0@instruction=5000
    cell hang 124 "first share 1;" $two --vm first,unsaved=restart --fault hang,cpu0@instruction=5000
    cell idle 124 "null null null;" $spare --vm first,on=0 --fault hard,cpu2@time=0.0001
    cell damage-end 126 "first share null;" $two --fault damage,cpu0@instruction=5000
}
# One that sleeps in its slice begins again at once.
run asleep 0 --set processors=3 --vm first,unsaved=restart --vm a,$n,on=1 --fault hang,first@time=0.0045 \
    "$guests/ticker.elf"
objects asleep.json vms | grep -q "^name=first .* moves=1 restarts=1" || wrong "asleep: $(objects asleep.json vms)"

# What a VM came to is said as of a run of its own.
objects none-other.json vms | grep -q "^name=a end=lost status=126 " || wrong "lost: $(objects none-other.json vms)"
objects none-other.json vms | grep -q "^name=first end=timeout status=124 " || wrong "$(objects none-other.json vms)"
objects share.json vms | grep -q "^name=first .* moves=1 restarts=0" || wrong "share: $(objects share.json vms)"
finish
