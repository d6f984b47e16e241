/* sweep_prove.c - see sweep_prove.h. Each row of the list is a sweep in words, so that the command that shows what was
 * found is made of the same words.
 */
#include "monitor/program/sweep_prove.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/exit_status.h"
#include "monitor/base/file.h"
#include "monitor/base/json.h"
#include "monitor/base/progress.h"
#include "monitor/base/text.h"
#include "monitor/program/sweep_report.h"

#define GUEST    "--ram 4M --disk proof.img,create=64K,snapshot --set digest-epochs=1 --timeout 1000000"
#define SHORT    " --epoch 250"
#define LONG     " --epoch 2000"
#define SLOW     " --set channel-latency-us=300"
#define LAZY     " --set disk-latency-us=2000 --set disk-spread-us=10000" /* longer than the time-out */
#define HASTY    " --set heartbeat-us=200 --set timeout-us=1000"
#define BUSY     " --epoch 8000 --set epoch-on-idle=0 --set disk-latency-us=40 --set disk-spread-us=20"
#define NARROW   " --set channel-bits-per-s=20000000"
#define LOSING   " --set channel-latency-us=300 --set channel-crash=1"
#define TYPED    "understudy" /* on the guest's terminal */
#define CRASHES  "primary,backup,partial"
#define LIVING   "cut,delay,false,acks,medium"
#define REPAIRED " --crash primary@epoch=4 --repair epoch=6"
/* A join is over long before the guest is; and that is known soon. */
#define LASTING " --set disk-latency-us=1000"
#define JOINED  LASTING " --set heartbeat-us=200 --set timeout-us=1000 --set lag-report-us=200"
#define WIDE    " --set channel-bits-per-s=10000000000"           /* and before a disk command is */
#define STEADY  " --set cost-epoch-us=1500 --set timeout-us=5000" /* most becomes known between two epochs */

/* Those of fewer faults first; of as many, the cheaper ones. A protocol that is wrong may keep its guest from its end:
 * the guests take some ten thousand instructions. */
static const struct proof {
    const char *what, *faults, *words;
    bool every_policy;
} proofs[] = {
    {"one crash, long epochs, the channel loses what is under way", CRASHES, GUEST LONG LOSING " proof", true},
    {"one crash, a short time-out", CRASHES, GUEST LONG HASTY " proof", false},
    {"one crash, long epochs", CRASHES, GUEST LONG " proof", true},
    {"one crash, short epochs, the channel loses what is under way", CRASHES, GUEST SHORT LOSING " proof", false},
    {"one crash, a narrow channel", CRASHES, GUEST LONG NARROW " proof", false},
    {"one crash, short epochs, a slow channel", CRASHES, GUEST SHORT SLOW " proof", false},
    {"a crash, and a repaired computer joins", "repair", GUEST LONG JOINED " proof", false},
    {"a crash before, during and after a join", CRASHES, GUEST LONG JOINED WIDE REPAIRED " proof", false},
    {"the same, and the end of an epoch takes time", CRASHES, GUEST LONG JOINED STEADY REPAIRED " proof", false},
    {"a crash around a false detection", CRASHES, GUEST LONG " --fault delay=10000,primary@epoch=4 proof", false},
    {"the channel is cut or slow, acknowledgements are lost, a block is bad", LIVING, GUEST LONG " proof", false},
    {"a crash before, during and after a join, the channel loses", CRASHES, GUEST LONG LOSING LASTING REPAIRED " proof",
     false},
    {"one crash, several interrupts in an epoch", CRASHES, GUEST BUSY " proof", false},
    {"a false detection while the disk is at work", "false", GUEST LONG LAZY " proof", false},
    {"one crash, a terminal without numbers", CRASHES, GUEST LONG " --console plain proof", false},
    {"one crash, delayed traps", CRASHES, GUEST " --epoch 101" LOSING " overflow", false},
    {"the channel loses, and is cut or slow, or acknowledgements are lost", "cut,delay,false,acks",
     GUEST LONG LOSING " proof", false},
    {"a second crash at each step of the fail-over", "both", GUEST LONG LOSING " proof", false},
    {"a second crash at each step of a join", "join", GUEST LONG JOINED WIDE " proof", false},
};
enum { PROOFS = sizeof proofs / sizeof proofs[0], POLICIES = 3, POINTS_MAX = 200000 };

struct finding {
    char *sentence, *command;
    unsigned faults;
};

struct tried {
    const struct proof *proof;
    const char *policy; /* NULL: the protocol's own */
    uint64_t points, classes, explained, expected;
};

struct proving {
    struct options *options; /* as they were given */
    const struct protocol *protocol;
    uint64_t points; /* so far */
    VEC(struct tried) tried;
    unsigned left; /* sweeps of the list that were not tried */
    bool stopped;  /* by a person */
    struct progress progress;
    struct finding found;
    bool is_found;
    char rule[600]; /* of the papers; "" */
};

/* What was asked for of every sweep: assumptions that do not hold. To be freed. */
static char *more_words(const struct options *options)
{
    char *words = strdup("");
    memory_need(words);
    for (enum assumption which = 0; which < ASSUMPTION_COUNT; which++) {
        char *more = NULL;
        if (!(options->config.broken >> which & 1))
            continue;
        int length = asprintf(&more, "%s --break-assumption %s", words, assumption_name(which));
        memory_need(length > 0 ? more : NULL);
        free(words);
        words = more;
    }
    return words;
}

/* The words of PROOF with POLICY and the protocol. */
static bool split(const struct proving *proving, const struct proof *proof, const char *policy, struct words *words,
                  struct error *error)
{
    char *line = NULL;
    const struct options *options = proving->options;
    char *more = more_words(options);
    int length = asprintf(&line, "--protocol \"%s\"%s%s%s --seed %" PRIu64 " %s",
                          options->protocol_path ? options->protocol_path : options->config.protocol,
                          policy ? " --failover " : "", policy ? policy : "", more, options->config.seed, proof->words);
    memory_need(length > 0 ? line : NULL);
    free(more);
    bool good = words_split(words, line, error);
    free(line);
    return good;
}

static void keep_finding(struct proving *proving, const struct atlas *atlas, const struct options *options,
                         const struct words *words)
{
    for (size_t i = 0; i < atlas->classes.count && !proving->is_found; i++) {
        const struct atlas_class *class = &atlas->classes.at[i];
        if (class->held || class->expected)
            continue;
        char *run = sweep_command(words->count, words->at, &options->config, class);
        proving->is_found = true;
        proving->found.sentence = strdup(class->sentence);
        proving->found.faults = options->config.fault_count + class->fault_count;
        int length = asprintf(&proving->found.command, "printf " TYPED " | %s", run);
        memory_need(length > 0 ? proving->found.sentence : NULL);
        free(run);
    }
}

static bool is_asked(void *arg)
{
    struct proving *proving = arg;
    progress_tell(&proving->progress, proving->points, proving->options->points);
    return ctrl_c_asked();
}

/* One sweep. */
static bool try_words(struct proving *proving, const struct proof *proof, const char *policy, struct options *options,
                      const struct words *words, struct error *error)
{
    struct atlas atlas;
    unsigned faults = proving->options->sweep_faults;
    if (!options_parse(options, OPTIONS_SWEEP, words->count, words->at, error) ||
        !option_faults(proof->faults, &options->sweep_faults, error))
        return false;
    if (faults)
        options->sweep_faults &= faults;
    if (!options->sweep_faults)
        return true;
    options->config.written = proving->options->written;
    options->config.engine = proving->options->config.engine;
    struct guest_files files = options_files(options, options->image);
    struct atlas_config config = {.system = &options->config,
                                  .files = &files,
                                  .jobs = proving->options->jobs,
                                  .faults = options->sweep_faults,
                                  .to_first = true,
                                  .to_the_end = proving->options->to_the_end,
                                  .asked = is_asked,
                                  .arg = proving,
                                  .typed = TYPED,
                                  .must_succeed = true,
                                  .points_max = proving->options->points - proving->points};
    bool good = atlas_sweep(&config, &atlas, error);
    proving->stopped = atlas.stopped;
    if (atlas.stopped) {
        good = true;
        error->text[0] = '\0'; /* what there is so far is what is said */
    }
    if (good && (atlas.classes.count || !atlas.stopped)) {
        proving->points += atlas.crash_points;
        *VEC_PUSH(&proving->tried) =
            (struct tried){proof, policy, atlas.crash_points, atlas.classes.count, atlas.explained, atlas.expected};
        keep_finding(proving, &atlas, options, words);
    }
    atlas_free(&atlas);
    return good;
}

static bool try_one(struct proving *proving, const struct proof *proof, const char *policy, struct error *error)
{
    struct options options;
    struct words words;
    if (proving->stopped || proving->points >= proving->options->points) {
        proving->left++;
        return true;
    }
    if (!split(proving, proof, policy, &words, error))
        return false;
    options_init(&options);
    options.config.mode = MODE_PAIR;
    bool good = try_words(proving, proof, policy, &options, &words, error);
    options_free(&options);
    words_free(&words);
    return good;
}

/* The own policy first, through the whole list; then the others where they are tried. */
static bool try_all(struct proving *proving, struct error *error)
{
    static const char *const policies[POLICIES] = {"disconnect", "uncertain", "reissue"};
    for (unsigned i = 0; i < PROOFS && !proving->is_found; i++)
        if (!try_one(proving, &proofs[i], NULL, error))
            return false;
    for (unsigned i = 0; i < PROOFS; i++)
        for (unsigned p = 0; p < POLICIES && proofs[i].every_policy && !proving->is_found; p++)
            if (protocol_policy(proving->protocol) != FAILOVER_DISCONNECT + p &&
                !try_one(proving, &proofs[i], policies[p], error))
                return false;
    return true;
}

/* ---- what is said ---- */

static void print_tried(const struct proving *proving)
{
    for (size_t i = 0; i < proving->tried.count; i++) {
        const struct tried *tried = &proving->tried.at[i];
        printf("  %s%s%s: %" PRIu64 " points in %" PRIu64 " classes", tried->proof->what,
               tried->policy ? ", policy " : "", tried->policy ? tried->policy : "", tried->points, tried->classes);
        if (tried->expected)
            printf(", %" PRIu64 " classes unexplained as its author expects", tried->expected);
        putchar('\n');
    }
}

static void print_all(const struct proving *proving)
{
    const char *name = protocol_called(proving->protocol);
    if (proving->is_found) {
        printf("%s is wrong: %s\n  with %u fault%s; no run with fewer, or with an earlier last one, was wrong\n", name,
               proving->found.sentence, proving->found.faults, proving->found.faults == 1 ? "" : "s");
        if (*proving->rule)
            printf("  %s\n", proving->rule);
        printf("  %s\ntried until then:\n", proving->found.command);
        print_tried(proving);
        return;
    }
    printf("%s holds on what was tried, %" PRIu64 " crash points:\n", name, proving->points);
    print_tried(proving);
    printf("not tried: other guests, epochs and channels; more than two faults; Linux");
    if (proving->left)
        printf("; %u more sweeps of the list, %s", proving->left,
               proving->stopped ? "because it was interrupted" : "beyond --points");
    putchar('\n');
}

static void write_json(FILE *out, const void *arg)
{
    const struct proving *proving = arg;
    struct json json;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_string(&json, "protocol", protocol_called(proving->protocol));
    json_bool(&json, "holds", !proving->is_found);
    json_unsigned(&json, "crash_points", proving->points);
    json_unsigned(&json, "not_tried", proving->left);
    if (proving->stopped)
        json_bool(&json, "interrupted", true);
    json_open(&json, "sweeps", '[');
    for (size_t i = 0; i < proving->tried.count; i++) {
        const struct tried *tried = &proving->tried.at[i];
        json_open(&json, NULL, '{');
        json_string(&json, "what", tried->proof->what);
        json_string(&json, "policy", tried->policy);
        json_unsigned(&json, "crash_points", tried->points);
        json_unsigned(&json, "classes", tried->classes);
        json_unsigned(&json, "explained", tried->explained);
        json_unsigned(&json, "expected", tried->expected);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    if (proving->is_found) {
        json_string(&json, "sentence", proving->found.sentence);
        json_unsigned(&json, "faults", proving->found.faults);
        json_string(&json, "rule", *proving->rule ? proving->rule : NULL);
        json_string(&json, "command", proving->found.command);
    }
    json_close(&json, '}');
}

/* What describes a guest or how it runs is the list's. */
static bool check_given(const struct options *options, struct error *error)
{
    static const char *const taken[] = {"protocol", "jobs",   "points", "faults",          "seed",
                                        "json",     "engine", "mode",   "break-assumption"};
    const char *name;
    for (unsigned i = 0; (name = options_name(i)); i++) {
        bool good = !options_given(options, name);
        for (unsigned k = 0; k < sizeof taken / sizeof taken[0]; k++)
            good |= strcmp(name, taken[k]) == 0;
        if (!good)
            return error_set(error, "--%s needs an IMAGE: a sweep without one has its own guests and channels", name);
    }
    return true;
}

static bool may_write(const struct options *options, struct error *error)
{
    struct claims claims;
    struct sweep_files files = {.json = options->json_path};
    claims_begin(&claims);
    bool good = options_claim(options, NULL, &claims, error) && sweep_files_writable(&files, error);
    claims_free(&claims);
    return good;
}

int sweep_prove(struct options *options, struct error *error)
{
    struct proving proving = {.options = options};
    int status = EXIT_REFUSED;
    if (!check_given(options, error) || !may_write(options, error) || !options_read_protocol(options, error))
        return status;
    proving.protocol = options->written ? options->written : protocol_find(options->config.protocol, error);
    if (!options->points)
        options->points = POINTS_MAX;
    ctrl_c_block(true);
    progress_begin(&proving.progress, "crash points");
    bool good = proving.protocol && try_all(&proving, error);
    progress_end(&proving.progress);
    if (good) {
        if (proving.is_found && !protocol_nearest(proving.protocol, proving.rule, sizeof proving.rule))
            proving.rule[0] = '\0';
        print_all(&proving);
        good = file_print_whole(options->json_path, write_json, &proving, error);
    }
    if (good)
        status = proving.is_found ? 1 : proving.stopped ? EXIT_STOPPED : 0;
    free(proving.found.sentence);
    free(proving.found.command);
    VEC_FREE(&proving.tried);
    return status;
}
