/* test_frames.c - a backtrace is whole before each instruction of a guest: in prologues, epilogues, delay slots,
 * millicode. It ends at _start every time, and no frame is passed over: the number of frames changes by one at most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { STEPS = 800 };

static void run_guest(struct bench_of_tests *tests, const char *guest)
{
    char *script = NULL;
    size_t size;
    FILE *to = open_memstream(&script, &size);
    if (!to)
        return;
    fprintf(to, "load %s/%s\nuntil main\n", tests->guests, guest);
    for (unsigned i = 0; i < STEPS; i++)
        fprintf(to, "step\nbacktrace\n");
    fclose(to);
    const char *words[] = {NULL};
    struct outcome outcome = run_program(tests, words, script);
    expect(tests, outcome.status == 0, guest, &outcome, "exit status 0 is wanted");
    unsigned frames = 0, before = 0, traces = 0, wrong = 0, leaps = 0;
    char last[200] = "";
    for (const char *line = outcome.out; *line;) {
        size_t length = strcspn(line, "\n");
        bool is_frame = *line == '#';
        if (is_frame) {
            frames++;
            snprintf(last, sizeof last, "%.*s", (int)length, line);
        } else if (frames) {
            traces++;
            wrong += !strstr(last, "<_start+");
            leaps += before && (frames > before + 1 || before > frames + 1);
            before = frames;
            frames = 0;
        }
        line += length + (line[length] == '\n');
    }
    expect(tests, traces + 1 >= STEPS, guest, NULL, "%u backtraces, not %u", traces, STEPS);
    expect(tests, wrong == 0, guest, NULL, "%u backtraces do not end at _start", wrong);
    expect(tests, leaps == 0, guest, NULL, "the number of frames leaps %u times", leaps);
    printf("%s: %u backtraces\n", guest, traces);
    outcome_free(&outcome);
    free(script);
}

void test_frames(struct bench_of_tests *tests)
{
    run_guest(tests, "frames.elf");
    run_guest(tests, "deep.elf");
    run_guest(tests, "deep_plain.elf");
}
