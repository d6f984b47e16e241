#!/bin/sh
# cut.sh UNDERSTUDY GUESTS - an output that awaits acknowledgements awaits those of what a cut channel keeps, too: where
# nothing has ever left, and after it is healed.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

# explained GUEST OPTION...
explained() {
    guest=$1
    shift
    "$understudy" run --mode pair --disk disk,create=1M,snapshot "$@" "$guests/$guest.elf" \
        </dev/null >/dev/null 2>err && grep -q 'is declared failed' err && return
    failures=$((failures + 1))
    echo "FAILED: $*: $(tail -n 1 err)"
}

# Nothing has left the channel when it is cut: the primary is fenced before its first output.
for protocol in bs bs-revised yokogawa vmware; do
    explained ledger --protocol $protocol --fault cut,primary@instruction=100
done
# What waited leaves, and is lost with its sender before it arrives.
for seed in 5 6; do
    explained proof --protocol bs-revised --epoch 1000 --set channel-crash=1 --seed $seed \
        --fault cut,primary@time=0.001 --fault heal,primary@time=0.0046$seed --crash primary@time=0.0046${seed}2
    explained proof --protocol vmware --epoch 1000 --set channel-crash=1 --seed $seed \
        --fault cut,primary@time=0.001 --fault heal,primary@time=0.0016$((seed - 1)) \
        --crash primary@time=0.0016$((seed - 1))2
done
[ $failures = 0 ]
