/* test_results.c - exit statuses, the JSON object, result files, help and version. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* The keys of docs/command-line.md, "JSON", in order, as they begin their lines. */
static const char keys[] =
    "{\n  \"end\": \"exit\",\n  \"status\": 5,\n  \"instructions\": \n  \"epochs\": \n  \"failovers\": 0,\n"
    "  \"messages\": \n  \"bytes\": \n  \"operations\": {\n    \"issued\": \n    \"performed\": \n"
    "    \"repeated\": \n    \"suppressed\": \n  },\n  \"digest\": \"\n  \"explainable\": true,\n"
    "  \"violation\": null,\n  \"host_seconds\": \n  \"cpu_seconds\": {\n    \"primary\": \n"
    "    \"backup\": \n  },\n  \"engine\": \n}";

/* JSON without the two members that tell of the host's time. */
static void without_host_time(char *json)
{
    char *at = strstr(json, "  \"host_seconds\"");
    if (at)
        *at = '\0';
}

static char *run_for_json(struct bench_of_tests *tests, const char *const *words, const char *path, int status)
{
    struct outcome outcome = run_program(tests, words, "");
    char *json = read_text(path);
    expect(tests, outcome.status == status, "json", &outcome, "exit status %d is wanted", status);
    expect(tests, json != NULL, "json", &outcome, "'%s' was not written", path);
    outcome_free(&outcome);
    return json ? json : strdup("");
}

static void test_json(struct bench_of_tests *tests)
{
    char missing[128];
    write_text("result.json", "something old and longer than nothing");
    unsigned entries = folder_entries();
    const char *one[] = {"run", "--json", "result.json", "--mode", "pair", "probe.elf", NULL};
    char *json = run_for_json(tests, one, "result.json", 5);
    expect(tests, has_in_order(json, keys, missing, sizeof missing), "json keys", NULL, "'%s' is not in %s", missing,
           json);
    expect(tests, folder_entries() == entries, "json", NULL, "a temporary file was left");
    const char *two[] = {"run", "--json=result.json", "--mode=pair", "--threads=1", "probe.elf", NULL};
    char *again = run_for_json(tests, two, "result.json", 5);
    without_host_time(json);
    without_host_time(again);
    expect(tests, strcmp(json, again) == 0, "json threads", NULL, "1 and 2 threads differ:\n%s\n%s", json, again);
    free(again);
    free(json);
    const char *timeout[] = {"run", "--json", "result.json", "--timeout", "500", "probe.elf", NULL};
    json = run_for_json(tests, timeout, "result.json", 124);
    expect(tests, has_in_order(json, "\"end\": \"timeout\"\n\"status\": 124\n\"instructions\": 500,", missing, 128),
           "json timeout", NULL, "'%s' is not in %s", missing, json);
    free(json);
    symlink("target.json", "link.json");
    write_text("target.json", "old");
    const char *link[] = {"run", "--json", "link.json", "probe.elf", NULL};
    json = run_for_json(tests, link, "target.json", 5);
    struct stat info;
    expect(tests, lstat("link.json", &info) == 0 && S_ISLNK(info.st_mode), "json link", NULL, "the link was replaced");
    expect(tests, strstr(json, "\"exit\"") != NULL, "json link", NULL, "the link's target was not written");
    free(json);
    const char *special[] = {"run", "--json", "/dev/null", "probe.elf", NULL};
    struct outcome outcome = run_program(tests, special, "");
    expect(tests, outcome.status == 5, "json /dev/null", &outcome, "exit status 5 is wanted");
    expect(tests, stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode), "json /dev/null", NULL, "it was replaced");
    outcome_free(&outcome);
}

struct plain {
    const char *words[12];
    int status;
    const char *out, *err; /* lines in order; NULL: nothing at all */
};

static const struct plain plain[] = {
    {{"--version"}, 0, "understudy ", NULL},
    {{"--help"}, 0, "understudy run\nunderstudy bench\n.us", NULL},
    {{"run", "--help"}, 0, "--mode bare|solo|pair\n--crash WHO@WHERE\n--json FILE\n--set NAME=VALUE", NULL},
    {{"bench", "--help"}, 0, "--runs", NULL},
    {{"run", "probe.elf"}, 5, "probe: 16\n", NULL},
    {{"run", "--", "probe.elf"}, 5, "probe: 16\n", NULL},
    {{"run", "probe.elf", "--mode", "solo", "--epoch", "0x100"}, 5, "probe: 16\n", NULL},
    {{"run", "--mode=pair", "--protocol=dec", "--failover=reissue", "probe.elf"}, 5, "probe: 16\n", NULL},
    {{"run", "--ram", "4M", "--seed", "7", "--console", "plain", "probe.elf"}, 5, "probe: 16\n", NULL},
    {{"run", "--ram", "4194304", "--set", "clock-hz=1000000", "probe.elf"}, 5, "probe: 16\n", NULL},
    {{"run", "--timeout", "100", "probe.elf"}, 124, "", "understudy: timeout: 'probe.elf' had not ended after 100 "},
    {{"run", "halts.elf"}, 126, "", "understudy: halted: "},
    {{"run", "--mode", "pair", "--crash", "primary@epoch=3", "--crash", "primary@epoch=30", "probe.elf"},
     126,
     "",
     "understudy: lost: "},
    {{"run", "--mode", "pair", "--crash", "primary@epoch=3", "probe.elf"}, 5, "probe: 16\n", ""},
};

static void test_plain(struct bench_of_tests *tests)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const struct plain *row = &plain[i];
        char missing[128], name[256] = "";
        for (unsigned k = 0; row->words[k]; k++)
            snprintf(name + strlen(name), sizeof name - strlen(name), "%s%s", k ? " " : "", row->words[k]);
        struct outcome outcome = run_program(tests, row->words, "");
        expect(tests, outcome.status == row->status, name, &outcome, "exit status %d is wanted", row->status);
        if (expect(tests, row->out || !*outcome.out, name, &outcome, "no output is wanted") && row->out)
            expect(tests, has_in_order(outcome.out, row->out, missing, sizeof missing), name, &outcome,
                   "'%s' on stdout is wanted", missing);
        if (expect(tests, row->err || !*outcome.err, name, &outcome, "nothing on stderr is wanted") && row->err)
            expect(tests, has_in_order(outcome.err, row->err, missing, sizeof missing), name, &outcome,
                   "'%s' on stderr is wanted", missing);
        outcome_free(&outcome);
    }
}

/* SIGINT ends a run that would not end by itself, in good order. */
static void test_interrupt(struct bench_of_tests *tests)
{
    int ready[2];
    unlink("stopped.json");
    if (pipe(ready)) {
        expect(tests, false, "interrupt", NULL, "no pipe");
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        char *words[] = {strdup(tests->program), strdup("run"),         strdup("--json"),
                         strdup("stopped.json"), strdup("endless.elf"), NULL};
        dup2(ready[1], 1);
        close(ready[0]);
        close(2);
        execv(tests->program, words);
        _exit(127);
    }
    close(ready[1]);
    char byte;
    bool began = read(ready[0], &byte, 1) == 1; /* the guest printed something: it runs */
    kill(child, SIGINT);
    int state;
    waitpid(child, &state, 0);
    close(ready[0]);
    char *json = read_text("stopped.json");
    expect(tests, began, "interrupt", NULL, "endless.elf printed nothing");
    expect(tests, WIFEXITED(state) && WEXITSTATUS(state) == 130, "interrupt", NULL, "exit status 130 is wanted");
    expect(tests, json && strstr(json, "\"end\": \"stopped\""), "interrupt", NULL, "'stopped' is wanted in %s",
           json ? json : "no JSON");
    free(json);
}

/* The figures differ from run to run; that they are there does not. */
static void test_bench(struct bench_of_tests *tests)
{
    static const char figures[] =
        "\"instructions\": 300000,\n\"runs\": 2,\n\"bare\": {\n\"insns_per_second\": \n"
        "\"epoch_insns\": 1000,\n\"epochs\": \n\"ratio_host\": \n\"ratio_busier_cpu\": \n\"ratio_busier_twins\": \n"
        "\"us_per_epoch\": \n\"epoch_insns\": 4096,\n\"epoch_insns\": 32768,\n"
        "\"solo\": [\n\"epoch_insns\": 1000,\n\"ratio_busier_cpu\": \n\"epoch_insns\": 32768,\n}\n]\n}";
    static const char *const json[] = {"bench", "--json", "--runs", "2", "--timeout", "300000", "probe.elf", NULL};
    static const char *const text[] = {"bench", "--runs", "1", "--timeout", "300000", "probe.elf", NULL};
    char missing[128];
    struct outcome outcome = run_program(tests, json, "");
    expect(tests, outcome.status == 0, "bench --json", &outcome, "exit status 0 is wanted");
    expect(tests, has_in_order(outcome.out, figures, missing, sizeof missing), "bench --json", &outcome,
           "'%s' is wanted", missing);
    outcome_free(&outcome);
    outcome = run_program(tests, text, "");
    expect(tests, outcome.status == 0, "bench", &outcome, "exit status 0 is wanted");
    expect(tests,
           has_in_order(
               outcome.out,
               "300000 instructions\nbare \nsolo 1000 \nsolo 4096 \nsolo 32768 \npair 1000 \npair 4096 \npair 32768 ",
               missing, sizeof missing),
           "bench", &outcome, "'%s' is wanted", missing);
    outcome_free(&outcome);
}

static void link_guest(const struct bench_of_tests *tests, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", tests->guests, name);
    if (symlink(path, name))
        printf("%s: no link\n", name);
}

void test_results(struct bench_of_tests *tests)
{
    link_guest(tests, "probe.elf");
    link_guest(tests, "halts.elf");
    link_guest(tests, "endless.elf");
    test_plain(tests);
    test_json(tests);
    test_interrupt(tests);
    test_bench(tests);
}
