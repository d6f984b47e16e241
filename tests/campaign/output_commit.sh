#!/bin/sh
# output_commit.sh CAMPAIGN_MATRIX GUESTS - what output commit is for (docs/explainability.md): without it yokogawa,
# vmware and remus leave runs that nobody explains, as dec does, where the primary dies behind an output; bs-revised as
# bs, where the channel loses. With it they leave none: that is campaign-matrix. Here the table must have such runs.
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
"$1" --points 12 --steps 1 --guests ticker,deadline -j 2 --break output-commit "$2" >"$table"
status=$?
cat "$table"
[ $status = 0 ] || exit 1
awk '
    $1 == "ticker" || $1 == "deadline" {
        rows++
        of_bs = $2 ~ /^bs/
        if (of_bs && $4 == "keeps" && $7 > 0) bad = bad "\n" $0
        if (!of_bs && $7 == 0) bad = bad "\n" $0
        if ($2 == "bs-revised" && $4 == "loses") lost += $7
        if ($7 > $6) bad = bad "\n" $0
    }
    END {
        if (bad || rows != 72 || !lost) { print "FAILED: " rows " rows, " lost + 0 " of bs-revised:" bad; exit 1 }
    }' "$table"
