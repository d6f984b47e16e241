#!/bin/sh
# sweep.sh UNDERSTUDY GUESTS - the crash atlas: every class of two small guests holds, with every class that can be
# probed probed; a protocol that is expected to be unexplained is found out, and the command that is told shows it; one
# host thread and two say the same; refusals.
. "$(dirname "$0")/sweeps.sh"

sweep 0 --ram 4M --probes 100000 "$guests/hello.elf"
sweep 0 --ram 4M --probes 300 --json one.json --jobs 1 --disk disk.img,create=1M "$guests/ticker.elf"
points=$(jq .crash_points one.json) classes=$(jq .classes one.json)
[ "$points" -gt 100000 ] && [ "$classes" -gt 1000 ] && [ "$(jq .explained one.json)" -eq "$points" ]
check "ticker: more than 100000 points in more than 1000 classes, all explained" $?
sweep 0 --ram 4M --probes 300 --json two.json --jobs 2 --disk disk.img,create=1M "$guests/ticker.elf"
[ "$(jq -c 'del(.host_seconds)' one.json)" = "$(jq -c 'del(.host_seconds)' two.json)" ]
check "two host threads find what one finds" $?

# A run that ends where another one was says what it would have said.
for words in "--faults all --sample 60" "--faults delay,acks,medium,cut --points 3000 --protocol dec"; do
    sweep 0 $words --probes 0 --csv short.csv --disk disk.img,create=1M "$guests/eight.elf"
    sweep 0 $words --probes 0 --to-the-end --csv long.csv --disk disk.img,create=1M "$guests/eight.elf"
    cmp short.csv long.csv
    check "runs to the end: $words" $?
done

# A guest whose bit has flipped may run for ever: its run is ended (which one does depends on the guest's compiler).
timeout 200 "$understudy" sweep --ram 4M --seed 2 --faults flip --sample 10 --disk disk.img,create=1M --json flip.json \
    "$guests/ledger.elf" </dev/null >out 2>err
[ $? -le 1 ] && [ "$(jq '.class_rows | length' flip.json)" -eq 10 ]
check "a sweep of flips ends" $?

# dec when an output was performed in the epoch that is run anew.
sweep 1 --ram 4M --protocol dec --sample 300 --seed 5 --json dec.json --disk disk.img,create=1M "$guests/ticker.elf"
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
sweep 1 --ram 4M --protocol dec --sample 300 --seed 5 --json now.json --set world-clock=now --disk disk.img,create=1M \
    "$guests/ticker.elf"
jq -r '.violations[0].command' now.json | grep -q ' world-clock=[0-9]* '
check "the command of a run with the host's time has the time" $?

# A fault that is given is part of every run.
sweep 0 --ram 4M --sample 40 --failover reissue --fault ack-loss,primary@epoch=3 "$guests/overflow.elf"

# One that happens in no run is told.
sweep 0 --ram 4M --probes 0 --crash primary@instruction=99999 --crash backup@step=promoted "$guests/hello.elf"
grep -q '^understudy: note: 1 fault did not happen in any run: crash primary@instruction=99999$' err
check "a fault that never happens" $?
sweep 0 --ram 4M --sample 5 --fault ack-loss,primary@epoch=1 "$guests/hello.elf"
[ ! -s err ]
check "and one that does" $?

# --points: whole classes, the first ones.
sweep 0 --ram 4M --points 10 --json few.json "$guests/hello.elf"
[ "$(jq '.crash_points >= 10 and .crash_points - .class_rows[-1].points < 10' few.json)" = true ]
check "whole classes until there are ten points: $(jq -c '[.crash_points, .classes]' few.json)" $?

refused() { # refused SENTENCE ARGUMENTS...
    sentence=$1
    shift
    sweep 2 --ram 4M "$@"
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
