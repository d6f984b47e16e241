/* experiment.h - one run of a campaign: a guest on a system with faults, and what it showed.
 *
 * An experiment is a value; running it builds a system, runs it to its end and keeps what the world saw. The same
 * experiment shows the same, whatever `threads` says. A host that fails ends the program with status 2.
 */
#ifndef US_TESTS_CAMPAIGN_EXPERIMENT_H
#define US_TESTS_CAMPAIGN_EXPERIMENT_H

#include "ft/system.h"

struct experiment {
    const char *image, *protocol;
    enum system_mode mode;
    unsigned computers; /* 2: two bare ones; else 0 */
    const char *typed;  /* at the terminal; or NULL */
    enum failover_policy failover;
    uint64_t epoch, seed;
    unsigned threads;
    bool hurry; /* a fast channel, disk and fault monitor, so that many failures fit into a short run */
    bool lossy; /* a crash loses a suffix of what is in the channel (channel-crash=1), which is slow */
    bool plain; /* the terminal has no output numbers */
    const struct settings *settings; /* NULL: the defaults */
    uint32_t broken;
    const struct fault *faults, *repairs;
    unsigned fault_count, repair_count;
    uint64_t digest_epochs;
    bool record;
    const struct recording_file *replay;
};

/* bs-revised, epochs of 4096, seed 1, one host thread. */
void experiment_defaults(struct experiment *experiment);

struct shown {
    struct system_result result;
    char violation[320], why[256];
    uint64_t disk; /* its digest at the end */
    uint64_t terminal_bytes;
    uint8_t *terminal;
    uint64_t steps[PROTOCOL_STEP_COUNT]; /* how often each was taken, if there was a fault to wait for */
    bool unlogged; /* a primary that failed had performed an operation or output in an epoch that its backup has not
                      received the end of (X+1 in docs/protocols.md): "performed in X+1" */
    bool generations_mixed; /* the disk performed something for an older generation after a newer one */
    uint64_t time_ps;       /* when it ended */
    uint64_t timeout_us;    /* the fault monitor's setting */
    unsigned alive, acting; /* computers that live at the end; those of them that serve */
    unsigned allowed;       /* and of those, that the arbiter lets act: the others halt before their next output */
    unsigned outstanding;   /* operations, of the guest of the last one that served */
    uint8_t *recording;
    size_t recording_bytes;
};

void experiment_run(const struct experiment *experiment, struct shown *shown);
void shown_free(struct shown *shown);
bool shown_same_terminal(const struct shown *a, const struct shown *b);
/* The command that shows it again: to TEXT. */
void experiment_command(const struct experiment *experiment, char *text, size_t size);
/* "disconnect" and the like, to its number; FAILOVER_PROTOCOL if it is none. */
enum failover_policy experiment_policy(const char *name);
const char *experiment_policy_name(enum failover_policy policy);

#endif
