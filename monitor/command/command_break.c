/* command_break.c - commands about where the guest stops: break, tbreak, watch, rwatch, awatch, condition, ignore,
 * enable, disable, delete, info breakpoints.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/session/number.h"
#include "mmu/base/memory.h"
#include "mmu/base/nearest.h"

/* ---- places ---- */

/* `break WORD ...`: one row for each WORD that is no address. REST is what follows it, or "". */
struct kind {
    const char *name;
    bool (*parse)(const struct monitor *monitor, const char *rest, struct stop_point *point, struct error *error);
};

static bool parse_epoch(const struct monitor *monitor, const char *rest, struct stop_point *point, struct error *error)
{
    point->place = STOP_AT_EPOCH;
    if (!number_read(monitor, rest, &point->number) || point->number == 0)
        return error_set(error, "'%s' is no epoch: 'break epoch N' with a number from 1 is wanted", rest);
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no epochs: 'system --mode solo' or '--mode pair' has");
    return true;
}

static bool parse_operation(const struct monitor *monitor, const char *rest, struct stop_point *point,
                            struct error *error)
{
    point->place = STOP_AT_OPERATION;
    if (*rest && (!number_read(monitor, rest, &point->number) || point->number == 0))
        return error_set(error, "'%s' is no operation: 'break operation K' with a number from 1 is wanted", rest);
    return true;
}

static bool parse_step(const struct monitor *monitor, const char *rest, struct stop_point *point, struct error *error)
{
    size_t length = strcspn(rest, ":");
    point->place = STOP_AT_STEP;
    if (monitor->options.config.mode == MODE_BARE)
        return error_set(error, "a bare computer has no protocol: 'system --mode pair' has");
    if (rest[length] == ':' && (!number_read(monitor, rest + length + 1, &point->number) || point->number == 0))
        return error_set(error, "'%s' is no step: NAME or NAME:K with a number from 1 is wanted", rest);
    struct nearest nearest;
    nearest_begin(&nearest, rest, length);
    for (unsigned step = 0; step < PROTOCOL_STEP_COUNT; step++) {
        const char *name = protocol_step_name(step);
        point->step = step;
        nearest_try(&nearest, "", name);
        if (strlen(name) == length && strncmp(name, rest, length) == 0)
            return true;
    }
    return error_set(error, "'%.*s' is no protocol step: run, end-sent, b-delivered, ... are (docs/faults.md)%s",
                     (int)length, rest, nearest.question);
}

/* Does KIND go over the channel, under a name of its own? */
static bool is_message(enum message_class kind)
{
    return kind != MESSAGE_HARDWARE && kind != MESSAGE_VALUES;
}

static bool parse_message(const struct monitor *monitor, const char *rest, struct stop_point *point,
                          struct error *error)
{
    point->place = STOP_AT_MESSAGE;
    if (monitor->options.config.mode != MODE_PAIR)
        return error_set(error, "there is one computer, and no message: 'system --mode pair' makes two");
    for (unsigned kind = MESSAGE_INTERRUPT; kind < MESSAGE_CLASS_END; kind++)
        if (is_message(kind) && (!*rest || strcmp(rest, message_class_name(kind)) == 0))
            point->classes |= UINT32_C(1) << kind;
    if (point->classes >> MESSAGE_VALUE & 1)
        point->classes |= UINT32_C(1) << MESSAGE_VALUES; /* several of them at once */
    return point->classes ||
           error_set(error,
                     "'%s' is no class of messages: interrupt, value, time, end, off, heartbeat, "
                     "performed, out, lost, digest, join-state, join-page, join-done, checkpoint-state, "
                     "checkpoint-page or checkpoint-done is wanted",
                     rest);
}

static bool parse_trap(const struct monitor *monitor, const char *rest, struct stop_point *point, struct error *error)
{
    uint64_t vector = 0;
    point->place = STOP_AT_TRAP;
    point->vectors = UINT64_MAX;
    if (!*rest)
        return true;
    if (!number_read(monitor, rest, &vector) || vector < VECTOR_HPMC || vector > VECTOR_DELAYED_TRAP)
        return error_set(error, "'%s' is no interruption vector: 1 to %d is wanted", rest, VECTOR_DELAYED_TRAP);
    point->vectors = UINT64_C(1) << vector;
    return true;
}

static const struct kind kinds[] = {{"epoch", parse_epoch},
                                    {"operation", parse_operation},
                                    {"step", parse_step},
                                    {"message", parse_message},
                                    {"trap", parse_trap}};

const char *break_word(unsigned index)
{
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    if (index < KINDS)
        return kinds[index].name;
    index -= KINDS;
    if (index < PROTOCOL_STEP_COUNT)
        return protocol_step_name((enum protocol_step)index);
    index -= PROTOCOL_STEP_COUNT;
    for (unsigned kind = MESSAGE_INTERRUPT; kind < MESSAGE_CLASS_END; kind++)
        if (is_message(kind) && !index--)
            return message_class_name(kind);
    return NULL;
}

static bool parse_address(const struct monitor *monitor, const char *text, struct stop_point *point,
                          struct error *error)
{
    point->place = STOP_AT_ADDRESS;
    if (!monitor_address(monitor, text, &point->offset, error))
        return false;
    return point->offset % 4 == 0 ||
           error_set(error, "0x%08x is not the address of an instruction: a multiple of 4 is wanted", point->offset);
}

/* "main", "epoch 5", "step end-sent:3", ... */
static bool parse_place(const struct monitor *monitor, const char *text, struct stop_point *point, struct error *error)
{
    size_t length = strcspn(text, " \t");
    *point = (struct stop_point){0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strlen(kinds[i].name) == length && strncmp(kinds[i].name, text, length) == 0) {
            const char *rest = text + length;
            return kinds[i].parse(monitor, rest + strspn(rest, " \t"), point, error);
        }
    }
    return parse_address(monitor, text, point, error);
}

/* ---- break, watch ---- */

static void set_condition(struct breakpoint *breakpoint, const char *text)
{
    free(breakpoint->condition);
    breakpoint->condition = *text ? strdup(text) : NULL;
    memory_need(breakpoint->condition || !*text);
}

static bool add(struct monitor *monitor, const struct stop_point *point, const char *condition, bool temporary,
                struct error *error)
{
    char text[300];
    uint64_t unused;
    if (condition && !monitor_evaluate(monitor, condition, &unused, error))
        return false;
    struct breakpoint *breakpoint = breakpoint_add(monitor, point, error);
    if (!breakpoint)
        return false;
    breakpoint->temporary = temporary;
    set_condition(breakpoint, condition ? condition : "");
    breakpoint_describe(monitor, point, text, sizeof text);
    fprintf(monitor->out, "breakpoint %u at %s\n", breakpoint->number, text);
    return true;
}

/* Where in TEXT " if " stands alone; its length if nowhere. */
static size_t condition_at(const char *text)
{
    for (const char *at = strstr(text, "if"); at; at = strstr(at + 1, "if"))
        if (at > text && strchr(" \t", at[-1]) && at[2] && strchr(" \t(", at[2]))
            return (size_t)(at - text);
    return strlen(text);
}

static bool break_at(struct monitor *monitor, const struct arguments *arguments, bool temporary, struct error *error)
{
    struct stop_point point;
    char *place = strdup(arguments->rest);
    memory_need(place);
    size_t end = condition_at(place);
    const char *condition = place[end] ? place + end + 2 : NULL;
    while (end && strchr(" \t", place[end - 1]))
        end--;
    if (condition)
        place[end] = '\0';
    bool good = parse_place(monitor, place, &point, error) && add(monitor, &point, condition, temporary, error);
    free(place);
    return good;
}

bool command_break(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return break_at(monitor, arguments, false, error);
}

bool command_tbreak(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return break_at(monitor, arguments, true, error);
}

/* "ADDR", "ADDR,LENGTH", or memory: "*ADDR", "byte(ADDR)". */
static bool watch(struct monitor *monitor, const char *text, unsigned access, struct error *error)
{
    struct stop_point point = {.place = STOP_AT_ACCESS, .size_bytes = 4, .kinds = access};
    struct value value = {0};
    uint64_t length = 4;
    char *place = strdup(text);
    memory_need(place);
    char *comma = strrchr(place, ',');
    if (comma)
        *comma++ = '\0';
    bool good =
        monitor_value(monitor, place, &value, error) && (!comma || monitor_evaluate(monitor, comma, &length, error));
    free(place);
    if (!good)
        return false;
    struct place at = value.reference;
    if (!value.reference_bytes && !value_place(&value, &at, error))
        return false;
    if (value.reference_bytes && !comma)
        length = value.reference_bytes;
    if (at.physical)
        return error_set(error, "'%s' is a physical address: a virtual one is wanted here", text);
    if (length == 0 || length > UINT32_MAX - at.address || length > 0x10000000)
        return error_set(error, "%llu bytes from 0x%08x on cannot be watched: 1 to 0x10000000 below the end can",
                         (unsigned long long)length, at.address);
    point.offset = at.address;
    point.size_bytes = (uint32_t)length;
    return add(monitor, &point, NULL, false, error);
}

bool command_watch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return watch(monitor, arguments->rest, ACCESS_WRITE, error);
}

bool command_rwatch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return watch(monitor, arguments->rest, ACCESS_READ, error);
}

bool command_awatch(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return watch(monitor, arguments->rest, ACCESS_READ | ACCESS_WRITE, error);
}

/* ---- what becomes of them ---- */

bool command_condition(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct breakpoint *breakpoint = breakpoint_find(monitor, arguments->at[0], error);
    uint64_t unused;
    if (!breakpoint)
        return false;
    const char *text = arguments->rest + strcspn(arguments->rest, " \t");
    text += strspn(text, " \t");
    if (*text && !monitor_evaluate(monitor, text, &unused, error))
        return false;
    if (!*text)
        fprintf(monitor->out, "breakpoint %u has no condition now\n", breakpoint->number);
    set_condition(breakpoint, text);
    return true;
}

bool command_ignore(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct breakpoint *breakpoint = breakpoint_find(monitor, arguments->at[0], error);
    uint64_t count;
    if (!breakpoint)
        return false;
    if (!number_read(monitor, arguments->at[1], &count))
        return error_set(error, "'%s' is no count: a number is wanted", arguments->at[1]);
    breakpoint->ignore = count;
    return true;
}

/* Do ACT to the breakpoints that are named, or to all. Nothing is done if one of them is not there. */
static bool for_each(struct monitor *monitor, const struct arguments *arguments, struct error *error,
                     void (*act)(struct monitor *monitor, struct breakpoint *breakpoint))
{
    for (unsigned i = 0; i < arguments->count; i++)
        if (!breakpoint_find(monitor, arguments->at[i], error))
            return false;
    for (unsigned i = 0; i < arguments->count; i++) {
        struct breakpoint *breakpoint = breakpoint_find(monitor, arguments->at[i], NULL);
        if (breakpoint) /* the same number twice */
            act(monitor, breakpoint);
    }
    for (size_t i = monitor->breakpoints.rows.count; i-- > 0 && !arguments->count;)
        act(monitor, &monitor->breakpoints.rows.at[i]);
    return true;
}

static void enable(struct monitor *monitor, struct breakpoint *breakpoint)
{
    breakpoint->disabled = false;
}

static void disable(struct monitor *monitor, struct breakpoint *breakpoint)
{
    breakpoint->disabled = true;
}

bool command_enable(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return for_each(monitor, arguments, error, enable);
}

bool command_disable(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return for_each(monitor, arguments, error, disable);
}

bool command_delete(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (arguments->count && (strcmp(arguments->at[0], "fault") == 0 || strcmp(arguments->at[0], "faults") == 0))
        return delete_faults(monitor, arguments->count - 1, arguments->at + 1, error);
    if (arguments->count && (strcmp(arguments->at[0], "display") == 0 || strcmp(arguments->at[0], "displays") == 0))
        return delete_displays(monitor, arguments->count - 1, arguments->at + 1, error);
    return for_each(monitor, arguments, error, breakpoint_delete);
}

bool info_breakpoints(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor->breakpoints.rows.count)
        fprintf(monitor->out, "there are no breakpoints\n");
    for (size_t i = 0; i < monitor->breakpoints.rows.count; i++) {
        const struct breakpoint *row = &monitor->breakpoints.rows.at[i];
        char text[300];
        breakpoint_describe(monitor, &row->point, text, sizeof text);
        fprintf(monitor->out, "%u  %s", row->number, text);
        if (row->condition)
            fprintf(monitor->out, ", if %s", row->condition + strspn(row->condition, " \t"));
        if (row->temporary)
            fprintf(monitor->out, ", once");
        if (row->disabled)
            fprintf(monitor->out, ", disabled");
        if (row->ignore)
            fprintf(monitor->out, ", to be passed %" PRIu64 " times", row->ignore);
        if (row->hits)
            fprintf(monitor->out, ", hits: %" PRIu64, row->hits);
        fprintf(monitor->out, "\n");
    }
    return true;
}
