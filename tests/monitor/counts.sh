#!/bin/sh
# The counts of --json mean the same in each mode: of one guest, which no time reaches, bare, solo, in a pair,
# and in a live pair.
#   counts.sh UNDERSTUDY GUESTS
program=$1
guests=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
operations() { # of the file $1
    sed -n 's/^ *"\(issued\|performed\|repeated\)": \([0-9]*\).*/\1 \2/p' "$1"
}
same() { # NAME OPTION... GUEST
    name=$1
    shift
    for mode in bare solo pair; do
        rm -f disk.img more.img
        "$program" run --mode $mode --json $mode.json "$@" < /dev/null > /dev/null 2> err
        operations $mode.json > $mode.txt
        grep -q '^issued [1-9]' $mode.txt || { echo "FAILED: $name, $mode: nothing issued: $(cat err)"; failed=1; }
    done
    rm -f disk.img more.img
    "$program" live --json live.json "$@" < /dev/null > /dev/null 2> err
    operations live.json > live.txt
    # What is under way at a power-off, a live disk has performed.
    diff bare.txt solo.txt && diff solo.txt pair.txt &&
        [ "$(grep -v performed pair.txt)" = "$(grep -v performed live.txt)" ] ||
        { echo "FAILED: $name: the modes differ: $(cat err)"; failed=1; }
    issued=$(sed -n 's/^issued //p' pair.txt)
    grep -q "\"suppressed\": $issued\$" pair.json && grep -q "\"suppressed\": $issued\$" live.json ||
        { echo "FAILED: $name: what the backup kept back"; failed=1; }
    grep -q '"suppressed": 0$' solo.json && grep -q '"suppressed": 0$' bare.json ||
        { echo "FAILED: $name: alone"; failed=1; }
}
same terminal "$guests/hello.elf"
same disk --disk disk.img,create=1M "$guests/ledger.elf"
same 'refused commands' --disk disk.img,create=2K "$guests/eight.elf"
same virtio --virtio 0=console --virtio 1=scsi,disk=disk.img,create=1M --virtio 2=blk,disk=more.img,create=1M \
    --virtio 3=rng "$guests/virtio.elf"
# Nor does it count who issued what: a fail-over, a replay.
"$program" run --json bare.json "$guests/hello.elf" > /dev/null
bare=$(operations bare.json | grep issued)
for options in '' '--crash primary@instruction=300' '--protocol dec --crash primary@instruction=500' \
    '--protocol vmware --crash primary@instruction=500' '--protocol remus --crash primary@instruction=500 --epoch 100' \
    '--crash primary@instruction=300 --repair epoch=3 --epoch 100'; do
    "$program" run --mode pair --record run.log --json pair.json $options "$guests/hello.elf" > /dev/null 2> err
    "$program" replay --json replay.json run.log > /dev/null 2> err ||
        { echo "FAILED: $options: $(cat err)"; failed=1; }
    for file in pair.json replay.json; do
        [ "$(operations $file | grep issued)" = "$bare" ] ||
            { echo "FAILED: $options, $file: $(operations $file) instead of $bare"; failed=1; }
    done
done
exit $failed
