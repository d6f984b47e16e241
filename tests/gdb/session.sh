#!/bin/sh
# session.sh UNDERSTUDY GDB SCRIPT [OPTION]... GUEST - a real gdb reads SCRIPT against `understudy run --gdb`.
# session.sh UNDERSTUDY GDB SCRIPT monitor WORD... - the same against `understudy WORD...`, which comes to a `gdb 0`.
#
# Lines "#= TEXT" of SCRIPT are expected in this order in what gdb prints, followed by "status N" of understudy, its
# stdout and its stderr; "#! TEXT" must not be there at all. Texts are gdb 13's (Debian 12); where 16's (Debian 13) are
# worded otherwise they are translated below. The port is the host's choice, read from stderr.
set -u
understudy=$1 gdb=$2 script=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
: >err
if [ "$1" = monitor ]; then
    shift
else
    set -- run --gdb 0 "$@"
fi
timeout 250 "$understudy" "$@" </dev/null >out 2>err &
pid=$!
port=
while [ -z "$port" ] && kill -0 $pid 2>/dev/null; do
    sleep 0.02
    port=$(sed -n 's/.*extended-remote localhost:\([0-9]*\).*/\1/p' err)
done
HOME=$work "$gdb" -nx -q -ex 'set pagination off' -ex 'set width 0' -ex 'set confirm off' -ex "set \$port = $port" \
    -ex "target extended-remote localhost:$port" <"$script" >log 2>&1
# A gdb that is gone without a word must not leave a guest that waits for the next one.
grep -q 'connection was lost' err && kill $pid
wait $pid
echo "status $?" >>log
cat out err >>log
awk -v script="$script" '
    BEGIN {
        while ((getline line < script) > 0) {
            if (substr(line, 1, 3) == "#= ") wanted[++count] = substr(line, 4)
            if (substr(line, 1, 3) == "#! ") refused[++bad] = substr(line, 4)
        }
    }
    {
        sub(/Reached end of recorded history; stopping/, "No more reverse-execution history")
        if (at < count && index($0, wanted[at + 1])) at++
        for (i = 1; i <= bad; i++) if (index($0, refused[i])) { print "not wanted: " $0; failed = 1 }
    }
    END {
        if (!count) { print script ": nothing is expected"; exit 1 }
        if (at < count) { print "missing: " wanted[at + 1]; exit 1 }
        exit failed
    }' log && exit 0
echo "---- gdb, status, stdout, stderr:"
cat log
exit 1
