#!/bin/sh
# machine.sh COMMAND... - run COMMAND where the kernel can make a network bad (sch_netem), and end with its status:
# here, where this kernel has it; else on a machine of the test's own, a user-mode Linux (Debian: user-mode-linux,
# kmod), which is a process with a kernel in it, over this host's files, which it can only read; TMPDIR is a place of
# its own. It has one processor, and system calls and page faults take it some ten times as long. Skipped, loudly,
# where there is neither.
set -u
skip() {
    echo "SKIPPED: $*"
    exit 77
}
command -v ip >/dev/null && command -v tc >/dev/null || skip "no ip and tc (Debian: iproute2)"
PATH=$PATH:/usr/sbin:/sbin
if ip netns add us$$ 2>/dev/null; then
    ip netns exec us$$ tc qdisc add dev lo root netem delay 1ms 2>/dev/null
    good=$?
    ip netns del us$$
    [ $good != 0 ] || exec "$@"
fi
command -v linux.uml >/dev/null && command -v insmod >/dev/null ||
    skip "no netem in this kernel, or not root, and no machine that has it (Debian: user-mode-linux, kmod)"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
quoted=
for word; do
    quoted="$quoted '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
done
cat >init <<END
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t hostfs host /mnt -o "$folder"
cd /run
export TMPDIR=/run
{
    for module in drivers/net/veth net/sched/sch_netem; do
        insmod "/usr/lib/uml/modules/\$(uname -r)/kernel/\$module.ko"
    done
    ip link set lo up
    $quoted
    echo \$? >/mnt/status
} >/mnt/out 2>&1 </dev/null
echo o >/proc/sysrq-trigger
sleep 60
END
chmod +x init
linux.uml mem=512M root=/dev/root rootfstype=hostfs rootflags=/ ro init="$folder/init" con=null con0=null,fd:1 \
    uml_dir="$folder" >console 2>&1 </dev/null
cat out 2>/dev/null
if [ ! -s status ]; then
    echo "FAILED: the machine has ended before the test:"
    tail -n 30 console
    exit 1
fi
exit "$(cat status)"
