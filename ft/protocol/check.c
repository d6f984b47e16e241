/* check.c - see check.h. */
#include "ft/protocol/check.h"

#include <stddef.h>

static const struct {
    const char *name;
    unsigned programs;
} actions[ACTION_COUNT] = {
#define ACTION(id, fits, title) {title, fits},
    ACTIONS(ACTION)
#undef ACTION
};

const char *action_name(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].name : "?";
}

/* One of a protocol's programs. */
struct program {
    const char *protocol, *name;
    unsigned bit;
    const enum action *actions;
    enum action last; /* with which it ends */
    unsigned count;   /* of actions before that; filled in by check_form */
};

/* Does it end, and does each action fit? */
static bool check_form(struct program *program, struct error *error)
{
    for (program->count = 0; program->count < PROGRAM_ACTIONS_MAX; program->count++) {
        enum action action = program->actions[program->count];
        if ((unsigned)action < ACTION_COUNT && action == program->last)
            return true;
        if (action == ACTION_LOOP)
            return error_set(error, "protocol %s: the %s's program must end with '%s'", program->protocol,
                             program->name, action_name(program->last));
        if ((unsigned)action >= ACTION_COUNT || !(actions[action].programs & program->bit))
            return error_set(error, "protocol %s: '%s' does not fit into the %s's program", program->protocol,
                             action_name(action), program->name);
    }
    return error_set(error, "protocol %s: the %s's program does not end within %d actions", program->protocol,
                     program->name, PROGRAM_ACTIONS_MAX);
}

static unsigned count_of(const struct program *program, enum action action)
{
    unsigned count = program->actions[program->count] == action;
    for (unsigned i = 0; i < program->count; i++)
        count += program->actions[i] == action;
    return count;
}

/* Where ACTION is for the first time; behind the end if it is not there. */
static unsigned place_of(const struct program *program, enum action action)
{
    unsigned i = 0;
    while (i <= program->count && program->actions[i] != action)
        i++;
    return i;
}

static bool wants(const struct program *program, enum action action, struct error *error)
{
    return count_of(program, action) || error_set(error, "protocol %s: the %s's program never comes to '%s'",
                                                  program->protocol, program->name, action_name(action));
}

/* FIRST is there, before each THEN. */
static bool wants_before(const struct program *program, enum action first, enum action then, struct error *error)
{
    if (!wants(program, first, error))
        return false;
    return place_of(program, first) < place_of(program, then) ||
           error_set(error, "protocol %s: in the %s's program '%s' comes before '%s'", program->protocol, program->name,
                     action_name(then), action_name(first));
}

/* An epoch: run, its clock taken, what is due added, delivered, counted; each once, in this order. */
static bool check_epoch(const struct program *program, struct error *error)
{
    static const enum action order[] = {ACTION_RUN, ACTION_TAKE_CLOCK, ACTION_ADD_DUE, ACTION_DELIVER,
                                        ACTION_NEXT_EPOCH};
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (!wants(program, order[i], error) || (i && !wants_before(program, order[i - 1], order[i], error)))
            return false;
        if (count_of(program, order[i]) != 1)
            return error_set(error, "protocol %s: the %s's program comes to '%s' more than once", program->protocol,
                             program->name, action_name(order[i]));
    }
    return true;
}

/* What the backup awaits ends its wait, because the primary sends it; and it does await the end of an epoch before it
 * goes on to the next. */
static bool check_waits(const struct program *primary, const struct program *backup, struct error *error)
{
    if (!wants_before(backup, ACTION_AWAIT_END, ACTION_NEXT_EPOCH, error) ||
        !wants_before(primary, ACTION_SEND_END, ACTION_NEXT_EPOCH, error))
        return false;
    if (count_of(backup, ACTION_AWAIT_TIME) && !wants(primary, ACTION_SEND_TIME, error))
        return false;
    return !count_of(primary, ACTION_SEND_TIME) || wants_before(primary, ACTION_TAKE_CLOCK, ACTION_SEND_TIME, error);
}

/* Decided by the arbiter, then fenced, then done; the guest is told of what is outstanding, at an epoch's end. */
static bool check_failover(const struct program *failover, struct error *error)
{
    if (failover->actions[0] != ACTION_ASK_ARBITER)
        return error_set(error, "protocol %s: the failover's program must begin with '%s'", failover->protocol,
                         action_name(ACTION_ASK_ARBITER));
    if (!wants(failover, ACTION_TELL_OUTSTANDING, error) ||
        !wants_before(failover, ACTION_FENCE, ACTION_CONNECT, error) ||
        !wants_before(failover, ACTION_CONNECT, ACTION_TELL_OUTSTANDING, error))
        return false;
    bool delivered = false;
    for (unsigned i = place_of(failover, ACTION_TELL_OUTSTANDING); i < failover->count; i++)
        delivered |= failover->actions[i] == ACTION_DELIVER;
    return delivered || error_set(error, "protocol %s: what '%s' buffers is never delivered", failover->protocol,
                                  action_name(ACTION_TELL_OUTSTANDING));
}

bool protocol_check(const struct protocol *protocol, struct error *error)
{
    struct program primary = {protocol->name, "primary", IN_PRIMARY, protocol->primary, ACTION_LOOP, 0};
    struct program backup = {protocol->name, "backup", IN_BACKUP, protocol->backup, ACTION_LOOP, 0};
    struct program failover = {protocol->name, "failover", IN_FAILOVER, protocol->failover, ACTION_PROMOTE, 0};
    if (!check_form(&primary, error) || !check_form(&backup, error) || !check_form(&failover, error))
        return false;
    if (!check_epoch(&primary, error) || !check_epoch(&backup, error))
        return false;
    if (!check_waits(&primary, &backup, error) || !check_failover(&failover, error))
        return false;
    if (protocol->backup_start <= place_of(&backup, ACTION_RUN) ||
        protocol->backup_start > place_of(&backup, ACTION_AWAIT_END))
        return error_set(error, "protocol %s: a new backup must begin between '%s' and '%s'", protocol->name,
                         action_name(ACTION_RUN), action_name(ACTION_AWAIT_END));
    if (protocol->policy == FAILOVER_PROTOCOL)
        return error_set(error, "protocol %s: it has no fail-over policy of its own", protocol->name);
    return true;
}
