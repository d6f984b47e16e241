#!/bin/sh
# virtio.sh - Linux with its console, disk and random numbers on virtio devices: words typed to its shell make a file
# system, write and read it, and switch off; bare, on a pair whose primary fails while the disk is busy, and on one that
# is repaired and fails again. What the shell answers is the same, and fsck.ext4 finds nothing to say. Skipped, loudly,
# where no kernel is at hand. Long campaigns: campaign.sh.
#
# usage: virtio.sh UNDERSTUDY FOLDER...
#
# FOLDERs of vmlinux or vmlinux.stripped and initramfs.cpio.gz; the first that is there.
understudy=$1
shift
PATH=$PATH:/sbin:/usr/sbin
for folder; do
    for kernel in "$folder/vmlinux" "$folder/vmlinux.stripped"; do
        [ -f "$kernel" ] && [ -f "$folder/initramfs.cpio.gz" ] && break 2
    done
    kernel=
done
if [ -z "$kernel" ]; then
    echo "SKIPPED: there is no Linux in any of: $*. examples/linux/build [generic] makes one"
    exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

cat >"$work/words" <<'END'
D=/dev/sda; [ -b $D ] || D=/dev/vda
mkfs.ext2 $D >/dev/null 2>&1; mount -t ext4 $D /mnt
for i in 1 2 3 4; do seq 1 5000 >/mnt/f$i; sync; done
umount /mnt; mount -t ext4 $D /mnt
cat /mnt/f* | wc -c; seq 1 5000 | cmp - /mnt/f4 && echo same
dd if=/dev/hwrng bs=1 count=64 2>/dev/null | wc -c
umount /mnt; poweroff -f
END

# shell KIND OPTION...: a disk of this kind in slot 1.
shell()
{
    kind=$1
    shift
    rm -f "$work/disk"
    timeout 200 "$understudy" run --ram 64M --kernel "$kernel" --initrd "$folder/initramfs.cpio.gz" \
        --virtio 0=console --virtio "1=$kind,disk=$work/disk,create=8M" --virtio 2=rng --timeout 3000000000 \
        --append "console=hvc0 quiet virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73 \
virtio_mmio.device=4K@0xfff92000:74" "$@" <"$work/words" >"$work/all" 2>"$work/error"
    status=$?
    tr -d '\r' <"$work/all" | sed '1,/shell on /d' >"$work/out"
    [ $status -eq 0 ] || fail "status $status" "$kind $*"
    fsck.ext4 -fn "$work/disk" >"$work/fsck" 2>&1 || fail "fsck: $(tail -n 1 "$work/fsck")" "$kind $*"
    for line in 95572 same 64; do
        grep -qx $line "$work/out" || fail "no line '$line'" "$kind $*"
    done
}

fail()
{
    echo "FAILED ($1): --virtio 1=$2"
    tail -n 8 "$work/out" "$work/error"
    failed=1
}

echo "Linux: $kernel"
shell scsi --mode bare
shell scsi --mode pair --threads 1 --set digest-epochs=16 --crash primary@step=interrupt-sent:420
grep -q 'promoted' "$work/error" || fail "no fail-over" scsi
shell blk --mode pair --threads 1 --protocol bs --crash primary@instruction=120000000 \
    --repair instruction=125000000 --crash primary@instruction=170000000
[ "$(grep -c 'promoted' "$work/error")" -eq 2 ] || fail "not two fail-overs" blk
exit $failed
