#!/bin/sh
# grading.sh BUILD COURSE - one command grades a class: who is right has all points, and who hands in what does not
# compile, loops, floods, or reads files of the host loses points and harms nobody.
build=$(realpath "$1") course=$(realpath "$2")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
cd "$work" || exit 1
driver=driver.c
mkdir -p class/ada class/ben class/broken class/dan class/eve class/hal class/names 'class/no name'
for number in 1 3 4; do
    cp "$course/solutions/$number/model.txt" "class/ada/$number.txt"
done
ln -s ada class/gil
cp "$course/solutions/6-driver/model.c" "class/ada/$driver"
cp "$course/solutions/10-protocol/model.proto" class/ada/10.proto
echo 'int main(void) { return <b>; }' > "class/ben/$driver"
printf 'name twice\nprimary run\n' > class/ben/10.proto
printf '1: yes\n2: no\n3: <b>\n' > class/ben/1.txt
# Names that grade has itself, and words that it looks for.
printf '#include <understudy.h>\nint main(void) { for (;;) printf(" 9 of 9 answers are right; 9\\n"); }\n' \
    > "class/broken/$driver"
head -c 300000 /dev/zero > class/broken/1.txt
printf 'no error, but a host secret\n' > secret
printf '#line 1 "%s/secret"\n#warning an error\n#error 9 of 9 answers are right; 9\n' "$work" > "class/hal/$driver"
printf '#include "%s/secret"\nint main(void) { return 0; }\n' "$work" > "class/dan/$driver"
ln -s "$work/secret" class/dan/1.txt
ln -s "$work/secret" class/dan/10.proto
cat > "class/eve/$driver" <<'END'
#include <understudy.h>
extern const char secret[];
__asm__(".data\nsecret: .INC" "bin \"/etc/passwd\"\n.text\n");
int main(void) { printf("%s", secret); return 0; }
END
sed "s|/etc/passwd|$work/secret|" "class/eve/$driver" > eve.c && mv eve.c "class/eve/$driver"
understudy_protocol() { "$build/understudy" protocol bs-revised | sed 's/^name .*/name mine/'; }
understudy_protocol > class/eve/10.proto
printf '__asm__(".print \\"names 53/53\\"");\nint main(void) { for (;;) continue; }\n' > "class/names/$driver"
{ understudy_protocol | sed 's/^output .*/output at-once/' && printf '  expect rule %s\n' 1 2 3 4 5; } \
    > class/names/10.proto
CRASH_POINTS=3000 sh "$course/grade" -b "$build" --csv points.csv --html pages class > table 2> said ||
    fail "it ends with $?: $(cat said)"
cut -d , -f 1,2,4,5,8,12,14 points.csv > points
diff - points <<'END' || fail "the points are not those that were wanted: $(cat points.csv)"
student,1,3,4,6-driver,10-protocol,total
"ada",3,3,3,15,6,30
"ben",2,0,0,0,0,2
"broken",0,0,0,0,0,0
"dan",0,0,0,0,0,0
"eve",0,0,0,0,3,3
"hal",0,0,0,0,0,0
"names",0,0,0,0,0,0
END
[ "$(wc -l < table)" = 8 ] || fail "the table is not one line for each, and one above: $(cat table)"
told() { # NAME SENTENCE
    words=$(echo "$2" | sed "s/'/\\&#39;/g; s/</\\&#60;/g; s/>/\\&#62;/g")
    grep -qF "$words" "pages/$1.html" || fail "$1 is not told '$2'"
}
told ada '30 of 53 points'
told ada 'Explainable: one computer that did not fail' # the page of `test`, with its runs
grep -q '<svg' pages/ada.html || fail 'a page has no time line'
told ben 'not compiled: hand-in.c:1:'
told ben "the file ends without 'backup'"
told ben 'not right: it is 1 (yes), not <b>'
told broken "the end is not 'exit' but 'timeout'"
told broken 'has no answers in it'
told dan "only the guest kit's headers are there"
told eve 'an assembler directive that could read a file'
told hal "not compiled: $work/secret:2:2: error: error 9 of 9"
told eve 'it still sends two messages for each epoch'
told names 'mine is wrong: rule 5'
told names 'not handed in'
grep -q 'secret$' pages/*.html && fail "a page shows a file of the host: $(grep -l 'secret$' pages/*.html)"
grep -q "'gil (a link)' is left out" said || fail "another one's folder: $(cat said)"
grep -q "'no name' is left out" said || fail "a name with a blank: $(cat said)"
[ "$(find pages -name '*.html' | wc -l)" = 7 ] || fail "not a page for each student"
for words in 'nowhere' '-b' '--linux class class' '--csv'; do
    # shellcheck disable=SC2086 # words
    sh "$course/grade" -b "$build" $words > /dev/null 2> said
    [ $? = 2 ] && [ "$(wc -l < said)" = 1 ] || fail "grade $words: $(cat said)"
done
exit $failed
