#!/bin/sh
# failovers.sh - a campaign, not a test of every day: Linux writes files to its disk and reads them again, and at times
# drawn by the seed the primary dies, is repaired, and the next primary dies; every protocol in turn. The files must be
# as written, the run explainable, and its end the guest's own. A failure prints the command that shows it again.
#
# usage: failovers.sh UNDERSTUDY FOLDER [SEED [COUNT]]   (FOLDER: what examples/linux/build has made)
understudy=$1
folder=$2
seed=${3:-1}
count=${4:-20}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
[ -f "$folder/vmlinux" ] || { echo "SKIPPED: there is no $folder/vmlinux: examples/linux/build makes one"; exit 77; }
echo "failovers: seed $seed, $count runs"
devices="console=hvc0 virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73"

# PROTOCOL FIRST REPAIR SECOND, a line for each run: between the first write and the last read.
awk -v seed="$seed" -v count="$count" 'BEGIN {
    srand(seed)
    split("dec bs bs-revised", names, " ")
    for (i = 0; i < count; i++) {
        first = 1.2 + 3 * rand()
        repair = first + 0.1 + 0.2 * rand()
        printf "%s %.6f %.6f %.6f\n", names[i % 3 + 1], first, repair, repair + 0.7 + rand()
    }
}' >"$work/runs"
while read -r protocol first repair second; do
    set -- run --mode pair --protocol "$protocol" --seed "$seed" --ram 64M --kernel "$folder/vmlinux" \
        --initrd "$folder/initramfs.cpio.gz" --virtio 0=console --virtio "1=scsi,disk=$work/disk,create=16M,snapshot" \
        --append "$devices quiet diskload=3 poweroff=1" --crash "primary@time=$first" --repair "time=$repair" \
        --crash "primary@time=$second" --timeout 3000000000
    timeout 300 "$understudy" "$@" --json "$work/json" >"$work/out" 2>"$work/error" </dev/null
    status=$?
    rm -f "$work/disk"
    if [ $status -ne 0 ] || ! tr -d '\r' <"$work/out" | grep -q "^diskload: 3 of 3 files on sda are as written$" ||
        ! grep -q '"explainable": true' "$work/json"; then
        echo "FAILED (status $status): understudy $* (--append and the disk in quotes)"
        tail -n 3 "$work/out" "$work/error"
        failed=$((failed + 1))
    fi
    survived=$((${survived:-0} + $(sed -n 's/.*"failovers": \([0-9]*\).*/\1/p' "$work/json")))
done <"$work/runs"
echo "failovers: $count runs, ${survived:-0} fail-overs, $failed failed"
[ "$failed" -eq 0 ]
