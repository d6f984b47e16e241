#!/bin/sh
# sweep.sh UNDERSTUDY GUESTS - the crash atlas: every class of two small guests holds, with every class that can be
# probed probed; a protocol that is expected to be unexplained is found out, and the command that is told shows it; one
# host thread and two say the same; refusals.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0 checks=0

check() { # check WHAT STATUS: the status is 0
    checks=$((checks + 1))
    [ "$2" -eq 0 ] && return
    failures=$((failures + 1))
    echo "FAILED: $1"
    cat out err 2>/dev/null | head -n 5
}
sweep() { # sweep STATUS ARGUMENTS...
    wanted=$1
    shift
    "$understudy" sweep --ram 4M "$@" >out 2>err
    [ $? -eq "$wanted" ]
    check "understudy sweep $* exits with $wanted" $?
}

sweep 0 --probes 100000 "$guests/hello.elf"
sweep 0 --probes 300 --json one.json --jobs 1 --disk disk.img,create=1M "$guests/ticker.elf"
points=$(jq .crash_points one.json) classes=$(jq .classes one.json)
[ "$points" -gt 100000 ] && [ "$classes" -gt 1000 ] && [ "$(jq .explained one.json)" -eq "$points" ]
check "ticker: more than 100000 points in more than 1000 classes, all explained" $?
sweep 0 --probes 300 --json two.json --jobs 2 --disk disk.img,create=1M "$guests/ticker.elf"
[ "$(jq -c 'del(.host_seconds)' one.json)" = "$(jq -c 'del(.host_seconds)' two.json)" ]
check "two host threads find what one finds" $?

# dec when an output was performed in the epoch that is run anew.
sweep 1 --protocol dec --sample 300 --seed 5 --json dec.json --disk disk.img,create=1M "$guests/ticker.elf"
command=$(jq -r '.violations[0].command' dec.json)
sh -c "$(echo "$command" | sed "s|^understudy|$understudy|")" >out 2>err
[ $? -eq 125 ]
check "the command shows the violation: $command" $?
sh -c "$(echo "$command" | sed "s|^understudy|$understudy|")" >out 2>err
[ $? -eq 125 ] && [ "$(jq '[.class_rows[].points] | add' dec.json)" -eq "$(jq .crash_points dec.json)" ] &&
    [ "$(jq '.class_rows | length' dec.json)" -eq 300 ] &&
    [ "$(jq '(.violations | length) == ([.class_rows[] | select(.sentence)] | length)' dec.json)" = true ]
check "it shows it again, and there is a row for each class" $?

# The host's time is told as the number that it was.
sweep 1 --protocol dec --sample 300 --seed 5 --json now.json --set world-clock=now --disk disk.img,create=1M \
    "$guests/ticker.elf"
jq -r '.violations[0].command' now.json | grep -q ' world-clock=[0-9]* '
check "the command of a run with the host's time has the time" $?

# A fault that is given is part of every run.
sweep 0 --sample 40 --failover reissue --fault ack-loss,primary@epoch=3 "$guests/overflow.elf"

refused() { # refused SENTENCE ARGUMENTS...
    sentence=$1
    shift
    sweep 2 "$@"
    grep -q "$sentence" err && [ "$(wc -l <err)" -eq 1 ]
    check "understudy sweep $*: '$sentence' in one line" $?
}
refused "needs --mode pair" --mode solo "$guests/hello.elf"
refused "needs an IMAGE" --disk d.img,create=1M
refused "unknown option '--record'" --record log "$guests/hello.elf"
refused "nothing can be judged" --timeout 10 "$guests/hello.elf"
refused "a number from 1 to 64" --jobs 0 "$guests/hello.elf"

echo "$checks checks, $failures failures"
[ "$failures" -eq 0 ]
