/* test_explain.c - the judge: each of the rules 1 to 6 is found broken when it is, and what they allow passes
 * (docs/explainability.md). H is built by hand through history_*, D through shared_disk_perform.
 */
#include "ft/explain/explain.h"

#include "tests/check.h"

enum { DISK_BLOCKS = 64, OPS_MAX = 16, EPOCH = 12, INSNS = 3450 };

/* One case: the history of the surviving VP, the devices, and the operations as their computer had them. */
struct scene {
    struct check *t;
    struct history history, other;
    struct shared_disk *disk;
    struct terminal *terminal;
    struct seat seat;
    struct disk_operation ops[OPS_MAX];
    uint8_t data[OPS_MAX][4 * DISK_BLOCK_BYTES];
    uint64_t count;
    bool plain, incomplete;
    struct explain_fence fences[4];
    size_t fence_count;
    uint64_t time_ps;
    struct explain_verdict verdict;
};

static struct scene *scene_new(struct check *t, bool plain)
{
    struct scene *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->t = t;
    s->plain = plain;
    /* a file that is never written: nothing is committed */
    struct shared_disk_config config = {
        .path = "/tmp/test_explain.never", .create_bytes = DISK_BLOCKS * DISK_BLOCK_BYTES, .keeping = DISK_SNAPSHOT};
    s->disk = shared_disk_open(&config, NULL, NULL);
    s->terminal = terminal_new(-1, -1, plain);
    if (!s->disk || !s->terminal)
        abort();
    return s;
}

static void scene_free(struct scene *s)
{
    history_free(&s->history);
    history_free(&s->other);
    shared_disk_close(s->disk);
    terminal_free(s->terminal);
    seat_free(&s->seat);
    free(s);
}

static struct disk_operation make(struct scene *s, uint64_t number, uint32_t opcode, uint32_t block, uint32_t count,
                                  uint8_t byte)
{
    memset(s->data[number], byte, sizeof s->data[number]);
    return (struct disk_operation){
        .number = number, .opcode = opcode, .block = block, .count = count, .data = s->data[number]};
}

/* The surviving guest issues an operation; its number. */
static uint64_t issue(struct scene *s, uint32_t opcode, uint32_t block, uint32_t count, uint8_t byte)
{
    uint64_t number = ++s->count;
    if (number >= OPS_MAX)
        abort();
    s->ops[number] = make(s, number, opcode, block, count, byte);
    history_issue(&s->history, &s->ops[number], EPOCH, INSNS + number);
    return number;
}

static uint64_t issue_write(struct scene *s, uint32_t block, uint8_t byte)
{
    return issue(s, DISK_WRITE, block, 2, byte);
}

/* The disk performs one of them. */
static void perform(struct scene *s, uint64_t number, const uint64_t *mask)
{
    s->time_ps += 1000;
    shared_disk_perform(s->disk, 0, &s->ops[number], mask, s->time_ps);
}

/* The disk performs what the surviving guest has not issued so. */
static void perform_other(struct scene *s, uint64_t number, uint32_t opcode, uint32_t block, uint32_t count,
                          uint8_t byte)
{
    struct disk_operation op = make(s, 0, opcode, block, count, byte);
    op.number = number;
    s->time_ps += 1000;
    shared_disk_perform(s->disk, 0, &op, NULL, s->time_ps);
}

static void told(struct scene *s, uint64_t number, uint32_t status, uint32_t detail)
{
    const struct disk_operation *op = &s->ops[number];
    bool data = op->opcode == DISK_READ && status == DISK_COMPLETED;
    struct disk_completion end = {.number = number,
                                  .opcode = op->opcode,
                                  .size_bytes = data ? disk_data_bytes(op) : 0,
                                  .status = status,
                                  .detail = detail,
                                  .data = data ? op->data : NULL};
    history_told(&s->history, &end);
}

/* Issued, performed and told: a day like any other. */
static uint64_t complete(struct scene *s, uint32_t opcode, uint32_t block, uint32_t count, uint8_t byte)
{
    uint64_t number = issue(s, opcode, block, count, byte);
    perform(s, number, NULL);
    told(s, number, DISK_COMPLETED, 0);
    return number;
}

static void writes_out(struct scene *s, const char *text)
{
    for (; *text; text++)
        history_output(&s->history, (uint8_t)*text, (struct history_place){EPOCH, INSNS});
}

/* The terminal gets TEXT, its first byte with number FROM. */
static void shows(struct scene *s, uint64_t from, const char *text)
{
    for (; *text; text++)
        terminal_output(s->terminal, 0, from++, (uint8_t)*text, s->time_ps += 1000);
}

static void judge(struct scene *s)
{
    struct explain_input input = {.history = &s->history,
                                  .issuers = {&s->history, &s->other},
                                  .disks = {s->disk},
                                  .terminal = s->terminal,
                                  .seat = &s->seat,
                                  .plain = s->plain,
                                  .complete = !s->incomplete,
                                  .fences = s->fences,
                                  .fence_count = s->fence_count};
    explain(&input, &s->verdict);
}

static void allowed_at(struct scene *s, uint64_t repeated, const char *file, int line)
{
    judge(s);
    if (!s->verdict.explainable)
        printf("%s\n", s->verdict.sentence);
    check_true(s->t, s->verdict.explainable, file, line, "explainable");
    check_equal(s->t, s->verdict.repeated, repeated, file, line, "repeated");
    scene_free(s);
}

/* The verdict is that RULE is broken, by operation NUMBER (0: not the disk). */
static void broken_at(struct scene *s, int rule, uint64_t number, const char *file, int line)
{
    char text[64];
    judge(s);
    check_true(s->t, !s->verdict.explainable, file, line, "not explainable");
    check_line(s->t, s->verdict.sentence, file, line);
    snprintf(text, sizeof text, "rule %d: ", rule);
    check_true(s->t, !strncmp(s->verdict.sentence, text, strlen(text)), file, line, s->verdict.sentence);
    const char *where = number                 ? "disk operation %" PRIu64 ","
                        : s->seat.events.count ? "keyboard and pointer, event"
                                               : "terminal";
    snprintf(text, sizeof text, where, number);
    check_string(s->t, s->verdict.sentence, text, false, file, line);
    scene_free(s);
}

#define ALLOWED(s, repeated)    allowed_at(s, repeated, __FILE__, __LINE__)
#define BROKEN(s, rule, number) broken_at(s, rule, number, __FILE__, __LINE__)

static const uint64_t first_block = 1;

static void test_ordinary(struct check *t)
{
    struct scene *s = scene_new(t, false);
    ALLOWED(s, 0); /* nothing happened */
    s = scene_new(t, false);
    complete(s, DISK_CONNECT, 0, 0, 0);
    complete(s, DISK_WRITE, 4, 2, 0x11);
    complete(s, DISK_READ, 3, 4, 0);
    complete(s, DISK_FLUSH, 9, 9, 0);
    complete(s, DISK_WRITE, 4, 2, 0x11); /* the same again, by the guest's own will */
    uint64_t refused = ++s->count;
    s->ops[refused] = make(s, refused, DISK_READ, 999, 1, 0);
    s->ops[refused].refused = DISK_BAD_BLOCK;
    history_issue(&s->history, &s->ops[refused], EPOCH, 1);
    told(s, refused, DISK_ERROR, DISK_BAD_BLOCK);
    complete(s, DISK_DISCONNECT, 0, 0, 0);
    writes_out(s, "hello");
    shows(s, 1, "hello");
    ALLOWED(s, 0);
    s = scene_new(t, false); /* concurrent commands in any order (Rule 2 of the disk) */
    uint64_t a = issue_write(s, 1, 1), b = issue_write(s, 2, 2), c = issue_write(s, 3, 3);
    perform(s, c, NULL);
    perform(s, a, NULL);
    told(s, c, DISK_COMPLETED, 0);
    perform(s, b, NULL);
    told(s, b, DISK_COMPLETED, 0);
    told(s, a, DISK_COMPLETED, 0);
    ALLOWED(s, 0);
}

/* Told disconnected: performed, in part, or not at all; then issued again. */
static void test_disconnected(struct check *t)
{
    for (unsigned how = 0; how < 3; how++) {
        struct scene *s = scene_new(t, false);
        uint64_t a = issue_write(s, 5, 0xAA);
        if (how)
            perform(s, a, how == 1 ? &first_block : NULL);
        told(s, a, DISK_DISCONNECTED, 0);
        complete(s, DISK_CONNECT, 0, 0, 0);
        complete(s, DISK_WRITE, 5, 2, 0xAA);
        ALLOWED(s, how ? 1 : 0);
    }
    for (unsigned how = 0; how < 3; how++) { /* the run ended before the guest was told */
        struct scene *s = scene_new(t, false);
        uint64_t a = issue_write(s, 5, 0xAA);
        if (how)
            perform(s, a, how == 1 ? &first_block : NULL);
        ALLOWED(s, 0);
    }
    /* The old primary performed what the new one counts differently: place and content decide. */
    struct scene *s = scene_new(t, false);
    uint64_t a = issue_write(s, 5, 0xAA), b = issue_write(s, 6, 0xBB);
    perform_other(s, b, DISK_WRITE, 5, 2, 0xAA);
    perform_other(s, a, DISK_WRITE, 6, 2, 0xBB);
    told(s, a, DISK_COMPLETED, 0);
    told(s, b, DISK_COMPLETED, 0);
    ALLOWED(s, 0);
}

/* Policy reissue: the guest issued once, the disk performed several times. */
static void test_reissued(struct check *t)
{
    for (unsigned how = 0; how < 3; how++) {
        struct scene *s = scene_new(t, false);
        uint64_t a = issue_write(s, 5, 0xAA);
        s->history.operations.at[a - 1].reissued = true;
        if (how)
            perform(s, a, how == 1 ? &first_block : NULL);
        perform(s, a, NULL);
        told(s, a, DISK_COMPLETED, 0);
        complete(s, DISK_FLUSH, 0, 0, 0);
        ALLOWED(s, how ? 1 : 0);
    }
    struct scene *s = scene_new(t, false); /* a read, twice: the data told are those of the last */
    complete(s, DISK_WRITE, 8, 1, 0x01);
    uint64_t write = issue(s, DISK_WRITE, 8, 1, 0x02), read = issue(s, DISK_READ, 8, 1, 0);
    s->history.operations.at[read - 1].reissued = true;
    perform(s, read, NULL);
    perform(s, write, NULL);
    perform(s, read, NULL);
    told(s, read, DISK_COMPLETED, 0);
    told(s, write, DISK_COMPLETED, 0);
    ALLOWED(s, 1);
    s = scene_new(t, false); /* told with those of the first */
    complete(s, DISK_WRITE, 8, 1, 0x01);
    write = issue(s, DISK_WRITE, 8, 1, 0x02);
    read = issue(s, DISK_READ, 8, 1, 0);
    s->history.operations.at[read - 1].reissued = true;
    perform(s, read, NULL);
    told(s, read, DISK_COMPLETED, 0);
    perform(s, write, NULL);
    perform(s, read, NULL);
    BROKEN(s, 2, read);
    s = scene_new(t, false); /* performed again after an operation that was issued when the outcome was known */
    uint64_t a = issue_write(s, 5, 0xAA);
    s->history.operations.at[a - 1].reissued = true;
    perform(s, a, NULL);
    told(s, a, DISK_COMPLETED, 0);
    complete(s, DISK_WRITE, 5, 2, 0xBB);
    perform(s, a, NULL);
    BROKEN(s, 4, a);
}

/* Rule 1: every performance is of an operation of H, same kind, place and content; at most one each. */
static void test_rule_1(struct check *t)
{
    static const struct {
        uint32_t opcode, block, count;
        uint8_t byte;
    } wrong[] = {{DISK_WRITE, 5, 2, 0xAB}, {DISK_WRITE, 6, 2, 0xAA}, {DISK_WRITE, 5, 1, 0xAA},
                 {DISK_READ, 5, 2, 0},     {DISK_FLUSH, 0, 0, 0},    {DISK_CONNECT, 0, 0, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct scene *s = scene_new(t, false);
        uint64_t a = issue_write(s, 5, 0xAA);
        perform(s, a, NULL);
        told(s, a, DISK_COMPLETED, 0);
        perform_other(s, 2, wrong[i].opcode, wrong[i].block, wrong[i].count, wrong[i].byte);
        BROKEN(s, 1, 2);
    }
    struct scene *s = scene_new(t, false); /* twice, and nobody issued it again */
    uint64_t a = issue_write(s, 5, 0xAA);
    perform(s, a, NULL);
    perform(s, a, NULL);
    told(s, a, DISK_DISCONNECTED, 0);
    BROKEN(s, 1, a);
    s = scene_new(t, false); /* the controller refused it, yet it was performed */
    uint64_t refused = ++s->count;
    s->ops[refused] = make(s, refused, DISK_WRITE, 3, 1, 0x33);
    s->ops[refused].refused = DISK_NOT_CONNECTED;
    history_issue(&s->history, &s->ops[refused], EPOCH, 1);
    told(s, refused, DISK_ERROR, DISK_NOT_CONNECTED);
    perform_other(s, refused, DISK_WRITE, 3, 1, 0x33);
    BROKEN(s, 1, refused);
    s = scene_new(t, false); /* issued by the computer that died, in an epoch that was discarded: said whence it came */
    struct disk_operation lost = make(s, 1, DISK_WRITE, 7, 1, 0x77);
    history_issue(&s->other, &lost, 9, 8765);
    perform_other(s, 1, DISK_WRITE, 7, 1, 0x77);
    judge(s);
    CHECK_HAS(s->verdict.sentence, "epoch 9, instruction 8765");
    BROKEN(s, 1, 1);
}

/* Rule 2: completed means performed in full, with the data read; an error means not performed. */
static void test_rule_2(struct check *t)
{
    struct scene *s = scene_new(t, false);
    complete(s, DISK_CONNECT, 0, 0, 0);
    uint64_t a = issue_write(s, 5, 0xAA);
    told(s, a, DISK_COMPLETED, 0);
    judge(s);
    CHECK_HAS(s->verdict.sentence, "write of block 5+2, epoch 12, instruction 3452");
    BROKEN(s, 2, a);
    s = scene_new(t, false);
    a = issue_write(s, 5, 0xAA);
    perform(s, a, &first_block);
    told(s, a, DISK_COMPLETED, 0);
    BROKEN(s, 2, a);
    static const uint32_t details[] = {DISK_NOT_CONNECTED, DISK_BAD_BLOCK, DISK_BAD_ADDRESS, DISK_TOO_MANY};
    for (unsigned i = 0; i < 4; i++) {
        s = scene_new(t, false);
        a = issue_write(s, 5, 0xAA);
        perform(s, a, NULL);
        told(s, a, DISK_ERROR, details[i]);
        BROKEN(s, 2, a);
    }
    for (unsigned performed = 0; performed < 2; performed++) { /* a medium error says nothing about it */
        s = scene_new(t, false);
        a = issue_write(s, 5, 0xAA);
        if (performed)
            perform(s, a, NULL);
        told(s, a, DISK_ERROR, DISK_MEDIUM_ERROR);
        ALLOWED(s, 0);
    }
    s = scene_new(t, false);
    uint64_t read = issue(s, DISK_READ, 8, 1, 0);
    perform(s, read, NULL);
    s->data[read][100] ^= 1; /* one bit on its way to the guest */
    told(s, read, DISK_COMPLETED, 0);
    BROKEN(s, 2, read);
    s = scene_new(t, false);
    read = issue(s, DISK_READ, 8, 1, 0);
    told(s, read, DISK_COMPLETED, 0);
    BROKEN(s, 2, read);
}

/* Rule 3: a partial performance only where the outcome was open. */
static void test_rule_3(struct check *t)
{
    struct scene *s = scene_new(t, false);
    uint64_t a = issue_write(s, 5, 0xAA);
    perform(s, a, &first_block);
    told(s, a, DISK_ERROR, DISK_MEDIUM_ERROR);
    BROKEN(s, 3, a);
}

/* Rule 4: what was told before another was issued was performed before it. */
static void test_rule_4(struct check *t)
{
    static const uint32_t outcomes[] = {DISK_DISCONNECTED, DISK_COMPLETED};
    for (unsigned i = 0; i < 2; i++) {
        struct scene *s = scene_new(t, false);
        uint64_t a = issue_write(s, 5, 0xAA);
        told(s, a, outcomes[i], 0);
        uint64_t b = issue_write(s, 6, 0xBB);
        perform(s, b, NULL);
        perform(s, a, NULL); /* the dead primary's command arrives after the new one's: not fenced */
        told(s, b, DISK_COMPLETED, 0);
        BROKEN(s, 4, a);
    }
    struct scene *s = scene_new(t, false); /* in part counts as well */
    uint64_t a = issue_write(s, 5, 0xAA);
    told(s, a, DISK_DISCONNECTED, 0);
    uint64_t b = issue_write(s, 6, 0xBB);
    perform(s, b, NULL);
    perform(s, a, &first_block);
    told(s, b, DISK_COMPLETED, 0);
    BROKEN(s, 4, a);
    s = scene_new(t, false); /* told after the other was issued: concurrent, any order */
    a = issue_write(s, 5, 0xAA);
    b = issue_write(s, 6, 0xBB);
    told(s, a, DISK_DISCONNECTED, 0);
    perform(s, b, NULL);
    perform(s, a, NULL);
    told(s, b, DISK_COMPLETED, 0);
    ALLOWED(s, 0);
}

/* Rule 5 with numbers: H's output, in order, whatever was held and issued again. */
static void test_rule_5(struct check *t)
{
    struct scene *s = scene_new(t, false); /* held by the backup, issued again at the promotion with their numbers */
    writes_out(s, "abcdef");
    shows(s, 1, "abcd");
    shows(s, 3, "cdef");
    ALLOWED(s, 0);
    s = scene_new(t, false);
    writes_out(s, "abcdef");
    shows(s, 1, "abc");
    s->incomplete = true; /* it may still come */
    ALLOWED(s, 0);
    s = scene_new(t, false);
    writes_out(s, "abcdef");
    shows(s, 1, "abc");
    judge(s);
    CHECK_HAS(s->verdict.sentence, "byte 4");
    BROKEN(s, 5, 0);
    s = scene_new(t, false);
    writes_out(s, "abc");
    shows(s, 1, "abcd");
    BROKEN(s, 5, 0);
    s = scene_new(t, false);
    writes_out(s, "abc");
    shows(s, 1, "axc");
    judge(s);
    CHECK_HAS(s->verdict.sentence, "byte 2");
    BROKEN(s, 5, 0);
    s = scene_new(t, false); /* came again and was another one: the first is shown, and is H's */
    writes_out(s, "abc");
    shows(s, 1, "abc");
    shows(s, 3, "x");
    judge(s);
    CHECK_HAS(s->verdict.sentence, "byte 3");
    BROKEN(s, 5, 0);
}

/* A backup is promoted, which had byte FROM of H's output held, and the following. */
static void promote(struct scene *s, uint64_t from)
{
    struct explain_fence *fence = &s->fences[s->fence_count++];
    fence->generation = (uint32_t)s->fence_count;
    terminal_shown(s->terminal, &fence->shown);
    *VEC_PUSH(&s->history.repetitions) =
        (struct history_repetition){.generation = fence->generation, .from = from, .epoch = EPOCH};
}

/* Plain: SHOWN1 before the fence, then SHOWN2, which the new primary issued from byte FROM of its "abcdef" on. */
static struct scene *plain_scene(struct check *t, const char *shown1, const char *shown2, uint64_t from)
{
    struct scene *s = scene_new(t, true);
    writes_out(s, "abcdef");
    shows(s, 1, shown1);
    promote(s, from);
    shows(s, from, shown2);
    return s;
}

/* Rule 5 without numbers: it may differ by repetition of what the failing epoch issued, and by nothing else. */
static void test_rule_5_plain(struct check *t)
{
    struct scene *s = scene_new(t, true);
    writes_out(s, "abcdef");
    shows(s, 1, "abcdef");
    ALLOWED(s, 0);
    ALLOWED(plain_scene(t, "abcd", "cdef", 3), 0);
    ALLOWED(plain_scene(t, "abcdef", "abcdef", 1), 0);
    ALLOWED(plain_scene(t, "abc", "def", 4), 0); /* none was held */
    ALLOWED(plain_scene(t, "", "abcdef", 1), 0);
    ALLOWED(plain_scene(t, "abcdef", "", 7), 0);
    BROKEN(plain_scene(t, "abcd", "dcef", 3), 5, 0);
    BROKEN(plain_scene(t, "abcd", "cde", 3), 5, 0);
    BROKEN(plain_scene(t, "abcd", "cdeff", 3), 5, 0);
    BROKEN(plain_scene(t, "abx", "cdef", 3), 5, 0);
    BROKEN(plain_scene(t, "abc", "ef", 5), 5, 0); /* `d` was lost, not repeated */
    s = scene_new(t, true);                       /* repeated, and nobody was promoted */
    writes_out(s, "abc");
    shows(s, 1, "abbc");
    judge(s);
    CHECK_HAS(s->verdict.sentence, "byte 3, epoch 12, instruction 3450");
    BROKEN(s, 5, 0);
    s = scene_new(t, true); /* repeated, but it is older than the epoch that failed */
    writes_out(s, "abc");
    shows(s, 1, "abc");
    promote(s, 2);
    s->history.repetitions.at[0].epoch = EPOCH + 1;
    shows(s, 2, "bc");
    BROKEN(s, 5, 0);
}

/* Rule 5, without numbers, after several promotions: each may repeat what its own failing epoch issued. */
static void test_rule_5_promotions(struct check *t)
{
    struct scene *s = scene_new(t, true);
    writes_out(s, "abcdef");
    shows(s, 1, "abc");
    promote(s, 2);
    shows(s, 2, "bcd");
    promote(s, 4);
    shows(s, 4, "def");
    promote(s, 6);
    shows(s, 6, "f");
    ALLOWED(s, 0);
    s = scene_new(t, true); /* died again before it had issued what it held */
    writes_out(s, "abcdef");
    shows(s, 1, "abcd");
    promote(s, 4);
    promote(s, 3);
    shows(s, 3, "cdef");
    ALLOWED(s, 0);
    s = scene_new(t, true); /* the first promotion's repetition does not excuse one after the second */
    writes_out(s, "abcdef");
    shows(s, 1, "abc");
    promote(s, 2);
    shows(s, 2, "bcd");
    promote(s, 4);
    shows(s, 2, "bcdef");
    BROKEN(s, 5, 0);
}

/* Rule 6: the input consumed is what was typed, in order, nothing lost or repeated. */
static void test_rule_6(struct check *t)
{
    static const struct {
        const char *consumed;
        bool right;
    } cases[] = {{"", true},      {"x", true},    {"xyz", true},   {"y", false},   {"xz", false},
                 {"xxyz", false}, {"xyy", false}, {"xyzz", false}, {"xyzx", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *s = scene_new(t, false);
        terminal_type(s->terminal, "xyz", 3);
        for (const char *c = cases[i].consumed; *c; c++)
            history_input(&s->history, (uint8_t)*c, (struct history_place){EPOCH, INSNS});
        if (cases[i].right)
            ALLOWED(s, 0);
        else
            BROKEN(s, 6, 0);
    }
}

/* The same for keyboard and pointer. */
static void test_rule_6_events(struct check *t)
{
    static const uint32_t done[] = {0x01000061, 0x02000061, 0x03000007};
    static const struct {
        unsigned count;
        uint32_t consumed[4];
        bool right;
    } cases[] = {{0, {0}, true},
                 {3, {0x01000061, 0x02000061, 0x03000007}, true},
                 {1, {0x02000061}, false},
                 {2, {0x01000061, 0x01000061}, false},
                 {2, {0x01000061, 0x03000007}, false},
                 {4, {0x01000061, 0x02000061, 0x03000007, 0x03000007}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene *s = scene_new(t, false);
        for (size_t e = 0; e < sizeof done / sizeof done[0]; e++)
            *VEC_PUSH(&s->seat.events) = done[e];
        for (unsigned e = 0; e < cases[i].count; e++)
            history_event(&s->history, cases[i].consumed[e], (struct history_place){EPOCH, INSNS});
        if (cases[i].right)
            ALLOWED(s, 0);
        else
            BROKEN(s, 6, 0);
    }
}

/* The first matching that comes to mind breaks rule 4, another one satisfies all: the numbers are only a hint. */
static void test_other_matching(struct check *t)
{
    struct scene *s = scene_new(t, false);
    uint64_t a = issue_write(s, 5, 0xAA);
    told(s, a, DISK_DISCONNECTED, 0);
    uint64_t b = issue_write(s, 5, 0xAA);
    perform_other(s, b, DISK_WRITE, 5, 2, 0xAA); /* by a dead primary, in an epoch that was discarded */
    perform(s, b, NULL);
    told(s, b, DISK_COMPLETED, 0);
    ALLOWED(s, 0); /* the first performance was `a` */
    s = scene_new(t, false);
    a = issue_write(s, 5, 0xAA);
    told(s, a, DISK_DISCONNECTED, 0);
    b = issue_write(s, 5, 0xAA);
    perform(s, b, NULL);
    told(s, b, DISK_COMPLETED, 0);
    perform_other(s, b, DISK_WRITE, 5, 2, 0xAA);
    ALLOWED(s, 0); /* only which of the two was performed when the other was told is of interest, and nobody asks */
    s = scene_new(t, false);
    a = issue_write(s, 5, 0xAA);
    told(s, a, DISK_DISCONNECTED, 0);
    b = complete(s, DISK_WRITE, 6, 2, 0xBB);
    uint64_t c = issue_write(s, 5, 0xAA);
    perform_other(s, c, DISK_WRITE, 5, 2, 0xAA);
    perform_other(s, a, DISK_WRITE, 5, 2, 0xAA);
    told(s, c, DISK_COMPLETED, 0);
    BROKEN(s, 4, a); /* whichever of the two is `a`: it was told before `b` was issued */
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.explain", argc, argv);
    test_ordinary(&t);
    test_disconnected(&t);
    test_reissued(&t);
    test_rule_1(&t);
    test_rule_2(&t);
    test_rule_3(&t);
    test_rule_4(&t);
    test_rule_5(&t);
    test_rule_5_plain(&t);
    test_rule_5_promotions(&t);
    test_rule_6(&t);
    test_rule_6_events(&t);
    test_other_matching(&t);
    return check_end(&t);
}
