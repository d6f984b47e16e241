#!/bin/sh
# `understudy test`: what it finds, in which order it reports, TAP, JUnit, exit statuses, limits.
#   regression.sh UNDERSTUDY GUESTS
program=$1
guests=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
fail() {
    echo "FAILED: $*"
    failed=1
}
failed=0
mkdir -p suite/deep suite/.hidden states
printf 'load increment.elf\nsend "5\\n"\nexpect "6\\n"\n' > suite/a.us
printf 'source deep/shared.inc\nassert $shared == 7\n' > suite/deep.us
printf 'set $shared = 7\n' > suite/deep/shared.inc
printf 'system --seed 9\nload increment.elf\n\nexpect "3\\n"\n' > suite/deep/wrong.us
printf 'assert $shown == 7 # a "wrong" one\n' >> suite/deep/wrong.us
printf 'nonsense\n' > suite/.hidden/never.us
printf 'if 1\n' > malformed.us
printf 'load endless.elf\ncontinue\n' > endless.us
printf 'while 1\nend\n' > rounds.us

# All of a folder, in the order of names, whatever the number of processes.
"$program" test -j 1 -C "$guests" --save-dir states --junit one.xml suite > one.tap
[ $? = 1 ] || fail "a suite with a failure ends with status 1"
"$program" test -j 4 -C "$guests" --save-dir states --junit four.xml suite > four.tap
cmp one.tap four.tap || fail "the number of processes shows"
cmp one.xml four.xml || fail "the number of processes shows in JUnit's file"
sed '/state:/d; /"1"/d; /"2"/d; /"3"/d' one.tap > seen
cat > wanted <<'END'
TAP version 14
1..3
ok 1 - suite/a.us
ok 2 - suite/deep.us
not ok 3 - suite/deep/wrong.us
  ---
  message: "suite/deep/wrong.us:5: '$shown == 7' does not hold: the left is 6 (0x6), the right is 7 (0x7)"
  severity: fail
  file: "suite/deep/wrong.us"
  line: 5
  seed: 9
  output:
  ...
# 2 of 3 held
END
diff wanted seen || fail "the report is not what was wanted"
grep -q '<testsuite name="understudy" tests="3" failures="1" errors="0">' one.xml || fail "JUnit's counts"
grep -q '<testcase classname="suite/deep" name="wrong.us">' one.xml || fail "JUnit's case"
grep -q 'message="suite/deep/wrong.us:5: .\$shown == 7. does' one.xml || fail "JUnit's sentence"

# The state that failed is there to be looked at.
grep -q 'state: ".*/states/suite_deep_wrong.us.save"' one.tap || fail "the saved state is not told"
"$program" -x 'restore states/suite_deep_wrong.us.save' -x 'assert $shown == 6 && $end == $running' > log ||
    fail "the saved state is not that of the failure"

# Files by name, in that order; all held.
"$program" test -C "$guests" suite/deep.us suite/a.us > named.tap || fail "both hold"
[ "$(sed -n 3,4p named.tap)" = "ok 1 - suite/deep.us
ok 2 - suite/a.us" ] || fail "scripts that are named keep their order"

# What cannot be judged; limits in instructions and lines.
"$program" test malformed.us suite/deep.us > malformed.tap
[ $? = 2 ] || fail "a script with a wrong structure ends with status 2"
grep -q 'malformed.us:1: its end is missing' malformed.tap || fail "the wrong structure is not told"
"$program" test --timeout 50000 -C "$guests" --save-dir states endless.us > endless.tap
[ $? = 1 ] || fail "a guest without an end is a failure"
grep -q 'endless.us:2: the guest had not ended after 50000 instructions' endless.tap || fail "the limit is not told"
"$program" test rounds.us > rounds.tap
[ $? = 1 ] || fail "a script without an end is a failure"
grep -q 'more than 1000000 lines' rounds.tap || fail "the limit of lines is not told"
mkdir empty
"$program" test empty 2> refusal && fail "a folder without scripts is refused"
grep -q "no .us script below 'empty'" refusal || fail "the refusal is not told"

# The drawing of a run is a drawing, and the same every time.
for name in first second; do
    "$program" -x 'system --mode pair --epoch 1000 --seed 4' -x "load $guests/increment.elf" -x 'send "1\n"' \
        -x 'expect "2\n"' -x crash -x 'expect operator promoted' -x "timeline $name.svg" > log || fail "no drawing"
done
cmp first.svg second.svg || fail "two drawings of one run differ"
for part in '<svg ' '<title>epoch 3</title>' '<title>\[end, 2\]</title>' '>the primary fails' '</svg>'; do
    grep -q -e "$part" first.svg || fail "the drawing has no $part"
done
exit $failed
