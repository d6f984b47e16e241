#!/bin/sh
# bench_paper.sh UNDERSTUDY PAGE [--typed] - `understudy bench --paper`: status 0, so what it says of itself is so; PAGE
# (docs/measurements.md) has its figures, of cells and of experiments, to 3 % (a guest of another compiler has other
# counts). --typed: an experiment that is typed as PAGE says is the one that it makes itself.
set -u
understudy=$1 page=$2 typed=${3:-}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

bad()
{
    echo "not ok: $*"
    failures=$((failures + 1))
}

"$understudy" bench --paper --json >json || bad "status $?"
jq -e '.within and .revised_no_worse and .caused and .experiments_hold and (.cells | length) == 27 and
    (.experiments | map(.cells | length) | add) == 40' json >jq || bad "not whole, or not so"

# The page, column "here": each row of cells, then of experiments, as numbers.
sed -n '/^## The paper/,/^## The protocols/p' "$page" >part
awk -F'|' '/^\| (computes|predicted|writes|reads)/ { print $4 }' part | tr -s ' ' '\n' | grep . >documented
awk -F'|' '/^\| [0-9]+ \|/ { print $5 }' part | tr -s ' ' '\n' | grep . >>documented
jq -r '.cells[].here, .experiments[].cells[].here' json >here
[ "$(wc -l <here)" = "$(wc -l <documented)" ] || bad "the page has other rows"
paste -d' ' here documented |
    awk '{ d = $1 / $2 - 1; if (d > 0.03 || d < -0.03) { print; found = 1 } } END { exit found }' ||
    bad "figures that are not those of the page"

for words in 'nothing=1' 'cost-epoch-us' 'cost-epoch-us=x' ''; do
    "$understudy" bench --paper --set $words >out 2>err
    [ $? = 2 ] && [ "$(wc -l <err)" = 1 ] && [ ! -s out ] || bad "--set $words: $(cat err)"
done
"$understudy" bench --set cost-epoch-us=1 >out 2>err
[ $? = 2 ] && [ "$(wc -l <err)" = 1 ] || bad "--set without --paper: $(cat err)"

if [ "$typed" ]; then
    "$understudy" bench --paper --json --set cost-epoch-us=219.7 >changed || bad "typed: status $?"
    jq -e '.experiments == null and .within == null' changed >jq || bad "a changed table is judged"
    for row in '1 computes' '7 reads'; do
        set -- $row
        jq -r ".experiments[$1].cells[].here" json >itself
        jq -r ".cells[] | select(.guest == \"$2\" and .protocol == \"bs-revised\").here" changed >by_hand
        cmp itself by_hand || bad "experiment $1 is another one when it is typed"
    done
fi

[ $failures = 0 ]
