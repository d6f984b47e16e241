/* test_explain_search.c - the judge against brute force: on small random cases its verdict is that of trying every
 * matching of D with H against rules 1 to 4 as protocol documents have them (docs/explainability.md), word by word.
 *
 *   test_ft_explain_search [--seed N]
 */
#include "ft/explain/explain.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

enum { OPS_MAX = 5, RECORDS_MAX = 5, CASES = 6000, DISK_BLOCKS = 8, NOBODY = OPS_MAX };

struct scene {
    struct history history;
    struct shared_disk *disk;
    struct terminal *terminal;
    struct seat seat;
    struct disk_operation ops[OPS_MAX + 1]; /* by number */
    uint8_t data[OPS_MAX + 1][DISK_BLOCK_BYTES];
    unsigned count;
    struct rng rng;
};

static uint64_t draw(struct scene *s, uint64_t below)
{
    return rng_upto(&s->rng, below - 1);
}

/* ---- random cases: few kinds, places and contents, so that much is alike ---- */

static void issue_any(struct scene *s)
{
    static const uint32_t opcodes[] = {DISK_WRITE, DISK_WRITE, DISK_WRITE, DISK_READ, DISK_FLUSH};
    unsigned number = ++s->count;
    uint32_t opcode = opcodes[draw(s, 5)];
    memset(s->data[number], (int)draw(s, 2), DISK_BLOCK_BYTES);
    s->ops[number] = (struct disk_operation){
        .number = number, .opcode = opcode, .block = (uint32_t)draw(s, 2), .count = 1, .data = s->data[number]};
    if (!draw(s, 16))
        s->ops[number].refused = DISK_NOT_CONNECTED;
    history_issue(&s->history, &s->ops[number], 1, number);
    s->history.operations.at[number - 1].reissued = !draw(s, 6);
}

static void perform_any(struct scene *s)
{
    static const uint64_t none_of_it = 2;
    struct disk_operation op = s->ops[1 + draw(s, s->count)];
    uint8_t data[DISK_BLOCK_BYTES];
    memcpy(data, op.data, sizeof data);
    op.data = data;
    op.number = draw(s, 3) ? op.number : 1 + draw(s, OPS_MAX); /* the number is a hint, no more */
    shared_disk_perform(s->disk, 0, &op, draw(s, 5) ? NULL : &none_of_it, 0);
    if (op.opcode == DISK_READ && op.number <= s->count)
        memcpy(s->data[op.number], data, sizeof data);
}

static void tell_any(struct scene *s)
{
    static const uint8_t statuses[] = {DISK_COMPLETED, DISK_COMPLETED, DISK_DISCONNECTED, DISK_ERROR};
    unsigned number = 1 + (unsigned)draw(s, s->count);
    const struct disk_operation *op = &s->ops[number];
    if (s->history.operations.at[number - 1].told_at)
        return;
    uint8_t status = op->refused ? DISK_ERROR : statuses[draw(s, 4)];
    bool data = op->opcode == DISK_READ && status == DISK_COMPLETED;
    struct disk_completion end = {.number = number,
                                  .opcode = op->opcode,
                                  .size_bytes = data ? DISK_BLOCK_BYTES : 0,
                                  .status = status,
                                  .detail = draw(s, 2) ? DISK_MEDIUM_ERROR : DISK_BAD_BLOCK,
                                  .data = data ? op->data : NULL};
    history_told(&s->history, &end);
}

static void make_case(struct scene *s)
{
    size_t records = 0, wanted = 1 + draw(s, RECORDS_MAX);
    issue_any(s);
    while (records < wanted || s->count < 2) {
        uint64_t what = draw(s, 3);
        if (what == 0 && s->count < OPS_MAX)
            issue_any(s);
        else if (what == 1 && records < wanted)
            perform_any(s);
        else if (what == 2)
            tell_any(s);
        shared_disk_records(s->disk, &records);
    }
    for (unsigned i = 0; i < 2 * OPS_MAX; i++)
        tell_any(s);
}

/* ---- the rules, for one matching: record i is a performance of operation of[i] ---- */

static bool rule_1(const struct scene *s, const struct disk_record *records, const unsigned *of, size_t count)
{
    const struct history_operation *ops = s->history.operations.at;
    for (size_t i = 0; i < count; i++) {
        const struct history_operation *op = &ops[of[i]];
        if (op->refused || op->opcode != records[i].opcode || op->block != records[i].block ||
            op->count != records[i].count || (op->opcode == DISK_WRITE && op->content != records[i].content))
            return false;
        for (size_t k = 0; k < i; k++)
            if (of[k] == of[i] && !op->reissued)
                return false;
    }
    return true;
}

static bool rules_2_3(const struct scene *s, const struct disk_record *records, const unsigned *of, size_t count)
{
    for (unsigned o = 0; o < s->count; o++) {
        const struct history_operation *op = &s->history.operations.at[o];
        const struct disk_record *last = NULL;
        unsigned full = 0, partial = 0;
        for (size_t i = 0; i < count; i++)
            if (of[i] == o) {
                last = &records[i];
                full += last->full;
                partial += !last->full;
            }
        bool completed = op->told_at && op->status == DISK_COMPLETED;
        if (completed && (!full || (op->opcode == DISK_READ && (last->content != op->content))))
            return false;
        if (op->told_at && op->status == DISK_ERROR && op->detail != DISK_MEDIUM_ERROR && full + partial)
            return false;
        if (partial && op->told_at && op->status != DISK_DISCONNECTED && !op->reissued)
            return false;
    }
    return true;
}

static bool rule_4(const struct scene *s, const unsigned *of, size_t count)
{
    const struct history_operation *ops = s->history.operations.at;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++) /* k was performed before i */
            if (ops[of[i]].told_at && ops[of[i]].told_at < ops[of[k]].issued_at)
                return false;
    return true;
}

static bool any_matching(const struct scene *s)
{
    size_t count;
    unsigned of[RECORDS_MAX] = {0};
    const struct disk_record *records = shared_disk_records(s->disk, &count);
    for (;;) {
        if (rule_1(s, records, of, count) && rules_2_3(s, records, of, count) && rule_4(s, of, count))
            return true;
        size_t i = 0;
        while (i < count && ++of[i] == s->count)
            of[i++] = 0;
        if (i == count)
            return false;
    }
}

static void test_case(struct check *t, uint64_t number, unsigned verdicts[2])
{
    struct scene *s = calloc(1, sizeof *s);
    size_t count;
    if (!s)
        abort();
    s->rng = rng_new(t->seed, number);
    struct shared_disk_config config = {.path = "/tmp/test_explain_search.never",
                                        .create_bytes = DISK_BLOCKS * DISK_BLOCK_BYTES,
                                        .keeping = DISK_SNAPSHOT};
    s->disk = shared_disk_open(&config, NULL, NULL);
    s->terminal = terminal_new(-1, -1, false);
    make_case(s);
    struct explain_input input = {
        .history = &s->history, .disks = {s->disk}, .terminal = s->terminal, .seat = &s->seat};
    struct explain_verdict verdict;
    explain(&input, &verdict);
    bool wanted = any_matching(s);
    const struct disk_record *records = shared_disk_records(s->disk, &count);
    if (verdict.explainable != wanted || explain_search(&s->history, records, count) != wanted)
        printf("case %" PRIu64 " of seed %" PRIu64 ": explainable %d, by brute force %d: %s\n", number, t->seed,
               verdict.explainable, wanted, verdict.sentence);
    CHECK(verdict.explainable == wanted);
    CHECK(explain_search(&s->history, records, count) == wanted);
    verdicts[wanted]++;
    history_free(&s->history);
    shared_disk_close(s->disk);
    terminal_free(s->terminal);
    free(s);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.explain_search", argc, argv);
    unsigned verdicts[2] = {0};
    for (uint64_t i = 0; i < CASES; i++)
        test_case(&t, i, verdicts);
    printf("%u explainable, %u not\n", verdicts[1], verdicts[0]);
    check_true(&t, verdicts[0] > CASES / 10 && verdicts[1] > CASES / 10, __FILE__, __LINE__, "both verdicts are tried");
    return check_end(&t);
}
