#!/bin/sh
# The sessions of a document, run: each section of it is one, in a folder of its own. What follows "$ " is a command of
# the shell, what follows a prompt of the monitor is typed there, and the other lines are what is to be seen, in that
# order: "..." stands for anything, alone in a line for any number of lines.
#   sessions.sh [--package|--only SECTION] DOCUMENT BIN EXAMPLES
# The first one is root's, whose prompt is "# ", and installs $PACKAGE: with --package only. The one with Linux is not
# run here. --only: just that section. Where the guests' compiler is another than the document's, numbers of three
# digits and more - of epochs and instructions - are not compared.
package='' only='' least=9
[ "$1" != --package ] || { package=yes && shift; }
[ "$1" != --only ] || { only=$2 least=1 && shift 2; }
document=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
EXAMPLES=$(realpath -m "$3") # with --package it comes later
export PATH EXAMPLES
compiler_of_document=12 loosely=
[ "$(hppa-linux-gnu-gcc -dumpversion)" = $compiler_of_document ] || loosely=yes
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

# Take the document apart: N/script, which marks where the output of each command begins, N/COMMAND.typed and
# N/COMMAND.wanted.
awk -v package="$package" -v only="$only" '
function close_command() {
    if (!command) return
    input = typed ? commands ".typed" : "/dev/null"
    print "state=$?; echo \"@@@ " commands "\"; (exit $state)" > script
    print ("{ " command "\n} < " input) > script
    command = ""; typed = 0; here = ""
}
/^## / { close_command(); if (commands) close(script)
         session++; commands = 0; folder = sprintf("%02d", session)
         root = package && /^## Installed/; left_out = only ? $0 != "## " only : /^## Linux/
         system("mkdir -p " folder); script = folder "/script"; print substr($0, 4) > (folder "/title"); next }
!session || left_out || !/^    / { next }
{ line = substr($0, 5) }
here { command = command "\n" line; if (line == "END") close_here(); next }
line ~ /^[$] / || (root && line ~ /^# /) { close_command(); commands++; command = substr(line, 3)
                wanted = folder "/" commands ".wanted"
                printf "" > wanted; if (command ~ /<< .END.$/) here = 1; next }
line ~ /^(\(no system\)|\(no image\)|primary|backup|bare|solo)[^>]*> / && command ~ /^understudy/ {
    sub(/^[^>]*> /, "", line); print line > (folder "/" commands ".typed"); typed = 1; next }
!commands { next }
{ print line > wanted }
function close_here() {
    print "state=$?; echo \"@@@ " commands "\"; (exit $state)" > script
    print command > script
    command = ""; here = ""
}
END { close_command() }' "$document"

# Does FILE hold, in order, what WANTED says? Prints the first line that it does not.
holds() { # WANTED FILE
    awk -v loosely="$loosely" '
    function pattern(line) {
        gsub(/[][\\.^$*+?(){}|]/, "\\\\&", line)
        gsub(/\\\.\\\.\\\./, ".*", line)
        if (loosely) gsub(/[0-9][0-9][0-9]+/, "[0-9]+", line)
        return "^" line "$"
    }
    NR == FNR { wanted[++count] = $0; next }
    { seen[++lines] = $0 }
    END {
        at = 1; skip = 0
        for (i = 1; i <= count; i++) {
            if (wanted[i] == "...") { skip = 1; continue }
            while (skip && at <= lines && seen[at] !~ pattern(wanted[i])) at++
            if (at > lines || seen[at] !~ pattern(wanted[i])) {
                print "wanted: " wanted[i]; print "seen:   " (at > lines ? "(no more)" : seen[at]); exit 1
            }
            at++; skip = 0
        }
        if (!skip && at <= lines) { print "not wanted: " seen[at]; exit 1 }
    }' "$1" "$2"
}

failed=0 sessions=0
for session in [0-9]*; do
    [ -f "$session/script" ] || continue
    sessions=$((sessions + 1))
    (cd "$session" && mkdir -p room && for typed in *.typed; do [ ! -f "$typed" ] || cp "$typed" room; done
        [ -z "$PACKAGE" ] || cp "$PACKAGE" room/understudy.deb
        cd room && sh ../script > ../output 2>&1)
    awk '/^@@@ / { file = $2 ".seen"; printf "" > file; next } file { print > file }' "$session/output"
    for wanted in "$session"/*.wanted; do
        number=$(basename "$wanted" .wanted)
        mv "$number.seen" "$session" 2> /dev/null || : > "$session/$number.seen"
        if ! holds "$wanted" "$session/$number.seen" > reason; then
            echo "FAILED: '$(cat "$session/title")', command $number"
            cat reason
            echo "all of it:"
            head -n 60 "$session/$number.seen"
            failed=1
            break
        fi
    done
    rm -f ./*.seen
done
echo "$sessions sessions${loosely:+ (numbers not compared: another compiler)}"
[ $sessions -ge $least ] || failed=1
exit $failed
