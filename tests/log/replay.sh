#!/bin/sh
# replay.sh UNDERSTUDY GUEST.elf - record GUEST alone, as a pair, through fail-overs and through a re-integration;
# replay
# each recording: the same bytes on the terminal, the same end, instruction count and digest, every digest held.
set -u
understudy=$1 guest=$2 name=$(basename "$2" .elf)
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0 runs=0
printf '1\n22\n333\n4444\nno number\n55555\n' >input # for the guest that reads; the replay has none

fail() {
    failures=$((failures + 1))
    echo "FAILED: understudy run $* $name.elf: $why"
    tail -n 2 run.err replay.err 2>/dev/null
}

# What a recording must give again, from the JSON of a run or of a replay.
facts() {
    grep -E '^  "(end|instructions|digest)"' "$1"
}

# judge STATUS OPTIONS...: run with OPTIONS and record (the exit status is STATUS), replay, compare.
judge() {
    wanted=$1
    shift
    runs=$((runs + 1))
    rm -f disk.img log run.json replay.json
    "$understudy" run --disk disk.img,create=1M --record log --json run.json "$@" "$guest" <input >run.out 2>run.err
    status=$?
    "$understudy" replay --json replay.json log </dev/null >replay.out 2>replay.err
    replayed=$?
    why=
    [ $status -eq "$wanted" ] || why="exit status $status, wanted $wanted"
    [ $replayed -eq 0 ] || why="$why; the replay's exit status is $replayed"
    cmp -s run.out replay.out || why="$why; the replay's output is another one"
    facts run.json >run.facts
    facts replay.json >replay.facts
    [ "$(wc -l <run.facts)" -eq 3 ] && cmp -s run.facts replay.facts ||
        why="$why; the results differ: $(cat replay.facts)"
    [ -z "$why" ] || fail "$@"
}

judge 0 --mode solo
judge 0 --mode solo --epoch 100 --set digest-epochs=3
judge 0 --mode pair --set digest-epochs=5
judge 0 --mode pair --seed 2 --crash primary@epoch=2
judge 0 --mode pair --seed 3 --protocol bs --epoch 1000 --crash primary@operation=4 --set digest-epochs=2
judge 0 --mode pair --seed 4 --protocol dec --epoch 333 --crash primary@instruction=5000
judge 0 --mode pair --seed 136 --protocol dec --failover uncertain --epoch 30000 --crash primary@instruction=800
judge 0 --mode pair --seed 5 --failover reissue --epoch 500 --crash backup@epoch=3
judge 0 --mode pair --seed 6 --epoch 500 --crash primary@epoch=3 --repair epoch=6 --crash primary@epoch=60 \
    --set digest-epochs=1
# What became known between two epochs, just before the other computer began to join, reaches that one too.
judge 0 --mode pair --epoch 500 --set cost-epoch-us=100 --set digest-epochs=1 --crash primary@epoch=4 --repair epoch=40
judge 124 --mode pair --epoch 300 --timeout 700 --crash primary@epoch=2
judge 126 --mode pair --epoch 700 --crash primary@epoch=2 --crash backup@step=promoted
echo "$failures of $runs recordings failed"
[ $failures -eq 0 ]
