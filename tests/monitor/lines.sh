#!/bin/sh
# Source lines (libdw): in `backtrace`, in `list`, in what `run` and `test` say of a guest that dies. Without libdw the
# same without them.
#   lines.sh UNDERSTUDY GUESTS
program=$(realpath "$1")
guests=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
die() {
    echo "lines: $*" >&2
    exit 1
}
wants() { # WHAT FILE: a line of it
    grep -q -e "$1" "$2" || die "'$1' is wanted in $2: $(cat "$2")"
}
"$program" run "$guests/dies.elf" > out 2> err
[ $? = 156 ] || die "status 156 is wanted"
wants 'interruption 28 (unaligned data reference)' out
wants '^understudy: the guest has died, here:' err
wants '^    interruption 28, unaligned data reference, at$' err
wants '<dies_outer+' err
"$program" run --mode pair --crash primary@instruction=100 "$guests/dies.elf" > out 2> err
wants '<dies_outer+' err
# One that means its status is not said to have died.
printf '#include <understudy.h>\nint main(void)\n{\n    return 156;\n}\n' > MEANS.c
if "$(dirname "$program")/understudy-cc" -o means.elf MEANS.c 2> err; then
    "$program" run means.elf 2> err
    [ $? = 156 ] && [ ! -s err ] || die "it meant to end so: $(cat err)"
fi
printf 'load dies.elf\ncontinue\nassert $status == 0\n' > one.us
ln -s "$guests/dies.elf" .
"$program" test one.us > tap
wants '- "#[0-9]* *0x.*<dies_inner+' tap
case $("$program" --version) in
*"source lines: none"*) exit 0 ;;
esac
inner=$(grep -n '/\* here' "$here/dies.c" | cut -d: -f1)
outer=$(grep -n 'called here' "$here/dies.c" | cut -d: -f1)
"$program" run dies.elf > out 2> err
for file in err tap; do
    wants "<dies_inner+.* dies.c:$inner" $file
    wants "<dies_outer+.* dies.c:$outer" $file
done
"$program" -x 'load dies.elf' -x 'list dies_inner' > out || die "list"
wants '^=> 0x.*<dies_inner>' out # its source is not there
cp "$here/dies.c" . # beside the image
"$program" -x 'load dies.elf' -x 'list dies_inner' > out || die "list"
wants "$inner *return \*at + 7; /\* here \*/" out
# An image that says another file, or none, or nonsense, is listed as instructions.
hppa-linux-gnu-strip -g -o plain.elf dies.elf 2> /dev/null &&
    "$program" -x 'load plain.elf' -x 'list dies_inner' > out &&
    wants '^=> 0x.*<dies_inner>' out
for seed in 1 2 3 4 5 6 7 8; do
    size=$(stat -Lc %s dies.elf)
    cp -L dies.elf broken.elf
    for at in 3 7 11 13 17 19 23 29 31 37 41 43; do # in the second half: DWARF, and not the program
        offset=$((size / 3 + (at * seed * 997) % (size / 2)))
        printf '\377' | dd of=broken.elf bs=1 seek=$offset conv=notrunc 2> /dev/null
    done
    "$program" -x 'load broken.elf' -x 'list dies_inner' -x backtrace > out 2> err
    [ $? -lt 3 ] || die "a broken image, seed $seed"
done
exit 0
