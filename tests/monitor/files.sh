#!/bin/sh
# files.sh UNDERSTUDY GUESTS: files that a user could lose. An image has one writer; nothing that is read is written, by
# whatever name; what a guest was told complete is in the image whatever ends the program; output that cannot be written
# has a cause and a status.
understudy=$1 guests=$2
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
bad=0
fail()
{
    echo "FAILED: $*"
    cat out error 2>/dev/null
    bad=$((bad + 1))
}

# refused STATUS TEXT COMMAND...: it ends with that status, and with one line that has TEXT in it.
refused()
{
    wanted=$1 text=$2
    shift 2
    timeout 60 "$@" >out 2>error </dev/null
    status=$?
    [ $status -eq "$wanted" ] || fail "status $status instead of $wanted: $*"
    grep -q -- "$text" error || fail "'$text' is not said: $*"
    [ "$(wc -l <error)" -eq 1 ] || fail "one line on stderr is wanted: $*"
}

new_disk()
{
    rm -f d.img && truncate -s 64K d.img
}

# batches: how many a ledger finds on d.img.
batches()
{
    "$understudy" run --disk d.img,snapshot "$guests/long_ledger.elf" 2>error |
        sed -n 's/^ledger: found.*, \([0-9]*\) batches made$/\1/p; s/^ledger: opened.*/0/p'
}

# until_says TEXT: wait until the program in the background has said it.
until_says()
{
    for _ in $(seq 3000); do
        grep -q "$1" out && return
        sleep 0.01
    done
    fail "'$1' is not said"
}

# ---- one writer ----

new_disk
ln d.img other.img
ln -s d.img link.img
"$understudy" run --disk d.img "$guests/endless.elf" >out 2>error </dev/null &
process=$!
for _ in $(seq 3000); do [ -s out ] && break; sleep 0.01; done
for name in d.img other.img link.img "../${folder##*/}/d.img"; do
    refused 2 "'$name' is in use" "$understudy" run --disk "$name" "$guests/hello.elf"
    refused 2 "'$name' is in use" "$understudy" run --disk "$name,snapshot" "$guests/hello.elf"
    refused 1 "'$name' is in use" "$understudy" -x "system --disk $name"
    refused 2 "'$name' is in use" "$understudy" sweep --virtio "2=blk,disk=$name" "$guests/hello.elf"
done
# Nor does another run write its results there, whatever it calls them.
for option in --json --record; do
    refused 2 "'other.img' would be written as .* is a disk of another run" \
        "$understudy" run --mode solo $option other.img "$guests/hello.elf"
done
refused 2 "is a disk of another run" "$understudy" run --mode solo --beside "$guests/hello.elf,terminal=link.img" \
    "$guests/hello.elf"
refused 2 "is a disk of another run" "$understudy" sweep --csv d.img "$guests/hello.elf"
for command in save trace screenshot; do
    printf 'load %s/hello.elf\n%s d.img\n' "$guests" $command >w.us
    "$understudy" w.us >seen 2>error </dev/null && fail "$command over a disk of another run"
done
[ "$(stat -c %s d.img)" -eq 65536 ] && [ "$(tr -d '\0' <d.img | wc -c)" -eq 0 ] || fail "a disk of another run is gone"
kill -INT $process
wait $process
"$understudy" run --disk d.img,snapshot "$guests/endless.elf" >out 2>error </dev/null &
process=$!
for _ in $(seq 3000); do [ -s out ] && break; sleep 0.01; done
refused 2 "'other.img' is in use" "$understudy" run --disk other.img "$guests/hello.elf"
"$understudy" run --disk other.img,snapshot "$guests/hello.elf" >seen 2>&1 || fail "snapshots share an image"
kill -INT $process
wait $process
# The next system of a monitor is built while the last one is there, and has the lock.
printf 'system --disk d.img\nload %s/hello.elf\nload\n' "$guests" >again.us
printf 'system --disk d.img,snapshot\nsystem --disk link.img\nload %s/hello.elf\n' "$guests" >>again.us
"$understudy" again.us >out 2>error || fail "a monitor has its own image"

# ---- nothing that is read is written ----

cp "$guests/hello.elf" hello.elf
cp hello.elf beside.elf
ln -s hello.elf link.elf
ln hello.elf hard.elf
ln -s not-yet soon
printf 'load hello.elf\ncontinue\n' >s.us
ln s.us hard.us
"$understudy" run --mode solo --record r.log hello.elf >out 2>error || fail "a recording"
new_disk
ln -f d.img other.img
cp d.img d.was
cp hello.elf hello.was
cp s.us s.was
cp r.log r.was
as="another file is wanted"
for name in d.img other.img ./d.img "$PWD/link.img" /proc/self/cwd/d.img; do
    refused 2 "$as" "$understudy" run --mode solo --disk d.img --record "$name" hello.elf
    refused 2 "$as" "$understudy" run --disk d.img --json "$name" hello.elf
    refused 2 "$as" "$understudy" run --virtio 1=scsi,disk=d.img --json "$name" hello.elf
    refused 2 "$as" "$understudy" run --mode solo --disk "$name" --beside beside.elf,terminal=d.img hello.elf
    refused 2 "$as" "$understudy" sweep --disk d.img --json "$name" hello.elf
    printf 'system --disk d.img\nload hello.elf\nsave %s\n' "$name" >w.us &&
        refused 1 "w.us:3: .*$as" "$understudy" w.us
    printf 'system --disk d.img\nload hello.elf\ntrace %s\n' "$name" >w.us &&
        refused 1 "w.us:3: .*$as" "$understudy" w.us
    printf 'system --disk d.img --mode solo\nrecord %s\n' "$name" >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
    printf 'system --disk d.img\nload hello.elf\ntimeline %s\n' "$name" >w.us && refused 1 "w.us:3: " "$understudy" w.us
done
for name in hello.elf link.elf hard.elf; do
    refused 2 "$as" "$understudy" run --json "$name" hello.elf
    refused 2 "$as" "$understudy" run --mode solo --record hello.elf "$name"
    refused 2 "$as" "$understudy" run --mode solo --beside "beside.elf,terminal=$name" hello.elf
    refused 2 "$as" "$understudy" run --mode solo --beside "$name,terminal=hello.elf" beside.elf
    refused 2 "$as" "$understudy" run --disk "$name" hello.elf
    refused 2 "$as" "$understudy" bench --plot "$name" hello.elf
    printf 'load hello.elf\nsave %s\n' "$name" >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
    printf 'load hello.elf\nsystem --disk %s\nload hello.elf\n' "$name" >w.us &&
        refused 1 "w.us:2: .*$as" "$understudy" w.us
done
for name in s.us hard.us; do
    refused 2 "$as" "$understudy" test --junit "$name" s.us
    printf 'source s.us\ntrace %s\n' "$name" >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
    printf 'load hello.elf\nsave w.us\n' >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
done
refused 2 "$as" "$understudy" replay --json r.log r.log
font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf # where there is none, or no window, nothing is written either
[ ! -f $font ] || cp $font font.ttf
printf 'window font font.ttf\nload hello.elf\nscreenshot ./font.ttf\n' >w.us
"$understudy" w.us >out 2>error </dev/null
[ ! -f $font ] || cmp -s $font font.ttf || fail "a picture over the font that it is drawn with"
printf 'replay r.log\ntrace r.log\n' >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
# Two outputs are two files, there or not.
refused 2 "$as" "$understudy" run --mode solo --record one --json ./one hello.elf
refused 2 "$as" "$understudy" run --mode solo --record soon --json not-yet hello.elf
refused 2 "$as" "$understudy" run --mode solo --beside beside.elf,terminal=one \
    --beside beside.elf,terminal=./one hello.elf
refused 2 "$as" "$understudy" run --disk not-yet,create=64K --json soon hello.elf
# What stands in files of options is read, too.
printf -- '--mode solo\n' >o.txt
printf '@o.txt\n' >outer.txt
printf -- '--virtio 0=net\n%s\n' hello.elf >peer.opt
printf 'system @outer.txt\nload hello.elf\nsave o.txt\n' >w.us
cat o.txt outer.txt peer.opt >options.was
for option in --json --record; do
    refused 2 "$as" "$understudy" run @outer.txt $option outer.txt hello.elf
    refused 2 "$as" "$understudy" run @outer.txt $option ./o.txt hello.elf
done
refused 2 "$as" "$understudy" run --virtio 0=net,peer=@peer.opt,terminal=peer.opt hello.elf
refused 2 "$as" "$understudy" run --virtio 0=net,peer=@peer.opt,pcap=./peer.opt hello.elf
refused 2 "$as" "$understudy" live @outer.txt --json o.txt --mode pair hello.elf
refused 1 "w.us:3: .*$as" "$understudy" w.us
cat o.txt outer.txt peer.opt | cmp - options.was || fail "a file of options has been changed"
"$understudy" protocol bs >p.txt
"$understudy" protocol ./p.txt >>p.txt 2>error && fail "a protocol's file grows by itself"
# What is kept of a failure, and pages, go over nothing that the script has read.
mkdir kept
cp hello.elf kept/k.us.save
cp hello.elf kept/p.us.log
cp s.us kept/index.html
cp s.us kept/001-h.us.html
printf 'load kept/k.us.save\nassert 0\n' >k.us
printf 'system --mode pair\nload kept/p.us.log\nassert 0\n' >p.us
printf 'source kept/index.html\n' >h.us
refused 2 "nothing is kept of k.us: .*$as" "$understudy" test --save-dir kept k.us
"$understudy" test --save-dir kept p.us >out 2>error </dev/null
refused 2 "no results are written to a file: .*$as" "$understudy" test --html kept h.us
printf 'source kept/001-h.us.html\n' >h.us
refused 2 "no results are written to a file: .*$as" "$understudy" test --html kept h.us
cmp -s kept/k.us.save hello.elf && cmp -s kept/p.us.log hello.elf && cmp -s kept/index.html s.us &&
    cmp -s kept/001-h.us.html s.us || fail "what a script has read is written over"
# Answers are somebody's, and sources that are shown.
printf '1: 2\n' >answers.txt
cp answers.txt answers.was
printf 'set $answers = "answers.txt"\nload hello.elf\nask "q" = 2\nsave ./answers.txt\n' >w.us
refused 1 "w.us:4: .*$as" "$understudy" w.us
cmp answers.txt answers.was || fail "answers have been written over"
printf 'set $answers = "w.us"\nask "q" = 2\n' >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us
cp "$here/dies.c" . && cp dies.c source.was
cp "$guests/dies.elf" .
case $("$understudy" --version) in
*"source lines: none"*) ;;
*)
    printf 'load dies.elf\nlist dies_inner\ntrace dies.c\n' >w.us && refused 1 "w.us:3: .*$as" "$understudy" w.us
    cmp dies.c source.was || fail "a source has been written over"
    ;;
esac
# What a script reads in a process of its own is not written by the one that judges it.
printf 'load hello.elf\ncontinue\n' >reads.us
for option in --json --junit; do
    for name in hello.elf link.elf hard.elf; do
        "$understudy" test $option $name reads.us >out 2>error </dev/null
        [ $? -eq 2 ] || fail "test $option $name: status"
        grep -q "no results are written to a file: .*$as" error && [ "$(wc -l <error)" -eq 1 ] ||
            fail "test $option $name: $(cat error)"
    done
    "$understudy" test $option seen.result reads.us >out 2>error && [ -s seen.result ] || fail "test $option"
done
# Redirections are names as well.
"$understudy" run --disk d.img hello.elf >>d.img 2>error && fail "the output goes into the disk"
"$understudy" run --disk d.img hello.elf <d.img >out 2>error && fail "the disk is typed in"
"$understudy" run --disk d.img hello.elf 3>&- >&- 2>error
[ $? -eq 2 ] && grep -q "Bad file descriptor" error || fail "there is no standard output"
[ ! -e one ] && [ ! -e not-yet ] || fail "a refusal has made a file"
for pair in d.img:d.was other.img:d.was hello.elf:hello.was s.us:s.was r.log:r.was; do
    cmp "${pair%:*}" "${pair#*:}" || fail "${pair%:*} has been changed"
done
# What a session has written itself is its own; and /dev/null is nobody's.
printf 'load hello.elf\nsave a.save\nrestore a.save\nsave a.save\ntrace /dev/null\nsave /dev/null\n' >w.us
"$understudy" w.us >out 2>error || fail "a session may write its own files again"
printf 'restore a.save\nsave a.save\n' >w.us && refused 1 "w.us:2: .*$as" "$understudy" w.us

# ---- what a disk promises ----

for signal in KILL HUP QUIT TERM INT SEGV; do
    new_disk
    : >out
    "$understudy" run --mode pair --disk d.img "$guests/long_ledger.elf" >out 2>error </dev/null &
    process=$!
    until_says "^ledger: batch 40 of"
    kill -$signal $process
    wait $process 2>/dev/null
    told=$(sed -n 's/^ledger: batch \([0-9]*\) of.*/\1/p' out | tail -n 1)
    found=$(batches)
    [ "${found:-0}" -ge "$told" ] || fail "SIG$signal: $told batches were told complete, ${found:-none} are there"
done
new_disk
sh -c "sleep 0.3; exec '$understudy' run --disk d.img '$guests/long_ledger.elf'" 2>error </dev/null | true
grep -q "Broken pipe" error || fail "why the run ended is not said"
"$understudy" run --disk d.img,snapshot "$guests/long_ledger.elf" >out 2>/dev/null
[ "$(batches)" -lt 440 ] && grep -q "ledger: found" out ||
    fail "a reader that has gone away takes the disk with it, or the run goes on"
new_disk
refused 2 "terminal's output cannot be written: No space left" sh -c \
    "exec '$understudy' run --disk d.img '$guests/long_ledger.elf' >/dev/full"
# A host without room ends the run with one line; what is there is whole.
rm -f d.img
refused 2 "'d.img' cannot be created: File too large" sh -c \
    "ulimit -f 40; exec '$understudy' run --disk d.img,create=64K '$guests/ledger.elf'"
[ ! -e d.img ] || fail "an image that cannot be made is left"
new_disk
refused 2 "'d.img' cannot be written: File too large" sh -c \
    "ulimit -f 20; exec '$understudy' run --disk d.img '$guests/ledger.elf'"
# A new image appears when everything is accepted.
rm -f d.img t.txt
echo old >t.txt
refused 2 "No such file" "$understudy" run --disk d.img,create=64K none.elf
refused 2 "No such file" "$understudy" run --mode solo --disk d.img,create=64K --beside beside.elf,terminal=t.txt \
    --beside none.elf hello.elf
refused 2 "No such file" "$understudy" run --disk d.img,create=64K --virtio 1=blk,disk=none/e.img,create=64K hello.elf
refused 2 "No such file" "$understudy" run --mode solo --disk d.img,create=64K \
    --beside beside.elf,terminal=none/t hello.elf
[ ! -e d.img ] && [ "$(cat t.txt)" = old ] || fail "a refusal has touched a file"
"$understudy" run --disk d.img,create=1G hello.elf >out 2>error || fail "a new image"
[ "$(stat -c %s d.img)" -eq 1073741824 ] && [ "$(stat -c %b d.img)" -lt 100 ] || fail "a new image is sparse"
# A pair that differs is run again from what the file had at the start, and finds the same place as on a snapshot.
new_disk
"$understudy" run --disk d.img --timeout 2000000 "$guests/ledger.elf" >out 2>&1
cp d.img before.img
for part in ,snapshot ""; do
    cp before.img d.img
    "$understudy" run --mode pair --disk "d.img$part" --set digest-epochs=64 \
        --fault flip=gr4:3,backup@instruction=900000 "$guests/ledger.elf" >out 2>"differ$part"
    [ $? -eq 125 ] || fail "a pair that differs"
done
cmp differ,snapshot differ || fail "a difference is found elsewhere when the disk is written"
grep -q "the computers differ before instruction 900000" differ || fail "$(cat differ)"
cmp -s d.img before.img && fail "the run itself has written nothing"
# What is in a sparse image is saved, not the image.
rm -f d.img && truncate -s 1T d.img
printf 'system --disk d.img\nload %s/ledger.elf\ncontinue\nsave sparse.save\n' "$guests" >w.us
"$understudy" w.us >out 2>error || fail "a sparse image of a terabyte"
[ "$(stat -c %s sparse.save)" -lt 10000000 ] && [ "$(stat -c %b d.img)" -lt 1000 ] || fail "a save file of holes"
timeout 30 "$understudy" -x "restore sparse.save" -x 'print $disk_digest' >out 2>error || fail "its digest"
timeout 30 "$understudy" sweep --disk d.img,snapshot --points 3 "$guests/hello.elf" >out 2>error || fail "its sweep"
# A zero is a zero, in a hole or not; everything else counts, and where it is.
digest() {
    "$understudy" -x "system --disk x.img" -x "load $guests/hello.elf" -x 'print $disk_digest' 2>&1 | tail -n 1
}
for content in holes zeros one other; do
    rm -f x.img && truncate -s 64K x.img
    case $content in
    zeros) dd if=/dev/zero of=x.img bs=4K count=9 conv=notrunc 2>error ;;
    one) printf x | dd of=x.img bs=1 seek=5000 conv=notrunc 2>error ;;
    other) printf x | dd of=x.img bs=1 seek=5512 conv=notrunc 2>error ;;
    esac
    digest >"digest.$content"
done
cmp -s digest.holes digest.zeros || fail "zeros are not zeros"
cmp -s digest.holes digest.one && fail "the digest of a disk does not look at it"
cmp -s digest.one digest.other && fail "the digest of a disk does not know where"
# sync=host is taken, and nothing else is.
new_disk
"$understudy" run --set sync=host --disk d.img "$guests/ledger.elf" >out 2>error || fail "sync=host"
refused 2 "none or host" "$understudy" run --set sync=1 "$guests/ledger.elf"
# The monitor keeps changes until it is left in good order, and says what is thrown away.
new_disk
printf 'system --disk d.img\nload %s/ledger.elf\ncontinue\nwalk\n' "$guests" >w.us
"$understudy" w.us >out 2>error && fail "an unknown command"
grep -q "thrown away: [0-9]* blocks of 'd.img'" out || fail "what is thrown away is not said"
[ "$(tr -d '\0' <d.img | wc -c)" -eq 0 ] || fail "a failed script has written the image"

# ---- output ----

mkfifo slow
{ exec 3<slow; sleep 0.3; cat <&3 >got; } &
printf 'repeat 3000\necho 0123456789012345678901234567890123456789012345678901234567890123456789\nend\n' >w.us
sh -c "dd if=/dev/null oflag=nonblock 2>/dev/null; exec '$understudy' w.us" >slow 2>error ||
    fail "a non-blocking standard output: $(cat error)"
wait
[ "$(wc -c <got)" -eq 213000 ] || fail "$(wc -c <got) of 213000 bytes have arrived"
refused 2 "standard output cannot be written: No space left" sh -c "exec '$understudy' --help >/dev/full"
refused 2 "standard output cannot be written: No space left" sh -c "exec '$understudy' test s.us >/dev/full"
refused 2 "'/dev/full' cannot be written: No space left" "$understudy" run --json /dev/full hello.elf
refused 1 "'/dev/full' cannot be written: No space left" "$understudy" -x "load hello.elf" -x "save /dev/full"
ln -s /dev/full kept/f.us.save
printf 'load hello.elf\nassert 0\n' >f.us
refused 2 "nothing is kept of f.us: '.*' cannot be written: No space left" "$understudy" test --save-dir kept f.us
refused 1 "'/dev/full' cannot be written: No space left" "$understudy" -x "load hello.elf" -x "trace /dev/full"
"$understudy" run --mode pair --crash primary@epoch=1 hello.elf >out 2>/dev/full
[ $? -eq 2 ] || fail "the operator's console cannot be written"
"$understudy" run none.elf >out 2>/dev/full
[ $? -eq 2 ] || fail "an error that cannot be said"
"$understudy" run --mode solo --beside beside.elf,terminal=/dev/full "$guests/ledger.elf" >out 2>error </dev/null
[ $? -eq 2 ] && grep -q "'/dev/full', the terminal file of VM 'beside-1', cannot be written: No space left" error ||
    fail "the terminal file of a VP beside cannot be written"
"$understudy" run --mode solo --vm two,image=hello.elf,terminal=/dev/full "$guests/ticker.elf" >out 2>error </dev/null
[ $? -eq 2 ] && grep -q "'/dev/full', the terminal file of VM 'two', cannot be written: No space left" error ||
    fail "the terminal file of a VM cannot be written"
"$understudy" run --virtio 0=net,peer=hello.elf,terminal=/dev/full "$guests/ticker.elf" >out 2>error </dev/null
[ $? -eq 2 ] &&
    grep -q "'/dev/full', the terminal of the network's other computer, cannot be written: No space left" error ||
    fail "the terminal file of the network's other computer cannot be written"
# "-" is the standard output, and no file.
"$understudy" run --json - "$guests/hello.elf" >out 2>error </dev/null
[ $? -eq 0 ] && [ "$(sed -n 1p out)" = "Hello from PA-RISC." ] && sed 1d out | jq -e '.end == "exit"' >error ||
    fail "--json -"
[ ! -e - ] || fail "--json - has made a file"
refused 2 "cannot be written" sh -c "exec \"\$0\" run --json - \"\$1\" >/dev/full" "$understudy" "$guests/probe.elf"
[ $bad -eq 0 ] && echo "files: all hold"
