/* breakpoint.c - see breakpoint.h. */
#include "monitor/session/breakpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/session/monitor.h"
#include "monitor/session/number.h"

void breakpoints_free(struct breakpoints *breakpoints)
{
    for (size_t i = 0; i < breakpoints->rows.count; i++)
        free(breakpoints->rows.at[i].condition);
    VEC_FREE(&breakpoints->rows);
}

static bool same_point(const struct stop_point *a, const struct stop_point *b)
{
    return a->place == b->place && a->offset == b->offset && a->size_bytes == b->size_bytes && a->kinds == b->kinds &&
           a->vectors == b->vectors && a->classes == b->classes && a->number == b->number && a->step == b->step;
}

struct breakpoint *breakpoint_add(struct monitor *monitor, const struct stop_point *point, struct error *error)
{
    struct breakpoints *all = &monitor->breakpoints;
    char text[200];
    if (all->rows.count == BREAKPOINTS_MAX) {
        error_set(error, "there are %d breakpoints already: 'delete' some", BREAKPOINTS_MAX);
        return NULL;
    }
    for (size_t i = 0; i < all->rows.count; i++) {
        if (!same_point(&all->rows.at[i].point, point))
            continue;
        breakpoint_describe(monitor, point, text, sizeof text);
        error_set(error, "breakpoint %u is at %s already", all->rows.at[i].number, text);
        return NULL;
    }
    struct breakpoint *row = VEC_PUSH(&all->rows);
    *row = (struct breakpoint){.number = ++all->last, .point = *point};
    return row;
}

struct breakpoint *breakpoint_find(struct monitor *monitor, const char *text, struct error *error)
{
    struct breakpoints *all = &monitor->breakpoints;
    uint64_t number;
    if (!number_read(monitor, text, &number)) {
        error_set(error, "'%s' is no number of a breakpoint: 'info breakpoints' shows them", text);
        return NULL;
    }
    for (size_t i = 0; i < all->rows.count; i++)
        if (all->rows.at[i].number == number)
            return &all->rows.at[i];
    error_set(error, "there is no breakpoint %s: 'info breakpoints' shows them", text);
    return NULL;
}

void breakpoint_delete(struct monitor *monitor, struct breakpoint *breakpoint)
{
    struct breakpoints *all = &monitor->breakpoints;
    size_t index = (size_t)(breakpoint - all->rows.at);
    free(breakpoint->condition);
    memmove(breakpoint, breakpoint + 1, (--all->rows.count - index) * sizeof *breakpoint);
}

static void describe_address(const struct monitor *monitor, uint32_t offset, char *text, size_t size)
{
    char symbol[128];
    symbols_format(&monitor->symbols, offset, symbol, sizeof symbol);
    snprintf(text, size, "0x%08x%s%s", offset, *symbol ? " " : "", symbol);
}

static const char *kinds_name(unsigned kinds)
{
    return kinds == ACCESS_WRITE ? "writes to" : kinds == ACCESS_READ ? "reads of" : "references to";
}

static void describe_message(const struct stop_point *point, char *text, size_t size)
{
    int length = snprintf(text, size, "message");
    uint32_t classes = point->classes & ~(UINT32_C(1) << MESSAGE_VALUES);
    if ((classes & (classes - 1)) != 0)
        return; /* any */
    for (unsigned kind = MESSAGE_INTERRUPT; kind < MESSAGE_CLASS_END; kind++)
        if (classes >> kind & 1)
            snprintf(text + length, size - (size_t)length, " %s", message_class_name(kind));
}

static void describe_trap(const struct stop_point *point, char *text, size_t size)
{
    int length = snprintf(text, size, "trap");
    if ((point->vectors & (point->vectors - 1)) != 0)
        return; /* any */
    for (unsigned vector = 0; vector < 64; vector++)
        if (point->vectors >> vector & 1)
            snprintf(text + length, size - (size_t)length, " %u (%s)", vector, cpu_vector_name(vector));
}

void breakpoint_describe(const struct monitor *monitor, const struct stop_point *point, char *text, size_t size)
{
    int length;
    switch (point->place) {
    case STOP_AT_ADDRESS:
        describe_address(monitor, point->offset, text, size);
        return;
    case STOP_AT_ACCESS:
        length = snprintf(text, size, "%s %u byte%s at ", kinds_name(point->kinds), point->size_bytes,
                          point->size_bytes == 1 ? "" : "s");
        describe_address(monitor, point->offset, text + length, size - (size_t)length);
        return;
    case STOP_AT_TRAP:
        describe_trap(point, text, size);
        return;
    case STOP_AT_MESSAGE:
        describe_message(point, text, size);
        return;
    case STOP_AT_EPOCH:
        snprintf(text, size, "epoch %" PRIu64, point->number);
        return;
    case STOP_AT_OPERATION:
        length = snprintf(text, size, "operation");
        break;
    case STOP_AT_STEP:
        length = snprintf(text, size, "step %s", protocol_step_name(point->step));
        break;
    default:
        return;
    }
    if (point->number)
        snprintf(text + length, size - (size_t)length, "%s%" PRIu64, point->place == STOP_AT_STEP ? ":" : " ",
                 point->number);
}

/* ---- a run ---- */

/* What POINT watches, if it fits into a number and is there. */
static bool watched_value(const struct monitor *monitor, const struct stop_point *point, uint64_t *value)
{
    return point->size_bytes <= 8 &&
           monitor_load(monitor, (struct place){point->offset, false}, point->size_bytes, value, NULL);
}

unsigned breakpoints_collect(struct monitor *monitor, struct stop_point *points)
{
    struct breakpoints *all = &monitor->breakpoints;
    unsigned count = 0;
    for (size_t i = 0; i < all->rows.count; i++) {
        struct breakpoint *row = &all->rows.at[i];
        if (row->disabled)
            continue;
        if (row->point.place == STOP_AT_ACCESS)
            row->was_known = watched_value(monitor, &row->point, &row->was);
        points[count++] = row->point;
    }
    return count;
}

/* Is HIT at POINT? One address, or one access, may be the place of several. */
static bool is_at(const struct stop_hit *hit, const struct stop_point *point)
{
    if (hit->point->place != point->place)
        return false;
    if (point->place == STOP_AT_ADDRESS)
        return point->offset == hit->point->offset;
    if (point->place == STOP_AT_ACCESS)
        return (point->kinds & hit->access.kinds) && hit->access.offset <= point->offset + (point->size_bytes - 1) &&
               point->offset <= hit->access.offset + (hit->access.size_bytes - 1);
    return same_point(point, hit->point);
}

static void detail_access(const struct monitor *monitor, const struct breakpoint *row, const struct stop_hit *hit,
                          char *text, size_t size)
{
    static const char *const done[] = {"", "read", "wrote", "read and wrote"};
    char place[200];
    uint64_t now;
    describe_address(monitor, hit->access.offset, place, sizeof place);
    int length =
        snprintf(text, size, ": %s %u bytes at %s", done[hit->access.kinds & 3], hit->access.size_bytes, place);
    if ((hit->access.kinds & ACCESS_WRITE) && row->was_known && watched_value(monitor, &row->point, &now))
        snprintf(text + length, size - (size_t)length, ", 0x%" PRIx64 " -> 0x%" PRIx64, row->was, now);
    else if (!(hit->access.kinds & ACCESS_WRITE))
        snprintf(text + length, size - (size_t)length, ", 0x%" PRIx64, hit->access.value);
}

static void detail_message(const struct message *message, bool sent, char *text, size_t size)
{
    snprintf(text, size, ": %s %s of epoch %" PRIu64 ", index %" PRIu64 ", value %" PRIu64, sent ? "sent" : "received",
             message_class_name(message->message_class), message->epoch, message->index, message->value);
}

/* What HIT is, behind "breakpoint N". */
static void detail(const struct monitor *monitor, const struct breakpoint *row, const struct stop_hit *hit, char *text,
                   size_t size)
{
    *text = '\0';
    switch (hit->point->place) {
    case STOP_AT_ACCESS:
        detail_access(monitor, row, hit, text, size);
        break;
    case STOP_AT_TRAP:
        snprintf(text, size, ": interruption %u (%s)", hit->vector, cpu_vector_name(hit->vector));
        break;
    case STOP_AT_OPERATION:
        snprintf(text, size, ": before operation %" PRIu64, hit->count);
        break;
    case STOP_AT_STEP:
        snprintf(text, size, ": step %s:%" PRIu64, protocol_step_name(hit->point->step), hit->count);
        break;
    case STOP_AT_MESSAGE:
        detail_message(&hit->message, hit->sent, text, size);
        break;
    case STOP_AT_ADDRESS:
    case STOP_BEFORE_ACCESS: /* gdb's alone */
    case STOP_AT_EPOCH:
        break;
    }
}

/* Does ROW, whose place the run has come to, stop it? TEXT: a condition that makes no sense. */
static bool wants_stop(struct monitor *monitor, struct breakpoint *row, bool counts, char *text, size_t size)
{
    uint64_t value = 1;
    struct error error;
    if (row->condition && !monitor_evaluate(monitor, row->condition, &value, &error)) {
        snprintf(text, size, " (its condition: %.300s)", error.text);
        return true;
    }
    if (!value)
        return false;
    if (!counts)
        return true;
    row->hits++;
    if (row->ignore) {
        row->ignore--;
        return false;
    }
    return true;
}

/* A run that has stopped behind an access or an interruption is about to execute at ROW's address, too, and the next
 * run will not stop where it begins. */
static bool is_next(const struct monitor *monitor, const struct stop_hit *hit, const struct breakpoint *row)
{
    const struct cpu_state *state = cpu_state(computer_processor(monitor->system, monitor->focus, hit->processor));
    return (hit->point->place == STOP_AT_ACCESS || hit->point->place == STOP_AT_TRAP) &&
           row->point.place == STOP_AT_ADDRESS && row->point.offset == (state->iaoq_front & ~UINT32_C(3)) &&
           !(state->psw & PSW_N);
}

bool breakpoints_stop(struct monitor *monitor, const struct stop_hit *hit, bool counts, char *text, size_t size)
{
    struct breakpoints *all = &monitor->breakpoints;
    bool stops = false;
    *text = '\0';
    for (size_t i = 0; i < all->rows.count && hit->point; i++) {
        struct breakpoint *row = &all->rows.at[i];
        char why[400] = "", what[400];
        bool here = is_at(hit, &row->point);
        if (row->disabled || (!here && !is_next(monitor, hit, row)) ||
            !wants_stop(monitor, row, counts, why, sizeof why))
            continue;
        size_t said = strlen(text);
        int length = 0;
        *what = '\0';
        if (computer_processors(monitor->system, monitor->focus) > 1)
            length = snprintf(what, sizeof what, " at processor %u", hit->processor);
        if (here)
            detail(monitor, row, hit, what + length, sizeof what - (size_t)length);
        snprintf(text + said, size - said, "breakpoint %u%s%s, ", row->number, why, what);
        stops = true;
        if (row->temporary && counts) {
            breakpoint_delete(monitor, row);
            i--;
        }
    }
    return stops;
}
