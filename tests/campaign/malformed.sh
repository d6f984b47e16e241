#!/bin/sh
# malformed.sh UNDERSTUDY [SEED] - 200 malformed protocol files, made of the program's own by words that are left out,
# put in, exchanged or spoilt and lines that are lost or doubled, by seed: each is refused with one line that begins
# with its name and a line, and exit status 2. What happens to make sense still is printed, and does not count.
set -u
understudy=$1 seed=${2:-18} wanted=200
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
for name in $("$understudy" protocol | cut -d ' ' -f 1); do
    "$understudy" protocol "$name"
    echo "end"
done >own

# Writes N.proto, one after the other, each one of the protocols with one to three changes.
awk -v seed="$seed" -v count=$((2 * wanted)) '
    function below(n) { return int(rand() * n) }
    function word() { split("run deliver fence promote await join loop 7 rule # uncertain \001 \351 name", all, " ")
        return all[1 + below(14)] }
    function change(line,   words, n, at, i, made) {
        n = split(line, words, " ")
        at = 1 + below(n)
        kind = below(6)
        if (kind == 0) return ""                    # the line is lost
        if (kind == 1) return line "\n" line        # or doubled
        made = ""
        for (i = 1; i <= n; i++) {
            if (i == at && kind == 2) continue
            if (i == at && kind == 3) made = made word() " "
            made = made (i == at && kind == 4 ? word() : i == at && kind == 5 ? substr(words[i], 2) : words[i]) " "
        }
        return made
    }
    $0 == "end" { protocols++; next }
    { lines[protocols + 0, ++size[protocols + 0]] = $0 }
    END {
        srand(seed)
        for (file = 1; file <= count; file++) {
            p = below(protocols)
            for (i = 1; i <= size[p]; i++) now[i] = lines[p, i]
            for (changes = 1 + below(3); changes > 0; changes--) {
                i = 1 + below(size[p])
                if (now[i] != "") now[i] = change(now[i])
            }
            for (i = 1; i <= size[p]; i++) if (now[i] != "") print now[i] >(file ".proto")
            print "" >(file ".proto")
            close(file ".proto")
        }
    }' own

refused=0 failures=0 file=0
while [ $refused -lt $wanted ] && [ $file -lt $((2 * wanted)) ]; do
    file=$((file + 1))
    "$understudy" protocol $file.proto >out 2>err
    status=$?
    if [ $status -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] &&
        grep -q "^understudy: $file.proto:[0-9]*: " err; then
        refused=$((refused + 1))
    elif [ $status -ne 0 ] || [ -s err ]; then
        failures=$((failures + 1))
        echo "FAILED: seed $seed, file $file: status $status: $(head -c 300 err)"
        cat $file.proto
    fi
done
# What a run says of the last one is the same.
"$understudy" run --mode pair --protocol $file.proto hello >out 2>again
[ $? -eq 2 ] && cmp err again || failures=$((failures + 1))
echo "seed $seed: $file files, $refused refused, $failures failures"
[ $failures -eq 0 ] && [ $refused -eq $wanted ]
