#!/bin/sh
# protocols.sh UNDERSTUDY GUESTS - a protocol out of a file: what the program prints of one that it has runs to the byte
# as that one; record, replay, save, restore, travel and join; malformed files; who may name which file.
program=$1
guests=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
cp "$guests/eight.elf" .
disk=d.img,create=1M,snapshot

# ---- the same as the one that there is ----
for name in $("$program" protocol | cut -d ' ' -f 1); do
    "$program" protocol "$name" > "$name.proto" || fail "protocol $name"
    "$program" protocol "./$name.proto" | cmp -s - "$name.proto" || fail "$name.proto says something else again"
    for which in "$name" "$name.proto"; do
        "$program" run --protocol "$which" --mode pair --ram 4M --disk $disk --crash primary@epoch=9 --repair epoch=12 \
            --crash primary@epoch=40 --set digest-epochs=3 --record "$which.log" --json "$which.json" eight.elf \
            > "$which.out" 2> "$which.err" || fail "run --protocol $which: $(cat "$which.err")"
    done
    for end in log out err; do
        cmp "$name.$end" "$name.proto.$end" || fail "$name: $end differs"
    done
    [ "$(jq -c 'del(.host_seconds, .cpu_seconds)' "$name.json")" = \
        "$(jq -c 'del(.host_seconds, .cpu_seconds)' "$name.proto.json")" ] || fail "$name: JSON differs"
done

# ---- one of our own ----
sed -e 's/^name .*/name mine/' -e 's/^policy .*/policy reissue/' bs.proto > mine.proto
"$program" run --mode pair --protocol mine.proto --ram 4M --disk $disk --crash primary@epoch=9 --repair epoch=12 \
    --record mine.log eight.elf > run.out 2> run.err || fail "run: $(cat run.err)"
grep -q 'policy reissue' run.err || fail "the policy of the file: $(cat run.err)"
grep -q 'has joined' run.err || fail "join: $(cat run.err)"
"$program" replay mine.log > replay.out || fail "replay"
cmp run.out replay.out || fail "replay shows something else"
grep -aq '^protocol=mine,[0-9a-f]\{16\}$' mine.log || fail "its hash is not in the recording"
"$program" -x 'replay mine.log' -x 'info monitor' | grep -q 'recorded under protocol mine,' || fail "info monitor"

# Saved, restored without the file, taken back over the fail-over and run again.
faults='--crash primary@epoch=9 --repair epoch=12'
"$program" -x "system --protocol mine.proto --mode pair --ram 4M --disk $disk $faults" \
    -x 'load eight.elf' -x 'focus backup' -x 'until epoch 15' -x 'save a.save' > out || fail "save: $(cat out)"
mv mine.proto away.proto
"$program" -x 'restore a.save' -x 'info monitor' -x 'save b.save' -x 'reverse-epoch 10' -x 'info monitor' -x continue \
    -x 'assert $end == $exit && $status == 0' > out || fail "restore: $(cat out)"
[ "$(grep -c 'protocol mine, action' out)" = 2 ] || fail "the protocol is not the saved one: $(cat out)"
"$program" -x 'restore b.save' -x continue -x 'assert $end == $exit && $status == 0' > out || fail "saved again"
mv away.proto mine.proto

# ---- refusals: one line with file and line, status 2 ----
refused() { # SENTENCE ARGUMENTS...
    sentence=$1
    shift
    "$program" "$@" > out 2> err
    [ $? = 2 ] || fail "$*: status is not 2"
    [ "$(wc -l < err)" = 1 ] || fail "$*: $(cat err)"
    grep -q -- "$sentence" err || fail "$*: '$sentence' is wanted: $(cat err)"
}
sed 's/await-end //' mine.proto > bad.proto
refused "bad.proto:4: the backup's program never comes to 'await \[end, E+1\]'" \
    run --mode pair --protocol bad.proto eight.elf
refused "bad.proto:4: " sweep --protocol bad.proto eight.elf
refused "bad.proto:4: " protocol ./bad.proto
refused "'./none' cannot be read" run --mode pair --protocol ./none eight.elf
refused "'./' is not a regular file" run --mode pair --protocol ./ eight.elf
refused "needs --mode pair" run --mode solo --protocol mine.proto eight.elf
refused "or a file, which has a '/' or a '.' in its name" run --mode pair --protocol mine eight.elf
refused "the protocol" run --mode pair --protocol mine.proto --json mine.proto eight.elf
refused "unknown word" protocol dec bs
refused "unknown word" protocol --all
"$program" -x 'system --mode pair --protocol bad.proto' > out 2> err
grep -q 'bad.proto:4: ' err || fail "the monitor's system: $(cat err)"

# A sandbox reads no protocol from elsewhere, and does not say what is in it.
mkdir suite && echo "system --mode pair --protocol $folder/mine.proto" > suite/one.us
"$program" test --sandbox suite/one.us > out && fail "a protocol from outside the sandbox"
grep -q 'no file below' out || fail "sandbox: $(cat out)"
cp mine.proto eight.elf suite
printf '%s\n' "system --mode pair --ram 4M --protocol $folder/suite/mine.proto" "load $folder/suite/eight.elf" \
    continue > suite/one.us
"$program" test --sandbox suite/one.us > out || fail "a protocol in the sandbox: $(cat out)"
exit $failed
