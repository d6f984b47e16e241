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
timeless() { # FILE: but for the seconds of the host
    sed 's/host_seconds: .*/host_seconds: S/; s/time="[0-9.]*"/time="S"/' "$1"
}
[ "$(timeless one.tap)" = "$(timeless four.tap)" ] || fail "the number of processes shows"
[ "$(timeless one.xml)" = "$(timeless four.xml)" ] || fail "the number of processes shows in JUnit's file"
timeless one.tap | sed '/state:/d; /"#/d; s/place: .*/place:/; /terminal:/,/output:/{/output:/!d}
    /output:/,/host_seconds/{/output:/d; /    -/d}' > seen
cat > wanted <<'END'
TAP version 14
1..3
ok 1 - suite/a.us
  ---
  host_seconds: S
  ...
ok 2 - suite/deep.us
  ---
  host_seconds: S
  ...
not ok 3 - suite/deep/wrong.us
  ---
  message: "suite/deep/wrong.us:5: '$shown == 7' does not hold: the left is 6 (0x6), the right is 7 (0x7)"
  severity: fail
  file: "suite/deep/wrong.us"
  line: 5
  seed: 9
  place:
  backtrace:
  host_seconds: S
  ...
# 2 of 3 held
END
diff wanted seen || fail "the report is not what was wanted"
grep -q '<testsuite name="understudy" tests="3" failures="1" errors="0" time="[0-9.]*">' one.xml ||
    fail "JUnit's counts"
grep -q '<testcase classname="suite/deep" name="wrong.us" time="[0-9.]*">' one.xml || fail "JUnit's case"
grep -q 'message="suite/deep/wrong.us:5: .\$shown == 7. does' one.xml || fail "JUnit's sentence"

# The state that failed is there to be looked at.
grep -q 'state: ".*/states/suite_deep_wrong.us.save"' one.tap || fail "the saved state is not told"
"$program" -x 'restore states/suite_deep_wrong.us.save' -x 'assert $shown == 6 && $end == $running' > log ||
    fail "the saved state is not that of the failure"

# Files by name, in that order; all held.
"$program" test -C "$guests" suite/deep.us suite/a.us > named.tap || fail "both hold"
[ "$(grep '^ok' named.tap)" = "ok 1 - suite/deep.us
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
again=$(sed -n 's/^  again: "understudy \(.*\)"$/\1/p' rounds.tap)
echo 'echo the prompt' | eval "timeout 60 \"$program\" $again" > again.out 2>&1 || fail "again: $(cat again.out)"
grep -q 'rounds.us:[12]: more than 1000000 lines' again.out && grep -q '^the prompt' again.out ||
    fail "the failure at the limit of lines is not shown again: $again: $(cat again.out)"
"$program" --lines 0 rounds.us 2> err
[ $? = 2 ] && grep -q 'a number of lines from 1 is wanted' err || fail "--lines 0: $(cat err)"
mkdir empty
"$program" test empty 2> refusal && fail "a folder without scripts is refused"
grep -q "no .us script below 'empty'" refusal || fail "the refusal is not told"

# An error of the script's own is no failure: another word, another element, another status, whatever fails beside it.
mkdir errors
printf 'load increment.elf\nassert $insns == 1 "one instruction"\n' > errors/fails.us
printf '# title: No such <command>\nlaod increment.elf\n' > errors/unknown.us
printf 'load missing.elf\n' > errors/file.us
printf 'load increment.elf\nstep 0-1\n' > errors/negative.us
printf 'load hello.elf\ncontinue\nstep 5\n' > errors/early.us
"$program" test -j 2 -C "$guests" --junit errors.xml --json errors.json errors > errors.tap
[ $? = 2 ] || fail "errors end with status 2"
[ "$(grep -c 'severity: error' errors.tap)$(grep -c 'severity: fail' errors.tap)" = 32 ] ||
    fail "errors: $(cat errors.tap)"
grep -q 'tests="5" failures="2" errors="3"' errors.xml || fail "JUnit's errors"
grep -q '<error message="errors/unknown.us:2: unknown command .laod' errors.xml || fail "JUnit's element"
grep -q 'value="No such &#60;command&#62;"' errors.xml || fail "a title in JUnit's file"
grep -q 'not ok 5 - errors/unknown.us: No such <command>' errors.tap || fail "a title in TAP"
grep -q "message: .*one instruction: '.insns == 1' does not hold" errors.tap || fail "what an assertion means"
[ "$(jq -c '[.passed, .failed, .errors, .tests[4].result, .tests[4].title]' errors.json)" = \
    '[0,2,3,"error","No such <command>"]' ] || fail "JSON: $(cat errors.json)"

# Values by -D, each with each; the command that shows a failure again does.
mkdir values
printf 'system --mode pair --seed $seed --protocol $rule\nload hello.elf\ncontinue\n' > values/each.us
printf 'assert $seed < 3 || $rule == "dec" "not so"\n' >> values/each.us
"$program" test -C "$guests" -D seed=1..3 -D rule=dec,bs --save-dir states values > values.tap
[ $? = 1 ] || fail "one combination fails"
grep -q '^1\.\.6$' values.tap && grep -q '^ok 5 - values/each.us \[seed=3 rule=dec\]' values.tap &&
    grep -q '^not ok 6 - values/each.us \[seed=3 rule=bs\]' values.tap || fail "combinations: $(cat values.tap)"
again=$(sed -n 's/^  again: "understudy \(.*\)"$/\1/p' values.tap)
[ "$again" = "-i -C $guests -D seed=3 -D rule=bs values/each.us" ] || fail "again: $again"
# How long a guest runs is its compiler's affair.
"$program" run --json hello.json "$guests/hello.elf" > out || fail "a run for its length"
ends=$(jq .instructions hello.json)
printf 'reverse-step 100\nassert $insns == %u\n' $((ends - 100)) | eval "\"$program\" $again" > again.out 2>&1 ||
    fail "$(cat again.out)"
grep -q 'each.us:4: not so' again.out || fail "the failure is not shown again: $(cat again.out)"
recording=$(sed -n 's/^  recording: "\(.*\)"$/\1/p' values.tap)
"$program" -x "replay $recording" -x continue -x 'assert replayed' > log || fail "the recording of a failure"
for bad in seed seed= =1 seed=1, seed=3..1 epoch=1 r3=1; do
    "$program" test -D $bad values > out 2> err
    [ $? = 2 ] && [ ! -s out ] && [ "$(wc -l < err)" = 1 ] || fail "-D $bad: $(cat out err)"
done
"$program" test -D a=1 -D a=2 values 2> err && fail "a definition twice"

# Nothing is left beside the scripts; a fault that never happens is a failure; the host's time has a limit.
[ "$(find suite errors values -type f ! -name '*.us' ! -name '*.inc')" = '' ] || fail "something is left beside scripts"
printf 'system --mode pair\nload hello.elf\ncrash primary instruction=999999999\ncontinue\n' > never.us
"$program" test -C "$guests" never.us > never.tap && fail "a fault that did not happen is a failure"
grep -q "1 fault did not happen: crash primary@instruction=999999999; the run ended at $ends" never.tap ||
    fail "$(cat never.tap)"
printf 'delete fault\n' >> never.us
"$program" test -C "$guests" never.us > never.tap || fail "a fault that was deleted: $(cat never.tap)"
printf 'system --timeout 900000000000\nload endless.elf\ncontinue\n' > slow.us
"$program" test -C "$guests" --host-timeout 1 slow.us > slow.tap
[ $? = 2 ] || fail "a script that takes too long cannot be judged"
grep -q 'not over after 1 s of the host' slow.tap || fail "$(cat slow.tap)"
# Whatever ends the suite ends its scripts: nobody else would.
"$program" test -C "$guests" slow.us > slow.tap 2>&1 &
suite=$!
script=
until [ -n "$script" ] || ! kill -0 $suite; do
    read -r script < /proc/$suite/task/$suite/children
done
kill -KILL $suite
wait $suite 2> err
goes_on() {
    grep -q '^State:.[RSD]' "/proc/$script/status" 2> err
}
for _ in $(seq 1000); do
    goes_on || break
    sleep 0.02
done
goes_on && fail "a script goes on when its suite is gone" && kill -KILL "$script"
"$program" run --mode pair --crash primary@instruction=999999999 --json never.json "$guests/hello.elf" > out 2> err
note="note: 1 fault did not happen: crash primary@instruction=999999999; the run ended at $ends"
grep -q "^understudy: $note\$" err &&
    [ "$(jq -c .faults_pending never.json)" = '["crash primary@instruction=999999999"]' ] || fail "a fault of run"

# The drawing of a run is a drawing, and the same every time.
for name in first second; do
    "$program" -x 'system --mode pair --epoch 1000 --seed 4' -x "load $guests/increment.elf" -x 'send "1\n"' \
        -x 'expect "2\n"' -x crash -x 'expect operator promoted' -x "timeline $name.svg" > log || fail "no drawing"
done
cmp first.svg second.svg || fail "two drawings of one run differ"
for part in '<svg ' '<title>epoch 3</title>' '<title>\[end, 2\]</title>' '>the primary fails' '</svg>'; do
    grep -q -e "$part" first.svg || fail "the drawing has no $part"
done

# Answers: each person is a test of its own; who has not answered, or writes what is no answer, is judged like anybody.
mkdir -p people suite
printf 'load hello\nask "status?" = $status after continue because "it says so"\nask "how?" = "exit"\n' > lesson.us
printf '1: 0\n2: exit\n' > people/ada.txt
printf '1: 7\n2: exit\n' > people/ben.txt
printf '2: $status\n1: $status\n' > people/cleo.txt
head -c 100000 /dev/zero > people/dan.txt
"$program" test -C people --sandbox -D answers=ada.txt,ben.txt,cleo.txt,dan.txt,eve.txt lesson.us > out
[ $? = 1 ] || fail "wrong answers: status 1"
grep -q '^ok 1 - .*ada' out || fail "answers that are right: $(cat out)"
for sentence in 'lesson.us: 1 of 2 answers are right; question 1 (status?) not right: it is 0, not 7: it says so"' \
    'lesson.us: 0 of 2 answers are right; question 1 (status?) not right: it is 0 (no), not $status: it says so"' \
    "lesson.us:2: 'dan.txt' has no answers in it: a text of at most 65536 bytes is wanted" \
    'lesson.us: 0 of 2 answers are right; question 1 (status?) not answered: it is 0 (no): it says so"'; do
    grep -qF "$sentence" out || fail "no '$sentence' in: $(cat out)"
done
[ "$(grep -c 'severity: fail' out)" = 4 ] || fail "an answer is an error of the script: $(cat out)"
ls people/eve.txt 2> /dev/null && fail "answers were made for who has none"
"$program" test -C people --sandbox -D answers=/etc/passwd lesson.us > out
grep -q 'no file below' out || fail "answers from outside the sandbox: $(cat out)"
exit $failed
