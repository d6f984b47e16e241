#!/bin/sh
# spread.sh parallel|slurm UNDERSTUDY GUESTS - a sweep in shards, spread by GNU parallel, or as a job array by a real
# Slurm of one node that is set up for it here: put together, the table is the bytes of the whole; a shard that was
# lost and is run again alone, too. These are the job scripts of docs/sweep.md. Skipped (77) where there is none, or
# where this Slurm does not start.
how=$1
shift
. "$(dirname "$0")/sweeps.sh"
words="--ram 4M --disk d.img,create=64K --epoch 2000 --faults primary,acks --sample 30"

skip()
{
    echo "SKIPPED: $1"
    exit 77
}

# ---- Slurm, of one node ----

daemons=''
end_daemons()
{
    for daemon in $daemons; do
        [ -s "$daemon.pid" ] && pid=$(cat "$daemon.pid") || continue
        kill "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    done
    rm -rf "$folder"
}

begin_slurm()
{
    [ "$(id -u)" = 0 ] || skip "a Slurm is set up by root only"
    for program in munged slurmctld slurmd sbatch squeue; do
        command -v $program >/dev/null || skip "$program is not installed (Debian: slurm-wlm)"
    done
    trap end_daemons EXIT
    host=$(hostname -s)
    port=$((20000 + $$ % 20000))
    chmod 755 "$folder"
    head -c 64 /dev/urandom >munge.key && chmod 400 munge.key
    cat >slurm.conf <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
AuthInfo=socket=$folder/munge.sock
SlurmUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmdSpoolDir=$folder/spool
StateSaveLocation=$folder/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    mkdir spool state
    export SLURM_CONF="$folder/slurm.conf"
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.sock" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" || skip "munged does not start"
    daemons="slurmd slurmctld munged"
    slurmctld -f slurm.conf || skip "slurmctld does not start: $(tail -n 1 slurmctld.log)"
    slurmd -f slurm.conf -N "$host" || skip "slurmd does not start: $(tail -n 1 slurmd.log)"
    tries=0
    until sinfo -h -o %T 2>/dev/null | grep -q idle; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || skip "the node does not come up: $(sinfo -h -o '%T %E' 2>&1 | tail -n 1)"
        sleep 1
    done
}

# The job script of docs/sweep.md; PATH has the program.
spread_slurm()
{
    cat >job.sh <<JOB
#!/bin/sh
#SBATCH --array=1-5
#SBATCH --output=/dev/null
understudy sweep --shard \$SLURM_ARRAY_TASK_ID/5 --csv \$SLURM_ARRAY_TASK_ID.csv $words proof || [ \$? = 1 ]
JOB
    sbatch --wait job.sh
}

spread_parallel()
{
    # shellcheck disable=SC2086
    seq 5 | parallel --will-cite -j 2 understudy sweep --shard {}/5 --csv {}.csv $words proof '||' true
}

PATH=$(dirname "$understudy"):$PATH
export PATH
case $how in
slurm) begin_slurm ;;
parallel) command -v parallel >/dev/null || skip "GNU parallel is not installed (Debian: parallel)" ;;
esac
# shellcheck disable=SC2086
sweep 0 $words --csv whole.csv proof
case $how in
slurm) spread_slurm >out 2>err ;;
parallel) spread_parallel >out 2>err ;;
esac
check "$how runs all shards" $?
sweep 0 --merge --csv joined.csv 5.csv 1.csv 4.csv 2.csv 3.csv
cmp whole.csv joined.csv
check "they are the whole" $?
# One is lost: it alone is run again.
rm 3.csv
# shellcheck disable=SC2086
sweep 0 $words --shard 3/5 --csv 3.csv proof
sweep 0 --merge --csv joined.csv 1.csv 2.csv 3.csv 4.csv 5.csv
cmp whole.csv joined.csv
check "with a shard that was run again, too" $?

echo "$checks checks, $failures failures"
[ "$failures" -eq 0 ]
