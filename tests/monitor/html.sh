#!/bin/sh
# `understudy test --html`: pages of what held, what failed and what is wrong itself; whatever guests and scripts print
# is text in them; nothing is fetched from anywhere; the same scripts give the same bytes.
#   html.sh UNDERSTUDY GUESTS
program=$(realpath "$1")
guests=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
die() {
    echo "html: $*" >&2
    exit 1
}
mkdir suite
ln -s "$guests/markup.elf" "$guests/ledger.elf" .
cat > suite/a.us << 'END'
# title: A <b>fail-over</b> & after
# points: 3
system --mode pair --disk bank.img,create=1M,snapshot
load ledger.elf
crash primary operation=20.performed
continue
assert $failovers == 1
END
cat > suite/b.us << 'END'
# title: Markup
# points: 2
load markup.elf
echo <script>alert(3)</script>
continue
assert $status == 1 "the status is <i>one</i>"
END
printf 'wlak <u>\n' > suite/c.us
cat > 'suite/d?#%.us' << 'END'
load markup.elf
repeat 3000
  echo a line that is long enough to make very much of it when it comes again and again
end
END
"$program" test -j 2 --html pages suite > tap
[ $? = 2 ] || die "status 2 is wanted"
"$program" test -j 1 --html again suite > /dev/null
diff -r pages again || die "two runs of the same differ"
[ "$(ls pages | wc -l)" = 5 ] || die "five pages are wanted: $(ls pages)"
for link in $(sed -n 's/.*<a href="\([^"]*\)".*/\1/p' pages/index.html); do
    [ -f "pages/$link" ] || die "'$link' is no page"
done
"$program" test --html all.html suite > /dev/null
for page in pages/*.html all.html; do
    tr -d '\n' < "$page" | grep -qiE '<(script|img|b>fail|i>one|u>|link|iframe)' && die "$page: markup of a stranger"
    grep -qiE '(src|href|url)[=(]"?(https?:|//)' "$page" && die "$page: wants the network"
    LC_ALL=C grep -q "$(printf '\033')" "$page" && die "$page: an escape sequence"
    iconv -f UTF-8 -t UTF-8 "$page" > /dev/null || die "$page: no UTF-8"
done
a=pages/001-suite_a.us.html
for wanted in '<strong>holds</strong>: 3 of 3 points' '<b>crash primary operation=20.performed</b>' \
    'promoted: live from epoch' 'P7, Bressoud' '<svg' 'Explainable: one computer' '1 fail-over,'; do
    grep -qF "$wanted" $a || die "$a: '$wanted' is wanted"
done
for wanted in 'does not hold</strong>: 0 of 2 points' '&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;' \
    '␛[31mred\xff' \
    'the status is &#60;i&#62;one' 'understudy -i suite/b.us'; do
    grep -qF "$wanted" pages/002-suite_b.us.html || die "b: '$wanted' is wanted"
done
grep -qF 'could not be judged' pages/003-suite_c.us.html || die "c: an error is no failure"
grep -qE '<i>\.\.\. [0-9]+ bytes \.\.\.</i>' pages/004-suite_d___.us.html || die "d: very much is cut"
grep -qF '2 of 4 hold, 1 could not be judged; 3 of 5 points.' all.html || die "all.html: the sum"
grep -q '<h1>all</h1>' all.html || die "all.html: its title"
# What cannot be written is refused in one line, before anything runs.
for bad in /dev/null/pages tap missing/pages missing/one.html suite/a.us; do
    "$program" test --html $bad suite > out 2> err
    [ $? = 2 ] || die "--html $bad: status 2 is wanted"
    [ "$(wc -l < err)" = 1 ] || die "--html $bad: one line is wanted: $(cat err)"
    [ ! -s out ] || die "--html $bad: a test was run"
done
