#!/bin/sh
# refusals.sh - a campaign that cannot run its commands says why in one line, with status 2, before it runs any.
#
# usage: refusals.sh CAMPAIGN UNDERSTUDY GUESTS
campaign=$1 program=$2 guests=$3
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# refused TEXT ARGUMENT...: one line on standard error, with TEXT in it, and nothing on standard output.
refused()
{
    text=$1
    shift
    status=0
    "$campaign" "$@" >"$work/out" 2>"$work/err" || status=$?
    if [ $status != 2 ] || [ -s "$work/out" ] || [ "$(wc -l <"$work/err")" != 1 ] ||
        ! grep -qF "$text" "$work/err"; then
        echo "campaign_perturb $*: status $status, not 2 and one line with '$text':"
        head -n 5 "$work/out" "$work/err"
        failed=1
    fi
}

mkdir "$work/none" "$work/most"
ln -s "$guests"/*.elf "$work/most"
rm "$work/most/neighbour.elf"
refused "$work/nowhere: No such file" --program "$program" --commands 3 "$work/nowhere"
refused "$work/none/" --program "$program" --case all "$work/none"
refused "$work/most/neighbour.elf: No such file" --program "$program" --commands 3 "$work/most"
refused "$work/nothing: No such file" --program "$work/nothing" --commands 3 "$guests"
refused "usage: " --program "$program" --commands 3
[ $failed = 0 ]
