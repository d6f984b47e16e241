#!/bin/sh
# remus.sh UNDERSTUDY GUESTS - checkpoints (docs/protocols.md): the same bytes as with a log, on one host thread and on
# two; crashes at the steps that only such a protocol has, of either computer; a repair; recordings, time travel, save
# files; what is looked at; planted errors; what is refused.
set -u
understudy=$1 guests=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0
disk=disk.img,create=1M,snapshot

bad()
{
    echo "not ok: $*"
    failures=$((failures + 1))
}

# run STATUS GUEST OPTION...: a pair; its terminal is in `out`, its messages in `err`, its figures in `json`.
run()
{
    wanted=$1 guest=$2
    shift 2
    "$understudy" run --mode pair --protocol remus --json json "$@" "$guests/$guest.elf" >out 2>err </dev/null
    status=$?
    [ $status = "$wanted" ] || bad "status $status instead of $wanted: $guest $*: $(tail -1 err)"
}

value()
{
    sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z.]*\).*/\1/p" json | head -1
}

# same WHAT [FAILOVERS]: `out` is `first`, the run is explained.
same()
{
    cmp -s out first || bad "other bytes: $1"
    [ "$(value explainable)" = true ] || bad "not explained: $1"
    [ "$(value failovers)" = "${2:-1}" ] || bad "$(value failovers) fail-overs: $1"
}

# said PATTERN FILE: a line of it.
said()
{
    grep -q -- "$1" "$2" || bad "no line '$1'"
}

# ---- one thread, two; the backup executes nothing ----

"$understudy" run --mode pair --disk $disk "$guests/ticker.elf" >first 2>/dev/null
for threads in 1 2; do
    run 0 ticker --disk $disk --threads $threads
    same "$threads threads" 0
    [ "$(value suppressed)" = 0 ] || bad "the backup executes outputs"
    sed '/seconds/,$d' json >json.$threads
done
cmp -s json.1 json.2 || bad "another run on two threads"

# ---- fail-overs ----

for at in step=checkpoint-page:9 step=checkpoint-sent:5 step=acks-awaited:6 step=output-held:4 step=output-released:3 \
    operation=4.partial:0x1 operation=5.performed instruction=0 time=0.003; do
    run 0 ticker --disk $disk --crash "primary@$at"
    same "a crash of the primary at $at"
done
run 0 ticker --disk $disk --set channel-crash=1 --crash primary@step=checkpoint-page:20
same "a part of a checkpoint is lost"
for at in step=b-checkpoint-awaited:4 step=b-checkpoint-applied:5 epoch=7 instruction=5000; do
    run 0 ticker --disk $disk --crash "backup@$at"
    same "a crash of the backup at $at" 0
done
for policy in disconnect uncertain; do
    run 0 ticker --disk $disk --failover $policy --crash primary@operation=5.performed
    same "policy $policy"
done
run 0 ticker --disk $disk --fault delay=100000,primary@epoch=9
same "a false detection"
run 124 kernel --epoch 1000 --crash primary@instruction=40000 --repair epoch=60 --crash primary@instruction=900000 \
    --record log --timeout 3000000
[ "$(value failovers)" = 2 ] || bad "no second fail-over after a repair"
"$understudy" replay log >/dev/null 2>err || bad "the recording of two fail-overs does not run again: $(tail -1 err)"

# ---- what a person does and sees ----

cat >person.us <<END
system --mode pair --protocol remus --epoch 1000 --crash primary@instruction=60000 --repair epoch=80
load $guests/kernel.elf
break message checkpoint-done
continue
#> message
delete
step 38000
why
#> checkpoint (Remus 2008): the primary executes epoch
who-knows 20
#> [20, checkpoint]
#> [20, checkpoint, done]
#> (checkpoint applied)
timeline 20
#> checkpoint 20 is applied
focus backup
why
#> executes nothing, and awaits the next one
set \$held = \$insns
step
assert \$insns == \$held+1000
step 60000
assert \$failovers == 1
why
#> last checkpoint received
#> checkpoint: what was executed after checkpoint
#> promoted: live from epoch 60, instruction 59000
set \$there = \$insns
reverse-step 60000
assert \$failovers == 0
step 60000
assert \$failovers == 1 && \$insns == \$there
reverse-epoch 3
epoch 3
save saved
step 2000000
set \$at_last = \$insns
restore saved
step 2000000
assert \$insns == \$at_last && \$explainable
END
"$understudy" person.us >out 2>&1 || bad "a person: $(tail -3 out)"

# ---- what is found ----

run 125 ticker --disk $disk --fault flip=0x20000:3,backup@instruction=10000
said 'the state digest after the checkpoint was applied is not the primary.s (epoch [0-9]*, instruction [0-9]*)' err
run 125 ticker --disk $disk --break-assumption output-commit --crash primary@operation=4.performed
said 'unexplainable: rule 1: ' err
for change in s/hold/at-once/ s/hold/await/; do
    "$understudy" protocol remus | sed -e "/^output/$change" -e 's/^name .*/name hasty/' >hasty.proto
    "$understudy" sweep --protocol hasty.proto >out 2>&1
    [ $? = 1 ] || bad "a sweep finds nothing after $change"
    said '^hasty is wrong: rule ' out
done
"$understudy" protocol remus | sed -e 's/ await-acks//' -e 's/^name .*/name pipeline/' >pipeline.proto
"$understudy" sweep --protocol pipeline.proto --points 20000 >out 2>&1 || bad "checkpoints under way: $(head -1 out)"
"$understudy" sweep --protocol remus --points 20000 >out 2>&1 || bad "$(head -1 out)"

# ---- what is refused ----

run 2 ticker --beside "$guests/hello.elf@both"
said 'cannot run on both computers: with protocol remus the backup executes nothing' err
"$understudy" live --protocol remus "$guests/hello.elf" >out 2>err
[ $? = 2 ] && [ "$(wc -l <err)" = 1 ] || bad "a live pair is not refused: $(cat err)"
said 'protocol remus sends checkpoints, and a live pair a log' err

[ $failures = 0 ]
