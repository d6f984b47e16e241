#!/bin/sh
# network.sh [--all] UNDERSTUDY GUESTS - world and two nodes on three hosts, whose cables are slow and lose packets,
# and are cut and healed, for less and for more than the time-out, one at a time and two at once: at no time do two
# computers live, the books balance, and terminal and disk are those of an undisturbed run.
set -u
all=
[ "$1" != --all ] || { all=1 && shift; }
understudy=$1 guest=$2/long_ledger.elf
. "$(dirname "$0")/hosts.sh"
# By netem, or, where the kernel has none, by a slow cable with a short queue, in which a burst waits, and which loses
# what it has no room for.
worse=yes
queue netem delay 1ms loss 0.5% || queue tbf rate 50mbit burst 5kb limit 15kb || worse=no
[ $worse = yes ] || echo "SKIPPED: delay and loss (no netem and no tbf in this kernel)"
# cut A B, heal A B: at A's end, which takes the carrier from both.
cut() {
    ip -n $tag-"$1" link set "to$2" down
}
heal() {
    ip -n $tag-"$1" link set "to$2" up
}
start_whole() {
    heal w 1 && heal w 2 && heal 1 2
    start
}
start_whole
cut 1 2
finish "nodes apart for ever" "0:0:75 1:75:0"
start_whole
cut w 1
finish "the primary without the world" "1:74:0"
if [ $all ]; then
    start_whole
    cut 1 2 && sleep 0.2 && heal 1 2
    finish "nodes apart for 0.2 s" "0:0:0"
    start_whole
    cut w 2
    finish "the backup without the world" "0:0:74"
    start_whole
    cut w 1 && cut 1 2
    finish "the primary alone in the world" "1:74:0"
    # Who hears the world first goes on; the other may halt.
    start_whole
    cut w 1 && cut w 2 && sleep 1 && heal w 1 && heal w 2
    finish "no world for a second" "0:0:0 0:0:74 1:74:0"
fi
[ $worse = no ] || [ "$(lost)" -gt 0 ] || fail "no packet was lost"
echo "$(lost) packets lost"
[ $failures = 0 ]
