#!/bin/sh
# tail_calls.sh - in an optimized build an operation goes to the next with a jump: disassembles libus_cpu.a and fails if
# an operation (exec_*, and the functions of exec_memory.c) has an indirect call, whatever it may call: an operation
# that calls the next one through op->run would let the host stack grow with every guest instruction. Those that may
# call through a pointer are named below. A host whose call instructions are not known here: 77.
#
# usage: tail_calls.sh OBJDUMP LIBRARY
dump=$(mktemp) || exit 1
trap 'rm -f "$dump"' EXIT
"$1" -d --no-show-raw-insn "$2" >"$dump" || exit 1
case $(uname -m) in
x86_64) call='callq? +[*]' ;;
aarch64) call='[^a-z]blr[^a-z]' ;;
*)
    echo "SKIPPED: no pattern for the calls of $(uname -m)"
    exit 77
    ;;
esac
awk -v call="$call" '
    /^[0-9a-f]+ <.*>:$/ {
        name = $2
        gsub(/[<>:]/, "", name)
        sub(/\.(part|cold|constprop|isra|lto_priv|llvm).*/, "", name)
        operation = name ~ /^(exec_|load[124]_|store[124]_|float_load|float_store|load_slow|store_slow)/
        operations += operation
        # these call what returns: the environment, and the arithmetic of floating point through its table
        outside = name ~ /^exec_(drain|mfctl_timer|mtctl|fpu_operate)$/
    }
    operation && !outside && $0 ~ call { printf "%s calls through a pointer:%s\n", name, $0; failed = 1 }
    END {
        printf "%d operations looked at\n", operations
        exit failed || operations < 200
    }' "$dump"
