#!/bin/sh
# The grading example prints the table that its README promises: each wrong submission loses its own points.
#   grading.sh SOURCE BUILD
work=$(mktemp -d)
table=$work/table
trap 'rm -rf "$work"' EXIT
"$1/examples/grading/grade" -b "$2" --csv "$work/grades.csv" --html "$work/pages" > "$table" || exit 1
diff - "$table" <<'END' || exit 1
student           1-sums       2-end     3-large     4-order    5-medium  6-failover       total
ada                  2/2         1/1         1/1         2/2         2/2         4/4       12/12
ben                  2/2         1/1         1/1         0/2         2/2         4/4       10/12
cleo                 2/2         1/1         1/1         2/2         0/2         4/4       10/12
dan                  2/2         1/1         0/1         2/2         2/2         4/4       11/12
eve                  2/2         1/1         1/1         2/2         2/2         0/4        8/12
finn                 0/2         0/1         0/1         0/2         0/2         0/4        0/12 not compiled
gil                  2/2         0/1         1/1         2/2         2/2         0/4        7/12
END
grep -q show_sum "$2/grading/finn.errors" || exit 1
grep -q 'has not shown .*12' "$2/grading/eve.tap" || exit 1
# The same for a spreadsheet, and a page for each student.
diff - "$work/grades.csv" << 'END' || exit 1
"student","1-sums","2-end","3-large","4-order","5-medium","6-failover",total,note
"ada",2,1,1,2,2,4,12,
"ben",2,1,1,0,2,4,10,
"cleo",2,1,1,2,0,4,10,
"dan",2,1,0,2,2,4,11,
"eve",2,1,1,2,2,0,8,
"finn",0,0,0,0,0,0,0,not compiled
"gil",2,0,1,2,2,0,7,
END
pages=$(ls "$work/pages" | tr '\n' ' ')
[ "$pages" = "ada.html ben.html cleo.html dan.html eve.html finn.html gil.html " ] || exit 1
grep -q '6 of 6 hold; 12 of 12 points' "$work/pages/ada.html" || exit 1
grep -q 'each sum is on the disk before it is shown' "$work/pages/ben.html" || exit 1
grep -q 'show_sum' "$work/pages/finn.html" || exit 1
grep -q '0 of 6 hold; 0 of 12 points' "$work/pages/finn.html" || exit 1
grep -q 'it does not compile' "$work/pages/finn.html" || exit 1
# Nothing that is somebody's is written over: a submission by --csv, a folder of the name that an installed grade uses.
mkdir -p "$work/mine/grading" "$work/mine/hand-ins/ada" "$work/installed/bin" "$work/installed/share/understudy"
cp "$1/examples/grading/students/ada.c" "$work/mine/grading"
cp "$1/examples/grading/students/ada.c" "$work/mine/hand-ins/ada/driver.c"
ln -s "$2/understudy" "$2/understudy-cc" "$work/installed/bin"
for words in "-b $2 --csv ./grading/ada.c grading $1/examples/grading/scenarios" \
    "-b $work/installed/bin grading $1/examples/grading/scenarios"; do
    # shellcheck disable=SC2086
    (cd "$work/mine" && "$1/examples/grading/grade" $words) > "$work/out" 2> "$work/err"
    [ $? = 2 ] && [ "$(wc -l < "$work/err")" = 1 ] || exit 1
done
(cd "$work/mine" && "$1/examples/course/grade" -b "$2" --csv hand-ins/ada/driver.c hand-ins) > "$work/out" \
    2> "$work/err"
[ $? = 2 ] && [ "$(wc -l < "$work/err")" = 1 ] || exit 1
for file in grading/ada.c hand-ins/ada/driver.c; do
    cmp "$1/examples/grading/students/ada.c" "$work/mine/$file" || exit 1
done
# A scenario that is wrong itself is said, and charged to nobody; and a student may have any name.
mkdir "$work/students" "$work/scenarios"
cp "$1/examples/grading/students/ada.c" "$work/students/points.c"
cp "$1/examples/grading/students/finn.c" "$work/students"
cp "$1/examples/grading/scenarios/1-sums.us" "$1/examples/grading/scenarios/2-end.us" "$work/scenarios"
printf 'load guest.elf\nexcept 12\n' > "$work/scenarios/3-wrong.us"
"$1/examples/grading/grade" -b "$2" "$work/students" "$work/scenarios" > "$table" 2> "$work/said"
[ $? = 2 ] || exit 1
grep -q '^points  *2/2  *1/1  *broken  *3/3$' "$table" || exit 1
grep -q '^finn  *0/2  *0/1  *broken  *0/3 not compiled$' "$table" || exit 1
grep -q "3-wrong.us: .*unknown command 'except'" "$work/said"
