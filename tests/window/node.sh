#!/bin/sh
# node.sh UNDERSTUDY GUESTS SAY PNG_AT: windows of the nodes of a live pair, under SDL's dummy driver and under Xvfb:
# each shows its node's computer, what is done there is said to the node, and what becomes of them is nothing to the
# run, which is the one without a window.
set -u
understudy=$1 guests=$2 say=$3 png_at=$4
. "$(dirname "$0")/xvfb.sh"
work=$(mktemp -d) || exit 1
server=
writer=
trap '[ -n "$server" ] && kill "$server"; [ -n "$writer" ] && kill "$writer"; rm -rf "$work"' EXIT
cd "$work" || exit 1
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER
mkfifo input
sleep 300 >input &
writer=$!
failed=0
wrong() {
    failed=$((failed + 1))
    echo "FAILED $*"
    tail -n 20 err answer one two
}
# at K LINE...: to the monitor of node K.
at() {
    monitor=m$1
    shift
    "$say" "$monitor" "$@" >answer 2>&1
}
has() {
    grep -q -e "$1" answer || wrong "no '$1'"
}
# await FILE TEXT
await() {
    tries=0
    until grep -q "$2" "$1" || [ $tries = 1500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    grep -q "$2" "$1" || wrong "'$2' did not come in $1"
}
# begin GUEST [OPTION...]: a world, and node 1.
begin() {
    : >err
    guest=$1
    shift
    "$understudy" world --listen unix:w --set timeout-us=3000000 "$@" "$guests/$guest.elf" <input >out 2>err &
    world=$!
}
# node K [OPTION...]
node() {
    k=$1
    shift
    exec "$understudy" node --world unix:w --monitor "unix:m$k" "$@" 2>"$([ "$k" = 1 ] && echo one || echo two)"
}
# shown K ROLE: the window of node K comes to show it in ROLE.
shown() {
    tries=0
    until at "$1" 'window describe' && grep -q "^    computer $1: $2\$" answer || [ $tries = 500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    has "^button crash primary "
    has "^computer $1 "
    has "^    computer $1: $2\$"
}

# gone PROCESS: a window's, whose node is
gone() {
    tries=0
    while kill -0 "$1" 2>/dev/null && [ $tries -lt 500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    kill -0 "$1" 2>/dev/null && wrong "a window without its node"
}

# Without a screen it is said in one line, and the node is not begun; or goes on, if it is asked later.
"$understudy" node --world unix:w --window 2>err
[ $? = 2 ] || wrong "a node with a window and no screen: not refused"
{ [ "$(wc -l <err)" = 1 ] && grep -q 'there is no screen for a window' err; } || wrong "no screen: $(cat err)"

# windows: in the environment that there is.
windows() {
    begin keys
    node 1 &
    one=$!
    await err 'node 1 is process'
    node 2 --window &
    two=$!
    await err 'node 2 is the backup'
    at 1 window 'window epochs 5' 'window dark'
    [ -s answer ] && wrong "$1: a window that opens: $(cat answer)"
    shown 1 primary
    has 'keys.elf on node 1 of a live pair: runs'
    grep -A 3 '^the guest' answer | grep -q '^    keys' || wrong "$1: nothing on the terminal"
    shown 2 backup
    # What is typed is the guest's, at both computers.
    at 1 'window key g' 'window key a' 'window key f10'
    await out 'key 97'
    tries=0
    until at 2 'window describe' && grep -q '^    key 97' answer || [ $tries = 500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    has '^    key 97'
    at 1 'window 900x640' 'window light' 'screenshot one.png' 'window frames'
    has '^[0-9]* pictures in '
    "$png_at" one.png | grep -q '^900x640' || wrong "$1: the picture is of another size: $("$png_at" one.png)"
    # What a key does is said to the node; what makes no sense there has its sentence.
    at 1 'window key e' 'window key 2' 'window key z' 'window drag 1 2' 'window 3x3' 'window nothing' 'window key d'
    has '^window> epoch$'
    has 'two places of the window' && has 'of this size' && has "'window nothing' is nothing"
    has '^    keys.elf on node 1'
    await one 'epoch: a live run cannot be stopped'
    await one "'backup' is not this node, which is the primary"
    at 1 'window key c' 'window key h' info
    has '^window> cut' && has '^window> heal'
    has 'node 1 is the primary'
    # Closed, and opened again: it is one process all the time; killed, and there is another.
    process=$(pgrep -o -P $one)
    at 1 'window close' 'window describe' window
    [ "$(pgrep -o -P $one)" = "$process" ] || wrong "$1: another process"
    kill -STOP "$process"
    at 1 'window light' info
    has 'the window does not answer' && has 'node 1 is the primary'
    kill -9 "$process"
    tries=0
    until at 1 window && ! grep -q 'has ended' answer || [ $tries = 100 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    shown 1 primary
    # The key that kills the node takes its window along.
    process=$(pgrep -o -P $one)
    at 1 'window key 1'
    wait $one
    gone "$process"
    await err 'node 2 is the primary'
    shown 2 primary
}
SDL_VIDEODRIVER=dummy
export SDL_VIDEODRIVER
windows dummy
process=$(pgrep -o -P $two)
kill $world
wait $world $two
gone "$process"
unset SDL_VIDEODRIVER

# A screen that goes away: its window is closed, the node goes on.
start_server
DISPLAY=$display
export DISPLAY
begin keys --alone-after 0
node 1 --window &
one=$!
await err 'node 1 is the primary'
shown 1 primary
kill "$server"
wait "$server" 2>/dev/null
server=
await one 'the window is closed: '
at 1 info window
has 'node 1 is the primary'
has 'the screen of this session is gone'
kill $world
wait $world $one
unset DISPLAY

# The run is the one without windows: what the guest has written, its disk, the verdict; and again by its recording.
SDL_VIDEODRIVER=dummy
export SDL_VIDEODRIVER
# run NAME [OPTION]: with the option for both nodes
run() {
    name=$1
    shift
    begin ledger --disk "$name.img,create=1M" --json "$name.json" --record "$name.log"
    node 1 "$@" &
    one=$!
    await err 'node 1 is process'
    node 2 "$@" &
    two=$!
    wait $world || wrong "$name: the ledger's status is $?"
    wait $one $two
    mv out "$name.out"
    "$understudy" replay "$name.log" >answer 2>&1 || wrong "$name: the recording is not repeated"
}
run without
run with --window
cmp without.out with.out || wrong "another output"
cmp without.img with.img || wrong "another disk"
for field in end status explainable failovers; do
    [ "$(grep -o "\"$field\": *[^,}]*" without.json)" = "$(grep -o "\"$field\": *[^,}]*" with.json)" ] ||
        wrong "another $field"
done
[ $failed -eq 0 ] && echo "window: of the nodes of a live pair"
exit $failed
