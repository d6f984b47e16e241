#!/bin/sh
# map.sh SOURCE BUILD - docs/course/map.md: every rule and step that there is has a row, and what the rows name is
# there: the lesson, the function in its file, the test.
source=$1 build=$2
map=$source/docs/course/map.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
ctest --test-dir "$build" -N | sed -n 's/^ *Test *#[0-9]*: //p' > "$work/tests"
[ -s "$work/tests" ] || fail "ctest lists no tests"
sed -n 's/^| //p' "$map" | sed '1,2d; /^\*\*/d; s/ *| */|/g' > "$work/rows"
rows=0
while IFS='|' read -r what says lesson place test rest; do
    rows=$((rows + 1))
    [ -n "$says" ] && [ -z "$rest" ] || fail "the row '$what' has not five columns"
    page=$(echo "$lesson" | sed -n 's/^\[[0-9]*\](\([0-9]*-[a-z]*\.md\))$/\1/p')
    [ -z "$lesson" ] || [ -f "$source/docs/course/$page" ] || fail "$what: no lesson '$lesson'"
    file=$(echo "$place" | sed -n 's/^`\([^:`]*\).*/\1/p')
    function=$(echo "$place" | sed -n 's/^`[^:]*:\([a-z_0-9]*\)`$/\1/p')
    [ -f "$source/$file" ] || fail "$what: no file '$place'"
    [ -z "$function" ] || grep -E "^[a-z].*[ *(]$function[()]" "$source/$file" | grep -qv ';$' ||
        fail "$what: no function $place"
    name=$(echo "$test" | sed -n 's/^`\(.*\)`$/\1/p')
    grep -qxF "$name" "$work/tests" || fail "$what: no test '$test'"
done < "$work/rows"
# All that has a name in the papers.
sed -n 's/^ *RULE([A-Z0-9_]*, "\(P[0-9]\)".*/\1/p' "$source/ft/rules.h" > "$work/wanted"
for step in 'figure 1' 'figure 2' 'figure 3, step 200' 'figure 3, step 202' 'figure 3, step 204' 'figure 3, step 206' \
    'figure 4' 'figure 5' 'figure 6, step 250' 'figure 6, step 252' 'figure 6, step 254' 'figure 6, step 256' \
    'figure 6, step 258' 'figure 6, step 260' 'figure 7, step 300' 'figure 7, step 302' 'figure 7, step 304' \
    'figure 7, step 306' 'figure 7, step 308' 'figure 7, step 310' 'figure 7, step 312' 'figure 7, step 314' \
    'figure 7, step 316' 'figure 7, step 318' 'figure 7, step 320' 'Rule 0' 'Rule 1' 'Rule 2' 'Rule 3' \
    'first embodiment' 'S103' 'second embodiment' 'third embodiment' \
    fault-detected retried vm-saved real-saved info-stored alerted areas-read restarted interrupted vm-retrieved \
    valid-tested vm-restored attribute-read processor-chosen reassigned configured-off resumed; do
    echo "$step"
done >> "$work/wanted"
while read -r name; do
    grep -q "^$name|" "$work/rows" || fail "$name has no row"
done < "$work/wanted"
[ "$(grep -c . "$work/wanted")" -ge 38 ] || fail "fewer than 38 names are wanted"
echo "$rows rows"
exit $failed
