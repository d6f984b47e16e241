/* nearest.c - in what a protocol differs from the one of the papers that it is nearest to, and which rule of the papers
 * that is: what is to be said of one that was found to be wrong.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ft/protocol/check.h"
#include "ft/protocols.h"

static const char *const part_names[PROTOCOL_PARTS] = {"primary", "backup", "failover"};

/* What the papers say of an action: B&S is Bressoud & Schneider (SOSP '95), the steps are those of WO 93/09494. */
static const struct {
    enum action action;
    enum protocol_part part;
    const char *rule;
} rules[] = {
    {ACTION_SEND_TIME, PROTOCOL_PRIMARY, "B&S P2: at the end of E the primary sends [E, Tme]"},
    {ACTION_AWAIT_ACKS, PROTOCOL_PRIMARY,
     "B&S P2: the primary awaits acknowledgements for all messages that it has sent to the backup"},
    {ACTION_SEND_END, PROTOCOL_PRIMARY, "B&S P2: the primary sends [end, E], without which the backup may not go on"},
    {ACTION_SEND_CHECKPOINT, PROTOCOL_PRIMARY, "Remus: the state is sent at the end of each epoch"},
    {ACTION_TAKE_CLOCK, PROTOCOL_BACKUP, "B&S P5: the backup's clock is set to that of [E, Tme]"},
    {ACTION_AWAIT_TIME, PROTOCOL_BACKUP, "B&S P5: the backup awaits [E, Tme]"},
    {ACTION_AWAIT_END, PROTOCOL_BACKUP, "B&S P5: the backup awaits [end, E] before the next epoch"},
    {ACTION_DISCARD, PROTOCOL_FAILOVER, "step 312: what was logged in the failed primary's last epoch is deleted"},
    {ACTION_TELL_OPERATOR, PROTOCOL_FAILOVER, "step 310: the operator is told"},
    {ACTION_CONNECT, PROTOCOL_FAILOVER, "step 314: the connections become the new primary's"},
    {ACTION_TELL_OUTSTANDING, PROTOCOL_FAILOVER, "B&S P8: outstanding operations are told uncertain"},
    {ACTION_RUN, PROTOCOL_FAILOVER, "B&S P7: the backup runs the failover epoch with what arrived of it, suppressed"},
    {ACTION_TAKE_CLOCK, PROTOCOL_FAILOVER, "B&S P7: the failover epoch ends with a clock, as P5 does"},
    {ACTION_DELIVER, PROTOCOL_FAILOVER, "B&S P7: what is buffered is delivered at the end of the failover epoch"},
};

static const char *rule_of(enum action action, enum protocol_part part)
{
    for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].action == action && rules[i].part == part)
            return rules[i].rule;
    return NULL;
}

static const enum action *program_of(const struct protocol *protocol, enum protocol_part part)
{
    const enum action *const programs[PROTOCOL_PARTS] = {protocol->primary, protocol->backup, protocol->failover};
    return programs[part];
}

static unsigned count_in(const enum action *program, enum action action)
{
    unsigned count = 0;
    for (unsigned i = 0; program[i] != ACTION_LOOP; i++)
        count += program[i] == action;
    return count;
}

/* Actions that one of the two has more often, and places where both have the same ones in another order. */
static unsigned distance(const struct protocol *a, const struct protocol *b)
{
    unsigned sum = a->output != b->output;
    for (enum protocol_part part = PROTOCOL_PRIMARY; part < PROTOCOL_PARTS; part++) {
        const enum action *x = program_of(a, part), *y = program_of(b, part);
        unsigned differ = 0;
        for (enum action action = ACTION_LOOP + 1; action < ACTION_COUNT; action++) {
            unsigned in_x = count_in(x, action), in_y = count_in(y, action);
            differ += in_x > in_y ? in_x - in_y : in_y - in_x;
        }
        sum += differ ? differ : memcmp(x, y, sizeof(action_program)) != 0;
    }
    return sum;
}

/* In what MINE differs from NEAR, which is not the same, into TEXT. */
static void say_difference(const struct protocol *protocol, const struct protocol *near, char *text, size_t size)
{
    for (enum protocol_part part = PROTOCOL_PRIMARY; part < PROTOCOL_PARTS; part++) {
        const enum action *mine = program_of(protocol, part), *theirs = program_of(near, part);
        for (unsigned i = 0; theirs[i] != ACTION_LOOP; i++) {
            if (count_in(mine, theirs[i]) >= count_in(theirs, theirs[i]))
                continue;
            const char *rule = rule_of(theirs[i], part);
            snprintf(text, size, "%s has '%s' in its %s's program%s%s%s", near->name, action_word(theirs[i]),
                     part_names[part], rule ? " (" : "", rule ? rule : "", rule ? ")" : "");
            return;
        }
    }
    if (near->output == OUTPUT_AWAIT && protocol->output != OUTPUT_AWAIT)
        snprintf(text, size,
                 "%s has 'output await' (B&S, revised P2: before an output the primary awaits the acknowledgement of "
                 "everything sent)",
                 near->name);
    else if (near->output != protocol->output)
        snprintf(text, size, "%s has 'output %s'", near->name, output_rule_word(near->output));
    else
        snprintf(text, size, "%s has its actions in another order, or fewer of them", near->name);
}

bool protocol_nearest(const struct protocol *protocol, char *text, size_t size)
{
    unsigned least = UINT_MAX;
    size_t used = (size_t)snprintf(text, size, "of the protocols nearest to it ");
    for (unsigned i = 0; protocol_name(i); i++) {
        unsigned far = distance(protocol, protocol_find(protocol_name(i), NULL));
        least = far < least ? far : least;
    }
    for (unsigned i = 0, said = 0; least && protocol_name(i); i++) {
        const struct protocol *near = protocol_find(protocol_name(i), NULL);
        if (distance(protocol, near) != least || used >= size)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s", said++ ? "; " : "");
        if (used < size)
            say_difference(protocol, near, text + used, size - used);
        used = strlen(text);
    }
    return least;
}
