#!/bin/sh
# answers.sh [--some] UNDERSTUDY COURSE [LINUX]... - the lessons' scripts, answered: the model solution of each gets
# full marks, and every other hand-in, of which there are at least four, the sentence that its first line has ("# says:
# ..."). Lesson 9 is left out unless a folder LINUX has a kernel. --some: of the others the first one of each lesson.
some=
[ "$1" = --some ] && some=yes && shift
program=$(realpath "$1") course=$(realpath "$2")
shift 2
. "$(dirname "$0")/linux.sh"
linux_find "$@"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
for script in "$course"/lessons/[0-9]*.us; do
    grep -q '^ask ' "$script" || continue
    lesson=$(basename "$script" .us)
    number=${lesson%%-*}
    [ "$number" = 9 ] && [ -z "$linux_kernel" ] && echo "lesson 9: SKIPPED, there is no kernel" && continue
    hand_ins=$work/$number
    cp -r "$course/solutions/$number" "$hand_ins" || fail "lesson $number has no solutions"
    cd "$hand_ins" || exit 1
    [ "$number" = 9 ] && linux_link
    set -- model.txt wrong-*.txt
    [ $# -ge 5 ] || fail "lesson $number has fewer than four wrong hand-ins"
    [ -z "$some" ] || set -- "$1" "$2"
    "$program" test --sandbox -C . -D "answers=$(echo "$@" | tr ' ' ,)" "$script" > "$work/$number.tap"
    grep -q "^ok 1 - .*answers=model.txt" "$work/$number.tap" || fail "the model solution of lesson $number: $(
        sed -n '/^not ok 1 /,/^  \.\.\./p' "$work/$number.tap")"
    shift
    for hand_in; do
        wanted=$(sed -n '1s/^# says: //p' "$hand_in")
        message=$(sed -n "/answers=$hand_in/,/^  \.\.\./s/^  message: //p" "$work/$number.tap")
        [ -n "$wanted" ] || fail "lesson $number: $hand_in does not begin with '# says: '"
        case $message in
        *"$wanted"*) ;;
        *) fail "lesson $number: $hand_in is not told '$wanted' but $message" ;;
        esac
    done
    grep -q 'severity: error' "$work/$number.tap" && fail "the script of lesson $number is wrong itself"
done
exit $failed
