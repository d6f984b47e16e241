/* test_explain_network.c - the judge of a network: rules 7 and 8 are found broken when they are, and what they allow
 * passes (docs/network.md). A frame is a letter here.
 */
#include "ft/explain/explain.h"

#include "tests/check.h"

enum { EPOCH = 12, INSNS = 3450 };

struct scene {
    struct history history;
    struct terminal *terminal;
    struct seat seat;
    struct network network;
    struct explain_fence fence;
    size_t fence_count;
    struct explain_verdict verdict;
};

static uint64_t content(char letter)
{
    return network_content((const uint8_t *)&letter, 1);
}

/* The surviving guest sent FRAMES. */
static void begin(struct scene *s, const char *frames)
{
    memset(s, 0, sizeof *s);
    s->terminal = terminal_new(-1, -1, false);
    for (const char *c = frames; *c; c++)
        history_send(&s->history, &(struct history_frame){s->history.sent.count + 1, content(*c), {EPOCH, INSNS}});
}

/* The wire has FRAMES, the first of them with number FROM. */
static void wire_has(struct scene *s, uint64_t from, const char *frames)
{
    for (const char *c = frames; *c; c++)
        network_send(&s->network, 0, from++, (const uint8_t *)c, 1, 0);
}

/* RULE 0: it is explainable. */
static void end(struct check *t, struct scene *s, unsigned rule, bool complete)
{
    const struct explain_input input = {.history = &s->history,
                                        .issuers = {&s->history, NULL},
                                        .terminal = s->terminal,
                                        .seat = &s->seat,
                                        .network = &s->network,
                                        .complete = complete,
                                        .fences = &s->fence,
                                        .fence_count = s->fence_count};
    explain(&input, &s->verdict);
    CHECK_EQ(s->verdict.rule, rule);
    CHECK_EQ(s->verdict.explainable, !rule);
    CHECK_EQ(!!strstr(s->verdict.sentence, "network, frame"), !!rule);
    history_free(&s->history);
    network_free(&s->network);
    terminal_free(s->terminal);
}

/* Rule 7: in order; at a promotion a suffix again, and nothing else. */
static void test_sent(struct check *t)
{
    static const struct {
        const char *before,
            *after; /* a promotion, at which the backup held "abcdef" from number `from` on; 0: nothing */
        uint64_t from;
        bool right;
    } cases[] =
        {
            {"abcdef", "", 7, true},     {"abcd", "cdef", 3, true}, {"abcdef", "abcdef", 1, true},
            {"abc", "def", 4, true},     {"abc", "def", 0, true},   {"", "abcdef", 1, true},
            {"abcd", "cdef", 0, false},                           /* held nothing, and sent something again */
            {"abcd", "bcdef", 3, false},                          /* more than it held */
            {"abcd", "dcef", 3, false},                           /* another order */
            {"abxd", "cdef", 3, false},                           /* an invention */
            {"abcd", "cdeff", 3, false}, {"ab", "def", 4, false}, /* one is missing in between, */
            {"abcd", "cde", 3, false},                            /* or at the end */
        };
    struct scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned complete = 0; complete < 2; complete++) {
            begin(&s, "abcdef");
            wire_has(&s, 1, cases[i].before);
            s.fence = (struct explain_fence){.generation = 1, .sent = s.network.sent.count};
            s.fence_count = 1;
            *VEC_PUSH(&s.history.repetitions) =
                (struct history_repetition){.generation = 1, .frames_from = cases[i].from, .epoch = EPOCH};
            wire_has(&s, cases[i].from, cases[i].after);
            bool cut_short = !strcmp(cases[i].after, "cde"); /* which may still come */
            end(t, &s, cases[i].right || (cut_short && !complete) ? 0 : 7, complete);
        }
    begin(&s, "abc");
    wire_has(&s, 1, "abb"); /* again, and nobody was promoted */
    end(t, &s, 7, true);
    CHECK_HAS(s.verdict.sentence, "frame 3, epoch 12, instruction 3450");
}

/* Rule 8: what came, in order; some may be lost. "xyz" came. */
static void test_taken(struct check *t)
{
    static const struct {
        const char *taken;
        uint64_t numbers[4];
        bool right;
    } cases[] = {{"", {0}, true},       {"xyz", {0, 1, 2}, true}, {"xz", {0, 2}, true},
                 {"z", {2}, true},      {"yx", {1, 0}, false},    {"xx", {0, 0}, false},
                 {"xq", {0, 1}, false}, {"y", {0}, false},        {"xyzx", {0, 1, 2, 3}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene s;
        begin(&s, "");
        for (const char *c = "xyz"; *c; c++)
            network_arrive(&s.network, (const uint8_t *)c, 1, 0);
        for (unsigned k = 0; cases[i].taken[k]; k++)
            history_take(&s.history,
                         &(struct history_frame){cases[i].numbers[k], content(cases[i].taken[k]), {EPOCH, INSNS}});
        end(t, &s, cases[i].right ? 0 : 8, true);
    }
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.explain_network", argc, argv);
    test_sent(&t);
    test_taken(&t);
    return check_end(&t);
}
