#!/bin/sh
# same.sh UNDERSTUDY GDB SCRIPT OPTION... GUEST - a run that gdb has stopped, stepped and taken back comes to the same
# end as one left alone: the guest's output, the disk, and all that --json says but for the host's seconds.
set -eu
understudy=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
session=$(cd "$(dirname "$0")" && pwd)/session.sh
"$session" "$@" --disk "$work/gdb.img,create=1M" --json "$work/gdb.json"
shift 3
"$understudy" run --disk "$work/alone.img,create=1M" --json "$work/alone.json" "$@" </dev/null >"$work/out"
for one in gdb alone; do
    sed '/_seconds/,$d' "$work/$one.json" >"$work/$one.txt"
done
grep -q '"digest": "[0-9a-f]*"' "$work/alone.txt"
diff "$work/alone.txt" "$work/gdb.txt"
cmp "$work/alone.img" "$work/gdb.img"
