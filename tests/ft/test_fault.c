/* test_fault.c - where a computer is made to fail: every form that scripts use, its round trip, and what is refused. */
#include "ft/fault.h"

#include "mmu/base/rng.h"
#include "mmu/base/vtime.h"
#include "tests/check.h"

/* Names and order as docs/protocols.md has them, "Where a computer can be made to fail". */
static const char *const steps[] = {
    "run",
    "value-sent",
    "interrupt-buffered",
    "interrupt-sent",
    "time-sent",
    "acks-awaited",
    "delivered",
    "end-sent",
    "checkpoint-page",
    "checkpoint-sent",
    "commit-awaited",
    "operation-issued",
    "output-held",
    "output-released",
    "out-sent",
    "adjusted",
    "point-chosen",
    "b-message-received",
    "b-acked",
    "b-time-awaited",
    "b-end-awaited",
    "b-delivered",
    "b-checkpoint-awaited",
    "b-checkpoint-applied",
    "b-armed",
    "b-closing",
    "b-suspended",
    "b-overshoot",
    "detected",
    "arbiter-asked",
    "fenced",
    "connected",
    "outstanding-told",
    "promoted",
    "join-started",
    "join-page",
    "join-done",
    "fault-detected",
    "retried",
    "vm-saved",
    "real-saved",
    "info-stored",
    "alerted",
    "areas-read",
    "restarted",
    "interrupted",
    "vm-retrieved",
    "valid-tested",
    "vm-restored",
    "attribute-read",
    "processor-chosen",
    "reassigned",
    "configured-off",
    "resumed",
    "lost-sent",
};
static const char *const phases[] = {"before", "issued", "partial", "performed", "completed"};

static bool same(const struct fault *a, const struct fault *b)
{
    return a->role == b->role && a->place == b->place && a->number == b->number && a->step == b->step &&
           a->phase == b->phase && a->mask == b->mask;
}

static struct fault parse(struct check *t, const char *text)
{
    struct fault fault;
    struct error error = {{0}};
    memset(&fault, 0xEE, sizeof fault); /* whatever was there before does not shine through */
    if (!fault_parse(text, &fault, &error))
        printf("%s\n", error.text);
    CHECK(fault_parse(text, &fault, NULL));
    return fault;
}

static void expect(struct check *t, const char *text, struct fault wanted)
{
    struct fault fault = parse(t, text);
    if (!same(&fault, &wanted))
        printf("%s: place %u number %" PRIu64 " step %u phase %u mask 0x%" PRIx64 "\n", text, (unsigned)fault.place,
               fault.number, (unsigned)fault.step, (unsigned)fault.phase, fault.mask);
    CHECK(same(&fault, &wanted));
}

static void test_forms(struct check *t)
{
    expect(t, "primary@instruction=0", (struct fault){.place = FAULT_INSTRUCTION});
    expect(t, "backup@instruction=0", (struct fault){.role = ROLE_BACKUP, .place = FAULT_INSTRUCTION});
    expect(t, "primary@instruction=123456789012", (struct fault){.place = FAULT_INSTRUCTION, .number = 123456789012});
    expect(t, "primary@instruction=0x1F", (struct fault){.place = FAULT_INSTRUCTION, .number = 31});
    expect(t, "primary@instruction=0100", (struct fault){.place = FAULT_INSTRUCTION, .number = 100});
    expect(t, "primary@instruction=18446744073709551615",
           (struct fault){.place = FAULT_INSTRUCTION, .number = UINT64_MAX});
    expect(t, "backup@epoch=1", (struct fault){.role = ROLE_BACKUP, .place = FAULT_EPOCH, .number = 1});
    expect(t, "primary@operation=7", (struct fault){.place = FAULT_OPERATION, .number = 7, .phase = OPERATION_BEFORE});
    expect(
        t, "primary@operation=3.partial:0x8000000000000001",
        (struct fault){
            .place = FAULT_OPERATION, .number = 3, .phase = OPERATION_PARTIAL, .mask = UINT64_C(0x8000000000000001)});
    expect(t, "primary@operation=3.partial:0",
           (struct fault){.place = FAULT_OPERATION, .number = 3, .phase = OPERATION_PARTIAL});
    for (unsigned i = 0; i < 5; i++) {
        char text[64];
        if (i == OPERATION_PARTIAL)
            continue;
        snprintf(text, sizeof text, "backup@operation=12.%s", phases[i]);
        expect(t, text,
               (struct fault){
                   .role = ROLE_BACKUP, .place = FAULT_OPERATION, .number = 12, .phase = (enum operation_phase)i});
    }
    expect(t, "primary@time=0", (struct fault){.place = FAULT_TIME});
    expect(t, "primary@time=2", (struct fault){.place = FAULT_TIME, .number = 2 * PS_PER_S});
    expect(t, "primary@time=0.5", (struct fault){.place = FAULT_TIME, .number = PS_PER_S / 2});
    expect(t, "primary@time=1.000000000001", (struct fault){.place = FAULT_TIME, .number = PS_PER_S + 1});
    expect(t, "primary@time=08.25", (struct fault){.place = FAULT_TIME, .number = 33 * PS_PER_S / 4});
}

static void test_steps(struct check *t)
{
    char text[64];
    CHECK_EQ(PROTOCOL_STEP_COUNT, sizeof steps / sizeof steps[0]);
    for (unsigned i = 0; i < PROTOCOL_STEP_COUNT; i++) {
        CHECK_TEXT(protocol_step_name(i), steps[i]);
        struct fault wanted = {.place = FAULT_STEP, .number = 1, .step = (enum protocol_step)i};
        snprintf(text, sizeof text, "primary@step=%s", steps[i]);
        expect(t, text, wanted);
        wanted.number = 45;
        wanted.role = ROLE_BACKUP;
        snprintf(text, sizeof text, "backup@step=%s:45", steps[i]);
        expect(t, text, wanted);
    }
}

/* Who is struck is told as it was said. */
static void test_who(struct check *t)
{
    static const char *const told[] = {"hard,cpu0",       "hard,primary.cpu0", "damage,backup.cpu3", "hang,web",
                                       "soft,backup.web", "hard,primary.web",  "medium=3,web"};
    for (unsigned i = 0; i < sizeof told / sizeof told[0]; i++) {
        char whole[64], text[64];
        struct fault fault;
        snprintf(whole, sizeof whole, "%s@instruction=5", told[i]);
        CHECK(fault_parse(whole, &fault, NULL));
        fault_format(&fault, text, sizeof text);
        CHECK_TEXT(text, whole);
    }
}

/* What is formatted is read back as the same, for random faults of every kind. */
static void test_round_trip(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    for (unsigned i = 0; i < 20000; i++) {
        char text[128];
        struct fault fault = {.role = (enum role)rng_upto(&rng, 1), .place = (enum fault_place)rng_upto(&rng, 4)};
        fault.number = rng_next(&rng) >> rng_upto(&rng, 63);
        if (fault.place != FAULT_INSTRUCTION && !fault.number)
            fault.number = 1;
        if (fault.place == FAULT_TIME)
            fault.number >>= 4; /* 13 days will do */
        if (fault.place == FAULT_STEP)
            fault.step = (enum protocol_step)rng_upto(&rng, PROTOCOL_STEP_COUNT - 1);
        if (fault.place == FAULT_OPERATION)
            fault.phase = (enum operation_phase)rng_upto(&rng, 4);
        if (fault.place == FAULT_OPERATION && fault.phase == OPERATION_PARTIAL)
            fault.mask = rng_next(&rng) >> rng_upto(&rng, 63);
        fault_format(&fault, text, sizeof text);
        expect(t, text, fault);
    }
    char small[8];
    struct fault fault = {.place = FAULT_INSTRUCTION, .number = UINT64_MAX};
    fault_format(&fault, small, sizeof small);
    CHECK_TEXT(small, "primary"); /* cut, not overrun */
}

static void test_refusals(struct check *t)
{
    static const char *const bad[] = {
        "",
        "@",
        "primary",
        "primary@",
        "@instruction=1",
        "Primary@instruction=1",
        "prim@instruction=1",
        "primaries@instruction=1",
        "both@instruction=1",
        "backup @instruction=1",
        "primary@instruction",
        "primary@instruction=",
        "primary@instruction=x",
        "primary@instruction=-1",
        "primary@instruction=+1",
        "primary@instruction= 1",
        "primary@instruction=1 ",
        "primary@instruction=1x",
        "primary@instruction=0x",
        "primary@instruction=1.5",
        "primary@instruction=18446744073709551616",
        "primary@Instruction=1",
        "primary@epoch=0",
        "primary@epoch=",
        "primary@step=",
        "primary@step=:1",
        "primary@step=nothing",
        "primary@step=ru",
        "primary@step=runs",
        "primary@step=run:0",
        "primary@step=run:",
        "primary@step=run:x",
        "primary@step=run:1:2",
        "primary@step=run.1",
        "primary@operation=0",
        "primary@operation=1.",
        "primary@operation=1.done",
        "primary@operation=1.issuedd",
        "primary@operation=1.partial",
        "primary@operation=1.partial:",
        "primary@operation=1.partial:x",
        "primary@operation=1.partial:5x",
        "primary@operation=1.partial:0x10000000000000000",
        "primary@operation=1:5",
        "primary@time=",
        "primary@time=.5",
        "primary@time=-1",
        "primary@time=1s",
        "primary@time=1.2.3",
        "primary@time=99999999999999999999",
        "primary@memory=1",
        "primary@instruction=1@epoch=1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fault fault;
        struct error error = {{0}};
        if (fault_parse(bad[i], &fault, &error)) {
            printf("'%s' was taken\n", bad[i]);
            CHECK(!"must be refused");
        }
        CHECK_ONE_LINE(error.text);
        CHECK_HAS(error.text, "instruction=N"); /* what would be right */
        CHECK(!fault_parse(bad[i], &fault, NULL));
    }
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.fault", argc, argv);
    test_forms(&t);
    test_steps(&t);
    test_who(&t);
    test_round_trip(&t);
    test_refusals(&t);
    return check_end(&t);
}
