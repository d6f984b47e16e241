/* explain.c - see explain.h. Rules 1-4 concern the disk, 5 the terminal's output, 6 its input.
 *
 * A performance is matched with an operation of H by the operation's number if kind, place and content agree, and else
 * with the first operation of the same kind, place and content that has no match. A matching that satisfies the rules
 * is a proof; the numbers are only a hint where to find it, which replicas make a good one.
 */
#include "ft/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool violate(struct explaining *x, const char *text, int rule, const struct history_operation *op)
{
    x->verdict->explainable = false;
    snprintf(x->verdict->sentence, sizeof x->verdict->sentence,
             "rule %d: %s (disk operation %" PRIu64 ", %s of block %" PRIu32 "+%" PRIu32 ", epoch %" PRIu64
             ", instruction %" PRIu64 ")",
             rule, text, op->number, opcode_name(op->opcode), op->block, op->count, op->epoch, op->insns);
    return false;
}

static bool same_operation(const struct history_operation *op, const struct disk_record *record)
{
    if (op->refused || op->opcode != record->opcode || op->block != record->block || op->count != record->count)
        return false;
    /* What a read found is compared with what the guest was told (rule 2), not here. */
    return op->opcode != DISK_WRITE || op->content == record->content;
}

static bool can_take(const struct explaining *x, size_t index)
{
    const struct matches *m = &x->matches[index];
    return m->full + m->partial == 0 || x->input->history->operations.at[index].reissued;
}

/* The operation of H that RECORD is a performance of; its index, or SIZE_MAX. */
static size_t find_match(const struct explaining *x, const struct disk_record *record)
{
    const struct history_operation *ops = x->input->history->operations.at;
    size_t hint = (size_t)record->number - 1;
    if (hint < x->operations && same_operation(&ops[hint], record) && can_take(x, hint))
        return hint;
    for (size_t i = 0; i < x->operations; i++)
        if (same_operation(&ops[i], record) && can_take(x, i))
            return i;
    return SIZE_MAX;
}

/* The operation as its issuer knows it, to say where it came from. */
static struct history_operation issuer_operation(const struct explaining *x, const struct disk_record *record)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct history *issuer = x->input->issuers[i];
        if (issuer && record->number <= issuer->operations.count &&
            same_operation(&issuer->operations.at[record->number - 1], record))
            return issuer->operations.at[record->number - 1];
    }
    return (struct history_operation){
        .number = record->number, .opcode = record->opcode, .block = record->block, .count = record->count};
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
    assert(last);
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
            if (open.at[k]->opcode == records[i].opcode && open.at[k]->block == records[i].block &&
                open.at[k]->count == records[i].count &&
                (records[i].opcode != DISK_WRITE || open.at[k]->content == records[i].content)) {
                x->verdict->repeated++;
                open.at[k] = open.at[--open.count];
                break;
            }
        size_t number = (size_t)records[i].number;
        if (number <= x->operations && records[i].count && same_operation(&ops[number - 1], &records[i]) &&
            (ops[number - 1].status == DISK_DISCONNECTED || ops[number - 1].reissued))
            *VEC_PUSH(&open) = &records[i];
    }
    VEC_FREE(&open);
}

static bool violate_terminal(struct explaining *x, int rule, const char *text, uint64_t number)
{
    x->verdict->explainable = false;
    snprintf(x->verdict->sentence, sizeof x->verdict->sentence, "rule %d: %s (terminal, byte %" PRIu64 ")", rule, text,
             number);
    return false;
}

/* Rule 5. With a plain terminal, what followed a promotion may begin earlier in H than what was shown before it. */
static bool check_output(struct explaining *x)
{
    const struct history *h = x->input->history;
    uint64_t shown_count, at = 0;
    const uint8_t *shown = terminal_shown(x->input->terminal, &shown_count);
    uint64_t mismatch = terminal_mismatch(x->input->terminal);
    if (mismatch)
        return violate_terminal(x, 5, "a byte came again and was another one", mismatch);
    for (uint64_t i = 0; i < shown_count; i++, at++) {
        bool repeats = x->input->plain && h->repetitions.count && i == x->input->shown_at_fence;
        uint64_t from = repeats ? h->repetitions.at[h->repetitions.count - 1].from - 1 : at;
        if (from < at) /* back only: a byte that was passed over is lost, not repeated */
            at = from;
        if (at >= h->output.count || shown[i] != h->output.at[at])
            return violate_terminal(x, 5, "the terminal shows what the surviving guest did not write there", i + 1);
    }
    if (x->input->complete && at < h->output.count)
        return violate_terminal(x, 5, "the surviving guest's output is missing", at + 1);
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
            return violate_terminal(x, 6, "the guest consumed input that was not typed so", i + 1);
    return true;
}

void explain(const struct explain_input *input, struct explain_verdict *verdict)
{
    size_t count;
    const struct disk_record *records = shared_disk_records(input->disk, &count);
    struct explaining x = {input, verdict, NULL, input->history->operations.count};
    memset(verdict, 0, sizeof *verdict);
    verdict->explainable = true;
    x.matches = calloc(x.operations + 1, sizeof *x.matches);
    assert(x.matches);
    if (match_all(&x, records, count) && check_outcomes(&x) && check_output(&x))
        check_input(&x);
    count_repeated(&x, records, count);
    free(x.matches);
}
