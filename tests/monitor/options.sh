#!/bin/sh
# options.sh UNDERSTUDY DOCS - what --help says that there is, the documents name: each sub-command and each of their
# options, with the value that it takes.
program=$1
docs=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
page=$docs/command-line.md
# In a cell of a table | is written \|.
cells() { # COMMAND: "--mode bare\|solo\|pair", a line for each option of a system that it takes
    "$program" "$1" --help | sed -n 's/^  \(--[a-z].*\)/\1/p' | grep -v '^--help' | sed 's/|/\\|/g'
}
has_row() { # DOCUMENT CELL
    grep '^| ' "$1" | grep -qF -- "\`$2\`" || fail "$(basename "$1") has no row for '$2'"
}
cells run > run.cells
[ "$(wc -l < run.cells)" -gt 20 ] || fail "the options of run: $(cat run.cells)"
while read -r cell; do
    has_row "$page" "$cell"
done < run.cells
# Those that only a sweep has are on its page.
cells sweep | grep -vxFf run.cells > sweep.cells
[ "$(wc -l < sweep.cells)" -gt 5 ] || fail "the options of sweep: $(cat sweep.cells)"
while read -r cell; do
    has_row "$docs/sweep.md" "$cell"
done < sweep.cells
for protocol in $("$program" protocol | cut -d ' ' -f 1); do
    grep '^| `--protocol ' "$page" | grep -qw -- "$protocol" || fail "the row of --protocol lacks $protocol"
done
for option in $("$program" bench --help | grep -o -e '--[a-z]*' | sort -u); do
    sed -n '/^## bench/,$p' "$page" | grep -q -e "$option" || fail "'## bench' lacks $option"
done
for command in $("$program" --help | sed -n 's/^  understudy \([a-z][a-z]*\) .*/\1/p'); do
    sed '/^## /q' "$page" | grep -q "^    understudy $command " || fail "the page's beginning lacks '$command'"
done
exit $failed
