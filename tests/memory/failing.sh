#!/bin/bash
# failing.sh UNDERSTUDY GUESTS [SEED] - the host has no memory for the n-th allocation: whichever it is, the program
# ends with one sentence and status 2, or does without; no crash, no assertion, no leak. And memory is poisoned: what a
# run shows does not depend on with what. UNDERSTUDY is of a build with tests/memory/runtime.
set -u
understudy=$(realpath "$1") guests=$(realpath "$2") seed=${3:-1}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
runs=0 failures=0
echo "failing.sh: seed $seed"

wrong() { # wrong WHAT COMMAND...
    failures=$((failures + 1))
    echo "FAILED: $1: ${*:2}"
    head -n 20 error
}
# once COMMAND...: run it; `status`, and what it says in the files `terminal` and `error`.
once() {
    runs=$((runs + 1))
    timeout 120 "$@" >terminal 2>error </dev/null
    status=$?
}
# whole: is what was just run as it is when nothing fails? It may say that it does without the translator.
whole() {
    sed '/^understudy: no translator, the interpreter executes: /d' error >error.rest
    [ "$status" -eq "$usual" ] && cmp -s terminal terminal.usual && cmp -s error.rest error.usual
}
# a_sentence: did it end with one, and status 2? A script whose command fails says so, and ends with status 1.
a_sentence() {
    [ "$status" -eq 2 ] || { [ "$status" -eq 1 ] && grep -q '^understudy: .*:[0-9]*: .*no memory' error; } || return 1
    [ "$(tail -n 1 error | cut -c 1-12)" = "understudy: " ] && ! grep -qE "Sanitizer|runtime error|Assertion" error
}
# each COMMAND...: with every n that comes up, nearly each at first and fewer and fewer.
each() {
    UNDERSTUDY_ALLOCATIONS=$folder/count once "$@"
    usual=$status n=1
    mv terminal terminal.usual
    mv error error.usual
    [ "$usual" -ne 2 ] || { cp error.usual error && wrong "refused" "$@"; }
    UNDERSTUDY_POISON=0x5A once "$@"
    whole || wrong "another poison, another run" "$@"
    count=$(cat count)
    while [ $n -le "$count" ]; do
        UNDERSTUDY_FAIL_ALLOCATION=$n once "$@"
        whole || a_sentence || wrong "status $status, UNDERSTUDY_FAIL_ALLOCATION=$n" "$@"
        n=$((n + 1 + n / 4 + seed % 3))
    done
    echo "$count allocations: $*"
}

fast=(--set channel-latency-us=2 --set heartbeat-us=10 --set timeout-us=30 --ram 4M --epoch 2000)
cat >script.us <<END
system --mode pair --ram 4M --disk disk,create=64K,snapshot
load $guests/ticker.elf
break epoch 3
continue
step 100
reverse-step 50
info registers
trace on
crash primary
continue
END
each "$understudy" run --ram 4M --json json "$guests/hello.elf"
each "$understudy" run --mode pair "${fast[@]}" --disk disk,create=64K --protocol dec --threads 1 --record log \
    --set digest-epochs=1 --crash primary@instruction=9000 --repair instruction=12000 \
    --crash primary@instruction=40000 "$guests/ticker.elf"
each "$understudy" replay log
each "$understudy" run --mode pair "${fast[@]}" --beside "$guests/hello.elf@both" --virtio 0=rng --timeout 20000 \
    "$guests/ledger.elf"
each "$understudy" script.us
each "$understudy" sweep --jobs 1 --ram 4M --probes 1 --sample 20 "$guests/frames.elf"

# Without a second thread the computers take turns, and the run is the same.
pair=("$understudy" run --mode pair "${fast[@]}" --crash primary@instruction=9000 "$guests/ticker.elf")
once "${pair[@]}"
usual=$status
mv terminal terminal.usual
mv error error.usual
UNDERSTUDY_FAIL_THREADS=1 once "${pair[@]}"
whole || wrong "without threads" "${pair[@]}"
echo "$runs runs, $failures failures"
[ $failures -eq 0 ]
