/* monitor_test.c - the monitor's and the command line's tests, from outside: they run the program as people do.
 *
 *   monitor_test UNDERSTUDY GUESTS refusals|results|sessions|prompt|SCRIPT.us
 *
 * Each runs in a new folder, which it removes. Exit status 0: all held.
 */
#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

struct group {
    const char *name;
    void (*run)(struct bench_of_tests *tests);
};

static const struct group groups[] = {
    {"refusals", test_refusals}, {"results", test_results},       {"sessions", test_sessions},
    {"trace", test_trace},       {"frames", test_frames},         {"prompt", test_prompt},
    {"keys", test_keys},         {"keys_linux", test_keys_linux},
};

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    return remove(path);
}

static void remove_folder(const char *path)
{
    if (nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS))
        fprintf(stderr, "%s stays behind\n", path);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "monitor_test UNDERSTUDY GUESTS GROUP|SCRIPT.us\n");
        return 2;
    }
    struct bench_of_tests tests = {.program = realpath(argv[1], NULL), .guests = realpath(argv[2], NULL)};
    if (!tests.program || !tests.guests) {
        fprintf(stderr, "'%s' or '%s' is not there\n", argv[1], argv[2]);
        return 2;
    }
    char *script = realpath(argv[3], NULL);
    snprintf(tests.folder, sizeof tests.folder, "/tmp/understudy-test-XXXXXX");
    if (!mkdtemp(tests.folder) || chdir(tests.folder)) {
        fprintf(stderr, "no folder for the test\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* seen even if the test has to be ended */
    bool found = false;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (strcmp(groups[i].name, argv[3]))
            continue;
        groups[i].run(&tests);
        found = true;
    }
    if (!found)
        test_script(&tests, script ? script : argv[3]);
    remove_folder(tests.folder);
    printf("%s: %u failed\n", argv[3], tests.failed);
    free(script);
    free(tests.program);
    free(tests.guests);
    return tests.failed ? 1 : 0;
}
