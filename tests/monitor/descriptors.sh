#!/bin/sh
# descriptors.sh UNDERSTUDY GUESTS - `test` with few descriptors for its scripts' processes: it does what it is asked,
# or says in one line why not.
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cp "$2/hello.elf" .
printf 'load hello.elf\ncontinue\nassert $status == 0\n' >a.us
cp a.us b.us
held=0 refused=0 failed=0
few=5
while [ $few -le 12 ]; do
    (ulimit -n $few && exec "$program" test -j 2 a.us b.us) >out 2>err </dev/null
    status=$?
    if [ $status -eq 0 ] && grep -q '^# 2 of 2 held' out && [ ! -s err ]; then
        held=$((held + 1))
    elif [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q ': Too many open files$' err; then
        refused=$((refused + 1))
    else
        echo "FAILED: $few descriptors, status $status: $(cat out err)"
        failed=1
    fi
    few=$((few + 1))
done
[ $held -gt 0 ] && [ $refused -gt 0 ] || { echo "FAILED: $held times held, $refused times refused"; failed=1; }
exit $failed
