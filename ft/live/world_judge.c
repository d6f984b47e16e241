/* world_judge.c - the world judges (docs/explainability.md), and forgets what it has judged: so what it keeps of a run
 * does not grow with its length.
 *
 * A piece of the run is judged when every node that has the virtual processor, or is about to, has passed it: it is the
 * beginning of the history of whoever will have survived. Bytes and frames follow each other, so their beginning is
 * held against theirs; of disk commands a piece ends where all before are settled, and the disks have done none behind
 * before one of them (commands are performed as they come, so that is nearly everywhere). What does not fit is kept:
 * the verdict at the end says so.
 */
#include "ft/live/world_parts.h"

#include <stdio.h>
#include <string.h>

#include "mmu/base/hard.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* How often; and how many records at once are worth it. */
#define JUDGE_PS (PS_PER_S / HARD(2, 200))
enum { WORTH = HARD(1024, 1) };

/* ---- in pieces ---- */

/* Those whose histories count: of who acts, and who joins or follows. */
static unsigned histories_of(struct live_world *hub, struct history *histories[MEMBERS_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        struct member *member = &hub->members[i];
        bool has = member->forked &&
                   (member->state == MEMBER_ACTING || member->state == MEMBER_JOINS || member->state == MEMBER_BACKUP);
        if (has || member == hub->last)
            histories[count++] = &member->history;
    }
    return count;
}

/* How many of the COUNT bytes or events of SIZE bytes at AT, or frames of NETWORK, are in a row of H too, from its
 * beginning on. */
static uint64_t agreed(const void *at, uint64_t count, const void *row, uint64_t row_count, size_t size)
{
    uint64_t most = row_count < count ? row_count : count;
    return !most || !memcmp(at, row, most * size) ? most : 0;
}

static uint64_t agreed_sent(const struct network *network, uint64_t count, const struct history *h)
{
    uint64_t i = 0;
    while (i < count && i < h->sent.count && h->sent.at[i].content == network->sent.at[i].content)
        i++;
    return i;
}

static uint64_t agreed_taken(const struct network *network, uint64_t count, const struct history *h)
{
    uint64_t i = 0;
    for (; i < count && i < h->taken.count; i++) {
        const struct history_frame *frame = &h->taken.at[i];
        uint64_t at = frame->number - network->came_before;
        if (frame->number < network->came_before || at >= network->came.count || network->came.at[at] != frame->content)
            break;
        if (i && frame->number <= h->taken.at[i - 1].number)
            break;
    }
    return i;
}

/* ---- disk commands ---- */

static int by_time(const void *a, const void *b)
{
    const struct disk_record *left = a, *right = b;
    if (left->time_ps != right->time_ps)
        return left->time_ps < right->time_ps ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* All records, in the order of performance; to be freed. */
static struct disk_record *all_records(const struct live_world *hub, size_t *count)
{
    size_t at = 0, some;
    *count = 0;
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        shared_disk_records(hub->world.disks[i], &some);
        *count += some;
    }
    struct disk_record *records = calloc(*count + 1, sizeof *records);
    memory_need(records);
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        const struct disk_record *from = shared_disk_records(hub->world.disks[i], &some);
        if (some)
            memcpy(records + at, from, some * sizeof *records);
        at += some;
    }
    qsort(records, *count, sizeof *records, by_time);
    return records;
}

/* Of COUNT RECORDS, how many are of the operations up to LAST, if none of a later one was performed before them; else
 * 0.
 */
static size_t cut(const struct disk_record *records, size_t count, uint64_t last)
{
    size_t first = 0;
    while (first < count && records[first].number <= last)
        first++;
    for (size_t i = first; i < count; i++)
        if (records[i].number <= last)
            return 0;
    return first;
}

/* Up to which number the operations can be forgotten: judged now. */
static uint64_t judge_operations(struct live_world *hub, struct history *histories[MEMBERS_MAX], unsigned members)
{
    uint64_t first = histories[0]->before.operations, last = UINT64_MAX, repeated = 0;
    size_t count;
    for (unsigned i = 0; i < members; i++)
        last = smallest(last, history_settled(histories[i]));
    if (last < first + WORTH)
        return first;
    struct disk_record *records = all_records(hub, &count);
    size_t piece = cut(records, count, last);
    bool good = piece > 0 || !count;
    for (unsigned i = 0; i < members && good; i++)
        good = explain_operations(histories[i], last, records, piece, &repeated);
    free(records);
    if (!good)
        return first;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        shared_disk_forget(hub->world.disks[i], last);
    for (uint64_t number = first + 1; number <= last; number++)
        hub->judged_refused += history_operation(histories[0], number)->refused;
    hub->forgotten += piece;
    hub->repeated += repeated;
    return last;
}

void hub_judge_prefix(struct live_world *hub)
{
    struct history *histories[MEMBERS_MAX];
    struct network *network = &hub->world.network;
    struct seat *seat = &hub->world.seat;
    if (!hub->acting || hub->over || hub->now_ps < hub->judged_ps + JUDGE_PS)
        return;
    hub->judged_ps = hub->now_ps;
    unsigned members = histories_of(hub, histories);
    uint64_t shown, typed, output, input, sent = network->sent.count, taken = UINT64_MAX, events = seat->events.count;
    const uint8_t *shown_at = terminal_shown(hub->world.terminal, &shown),
                  *typed_at = terminal_typed(hub->world.terminal, &typed);
    output = shown - smallest(shown, hub->unshown);
    input = typed;
    for (unsigned i = 0; i < members; i++) {
        const struct history *h = histories[i];
        output = agreed(shown_at, output, h->output.at, h->output.count, 1);
        input = agreed(typed_at, input, h->input.at, h->input.count, 1);
        events = agreed(seat->events.at, events, h->events.at, h->events.count, sizeof seat->events.at[0]);
        sent = agreed_sent(network, sent, h);
        taken = agreed_taken(network, taken, h);
    }
    if (output == shown && output)
        output--; /* whoever tells the operator something looks whether the last line has ended */
    struct history_before to = histories[0]->before;
    uint64_t came = taken ? histories[0]->taken.at[taken - 1].number + 1 : network->came_before;
    to.output += output;
    to.input += input;
    to.events += events;
    to.sent += sent;
    to.taken += taken;
    to.operations = judge_operations(hub, histories, members);
    terminal_forget(hub->world.terminal, output, input);
    seat_forget(seat, events);
    network_forget(network, sent, came);
    for (size_t i = 0; i < hub->world.fences.count; i++) {
        struct explain_fence *fence = &hub->world.fences.at[i];
        fence->shown -= smallest(fence->shown, output);
        fence->sent -= smallest(fence->sent, sent);
    }
    for (unsigned i = 0; i < members; i++)
        history_forget(histories[i], &to);
}

/* ---- at the end ---- */

/* What the guest has issued: of a run that was lost, as H has it, where each byte for the terminal is one. */
static uint64_t issued(const struct live_world *hub, const struct history *history)
{
    const struct history_before *before = &history->before;
    uint64_t outputs = history_operations(history) - hub->judged_refused + before->output + history->output.count +
                       before->sent + history->sent.count;
    for (size_t i = 0; i < history->operations.count; i++)
        outputs -= history->operations.at[i].refused;
    uint64_t told = hub->counts[ROLE_PRIMARY].issued; /* 0: nobody is left who could say */
    return told ? told : outputs;
}

void hub_judge(struct live_world *hub, struct system_result *result)
{
    static const struct history nothing;
    const struct history *history = hub->last ? &hub->last->history : &nothing;
    struct explain_input input = {
        .history = history,
        .issuers = {history, NULL},
        .terminal = hub->world.terminal,
        .seat = &hub->world.seat,
        .network = &hub->world.network,
        .plain = hub->world.config.console_plain,
        .complete = hub->world.end == END_EXIT || hub->world.end == END_HALTED,
        .fences = hub->world.fences.at,
        .fence_count = hub->world.fences.count,
    };
    struct explain_verdict verdict;
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        size_t performed;
        input.disks[i] = hub->world.disks[i];
        shared_disk_records(hub->world.disks[i], &performed);
        result->operations.performed += performed;
    }
    explain(&input, &verdict);
    result->operations.performed += hub->forgotten;
    bool differ = hub->world.digests_differ;
    snprintf(hub->violation, sizeof hub->violation, "%s", differ ? hub->world.divergence : verdict.sentence);
    result->judged = true;
    result->digests_differ = differ;
    result->explainable = verdict.explainable && !differ;
    result->violation = result->explainable ? NULL : hub->violation;
    result->operations.repeated = verdict.repeated + hub->repeated;
    result->operations.issued = issued(hub, history);
}
