#!/bin/sh
# dispatch.sh UNDERSTUDY GUESTS: several virtual machines on several processors. Whoever shares what with whom, each
# does what it does alone, and a run is the same run to the byte again.
. "$(dirname "$0")/common.inc"

guest=$guests/increment.elf
run alone 0 --disk disk.img,create=64K,snapshot "$guest" || exit 1
timeout 60 "$understudy" run --ram 4M --timeout 20000000 "$guests/neighbour.elf" </dev/null >neighbour.whole 2>/dev/null
timeout 60 "$understudy" run --ram 4M "$guests/hello.elf" </dev/null >hello.whole

# prefix FILE WHOLE: FILE is not empty, and the beginning of WHOLE
prefix() {
    [ -s "$1" ] && [ "$(head -c "$(wc -c <"$1")" "$2" | cmp - "$1" 2>&1)" = "" ] ||
        wrong "$name: $1 is no beginning of $2"
}

# One virtual machine on one of several processors is the run that it is without them.
for processors in 2 8; do
    run "one-$processors" 0 --disk disk.img,create=64K,snapshot --set processors=$processors "$guest"
    cmp -s alone.out "one-$processors.out" || wrong "one of $processors: another output"
    [ "$(value alone.json digest)" = "$(value "one-$processors.json" digest)" ] || wrong "one of $processors: digest"
    [ "$(value alone.json instructions)" = "$(value "one-$processors.json" instructions)" ] || wrong "one: instructions"
done

n="image=$guests/neighbour.elf,ram=4M" h="image=$guests/hello.elf,ram=4M"
for tables in "--set processors=1 --vm a,$n --vm b,$h" "--set processors=2 --vm a,$n --vm b,$h" \
    "--set processors=3 --vm first,on=0 --vm a,$n,on=1 --vm b,$h,on=1" \
    "--set processors=4 --set spares=1 --vm first,on=0 --vm a,$n,on=1 --vm b,$h" \
    "--set processors=2 --vm first,on=0 --vm a,$n,on=0 --vm b,$h"; do
    rm -f a.txt b.txt
    # shellcheck disable=SC2086
    run several 0 --disk disk.img,create=64K,snapshot $tables "$guest"
    cmp -s alone.out several.out || wrong "$tables: the first does another thing"
    prefix a.txt neighbour.whole
    cmp -s b.txt hello.whole || wrong "$tables: b does another thing"
    objects several.json vms >several.vms
    [ "$(wc -l <several.vms)" -eq 3 ] || wrong "$tables: not three VMs"
    cp a.txt a.once
    # shellcheck disable=SC2086
    run again 0 --disk disk.img,create=64K,snapshot $tables "$guest"
    objects again.json vms | cmp -s - several.vms && cmp -s a.txt a.once || wrong "$tables: twice is not the same"
    # shellcheck disable=SC2086
    run recorded 0 --disk disk.img,create=64K,snapshot --record log $tables "$guest"
    for vm in "" .a .b; do
        runs=$((runs + 1))
        timeout 60 "$understudy" replay --json replay.json log$vm </dev/null >replay.out 2>replay.err ||
            wrong "$tables: the replay of log$vm: $(tail -n 1 replay.err)"
    done
    cmp -s replay.out b.txt || wrong "$tables: the replay of b"
done

# sixteen that are idle: all of the pool's time is the first's
cat >sixteen <<END
# options in a file
--set processors=2
--vm first,priority=200
END
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    echo "--vm v$i,image=$guests/idler.elf,ram=4M" >>sixteen
done
run sixteen 0 @sixteen --disk disk.img,create=64K,snapshot "$guest"
[ "$(objects sixteen.json vms | grep -c end=stopped)" -eq 16 ] || wrong "sixteen: $(objects sixteen.json vms)"
cmp -s alone.out sixteen.out || wrong "sixteen: the first does another thing"

# what a person is shown of them
timeout 20 "$understudy" -x "system --mode solo --ram 4M --set processors=3 --vm first,on=0 --vm a,$n,on=2" \
    -x "load $guest" -x "until instruction 9000" -x "info vms" -x "timeline 2" >shown 2>&1
grep -q "^first  running, at cpu0, on=0; recovery=share unsaved=end priority=128; 9000 instructions" shown &&
    grep -q "cpu2 executes a until" shown || wrong "shown: $(cat shown)"

# whoever is looked at there, what fails is the computer, and then the other one is looked at
timeout 20 "$understudy" -x "system --mode pair --ram 4M --set processors=2 --vm a,$n" -x "load $guest" \
    -x "until instruction 9000" -x "focus a" -x crash -x "step 10" -x focus >shown 2>&1
grep -q "^the primary fails at instruction" shown && grep -q "^the primary has failed: looking at the backup" shown &&
    [ "$(tail -n 1 shown)" = backup ] || wrong "crash: $(cat shown)"
finish
