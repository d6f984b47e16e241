/* test_script.c - run a .us file and compare what it prints with its own lines that begin with "#> ": each is to be in
 * the output, in that order. The script itself has to succeed and to be silent on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static void run_script(struct bench_of_tests *tests, const char *path, const char *script)
{
    const char *words[] = {path, NULL};
    struct outcome outcome = run_program(tests, words, "");
    expect(tests, outcome.status == 0, path, &outcome, "exit status 0 is wanted");
    expect(tests, !*outcome.err, path, &outcome, "nothing on stderr is wanted");
    const char *rest = outcome.out;
    unsigned wanted = 0, number = 1;
    for (const char *line = script; *line; number++) {
        size_t length = strcspn(line, "\n");
        if (strncmp(line, "#> ", 3) == 0) {
            const char *at = memmem(rest, strlen(rest), line + 3, length - 3);
            wanted++;
            if (!expect(tests, at != NULL, path, NULL, "line %u is not in the output from here on:\n%s", number, rest))
                break;
            rest = at + length - 3;
        }
        line += length + (line[length] == '\n');
    }
    expect(tests, wanted > 0, path, NULL, "it expects nothing");
    printf("%s: %u expectations\n", path, wanted);
    outcome_free(&outcome);
}

void test_script(struct bench_of_tests *tests, const char *path)
{
    char *script = read_text(path);
    if (!expect(tests, script != NULL, path, NULL, "it cannot be read"))
        return;
    if (chdir(tests->guests))
        expect(tests, false, path, NULL, "'%s' is no folder", tests->guests);
    else
        run_script(tests, path, script);
    free(script);
}
