/* explain.c - see explain.h. Rules 1-4 concern the disk, 5 the terminal's output, 6 its input, 7 what the
 * network was sent, 8 what came from it.
 *
 * A performance is matched with an operation of H by the operation's number if kind, place and content agree, and else
 * with the first operation of the same kind, place and content that has no match. A matching that satisfies the rules
 * is a proof; the numbers are only a hint where to find it, which replicas make a good one. If this matching does not
 * satisfy them, all others are looked at (explain_search.c) before it counts as a violation.
 */
#include "ft/explain/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"

/* Matches of one operation of H. */
struct matches {
    uint32_t full, partial;
};

struct explaining {
    const struct explain_input *input;
    struct explain_verdict *verdict;
    struct matches *matches; /* parallel to H's operations */
    size_t operations;
};

static const char *opcode_name(uint32_t opcode)
{
    static const char *const names[] = {"connect", "read", "write", "flush", "disconnect"};
    return opcode < sizeof names / sizeof names[0] ? names[opcode] : "unknown command";
}

static const char *disk_name(uint32_t device, char *text, size_t size)
{
    if (device == DISK_DEVICE_CONTROLLER)
        return "disk";
    snprintf(text, size, "virtio slot %u", device - DISK_DEVICE_VIRTIO);
    return text;
}

/* The epoch of disk operation OP at a computer that is not the survivor, or else at that. */
static uint64_t epoch_of_failed(const struct explaining *x, const struct history_operation *op)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        const struct history_operation *issued = issuer ? history_operation(issuer, op->number) : NULL;
        if (issued && issuer != x->input->history)
            return issued->epoch;
    }
    return op->epoch;
}

static bool violate(struct explaining *x, const char *text, int rule, const struct history_operation *op)
{
    char disk[32];
    x->verdict->explainable = false;
    x->verdict->rule = (unsigned)rule;
    x->verdict->epoch = epoch_of_failed(x, op);
    snprintf(x->verdict->sentence, sizeof x->verdict->sentence,
             "rule %d: %s (%s operation %" PRIu64 ", %s of block %" PRIu32 "+%" PRIu32 ", epoch %" PRIu64
             ", instruction %" PRIu64 ")",
             rule, text, disk_name(op->device, disk, sizeof disk), op->number, opcode_name(op->opcode), op->block,
             op->count, op->epoch, op->insns);
    return false;
}

bool explain_same(const struct history_operation *op, const struct disk_record *record)
{
    if (op->refused || op->device != record->device || op->opcode != record->opcode || op->block != record->block ||
        op->count != record->count)
        return false;
    /* What a read found is compared with what the guest was told (rule 2), not here. */
    return op->opcode != DISK_WRITE || op->content == record->content;
}

static bool can_take(const struct explaining *x, size_t index)
{
    const struct matches *m = &x->matches[index];
    return m->full + m->partial == 0 || x->input->history->operations.at[index].reissued;
}

/* Where in H the operation of that NUMBER is, or would be. */
static size_t index_of(const struct explaining *x, uint64_t number)
{
    return (size_t)(number - 1 - x->input->history->before.operations);
}

/* The operation of H that RECORD is a performance of; its index, or SIZE_MAX. */
static size_t find_match(const struct explaining *x, const struct disk_record *record)
{
    const struct history_operation *ops = x->input->history->operations.at;
    size_t hint = index_of(x, record->number);
    if (hint < x->operations && explain_same(&ops[hint], record) && can_take(x, hint))
        return hint;
    for (size_t i = 0; i < x->operations; i++)
        if (explain_same(&ops[i], record) && can_take(x, i))
            return i;
    return SIZE_MAX;
}

/* The operation as its issuer knows it, to say where it came from. */
static struct history_operation issuer_operation(const struct explaining *x, const struct disk_record *record)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        const struct history_operation *issued = issuer ? history_operation(issuer, record->number) : NULL;
        if (issued && explain_same(issued, record))
            return *issued;
    }
    return (struct history_operation){.number = record->number,
                                      .device = record->device,
                                      .opcode = record->opcode,
                                      .block = record->block,
                                      .count = record->count};
}

/* Rule 2 for a read: the data told are those of the LAST match. */
static bool check_read(struct explaining *x, const struct history_operation *op, const struct disk_record *last)
{
    if (op->opcode != DISK_READ || op->status != DISK_COMPLETED || op->content == last->content)
        return true;
    return violate(x, "a read was told completed with data that the disk did not give", 2, op);
}

/* Rules 1 and 4, in the order of performance. */
static bool match_all(struct explaining *x, const struct disk_record *records, size_t count)
{
    const struct history_operation *ops = x->input->history->operations.at;
    const struct disk_record **last = calloc(x->operations + 1, sizeof *last);
    uint64_t newest_issue = 0;
    bool good = true;
    memory_need(last);
    for (size_t i = 0; good && i < count; i++) {
        size_t index = find_match(x, &records[i]);
        if (index == SIZE_MAX) {
            struct history_operation op = issuer_operation(x, &records[i]);
            good = violate(x, "the disk performed an operation that the surviving guest did not issue so", 1, &op);
            break;
        }
        if (records[i].full)
            x->matches[index].full++;
        else
            x->matches[index].partial++;
        last[index] = &records[i];
        if (ops[index].told_at && ops[index].told_at < newest_issue)
            good = violate(x, "an operation was performed after one that was issued when its outcome was known", 4,
                           &ops[index]);
        if (ops[index].issued_at > newest_issue)
            newest_issue = ops[index].issued_at;
    }
    for (size_t i = 0; good && i < x->operations; i++)
        good = !last[i] || check_read(x, &ops[i], last[i]);
    free(last);
    return good;
}

/* Rules 2 and 3, operation by operation. */
static bool check_outcomes(struct explaining *x)
{
    for (size_t i = 0; i < x->operations; i++) {
        const struct history_operation *op = &x->input->history->operations.at[i];
        const struct matches *m = &x->matches[i];
        bool open = !op->told_at || op->status == DISK_DISCONNECTED || op->reissued;
        if (op->told_at && op->status == DISK_COMPLETED && !m->full)
            return violate(x, "an operation was told completed that the disk did not perform", 2, op);
        if (op->told_at && op->status == DISK_ERROR && op->detail != DISK_MEDIUM_ERROR && m->full + m->partial)
            return violate(x, "an operation was told an error but was performed", 2, op);
        if (m->partial && !open)
            return violate(x, "an operation whose outcome was known was performed in part", 3, op);
    }
    return true;
}

/* Performances that repeat one whose outcome was left open (told disconnected, or issued again by the VMM). */
static void count_repeated(struct explaining *x, const struct disk_record *records, size_t count)
{
    const struct history_operation *ops = x->input->history->operations.at;
    VEC(const struct disk_record *) open = {0};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < open.count; k++)
            if (open.at[k]->device == records[i].device && open.at[k]->opcode == records[i].opcode &&
                open.at[k]->block == records[i].block && open.at[k]->count == records[i].count &&
                (records[i].opcode != DISK_WRITE || open.at[k]->content == records[i].content)) {
                x->verdict->repeated++;
                open.at[k] = open.at[--open.count];
                break;
            }
        size_t at = index_of(x, records[i].number);
        if (at < x->operations && records[i].count && explain_same(&ops[at], &records[i]) &&
            (ops[at].status == DISK_DISCONNECTED || ops[at].reissued))
            *VEC_PUSH(&open) = &records[i];
    }
    VEC_FREE(&open);
}

static uint64_t count_lost(const struct explaining *x)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < x->operations; i++)
        lost += x->input->history->operations.at[i].status == DISK_DISCONNECTED &&
                !(x->matches[i].full + x->matches[i].partial);
    return lost;
}

/* The same of the terminal's output byte NUMBER, which PLACE is of. On a plain terminal nobody knows which byte of H it
 * is: what may come twice there is what the failed computer put out last. */
static uint64_t byte_epoch_of_failed(const struct explaining *x, uint64_t number, const struct history_place *place)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        size_t count = issuer ? issuer->output_at.count : 0;
        if (count && issuer != x->input->history && (number <= count || x->input->plain))
            return issuer->output_at.at[x->input->plain ? count - 1 : number - 1].epoch;
    }
    return place ? place->epoch : 0;
}

/* NUMBER: of WHAT, a byte or event, from 1, behind so many BEFORE that have been judged and are not kept any more;
 * PLACE: where a VP wrote or took it, NULL if none did. */
static bool violate_stream(struct explaining *x, int rule, const char *text, const char *what, uint64_t before,
                           uint64_t number, const struct history_place *place)
{
    int length;
    char *sentence = x->verdict->sentence;
    x->verdict->explainable = false;
    x->verdict->rule = (unsigned)rule;
    x->verdict->epoch = byte_epoch_of_failed(x, number, place);
    length =
        snprintf(sentence, sizeof x->verdict->sentence, "rule %d: %s (%s %" PRIu64, rule, text, what, before + number);
    if (place)
        length += snprintf(sentence + length, sizeof x->verdict->sentence - (size_t)length,
                           ", epoch %" PRIu64 ", instruction %" PRIu64, place->epoch, place->insns);
    snprintf(sentence + length, sizeof x->verdict->sentence - (size_t)length, ")");
    return false;
}

static bool violate_terminal(struct explaining *x, int rule, const char *text, uint64_t number,
                             const struct history_place *place)
{
    const struct history_before *before = &x->input->history->before;
    return violate_stream(x, rule, text, "terminal, byte", rule == 5 ? before->output : before->input, number, place);
}

/* Where H's output byte of this index was written; NULL: H has not so many. */
static const struct history_place *output_place(const struct history *h, uint64_t index)
{
    return index < h->output_at.count ? &h->output_at.at[index] : NULL;
}

/* The terminal shows BYTE where H's output byte of this index should be: where was it written, and by whom? */
static const struct history_place *stranger_place(const struct explaining *x, uint64_t index, uint8_t byte)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        if (issuer && issuer != x->input->history && index < issuer->output.count && issuer->output.at[index] == byte)
            return output_place(issuer, index);
    }
    return output_place(x->input->history, index);
}

static const struct history_repetition *repetition_of(const struct history *h, uint32_t generation)
{
    for (size_t i = 0; i < h->repetitions.count; i++)
        if (h->repetitions.at[i].generation == generation)
            return &h->repetitions.at[i];
    return NULL;
}

/* What H's output goes on with on a plain terminal that shows SHOWN bytes, the last of them followed in H by byte AT:
 * a promotion there repeats what the failing epoch issued, and nothing older. Back only: a byte that was passed over is
 * lost, not repeated. */
static uint64_t after_promotions(const struct explaining *x, uint64_t shown, uint64_t at)
{
    const struct history *h = x->input->history;
    for (size_t i = 0; i < x->input->fence_count; i++) {
        const struct explain_fence *fence = &x->input->fences[i];
        const struct history_repetition *again = fence->shown == shown ? repetition_of(h, fence->generation) : NULL;
        uint64_t from = again && again->from > h->before.output ? again->from - 1 - h->before.output : at;
        const struct history_place *place = from < at ? output_place(h, from) : NULL;
        if (place && place->epoch >= again->epoch)
            at = from;
    }
    return at;
}

/* Rule 5. */
static bool check_output(struct explaining *x)
{
    const struct history *h = x->input->history;
    uint64_t shown_count, at = 0;
    const uint8_t *shown = terminal_shown(x->input->terminal, &shown_count);
    uint64_t mismatch = terminal_mismatch(x->input->terminal);
    if (mismatch > h->before.output)
        mismatch -= h->before.output;
    if (mismatch)
        return violate_terminal(x, 5, "a byte came again and was another one", mismatch, output_place(h, mismatch - 1));
    for (uint64_t i = 0; i < shown_count; i++, at++) {
        if (x->input->plain)
            at = after_promotions(x, i, at);
        if (at >= h->output.count || shown[i] != h->output.at[at])
            return violate_terminal(x, 5, "the terminal shows what the surviving guest did not write there", i + 1,
                                    stranger_place(x, at, shown[i]));
    }
    if (x->input->plain)
        at = after_promotions(x, shown_count, at);
    if (x->input->complete && at < h->output.count)
        return violate_terminal(x, 5, "the surviving guest's output is missing", at + 1, output_place(h, at));
    return true;
}

/* Rule 6. */
static bool check_input(struct explaining *x)
{
    const struct history *h = x->input->history;
    uint64_t typed_count;
    const uint8_t *typed = terminal_typed(x->input->terminal, &typed_count);
    for (uint64_t i = 0; i < h->input.count; i++)
        if (i >= typed_count || h->input.at[i] != typed[i])
            return violate_terminal(x, 6, "the guest consumed input that was not typed so", i + 1, &h->input_at.at[i]);
    const struct seat *seat = x->input->seat;
    for (uint64_t i = 0; i < h->events.count; i++)
        if (i >= seat->events.count || h->events.at[i] != seat->events.at[i])
            return violate_stream(x, 6, "the guest consumed an event that did not happen so",
                                  "keyboard and pointer, event", h->before.events, i + 1, &h->events_at.at[i]);
    return true;
}

/* The epoch in which frame NUMBER was sent by a computer that is not the survivor, or else by that. */
static uint64_t frame_epoch_of_failed(const struct explaining *x, uint64_t number, const struct history_place *place)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        if (issuer && issuer != x->input->history && number && number <= issuer->sent.count)
            return issuer->sent.at[number - 1].place.epoch;
    }
    return place ? place->epoch : 0;
}

static bool violate_frame(struct explaining *x, int rule, const char *text, uint64_t number,
                          const struct history_place *place)
{
    violate_stream(x, rule, text, "network, frame", 0, number, place);
    x->verdict->epoch = frame_epoch_of_failed(x, rule == 7 ? number : 0, place);
    return false;
}

static const struct history_place *sent_place(const struct history *h, uint64_t index)
{
    return index < h->sent.count ? &h->sent.at[index].place : NULL;
}

/* Where H's frames go on on a wire that has COUNT frames, the last of them followed in H by the one at index AT: a
 * promotion there sends again what no end of an epoch had covered. Back only, as for a plain terminal. */
static uint64_t frame_after_promotions(const struct explaining *x, uint64_t count, uint64_t at)
{
    for (size_t i = 0; i < x->input->fence_count; i++) {
        const struct explain_fence *fence = &x->input->fences[i];
        const struct history_repetition *again =
            fence->sent == count ? repetition_of(x->input->history, fence->generation) : NULL;
        uint64_t from = again && again->frames_from ? again->frames_from - 1 - x->input->history->before.sent : at;
        if (from < at)
            at = from;
    }
    return at;
}

/* Rule 7. */
static bool check_sent(struct explaining *x)
{
    const struct history *h = x->input->history;
    const struct network *network = x->input->network;
    uint64_t at = 0;
    for (uint64_t i = 0; i < network->sent.count; i++, at++) {
        at = frame_after_promotions(x, i, at);
        if (at >= h->sent.count || h->sent.at[at].content != network->sent.at[i].content)
            return violate_frame(x, 7, "the network was sent a frame that the surviving guest did not send there",
                                 network->sent.at[i].number, sent_place(h, at));
    }
    at = frame_after_promotions(x, network->sent.count, at);
    if (x->input->complete && at < h->sent.count)
        return violate_frame(x, 7, "a frame of the surviving guest is missing", at + 1, sent_place(h, at));
    return true;
}

/* Rule 8. */
static bool check_taken(struct explaining *x)
{
    const struct history *h = x->input->history;
    const struct network *network = x->input->network;
    for (size_t i = 0; i < h->taken.count; i++) {
        const struct history_frame *frame = &h->taken.at[i];
        bool follows = !i || frame->number > h->taken.at[i - 1].number;
        uint64_t at = frame->number - network->came_before;
        if (!follows || frame->number < network->came_before || at >= network->came.count ||
            network->came.at[at] != frame->content)
            return violate_frame(x, 8, "the guest consumed a frame that did not come so", frame->number, &frame->place);
    }
    return true;
}

/* Rules 1 to 4. */
static bool check_disk(struct explaining *x, const struct disk_record *records, size_t count)
{
    if (match_all(x, records, count) && check_outcomes(x))
        return true;
    if (!explain_search(x->input->history, records, count))
        return false;
    x->verdict->explainable = true;
    x->verdict->sentence[0] = '\0';
    x->verdict->rule = 0;
    x->verdict->epoch = 0;
    return true;
}

/* Was A performed before B, of another disk? Of two performances at one time the one that was issued first is taken to
 * be the first: if the outcome of one had been known when the other was issued, their times would differ. */
static bool before(const struct disk_record *a, const struct disk_record *b)
{
    return a->time_ps != b->time_ps ? a->time_ps < b->time_ps : a->number < b->number;
}

/* The records of all disks in one order of performance, which is that of each of them; to be freed. */
static struct disk_record *merge(const struct explain_input *input, size_t *count)
{
    const struct disk_record *at[DISK_DEVICES];
    size_t left[DISK_DEVICES] = {0};
    *count = 0;
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        at[i] = input->disks[i] ? shared_disk_records(input->disks[i], &left[i]) : NULL;
        *count += left[i];
    }
    struct disk_record *all = calloc(*count + 1, sizeof *all);
    memory_need(all);
    for (size_t n = 0; n < *count; n++) {
        unsigned first = 0;
        for (unsigned i = 1; i < DISK_DEVICES; i++)
            if (left[i] && (!left[first] || before(at[i], at[first])))
                first = i;
        all[n] = *at[first]++;
        left[first]--;
    }
    return all;
}

bool explain_operations(const struct history *history, uint64_t last, const struct disk_record *records, size_t count,
                        uint64_t *repeated)
{
    struct history begin = *history; /* whose rows stay the caller's */
    struct explain_verdict verdict = {.explainable = true};
    begin.operations.count = (size_t)(last - history->before.operations);
    const struct explain_input input = {.history = &begin};
    struct explaining x = {&input, &verdict, NULL, begin.operations.count};
    x.matches = calloc(x.operations + 1, sizeof *x.matches);
    memory_need(x.matches);
    bool good = check_disk(&x, records, count);
    count_repeated(&x, records, count);
    *repeated = verdict.repeated;
    free(x.matches);
    return good;
}

void explain(const struct explain_input *input, struct explain_verdict *verdict)
{
    size_t count;
    struct disk_record *records = merge(input, &count);
    struct explaining x = {input, verdict, NULL, input->history->operations.count};
    memset(verdict, 0, sizeof *verdict);
    verdict->explainable = true;
    x.matches = calloc(x.operations + 1, sizeof *x.matches);
    memory_need(x.matches);
    if (check_disk(&x, records, count) && check_output(&x) && check_input(&x) && input->network && check_sent(&x))
        check_taken(&x);
    count_repeated(&x, records, count);
    verdict->lost = count_lost(&x);
    free(x.matches);
    free(records);
}
