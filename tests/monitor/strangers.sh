#!/bin/sh
# What strangers send (docs/security.md): a save file names disks and terminals that are not its own; a script under
# `test --sandbox` tries to use files elsewhere.
#   strangers.sh UNDERSTUDY GUESTS
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

# ---- restore ----
cp "$guests/ledger.elf" "$guests/neighbour.elf" .
mkdir theirs
"$program" -x 'system --mode pair --disk victim.img,create=1M' -x 'load ledger.elf' -x 'break operation 40' \
    -x continue -x 'save theirs/a.save' > out || fail "save: $(cat out)"
dd if=/dev/urandom of=victim.img bs=512 count=2048 2> /dev/null
cp victim.img before.img
"$program" -x 'restore theirs/a.save' -x continue -x 'assert $end == $exit && $status == 0' -x quit \
    > out || fail "a restored system runs to its end: $(cat out)"
cmp victim.img before.img || fail "restore has written to a disk that its save file names"
grep -q "nothing is written to the disk file 'victim.img'" out || fail "what became of the disk is not said"
rm victim.img
"$program" -x 'restore theirs/a.save' -x continue -x 'assert $end == $exit && $status == 0' > out ||
    fail "without the disk's file"
[ ! -e victim.img ] || fail "restore has made a disk that its save file names"
cp before.img victim.img
"$program" -x 'restore theirs/a.save victim.img' -x continue -x 'assert $end == $exit && $status == 0' > out ||
    fail "a disk that is named again: $(cat out)"
cmp -s victim.img before.img && fail "a disk that is named again is not written to"
cp before.img victim.img
mv ledger.elf away.elf
"$program" -x 'restore theirs/a.save' -x load 2> err && fail "load after restore reads a file that nobody has named"
grep -q 'the image came with the save file' err || fail "load after restore: $(cat err)"
mv away.elf ledger.elf

"$program" -x 'system --mode solo --beside neighbour.elf,terminal=shown --virtio 1=blk,disk=victim.img' \
    -x 'load ledger.elf' -x 'step 100' -x 'save theirs/b.save' > out || fail "save with neighbours: $(cat out)"
echo old > shown
"$program" -x 'restore theirs/b.save' 2> err && fail "an image beside is read though nobody has named it"
grep -q "'restore theirs/b.save neighbour.elf' names it again" err || fail "an image beside: $(cat err)"
"$program" -x 'restore theirs/b.save neighbour.elf' -x 'step 1000' > out || fail "an image beside, named again"
[ "$(cat shown)" = old ] || fail "restore has written to a terminal's file that its save file names"
cmp victim.img before.img || fail "restore has written to a virtio disk"
"$program" -x 'restore theirs/b.save neighbour.elf elsewhere.img' 2> err &&
    fail "a name that the save file has not"
grep -q "'theirs/b.save' does not use the file 'elsewhere.img'" err ||
    fail "a name that the save file has not: $(cat err)"

# Nor what the computer at the other end of a network is made of, nor options in a file.
printf -- '--virtio 0=net,pcap=wire --disk victim.img\nledger.elf\n' > other.opt
"$program" -x 'system --virtio 0=net,peer=@other.opt,terminal=shown' -x 'load ledger.elf' -x 'step 100' \
    -x 'save theirs/c.save' > out || fail "save with another computer: $(cat out)"
echo old > wire
echo old > shown
names=
for name in other.opt ledger.elf victim.img; do
    "$program" -x "restore theirs/c.save $names" 2> err && fail "'$name' is read though nobody has named it"
    grep -q "'restore theirs/c.save $name' names it again" err || fail "$name: $(cat err)"
    names="$names $name"
done
"$program" -x "restore theirs/c.save $names" -x 'step 1000' > out || fail "another computer, named again: $(cat out)"
[ "$(cat wire)" = old ] && [ "$(cat shown)" = old ] || fail "restore has written to what its save file names"

# ---- test --sandbox ----
mkdir -p suite/in
echo 'secret word' > secret
cp ledger.elf suite/in/guest.elf
ln -s ../../secret suite/in/link
ln -s ../../new suite/in/nowhere
mkfifo suite/in/fifo
held() { # LINE...: all hold
    printf '%s\n' "$@" > suite/in/one.us
    "$program" test --sandbox suite/in/one.us > tap || fail "refused: $* : $(cat tap)"
}
refused() { # LINE...: the last one is refused, an error of the script, and says nothing of what is there
    printf '%s\n' "$@" > suite/in/one.us
    timeout 60 "$program" test --sandbox suite/in/one.us > tap
    [ $? = 2 ] || fail "not refused: $*: $(cat tap)"
    grep -q 'sandbox' tap || fail "$*: $(cat tap)"
    grep -q 'secret word\|unknown command' tap && fail "told what is elsewhere: $*"
}
refused 'source /etc/passwd'
for path in ../../secret "$folder/secret" link guest.elf; do
    for line in "system @$path" "system --virtio 0=net,peer=@$path"; do
        printf '%s\n' "$line" > suite/in/one.us
        "$program" test --sandbox suite/in/one.us > tap
        [ $? = 2 ] && grep -q "no files of options where not every file may be read" tap || fail "$line: $(cat tap)"
    done
done
cp theirs/c.save suite/in/c.save
refused 'restore c.save ../../other.opt'
refused 'load /dev/null'
# Only what is this test's own, should something be written after all.
for path in "$folder/secret" ../../secret link nowhere fifo .. ./../../secret "$folder/suite2"; do
    refused "source $path"
    refused "load $path"
    refused 'load guest.elf' "assert same-output $path"
    refused 'load guest.elf' "save $path"
    refused "restore $path"
    refused "replay $path"
    refused 'system --mode solo' 'load guest.elf' "record $path"
    refused 'load guest.elf' "trace $path"
    refused 'load guest.elf' "screenshot $path"
    refused "window font $path"
    refused "system --disk $path"
    refused "system --virtio 3=scsi,disk=$path,snapshot"
    refused "system --kernel $path"
    refused "system --mode solo --beside $path"
    refused "system --mode solo --beside guest.elf,terminal=$path"
done
refused 'system --mode solo' 'load guest.elf' 'step' 'timeline ../../drawing.svg'
for path in ../../secret "$folder/secret" ./link ./nowhere ./fifo; do
    refused "system --mode pair --protocol $path"
done
refused 'load guest.elf' 'gdb 0'
[ ! -e new ] && [ "$(cat secret)" = 'secret word' ] && cmp victim.img before.img || fail "something outside has changed"
cp before.img suite/in/own.img
held 'system --mode pair --disk own.img' 'load guest.elf' 'trace log' 'step 10' 'trace off' 'continue' \
    'assert $end == $exit && $status == 0' 'save state' 'restore state' 'restore state own.img' 'timeline drawing.svg'
[ -s suite/in/log ] && [ -s suite/in/state ] && [ -s suite/in/drawing.svg ] ||
    fail "what is below the folder can be used"
cmp suite/in/own.img before.img || fail "a disk in a sandbox is no snapshot"
# Nobody waits for a pipe that is called a script, nor goes round in circles; an endless line is no script.
mkdir -p maze/a maze/b
mkfifo maze/pipe.us
ln -s ../b maze/a/there
ln -s ../a maze/b/back
echo 'echo hi' > maze/a/one.us
timeout 30 "$program" test --sandbox maze > tap
[ $? = 2 ] || fail "a pipe called a script: $(cat tap)"
grep -q '^1\.\.3$' tap && grep -q "'.*pipe.us' is not a regular file" tap || fail "a pipe called a script: $(cat tap)"
mkfifo font.ttf
timeout 30 "$program" -x 'window font font.ttf' > out 2> err && fail "a pipe called a font"
[ $? != 124 ] || fail "a pipe called a font is waited for"
truncate -s 3G zeros.us
head -c 3000000 /dev/zero | tr '\0' x > long.us
# AddressSanitizer wants more room for addresses than this leaves; then the bound is only the time.
little=1000000
(ulimit -v $little; "$program" --version > /dev/null 2>&1) || little=unlimited
for script in zeros.us long.us; do
    (ulimit -v $little; timeout 30 "$program" $script > out 2> err)
    [ $? = 2 ] && grep -q "$script:1: .*a script is text" err || fail "$script: $(cat err)"
    (ulimit -v $little; timeout 30 "$program" < $script > out 2> err)
    [ $? = 1 ] && grep -q "stdin:1: .*a script is text" err || fail "stdin of $script: $(cat err)"
done
# The folder of -C as well, and where a failure is kept is ours to choose.
mkdir states
cp ledger.elf states/guest.elf
printf 'load guest.elf\nassert 0\n' > suite/in/one.us
"$program" test --sandbox -C states --save-dir "$folder" suite/in/one.us > tap
[ -s suite_in_one.us.save ] || fail "the state of a failure is not kept: $(cat tap)"
printf 'load ../ledger.elf\n' > suite/in/one.us
"$program" test --sandbox -C states suite/in/one.us > tap && fail "beside the folder of -C"
exit $failed
