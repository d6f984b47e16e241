#!/bin/sh
# unequal.sh UNDERSTUDY GUESTS - two computers that are not alike (docs/faults.md, "Unequal computers"), every row of
# its table: a pair is what a pair of two slower, smaller ones would be, to the microsecond and the bit, under several
# protocols; with `equalize` broken each is its own, or the pair is refused; and a slower one that joins makes execution
# slower.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failures=0 checks=0
bad()
{
    failures=$((failures + 1))
    echo "FAILED: $*"
}

# seen GUEST OPTION...: what comes of a pair: instructions, virtual time, digests of state and disk, its verdict; or the
# refusal. In the variable `seen`.
seen()
{
    guest=$1
    shift
    seen=$("$understudy" -x "system --mode pair --set digest-epochs=1 $*" -x "load $guests/$guest.elf" -x continue \
        -x 'print $insns' -x 'print $time_us' -x 'print $digest' -x 'print $disk_digest' -x 'assert explainable' \
        </dev/null 2>&1 | sed -n 's/^0x[0-9a-f]*  //p; s/^understudy: -x:[0-9]*: //p' | tr '\n' ' ')
}
# same|other WHAT: what is seen now is what was seen before, in `before`, or is not.
same()
{
    checks=$((checks + 1))
    [ "$seen" = "$before" ] || bad "$*: '$seen' instead of '$before'"
}
other()
{
    checks=$((checks + 1))
    [ -n "$seen" ] && [ "$seen" != "$before" ] || bad "$*: '$seen' as before"
}
refused()
{
    text=$1
    shift
    seen hello "$@"
    checks=$((checks + 1))
    [ "$seen" = "$text " ] || bad "$*: '$seen' instead of '$text'"
}

# ---- speed ----

for protocol in dec bs-revised yokogawa remus; do
    on="--protocol $protocol"
    seen ticker "$on"
    before=$seen
    seen ticker "$on" --set clock-hz=25000000
    other "$protocol: half the speed"
    before=$seen
    for slow in '--computer backup,clock-hz=25000000' '--computer primary,clock-hz=25000000' \
        '--computer primary,clock-hz=25000000 --computer backup,clock-hz=40000000' \
        '--computer backup,clock-hz=25000000,tlb-entries=4 --set clock-hz=100000000'; do
        seen ticker "$on" "$slow"
        same "$protocol, $slow"
    done
    seen ticker "$on" --set cost-instruction-ns=40
    before=$seen
    seen ticker "$on" --computer backup,cost-instruction-ns=40
    same "$protocol: the time that an instruction costs the backup"
    [ $protocol != remus ] || continue # its backup executes nothing
    seen workload "$on" --timeout 1000000
    before=$seen
    seen workload "$on" --timeout 1000000 --computer backup,clock-hz=25000000 --break-assumption equalize
    same "$protocol: the primary at its own speed"
    seen workload "$on" --timeout 1000000 --computer primary,clock-hz=25000000 --break-assumption equalize
    other "$protocol: the primary at its own speed, which is the lower"
done

# ---- memory ----

holds() # ADDRESS OPTION...: is there memory for the guest?
{
    at=$1
    shift
    "$understudy" -x "system --mode pair $*" -x "load $guests/hello.elf" -x "x/1xw $at" </dev/null >out 2>&1
}
for who in primary backup; do
    checks=$((checks + 2))
    holds 0xfffffc --computer $who,ram=16M || bad "$who has 16 MiB: $(cat out)"
    holds 0x1000000 --computer $who,ram=16M && bad "the $who has 16 MiB only"
done
checks=$((checks + 1))
holds 0x1000000 --computer backup,ram=64M || bad "the backup has more"
refused 'the backup has 16 MiB, the virtual processor needs 32 MiB' --computer backup,ram=16M \
    --break-assumption equalize

# ---- devices ----

disks="--virtio 1=scsi,disk=a.img,create=1M,snapshot"
seen virtio "--virtio 0=console $disks"
before=$seen
both="--virtio 0=console $disks --virtio 3=rng"
seen virtio "$both" --computer backup,virtio=0+1
same "slots that both have"
seen virtio "$both" --virtio 4=rng --computer backup,virtio=0+1+3 --computer primary,virtio=0+1+4
same "slots that both have, of either"
seen virtio "$both"
other "all slots"
refused 'the backup has no virtio slot 3, the virtual processor needs its rng' --virtio 3=rng \
    --computer backup,virtio=none --break-assumption equalize

# ---- the disk ----

on="--disk d.img,create=1M,snapshot --set disk-spread-us=0"
for protocol in bs-revised yokogawa; do
    seen eight "$on" --protocol $protocol --set disk-latency-us=900
    before=$seen
    for who in primary backup; do
        seen eight "$on" --protocol $protocol --computer $who,disk-latency-us=900
        same "$protocol: the larger latency is the $who's"
    done
    seen eight "$on" --protocol $protocol
    before=$seen
    seen eight "$on" --protocol $protocol --computer backup,disk-latency-us=900 --break-assumption equalize
    same "$protocol: the primary's own latency"
    seen eight "$on" --protocol $protocol --computer backup,tlb-entries=4
    same "$protocol: the computer's TLB is its own"
done

# ---- joins ----

on="--disk d.img,create=1M,snapshot --repair instruction=1500000 --crash primary@instruction=3000000"
for who in primary backup; do
    seen ledger "$on" --crash $who@instruction=1000000
    fast=$(echo "$seen" | cut -d ' ' -f 2)
    seen ledger "$on" --crash $who@instruction=1000000 --computer $who,clock-hz=25000000
    checks=$((checks + 1))
    [ "$(echo "$seen" | wc -w)" = 4 ] && [ "$(echo "$seen" | cut -d ' ' -f 2)" -gt "$fast" ] ||
        bad "a slower $who joins: '$seen'"
done
echo "$checks checks, $failures failures"
[ $failures = 0 ]
