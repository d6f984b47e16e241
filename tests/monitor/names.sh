#!/bin/sh
# What is in a script, in a file's name or in the guest's output stays inside: line ends of each kind, names with line
# feeds, what is no UTF-8. And numbers are signed.
#   names.sh UNDERSTUDY GUESTS
program=$1
guests=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
refused() { # SENTENCE COMMAND: status 1, one line that says so
    timeout 60 "$program" -x "$2" > out 2> err
    [ $? = 1 ] || fail "'$2' has to fail"
    [ "$(wc -l < err)" = 1 ] || fail "'$2': one line is wanted: $(cat err)"
    grep -qF -- "$1" err || fail "'$2' says: $(cat err)"
}

# A line ends with CR, LF, or both; none of them hides what follows.
printf 'assert 1\rassert 2\r' > good.us
"$program" good.us || fail "lines that end with CR"
for script in 'assert 1\rassert 0\r' 'assert 1\r\nassert 0\r\n' 'assert 1\n\rassert 0' '# word\rassert 0' \
    'assert 1\nassert 0\r'; do
    printf "$script" > bad.us
    "$program" bad.us 2> err && fail "a false line is not seen in $script"
    grep -q '^understudy: bad.us:[23]: ' err || fail "$script: $(cat err)"
    "$program" test bad.us > tap && fail "a test that is false holds: $script"
    "$program" < bad.us 2> /dev/null && fail "a false line is not seen on stdin: $script"
    "$program" -x "$(cat bad.us)" 2> /dev/null && fail "a false line is not seen in -x: $script"
done
printf 'repeat 2\recho twice\rend\r' > loop.us
[ "$("$program" loop.us | wc -l)" = 2 ] || fail "control structure in lines that end with CR"

# In other texts, too, and what an editor puts before them is none of it.
epochs() { # OPTIONS: how many a run with that file of options has
    printf -- "$1" > options.txt
    "$program" run @options.txt --json options.json "$guests/hello.elf" > /dev/null
    sed -n 's/^ *"epochs": \([0-9]*\).*/\1/p' options.json
}
for options in '# word\r--mode pair\r--epoch 7\r' '--mode pair # word\r--epoch 7' '--mode pair\r\n--epoch 7\r\n' \
    '\357\273\277--mode pair\n--epoch 7\n'; do
    [ "$(epochs "$options")" = "$(epochs '--mode pair\n--epoch 7\n')" ] || fail "a file of options: $options"
done
for file in '# word\r# title: Five\r# points: 5\rassert 1\r' '\357\273\277# title: Five\n# points: 5\nassert 1\n'; do
    printf "$file" > points.us
    "$program" test --json points.json points.us > tap || fail "$file: $(cat tap)"
    grep -q 'ok 1 - points.us: Five$' tap && grep -q '"points": 5' points.json || fail "$file: $(cat tap points.json)"
done
printf '\357\273\2771: 5\r2: 6\r' > answers.txt
printf 'ask "one" = 5\nask "two" = 6\n' > asks.us
"$program" test -D answers=answers.txt asks.us > tap || fail "answers: $(cat tap)"
"$program" protocol bs > bs.txt
{ echo '# word'; cat bs.txt; } | tr '\n' '\r' > bs-cr.txt
{ printf '\357\273\277'; sed "s/\$/$(printf '\r')/" bs.txt; } > bs-crlf.txt
for file in bs-cr.txt bs-crlf.txt; do
    "$program" protocol $file 2> err | cmp - bs.txt || fail "$file: $(cat err)"
done
printf 'name x\r\rbad\r' > bad.txt
"$program" protocol ./bad.txt 2> err
grep -q '^understudy: ./bad.txt:3: ' err || fail "the line of a protocol's file: $(cat err)"

# Numbers have a sign.
refused 'repeat -1: a count from 0 is wanted' "$(printf 'repeat -1\necho again\nend')"
refused 'a shift by a negative number' 'assert 1 << -1'
refused 'a shift by a negative number' 'assert 1 >> -1'
"$program" -x 'assert -8 >> 1 == -4' -x 'assert -1 >> 70 == -1' -x 'assert 8 >> 70 == 0 && -7 >> 1 == -4' \
    -x 'assert 0x7000000000000000 >> 60 == 7' -x 'assert -1 << 63 < 0 && 1 << 64 == 0' || fail "shifts"

# A count is no address, whatever lies there; nothing of a line is printed whose first byte is not there.
say() { # COMMAND: what it prints
    "$program" -x "load $guests/hello.elf" -x "$1" 2> err
}
[ "$(say 'print $insns + 0x10800')" = '0x00010800  67584' ] || fail "a count: $(say 'print $insns + 0x10800')"
say 'print 0x10800' | grep -q '^0x00010800  67584  <.*>$' || fail "an address: $(say 'print 0x10800')"
[ "$(say 'x/3s 0xffffffff')" = '' ] && grep -q '0xffffffff' err || fail "a string nowhere: $(say 'x/3s 0xffffffff')"
[ "$(say 'x/4xw 0x1fffff8' | grep -c '^0x01fffff8.*: 0x00000000 0x00000000$')" = 1 ] ||
    fail "the last words of memory: $(say 'x/4xw 0x1fffff8')"

# The bare name of a guest that came with the program, beside another as well.
for words in 'run --mode solo --epoch 100 --beside hello,terminal=beside hello' \
    '-x "system --mode solo --epoch 100 --beside hello@primary,terminal=beside" -x "load hello" -x continue'; do
    rm -f beside
    eval "\"$program\" $words" > out 2> err && [ -f beside ] || fail "$words: $(cat out err)"
done

# Of the places that are drawn for a crash some are near: a small guest comes to them.
"$program" -x 'system --mode pair' -x "load $guests/hello.elf" -x 'repeat 40' -x 'crash random' -x end |
    sed -n 's/^crash primary instruction=//p' > drawn
[ "$(awk '$1 < 900' drawn | wc -l)" -ge 3 ] && [ "$(awk '$1 > 5000' drawn | wc -l)" -ge 3 ] ||
    fail "drawn: $(cat drawn)"

# What it prints is the command of the same crash: the run is the same with that, at the start and on the way, again
# after a repair.
for seed in 1 2 3; do
    printf '%s\n' "system --seed $seed --mode pair --disk drawn.img,create=1M,snapshot" "load $guests/ledger.elf" \
        "until instruction ${seed}00000" 'crash random' 'expect operator "promoted"' repair \
        'expect operator "has joined"' 'crash random' continue > drawn.us
    "$program" < drawn.us > drawn.out 2>&1 || fail "drawn: $(cat drawn.out)"
    [ "$(grep -c '^crash primary ' drawn.out)" = 2 ] || fail "two commands are wanted: $(cat drawn.out)"
    grep '^crash ' drawn.out > said
    awk '/^crash random/ { getline < "said" } { print }' drawn.us > again.us
    "$program" < again.us > again.out 2>&1 || fail "again: $(cat again.out)"
    grep -v '^crash ' drawn.out | cmp - again.out || fail "'$(cat said)' is another run of seed $seed"
done

# Names that would forge a line of the report.
mkdir -p suite
name=$(printf 'suite/a\nok 7 - forged # SKIP\\.us')
printf 'assert 0\n' > "$name"
printf 'assert 1\n' > "$(printf 'suite/b\rok\t8\033[2Jx\177.us')"
printf 'assert 0\n' > "$(printf 'suite/c\377\300\200\355\240\200.us')"
printf 'assert 0\n' > "$(printf 'suite/d\303\251\302\205\342\200\250.us')"
"$program" test --junit report.xml suite > tap 2> err
[ $? = 1 ] || fail "the suite's status"
[ "$(grep -c '^\(not \)\{0,1\}ok ' tap)" = 4 ] || fail "a name forges a line: $(cat tap)"
grep -qF 'not ok 1 - suite/a\\x0aok 7 - forged \# SKIP\\.us' tap || fail "the first name: $(cat tap)"
grep -qF 'ok 2 - suite/b\\x0dok\\x098\\x1b[2Jx\\x7f.us' tap || fail "the second name"
grep -qF 'not ok 3 - suite/c\\xff\\xc0\\x80\\xed\\xa0\\x80.us' tap || fail "the third name"
grep -qF "$(printf 'not ok 4 - suite/d\303\251')"'\\xc2\\x85\\xe2\\x80\\xa8.us' tap || fail "the fourth name"
grep -qF "$(printf 'file: "suite/d\303\251')"'\x85\u2028.us"' tap || fail "the fourth name in YAML: $(cat tap)"
for file in tap report.xml; do
    iconv -f UTF-8 -t UTF-8 "$file" > /dev/null || fail "$file is not UTF-8"
    LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$file" && fail "a control character in $file"
done
[ "$(grep -c '<testcase ' report.xml)" = 4 ] || fail "cases in JUnit's file: $(cat report.xml)"
"$program" "$(printf 'none\nunderstudy: forged')" 2> err
[ "$(wc -l < err)" = 1 ] || fail "a name makes two lines of a message: $(cat err)"

# What the guest prints is bytes.
printf 'load increment.elf\nsend "1\\n"\nexpect "2\\n"\necho \377\200 \303\251\nassert 0\n' > suite/z.us
"$program" test -C "$guests" --junit report.xml suite/z.us > tap
for file in tap report.xml; do
    iconv -f UTF-8 -t UTF-8 "$file" > /dev/null || fail "what was printed: $file is not UTF-8"
    grep -q "$(printf '\303\251')" "$file" || fail "what is UTF-8 is lost in $file"
done
exit $failed
