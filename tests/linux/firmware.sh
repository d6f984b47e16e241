#!/bin/sh
# firmware.sh - the guest firmware_calls, started as a kernel on every kind of computer: its own checks, the hand-over,
# both ways to switch off, a reset, a fail-over, and interruptions that nobody takes.
#
# usage: firmware.sh UNDERSTUDY FIRMWARE_CALLS.elf
understudy=$1
guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
    echo "FAIL: $*"
    cat "$work/out" "$work/error"
    failed=1
}

# start STATUS APPEND OPTION...: run it, an 'x' typed.
start()
{
    wanted=$1 append=$2
    shift 2
    printf x | timeout 60 "$understudy" run --kernel "$guest" --append "$append" --timeout 50000000 "$@" \
        >"$work/out" 2>"$work/error"
    status=$?
    [ $status -eq "$wanted" ] || fail "$append $*: status $status, $wanted is wanted"
}

# shows PATTERN: a line of the output is like that.
shows()
{
    tr -d '\r' <"$work/out" | grep -q "$1" || fail "no line is like '$1'"
}

head -c 5000 "$guest" >"$work/initrd"
for mode in bare solo pair; do
    start 0 "in end=power" --mode $mode --initrd "$work/initrd"
    shows '^firmware: 32 MiB of memory, entering the kernel at 0x000'
    shows '^initial file system: 5000 bytes, sum '
    shows "^command line: 'in end=power'$"
    shows '^through ENTRY_IO$'
    shows "^typed: 'x'$"
    shows '^[1-9][0-9]* checks, 0 mistakes$'
    grep -v '^command line' "$work/out" >"$work/$mode"
    start 0 "in end=reset" --mode $mode --initrd "$work/initrd"
    shows '^[1-9][0-9]* checks, 0 mistakes, after a reset$'
    [ "$(grep -c '^initial file system: 5000 bytes' "$work/out")" -eq 2 ] || fail "$mode: two starts are wanted"
    start 7 "end=return" --mode $mode --ram 64M
    shows '^firmware: 64 MiB'
    shows '^initial file system: 0 bytes'
    start 126 "end=break" --mode $mode
    shows '^firmware: break instruction (vector 9) that nobody takes, at 00000000.000[0-9a-f]*, instruction 0000a003'
    start 126 "end=nothing" --mode $mode
    shows '^firmware: high-priority machine check (vector 1) that nobody takes'
done
cmp "$work/bare" "$work/solo" || fail "under a monitor it says something else"
cmp "$work/bare" "$work/pair" || fail "on a pair it says something else"
for at in 20000 60000 100000; do
    start 0 "in end=reset" --mode pair --initrd "$work/initrd" --crash primary@instruction=$at
    shows '^[1-9][0-9]* checks, 0 mistakes, after a reset$'
done
# Without an initial file system, a command line, or input: nothing is typed, nothing is seen.
timeout 60 "$understudy" run --kernel "$guest" >"$work/out" 2>"$work/error" </dev/null ||
    fail "nothing given: status $?"
shows "^command line: ''$"
exit $failed
