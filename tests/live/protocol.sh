#!/bin/sh
# protocol.sh UNDERSTUDY GUESTS - a live pair under a protocol out of a file: the world gives it to its nodes, one of
# them is killed, and the recording, which grows with the run, is run again. A file that makes no sense is refused.
set -u
understudy=$1 guest=$2/long_ledger.elf
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
"$understudy" protocol bs-revised | sed 's/^name .*/name mine/' >mine.proto
grep -q '^name mine' mine.proto || fail "there is no name in the protocol's file"
"$understudy" live --protocol nowhere.proto "$guest" >out 2>err && fail "a file that is not there"
echo 'name broken' >broken.proto
"$understudy" world --listen unix:w --protocol broken.proto "$guest" >out 2>err
[ $? = 2 ] && grep -q broken.proto err || fail "a file that makes no sense"
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || fail "the guest alone"
: >err
# The time-out is one that a host which is busy with other things does not exceed by itself.
"$understudy" live --protocol mine.proto --disk live.img,create=1M --set timeout-us=2000000 --json json \
    --record live.log "$guest" >out 2>err &
live=$!
until grep -q 'is the backup' err; do
    kill -0 $live 2>/dev/null || fail "the pair has ended"
    sleep 0.02
done
grown=0
while [ "$(stat -c %s live.log 2>/dev/null || echo 0)" -lt 100000 ] && kill -0 $live 2>/dev/null; do sleep 0.02; done
kill -0 $live 2>/dev/null && grown=1
kill -9 "$(awk '/node 1 is process/ { print $NF }' err)" 2>/dev/null
wait $live || fail "status $?"
[ $grown = 1 ] || fail "the recording did not grow while the run went on"
cmp plain.out out || fail "the terminal is another one"
cmp plain.img live.img || fail "the disk is another one"
[ "$(jq .explainable json)" = true ] || fail "$(jq -r .violation json)"
[ "$(jq '.cpu_seconds.primary > 0' json)" = true ] || fail "no processor time"
"$understudy" replay live.log >again || fail "the recording does not replay"
cmp out again || fail "the recording's terminal is another one"
[ -z "$(ls live.log.* 2>/dev/null)" ] || fail "files are left: $(ls live.log.*)"
