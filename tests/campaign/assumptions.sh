#!/bin/sh
# assumptions.sh UNDERSTUDY GUESTS - each assumption of the protocols, broken: the tool must show the first
# difference or the harm (status 125 and one sentence), and the same run with the assumption whole must be sound
# (status 0).
set -eu
understudy=$1
guests=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
passed=0

# run NAME WANTED GUEST OPTION...
run() {
    name=$1 wanted=$2 guest=$3
    shift 3
    status=0
    timeout 60 "$understudy" run --mode pair --ram 4M --seed 3 "$@" --disk "$work/disk.img,create=1M,snapshot" \
        --json "$work/json" "$guests/$guest.elf" </dev/null >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED $name: status $status, $wanted is wanted: run --mode pair --ram 4M --seed 3 $* $guest.elf"
        failed=$((failed + 1))
    fi
    [ "$wanted" = 125 ] && sed -n 's/.*"violation": "\(.*\)",*$/'"$name"': \1/p' "$work/json"
    return 0
}

# both NAME GUEST OPTION...: sound, and then broken
both() {
    assumption=$1 who=$2
    shift 2
    run "$assumption (whole)" 0 "$who" "$@"
    run "$assumption" 125 "$who" "$@" --break-assumption "$assumption"
}

each="--set digest-epochs=1"
both tlb kernel $each --set tlb-entries=4
both clock deadline
both delivery ticker $each
both dma eight $each
both traps surfacing $each
both undefined reserved $each
both privilege hello $each
both fifo deadline $each
run "detection (whole)" 0 ledger --protocol bs --set channel-latency-us=1000 --crash primary@instruction=500000
run detection 125 eight --protocol dec --set channel-latency-us=1000 --break-assumption detection \
    --crash primary@instruction=500000
run "output-commit (whole)" 0 deadline --set channel-latency-us=1000 --set channel-crash=1 \
    --crash primary@instruction=300000
run output-commit 125 deadline --set channel-latency-us=1000 --break-assumption output-commit \
    --crash primary@instruction=300000
# An output is no point, and the value that it depends on is lost with the primary.
run "output-commit, points (whole)" 0 deadline --protocol yokogawa --set channel-latency-us=500 \
    --crash primary@instruction=24437
run "output-commit, points" 125 deadline --protocol yokogawa --set channel-latency-us=500 \
    --break-assumption output-commit --crash primary@instruction=24437
# A write that the old primary has issued reaches the disk after the new one's.
both fencing eight --set disk-latency-us=300 --set disk-spread-us=9000 --fault delay=8000,primary@time=0.02
both arbiter eight --fault delay=3000,primary@time=0.004 --fault cut,primary@time=0.0055
both shared-disk ledger --crash primary@instruction=500000
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
