/* test_trace.c - traces: the format of docs/trace.md, and that a run comes out the same with one as without.
 *
 * A script runs a guest twice with a trace and once without and asserts that the digests, counts and statuses are
 * equal; the two files must be equal to the byte and every line well formed.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

struct traced {
    const char *name, *system, *guest, *before, *run; /* commands after `load` */
    uint64_t remarks;                                 /* wanted in the file */
    bool several;                                     /* several processors: each counts for itself */
};

static const struct traced cases[] = {
    {"bare", "system --ram 8M", "frames.elf", "echo", "continue", 2, false},
    {"bare with interruptions", "system --ram 8M", "traps.elf", "echo", "continue", 2, false},
    {"delayed traps", "system --ram 8M", "surfacing.elf", "echo", "until instruction 40000", 2, false},
    {"translated", "system --mode solo --ram 8M --set tlb-entries=8", "mmu_faults.elf", "echo",
     "until instruction 40000", 2, false},
    {"two computers", "system --mode pair --ram 8M --epoch 500", "ticker.elf", "crash primary@epoch=9", "continue", 3,
     true},
    {"several processors", "system --ram 8M --set processors=3", "mp.elf", "echo", "until instruction 40000", 2, true},
};

/* Is LINE (LENGTH bytes) six fields of the right form? *NUMBER: the first. */
static bool well_formed(const char *line, size_t length, uint64_t *number)
{
    char copy[1000], *at = copy;
    const char *fields[7];
    unsigned count = 0;
    if (length >= sizeof copy)
        return false;
    memcpy(copy, line, length);
    copy[length] = '\0';
    while (at && count < 7)
        fields[count++] = strsep(&at, "\t");
    if (count != 6 || at)
        return false;
    char *end;
    *number = strtoull(fields[0], &end, 10);
    if (*end || strlen(fields[1]) != 17 || fields[1][8] != ':' ||
        strspn(fields[2], "0123456789abcdef-") != strlen(fields[2]))
        return false;
    return strchr("xni", fields[3][0]) && fields[3][0] && *fields[4];
}

static void check_file(struct bench_of_tests *tests, const struct traced *test, const char *text, uint64_t insns)
{
    uint64_t next = 0, remarks = 0, lines = 0, number = 0, wrong = 0;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (*line == '#') {
            remarks++;
        } else {
            lines++;
            wrong += !well_formed(line, length, &number) || (!test->several && number != next);
            next = number + 1;
        }
        line += length + (line[length] == '\n');
    }
    expect(tests, remarks == test->remarks, test->name, NULL, "%" PRIu64 " remarks, not %" PRIu64, remarks,
           test->remarks);
    expect(tests, wrong == 0, test->name, NULL, "%" PRIu64 " of %" PRIu64 " lines are wrong", wrong, lines);
    expect(tests, test->several ? lines > insns : lines == insns, test->name, NULL,
           "%" PRIu64 " lines, %" PRIu64 " instructions", lines, insns);
}

static void run_case(struct bench_of_tests *tests, const struct traced *test)
{
    char script[1200];
    FILE *to = fmemopen(script, sizeof script, "w");
    static const char *const traces[] = {NULL, "one.trace", "two.trace"};
    for (unsigned i = 0; to && i < 3; i++) {
        fprintf(to, "%s\nload %s/%s\n%s\n", test->system, tests->guests, test->guest, test->before);
        if (traces[i])
            fprintf(to, "trace %s\n", traces[i]);
        fprintf(to, "%s\ntrace off\n", test->run);
        fprintf(to, i ? "assert $digest == $d && $instructions == $n\n" : "set $d = $digest\nset $n = $instructions\n");
    }
    if (to) {
        fprintf(to, "print/u $n\n");
        fclose(to);
    }
    const char *words[] = {NULL};
    struct outcome outcome = run_program(tests, words, script);
    expect(tests, outcome.status == 0, test->name, &outcome, "exit status 0 is wanted");
    char *one = read_text("one.trace"), *two = read_text("two.trace");
    if (expect(tests, one && two && *one, test->name, &outcome, "two traces are wanted")) {
        expect(tests, strcmp(one, two) == 0, test->name, NULL, "two traces of one run differ");
        const char *last = strrchr(outcome.out, '\n');
        while (last && last > outcome.out && last[-1] != '\n')
            last--;
        check_file(tests, test, one, last ? strtoull(last, NULL, 10) : 0);
    }
    free(one);
    free(two);
    unlink("one.trace");
    unlink("two.trace");
    outcome_free(&outcome);
}

void test_trace(struct bench_of_tests *tests)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        run_case(tests, &cases[i]);
    printf("%zu kinds of traces\n", sizeof cases / sizeof cases[0]);
}
