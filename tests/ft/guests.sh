#!/bin/sh
# guests.sh TEST... - a test program whose guests are not there (a preset that builds none) says so in one line, with
# status 2, instead of what fails without them.
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
failed=0
for test; do
    "$test" "$folder" >"$folder/out" 2>"$folder/err"
    status=$?
    if [ $status != 2 ] || [ "$(wc -l <"$folder/err")" != 1 ] || ! grep -q "$folder/.* is needed" "$folder/err"; then
        echo "$test without guests: status $status:"
        head -n 5 "$folder/out" "$folder/err"
        failed=1
    fi
done
[ $failed = 0 ]
