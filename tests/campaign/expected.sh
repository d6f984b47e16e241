#!/bin/sh
# expected.sh UNDERSTUDY GUESTS - the runs of docs/explainability.md, "The expected violations, seen": one crash after
# an operation performed in X+1, under each protocol, on a channel that loses nothing and on one that loses.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0 checks=0

# crash WANTED PROTOCOL OPTION...: the exit status, and rule 1 with its epoch if it is 125
crash() {
    wanted=$1 protocol=$2
    shift 2
    timeout 60 "$understudy" run --mode pair --ram 4M --seed 3 --disk "$folder/d.img,create=1M,snapshot" \
        --crash primary@operation=134.performed --protocol "$protocol" "$@" "$guests/deadline.elf" \
        </dev/null >"$folder/out" 2>"$folder/err"
    status=$?
    checks=$((checks + 1))
    if [ "$status" != "$wanted" ] || { [ "$wanted" = 125 ] && ! grep -q 'rule 1: .*epoch 19' "$folder/err"; }; then
        failures=$((failures + 1))
        echo "FAILED: $protocol $*: status $status, $wanted is wanted: $(tail -n 1 "$folder/err")"
    fi
}

crash 125 dec
crash 0 bs
crash 0 bs-revised
crash 125 dec --set channel-latency-us=500 --set channel-crash=1
crash 125 bs --set channel-latency-us=500 --set channel-crash=1
crash 0 bs-revised --set channel-latency-us=500 --set channel-crash=1
crash 0 bs --set channel-latency-us=500 # the same channel, if it loses nothing
echo "$checks checks, $failures failures"
[ "$failures" -eq 0 ]
