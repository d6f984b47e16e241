#!/bin/sh
# refusals.sh UNDERSTUDY GUESTS: what cannot be is refused with one line and status 2.
. "$(dirname "$0")/common.inc"

n="image=$guests/neighbour.elf,ram=4M"
solo="--mode solo --set processors=2"
# shellcheck disable=SC2086
{
    refused "processor 3, which is not there" $solo --vm a,$n,on=3
    refused "processor 1, which is a spare" $solo --set spares=1 --vm a,$n,on=1
    refused "no processor is left for the pool" $solo --vm first,on=0 --vm b,$n,on=1 --vm a,$n
    refused "no processor is left for the pool" --mode solo --vm a,$n,on=0
    refused "failover: it needs mode pair" $solo --vm first,recovery=failover
    refused "two VMs are called 'a'" $solo --vm a,$n --vm a,$n,terminal=b.txt
    refused "at most 31 in all" $solo --vm "a$(printf '%031d' 0),$n"
    refused "cannot be called 'primary'" $solo --vm primary,$n
    refused "cannot be called 'cpu1'" $solo --vm cpu1,$n
    refused "cannot be called '1a'" $solo --vm 1a,$n
    refused "cannot be called ''" $solo --vm ""
    refused "has no image" $solo --vm a
    refused "recovery cannot be 'maybe'" $solo --vm a,$n,recovery=maybe
    refused "unsaved cannot be 'x'" $solo --vm a,$n,unsaved=x
    refused "VM a: priority cannot be '256'" $solo --vm a,$n,priority=256
    refused "priority cannot be '-1'" $solo --vm a,$n,priority=-1
    refused "on cannot be '8'" $solo --vm a,$n,on=8
    refused "at cannot be 'home'" $solo --vm a,$n,at=home
    refused "cannot be at the backup" $solo --vm a,$n,at=backup
    refused "has no 'colour'" $solo --vm a,$n,colour=red
    refused "has no value" $solo --vm a,$n,ram
    refused "ram cannot be '1M'" $solo --vm a,image=$guests/hello.elf,ram=1M
    refused "is the run's own" $solo --vm first,ram=8M
    refused "creates a disk without a file" $solo --vm a,$n,create=4K
    refused "needs disk=FILE behind it" $solo --vm a,$n,virtio=0=blk
    refused "nowhere.elf" $solo --vm a,image=nowhere.elf,ram=4M
    refused "is given to two VMs" $solo --disk d.img,create=4K --vm a,$n,disk=d.img,create=4K
    refused "leaves no processor" $solo --set spares=2
    refused "spares" --mode solo --set spares=8
    refused "mode solo or pair is wanted" --vm a,$n
    refused "mode solo or pair is wanted" --set processors=2 --fault hard,cpu1@instruction=5
    refused "there is no processor 2" $solo --fault hard,cpu2@instruction=5
    refused "there is no VM 'b'" $solo --vm a,$n --fault hard,b@instruction=5
    refused "WHO is cpuN" $solo --fault hard,primary@instruction=5
    refused "WHO is cpuN" $solo --fault hard,cpu99@instruction=5
    refused "needs mode pair" $solo --fault hard,backup.cpu1@instruction=5
    refused "its number or name is not understood" $solo --fault hard,cpu1@step=nowhere
    refused "soft, hard, damage or hang" $solo --fault burnt,cpu1@instruction=5
    refused "needs --mode pair" $solo --crash primary@instruction=5
    refused "nofile" $solo @nofile
}
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
    echo "--vm v$i,$n"
done >many
# shellcheck disable=SC2086
refused "17 VMs beside the first: at most 16" $solo @many
echo '@loop' >loop
refused "too deep" @loop
[ ! -e a.txt ] || wrong "one that is refused has written a terminal"
finish
