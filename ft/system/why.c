/* why.c - the chain of rules that led to where a run is (system.h, "looking"): the last fail-over out of the operator's
 * account, whose lines know their rules, and what the virtual machine monitor looked at does now. Between runs only.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ft/protocol/protocol.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

struct printer {
    void (*row)(void *arg, const char *text);
    void *arg;
    uint32_t named; /* bit R: rule R has been named with its paper */
};

/* One line: "P7 (Bressoud & Schneider 1995): ...", its paper the first time; no rule: as it is. */
static void say(struct printer *to, enum rule rule, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(struct printer *to, enum rule rule, const char *format, ...)
{
    char text[700];
    size_t used = 0;
    va_list args;
    bool known = to->named >> rule & 1;
    if (rule)
        used = (size_t)snprintf(text, sizeof text, known ? "%s: " : "%s (%s): ", rule_name(rule), rule_paper(rule));
    to->named |= UINT32_C(1) << rule;
    va_start(args, format);
    vsnprintf(text + used, sizeof text - used, format, args);
    va_end(args);
    to->row(to->arg, text);
}

/* ---- the last fail-over ---- */

/* LINE without the rule at its end, which is said before it. */
static int length_of(const struct account_line *line)
{
    const char *mark = line->rule ? strrchr(line->text, '[') : NULL;
    return (int)(mark && mark > line->text ? mark - 1 - line->text : (ptrdiff_t)strlen(line->text));
}

static bool is_promotion(const struct account_line *line)
{
    return line->rule && strstr(line->text, "] promoted: ");
}

static bool is_declaration(const struct account_line *line)
{
    return line->rule && strstr(line->text, "the primary is declared failed: last ");
}

/* What LINE tells, and what follows from it without being told. */
static void say_line(struct printer *to, const struct account_line *line)
{
    say(to, line->rule, "%.*s", length_of(line), line->text);
    if (!is_declaration(line))
        return;
    if (line->rule == RULE_P7)
        say(to, RULE_P7, "epoch %" PRIu64 " was run to its end, suppressed, with what had arrived of it",
            line->epoch + 1);
    else if (line->rule == RULE_CHECKPOINT)
        say(to, RULE_CHECKPOINT, "what was executed after checkpoint %" PRIu64 " is forgotten: nobody has seen it",
            line->epoch);
    else if (line->rule == RULE_POINTS)
        say(to, RULE_POINTS, "what was logged in epoch %" PRIu64 " was discarded", line->epoch + 1);
    else
        say(to, RULE_STEP_312, "what was completed in epoch %" PRIu64 " was deleted; the epoch is run anew",
            line->epoch + 1);
}

/* The lines of the account from the last declaration of a failure on; and the death before it. */
static bool say_failover(const struct system *system, struct printer *to)
{
    size_t told[PROCESSES_MAX] = {0}, number = 0, from = 0, until = 0;
    const struct account_line *line;
    for (; (line = world_next_line(&system->world, told, TIME_NEVER)) != NULL; number++) {
        if (is_promotion(line))
            until = number + 1;
    }
    if (!until)
        return false;
    memset(told, 0, sizeof told);
    for (number = 0; (line = world_next_line(&system->world, told, TIME_NEVER)) != NULL && number < until; number++)
        if (is_promotion(line) && number + 1 < until)
            from = number + 1; /* an earlier fail-over */
    memset(told, 0, sizeof told);
    for (number = 0; (line = world_next_line(&system->world, told, TIME_NEVER)) != NULL; number++)
        if (number >= from && (number < until || line->rule))
            say_line(to, line);
    return true;
}

/* ---- here and now ---- */

/* Does the primary of this protocol send its clock, as P2 says? Else it is figure 3's. */
static bool is_bressoud(const struct vmm *vmm)
{
    return vmm_failover_rule(vmm, RULE_STEP_310, RULE_P7) == RULE_P7;
}

static enum rule rule_of_end(const struct vmm *vmm)
{
    if (vmm->points.used)
        return RULE_POINTS;
    if (vmm->checkpoint.used)
        return RULE_CHECKPOINT;
    return !is_bressoud(vmm) ? RULE_STEP_206 : vmm->suppressed ? RULE_P5 : RULE_P2;
}

static void say_action(const struct vmm *vmm, struct printer *to)
{
    const char *who = vmm->computer->role == ROLE_PRIMARY ? "the primary" : "the backup";
    const char *runs = vmm->in_epoch ? "executes" : "is about to execute";
    enum action action = vmm->program[vmm->at];
    if (vmm->stall == STALL_COMMIT && vmm->in_epoch && !vmm->alone)
        say(to, RULE_COMMIT,
            "%s is before an output in epoch %" PRIu64 ", and awaits the acknowledgement of everything "
            "that it has sent",
            who, vmm->epoch);
    else if (action == ACTION_RUN_TO_POSITION || action == ACTION_RUN_ONE)
        say(to, RULE_NONE, "%s %s epoch %" PRIu64 ", suppressed, to %s", who, runs, vmm->epoch,
            action == ACTION_RUN_ONE ? "the one instruction after it ended before an output"
                                     : "the place that [end, E] says");
    else if (action == ACTION_RUN_TO_EVENT)
        say(to, RULE_NONE,
            "%s %s epoch %" PRIu64
            ": it ends where the guest can be given an interrupt, before an output, or after %" PRIu64 " instructions",
            who, runs, vmm->epoch, vmm->computer->world->config.epoch_insns);
    else if (action == ACTION_RUN && vmm->suppressed)
        say(to, is_bressoud(vmm) ? RULE_P3 : RULE_NONE,
            "%s %s epoch %" PRIu64 ": its outputs are suppressed, its own devices' interrupts ignored", who, runs,
            vmm->epoch);
    else if (action == ACTION_RUN && vmm->checkpoint.used)
        say(to, RULE_CHECKPOINT, "%s %s epoch %" PRIu64 ": its outputs wait for the checkpoint at its end", who, runs,
            vmm->epoch);
    else if (action == ACTION_AWAIT_CHECKPOINT)
        say(to, RULE_CHECKPOINT, "%s has checkpoint %" PRIu64 ", executes nothing, and awaits the next one", who,
            vmm->epoch);
    else if (action == ACTION_RUN)
        say(to, is_bressoud(vmm) ? RULE_P1 : RULE_NONE,
            "%s %s epoch %" PRIu64 ": interrupts are buffered for its end, and sent", who, runs, vmm->epoch);
    else
        say(to, rule_of_end(vmm), "%s is at the end of epoch %" PRIu64 ", at the action '%s'", who, vmm->epoch,
            action_name(action));
    if (vmm->in_epoch && vmm->epoch > 1)
        say(to, rule_of_end(vmm), "what was buffered in epoch %" PRIu64 " was delivered before instruction %" PRIu64,
            vmm->epoch - 1, vmm->epoch_start_insns);
}

static const char *outcome_of(const struct history_operation *op)
{
    static const char *const ends[] = {[DISK_PENDING] = "outstanding",
                                       [DISK_COMPLETED] = "told completed",
                                       [DISK_ERROR] = "told an error",
                                       [DISK_DISCONNECTED] = "told disconnected: it may have been performed, or not"};
    return ends[op->told_at ? op->status : DISK_PENDING];
}

bool computer_operation(const struct system *system, unsigned computer, uint64_t number, char *text, size_t size)
{
    const struct history *history = &system->computer[computer]->history;
    char name[DISK_NAME_BYTES];
    const struct history_operation *op = history_operation(history, number);
    if (!op)
        return false;
    disk_describe(op, name);
    snprintf(text, size, "%s: %s", name, outcome_of(op));
    return true;
}

static void say_operation(const struct vmm *vmm, struct printer *to)
{
    const struct history *history = &vmm->computer->history;
    char name[DISK_NAME_BYTES];
    if (!history->operations.count)
        return;
    const struct history_operation *op = &history->operations.at[history->operations.count - 1];
    enum rule rule = op->status != DISK_DISCONNECTED      ? RULE_NONE
                     : vmm->policy == FAILOVER_DISCONNECT ? RULE_STEP_314
                                                          : RULE_P8;
    disk_describe(op, name);
    say(to, rule, "the last of its disk operations: %s, issued in epoch %" PRIu64 " at instruction %" PRIu64 "%s: %s",
        name, op->epoch, op->insns, op->reissued ? ", and by the monitor again" : "", outcome_of(op));
}

static void say_assumptions(const struct system *system, struct printer *to)
{
    for (unsigned i = 0; i < ASSUMPTION_COUNT; i++)
        if (broken(&system->world, (enum assumption)i))
            say(to, RULE_NONE, "assumption %s is broken (%s): %s would hide it", assumption_name((enum assumption)i),
                assumption_title((enum assumption)i), assumption_mechanism((enum assumption)i));
}

bool system_why(struct system *system, unsigned computer, void (*row)(void *arg, const char *text), void *arg)
{
    struct printer to = {row, arg, 0};
    struct system_result result;
    const struct vmm *vmm = system->computer[computer]->vmm;
    if (!vmm)
        return false;
    say_failover(system, &to);
    say_action(vmm, &to);
    say_operation(vmm, &to);
    say_assumptions(system, &to);
    if (system->computer[computer]->remote)
        return true; /* what the devices of a live one have done, and who judges it, is another process */
    system_result(system, &result);
    if (result.violation)
        say(&to, RULE_NONE, "and so: %s", result.violation);
    return true;
}

bool system_rule(const struct system *system, unsigned index, struct system_rule *told)
{
    size_t told_of[PROCESSES_MAX] = {0};
    const struct account_line *line;
    while ((line = world_next_line(&system->world, told_of, TIME_NEVER)) != NULL) {
        if (!line->rule || index--)
            continue;
        *told = (struct system_rule){line->rule, line->time_ps, line->epoch, line->text, (size_t)length_of(line)};
        return true;
    }
    return false;
}
