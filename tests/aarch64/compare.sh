#!/bin/sh
# compare.sh - the digest program as built for this machine, and as built for aarch64 under qemu-aarch64: the same
# lines.
#
#   compare.sh NATIVE QEMU AARCH64 [ARGUMENT]...      the arguments go to both
set -eu
native=$1 qemu=$2 other=$3
shift 3
here=$(mktemp) there=$(mktemp)
trap 'rm -f "$here" "$there"' EXIT
"$native" "$@" >"$here"
"$qemu" "$other" "$@" >"$there"
cat "$here"
if ! diff "$here" "$there"; then
    echo "aarch64 (>) differs from this machine (<)" >&2
    exit 1
fi
echo "$(grep -c ' of .* values' "$there") digests are the same on $(uname -m) and aarch64"
