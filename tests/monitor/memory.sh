#!/bin/sh
# memory.sh UNDERSTUDY GUEST - a host with little memory, from almost none to enough: each run is refused with one line,
# or is the run that it always is, if need be without the translator, which is said in a line. Nowhere an assertion.
understudy=$1 guest=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0 refused=0 done=0 interpreted=0
cat >"$work/script.us" <<END
system --mode pair --ram 4M
load $guest
continue
END

# try COMMAND...: with every limit.
try()
{
    "$@" </dev/null >"$work/wanted" 2>&1
    kib=8000
    while [ $kib -le 160000 ]; do
        (ulimit -v $kib && exec timeout 60 "$@" </dev/null) >"$work/out" 2>"$work/error"
        status=$?
        if [ $status -eq 0 ]; then
            done=$((done + 1))
            interpreted=$((interpreted + $(grep -c 'understudy: no translator' "$work/error")))
            cmp -s "$work/out" "$work/wanted"
        elif [ $status -eq 127 ]; then # the program itself has no room
            [ "$kib" -lt 40000 ]
        else
            refused=$((refused + 1))
            [ $status -le 2 ] && [ "$(cat "$work/out" "$work/error" | grep -v 'understudy: no translator' |
                grep -c 'understudy: .*memory')" -eq 1 ]
        fi || {
            failures=$((failures + 1))
            echo "FAILED: status $status with $kib KiB: $*"
            cat "$work/error"
        }
        kib=$((kib + 4000))
    done
}

try "$understudy" run --mode pair --ram 4M "$guest"
try "$understudy" run --mode bare --ram 4M "$guest"
try "$understudy" "$work/script.us"
translator=$("$understudy" --version | grep -c 'engine: translator')
echo "$refused refused, $done done, $interpreted of them on the interpreter, $failures failures"
[ $failures -eq 0 ] && [ $refused -gt 0 ] && [ $done -gt 0 ] && [ "$interpreted" -ge "$translator" ]
