/* timeline.c - see timeline.h: what is on it, and the text. */
#include "monitor/view/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ft/hosts.h"
#include "mmu/base/vtime.h"
#include "monitor/base/json.h"

enum { PS_PER_NS = 1000 };

void message_name(const struct chronicle_row *row, char *text, size_t size)
{
    static const char *const names[MESSAGE_CLASS_END] = {
        [MESSAGE_INTERRUPT] = "Int",
        [MESSAGE_VALUE] = "Val",
        [MESSAGE_TIME] = "Tme",
        [MESSAGE_HEARTBEAT] = "heartbeat",
        [MESSAGE_JOIN_STATE] = "join",
        [MESSAGE_JOIN_PAGE] = "join, page",
        [MESSAGE_JOIN_DONE] = "join, done",
        [MESSAGE_DIGEST] = "digest",
        [MESSAGE_VALUES] = "Vals",
        [MESSAGE_LOST] = "lost",
        [MESSAGE_PERFORMED] = "Net",
        [MESSAGE_CHECKPOINT_STATE] = "checkpoint",
        [MESSAGE_CHECKPOINT_PAGE] = "checkpoint, page",
        [MESSAGE_CHECKPOINT_DONE] = "checkpoint, done",
    };
    const char *name = row->message_class < MESSAGE_CLASS_END ? names[row->message_class] : NULL;
    if (row->message_class == MESSAGE_END)
        snprintf(text, size, "[end, %" PRIu64 "]", row->epoch);
    else if (row->message_class == MESSAGE_OFF)
        snprintf(text, size, "[off, %" PRIu64 "]", row->epoch);
    else if (row->message_class == MESSAGE_OUT)
        snprintf(text, size, "[out, %" PRIu64 "]", row->number);
    else if (row->message_class == MESSAGE_INTERRUPT)
        snprintf(text, size, "[%" PRIu64 ", Int] %s %" PRIu64, row->epoch, interrupt_device_name(row->device),
                 row->number);
    else if (row->message_class == MESSAGE_VALUE)
        snprintf(text, size, "[%" PRIu64 ", Val] at %" PRIu64, row->epoch, row->number);
    else
        snprintf(text, size, "[%" PRIu64 ", %s]", row->epoch, name ? name : "message");
}

/* ---- what is on it ---- */

static int by_time(const void *a, const void *b)
{
    const struct timeline_event *x = a, *y = b;
    if (x->time_ps != y->time_ps)
        return x->time_ps < y->time_ps ? -1 : 1;
    /* At one time: computer 1 first, and at one computer in the order in which it was written down. */
    if (x->computer != y->computer)
        return x->computer < y->computer ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* When the epoch began that is EPOCHS before the newest of COMPUTER. */
static uint64_t begin_of(const struct chronicle *chronicle, uint64_t epochs)
{
    uint64_t newest = 0, begin = 0;
    for (size_t i = chronicle_count(chronicle); i-- > 0;) {
        const struct chronicle_row *row = chronicle_at(chronicle, i);
        if (row->kind != CHRONICLE_BEGINS)
            continue;
        newest = newest ? newest : row->epoch;
        if (row->epoch + epochs <= newest)
            break;
        begin = row->time_ps;
    }
    return begin;
}

/* When the first computer began epochs FROM to TO, and the last one was through with them. */
static void times_of(const struct monitor *monitor, const struct timeline_range *range, struct timeline *timeline)
{
    uint64_t begin = UINT64_MAX, end = 0;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        const struct chronicle *chronicle = system_chronicle(monitor->system, i);
        for (size_t k = 0; k < chronicle_count(chronicle); k++) {
            const struct chronicle_row *row = chronicle_at(chronicle, k);
            if (row->kind > CHRONICLE_APPLIED || row->epoch < range->from || row->epoch > range->to)
                continue;
            begin = row->time_ps < begin ? row->time_ps : begin;
            end = row->time_ps > end ? row->time_ps : end;
        }
    }
    timeline->begin_ps = begin == UINT64_MAX ? timeline->end_ps : begin;
    timeline->to_ps = begin == UINT64_MAX ? timeline->end_ps : end;
}

static void take_row(struct timeline *timeline, const struct monitor *monitor, unsigned computer,
                     const struct chronicle_row *row)
{
    struct timeline_event event = {
        .time_ps = row->time_ps, .kind = TIMELINE_DID, .computer = computer, .row = row, .arrival_ps = UINT64_MAX};
    bool was = row->time_ps < timeline->begin_ps && row->arrival_ps < timeline->begin_ps;
    if (was || row->time_ps > timeline->to_ps)
        return;
    if (row->kind == CHRONICLE_SENT) {
        enum message_fate fate = chronicle_fate(monitor->system, computer, row, timeline->end_ps, &event.arrival_ps);
        event.lost = fate == FATE_LOST;
        bool arrived = fate == FATE_RECEIVED || fate == FATE_ACKNOWLEDGED;
        if (arrived && event.arrival_ps >= timeline->begin_ps && event.arrival_ps <= timeline->to_ps) {
            struct timeline_event comes = event;
            comes.kind = TIMELINE_COMES;
            comes.time_ps = event.arrival_ps;
            comes.computer = 1 - computer;
            *VEC_PUSH(&timeline->events) = comes;
        }
        if (!arrived && fate != FATE_UNDER_WAY)
            event.arrival_ps = UINT64_MAX;
    }
    if (row->time_ps >= timeline->begin_ps && row->time_ps <= timeline->to_ps)
        *VEC_PUSH(&timeline->events) = event;
}

/* The lines of the operator's console: "[0.000610 s, computer 1] the primary fails, ...". */
static void take_told(struct timeline *timeline, const struct monitor *monitor)
{
    const char *text = system_account(monitor->system);
    while (*text) {
        size_t length = strcspn(text, "\n");
        unsigned long long seconds, micros;
        unsigned computer;
        int used = 0;
        if (sscanf(text, "[%llu.%6llu s, computer %u] %n", &seconds, &micros, &computer, &used) == 3 && used &&
            (computer == 1 || computer == 2)) {
            uint64_t time_ps = (seconds * 1000000 + micros) * 1000 * PS_PER_NS;
            /* The text has whole microseconds. */
            if (time_ps + 1000 * PS_PER_NS >= timeline->begin_ps && time_ps <= timeline->to_ps + 1000 * PS_PER_NS)
                *VEC_PUSH(&timeline->events) = (struct timeline_event){.time_ps = time_ps,
                                                                       .kind = TIMELINE_TOLD,
                                                                       .computer = computer - 1,
                                                                       .text = text + used,
                                                                       .size = length - (size_t)used};
        }
        text += length + (text[length] == '\n');
    }
}

void timeline_take(struct timeline *timeline, const struct monitor *monitor, const struct timeline_range *range,
                   bool heartbeats)
{
    unsigned acting = system_acting(monitor->system);
    *timeline = (struct timeline){0};
    for (unsigned i = 0; i < system_computers(monitor->system); i++)
        if (computer_time_ps(monitor->system, i) > timeline->end_ps)
            timeline->end_ps = computer_time_ps(monitor->system, i);
    timeline->to_ps = timeline->end_ps;
    if (range->epochs)
        timeline->begin_ps = begin_of(system_chronicle(monitor->system, acting), range->epochs);
    else
        times_of(monitor, range, timeline);
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        const struct chronicle *chronicle = system_chronicle(monitor->system, i);
        for (size_t k = 0; k < chronicle_count(chronicle); k++) {
            const struct chronicle_row *row = chronicle_at(chronicle, k);
            if (row->kind != CHRONICLE_RECEIVED && (heartbeats || row->message_class != MESSAGE_HEARTBEAT))
                take_row(timeline, monitor, i, row);
        }
    }
    take_told(timeline, monitor);
    for (size_t i = 0; i < timeline->events.count; i++)
        timeline->events.at[i].order = i;
    if (timeline->events.count)
        qsort(timeline->events.at, timeline->events.count, sizeof *timeline->events.at, by_time);
}

void timeline_free(struct timeline *timeline)
{
    VEC_FREE(&timeline->events);
}

/* ---- text ---- */

void timeline_describe(const struct monitor *monitor, const struct timeline_event *event, char *text, size_t size)
{
    const struct chronicle_row *row = event->row;
    const char *vm = row->vm >= 0 ? system_vm_name(monitor->system, event->computer, (unsigned)row->vm) : NULL;
    char name[64];
    vm = vm ? vm : "nobody";
    switch (row->kind) {
    case CHRONICLE_BEGINS:
        snprintf(text, size, "epoch %" PRIu64 " begins", row->epoch);
        break;
    case CHRONICLE_ENDS:
        snprintf(text, size, "epoch %" PRIu64 " ends", row->epoch);
        break;
    case CHRONICLE_DELIVERED:
        snprintf(text, size, "epoch %" PRIu64 " is delivered", row->epoch);
        break;
    case CHRONICLE_APPLIED:
        snprintf(text, size, "checkpoint %" PRIu64 " is applied", row->epoch);
        break;
    case CHRONICLE_SENT:
    case CHRONICLE_RECEIVED:
        message_name(row, name, sizeof name);
        snprintf(text, size, event->kind == TIMELINE_COMES ? "%s is received" : "%s%s", name,
                 event->lost ? " is sent, and lost" : " is sent");
        break;
    case CHRONICLE_AWAITS:
        if (row->arrival_ps == UINT64_MAX)
            snprintf(text, size, "acknowledgements are awaited");
        else
            snprintf(text, size, "acknowledgements are awaited for %" PRIu64 " us",
                     (row->arrival_ps - row->time_ps) / PS_PER_US);
        break;
    case CHRONICLE_ISSUED:
        snprintf(text, size, "disk command %" PRIu64 " is issued", row->number);
        break;
    case CHRONICLE_PERFORMED:
        snprintf(text, size, "disk command %" PRIu64 " is performed", row->number);
        break;
    case CHRONICLE_SUPPRESSED:
        snprintf(text, size, "disk command %" PRIu64 " is suppressed", row->number);
        break;
    case CHRONICLE_SHOWN:
    case CHRONICLE_HELD:
        snprintf(text, size, "terminal bytes %" PRIu64 " to %" PRIu64 "%s", row->number - row->bytes + 1, row->number,
                 row->kind == CHRONICLE_HELD ? " are suppressed" : "");
        break;
    case CHRONICLE_SPEED:
        snprintf(text, size, "speed: %.3f million/s", (double)(PS_PER_S / 1000000) / (double)row->number);
        break;
    case CHRONICLE_SLICE:
        snprintf(text, size, "cpu%d executes %s until %" PRIu64 ".%03" PRIu64, row->processor, vm,
                 row->number / 1000000, row->number / 1000 % 1000);
        break;
    case CHRONICLE_FAILED:
        snprintf(text, size, "cpu%d fails", row->processor);
        break;
    case CHRONICLE_SAVED:
        snprintf(text, size, "cpu%d: %s is saved", row->processor, vm);
        break;
    case CHRONICLE_MOVED:
        snprintf(text, size, "cpu%d: %s goes on, from cpu%" PRIu64, row->processor, vm, row->number);
        break;
    }
}

void timeline_print(FILE *out, const struct timeline *timeline, const struct monitor *monitor)
{
    enum { COLUMN = 38 };
    bool pair = system_computers(monitor->system) == 2;
    fprintf(out, "%16s  %-*s", "microseconds", pair ? COLUMN : 0, "computer 1");
    fprintf(out, pair ? "computer 2\n" : "\n");
    for (size_t i = 0; i < timeline->events.count; i++) {
        const struct timeline_event *event = &timeline->events.at[i];
        char text[96];
        fprintf(out, "%12" PRIu64 ".%03" PRIu64 "  ", event->time_ps / 1000000, event->time_ps / 1000 % 1000);
        if (event->kind == TIMELINE_TOLD) {
            fprintf(out, "* computer %u: %.*s\n", event->computer + 1, (int)event->size, event->text);
            continue;
        }
        timeline_describe(monitor, event, text, sizeof text);
        fprintf(out, "%*s%s\n", event->computer ? COLUMN : 0, "", text);
    }
}

/* ---- fail-overs ---- */

bool timeline_around(const struct monitor *monitor, uint64_t number, struct timeline_range *range, struct error *error)
{
    struct system_rule told;
    uint64_t promotions = 0, declared = 0, wanted = 0;
    for (unsigned i = 0; system_rule(monitor->system, i, &told); i++) {
        if (strstr(told.text, " is declared failed: last end"))
            declared = told.epoch;
        if (!strstr(told.text, "] promoted: "))
            continue;
        promotions++;
        if (number && promotions != number)
            continue;
        wanted = promotions;
        *range = (struct timeline_range){0, declared > 2 ? declared - 2 : 1, told.epoch + 2};
    }
    if (wanted)
        return true;
    return promotions
               ? error_set(error, "there were %" PRIu64 " fail-overs: failover=1 to failover=%" PRIu64 " is wanted",
                           promotions, promotions)
               : error_set(error, "there was no fail-over yet");
}

bool timeline_serves(const struct monitor *monitor, unsigned computer, uint64_t time_ps)
{
    bool serves = computer == 0;
    struct system_rule told;
    if (system_computers(monitor->system) == 1) /* of a live pair: as far as this process knows */
        return computer_role(monitor->system, 0) == ROLE_PRIMARY;
    for (unsigned i = 0; system_rule(monitor->system, i, &told); i++)
        if (told.time_ps <= time_ps && strstr(told.text, "] promoted: "))
            serves = told.text[strcspn(told.text, "r") + 2] == (char)('1' + computer); /* "computer 2] promoted" */
    return serves;
}

/* ---- JSON ---- */

static void json_event(struct json *json, const struct timeline_event *event, const struct monitor *monitor)
{
    char text[160];
    json_open(json, NULL, '{');
    json_unsigned(json, "time_ps", event->time_ps);
    json_unsigned(json, "computer", event->computer + 1);
    if (event->kind == TIMELINE_TOLD)
        snprintf(text, sizeof text, "%.*s", (int)event->size, event->text);
    else
        timeline_describe(monitor, event, text, sizeof text);
    json_string(json, "what", text);
    json_bool(json, "told", event->kind == TIMELINE_TOLD);
    if (event->kind != TIMELINE_TOLD) {
        json_unsigned(json, "epoch", event->row->epoch);
        json_bool(json, "live", timeline_serves(monitor, event->computer, event->time_ps));
    }
    json_close(json, '}');
}

void timeline_json(FILE *out, const struct timeline *timeline, const struct monitor *monitor)
{
    struct json json;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_unsigned(&json, "from_ps", timeline->begin_ps);
    json_unsigned(&json, "to_ps", timeline->to_ps);
    json_open(&json, "events", '[');
    for (size_t i = 0; i < timeline->events.count; i++)
        json_event(&json, &timeline->events.at[i], monitor);
    json_close(&json, ']');
    json_close(&json, '}');
}
