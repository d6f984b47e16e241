#!/bin/sh
# survive.sh UNDERSTUDY GUEST SEED POINTS [times]
# A guest's run, to the byte: bare, under a monitor alone, as a pair, and as a pair of which one computer fails, at
# POINTS places drawn from SEED, with every protocol and fail-over policy. The terminal's bytes and the disk must be
# those of the bare run. With "times" the guest prints what the clock said: then only its own verdict, the exit status,
# counts.
# Works in a folder of its own under the current one.
set -u
understudy=$1 guest=$2 seed=$3 points=$4 times=${5:-}
name=$(basename "$guest" .elf)
folder=survive-$name-$seed
rm -rf "$folder" && mkdir "$folder" && cd "$folder" || exit 1
failures=0
echo "$name: seed $seed, $points points"

# run OUT OPTIONS...: run the guest with an empty disk; its bytes in OUT.out, its disk in OUT.img, status in $status
run() {
    out=$1
    shift
    rm -f "$out.img"
    "$understudy" run --disk "$out.img,create=1M" --json "$out.json" "$@" "$guest" </dev/null >"$out.out" 2>"$out.err"
    status=$?
}

# judge OPTIONS...: run with OPTIONS and compare with the bare run
judge() {
    run now "$@"
    if [ $status -ne 0 ] || { [ -z "$times" ] && ! { cmp -s now.out bare.out && cmp -s now.img bare.img; }; }; then
        failures=$((failures + 1))
        echo "FAILED (status $status): understudy run $* $name.elf"
        tail -n 2 now.out now.err
    fi
}

run bare --mode bare
if [ $status -ne 0 ]; then
    echo "FAILED: status $status of the bare run"
    tail -n 2 bare.out bare.err
    exit 1
fi
judge --mode solo
judge --mode pair
insns=$(sed -n 's/.*"instructions": *\([0-9]*\).*/\1/p' bare.json | head -n 1)
[ -n "$insns" ] || { echo "FAILED: no instruction count in the result" && exit 1; }
point=0
while [ $point -lt "$points" ]; do
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    at=$((seed % insns))
    who=primary
    [ $((point % 6)) -eq 5 ] && who=backup
    judge --mode pair --seed $((point + 1)) --protocol bs-revised --crash $who@instruction=$at
    judge --mode pair --seed $((point + 1)) --protocol bs-revised --failover disconnect --crash $who@instruction=$at
    judge --mode pair --seed $((point + 1)) --protocol bs-revised --failover reissue --crash $who@instruction=$at
    judge --mode pair --seed $((point + 1)) --protocol bs --crash $who@instruction=$at
    point=$((point + 1))
done
echo "$failures of $((2 + 4 * points)) runs failed"
[ $failures -eq 0 ]
