#!/bin/sh
# ssh.sh UNDERSTUDY GUESTS CLIENT - the nodes of a live pair on two hosts, whose sockets ssh forwards, by the commands
# of docs/live.md. The second host is a mount namespace whose folder for sockets is another one; between them is a
# real ssh to an sshd of the test's own. The primary is killed, the node on the other host goes on, and another joins
# it from the first host. Needs root, ssh and sshd; skipped, loudly, without.
set -u
. "$(dirname "$0")/pair.sh"
understudy=$1 guest=$2/long_ledger.elf client=$3
sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null)
if [ "$(id -u)" != 0 ] || [ -z "$sshd" ] || ! command -v ssh >/dev/null || ! command -v unshare >/dev/null; then
    echo "SKIPPED: root, ssh, sshd and unshare are wanted (Debian: openssh-server)"
    exit 77
fi
work=$(mktemp -d) || exit 1
cd "$work" || exit 1
stop() {
    for process in $started; do kill "$process" 2>/dev/null; done
    wait
    rm -rf "$work"
}
started=
trap stop EXIT
fail() {
    echo "FAILED: $*"
    tail -n 20 err ssh.err sshd.err one two three 2>/dev/null
    exit 1
}
# until COMMAND: it holds, for at most 30 seconds.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || fail "waited for: $*"
        sleep 0.05
    done
}
mkdir -m 700 us keys
ssh-keygen -q -t ed25519 -N '' -f keys/host && ssh-keygen -q -t ed25519 -N '' -f keys/user || fail "no keys"
cp keys/user.pub keys/authorized && chmod 600 keys/authorized
mkdir -p /run/sshd
hold "$client" 1
started="$started $!"
read -r port <ports
cat >sshd_config <<END
Port $port
ListenAddress 127.0.0.1
HostKey $work/keys/host
AuthorizedKeysFile $work/keys/authorized
PidFile none
StrictModes no
UsePAM no
END
"$sshd" -D -e -f sshd_config 2>sshd.err &
started="$started $!"
"$understudy" run --disk plain.img,create=1M "$guest" >plain.out || fail "the guest alone"
"$understudy" world --listen "unix:$work/us/world.sock" --disk live.img,create=1M --json json "$guest" >out 2>err &
world=$!
await [ -S us/world.sock ]
"$understudy" node --world "unix:$work/us/world.sock" --listen "unix:$work/us/n1.sock" 2>one &
first=$!
started="$started $world $first"
await grep -q 'node 1 is process' err
cat >two.sh <<END
mount -t tmpfs -o mode=700 tmpfs us || exit 1
ssh -N -p $port -i keys/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=keys/known -o ExitOnForwardFailure=yes \
    -L $work/us/world.sock:$work/us/world.sock -L $work/us/n1.sock:$work/us/n1.sock \
    -R $work/us/n2.sock:$work/us/n2.sock 127.0.0.1 2>ssh.err &
ssh=\$!
trap 'kill \$ssh' EXIT
while [ ! -S us/world.sock ]; do kill -0 \$ssh || exit 1; sleep 0.05; done
"$understudy" node --world unix:$work/us/world.sock --listen unix:$work/us/n2.sock 2>two
echo "status \$?" >>two
END
unshare -m sh two.sh &
started="$started $!"
await grep -q 'node 2 is the backup' err
kill -9 $first
await grep -q 'node 2 is the primary' err
"$understudy" node --world "unix:$work/us/world.sock" --listen "unix:$work/us/n3.sock" 2>three &
started="$started $!"
wait $world || fail "the world's status is $?"
cmp plain.out out || fail "the terminal is another one"
cmp plain.img live.img || fail "the disk is another one"
[ "$(jq .explainable json)" = true ] || fail "$(jq -r .violation json)"
[ "$(jq .failovers json)" = 1 ] || fail "$(jq .failovers json) fail-overs"
await grep -q 'status 0' two
joined=no
grep -q 'node 3 is the backup' err && joined=yes
echo "ssh.sh: node 2 went on by way of ssh; node 3 had joined it: $joined; $(jq .bytes json) bytes on the channel"
