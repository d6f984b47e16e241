/* subcommand.c - the table of sub-commands, for main.c and for the manual. */
#include "monitor/program/subcommand.h"

const struct subcommand subcommands[] = {
    {"run", "run [OPTIONS] IMAGE", "run a guest: terminal on stdin and stdout, exit status = the guest's", run_main},
    {"replay", "replay [--json FILE] LOG", "run a recording again and check it", replay_main},
    {"protocol", "protocol [NAME|FILE]", "print a protocol as a file, or list those that there are", protocol_main},
    {"sweep", "sweep [OPTIONS] [IMAGE]", "crash everywhere, judge every run; or prove a protocol", sweep_main},
    {"test", "test [OPTIONS] PATH...", "run every .us script and judge it", test_main},
    {"bench", "bench [--json] [IMAGE]", "speed, and the cost of fault tolerance", bench_main},
    {"live", "live [OPTIONS] IMAGE", "a pair of computers as processes of this host", live_main},
    {"world", "world --listen ADDR [OPTIONS] IMAGE", "what a live pair shares: disk, terminal, arbiter", world_main},
    {"node", "node --world ADDR [OPTIONS]", "one computer of a live pair", node_main},
    {"help", "help [COMMAND]", "what --help says of a sub-command, or the monitor's help", help_main},
    {NULL, "[OPTIONS] [SCRIPT.us]", "the monitor: interactive, or a script", session_main},
};
const unsigned subcommand_count = sizeof subcommands / sizeof subcommands[0];

void subcommand_help(FILE *out)
{
    fprintf(out, "Understudy: a fault-tolerant PA-RISC computer.\n\n");
    for (unsigned i = 0; i < subcommand_count; i++)
        fprintf(out, "  understudy %-28s %s\n", subcommands[i].usage, subcommands[i].help);
    fprintf(
        out,
        "\n'understudy help run' lists the options of run; 'understudy help crash' says what the monitor's command\n"
        "crash does. A first run: understudy run ledger --disk bank.img,create=1M\n");
}
