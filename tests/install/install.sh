#!/bin/sh
# The package: built by one command, installed into a root of its own, tried, installed again, removed: nothing is left.
# And a prefix that is moved; a guest compiled outside the tree; what the kit refuses.
#   install.sh BUILD CMAKE
build=$1
cmake=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0
fail() {
    echo "FAILED: $*"
    failed=1
}
mkdir deb
"$(dirname "$cmake")/cpack" --config "$build/CPackConfig.cmake" -G DEB -B deb > log 2>&1 ||
    fail "the package: $(tail -3 log)"
package=$(echo deb/understudy_*_"$(dpkg --print-architecture)".deb)
[ -f "$package" ] || fail "no package: $(ls deb)"
dpkg-deb -f "$package" Depends | grep -q 'libreadline' || fail "what it depends on: $(dpkg-deb -f "$package" Depends)"

# Installed into a root of its own, where that is allowed; else unpacked.
mkdir -p root/var/lib/dpkg/updates root/var/lib/dpkg/info
: > root/var/lib/dpkg/status
files() {
    (cd root && find . ! -type d ! -path './var/*' && find . -name '*understudy*' ! -path './var/*') | sort
}
dpkg_into() {
    dpkg --root="$folder/root" --force-depends --force-script-chrootless "$@" > log 2>&1 ||
        fail "dpkg $1: $(tail -3 log)"
}
if [ "$(id -u)" = 0 ]; then
    dpkg_into -i "$package"
    files > once
    dpkg_into -i "$package"
    files > twice
    cmp once twice || fail "installed twice, other files are there"
    dpkg_into -r understudy
    [ -z "$(files)" ] || fail "something is left behind: $(files | head)"
    dpkg_into -i "$package"
    files > again
    cmp once again || fail "installed again, other files are there"
else
    dpkg-deb -x "$package" root
fi
usr=$folder/root/usr
for file in bin/understudy bin/understudy-cc share/man/man1/understudy.1 share/understudy/guests/ledger.elf \
    share/understudy/kit/libunderstudy.a share/bash-completion/completions/understudy \
    share/doc/understudy/copyright share/doc/understudy/docs/scripts.md share/doc/understudy/examples/hello.c; do
    [ -f "$usr/$file" ] || [ -f "$usr/$file.gz" ] || fail "no $file in the package"
done

# A prefix says where its guests are, wherever it lies.
"$cmake" --install "$build" --prefix "$folder/first" > log 2>&1 || fail "cmake --install: $(tail -3 log)"
mv first moved
for at in "$usr" "$folder/moved"; do
    PATH=$at/bin:$PATH
    [ "$(understudy run hello)" = 'Hello from PA-RISC.' ] || fail "an installed guest by its name, in $at"
    understudy --version | grep -q "^guests: $at/bin/../share/understudy/guests" || fail "$(understudy --version)"
    cat > mine.c <<'END'
#include "understudy.h"
int main(void)
{
    printf("mine: %d\n", 6 * 7);
    return 5;
}
END
    understudy-cc -Wall -Werror -o mine.elf mine.c || fail "a guest outside the tree"
    [ "$(understudy run --crash primary@instruction=300 mine.elf 2> err)" = 'mine: 42' ] || fail "it runs: $(cat err)"
    understudy-cc -c -o mine.o mine.c && understudy-cc -o two.elf mine.o || fail "in two steps"
    cmp mine.elf two.elf || fail "in two steps it is another guest"
    sh "$at/share/doc/understudy/examples/grading/compile" "$at/bin/understudy-cc" mine.c graded.elf 2> err ||
        fail "a hand-in of the grading example: $(cat err)"
    printf '#include "../%s/err"\n' "${folder##*/}" > reads.c
    sh "$at/share/doc/understudy/examples/grading/compile" "$at/bin/understudy-cc" reads.c graded.elf 2> err &&
        fail "a hand-in that reads a file of the host"
done
understudy-cc 2> err && fail "no file"
[ "$(wc -l < err)" = 1 ] || fail "no file: $(cat err)"
UNDERSTUDY_CC=no-such-compiler understudy-cc mine.c 2> err && fail "no compiler"
[ "$(wc -l < err)" = 1 ] || fail "no compiler: $(cat err)"

# What the shell offers comes from the tables.
if command -v bash > /dev/null; then
    offered() { # WORD...: for the last one
        bash -c '. "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _understudy
            echo "${COMPREPLY[*]}"' "$usr/share/bash-completion/completions/understudy" "$@"
    }
    [ "$(offered understudy run --prot)" = --protocol ] || fail "an option: $(offered understudy run --prot)"
    [ "$(offered understudy run --mode s)" = solo ] || fail "a choice: $(offered understudy run --mode s)"
    case " $(offered understudy te) " in *" test "*) ;; *) fail "a sub-command: $(offered understudy te)" ;; esac
    [ "$(offered understudy test --host)" = --host-timeout ] || fail "an option of test"
    [ "$(offered understudy run --mode = s)" = solo ] || fail "a choice behind =: $(offered understudy run --mode = s)"
    [ "$(offered understudy run --crash p)" = primary@ ] || fail "a computer: $(offered understudy run --crash p)"
    [ "$(offered understudy run --crash primary @ ste)" = step= ] || fail "a place"
    [ -z "$(offered understudy run --epoch "")" ] || fail "a number: $(offered understudy run --epoch "")"
    [ "$(offered understudy run --disk mine.c)" = mine.c ] || fail "a file: $(offered understudy run --disk mine.c)"
    [ "$(offered understudy protocol bs-)" = bs-revised ] || fail "a protocol: $(offered understudy protocol bs-)"
    [ "$(offered understudy help ben)" = bench ] || fail "help of a sub-command: $(offered understudy help ben)"
fi
exit $failed
