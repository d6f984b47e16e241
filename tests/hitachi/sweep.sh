#!/bin/sh
# sweep.sh UNDERSTUDY GUESTS SAMPLE: `understudy sweep --faults hard,damage`: the real processor of the first fails in
# SAMPLE classes of each guest's run, drawn by the seed, for each attribute, for 2 and 3 processors, in solo and in a
# pair. Where a VM was saved and has a processor it ends as it does undisturbed; two places of a class are one run.
. "$(dirname "$0")/common.inc"
sample=$3

# sweep STATUS OPTION...
sweep() {
    wanted=$1
    shift
    runs=$((runs + 1))
    timeout 300 "$understudy" sweep --ram 4M --jobs 1 --json sweep.json "$@" </dev/null >sweep.out 2>sweep.err
    status=$?
    [ $status -eq "$wanted" ] || wrong "sweep $*: $status: $(tail -n 1 sweep.err) $(tail -n 1 sweep.out)"
}

for guest in ledger eight ticker kernel; do
    for tables in "--set processors=2 --vm first,recovery=none" "--set processors=3 --vm first,recovery=share" \
        "--set processors=2 --set spares=1 --vm first,recovery=spare" \
        "--set processors=3 --vm first,recovery=take,unsaved=restart,on=0"; do
        for mode in solo pair; do
            # shellcheck disable=SC2086
            sweep 0 --mode $mode --disk disk.img,create=1M --set digest-epochs=1 $tables --faults hard,damage \
                --sample "$sample" --probes 1 "$guests/$guest.elf"
        done
    done
done

# The successor of a VP that is lost with its processor has another clock at each place of a class.
sweep 0 --mode pair --disk disk.img,create=1M --set digest-epochs=1 --set processors=2 --vm first,recovery=none \
    --faults hard --sample "$((sample * 20))" --probes 1000 "$guests/ticker.elf"

# What a row says, and its command.
sweep 0 --mode solo --set processors=2 --vm first,recovery=none --faults hard --csv rows.csv "$guests/hello.elf"
grep -q ',hard,"hard,first@[^"]*",.*,lost,.*,held,' rows.csv || wrong "rows: $(sed -n 3p rows.csv)"
# Three instructions: a pause before the clock is read is not one after; before the last, too, a processor may fail.
sweep 0 --mode solo --set processors=2 --faults hard --csv rows.csv "$guests/three.elf"
places='s/.*,hard,"hard,first@instruction=\([0-9]*\)",\([0-9]*\),exit.*,held,.*/\1:\2/p'
points=$(sed -n "$places" rows.csv | tr '\n' ' ')
[ "$points" = "0:1 2:2 " ] || wrong "three instructions: $points"
sweep 1 --mode solo --set processors=1 --faults hard --sample 1 "$guests/hello.elf"
grep -q "understudy run --fault hard,first@.* --mode solo" sweep.out || wrong "command: $(cat sweep.out)"

for options in "--mode solo" "--mode solo --faults hard,primary" "--mode bare --faults hard"; do
    # shellcheck disable=SC2086
    sweep 2 $options "$guests/hello.elf"
    grep -q "with --faults hard,damage it may be solo" sweep.err && [ "$(wc -l <sweep.err)" -eq 1 ] ||
        wrong "refusal of $options: $(cat sweep.err)"
done
finish
