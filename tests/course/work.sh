#!/bin/sh
# work.sh BUILD COURSE - drivers of lesson 6 and protocols of lesson 10: the model solution is right, and every other
# one is told the sentence that it says itself ("says: ...").
build=$(realpath "$1") course=$(realpath "$2")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 count=0
fail() {
    echo "FAILED: $*"
    failed=1
}
# judge FILE STATUS REPORT: is the model solution right, another one wrong, and with its sentence?
judge() {
    count=$((count + 1))
    wanted=$(sed -n 's/^[#\/ ]*says: //p' "$1" | sed -n 1p)
    case $1 in
    */model.*) [ "$2" = 0 ] || fail "$1 is right, and was told: $(cat "$3")" ;;
    *)
        [ -n "$wanted" ] || fail "$1 does not say what it is told"
        [ "$2" != 0 ] && grep -qF "$wanted" "$3" || fail "$1 is not told '$wanted', but: $(cat "$3")"
        ;;
    esac
}
cp -r "$course/lessons/6-scenarios" "$work"
for driver in "$course"/solutions/6-driver/*.c; do
    name=$(basename "$driver" .c)
    mkdir "$work/$name"
    "$build/understudy-cc" -Wall -Wextra -Werror -o "$work/$name/guest.elf" "$driver" || fail "$driver is not compiled"
    "$build/understudy" test --sandbox -C "$work/$name" "$work/6-scenarios" > "$work/$name.tap"
    judge "$driver" $? "$work/$name.tap"
done
for protocol in "$course"/solutions/10-protocol/*.proto; do
    name=$(basename "$protocol")
    grep -v '^expect' "$protocol" > "$work/$name" # what its author expects does not count in this lesson
    (cd "$work" && "$build/understudy" sweep --protocol "./$name" --points 3000 > "$name.said" 2>&1)
    judge "$protocol" $? "$work/$name.said"
done
echo "$count hand-ins"
[ "$count" -ge 10 ] || fail "there are too few"
exit $failed
