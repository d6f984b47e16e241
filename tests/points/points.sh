#!/bin/sh
# points.sh UNDERSTUDY GUESTS - synchronization points (docs/protocols.md, "Points"): counters that interrupt late show
# nobody anything while the margin is wide, and are found out where it is not; fail-overs at the steps that only such a
# protocol has; recordings; fewer interrupts, and the same bytes; what is refused.
set -u
understudy=$1 guests=$2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

bad()
{
    echo "not ok: $*"
    failures=$((failures + 1))
}

# run STATUS GUEST OPTION...: a pair; its terminal is in `out`, its messages in `err`, its figures in `json`.
run()
{
    wanted=$1 guest=$2
    shift 2
    "$understudy" run --mode pair --json json "$@" "$guests/$guest.elf" >out 2>err
    status=$?
    [ $status = "$wanted" ] || bad "status $status instead of $wanted: $guest $*: $(tail -1 err)"
}

# The value of a key of one word, and of KEY in object OBJECT on its line.
value()
{
    sed -n "s/.*\"$1\": *\"\{0,1\}\([0-9a-z.]*\).*/\1/p" json | head -1
}
of()
{
    tr -d '\n' <json | sed -n "s/.*\"$1\": *{[^{}]*\"$2\": *\([0-9.]*\).*/\1/p"
}

# ---- late counters ----

for guest in ticker overflow; do
    run 0 $guest --protocol yokogawa --set digest-epochs=1
    digest=$(value digest)
    cp out first
    for skid in 1 20 1000; do
        run 0 $guest --protocol yokogawa --set digest-epochs=1 --set counter-skid=$skid
        [ "$(value digest)" = "$digest" ] && cmp -s out first || bad "$guest: another run with counter-skid=$skid"
    done
done
run 0 ticks --protocol yokogawa
[ "$(of points interrupt)" = "$(of timer virtual)" ] ||
    bad "ticks: $(of points interrupt) points because of an interrupt"
run 125 ticker --protocol yokogawa --set counter-skid=20 --set skid-margin=0
found='backup: overshoot in epoch [0-9]*: branch [0-9]* completed, position 0x[0-9a-f]*/0x[0-9a-f]* (branch [0-9]*) not'
grep -q "$found reached" err ||
    bad "no overshoot without a margin: $(tail -1 err)"
run 125 ticker --protocol yokogawa --set counter-skid=20 --set timing=instructions --set digest-epochs=1

# ---- fail-overs ----

run 0 ticker --disk disk.img,create=1M,snapshot --protocol yokogawa
cp out first
for protocol in yokogawa vmware; do
    for step in point-chosen:3 end-sent:5 commit-awaited:2 interrupt-sent:4 delivered:6 value-sent:9; do
        [ $protocol-$step = vmware-commit-awaited:2 ] && step=output-held:3
        run 0 ticker --disk disk.img,create=1M,snapshot --protocol $protocol --crash "primary@step=$step"
        cmp -s out first || bad "$protocol: other bytes after a crash at $step"
        [ "$(value failovers)" = 1 ] || bad "$protocol: no fail-over at $step"
    done
    for step in b-armed:4 b-closing:5 b-suspended:6; do
        run 0 ticker --disk disk.img,create=1M,snapshot --protocol $protocol --crash "backup@step=$step"
        cmp -s out first || bad "$protocol: other bytes after the backup failed at $step"
    done
done
for step in output-released:3 out-sent:2; do
    run 0 ticker --disk disk.img,create=1M,snapshot --protocol vmware --crash "primary@step=$step"
    cmp -s out first || bad "vmware: other bytes after a crash at $step"
done
run 0 ledger --disk bank.img,create=1M,snapshot --protocol yokogawa --crash primary@instruction=1000000 \
    --repair instruction=1500000 --crash primary@instruction=3000000
[ "$(value failovers)" = 2 ] || bad "no second fail-over after a repair"

# ---- recordings ----

for protocol in yokogawa vmware; do
    run 0 ticker --disk disk.img,create=1M,snapshot --protocol $protocol --record log --set digest-epochs=1 \
        --crash primary@instruction=30000
    "$understudy" replay log >out 2>err ||
        bad "$protocol: the recording of a fail-over does not run again: $(tail -1 err)"
done

# ---- fewer interrupts, the same bytes ----

printf 'one line\nand another\004' >typed
run 0 ticks --protocol yokogawa <typed
cp out first
given=$(of timer virtual)
for protocol in dec bs bs-revised yokogawa vmware; do
    run 0 ticks --protocol $protocol --set thin-timer=8 --set gather-us=3000 --set digest-epochs=1 <typed
    cmp -s out first || bad "$protocol: other bytes with fewer interrupts"
    [ "$(of timer virtual)" -lt $((given / 4)) ] ||
        bad "$protocol: $(of timer virtual) of $given timer interrupts at R = 8"
done
run 0 eight --disk disk.img,create=1M,snapshot --protocol yokogawa
cp out first
run 0 eight --disk disk.img,create=1M,snapshot --protocol yokogawa --set gather-us=5000 --set digest-epochs=1
cmp -s out first || bad "eight: other bytes with gathered ends of commands"
[ "$(of disk virtual)" -lt $(($(of disk external) / 2)) ] ||
    bad "eight: $(of disk virtual) interrupts of the disk gathered"
run 0 ticks --protocol yokogawa <typed
cp out first
run 0 ticks --protocol yokogawa --set thin-timer=8 --crash primary@step=adjusted:3 <typed
cmp -s out first || bad "other bytes after a crash at adjusted"

# ---- an end that overtakes the one before ----

for protocol in yokogawa vmware; do
    run 125 ledger --protocol $protocol --break-assumption fifo --set channel-bits-per-s=5000000
    grep -q 'the place where this one ends has not' err || bad "$protocol, an end overtakes: $(tail -1 err)"
done

# ---- a slower computer ----

run 124 workload --timeout 3000000 --fault slow=50,backup@instruction=100000
equal=$(of lag_us max)
run 124 workload --timeout 3000000 --fault slow=50,backup@instruction=100000 --break-assumption equalize
[ "${equal%.*}" -lt "$(of lag_us max | sed 's/\..*//')" ] ||
    bad "the lag is $equal us with equalizing, $(of lag_us max) without"

cat >looks.us <<EOF
system --mode pair --protocol yokogawa --computer backup,clock-hz=40000000 --fault slow=50,backup@instruction=100000
load $guests/workload.elf
until time 0.02
info monitor
timeline 20..120
timeline 1..2
EOF
"$understudy" looks.us >out 2>err || bad "looks: $(tail -1 err)"
grep -q '^million instructions a second: this computer 50.000, the virtual processor 20.000$' out || bad "no speeds"
grep -q '^million instructions a second: the other computer 20.000$' out || bad "no speed of the other's"
grep -q ' speed: 20.000 million/s$' out || bad "no change of speed on the time line"
grep -q ' speed: 40.000 million/s$' out || bad "no speed on the time line"

# ---- what is refused ----

for option in --set\ thin-timer=0 --set\ thin-timer=1001 --set\ gather-us=1000001 --set\ counter-skid=1001 \
    --set\ timing=never --set\ critical-max=-1 --fault\ slow=0,backup@epoch=1 --fault\ slow=101,backup@epoch=1 \
    --crash\ primary@step=b-reached; do
    # shellcheck disable=SC2086
    run 2 hello $option
    [ "$(wc -l <err)" = 1 ] || bad "not one line: $option"
done

[ $failures = 0 ]
