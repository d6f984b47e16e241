#!/bin/sh
# refusals.sh UNDERSTUDY GUEST.elf - what `replay` is given that is no whole recording of its version is refused with
# status 2 and one line that names a byte; what it is given wrongly otherwise, with status 2 and one line.
set -u
understudy=$1 guest=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

# refused WORDS ARGUMENTS...
refused() {
    words=$1
    shift
    "$understudy" "$@" </dev/null >out 2>err
    status=$?
    [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$words" err && ! [ -s out ] && return
    failures=$((failures + 1))
    echo "FAILED (status $status, wanted 2 and '$words'): understudy $*"
    cat err
}

# with_byte OFFSET OCTAL: the recording with another byte there
with_byte() {
    cp log bad
    printf "\\$2" | dd of=bad bs=1 seek="$1" conv=notrunc 2>/dev/null
}

"$understudy" run --mode solo --record log "$guest" >/dev/null || exit 1
"$understudy" replay log >/dev/null || exit 1
size=$(wc -c <log)
refused "no recording is given" replay
refused "second recording" replay log log
refused "unknown option" replay --fast log
refused "cannot be" replay not-there
refused "needs --mode solo or pair" run --record log "$guest"
refused "cannot be written" run --mode solo --record /nowhere/log "$guest"
refused "is no recording at byte 0" replay "$guest"
: >bad
refused "is no recording at byte 0" replay bad
with_byte 7 011
refused "has another version at byte 6" replay bad
with_byte 100 001
refused "is altered in the piece that begins at byte 8" replay bad
head -c $((size - 1)) log >bad
refused "at byte $((size - 1))" replay bad
head -c $((size / 2)) log >bad
refused "at byte $((size / 2))" replay bad
cat log log >bad
refused "goes on after its end at byte $size" replay bad
echo "$failures failures"
[ $failures -eq 0 ]
