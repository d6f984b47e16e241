/* cases.c - see cases.h. */
#include "tests/perturb/cases.h"

#include <string.h>

/* A channel so short that a computer's death is known, and a fail-over done, within a few epochs. */
#define FAST                                                                                                           \
    "--set channel-latency-us=2", "--set channel-bits-per-s=100000000000", "--set heartbeat-us=10",                    \
        "--set timeout-us=30", "--set disk-latency-us=20", "--set disk-spread-us=4"

const struct fixed_case fixed_cases[] = {
    /* A backup's fault is off the plan before its death is known. */
    {"backup-instruction", "eight", {"--seed 1", FAST, "--crash backup@instruction=2000000"}},
    {"backup-epoch", "eight", {"--seed 1", FAST, "--crash backup@epoch=500"}},
    {"backup-time", "eight", {"--seed 1", FAST, "--crash backup@time=0.0459367"}},
    /* Each computer waits for the other, which a cut channel keeps from telling. */
    {"cut", "kernel", {"--epoch 1000", "--fault cut,primary@time=0.01"}},
    {"cut-timeout", "kernel", {"--epoch 2048", "--set timeout-us=6000", "--fault cut,primary@time=0.01"}},
    /* A thread that has just been told that all is over, and goes to sleep. */
    {"timeout", "eight", {"--timeout 60000", "--epoch 1000", "--set digest-epochs=1"}},
    /* Operator's lines of the same time, and of computers that were repaired. */
    {"order",
     "eight",
     {"--seed 26", "--protocol dec", "--failover reissue", "--set epoch-on-idle=1", "--crash primary@epoch=543",
      "--repair instruction=236533", "--crash backup@time=0.014135768245", "--repair instruction=1980924",
      "--crash backup@time=0.049568946256", "--repair instruction=1611989", "--crash primary@instruction=219080",
      "--repair instruction=2079588"}},
    /* A divergence ends the run; it is found by the backup. */
    {"diverged",
     "ticker",
     {"--seed 16", "--epoch 1000", "--set channel-crash=1", "--set digest-epochs=1",
      "--fault flip=gr9:20,primary@time=0.019702148"}},
    /* The VP of a joining computer comes with more instructions than that before which it fails. */
    {"joined-beyond",
     "port",
     {"--seed 25", "--epoch 14", "--protocol dec", "--set channel-crash=1", "--set cost-epoch-us=5",
      "--crash backup@time=0.000232", "--repair time=0.000233", "--crash backup@instruction=12000"}},
    /* The primary hears that its backup differs while its guest waits for what will never come. */
    {"diverged-idle",
     "increment",
     {"--seed 52", "--epoch 23", "--timeout 23462", "--protocol bs", "--set channel-latency-us=6",
      "--set heartbeat-us=1873", "--set timeout-us=1887", "--break-assumption delivery", "--repair time=0.1",
      "--crash primary@time=0.003", "--crash backup@epoch=519"}},
    /* A computer dies while a virtual processor beside has its turn, and is repaired. */
    {"died-in-turn",
     "neighbour",
     {"--seed 9", "--epoch 11", "--timeout 66000", "--protocol dec", "--set cost-epoch-us=73",
      "--beside @increment.elf@backup", "--crash backup@time=0.002050198", "--repair instruction=1000"}},
    /* A channel heals when its sender has judged the other failed, and what waited for it leaves all the same. */
    {"healed-late",
     "trap_transfers",
     {"--seed 63", "--ram 4M", "--epoch 8", "--timeout 42000", "--protocol bs", "--crash backup@time=0.000787364",
      "--repair time=0.00028", "--fault cut,primary@epoch=2618", "--fault heal,primary@instruction=35711",
      "--crash backup@instruction=4900"}},
    /* A survivor is to repair one that dies by the plan before the time-out after which it would act. */
    {"dies-before-it-acts",
     "neighbour",
     {"--seed 36", "--ram 4M", "--epoch 17", "--timeout 60000", "--protocol dec", "--set channel-bits-per-s=752412011",
      "--set channel-latency-us=1", "--set heartbeat-us=11", "--set timeout-us=29", "--set channel-crash=1",
      "--crash primary@instruction=7049", "--repair epoch=300", "--fault cut,primary@time=0.000388249",
      "--crash backup@instruction=9498", "--repair epoch=746"}},
    /* Another computer at the network's end is advanced by whichever thread may act. */
    {"network",
     "echo",
     {"--seed 5", "--epoch 900", "--virtio 2=net,peer=@caller.elf", "--crash primary@operation=60", "--repair time=0.1",
      "--crash primary@time=0.15"}},
    /* A backup fails before the instruction at which it begins. */
    {"begins-and-fails",
     "hello",
     {"--seed 0", "--protocol dec", "--crash primary@epoch=1", "--crash backup@instruction=0"}},
    /* Two faults at one place of one output, which its computer comes to again while it waits for the other. */
    {"two-at-one-output",
     "hello",
     {"--seed 2", "--epoch 30", "--protocol bs-revised", "--set channel-bits-per-s=946234312",
      "--set channel-latency-us=141", "--set heartbeat-us=1754", "--set timeout-us=2039",
      "--fault delay=170,primary@operation=5", "--fault medium=9,primary@operation=5", "--crash primary@epoch=9",
      "--repair time=0.00002", "--crash backup@instruction=897"}},
    /* A match of the clock of a VP that sleeps is noticed when it is due, not at some waking. */
    {"match-asleep",
     "neighbour",
     {"--seed 8", "--ram 4M", "--epoch 4909", "--timeout 247474", "--protocol yokogawa", "--beside @neighbour.elf@both",
      "--crash backup@operation=1800"}},
    /* A held output is released when it is due, in a turn of a virtual processor beside too. */
    {"released-in-turn",
     "neighbour",
     {"--seed 8", "--ram 4M", "--epoch 4909", "--timeout 247474", "--protocol vmware", "--beside @neighbour.elf@both",
      "--crash backup@operation=1800"}},
    /* A difference is looked for, where a backup knows at once that its primary is dead. */
    {"located",
     "neighbour",
     {"--seed 27", "--epoch 110", "--timeout 660000", "--protocol bs", "--break-assumption detection",
      "--set channel-crash=1", "--set digest-epochs=25", "--fault flip=gr24:5,primary@epoch=586",
      "--crash backup@time=0.5"}},
    /* There the backup with the lower number waits to see its primary live, which waits for it at the same time. */
    {"same-time",
     "interrupted",
     {"--ram 4M", "--protocol bs-revised", "--break-assumption detection", "--crash primary@time=0.008206987",
      "--crash backup@operation=7", "--fault cut,primary@instruction=913338", "--repair epoch=69",
      "--repair time=0.053188416"}},
    /* A heartbeat arrives at the picosecond at which the backup's VP comes to an epoch's end, or learns of one. */
    {"report-at-end",
     "mmu_faults",
     {"--ram 4M", "--seed 59", "--epoch 15", "--timeout 90000", "--protocol dec", "--failover reissue",
      "--set disk-latency-us=403", "--set disk-spread-us=77", "--set channel-latency-us=32", "--set heartbeat-us=285",
      "--set timeout-us=1184", "--set channel-crash=1", "--set digest-epochs=17", "--set lag-epochs=3",
      "--set epoch-on-idle=0", "--set cost-simulate-us=14", "--fault flip=gr15:28,backup@instruction=50623",
      "--crash backup@step=b-acked:6001"}},
    /* Where a death is known at once, the backup that learns of one stands because its VP differs. */
    {"differs-and-early",
     "ticker",
     {"--epoch 78", "--set channel-latency-us=6", "--set heartbeat-us=150", "--break-assumption detection",
      "--set digest-epochs=4", "--set cost-simulate-us=14", "--crash primary@operation=10.before",
      "--fault flip=gr2:15,primary@instruction=4751", "--crash primary@epoch=21", "--repair time=0.002537688"}},
    /* The first's slice ends with the turns of a fault-tolerant VP beside, not where the host cuts those. */
    {"beside-twice",
     "ticker",
     {"--ram 4M", "--seed 63", "--epoch 28", "--set channel-bits-per-s=1436493412", "--set channel-latency-us=14",
      "--set heartbeat-us=20", "--set timeout-us=70", "--protocol dec", "--console plain", "--set digest-epochs=2",
      "--set lag-epochs=105", "--beside @neighbour.elf@primary", "--beside @neighbour.elf@both",
      "--crash backup@operation=3.issued", "--crash primary@instruction=63533",
      "--crash primary@step=operation-issued:14"}},
    /* A backup dies while a virtual machine has its processor, and has not yet heard all that was sent before. */
    {"dies-off-processor",
     "ledger",
     {"--ram 4M", "--seed 62", "--epoch 3821", "--timeout 37586", "--protocol remus", "--set digest-epochs=7",
      "--beside @neighbour.elf@backup", "--crash backup@time=0.00115394", "--repair instruction=28916"}},
    /* A processor is retried at the moment at which its computer dies, which first hears all that was sent before. */
    {"dies-retried",
     "port",
     {"--ram 4M", "--seed 14", "--epoch 12650", "--set channel-bits-per-s=100000000000", "--set disk-latency-us=20",
      "--set disk-spread-us=4", "--set channel-latency-us=2", "--set heartbeat-us=10", "--set timeout-us=251",
      "--protocol yokogawa", "--failover disconnect", "--set digest-epochs=3",
      "--vm vm-1,image=@increment.elf,ram=4M,terminal=beside-1.txt,at=both,on=0",
      "--vm vm-2,image=@neighbour.elf,ram=4M,terminal=beside-2.txt,at=backup,on=0,priority=126",
      "--crash backup@epoch=3", "--fault soft,backup.cpu0@epoch=4", "--set lag-report-us=197", "--set lag-max-us=3049",
      "--timeout 188000"}},
    /* A follower comes to an output when the backup has just said [lost]. */
    {"lost-at-output",
     "ledger",
     {"--ram 4M", "--seed 1", "--epoch 20000", "--protocol dec", "--set processors=2",
      "--vm vm-1,image=@neighbour.elf,ram=4M,terminal=beside-1.txt,at=both,on=0",
      "--vm vm-2,image=@neighbour.elf,ram=4M,terminal=beside-2.txt,at=both,on=0", "--fault hang,backup.cpu0@epoch=27",
      "--timeout 400000"}},
};
const unsigned fixed_case_count = sizeof fixed_cases / sizeof fixed_cases[0];

void fixed_case_command(const struct fixed_case *fixed, struct command *command)
{
    memset(command, 0, sizeof *command);
    command->guest = fixed->guest;
    command_add(command, "--mode pair");
    command_add(command, "--disk disk,create=1M");
    for (unsigned i = 0; i < FIXED_OPTIONS_MAX && fixed->options[i]; i++)
        command_add(command, "%s", fixed->options[i]);
}
