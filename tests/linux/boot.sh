#!/bin/sh
# boot.sh - a short Linux: reset to user space to power-off, bare and on a pair whose primary dies on the way, and a
# reboot. Skipped, loudly, where no kernel is at hand: examples/linux/build makes one.
#
# usage: boot.sh UNDERSTUDY FOLDER...  (of vmlinux or vmlinux.stripped, and initramfs.cpio.gz; the first that is there)
understudy=$1
shift
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

fail()
{
    echo "FAIL: $*"
    tail -n 20 "$work/out" "$work/error"
    failed=1
}

# boot STATUS WORDS OPTION...
boot()
{
    wanted=$1 words=$2
    shift 2
    timeout 100 "$understudy" run --kernel "$kernel" --initrd "$folder/initramfs.cpio.gz" \
        --append "earlycon=pdc keep_bootcon $words" --timeout 1000000000 "$@" \
        >"$work/out" 2>"$work/error" </dev/null
    status=$?
    [ $status -eq "$wanted" ] || fail "$words $*: status $status, $wanted is wanted"
}

shows()
{
    tr -d '\r' <"$work/out" | grep -q "$1" || fail "no line is like '$1'"
}

echo "Linux: $kernel"
boot 0 "poweroff=1"
shows 'Soft power switch at 0xfff80004'
shows 'Run /init as init process'
shows 'reboot: Power down'
boot 0 "poweroff=1" --mode pair --crash primary@time=0.7
shows 'reboot: Power down'
grep -q 'computer 2.*continues\|promoted\|computer 2' "$work/error" || fail "no fail-over"
boot 124 "reboot=1" --timeout 150000000
shows 'reboot: Restarting system'
[ "$(grep -c '^firmware: ' "$work/out")" -ge 2 ] || fail "it does not start again"

# A shell on a virtio console. The run stops where the text is complete, though it comes in one piece with more.
append="console=hvc0 virtio_mmio.device=4K@0xfff90000:72 quiet"
cat >"$work/shell.us" <<EOT
system --ram 64M --kernel $kernel --initrd $folder/initramfs.cpio.gz --virtio 0=console --append "$append"
expect "shell on" within 2000000000
assert \$instructions < 1000000000
expect "# " within 2000000000
assert \$instructions < 1000000000
send "echo \$((6 * 7)) of \$(uname -m)\\n"
expect "42 of parisc" within 2000000000
send "poweroff -f\\n"
continue
assert end exit
EOT
timeout 100 "$understudy" "$work/shell.us" >"$work/out" 2>"$work/error" </dev/null || fail "the shell"
shows '^42 of parisc'
exit $failed
