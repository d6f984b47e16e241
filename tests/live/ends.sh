#!/bin/sh
# ends.sh UNDERSTUDY GUESTS - how a live run can end, and what world and nodes say of it: status, JSON, recording. The
# guest powers off on the survivor of a fail-over; the world is asked to stop; both nodes are killed.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
fail() {
    echo "FAILED: $*"
    tail -n 20 err one two
    exit 1
}
await() {
    until grep -q "$1" err; do
        kill -0 $world 2>/dev/null || fail "the world has ended: $1"
        sleep 0.02
    done
}
# OPTIONS... GUEST: a world and two nodes, of which the first is the primary.
start() {
    rm -f ./*.json run.log over.log
    ln -s over.log run.log
    : >err
    # A host that is busy with other things needs time to be heard.
    "$understudy" world --listen unix:w --json world.json --record run.log --set timeout-us=2000000 "$@" \
        >out 2>err </dev/null &
    world=$!
    "$understudy" node --world unix:w --json one.json 2>one &
    one=$!
    await 'node 1 is process'
    "$understudy" node --world unix:w --json two.json 2>two &
    two=$!
    await 'node 2 is the backup'
}
# status PROCESS STATUS NAME
ends() {
    wait "$1"
    status=$?
    [ $status = "$2" ] || fail "$3 ends with $status, not $2"
}
# has FILE FILTER: it holds of the JSON there.
has() {
    [ "$(jq "$2" "$1")" = true ] || fail "$2: $(cat "$1")"
}
# refused TEXT COMMAND...: with status 2 and one line.
refused() {
    text=$1
    shift
    "$@" 2>refusal && fail "not refused: $*"
    grep -q "$text" refusal && [ "$(wc -l <refusal)" -eq 1 ] || fail "$* says: $(cat refusal)"
}
mkfifo pipe
refused "'pipe' is no regular file" "$understudy" world --listen unix:w --record pipe "$guests/hello.elf"
echo mine >over.log.node-2
start --console plain --disk bank.img,create=1M "$guests/long_ledger.elf"
refused 'is a disk of another run' "$understudy" node --world unix:w --json bank.img
kill -9 $one
ends $world 0 "the world"
ends $two 0 "node 2"
[ ! -e one.json ] || fail "a killed node has written"
has world.json '.end == "exit" and .status == 0 and .failovers == 1 and .explainable'
has world.json '.interrupts.disk.external > 0 and .interrupts.disk.virtual > 0'
has world.json '[.rules[].rule] | index("P7") != null'
has world.json '[.rules[] | .epoch > 0 and .paper != "" and (.text | length > 20)] | all'
has two.json '.end == "exit" and .status == 0 and .explainable == null and .failovers == 1'
for key in digest instructions epochs operations.issued interrupts rules engine; do
    [ "$(jq -S .$key world.json)" = "$(jq -S .$key two.json)" ] || fail ".$key of world and node differ"
done
"$understudy" replay run.log >again || fail "the recording does not replay"
cmp out again || fail "the recording's terminal is another one"
[ -L run.log ] || fail "a link to the recording has gone"
[ "$(cat over.log.node-2)" = mine ] || fail "the recording of one that joins has taken another file's place"

start "$guests/endless.elf"
kill -TERM $world
ends $world 130 "a world that was stopped"
ends $one 74 "node 1"
ends $two 74 "node 2"
has world.json '.end == "stopped" and .instructions > 0 and .explainable and .messages > 0'
has one.json '.end == "stopped" and .instructions > 0 and .messages > 0'
[ "$(jq .digest world.json)" = "$(jq .digest one.json)" ] || fail "the digest of a stopped run"
"$understudy" replay run.log >again || fail "the recording of a stopped run does not replay: status $?"
cmp out again || fail "its terminal is another one"

start "$guests/endless.elf"
kill -9 $one $two
ends $world 126 "a world whose nodes have died"
grep -q '^understudy: lost: both computers have failed: not judged after epoch [0-9]*$' err || fail "what is not judged"
has world.json '.end == "lost" and .status == 126 and .explainable'

start --epoch 1000 "$guests/endless.elf"
kill -STOP $one
await 'node 2 is the primary'
kill -CONT $one
ends $one 75 "a node that was stopped"
has one.json '.end == "halted" and .status == 75 and .instructions > 0'
kill -TERM $two
ends $two 75 "a node that a person ends"
has two.json '.end == "stopped" and .status == 75'
ends $world 126 "a world without nodes"
"$understudy" node --world unix:w --json /nowhere/x.json 2>one
[ $? = 2 ] && [ "$(wc -l <one)" = 1 ] && grep -q /nowhere/x.json one || fail "a file that cannot be written"

# The first node alone, at once.
: >err
"$understudy" world --listen unix:w --alone-after 0 --json world.json "$guests/hello.elf" >out 2>err </dev/null &
world=$!
"$understudy" node --world unix:w 2>one || fail "a node alone: status $?"
ends $world 0 "a world with one node"
has world.json '.end == "exit" and .explainable and .messages == 0'
