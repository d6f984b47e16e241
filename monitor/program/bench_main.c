/* bench_main.c - `understudy bench [--json] [IMAGE]`: how fast a bare computer is, and what a backup costs. (`bench
 * --engines` is bench_engines.c, `bench --paper` bench_paper.c.)
 *
 * The same guest runs bare, on one computer under a monitor and as a pair in turn in one process, so that a host which
 * changes its speed changes all of them. Each is compared with the bare run just before it; what is reported are
 * medians over the rounds. Without an IMAGE, the same work in virtual memory is measured, too. The only figures of this
 * program that two runs do not agree about.
 */
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ft/system.h"
#include "mmu/base/memory.h"
#include "monitor/program/bench_back.h"
#include "monitor/base/claims.h"
#include "monitor/base/file.h"
#include "monitor/base/installed.h"
#include "monitor/base/json.h"
#include "monitor/program/bench_engines.h"
#include "monitor/program/bench_failover.h"
#include "monitor/program/bench_paper.h"
#include "monitor/program/bench_protocols.h"
#include "monitor/program/bench_thin.h"
#include "monitor/program/bench_watch.h"
#include "monitor/program/median.h"
#include "monitor/program/plot.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/text.h"

/* Going back in time: where. */
enum { BACK_BARE, BACK_PAIR, BACK_FAILOVER, BACKS };
static const char *const back_names[BACKS] = {"bare", "pair", "fail-over"};

enum {
    EPOCHS = 3,
    RUNS_USUAL = 5,
    RUNS_MAX = 99,
    TIMEOUT_USUAL = 1000000000, /* so that a guest without an end can be measured, too */
};
static const uint32_t epoch_lengths[EPOCHS] = {1000, 4096, 32768};

/* One run. */
struct sample {
    uint64_t insns, epochs;
    double host_seconds;
    double busier_seconds; /* processor seconds of the computer that took more of them */
};

struct bench {
    char image[PATH_MAX];
    char translated[PATH_MAX]; /* the image that does the same in virtual memory; "": none */
    const char *plot_path;     /* NULL: no drawing */
    bool json, help;
    bool engines;                 /* what is measured is the engines, in this folder: `image` */
    bool paper;                   /* or the paper's programs, likewise, */
    struct paper_changes changes; /* with these settings of a pair */
    bool thin;                    /* what is measured is thinning (bench_thin.h) */
    bool protocols;               /* or protocols (bench_protocols.h) */
    unsigned runs;                /* those that are wanted, then those that are whole */
    unsigned backs;
    struct bench_watch watch;
    uint64_t timeout_insns;
    struct sample bare[EPOCHS][RUNS_MAX], solo[EPOCHS][RUNS_MAX], pair[EPOCHS][RUNS_MAX];
    struct sample twins[EPOCHS][RUNS_MAX]; /* two bare computers at once: the busier one */
    struct sample virtual[RUNS_MAX];
    struct failover_figures failover;
    struct back_figures back[BACKS]; /* `backs` of them */
};

/* A computer or a pair with IMAGE; NULL with a line in ERROR. */
static struct system *make(const struct bench *bench, const char *image, enum system_mode mode, uint32_t epoch_insns,
                           struct error *error)
{
    struct system_config config;
    system_config_defaults(&config);
    config.mode = mode;
    config.epoch_insns = epoch_insns;
    config.timeout_insns = bench->timeout_insns;
    config.threads = 2;
    struct system *system = system_new(&config, error);
    if (system && !system_load(system, image, error)) {
        system_free(system);
        return NULL;
    }
    return system;
}

/* What the run of SYSTEM came to. */
static bool take(struct system *system, const char *image, struct sample *sample, struct error *error)
{
    struct system_result result;
    system_result(system, &result);
    *sample = (struct sample){
        .insns = result.instructions,
        .epochs = result.epochs,
        .host_seconds = result.host_seconds,
        .busier_seconds = result.cpu_seconds[0] > result.cpu_seconds[1] ? result.cpu_seconds[0] : result.cpu_seconds[1],
    };
    return ((result.end == END_EXIT || result.end == END_TIMEOUT) && result.explainable) ||
           error_set(error, "'%s' cannot be measured: its run ended '%s'%s%.300s", image, result.end_name,
                     result.why ? ": " : "", result.why ? result.why : "");
}

static bool measure(struct bench *bench, const char *image, enum system_mode mode, uint32_t epoch_insns,
                    struct sample *sample, struct error *error)
{
    struct system *system = make(bench, image, mode, epoch_insns, error);
    bool good = system && bench_run(&bench->watch, system, error) &&
                (bench->watch.stopped || take(system, image, sample, error));
    system_free(system);
    return good;
}

static void *run_twin(void *arg)
{
    struct error error;
    return system_run(arg, &error) ? arg : NULL;
}

/* Two bare computers at once, which have nothing to do with each other: what two busy processors of this host cost each
 * other, and how much the larger of two such figures is. */
static bool measure_twins(struct bench *bench, struct sample *sample, struct error *error)
{
    pthread_t thread;
    struct sample samples[2];
    struct system *twins[2] = {make(bench, bench->image, MODE_BARE, epoch_lengths[0], error),
                               make(bench, bench->image, MODE_BARE, epoch_lengths[0], error)};
    bool good = twins[0] && twins[1];
    if (good && pthread_create(&thread, NULL, run_twin, twins[1])) {
        good = error_set(error, "the host has no thread for a second computer");
    } else if (good) {
        void *other;
        good = bench_run(&bench->watch, twins[0], error);
        if (bench->watch.stopped)
            system_interrupt(twins[1]);
        pthread_join(thread, &other);
        good = good && (other || error_set(error, "the second of two computers cannot be run"));
    }
    for (unsigned i = 0; good && !bench->watch.stopped && i < 2; i++)
        good = take(twins[i], bench->image, &samples[i], error);
    if (good && !bench->watch.stopped)
        *sample = samples[samples[0].busier_seconds < samples[1].busier_seconds];
    system_free(twins[0]);
    system_free(twins[1]);
    return good;
}

/* What is said about one epoch length, and (with pair == bare) about the bare computer. */
struct figures {
    double host_seconds, busier_seconds, insns_per_second;
    double ratio_host, ratio_busier, us_per_epoch;
    double ratio_twins; /* busier computer to busier computer */
};

static double quotient(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static struct figures summarize(const struct sample *bare, const struct sample *twins, const struct sample *pair,
                                unsigned count)
{
    enum { COLUMNS = 7 };
    double column[COLUMNS][EPOCHS * RUNS_MAX];
    for (unsigned i = 0; i < count; i++) {
        column[0][i] = pair[i].host_seconds;
        column[1][i] = pair[i].busier_seconds;
        column[2][i] = quotient((double)pair[i].insns, pair[i].host_seconds);
        column[3][i] = quotient(pair[i].host_seconds, bare[i].host_seconds);
        column[4][i] = quotient(pair[i].busier_seconds, bare[i].busier_seconds);
        column[5][i] = quotient((pair[i].host_seconds - bare[i].host_seconds) * 1e6, (double)pair[i].epochs);
        column[6][i] = quotient(pair[i].busier_seconds, twins[i].busier_seconds);
    }
    return (struct figures){median(column[0], count), median(column[1], count), median(column[2], count),
                            median(column[3], count), median(column[4], count), median(column[5], count),
                            median(column[6], count)};
}

static struct figures summarize_pair(const struct bench *bench, unsigned e)
{
    return summarize(bench->bare[e], bench->twins[e], bench->pair[e], bench->runs);
}

/* No twin of it: only one processor is busy. */
static struct figures summarize_solo(const struct bench *bench, unsigned e)
{
    return summarize(bench->bare[e], bench->bare[e], bench->solo[e], bench->runs);
}

static struct figures summarize_bare(const struct bench *bench)
{
    struct sample all[EPOCHS * RUNS_MAX];
    for (unsigned e = 0; e < EPOCHS; e++)
        memcpy(all + e * bench->runs, bench->bare[e], bench->runs * sizeof all[0]);
    return summarize(all, all, all, EPOCHS * bench->runs);
}

static void print_back(const struct bench *bench)
{
    printf("%-16s %10s %10s %10s %10s %10s\n", "back in time", "ms/step", "worst", "ms/100k", "worst", "MiB");
    for (unsigned i = 0; i < bench->backs; i++) {
        const struct back_figures *back = &bench->back[i];
        printf("%-16s %10.3f %10.3f %10.3f %10.3f %10.1f\n", back_names[i], back->step_ms, back->step_ms_max,
               back->far_ms, back->far_ms_max, (double)back->bytes / (1 << 20));
    }
    printf("a hundred times reverse-step 1, and up to 100,000, %llu instructions into the run; %u snapshots\n",
           (unsigned long long)bench->back[0].insns, bench->back[0].snapshots);
}

static void print_text(const struct bench *bench)
{
    struct figures bare = summarize_bare(bench);
    printf("%s: %llu instructions, medians of %u rounds\n", bench->image, (unsigned long long)bench->bare[0][0].insns,
           bench->runs);
    printf("%-16s %10s %10s %10s %10s %10s %10s\n", "", "Minsn/s", "seconds", "x host", "x busier", "x twins",
           "us/epoch");
    printf("%-16s %10.1f %10.3f\n", "bare", bare.insns_per_second / 1e6, bare.host_seconds);
    if (bench->translated[0]) {
        struct figures virtual = summarize(bench->virtual, bench->virtual, bench->virtual, bench->runs);
        printf("%-16s %10.1f %10.3f\n", "bare, translated", virtual.insns_per_second / 1e6, virtual.host_seconds);
    }
    for (unsigned e = 0; e < EPOCHS; e++) {
        struct figures solo = summarize_solo(bench, e);
        printf("solo %-11u %10.1f %10.3f %10.3f %10.3f %10s %10.3f\n", epoch_lengths[e], solo.insns_per_second / 1e6,
               solo.host_seconds, solo.ratio_host, solo.ratio_busier, "", solo.us_per_epoch);
    }
    for (unsigned e = 0; e < EPOCHS; e++) {
        struct figures pair = summarize_pair(bench, e);
        printf("pair %-11u %10.1f %10.3f %10.3f %10.3f %10.3f %10.3f\n", epoch_lengths[e], pair.insns_per_second / 1e6,
               pair.host_seconds, pair.ratio_host, pair.ratio_busier, pair.ratio_twins, pair.us_per_epoch);
    }
    if (bench->failover.failover_seconds > 0)
        printf("fail-over %.3f ms from the detection to the new primary's first instruction; re-integration: the "
               "survivor stands still for %.3f ms (processor time; 64 MiB, no page zero)\n",
               bench->failover.failover_seconds * 1e3, bench->failover.join_seconds * 1e3);
    if (bench->translated[0])
        printf("bare, translated: the same work in virtual memory\n");
    if (bench->backs)
        print_back(bench);
    printf("solo: one computer under a monitor; x host: seconds to bare's;\n"
           "x busier: processor seconds of the busier computer to bare's;\n"
           "x twins: the same, to the busier one's of two bare computers at once;\n"
           "us/epoch: what an epoch costs beyond its instructions, in microseconds of host time\n");
}

static void json_back(struct json *json, const struct bench *bench)
{
    json_open(json, "back", '[');
    for (unsigned i = 0; i < bench->backs; i++) {
        const struct back_figures *back = &bench->back[i];
        json_open(json, NULL, '{');
        json_string(json, "mode", back_names[i]);
        json_unsigned(json, "instructions", back->insns);
        json_seconds(json, "forward_seconds", back->forward_seconds);
        json_seconds(json, "step_ms", back->step_ms);
        json_seconds(json, "step_ms_max", back->step_ms_max);
        json_seconds(json, "far_ms", back->far_ms);
        json_seconds(json, "far_ms_max", back->far_ms_max);
        json_unsigned(json, "snapshots", back->snapshots);
        json_unsigned(json, "bytes", back->bytes);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void json_bare(struct json *json, const char *key, const struct figures *figures)
{
    json_open(json, key, '{');
    json_seconds(json, "host_seconds", figures->host_seconds);
    json_seconds(json, "cpu_seconds", figures->busier_seconds);
    json_unsigned(json, "insns_per_second", (uint64_t)figures->insns_per_second);
    json_close(json, '}');
}

/* What is said about each epoch length of a pair or, of one computer under a monitor, all but the twins. */
static void json_epochs(struct json *json, const struct bench *bench, bool is_pair)
{
    json_open(json, is_pair ? "pair" : "solo", '[');
    for (unsigned e = 0; e < EPOCHS; e++) {
        struct figures figures = is_pair ? summarize_pair(bench, e) : summarize_solo(bench, e);
        json_open(json, NULL, '{');
        json_unsigned(json, "epoch_insns", epoch_lengths[e]);
        json_unsigned(json, "epochs", is_pair ? bench->pair[e][0].epochs : bench->solo[e][0].epochs);
        json_seconds(json, "host_seconds", figures.host_seconds);
        json_seconds(json, "busier_cpu_seconds", figures.busier_seconds);
        json_unsigned(json, "insns_per_second", (uint64_t)figures.insns_per_second);
        json_seconds(json, "ratio_host", figures.ratio_host);
        json_seconds(json, "ratio_busier_cpu", figures.ratio_busier);
        if (is_pair)
            json_seconds(json, "ratio_busier_twins", figures.ratio_twins);
        json_seconds(json, "us_per_epoch", figures.us_per_epoch);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_json(const struct bench *bench)
{
    struct json json;
    struct figures bare = summarize_bare(bench);
    json_begin(&json, stdout);
    json_open(&json, NULL, '{');
    json_string(&json, "image", bench->image);
    json_unsigned(&json, "instructions", bench->bare[0][0].insns);
    json_unsigned(&json, "runs", bench->runs);
    json_bare(&json, "bare", &bare);
    if (bench->translated[0]) {
        struct figures virtual = summarize(bench->virtual, bench->virtual, bench->virtual, bench->runs);
        json_bare(&json, "translated", &virtual);
    }
    json_epochs(&json, bench, true);
    json_epochs(&json, bench, false);
    json_back(&json, bench);
    if (bench->failover.failover_seconds > 0) {
        json_open(&json, "failover", '{');
        json_unsigned(&json, "ram_bytes", BENCH_FAILOVER_RAM_BYTES);
        json_seconds(&json, "failover_seconds", bench->failover.failover_seconds);
        json_seconds(&json, "join_pause_seconds", bench->failover.join_seconds);
        json_close(&json, '}');
    }
    json_close(&json, '}');
}

static bool draw(const struct bench *bench, struct error *error)
{
    struct plot_point points[EPOCHS];
    for (unsigned e = 0; e < EPOCHS; e++) {
        struct figures pair = summarize_pair(bench, e);
        points[e] = (struct plot_point){epoch_lengths[e], pair.ratio_host, pair.ratio_busier};
    }
    return plot_save(bench->plot_path, points, EPOCHS, error);
}

/* Of the guests that came with the program: workload.elf and workload_virtual.elf, or the folder. */
static bool default_images(struct bench *bench, struct error *error)
{
    char *folder = installed_guests();
    if (!folder)
        return error_set(error, "there are no guests beside the program: 'understudy bench IMAGE' is wanted");
    const char *format = bench->engines || bench->paper ? "%s"
                         : bench->thin                  ? "%s/ticks.elf"
                         : bench->protocols             ? "%s/eight.elf"
                                                        : "%s/workload.elf";
    snprintf(bench->image, sizeof bench->image, format, folder);
    if (!bench->engines && !bench->paper && !bench->thin && !bench->protocols)
        snprintf(bench->translated, sizeof bench->translated, "%s/workload_virtual.elf", folder);
    free(folder);
    return true;
}

static bool take_number(const char *name, const char *value, uint64_t maximum, uint64_t *number, struct error *error)
{
    if (value && text_number(value, number) && *number >= 1 && *number <= maximum)
        return true;
    if (!value)
        return error_set(error, "%s needs a value: a number from 1 to %llu", name, (unsigned long long)maximum);
    return error_set(error, "%s cannot be '%s': a number from 1 to %llu is wanted", name, value,
                     (unsigned long long)maximum);
}

/* The name of a guest that came with the program will do. */
static bool take_image(struct bench *bench, const char *word, struct error *error)
{
    char path[PATH_MAX];
    if (!installed_or_file(word, error))
        return false;
    int length = snprintf(bench->image, sizeof bench->image, "%s", installed_guest(word, path));
    return length < (int)sizeof bench->image || error_set(error, "'%.60s...' is too long a path", word);
}

static bool parse(struct bench *bench, unsigned count, char *const *words, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t number = 0;
        if (strcmp(words[i], "--json") == 0) {
            bench->json = true;
        } else if (strcmp(words[i], "--help") == 0) {
            bench->help = true;
        } else if (strcmp(words[i], "--engines") == 0) {
            bench->engines = true;
        } else if (strcmp(words[i], "--paper") == 0) {
            bench->paper = true;
        } else if (strcmp(words[i], "--set") == 0) {
            if (!paper_change(&bench->changes, words[++i], error))
                return false;
        } else if (strcmp(words[i], "--thin") == 0) {
            bench->thin = true;
        } else if (strcmp(words[i], "--protocols") == 0) {
            bench->protocols = true;
        } else if (strcmp(words[i], "--runs") == 0) {
            if (!take_number("--runs", words[++i], RUNS_MAX, &number, error))
                return false;
            bench->runs = (unsigned)number;
        } else if (strcmp(words[i], "--plot") == 0) {
            bench->plot_path = words[++i];
            if (!bench->plot_path)
                return error_set(error, "--plot needs a value: --plot FILE.svg");
        } else if (strcmp(words[i], "--timeout") == 0) {
            if (!take_number("--timeout", words[++i], UINT64_MAX, &bench->timeout_insns, error))
                return false;
        } else if (words[i][0] == '-') {
            return error_set(error, "unknown option '%s': 'understudy bench --help' lists the options", words[i]);
        } else if (bench->image[0]) {
            return error_set(error, "'%s' is a second image after '%s': one is wanted", words[i], bench->image);
        } else if (!take_image(bench, words[i], error)) {
            return false;
        }
    }
    if (bench->engines && (bench->image[0] || bench->timeout_insns != TIMEOUT_USUAL))
        return error_set(error, "--engines has its own guests, which end: no image, no --timeout");
    if (bench->paper && (bench->image[0] || bench->engines || bench->thin || bench->protocols || bench->plot_path ||
                         bench->runs != RUNS_USUAL || bench->timeout_insns != TIMEOUT_USUAL))
        return error_set(error, "--paper has its own guests: nothing but --json and --set goes with it");
    if (bench->changes.count && !bench->paper)
        return error_set(error, "--set goes with --paper: what is measured there is virtual time");
    if (bench->thin &&
        (bench->engines || bench->plot_path || bench->runs != RUNS_USUAL || bench->timeout_insns != TIMEOUT_USUAL))
        return error_set(error, "--thin is of virtual time, one run of each: no --engines, --plot, --runs, --timeout");
    if (bench->protocols && (bench->engines || bench->thin || bench->plot_path || bench->runs != RUNS_USUAL ||
                             bench->timeout_insns != TIMEOUT_USUAL))
        return error_set(
            error, "--protocols is of virtual time, one run of each: no --engines, --thin, --plot, --runs, --timeout");
    return bench->image[0] || bench->help || default_images(bench, error);
}

/* One round: every epoch length, and the work in virtual memory. Ctrl-C ends it before. */
static bool measure_round(struct bench *bench, unsigned run, struct error *error)
{
    for (unsigned e = 0; e < EPOCHS && bench_goes_on(&bench->watch); e++) {
        uint32_t insns = epoch_lengths[e];
        if (!measure(bench, bench->image, MODE_BARE, insns, &bench->bare[e][run], error) ||
            (bench_goes_on(&bench->watch) && !measure_twins(bench, &bench->twins[e][run], error)) ||
            (bench_goes_on(&bench->watch) &&
             !measure(bench, bench->image, MODE_SOLO, insns, &bench->solo[e][run], error)) ||
            (bench_goes_on(&bench->watch) &&
             !measure(bench, bench->image, MODE_PAIR, insns, &bench->pair[e][run], error)))
            return false;
        bench_did(&bench->watch);
    }
    return !bench->translated[0] || !bench_goes_on(&bench->watch) ||
           measure(bench, bench->translated, MODE_BARE, epoch_lengths[0], &bench->virtual[run], error);
}

/* What is measured in each way, once. */
static bool measure_back(struct bench *bench, struct error *error)
{
    uint64_t insns = bench->bare[0][0].insns - bench->bare[0][0].insns / 100; /* shortly before the end */
    for (unsigned i = 0; i < BACKS && bench_goes_on(&bench->watch); i++) {
        if (!bench_back(bench->image, i == BACK_BARE ? MODE_BARE : MODE_PAIR, i == BACK_FAILOVER, insns, &bench->watch,
                        &bench->back[i], error))
            return false;
        bench->backs += !bench->watch.stopped;
        bench_did(&bench->watch);
    }
    return bench_failover(bench->image, bench->runs, &bench->watch, &bench->failover, error);
}

/* After Ctrl-C the rounds that are whole count. */
static bool measure_all(struct bench *bench, struct error *error)
{
    unsigned wanted = bench->runs;
    bool good = true;
    bench_begin(&bench->watch, (uint64_t)wanted * (EPOCHS + 1) + BACKS, "measurements");
    for (bench->runs = 0; good && bench->runs < wanted && !bench->watch.stopped;) {
        good = measure_round(bench, bench->runs, error);
        bench->runs += !bench->watch.stopped;
    }
    good = good && (bench->watch.stopped || measure_back(bench, error));
    bench_end(&bench->watch);
    return good && (bench->runs || error_set(error, "stopped in the first round: nothing is measured yet"));
}

static bool may_write(const struct bench *bench, struct error *error)
{
    struct claims claims;
    claims_begin(&claims);
    bool good = claims_read(&claims, bench->image, "the image", error) &&
                claims_read(&claims, *bench->translated ? bench->translated : NULL, "the image", error) &&
                claims_write(&claims, bench->plot_path, "the drawing", error) &&
                (!bench->plot_path || file_writable(bench->plot_path, error));
    claims_free(&claims);
    return good;
}

static void print_help(void)
{
    printf(
        "understudy bench [--json] [--plot FILE.svg] [--runs N] [--timeout INSTRUCTIONS] [IMAGE]\n"
        "understudy bench --engines [--json] [--plot FILE.svg] [--runs N]\n"
        "understudy bench --paper [--json] [--set NAME=VALUE]...\n"
        "understudy bench --thin [--json] [IMAGE]\n"
        "understudy bench --protocols [--json] [IMAGE]\n\n"
        "Run IMAGE (the guest `workload` that came with the program) bare, on one computer under a monitor, and as\n"
        "a pair in turn, N rounds (%d), each run to its end or to INSTRUCTIONS (%d), and print medians:\n"
        "instructions a second, and what epochs of 1000, 4096 and 32768 instructions cost. Without IMAGE, also\n"
        "`workload_virtual` bare: the same work with address translation on. Then what going back in time costs.\n"
        "--plot draws what epochs cost beside the model of Bressoud and Schneider.\n\n"
        "--engines: some guests of their own, bare, on the interpreter, on the translator and, where it is\n"
        "installed, on qemu-system-hppa without and with -icount. --plot draws bars.\n\n"
        "--paper: the measurements of Bressoud and Schneider (SOSP '95) in virtual time, beside theirs, and for each\n"
        "cell that differs the experiments that isolate the cause. Status 1 if they are not what they should be. With\n"
        "--set: the cells of pairs with that setting; nothing is judged.\n\n"
        "--thin: IMAGE (the guest `ticks` that came with the program) as a pair under protocol yokogawa, with\n"
        "thin-timer=1, 2, 4, 8 and 16 and the costs of Bressoud and Schneider: interrupts, points, messages,\n"
        "bytes, and virtual time by that of a bare computer. No figure of it is the host's.\n\n"
        "--protocols: IMAGE (the guest `eight` that came with the program) under each protocol, with epochs of 1000,\n"
        "4096, 32768 and 262144 instructions and the same costs: virtual time by that of a bare computer, messages,\n"
        "bytes, how long outputs wait; and after the same crash: downtime, what was forgotten and repeated, and\n"
        "whether what the world has seen is explained. No figure of it is the host's.\n",
        RUNS_USUAL, TIMEOUT_USUAL);
}

static bool bench_epochs(struct bench *bench, struct error *error)
{
    if (!measure_all(bench, error))
        return false;
    bench_say_stopped(&bench->watch);
    if (bench->json)
        print_json(bench);
    else
        print_text(bench);
    return !bench->plot_path || draw(bench, error);
}

int bench_main(unsigned count, char *const *words, struct error *error)
{
    struct bench *bench = calloc(1, sizeof *bench);
    memory_need(bench);
    bench->runs = RUNS_USUAL;
    bench->timeout_insns = TIMEOUT_USUAL;
    bool good = parse(bench, count, words, error), holds = true;
    if (good && bench->help)
        print_help();
    else if (good && bench->paper)
        good = bench_paper(bench->image, &bench->changes, bench->json, &holds, &bench->watch, error);
    else if (good && may_write(bench, error))
        good = bench->thin        ? bench_thin(bench->image, bench->json, &bench->watch, error)
               : bench->protocols ? bench_protocols(bench->image, bench->json, &bench->watch, error)
               : bench->engines
                   ? bench_engines(bench->image, bench->runs, bench->json, bench->plot_path, &bench->watch, error)
                   : bench_epochs(bench, error);
    else
        good = false;
    bool stopped = bench->watch.stopped;
    free(bench);
    return stopped ? EXIT_STOPPED : !good ? EXIT_REFUSED : holds ? 0 : 1;
}
