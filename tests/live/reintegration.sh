#!/bin/sh
# reintegration.sh [--ram SIZE] UNDERSTUDY GUESTS - measures re-integration in a live pair: of a guest that has filled
# its memory (64M), five backups and then five primaries are killed, and a spare joins each time. Says for each join
# how long it took, by the survivor's clock from its beginning to the backup's "I have all"; and for each second of
# the guest the longest time that it stood still, joins, silences and a scheduler's turns together.
set -u
. "$(dirname "$0")/pair.sh"
ram=64M
[ "$1" != --ram ] || { ram=$2 && shift 2; }
understudy=$1 guest=$2/stands.elf
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir -m 700 sockets || exit 1
export XDG_RUNTIME_DIR=sockets
fail() {
    echo "FAILED: $*"
    tail -n 20 err
    kill "$live" 2>/dev/null
    exit 1
}
: >err
: >out
"$understudy" live --respawn --nodes 3 --ram "$ram" --json json "$guest" >out 2>err </dev/null &
live=$!
await grep -q full out
for who in backup backup backup backup backup primary primary primary primary primary; do
    until paired || ! kill -0 $live 2>/dev/null; do sleep 0.02; done
    kill -9 "$(process_of $who)" 2>/dev/null # the guest may have come to its end
    while paired && kill -0 $live 2>/dev/null; do sleep 0.01; done
done
wait $live || fail "status $?"
[ "$(jq .explainable json)" = true ] || fail "$(jq -r .violation json)"
tr -d '[]' <err | awk '/repaired computer begins/ { from[$5] = $2 }
    /repaired computer has joined/ { printf "%.0f ", ($2 - from[$5]) * 1000 }
    END { print "ms: the joins" }'
sed -n '2s/$/us: the longest that the guest stood still, second by second/p' out
