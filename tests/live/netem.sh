#!/bin/sh
# netem.sh UNDERSTUDY GUESTS - world and nodes on hosts whose cables, by netem, lose packets, are late, bring them in
# another order, twice, or changed, each by itself and all at once. The primary is killed, a node joins the survivor
# by such a cable, and that is killed too: the books balance, terminal and disk are those of an undisturbed run, and
# the recording is run again. To be run by machine.sh, which has netem.
set -u
understudy=$1 guest=$2/long_ledger.elf
. "$(dirname "$0")/hosts.sh"
queue netem delay 1ms || skip "no netem in this kernel: machine.sh has it"
command -v nstat >/dev/null || skip "no nstat (Debian: iproute2)"
# How often the hosts' TCP has counted that.
counted() {
    for host in w 1 2; do
        at $host nstat -asz "$1"
    done | awk -v name="$1" '$1 == name { sum += $2 } END { print sum + 0 }'
}
# under NAME COUNTER SICKNESS...: two fail-overs on hosts whose cables have that, which their TCP notices.
under() {
    name=$1 counter=$2
    shift 2
    queue netem "$@" || skip "no netem in this kernel"
    before=$(counted "$counter")
    start
    await 'batch 40 of' out
    kill -9 "$(cat node1.pid)"
    await 'node 2 is the primary'
    node 3 1 10.0.3.1:7003
    await 'node 3 is the backup'
    kill -9 "$(cat node2.pid)"
    finish "$name" "2:137:137:0"
    seen=$(($(counted "$counter") - before))
    echo "$name: netem $*: $(lost) packets lost, $counter $seen"
    [ $seen -gt 0 ] || fail "$name: nobody noticed"
}
# The first packets of who joins are lost; he comes a second later, when TCP sends the next one, which is no silence.
nodes_apart() {
    at 1 tc qdisc replace dev to2 root netem "$@"
    at 2 tc qdisc replace dev to1 root netem "$@"
}
nodes_apart loss 100%
timeout_us=800000
begin && await 'node 2 is process' && nodes_apart delay 1ms
await 'node 2 is the backup'
finish "a join whose first packets are lost" "0:0:0"
# TCP sends again after 0.2, 0.6, 1.4 and 3 s: in less than that time-out five packets in a row would have to be lost.
timeout_us=3000000
under "lost packets" TcpRetransSegs delay 1ms loss 2%
under "late packets, in another order" TcpExtTCPOFOQueue delay 4ms 3ms
under "packets that others overtake" TcpExtTCPOFOQueue delay 3ms reorder 25% 50%
under "packets that come twice" TcpExtTCPDSACKRecv delay 1ms duplicate 10%
under "packets that are changed" TcpInCsumErrors delay 1ms corrupt 1%
under "all of it" TcpRetransSegs delay 3ms 3ms loss 1% duplicate 3% reorder 10% corrupt 0.5%
[ $failures = 0 ]
