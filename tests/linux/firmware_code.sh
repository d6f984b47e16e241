#!/bin/sh
# firmware_code.sh - the firmware touches neither the floating-point registers nor GR 27: both are the calling kernel's.
#
# usage: firmware_code.sh OBJDUMP FIRMWARE.elf
"$1" -d "$2" >/dev/null || exit 1
count=$("$1" -d "$2" | grep -c '^f000')
[ "$count" -gt 500 ] || { echo "only $count lines of code: is this the firmware?"; exit 1; }
if "$1" -d "$2" | grep -E '[ ,(](r27|dp|fr[0-9]+)([,) ]|$)'; then
    echo "FAIL: the firmware uses a register that is its caller's"
    exit 1
fi
