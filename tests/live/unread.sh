#!/bin/sh
# unread.sh UNDERSTUDY GUESTS - a pair whose guest prints much to a terminal that nobody reads for longer than the
# world waits for a silent node: the guest waits, and goes on when it is read. Nobody is declared failed, nothing is
# lost.
set -u
understudy=$1 guest=$2/prints.elf
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
fail() {
    echo "FAILED: $*"
    tail -n 20 err
    exit 1
}
"$understudy" run "$guest" >plain || exit 1
mkfifo terminal
"$understudy" live --set world-timeout=1 --json json "$guest" >terminal 2>err </dev/null &
live=$!
{ sleep 3 && cat; } <terminal >out
wait $live || fail "status $?"
cmp plain out || fail "the terminal"
! grep -q 'not heard any more\|declared failed' err || fail "somebody was taken to have failed"
[ "$(jq .failovers json)" = 0 ] && [ "$(jq .explainable json)" = true ] || fail "$(cat json)"
