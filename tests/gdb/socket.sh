#!/bin/sh
# socket.sh UNDERSTUDY GDB GUEST - a gdb comes by a socket, which is this user's alone and goes when the run ends; what
# is there already is left alone. Or by a port of a host that is named: this one, or another if the network is trusted.
understudy=$1 gdb=$2 guest=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() {
    echo "FAILED: $*"
    cat err log
    exit 1
}
: >log
echo mine >taken
"$understudy" run --gdb unix:taken "$guest" </dev/null >out 2>err
[ $? = 2 ] && [ "$(cat taken)" = mine ] || fail "a file that is there already"
grep -q "gdb cannot be listened for at 'taken'" err || fail "what is wrong with a file that is there"
umask 0
"$understudy" run --gdb unix:here "$guest" </dev/null >out 2>err &
pid=$!
while ! grep -q 'the guest waits' err && kill -0 $pid 2>/dev/null; do sleep 0.02; done
grep -q "'target extended-remote here' in gdb-multiarch" err || fail "how to come there"
[ "$(stat -c %A here)" = srw------- ] || fail "the socket's mode: $(stat -c %A here)"
HOME=$work "$gdb" -nx -q -batch -ex 'set confirm off' -ex 'target extended-remote ./here' -ex 'break count' -ex c \
    -ex 'p by' -ex delete -ex c >log 2>&1 </dev/null
wait $pid
[ $? = 0 ] || fail "the guest's end"
grep -q '= 1$' log && grep -q 'exited normally' log || fail "a session by a socket"
[ ! -e here ] || fail "the socket is left"

# refused TEXT OPTIONS...
refused() {
    wanted=$1
    shift
    "$understudy" run "$@" "$guest" </dev/null >out 2>err
    [ $? = 2 ] && [ "$(wc -l <err)" = 1 ] && grep -q -e "$wanted" err || fail "$*"
}
refused 'trusted-network' --gdb 0.0.0.0:0
refused 'trusted-network' --gdb '[fe80::1]:1234'
refused 'HOST:PORT' --gdb 127.0.0.1:70000
refused 'HOST:PORT' --gdb :1234
refused 'HOST:PORT' --gdb ::1:1234
refused 'takes no value' --trusted-network=1 --gdb 0
# come_by WHERE [OPTION]: a session there.
come_by() {
    : >err
    "$understudy" run --gdb "$@" "$guest" </dev/null >out 2>err &
    pid=$!
    while ! grep -q 'the guest waits' err && kill -0 $pid 2>/dev/null; do sleep 0.02; done
    port=$(sed -n "s/.*extended-remote .*:\([0-9]*\)' in.*/\1/p" err)
    HOME=$work "$gdb" -nx -q -batch -ex "target extended-remote localhost:$port" -ex c >log 2>&1 </dev/null
    wait $pid || fail "the guest's end: $*"
    grep -q 'exited normally' log || fail "a session by $*"
}
come_by 127.0.0.1:0
come_by localhost:0,files
come_by 0.0.0.0:0 --trusted-network
