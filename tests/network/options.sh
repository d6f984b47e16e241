#!/bin/sh
# options.sh - what `--virtio N=net,...` refuses: one line on standard error that says what would be right, status 2.
#
#   tests/network/options.sh UNDERSTUDY GUESTS
set -eu
understudy=$1 guests=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$guests/echo.elf" "$guests/caller.elf" .

# refused WORDS OPTION...: status 2, one line, with WORDS in it, and no new file.
refused() {
    words=$1
    shift
    ls >before
    status=0
    "$understudy" "$@" >out 2>err </dev/null || status=$?
    ls | grep -v '^out$\|^err$\|^after$' >after
    grep -v '^out$\|^err$\|^after$' before >before2 && mv before2 before
    [ "$status" = 2 ] || { echo "options.sh: status $status: $*" >&2 && exit 1; }
    [ "$(wc -l <err)" = 1 ] || { echo "options.sh: not one line: $*: $(cat err)" >&2 && exit 1; }
    grep -qF -- "$words" err || { echo "options.sh: '$words' is not said of $*: $(cat err)" >&2 && exit 1; }
    cmp -s before after || { echo "options.sh: a file is left by $*: $(cat after)" >&2 && exit 1; }
}

touch before
refused "one network device is wanted" run --virtio 0=net --virtio 1=net echo.elf
refused "has no 'disk=x' for a 'net'" run --virtio 0=net,disk=x echo.elf
refused "the address of one station is wanted" run --virtio 0=net,mac=01:00:00:00:00:01 echo.elf
refused "peer= and user are two other ends" run --virtio 0=net,peer=caller.elf,user echo.elf
refused "'user', the host's network, has no virtual time" run --virtio 0=net,user echo.elf
refused "peer=IMAGE is wanted with it" run --virtio 0=net,terminal=x echo.elf
refused "user is wanted with it" run --virtio 0=net,hostfwd=tcp::80-:80 echo.elf
refused "tcp:[ADDR]:PORT-[ADDR]:PORT is wanted" run --virtio 0=net,user,hostfwd=udp::80-:80 echo.elf
refused "tcp:[ADDR]:PORT-[ADDR]:PORT is wanted" run --virtio 0=net,user,hostfwd=tcp::0-:80 echo.elf
refused "tcp:[ADDR]:PORT-[ADDR]:PORT is wanted" run --virtio 0=net,user,hostfwd=tcp::80-:65536 echo.elf
refused "tcp:[ADDR]:PORT-[ADDR]:PORT is wanted" run --virtio 0=net,user,hostfwd=tcp:1.2.3:80-:80 echo.elf
refused "'nothing.elf' cannot be read" run --virtio 0=net,peer=nothing.elf echo.elf
refused "nothing.txt" run --virtio 0=net,peer=@nothing.txt echo.elf
refused "is given twice" run --virtio 0=net,peer=caller.elf,peer=caller.elf echo.elf
printf 'caller.elf\n' >no-device.txt
refused "it has no network device" run --virtio 0=net,peer=@no-device.txt echo.elf
printf -- '--mode pair --virtio 0=net caller.elf\n' >pair.txt
refused "one bare computer is wanted" run --virtio 0=net,peer=@pair.txt echo.elf
printf -- '--virtio 0=net,peer=caller.elf caller.elf\n' >chain.txt
refused "no other end of its own network" run --virtio 0=net,peer=@chain.txt echo.elf
printf -- '--virtio 0=net,peer=@self.txt caller.elf\n' >self.txt
refused "no other end of its own network" run --virtio 0=net,peer=@self.txt echo.elf
printf -- '--virtio "0=net caller.elf\n' >quote.txt
refused "quote.txt" run --virtio 0=net,peer=@quote.txt echo.elf
refused "/no/such/folder/x" run --virtio 0=net,pcap=/no/such/folder/x echo.elf
refused "caller.elf" run --virtio 0=net,peer=caller.elf,terminal=caller.elf echo.elf
refused "caller.elf" run --virtio 0=net,peer=caller.elf,pcap=caller.elf echo.elf
refused "net-latency-us" run --set net-latency-us=0 --virtio 0=net,peer=caller.elf echo.elf
refused "only in virtual time" live --virtio 0=net,peer=caller.elf echo.elf

# A computer described by a file is the same computer.
printf '# the one that asks\n--ram 4M\n--virtio 0=net\ncaller.elf # and what it is\n' >peer.txt
"$understudy" run --ram 4M --virtio 0=net,peer=caller.elf,terminal=one.txt echo.elf >one.out
"$understudy" run --ram 4M --virtio 0=net,peer=@peer.txt,terminal=two.txt echo.elf >two.out
cmp one.out two.out && cmp one.txt two.txt
# A sweep, whose runs are many, writes neither.
rm one.txt
"$understudy" sweep --ram 4M --sample 5 --probes 0 --jobs 2 \
    --virtio 0=net,peer=caller.elf,terminal=one.txt,pcap=one.pcap echo.elf >sweep.out
grep -q ' 0 classes with a violation' sweep.out
[ ! -e one.txt ] && [ ! -e one.pcap ]
# A cable in nothing: what is sent is gone.
"$understudy" run --ram 4M --virtio 3=net caller.elf >alone.out 2>err && exit 1
grep -q "no answer to datagram 0" alone.out
