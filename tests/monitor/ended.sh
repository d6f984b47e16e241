#!/bin/sh
# ended.sh UNDERSTUDY GUESTS - a run is ended by a signal, however long its epochs are, in each mode, by each engine.
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
ended() {
    "$understudy" run --epoch 4294967295 "$@" "$guests/endless.elf" >out 2>err </dev/null &
    process=$!
    # It takes signals by itself: SIGTERM, 15, is blocked (by the shell, too, before it becomes the program).
    until awk '/^Name:.*understudy/ { named = 1 } /^SigBlk:.*[4-7c-f]...$/ { blocked = 1 }
               END { exit !(named && blocked) }' /proc/$process/status; do sleep 0.02; done
    kill $process
    tries=0
    while grep -q '^State:.[^Z]' /proc/$process/status 2>/dev/null && [ $tries -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill -9 $process 2>/dev/null
    wait $process
    status=$?
    [ $status -eq 130 ] && grep -q 'stopped after' err && return
    echo "FAILED: $*: status $status: $(cat err)"
    failed=1
}
for engine in interpreter auto; do
    ended --engine $engine --mode bare
    ended --engine $engine --mode solo
    ended --engine $engine --mode pair --threads 1
    ended --engine $engine --mode pair
    ended --engine $engine --mode pair --protocol vmware
done
exit $failed
