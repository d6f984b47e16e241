/* command_show.c - commands that show the two computers beside each other: compare, who-knows, timeline. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ft/compare.h"
#include "mmu/base/memory.h"
#include "monitor/command/command.h"
#include "monitor/session/number.h"
#include "monitor/base/file.h"
#include "monitor/view/timeline.h"

bool command_compare(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct replicas_verdict verdict;
    if (!monitor_wants_image(monitor, error) || !system_compare(monitor->system, &verdict, error))
        return false;
    monitor->differ = !verdict.equal;
    if (verdict.equal)
        fprintf(monitor->out, "the computers are equal before instruction %" PRIu64 "\n", verdict.insns);
    else
        fprintf(monitor->out, "the computers differ before instruction %" PRIu64 ": %s\n", verdict.insns, verdict.text);
    return true;
}

static void print_row(void *arg, const char *text)
{
    fprintf(arg, "%s\n", text);
}

bool command_why(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return monitor_wants_image(monitor, error) &&
           (system_why(monitor->system, monitor->focus, print_row, monitor->out) ||
            error_set(error, "a bare computer follows no rule of a protocol: 'system --mode pair' does"));
}

/* ---- who-knows ---- */

static bool wants_chronicle(const struct monitor *monitor, struct error *error)
{
    if (!monitor_wants_image(monitor, error))
        return false;
    return monitor->options.config.mode != MODE_BARE ||
           error_set(error, "a bare computer has no epochs and sends nothing: 'system --mode pair' does");
}

/* Who had what of one epoch at one time. */
struct knowledge {
    uint64_t epoch;
    unsigned sent, waiting, under_way, received, acknowledged, lost;
    bool delivered[2];
    bool kept; /* all that there was of it is still known */
};

/* The first epoch of which everything is known. */
static uint64_t kept_from(const struct monitor *monitor)
{
    uint64_t from = 0;
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        uint64_t own = chronicle_kept_from(system_chronicle(monitor->system, i));
        /* One that has executed nothing yet had nothing to keep. */
        if (own > from && (own != UINT64_MAX || computer_epoch(monitor->system, i) > 1))
            from = own;
    }
    return from;
}

static void count_message(struct knowledge *knowledge, enum message_fate fate)
{
    knowledge->sent++;
    knowledge->waiting += fate == FATE_WAITS;
    knowledge->under_way += fate == FATE_UNDER_WAY;
    knowledge->received += fate == FATE_RECEIVED || fate == FATE_ACKNOWLEDGED;
    knowledge->acknowledged += fate == FATE_ACKNOWLEDGED;
    knowledge->lost += fate == FATE_LOST;
}

static struct knowledge look(const struct monitor *monitor, uint64_t epoch, uint64_t now_ps)
{
    struct knowledge knowledge = {.epoch = epoch, .kept = epoch >= kept_from(monitor)};
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        const struct chronicle *chronicle = system_chronicle(monitor->system, i);
        for (size_t k = 0; k < chronicle_count(chronicle); k++) {
            const struct chronicle_row *row = chronicle_at(chronicle, k);
            uint64_t arrival;
            if (row->epoch != epoch || row->time_ps > now_ps)
                continue;
            if (row->kind == CHRONICLE_DELIVERED || row->kind == CHRONICLE_APPLIED)
                knowledge.delivered[i] = true;
            if (row->kind == CHRONICLE_SENT && row->message_class != MESSAGE_HEARTBEAT)
                count_message(&knowledge, chronicle_fate(monitor->system, i, row, now_ps, &arrival));
        }
    }
    return knowledge;
}

static void print_summary(const struct monitor *monitor, uint64_t newest, uint64_t now_ps)
{
    enum { EPOCHS = 12 };
    bool pair = system_computers(monitor->system) == 2;
    fprintf(monitor->out, "%8s %6s %8s %9s %9s %13s %6s  %s\n", "epoch", "sent", "waiting", "in flight", "received",
            "acknowledged", "lost", "delivered at");
    for (uint64_t epoch = newest >= EPOCHS ? newest - EPOCHS + 1 : 1; epoch <= newest; epoch++) {
        struct knowledge k = look(monitor, epoch, now_ps);
        if (!k.kept) {
            fprintf(monitor->out, "%8" PRIu64 " (is not kept any more)\n", epoch);
            continue;
        }
        fprintf(monitor->out, "%8" PRIu64 " %6u %8u %9u %9u %13u %6u  %s%s%s\n", epoch, k.sent, k.waiting, k.under_way,
                k.received, k.acknowledged, k.lost, k.delivered[0] ? "computer 1" : "",
                k.delivered[0] && k.delivered[1] ? ", " : "", pair && k.delivered[1] ? "computer 2" : "");
    }
}

static void print_message(const struct monitor *monitor, unsigned sender, const struct chronicle_row *row,
                          uint64_t now_ps)
{
    static const char *const fates[] = {"waits", "in flight", "received", "acknowledged", "lost"};
    char name[64], when[32] = "";
    uint64_t arrival;
    enum message_fate fate = chronicle_fate(monitor->system, sender, row, now_ps, &arrival);
    message_name(row, name, sizeof name);
    if (fate != FATE_WAITS && fate != FATE_LOST)
        snprintf(when, sizeof when, "%" PRIu64 ".%03" PRIu64, arrival / 1000000, arrival / 1000 % 1000);
    fprintf(monitor->out, "%-28s computer %u %12" PRIu64 ".%03" PRIu64 " %16s  %s\n", name, sender + 1,
            row->time_ps / 1000000, row->time_ps / 1000 % 1000, when, fates[fate]);
}

static bool print_epoch(const struct monitor *monitor, uint64_t epoch, uint64_t now_ps, struct error *error)
{
    bool known = false;
    if (epoch < kept_from(monitor))
        return error_set(error, "epoch %" PRIu64 " is not kept any more: 'who-knows' shows those that are", epoch);
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        const struct chronicle *chronicle = system_chronicle(monitor->system, i);
        for (size_t k = 0; k < chronicle_count(chronicle); k++) {
            const struct chronicle_row *row = chronicle_at(chronicle, k);
            if (row->epoch != epoch || row->time_ps > now_ps)
                continue;
            if (!known)
                fprintf(monitor->out, "%-28s %-10s %16s %16s  (microseconds)\n", "message", "from", "sent", "arrives");
            known = true;
            if (row->kind == CHRONICLE_SENT && row->message_class != MESSAGE_HEARTBEAT)
                print_message(monitor, i, row, now_ps);
            if (row->kind == CHRONICLE_DELIVERED || row->kind == CHRONICLE_APPLIED)
                fprintf(monitor->out, "%-28s computer %u %12" PRIu64 ".%03" PRIu64 "\n",
                        row->kind == CHRONICLE_APPLIED ? "(checkpoint applied)" : "(delivered to the guest)", i + 1,
                        row->time_ps / 1000000, row->time_ps / 1000 % 1000);
        }
    }
    return known || error_set(error, "nothing is known of epoch %" PRIu64 ": it is still to come", epoch);
}

bool command_who_knows(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint64_t epoch, now_ps = 0;
    if (!wants_chronicle(monitor, error))
        return false;
    for (unsigned i = 0; i < system_computers(monitor->system); i++)
        if (computer_time_ps(monitor->system, i) > now_ps)
            now_ps = computer_time_ps(monitor->system, i);
    if (!arguments->count) {
        print_summary(monitor, computer_epoch(monitor->system, system_acting(monitor->system)), now_ps);
        return true;
    }
    if (!number_read(monitor, arguments->at[0], &epoch))
        return error_set(error, "'%s' is no epoch: a number is wanted", arguments->at[0]);
    return print_epoch(monitor, epoch, now_ps, error);
}

/* ---- timeline ---- */

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length > size && strcmp(text + length - size, ending) == 0;
}

static bool draw(struct monitor *monitor, const struct timeline *timeline, const char *path, struct error *error)
{
    char *text = NULL;
    size_t size;
    if (!reach_file(monitor, path, error))
        return false;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    if (ends_with(path, ".json"))
        timeline_json(out, timeline, monitor);
    else
        timeline_draw(out, timeline, monitor);
    fclose(out);
    bool good = monitor_write_file(monitor, path, "the drawing", text, size, error);
    free(text);
    return good;
}

/* WORD is EPOCHS, FROM..TO or failover[=N]: *IS. */
static bool take_range(const struct monitor *monitor, const char *word, struct timeline_range *range, bool *is,
                       struct error *error)
{
    const char *dots = strstr(word, ".."), *equals = strchr(word, '=');
    uint64_t number = 0;
    char *first = strndup(word, dots ? (size_t)(dots - word) : 0);
    memory_need(first);
    *is = dots && number_read(monitor, first, &range->from) && number_read(monitor, dots + 2, &range->to);
    free(first);
    if (*is) {
        range->epochs = 0;
        return range->from <= range->to ||
               error_set(error, "'%s' has no epoch: FROM..TO with FROM not above TO is wanted", word);
    }
    *is = strncmp(word, "failover", 8) == 0 && (!word[8] || equals == word + 8);
    if (*is)
        return (!equals || (number_read(monitor, equals + 1, &number) && number) ||
                error_set(error, "'%s' is no fail-over: failover=N with a number from 1 is wanted", word)) &&
               timeline_around(monitor, number, range, error);
    *is = strchr("0123456789$(", *word) && number_read(monitor, word, &range->epochs) && range->epochs;
    return true;
}

bool command_timeline(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { EPOCHS_PRINTED = 4, EPOCHS_DRAWN = 20 };
    const char *path = NULL;
    struct timeline_range range = {0};
    bool given = false;
    if (!wants_chronicle(monitor, error))
        return false;
    for (unsigned i = 0; i < arguments->count; i++) {
        bool is = false;
        if (!take_range(monitor, arguments->at[i], &range, &is, error))
            return false;
        given |= is;
        if (!is && !ends_with(arguments->at[i], ".svg") && !ends_with(arguments->at[i], ".json"))
            return error_set(error,
                             "'%s' is neither epochs (12, 3..5, failover, failover=2) nor a FILE.svg or FILE.json",
                             arguments->at[i]);
        if (!is && path)
            return error_set(error, "'%s' is a second file: 'timeline [FILE.svg|FILE.json] [RANGE]' is wanted",
                             arguments->at[i]);
        path = is ? path : arguments->at[i];
    }
    uint64_t kept = kept_from(monitor);
    if (!given)
        range.epochs = path ? EPOCHS_DRAWN : EPOCHS_PRINTED;
    if (!range.epochs && range.from && range.from < kept)
        return error_set(error, "epoch %" PRIu64 " is not kept any more: 'who-knows' shows those that are", range.from);
    struct timeline timeline;
    timeline_take(&timeline, monitor, &range, path != NULL);
    bool good = true;
    if (path)
        good = draw(monitor, &timeline, path, error);
    else
        timeline_print(monitor->out, &timeline, monitor);
    timeline_free(&timeline);
    return good;
}
