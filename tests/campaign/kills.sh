#!/bin/sh
# kills.sh - the program itself is killed (SIGKILL) at random moments of the host's time, while a guest writes to a disk
# image; and again, on what is left. What the guest was told complete must be there: a ledger has every batch that it
# has printed, recovers by itself, and balances. With --linux: a Linux writes files to an ext4 file system and says when
# each is on its disk; after the journal's replay e2fsck finds nothing to say, and those files are as they were written.
#
# usage: kills.sh [--kills N] [--seed S] [--linux FOLDER] UNDERSTUDY GUESTS
#
# FOLDER: of vmlinux or vmlinux.stripped and initramfs.cpio.gz, which gives a shell at its console. A failure keeps the
# image and prints the command that looks at it. The moments are the host's own, so a seed shows a failure again only
# perhaps; that none comes is the test.
kills=12 seed=1 linux=
while [ $# -gt 0 ]; do
    case $1 in
    --kills) kills=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --linux) linux=$2; shift 2 ;;
    -*) echo "kills.sh: unknown option '$1': --kills N, --seed S, --linux FOLDER are wanted" >&2; exit 2 ;;
    *) break ;;
    esac
done
understudy=$1 guests=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
disk=$work/disk.img failures=0 told=0
PATH=$PATH:/sbin:/usr/sbin
echo "kills: seed $seed, $kills kills"

# draw LIMIT: a number from 0 to LIMIT - 1 in $drawn.
draw()
{
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 8 % $1))
}

failed()
{
    failures=$((failures + 1))
    cp "$disk" "/tmp/kills-failed-$$-$failures.img"
    echo "FAILED: $*; the image is /tmp/kills-failed-$$-$failures.img"
}

# kill_after TEXT MILLISECONDS COMMAND...: so long after it has begun, or has said TEXT if that is not empty; its words
# are in $work/out.
kill_after()
{
    text=$1 seconds=$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))
    shift 2
    : >"$work/out"
    "$@" >"$work/out" 2>"$work/error" <"$work/in" &
    process=$!
    while [ -n "$text" ] && kill -0 $process 2>/dev/null && ! grep -q "$text" "$work/out"; do
        sleep 0.02
    done
    sleep "$seconds"
    kill -KILL $process 2>/dev/null
    wait $process 2>/dev/null
}

# ---- ledger ----

ledger()
{
    draw 5
    text="^ledger: batch"
    [ "$drawn" -ne 0 ] || text= # now and then while it starts
    draw 500
    moment=$drawn
    draw 4
    case $drawn in
    0) set -- --mode bare ;;
    1) set -- --mode solo ;;
    2) set -- --mode pair ;;
    *) set -- --mode pair --protocol dec --crash primary@epoch=900 ;;
    esac
    [ -f "$disk" ] || set -- "$@" --disk "$disk,create=64K"
    kill_after "$text" "$moment" "$understudy" run --disk "$disk" "$@" "$guests/long_ledger.elf"
    last=$(sed -n 's/^ledger: batch \([0-9]*\) of.*/\1/p; s/^ledger: found.*, \([0-9]*\) batches made$/\1/p' \
        "$work/out" | tail -n 1)
    told=$((told + ${last:-0}))
    [ -f "$disk" ] || return
    "$understudy" run --disk "$disk,snapshot" "$guests/long_ledger.elf" >"$work/after" 2>&1
    status=$?
    found=$(sed -n 's/^ledger: found.*, \([0-9]*\) batches made$/\1/p' "$work/after")
    if [ $status -ne 0 ] || ! grep -q '^ledger: the books balance$' "$work/after" ||
        [ "${found:-0}" -lt "${last:-0}" ]; then
        failed "after $moment ms of $*: ${last:-0} batches were printed, ${found:-0} are there, status $status:" \
            "$(tail -n 1 "$work/after"):" \
            "understudy run --disk IMAGE,snapshot long_ledger.elf"
    fi
    [ "${found:-0}" -lt 440 ] || rm -f "$disk"
}

# ---- Linux ----

prepare_linux()
{
    for tool in mkfs.ext4 e2fsck debugfs sha256sum; do
        command -v $tool >/dev/null || { echo "SKIPPED: there is no $tool (Debian package e2fsprogs)"; exit 77; }
    done
    for kernel in "$linux/vmlinux" "$linux/vmlinux.stripped"; do
        [ -f "$kernel" ] && [ -f "$linux/initramfs.cpio.gz" ] && break
        kernel=
    done
    [ -n "$kernel" ] || { echo "SKIPPED: there is no Linux in '$linux': examples/linux/build makes one"; exit 77; }
    cat >"$work/in" <<'END'
mount -t ext4 /dev/sda /mnt; i=$(ls /mnt | grep -c ^f)
while :; do
i=$((i+1))
dd if=/dev/urandom of=/mnt/f$i bs=4k count=$((i%9+1)) conv=fsync 2>/dev/null
s=$(sha256sum </mnt/f$i)
sync
echo "DONE f$i $s"
[ $i -gt 60 ] && rm -f /mnt/f$((i-60))
done
END
}

# The file system after a kill: replay the journal, and then there is nothing to say.
judge_linux()
{
    e2fsck -p "$disk" >"$work/fsck" 2>&1
    [ $? -le 1 ] || { failed "the journal cannot be replayed: $(tail -n 2 "$work/fsck")"; return; }
    e2fsck -fn "$disk" >"$work/fsck" 2>&1 || failed "e2fsck after the journal's replay: $(cat "$work/fsck")"
    tr -d '\r' <"$work/out" | sed -n 's/^DONE \(f[0-9]*\) \([0-9a-f]\{64\}\)  *-$/\1 \2/p' | tail -n 50 >"$work/done"
    told=$((told + $(wc -l <"$work/done")))
    while read -r name sum; do
        is=$(debugfs -R "cat /$name" "$disk" 2>/dev/null | sha256sum | cut -d' ' -f1)
        [ "$is" = "$sum" ] ||
            failed "$name was on the disk with $sum and is there with $is: debugfs -R 'cat /$name' IMAGE"
    done <"$work/done"
}

linux_run()
{
    [ -f "$disk" ] || { truncate -s 16M "$disk" && mkfs.ext4 -q -F "$disk"; }
    draw 5
    text="^DONE f"
    [ "$drawn" -ne 0 ] || text= # now and then while it starts
    draw 1500
    moment=$drawn
    draw 3
    set -- bare
    [ "$drawn" -ne 0 ] || set -- pair
    kill_after "$text" "$moment" "$understudy" run --mode "$1" --ram 64M --kernel "$kernel" \
        --initrd "$linux/initramfs.cpio.gz" --virtio 0=console --virtio "1=scsi,disk=$disk" \
        --append "console=hvc0 virtio_mmio.device=4K@0xfff90000:72 virtio_mmio.device=4K@0xfff91000:73 quiet"
    judge_linux
    draw 12
    [ "$drawn" -ne 0 ] || rm -f "$disk"
}

: >"$work/in"
[ -z "$linux" ] || prepare_linux
count=0
while [ $count -lt "$kills" ] && [ $failures -lt 5 ]; do
    count=$((count + 1))
    if [ -n "$linux" ]; then linux_run; else ledger; fi
    [ $((count % 20)) -ne 0 ] || echo "kills: $count so far, $failures failed"
done
echo "kills: $count kills, $told times something was told complete before them, $failures failed"
[ $failures -eq 0 ] && [ $told -gt 0 ]
