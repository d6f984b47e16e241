/* explain_search.c - rules 1 to 4 of docs/explainability.md, exactly: is there any matching of what the disk performed
 * (D) with what the surviving VP issued (H) that satisfies them?
 *
 * An operation of H is an interval of the history, from its issue to the moment its outcome was told. Rule 4 holds if
 * and only if each performance can be given a moment inside its operation's interval so that these moments follow each
 * other as the performances do. So a matching is looked for performance by performance, with the earliest moment that
 * is possible (`moment`, the latest issue so far): an operation told before it can take nothing more.
 *
 * What the rest of the search can depend on is the place in D, the moment, and which operations whose intervals hold
 * the moment have matches. Failed combinations are remembered by a hash of these, so none is looked at twice; and of
 * two operations of which the first ends no later and which are alike in everything else, only the first is tried.
 */
#include "ft/explain/explain.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"

enum { FAILURES_MAX = 1 << 22 }; /* memory for failed combinations; beyond it a run counts as not explainable */

/* What an operation has: a match; one in full; a last one with the data that it was told. */
enum { HAS_MATCH = 1, HAS_FULL = 2, HAS_DATA = 4 };

/* A performance that has been given to an operation, or is to be. */
struct choice {
    uint64_t moment, key; /* before it */
    size_t begin, list;   /* the candidates in `by_class` begin here; the next one */
    size_t taken;         /* the operation that has it; SIZE_MAX: none yet */
    uint8_t before;       /* what that operation had before */
};

struct search {
    const struct history_operation *ops;
    const struct disk_record *records;
    size_t operations, count;
    size_t *by_class;    /* operations; those of one class together, in the order of issue */
    uint64_t *told_by;   /* parallel to by_class: when the last of these up to here was told, within the class */
    size_t *by_told;     /* operations in the order in which they were told */
    size_t *first, *end; /* per record: candidates in by_class */
    uint8_t *has;        /* per operation */
    struct choice *choices;
    uint64_t *failures; /* open-addressing table of keys */
    size_t failure_slots, failure_count;
};

static uint64_t told_at(const struct history_operation *op)
{
    return op->told_at ? op->told_at : UINT64_MAX;
}

/* What a performance and an operation of one class have in common. */
static uint64_t class_key(uint32_t opcode, uint32_t block, uint32_t count, uint64_t content)
{
    const uint64_t all[4] = {opcode, block, count, opcode == DISK_WRITE ? content : 0};
    return XXH3_64bits(all, sizeof all);
}

static uint64_t class_of(const struct history_operation *op)
{
    return class_key(op->opcode, op->block, op->count, op->content);
}

/* ---- orders ---- */

static const struct history_operation *order_op(const void *index, void *ops)
{
    return (const struct history_operation *)ops + *(const size_t *)index;
}

static int order_class(const void *a, const void *b, void *ops)
{
    const struct history_operation *x = order_op(a, ops), *y = order_op(b, ops);
    uint64_t left = class_of(x), right = class_of(y);
    if (left != right)
        return left < right ? -1 : 1;
    return x->issued_at < y->issued_at ? -1 : x->issued_at > y->issued_at;
}

static int order_told(const void *a, const void *b, void *ops)
{
    uint64_t left = told_at(order_op(a, ops)), right = told_at(order_op(b, ops));
    return left < right ? -1 : left > right;
}

/* The first of by_class whose class is not below KEY. */
static size_t class_begin(const struct search *s, uint64_t key)
{
    size_t low = 0, high = s->operations;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (class_of(&s->ops[s->by_class[middle]]) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first of by_told that was told after MOMENT. */
static size_t told_after(const struct search *s, uint64_t moment)
{
    size_t low = 0, high = s->operations;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (told_at(&s->ops[s->by_told[middle]]) <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- what an operation may and must take ---- */

static bool must_match(const struct history_operation *op)
{
    return op->told_at && op->status == DISK_COMPLETED;
}

/* Rules 1 to 3 for one performance. */
static bool may_take(const struct search *s, size_t index, const struct disk_record *record)
{
    const struct history_operation *op = &s->ops[index];
    bool open = !op->told_at || op->status == DISK_DISCONNECTED || op->reissued;
    if (!explain_same(op, record) || (s->has[index] && !op->reissued))
        return false;
    if (op->told_at && op->status == DISK_ERROR && op->detail != DISK_MEDIUM_ERROR)
        return false;
    return record->full || open;
}

static uint8_t after_taking(const struct history_operation *op, uint8_t before, const struct disk_record *record)
{
    uint8_t has = before & HAS_FULL;
    has |= record->full ? HAS_MATCH | HAS_FULL : HAS_MATCH;
    return record->content == op->content || op->opcode != DISK_READ ? has | HAS_DATA : has;
}

/* Rule 2: what was told completed has a full match, and data read are those of its last match. */
static bool satisfied(const struct search *s, size_t index)
{
    return !must_match(&s->ops[index]) || (s->has[index] & (HAS_FULL | HAS_DATA)) == (HAS_FULL | HAS_DATA);
}

/* Until and including MOMENT, everything told since FROM has what it must have. */
static bool all_satisfied(const struct search *s, size_t from, uint64_t moment)
{
    for (size_t i = from; i < s->operations && told_at(&s->ops[s->by_told[i]]) <= moment; i++) {
        if (!satisfied(s, s->by_told[i]))
            return false;
    }
    return true;
}

/* A and B (later in the class) are alike, but A ends no later: what B can take now, A can, and B what A can later. */
static bool comes_first(const struct search *s, size_t a, size_t b)
{
    const struct history_operation *x = &s->ops[a], *y = &s->ops[b];
    return !x->reissued && !y->reissued && x->refused == y->refused && s->has[a] == s->has[b] &&
           told_at(x) <= told_at(y) && !x->told_at == !y->told_at && x->status == y->status && x->detail == y->detail &&
           x->content == y->content;
}

/* ---- failed combinations ---- */

static uint64_t op_key(size_t index, uint8_t has)
{
    const uint64_t all[2] = {index, has};
    return has ? XXH3_64bits(all, sizeof all) : 0;
}

static uint64_t combination(const struct search *s, size_t place)
{
    const uint64_t all[3] = {place, s->choices[place].moment, s->choices[place].key};
    return XXH3_64bits(all, sizeof all) | 1;
}

static uint64_t *failure_slot(const struct search *s, uint64_t key)
{
    size_t i = (size_t)(key >> 1) & (s->failure_slots - 1);
    while (s->failures[i] && s->failures[i] != key)
        i = (i + 1) & (s->failure_slots - 1);
    return &s->failures[i];
}

static void remember_failure(struct search *s, uint64_t key)
{
    if (s->failure_count * 2 >= s->failure_slots) {
        uint64_t *old = s->failures;
        size_t slots = s->failure_slots;
        s->failure_slots = slots ? slots * 2 : 1024;
        s->failures = calloc(s->failure_slots, sizeof *s->failures);
        memory_need(s->failures);
        for (size_t i = 0; i < slots; i++)
            if (old[i])
                *failure_slot(s, old[i]) = old[i];
        free(old);
    }
    uint64_t *slot = failure_slot(s, key);
    s->failure_count += !*slot;
    *slot = key;
}

static bool has_failed(const struct search *s, uint64_t key)
{
    return s->failure_slots && *failure_slot(s, key) == key;
}

/* ---- the search ---- */

static void undo(struct search *s, size_t place)
{
    struct choice *choice = &s->choices[place];
    if (choice->taken != SIZE_MAX)
        s->has[choice->taken] = choice->before;
    choice->taken = SIZE_MAX;
}

/* The candidates for record PLACE begin where not all before them have been told. */
static size_t candidates_begin(const struct search *s, size_t place, uint64_t moment)
{
    size_t low = s->first[place], high = s->end[place];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->told_by[middle] <= moment)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Give record PLACE to operation INDEX, and come to the next place; FROM: the first of by_told that is told after the
 * present moment. False if that is known to fail. */
static bool take(struct search *s, size_t place, size_t index, size_t from)
{
    struct choice *choice = &s->choices[place], *next = choice + 1;
    const struct history_operation *op = &s->ops[index];
    choice->taken = index;
    choice->before = s->has[index];
    s->has[index] = after_taking(op, choice->before, &s->records[place]);
    next->moment = op->issued_at > choice->moment ? op->issued_at : choice->moment;
    next->key = choice->key ^ op_key(index, choice->before) ^ op_key(index, s->has[index]);
    next->taken = SIZE_MAX;
    for (size_t i = from; i < s->operations && told_at(&s->ops[s->by_told[i]]) <= next->moment; i++)
        next->key ^= op_key(s->by_told[i], s->has[s->by_told[i]]); /* the rest does not depend on it */
    next->begin = next->list = place + 1 < s->count ? candidates_begin(s, place + 1, next->moment) : 0;
    if (has_failed(s, combination(s, place + 1))) {
        undo(s, place);
        return false;
    }
    return true;
}

static bool is_candidate(const struct search *s, size_t place)
{
    const struct choice *choice = &s->choices[place];
    size_t index = s->by_class[choice->list];
    if (told_at(&s->ops[index]) <= choice->moment || !may_take(s, index, &s->records[place]))
        return false;
    for (size_t i = choice->begin; i < choice->list; i++) {
        size_t other = s->by_class[i];
        if (told_at(&s->ops[other]) > choice->moment && comes_first(s, other, index))
            return false;
    }
    return true;
}

/* Try the candidates for record PLACE that have not been tried. */
static bool step(struct search *s, size_t place)
{
    struct choice *choice = &s->choices[place];
    size_t from = told_after(s, choice->moment);
    for (; choice->list < s->end[place]; choice->list++) {
        size_t index = s->by_class[choice->list];
        if (!all_satisfied(s, from, s->ops[index].issued_at))
            return false; /* nor would it be later */
        if (!is_candidate(s, place) || !take(s, place, index, from))
            continue;
        choice->list++;
        return true;
    }
    return false;
}

static bool search(struct search *s)
{
    size_t place = 0;
    s->choices[0] = (struct choice){.taken = SIZE_MAX};
    s->choices[0].begin = s->choices[0].list = s->count ? s->first[0] : 0;
    for (;;) {
        if (place == s->count && all_satisfied(s, told_after(s, s->choices[place].moment), UINT64_MAX))
            return true;
        if (place < s->count && step(s, place)) {
            place++;
            continue;
        }
        remember_failure(s, combination(s, place));
        if (!place || s->failure_count > FAILURES_MAX)
            return false;
        undo(s, --place);
    }
}

static void search_open(struct search *s)
{
    s->by_class = calloc(s->operations + 1, sizeof *s->by_class);
    s->told_by = calloc(s->operations + 1, sizeof *s->told_by);
    s->by_told = calloc(s->operations + 1, sizeof *s->by_told);
    s->has = calloc(s->operations + 1, sizeof *s->has);
    s->first = calloc(s->count + 1, sizeof *s->first);
    s->end = calloc(s->count + 1, sizeof *s->end);
    s->choices = calloc(s->count + 1, sizeof *s->choices);
    memory_need(s->by_class && s->told_by && s->by_told && s->has && s->first && s->end && s->choices);
}

static void search_close(struct search *s)
{
    free(s->by_class);
    free(s->told_by);
    free(s->by_told);
    free(s->has);
    free(s->first);
    free(s->end);
    free(s->choices);
    free(s->failures);
}

/* Bring operations and performances into their orders. */
static void search_sort(struct search *s, struct history_operation *ops)
{
    for (size_t i = 0; i < s->operations; i++)
        s->by_class[i] = s->by_told[i] = i;
    qsort_r(s->by_class, s->operations, sizeof *s->by_class, order_class, ops);
    qsort_r(s->by_told, s->operations, sizeof *s->by_told, order_told, ops);
    for (size_t i = 0; i < s->operations; i++) {
        const struct history_operation *op = &s->ops[s->by_class[i]];
        bool first = !i || class_of(&s->ops[s->by_class[i - 1]]) != class_of(op);
        s->told_by[i] = first || told_at(op) > s->told_by[i - 1] ? told_at(op) : s->told_by[i - 1];
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct disk_record *record = &s->records[i];
        uint64_t key = class_key(record->opcode, record->block, record->count, record->content);
        s->first[i] = class_begin(s, key);
        s->end[i] = key == UINT64_MAX ? s->operations : class_begin(s, key + 1);
    }
}

bool explain_search(const struct history *history, const struct disk_record *records, size_t count)
{
    struct search s = {
        .ops = history->operations.at, .records = records, .operations = history->operations.count, .count = count};
    search_open(&s);
    search_sort(&s, history->operations.at);
    bool found = search(&s);
    search_close(&s);
    return found;
}
