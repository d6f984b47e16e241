#!/bin/sh
# campaign.sh - an unmodified Linux on a pair, its console and its disk virtio, whose primary fails at seeded points:
# at an instruction, at an output, or at the moments of a disk command's end (each known before, sent, or neither).
#
# usage: campaign.sh [--points N] [--seed S] [--understudy PROGRAM] FOLDER...
#
# FOLDERs of vmlinux or vmlinux.stripped and initramfs.cpio.gz; the first that is there. Undisturbed it runs bare and on
# a pair; then at each point, protocols and policies and kinds of disk (virtio-scsi, virtio-blk) taking turns, digests
# compared at the end of every epoch. Every run must end with status 0, explainable, both self tests and the disk test
# passed, the time of the kernel's messages never gone back, and fsck.ext4 must find nothing to say about the disk.
# Protocol dec cannot explain what the disk or the terminal did in the failing epoch (docs/protocols.md): there a
# violation of rule 1 or 5 is counted, and the rest must hold. A line for each failure says how to see it again; the
# last line counts. Half an hour: not part of the tests' default run (docs/virtio.md).
points=20 seed=1 understudy=build/release/understudy
while [ $# -gt 0 ]; do
    case $1 in
    --points) points=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --understudy) understudy=$2; shift 2 ;;
    -*) echo "campaign.sh: unknown option '$1': --points N, --seed S, --understudy PROGRAM are wanted" >&2; exit 2 ;;
    *) break ;;
    esac
done
PATH=$PATH:/sbin:/usr/sbin
for tool in jq mkfs.ext4 fsck.ext4; do
    command -v $tool >/dev/null || { echo "campaign.sh: no $tool (Debian packages jq, e2fsprogs)" >&2; exit 2; }
done
for folder; do
    for kernel in "$folder/vmlinux" "$folder/vmlinux.stripped"; do
        [ -f "$kernel" ] && [ -f "$folder/initramfs.cpio.gz" ] && break 2
    done
    kernel=
done
if [ -z "$kernel" ]; then
    echo "SKIPPED: there is no Linux in any of: $*. examples/linux/build makes one (15 minutes)"
    exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0 designed=0
slots="virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73"

# draw LIMIT: a number from 1 to LIMIT in $drawn.
draw()
{
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 8 % $1 + 1))
}

# linux KIND OPTION...: run it with an empty file system; its words in $work/out, $status.
linux()
{
    kind=$1
    shift
    truncate -s 0 "$work/disk" && truncate -s 32M "$work/disk" && mkfs.ext4 -q -F "$work/disk"
    timeout 900 "$understudy" run --ram 64M --kernel "$kernel" --initrd "$folder/initramfs.cpio.gz" \
        --virtio 0=console --virtio "1=$kind,disk=$work/disk" --timeout 10000000000 --json "$work/json" \
        --append "console=hvc0 $slots test=1 poweroff=1" "$@" >"$work/out" 2>"$work/error" </dev/null
    status=$?
}

number()
{
    jq -r "$1" "$work/json"
}

# judge OPTION...: is everything as it should be?
judge()
{
    why=
    violation=$(number '.violation // ""')
    case "$* $violation" in
    *--protocol\ dec\ *\ rule\ [15]:*)
        designed=$((designed + 1))
        [ "$status" -eq 125 ] && status=0
        violation=
        ;;
    esac
    [ "$status" -eq 0 ] || why="status $status"
    why="$why$violation"
    [ "$(grep -c 'SELFTEST PASSED' "$work/out")" -eq 2 ] || why="$why; a self test"
    grep -q 'DISKTEST .* PASSED' "$work/out" || why="$why; the disk test"
    back=$(sed -n 's/^\[ *\([0-9.]*\)\] .*/\1/p' "$work/out" |
        awk '$1 < last { n++ } { last = $1 } END { print n + 0 }')
    [ "$back" -eq 0 ] || why="$why; the kernel's time went back $back times"
    fsck.ext4 -fn "$work/disk" >"$work/fsck" 2>&1 || why="$why; fsck: $(tail -n 1 "$work/fsck")"
    if [ -n "$why" ]; then
        failures=$((failures + 1))
        echo "FAILED ($why): --virtio 1=$kind,disk=... $*"
        tail -n 3 "$work/error"
    fi
}

echo "Linux: $kernel; seed $seed, $points points"
linux scsi --mode bare
judge --mode bare
bare=$(number .cpu_seconds.primary) bare_wall=$(number .host_seconds)
linux scsi --mode pair
judge --mode pair
insns=$(number .instructions) outputs=$(number .operations.issued)
disk=$(number .operations.performed)
echo "undisturbed: $insns instructions, $outputs outputs, $disk of them the disk's; reset to power-off in" \
    "$bare_wall s bare, $(number .host_seconds) s on a pair; processor time $bare s and" \
    "$(number .cpu_seconds.primary) s"

point=0 told=0
while [ $point -lt "$points" ]; do
    case $((point % 5)) in
    0) protocol=bs-revised ;;
    1) protocol=bs ;;
    2) protocol=dec ;;
    3) protocol=yokogawa ;;
    4) protocol=vmware ;;
    esac
    case $((point / 5 % 4)) in
    3) policy="--failover reissue" ;;
    *) policy= ;;
    esac
    kind=scsi
    [ $((point / 5 % 3)) -eq 2 ] && kind=blk
    draw 1000000 && part=$drawn
    case $(((point + point / 5) % 5)) in
    0) where=instruction=$((insns / 1000 * part / 1000)) ;;
    1) draw "$disk" && where=step=interrupt-buffered:$drawn ;;
    2) draw "$disk" && where=step=interrupt-sent:$drawn ;;
    3) draw "$outputs" && where=operation=$drawn.issued ;;
    4) draw "$outputs" && where=operation=$drawn.before ;;
    esac
    set -- --mode pair --protocol $protocol --seed $point --threads 1 --set digest-epochs=1 \
        --crash primary@$where $policy
    linux $kind "$@"
    [ "$(number .failovers)" = 1 ] || status="$status, no fail-over"
    judge "$@"
    told=$((told + $(grep -c 'outcome unknown' "$work/error")))
    point=$((point + 1))
done
echo "$failures of $((2 + points)) runs failed; $told disk commands had an unknown outcome; $designed times dec could" \
    "not explain what its failing epoch had done"
[ $failures -eq 0 ]
