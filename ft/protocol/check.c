/* check.c - see check.h. */
#include "ft/protocol/check.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
    const char *word, *name;
    unsigned programs;
} actions[ACTION_COUNT] = {
#define ACTION(id, fits, word, title) {word, title, fits},
    ACTIONS(ACTION)
#undef ACTION
};

const char *action_name(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].name : "?";
}

const char *action_word(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].word : "?";
}

unsigned action_programs(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].programs : 0;
}

/* One of a protocol's programs. */
struct program {
    enum protocol_part part;
    const char *name;
    unsigned bit;
    const enum action *actions;
    enum action last; /* with which it ends */
    unsigned count;   /* of actions before that; filled in by check_form */
};

/* Always false: what is wrong, and where. */
__attribute__((format(printf, 3, 4))) static bool
complain(const struct program *program, struct protocol_complaint *complaint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(complaint->text, sizeof complaint->text, format, args);
    va_end(args);
    complaint->part = program->part;
    return false;
}

/* Does it end, and does each action fit? */
static bool check_form(struct program *program, struct protocol_complaint *complaint)
{
    for (program->count = 0; program->count < PROGRAM_ACTIONS_MAX; program->count++) {
        enum action action = program->actions[program->count];
        if ((unsigned)action < ACTION_COUNT && action == program->last)
            return true;
        if (action == ACTION_LOOP)
            return complain(program, complaint, "the %s's program must end with '%s'", program->name,
                            action_name(program->last));
        if ((unsigned)action >= ACTION_COUNT || !(actions[action].programs & program->bit))
            return complain(program, complaint, "'%s' does not fit into the %s's program", action_name(action),
                            program->name);
    }
    return complain(program, complaint, "the %s's program does not end within %d actions", program->name,
                    PROGRAM_ACTIONS_MAX);
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

static bool wants(const struct program *program, enum action action, struct protocol_complaint *complaint)
{
    return count_of(program, action) ||
           complain(program, complaint, "the %s's program never comes to '%s'", program->name, action_name(action));
}

/* FIRST is there, before each THEN. */
static bool wants_before(const struct program *program, enum action first, enum action then,
                         struct protocol_complaint *complaint)
{
    if (!wants(program, first, complaint))
        return false;
    return place_of(program, first) < place_of(program, then) ||
           complain(program, complaint, "in the %s's program '%s' comes before '%s'", program->name, action_name(then),
                    action_name(first));
}

/* ACTION, which is there, is there once. */
static bool wants_once(const struct program *program, enum action action, struct protocol_complaint *complaint)
{
    return count_of(program, action) == 1 ||
           complain(program, complaint, "the %s's program comes to '%s' more than once", program->name,
                    action_name(action));
}

/* An epoch: run, its clock taken, what is due added, delivered, counted; each once, in this order. Where the primary
 * chooses its ends (POINTS), what is due is an event like others and is added by nobody else. */
static bool check_epoch(const struct program *program, bool points, struct protocol_complaint *complaint)
{
    static const enum action lengths[] = {ACTION_RUN, ACTION_TAKE_CLOCK, ACTION_ADD_DUE, ACTION_DELIVER,
                                          ACTION_NEXT_EPOCH};
    const enum action chosen[] = {program->bit == IN_PRIMARY ? ACTION_RUN_TO_EVENT : ACTION_RUN_TO_POSITION,
                                  ACTION_TAKE_CLOCK, ACTION_DELIVER, ACTION_NEXT_EPOCH};
    const enum action *order = points ? chosen : lengths;
    unsigned count = points ? sizeof chosen / sizeof chosen[0] : sizeof lengths / sizeof lengths[0];
    for (unsigned i = 0; i < count; i++) {
        if (!wants(program, order[i], complaint) || (i && !wants_before(program, order[i - 1], order[i], complaint)))
            return false;
        if (!wants_once(program, order[i], complaint))
            return false;
    }
    return true;
}

/* Where checkpoints are sent, one is taken of what has been delivered, and the backup has nothing but them: it executes
 * nothing, and there is no log. */
static bool check_checkpoints(const struct program *programs, bool points, struct protocol_complaint *complaint)
{
    static const enum action order[] = {ACTION_AWAIT_CHECKPOINT, ACTION_NEXT_EPOCH, ACTION_APPLY_CHECKPOINT};
    static const enum action none[] = {ACTION_RUN,        ACTION_RUN_TO_EVENT, ACTION_SEND_TIME,       ACTION_SEND_END,
                                       ACTION_AWAIT_TIME, ACTION_AWAIT_END,    ACTION_RUN_TO_POSITION, ACTION_RUN_ONE};
    const struct program *primary = &programs[PROTOCOL_PRIMARY], *backup = &programs[PROTOCOL_BACKUP];
    for (enum protocol_part part = PROTOCOL_PRIMARY; part < PROTOCOL_PARTS; part++)
        for (unsigned i = part == PROTOCOL_PRIMARY ? 1 : 0; i < sizeof none / sizeof none[0]; i++)
            if (count_of(&programs[part], none[i]))
                return complain(&programs[part], complaint, "'%s' does not go with '%s'", action_name(none[i]),
                                action_name(ACTION_SEND_CHECKPOINT));
    if (!check_epoch(primary, points, complaint) ||
        !wants_before(primary, ACTION_DELIVER, ACTION_SEND_CHECKPOINT, complaint) ||
        !wants_before(primary, ACTION_SEND_CHECKPOINT, ACTION_NEXT_EPOCH, complaint))
        return false;
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++)
        if (!wants(backup, order[i], complaint) || (i && !wants_before(backup, order[i - 1], order[i], complaint)) ||
            !wants_once(backup, order[i], complaint))
            return false;
    return wants_once(primary, ACTION_SEND_CHECKPOINT, complaint);
}

/* What the backup awaits ends its wait, because the primary sends it; and it does await the end of an epoch before it
 * goes on to the next. */
static bool check_waits(const struct program *primary, const struct program *backup, bool points,
                        struct protocol_complaint *complaint)
{
    /* What has a length has a digest of what is delivered with its end. */
    if (!wants_before(primary, points ? ACTION_TAKE_CLOCK : ACTION_DELIVER, ACTION_SEND_END, complaint) ||
        !wants_before(backup, ACTION_AWAIT_END, ACTION_NEXT_EPOCH, complaint) ||
        !wants_before(primary, ACTION_SEND_END, ACTION_NEXT_EPOCH, complaint))
        return false;
    static const enum action theirs[] = {ACTION_AWAIT_CHECKPOINT, ACTION_APPLY_CHECKPOINT};
    for (unsigned i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
        if (count_of(backup, theirs[i]))
            return complain(backup, complaint, "'%s' needs '%s' in the primary's program", action_name(theirs[i]),
                            action_name(ACTION_SEND_CHECKPOINT));
    if (count_of(backup, ACTION_AWAIT_TIME) && !wants(primary, ACTION_SEND_TIME, complaint))
        return false;
    return !count_of(primary, ACTION_SEND_TIME) ||
           wants_before(primary, ACTION_TAKE_CLOCK, ACTION_SEND_TIME, complaint);
}

/* A place that [end, E] says is chosen and run to, or there is none; and what ends before an output knows what becomes
 * of that output at a fail-over. */
static bool check_points(const struct protocol *protocol, const struct program *programs, bool points, bool checkpoints,
                         struct protocol_complaint *complaint)
{
    const struct program *primary = &programs[PROTOCOL_PRIMARY], *failover = &programs[PROTOCOL_FAILOVER];
    static const enum action chosen[] = {ACTION_RUN_TO_POSITION, ACTION_RUN_ONE};
    bool before_output = protocol->output == OUTPUT_END_EPOCH || (protocol->output == OUTPUT_HOLD && !checkpoints);
    for (enum protocol_part part = PROTOCOL_PRIMARY; part < PROTOCOL_PARTS; part++) {
        if (points && count_of(&programs[part], ACTION_RUN))
            return complain(&programs[part], complaint, "'%s' has no end where the primary runs to events",
                            action_name(ACTION_RUN));
        for (unsigned i = 0; !points && i < sizeof chosen / sizeof chosen[0]; i++)
            if (count_of(&programs[part], chosen[i]))
                return complain(&programs[part], complaint, "'%s' needs '%s' in the primary's program",
                                action_name(chosen[i]), action_name(ACTION_RUN_TO_EVENT));
    }
    if (before_output && !points)
        return complain(primary, complaint, "an epoch that ends before an output needs '%s' in the primary's program",
                        action_name(ACTION_RUN_TO_EVENT));
    return !before_output || wants_before(failover, ACTION_RUN_ONE, ACTION_TELL_OUTSTANDING, complaint);
}

/* Decided by the arbiter, then fenced, then done; the guest is told of what is outstanding, at an epoch's end. */
static bool check_failover(const struct program *failover, struct protocol_complaint *complaint)
{
    if (failover->actions[0] != ACTION_ASK_ARBITER)
        return complain(failover, complaint, "the failover's program must begin with '%s'",
                        action_name(ACTION_ASK_ARBITER));
    if (!wants(failover, ACTION_TELL_OUTSTANDING, complaint) ||
        !wants_before(failover, ACTION_FENCE, ACTION_CONNECT, complaint) ||
        !wants_before(failover, ACTION_CONNECT, ACTION_TELL_OUTSTANDING, complaint))
        return false;
    bool delivered = false;
    for (unsigned i = place_of(failover, ACTION_TELL_OUTSTANDING); i < failover->count; i++)
        delivered |= failover->actions[i] == ACTION_DELIVER;
    return delivered ||
           complain(failover, complaint, "what '%s' buffers is never delivered", action_name(ACTION_TELL_OUTSTANDING));
}

bool protocol_check_parts(const struct protocol *protocol, struct protocol_complaint *complaint)
{
    struct program programs[PROTOCOL_PARTS] = {
        {PROTOCOL_PRIMARY, "primary", IN_PRIMARY, protocol->primary, ACTION_LOOP, 0},
        {PROTOCOL_BACKUP, "backup", IN_BACKUP, protocol->backup, ACTION_LOOP, 0},
        {PROTOCOL_FAILOVER, "failover", IN_FAILOVER, protocol->failover, ACTION_PROMOTE, 0},
    };
    struct program *primary = &programs[PROTOCOL_PRIMARY], *backup = &programs[PROTOCOL_BACKUP];
    struct program *failover = &programs[PROTOCOL_FAILOVER];
    bool points = protocol_has_points(protocol), checkpoints = protocol_has_checkpoints(protocol);
    if (!check_form(primary, complaint) || !check_form(backup, complaint) || !check_form(failover, complaint) ||
        !check_points(protocol, programs, points, checkpoints, complaint))
        return false;
    bool epochs = checkpoints ? check_checkpoints(programs, points, complaint)
                              : check_epoch(primary, points, complaint) && check_epoch(backup, points, complaint) &&
                                    check_waits(primary, backup, points, complaint);
    return epochs && check_failover(failover, complaint);
}

bool protocol_check(const struct protocol *protocol, struct error *error)
{
    struct protocol_complaint complaint;
    if (!protocol_check_parts(protocol, &complaint))
        return error_set(error, "protocol %s: %s", protocol->name, complaint.text);
    if ((unsigned)protocol->output >= OUTPUT_RULE_COUNT)
        return error_set(error, "protocol %s: it does not say what becomes of an output", protocol->name);
    if (protocol->policy == FAILOVER_PROTOCOL)
        return error_set(error, "protocol %s: it has no fail-over policy of its own", protocol->name);
    return true;
}
