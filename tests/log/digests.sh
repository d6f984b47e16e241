#!/bin/sh
# digests.sh UNDERSTUDY GUEST.elf - two computers with different hardware exchange a state digest at every epoch's
# end: no
# difference, on one host thread and on two; and one bit that flips is found, at the instruction and in the register or
# byte where it flipped, with the same words on one host thread and on two.
set -u
understudy=$1 guest=$2 name=$(basename "$2" .elf)
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

run() {
    rm -f disk.img
    "$understudy" run --mode pair --disk disk.img,create=1M "$@" "$guest" </dev/null >out 2>err
    status=$?
}

for seed in 1 2 3; do
    for options in "--threads 1 --epoch 256" "--threads 2" "--threads 1 --protocol bs" "--threads 2 --protocol dec"; do
        # shellcheck disable=SC2086
        run --seed $seed --set digest-epochs=1 $options
        [ $status -eq 0 ] && continue
        failures=$((failures + 1))
        echo "FAILED (status $status): --seed $seed --set digest-epochs=1 $options $name.elf"
        tail -n 2 err
    done
done

# located WORDS OPTIONS...: the run ends with 125 and says WORDS.
located() {
    words=$1
    shift
    for threads in 1 2; do
        run --threads $threads "$@"
        tail -n 1 err >said.$threads
        [ $status -eq 125 ] && grep -qF "$words" said.$threads && continue
        failures=$((failures + 1))
        echo "FAILED (status $status): --threads $threads $* $name.elf: not located: $words"
        tail -n 2 err
    done
    cmp -s said.1 said.2 && return
    failures=$((failures + 1))
    echo "FAILED: $* $name.elf: one host thread and two say different things"
    cat said.1 said.2
}

at="before instruction 5001 (epoch"
located "$at" --fault flip=gr3:9,backup@instruction=5001 --set digest-epochs=1
located "processor gr[3] is" --fault flip=gr3:9,primary@instruction=5001 --set digest-epochs=4
located "the memory byte at 0x003f0123 is 0x00 at the primary and 0x20 at the backup" \
    --fault flip=0x3f0123:2,backup@instruction=5001 --set digest-epochs=1
located "$at" --fault flip=0x3f0123:2,primary@instruction=5001
echo "$failures failures"
[ $failures -eq 0 ]
