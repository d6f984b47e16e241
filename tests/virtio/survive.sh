#!/bin/sh
# survive.sh UNDERSTUDY VIRTIO_GUEST HOSTILE_GUEST SEED POINTS - virtio devices on every kind of computer.
#
# The guest that uses all of them shows the same bytes and leaves the same disks bare, under a monitor alone, on a pair,
# on a pair whose primary fails at each of POINTS seeded places with every protocol and policy, and on one that is
# repaired and fails again; what it consumed is recorded and replayed. The hostile guest survives, and its replicas have
# one state at the end of every epoch.
understudy=$1 virtio=$2 hostile=$3 seed=$4 points=$5
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0 runs=0

# run GUEST OPTION...: with all four kinds of device and new disks.
run()
{
    guest=$1
    shift
    rm -f "$work"/*.img
    timeout 60 "$understudy" run --virtio 0=console --virtio "1=scsi,disk=$work/scsi.img,create=256K" \
        --virtio "7=blk,disk=$work/blk.img,create=256K" --virtio 15=rng --json "$work/json" "$@" "$guest" \
        </dev/null >"$work/out" 2>"$work/error"
    status=$?
    runs=$((runs + 1))
}

fail()
{
    failures=$((failures + 1))
    echo "FAILED ($1): understudy run $2"
    tail -n 3 "$work/out" "$work/error"
}

# same OPTION...: the virtio guest shows what it showed on the bare computer. What dec cannot explain
# (docs/protocols.md) is not looked at.
same()
{
    run "$virtio" "$@"
    case "$*" in
    *dec*) [ $status -eq 125 ] && grep -q 'rule [15]:' "$work/error" && status=0 ;;
    esac
    [ $status -eq 0 ] || fail "status $status" "$*"
    cmp -s "$work/out" "$work/bare.out" || fail "other bytes" "$*"
    cmp -s "$work/scsi.img" "$work/bare.scsi" || fail "another scsi disk" "$*"
    cmp -s "$work/blk.img" "$work/bare.blk" || fail "another blk disk" "$*"
}

echo "seed $seed, $points points"
run "$virtio" --mode bare
[ $status -eq 0 ] || fail "status $status" "--mode bare"
grep -q '^4 devices, 0 wrong$' "$work/out" || fail "not four devices" "--mode bare"
cp "$work/out" "$work/bare.out"
cp "$work/scsi.img" "$work/bare.scsi"
cp "$work/blk.img" "$work/bare.blk"
insns=$(jq .instructions "$work/json")
same --mode solo
same --mode pair --set digest-epochs=1 --record "$work/log"
"$understudy" replay "$work/log" >"$work/replayed" 2>&1 && cmp -s "$work/replayed" "$work/bare.out" ||
    fail "replay" "--mode pair --record"
same --mode pair --crash primary@instruction=$((insns / 9)) --repair instruction=$((insns / 3)) \
    --crash primary@instruction=$((insns * 3 / 4)) --set digest-epochs=1 --record "$work/log"
"$understudy" replay "$work/log" >"$work/replayed" 2>&1 && cmp -s "$work/replayed" "$work/bare.out" ||
    fail "replay" "--mode pair --repair --record"
point=0
while [ "$point" -lt "$points" ]; do
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    case $((point % 3)) in
    0) where=instruction=$((seed / 8 % insns)) ;;
    1) where=step=interrupt-buffered:$((seed / 8 % 180 + 1)) ;;
    2) where=operation=$((seed / 8 % 190 + 1)).partial:5 ;;
    esac
    for protocol in bs-revised bs dec; do
        same --mode pair --seed $point --protocol $protocol --crash primary@$where
    done
    for policy in disconnect uncertain reissue; do
        same --mode pair --seed $point --failover $policy --crash primary@$where
    done
    point=$((point + 1))
done
for options in "--mode bare" "--mode solo" "--mode pair" \
    "--mode pair --protocol bs --crash primary@instruction=200000" \
    "--mode pair --crash primary@step=interrupt-sent:20" "--mode pair --failover reissue --crash primary@epoch=99"; do
    # shellcheck disable=SC2086 # several words
    run "$hostile" $options --set digest-epochs=1
    [ $status -eq 0 ] || fail "status $status" "$options (hostile)"
    [ "$(jq .explainable "$work/json")" = true ] || fail "judged" "$options (hostile)"
    grep -aq '^4 devices, 0 do not agree any more; resets were needed' "$work/out" ||
        fail "words" "$options (hostile)"
    grep -q 'the device needs a reset' "$work/error" || fail "no line in the log" "$options (hostile)"
done
echo "$runs runs, $failures failures"
[ $failures -eq 0 ]
