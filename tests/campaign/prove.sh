#!/bin/sh
# prove.sh UNDERSTUDY GUESTS - `understudy sweep` without an image: Bressoud's and Schneider's protocol without its
# waits is found to be wrong, with the sentence, the rule of the paper and a command that shows it; protocols that are
# right hold. And what a sweep says besides: kinds of fault, rows, CSV, picture, shards that are put together again.
. "$(dirname "$0")/sweeps.sh"
says() {
    grep -q -- "$1" out
    check "it says '$1'" $?
}

# ---- protocols ----
"$understudy" protocol bs | sed -e 's/ await-acks//' -e 's/^name .*/name hasty/' >hasty.proto
sweep 1 --protocol hasty.proto --json hasty.json
says "^hasty is wrong: rule "
says "bs has 'await-acks' in its primary's program (B&S P2: the primary awaits acknowledgements for all messages"
says "bs-revised has 'output await'"
[ "$(jq -r '[.holds, .faults] | @csv' hasty.json)" = 'false,1' ]
check "the JSON object says so" $?
sh -c "$(jq -r .command hasty.json | sed "s|understudy run|$understudy run|")" >out 2>err
[ $? -eq 125 ] && grep -qF "$(jq -r .sentence hasty.json)" err
check "its command shows it" $?

"$understudy" protocol bs-revised | sed -e 's/^output .*/output at-once/' -e 's/^name .*/name forgets/' >forgets.proto
sweep 1 --protocol forgets.proto
says "^forgets is wrong: rule "
# Its guest is told of outstanding commands before P7's epoch is run, and never comes to its end.
"$understudy" protocol bs-revised | sed -e 's/connect \(.*\) tell-outstanding/connect tell-outstanding \1/' \
    -e 's/^name .*/name early/' >early.proto
sweep 1 --protocol early.proto --points 20000
says "^early is wrong: the run ends as timeout"

# No [E, Tme]: the clock comes with [end, E].
"$understudy" protocol bs-revised | sed -e 's/^name .*/name lean/' -e 's/send-time //' -e '/^backup/s/take-clock //' \
    -e 's/await-time \(.*\)await-end/\1await-end take-clock/' -e '/^failover/s/connect/connect take-clock/' >lean.proto
"$understudy" protocol bs-revised | sed -e 's/send-time/send-time await-acks/' -e 's/^name .*/name careful/' \
    >careful.proto
"$understudy" protocol bs-revised | sed -e 's/^policy .*/policy reissue/' -e 's/^name .*/name quiet/' >quiet.proto
for protocol in lean careful quiet; do
    sweep 0 --protocol $protocol.proto --points 60000
    says "^$protocol holds on what was tried, "
done
sweep 0 --protocol bs --points 20000
says "classes unexplained as its author expects"
sweep 0 --protocol dec --points 30000 --json dec.json
[ "$(jq '.holds and .sweeps[0].expected > 10' dec.json)" = true ]
check "dec: as its author expects" $?

# ---- rows, kinds, shards ----
pair="--ram 4M --epoch 2000 --disk d.img,create=64K --set digest-epochs=1 --faults primary,acks,both --sample 60"
sweep 0 $pair --json whole.json --csv whole.csv --svg whole.svg proof
[ "$(jq '(.class_rows | length) == .classes and .classes == 60 and ([.class_rows[].kind] | unique | length) == 3' \
    whole.json)" = true ]
check "a row for each class, of three kinds" $?
[ "$(grep -c '^[0-9]' whole.csv)" -eq 60 ] && grep -q '^<svg ' whole.svg && [ "$(grep -c '<rect' whole.svg)" -ge 60 ]
check "the table and the picture have them too" $?
for shard in 1 2 3; do
    sweep 0 $pair --shard $shard/3 --csv $shard.csv proof
done
sweep 0 --merge --csv joined.csv --svg joined.svg 3.csv 1.csv 2.csv
cmp whole.csv joined.csv && cmp whole.svg joined.svg
check "three shards are the whole" $?
sweep 0 $pair --shard 2/3 --csv again.csv --jobs 1 proof
cmp 2.csv again.csv
check "a shard that is run again alone is the same" $?

# Acknowledgements that are lost before an output asks for them keep it waiting, and those after it do not.
sweep 0 --ram 4M --epoch 2000 --disk d.img,create=64K --set digest-epochs=1 --set channel-latency-us=300 \
    --set channel-crash=1 --faults acks --probes 1000 proof
sweep 0 $pair --faults join,flip --sample 200 proof
# A repaired computer has joined long before the end: whatever its former life was, classes are classes, and one of two
# that were there again may crash.
joined="$pair --set disk-latency-us=1000 --set heartbeat-us=200 --set timeout-us=1000 --set lag-report-us=200"
sweep 0 $joined --faults repair,join --sample 150 --probes 150 proof
sweep 1 $joined --faults repair --protocol dec --points 4000 --json repaired.json proof
[ "$(jq '[.class_rows[].outcome] | unique == ["expected", "held"]' repaired.json)" = true ]
check "dec: what its author expects is expected in a run with a repair, too" $?
sweep 0 $joined --faults primary,backup --crash primary@epoch=4 --repair epoch=6 --sample 100 --probes 100 proof

# A disk command ends while the guest executes something else: the run is forked before that, so the crash happens.
sweep 0 --ram 4M --disk e.img,create=1M --faults primary,partial --sample 60 --probes 0 --json busy.json eight
[ "$(jq '[.class_rows[] | select(.downtime_us == 0)] == []' busy.json)" = true ]
check "each crash happens" $?

refused() { # refused SENTENCE ARGUMENTS...
    sentence=$1
    shift
    sweep 2 "$@"
    grep -q -- "$sentence" err && [ "$(wc -l <err)" -eq 1 ]
    check "understudy sweep $*: '$sentence' in one line" $?
}
refused "all 3 shards of the sweep are wanted" --merge 1.csv 3.csv
refused "shard 2 of 3 is there twice" --merge 1.csv 2.csv 2.csv
refused "is of another sweep" --merge 1.csv whole.csv
refused "whole.json:1: it does not begin like one" --merge whole.json
sed '5s/,/;/' 1.csv >bad.csv
refused "bad.csv:5: this is no row" --merge bad.csv
refused "no file is given" --merge
refused "unknown option '--jobs'" --merge --jobs 2 1.csv
refused "cannot be read" --merge none.csv
cp 1.csv same.csv
refused "the table" --merge --csv 1.csv 1.csv 2.csv 3.csv
refused "I/N with an I from 1 to N" --shard 4/3 proof
refused "I/N with an I from 1 to N" --shard 0/3 proof
kinds="primary, backup, partial, both, repair, join, cut, delay, false, acks, medium, flip, hard or damage"
refused "$kinds is wanted" --faults flood proof
refused "needs an IMAGE" --shard 1/2
refused "hasty.proto:3: " --protocol "$(sed -i 's/send-end//' hasty.proto && echo hasty.proto)"

echo "$checks checks, $failures failures"
[ "$failures" -eq 0 ]
