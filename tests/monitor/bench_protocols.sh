#!/bin/sh
# bench_protocols.sh UNDERSTUDY PAGE - `understudy bench --protocols`: the table of PAGE (docs/measurements.md) has the
# rows that are printed, and figures like theirs (the guest that Debian 13's compiler makes has up to 12 % others, since
# its instructions are others); another run, whose JSON is printed, has the same figures; what holds of every table.
set -u
understudy=$1 page=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

bad()
{
    echo "not ok: $*"
    failures=$((failures + 1))
}

"$understudy" bench --protocols >first || bad "status $?"
rows='$2 ~ /^[0-9]+$/ && NF >= 12 { print $1, $2, $3, $9, $12 $13 }'
awk "$rows" first >here
sed -n '/^## The protocols/,/^## /p' "$page" | awk "$rows" >documented
[ -s here ] && [ "$(cut -d' ' -f1,2 here)" = "$(cut -d' ' -f1,2 documented)" ] || bad "the page has other rows"
paste -d' ' here documented |
    awk '{ d = $3 / $8 - 1; if (d > 0.15 || d < -0.15) { print; found = 1 } } END { exit found }' ||
    bad "figures that are not those of the page"

"$understudy" bench --protocols --json >json || bad "JSON: status $?"
awk '$2 ~ /^[0-9]+$/ && NF >= 12 { print $1, $2, $4, $5, $10, $11 }' first >figures
jq -r '.protocols[] | "\(.protocol) \(.epoch) \(.messages) \(.bytes) \(.crash.forgotten_instructions) " +
    "\(.crash.repeated_operations)"' json >again
cmp figures again || bad "another run has other figures"
jq -e '[.protocols[] | select(.protocol != "dec") | .crash.explainable] | all' json >jq || bad "not explained: not dec"
jq -e '[.protocols[] | .crash.downtime_us > 0 and .normalized > 1 and .messages > 0] | all' json >jq || bad "no figures"
jq -e '.protocols | map(select(.epoch == 4096)) | map({(.protocol): .}) | add |
    .bs.normalized > .["bs-revised"].normalized and .bs.output_delay_us.max == 0 and
    .["bs-revised"].output_delay_us.mean > 0 and .remus.bytes > 10 * .bs.bytes and
    .remus.output_delay_us.mean > .vmware.output_delay_us.mean' json >jq || bad "the protocols are not as they are"

for word in --thin --runs=3 --engines; do
    "$understudy" bench --protocols "${word%=*}" ${word#*=} >out 2>err
    [ $? = 2 ] && [ "$(wc -l <err)" = 1 ] || bad "$word goes with it"
done
printf 'no image' >nothing
"$understudy" bench --protocols nothing >out 2>err
[ $? = 2 ] && [ "$(wc -l <err)" = 1 ] || bad "an image that is none: $(cat err)"

[ $failures = 0 ]
