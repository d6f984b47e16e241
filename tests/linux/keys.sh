#!/bin/sh
# keys.sh - a person at Linux's shell, at a pseudo-terminal, who kills its computer (monitor_test, keys_linux). Skipped,
# loudly, where no kernel is at hand: examples/linux/build makes one.
#
# usage: keys.sh MONITOR_TEST UNDERSTUDY FOLDER...  (as for boot.sh)
test=$1 understudy=$2
shift 2
for folder; do
    for kernel in "$folder/vmlinux" "$folder/vmlinux.stripped"; do
        [ -f "$kernel" ] && [ -f "$folder/initramfs.cpio.gz" ] && exec "$test" "$understudy" "$folder" keys_linux
    done
done
echo "SKIPPED: there is no Linux in any of: $*. examples/linux/build makes one"
exit 77
