/* options.c - see options.h. A row of the table is an option; the rules that tie options together are in check(). */
#include "monitor/session/options.h"

#include "ft/assumption.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/text.h"

/* Take VALUE for the option NAME. */
typedef bool option_take(struct options *options, const char *name, const char *value, struct error *error);

enum option_kind {
    OPTION_PLAIN,
    OPTION_PAIR_ONLY, /* refused unless --mode pair */
    OPTION_TWO,       /* refused unless there are two computers */
    OPTION_FLAG,      /* has no value */
};

struct option_row {
    const char *name, *argument, *initial, *help;
    unsigned users; /* enum options_user flags */
    enum option_kind kind;
    option_take *take;
};

/* VALUE is one of the COUNT NAMES; which one goes to *INDEX. */
static bool choose(const char *name, const char *value, const char *const *names, unsigned count, unsigned *index,
                   struct error *error)
{
    char list[128] = "";
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            *index = i;
            return true;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    }
    return error_set(error, "--%s cannot be '%s': %s is wanted", name, value, list);
}

static bool number_between(const char *name, const char *value, uint64_t minimum, uint64_t maximum, uint64_t *number,
                           struct error *error)
{
    if (text_number(value, number) && *number >= minimum && *number <= maximum)
        return true;
    return error_set(error, "--%s cannot be '%s': a number from %" PRIu64 " to %" PRIu64 " is wanted", name, value,
                     minimum, maximum);
}

static bool take_mode(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char *const names[] = {"bare", "solo", "pair"};
    unsigned index = 0;
    if (!choose(name, value, names, 3, &index, error))
        return false;
    options->config.mode = (enum system_mode)index;
    return true;
}

static bool take_protocol(struct options *options, const char *name, const char *value, struct error *error)
{
    if (!protocol_find(value, error))
        return false;
    const char *known;
    for (unsigned i = 0; (known = protocol_name(i)); i++)
        if (strcmp(known, value) == 0)
            options->config.protocol = known; /* lives as long as the program, unlike VALUE */
    return true;
}

static bool take_failover(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char *const names[] = {"disconnect", "uncertain", "reissue"};
    unsigned index = 0;
    if (!choose(name, value, names, 3, &index, error))
        return false;
    options->config.failover = (enum failover_policy)(FAILOVER_DISCONNECT + index);
    return true;
}

static bool take_epoch(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT32_MAX, &options->config.epoch_insns, error);
}

static bool take_ram(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t bytes;
    if (!text_size(value, &bytes) || bytes < PHYS_RAM_BYTES_MIN || bytes > PHYS_RAM_BYTES_MAX ||
        bytes % PHYS_PAGE_BYTES)
        return error_set(error, "--%s cannot be '%s': a size from 4M to 3584M in whole pages of 4K is wanted", name,
                         value);
    options->config.ram_bytes = (uint32_t)bytes;
    return true;
}

/* What may follow the file of a disk. */
struct image {
    uint64_t create_bytes;
    bool snapshot;
};

/* One PART of an option's value, which is as FORM says. */
static bool take_image_part(struct image *image, const char *name, const char *form, const char *part,
                            struct error *error)
{
    enum { BLOCK_BYTES = 512 };
    if (strcmp(part, "snapshot") == 0) {
        image->snapshot = true;
        return true;
    }
    if (strncmp(part, "create=", 7) != 0)
        return error_set(error, "--%s has no part '%s': %s is wanted", name, part, form);
    uint64_t bytes;
    if (!text_size(part + 7, &bytes) || bytes == 0 || bytes % BLOCK_BYTES || bytes / BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "--%s cannot create '%s' bytes: a multiple of 512, less than 2048G, is wanted", name,
                         part + 7);
    image->create_bytes = bytes;
    return true;
}

/* The part of *REST up to the next comma; *REST goes on behind it, NULL at the end. */
static char *next_part(char **rest)
{
    return strsep(rest, ",");
}

static bool take_disk(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char form[] = "FILE[,create=SIZE][,snapshot]";
    struct image image = {0};
    free(options->disk_path);
    options->disk_path = strdup(value);
    assert(options->disk_path);
    char *rest = options->disk_path;
    next_part(&rest);
    while (rest)
        if (!take_image_part(&image, name, form, next_part(&rest), error))
            return false;
    options->config.disk_path = options->disk_path;
    options->config.disk_create_bytes = image.create_bytes;
    options->config.disk_snapshot = image.snapshot;
    if (!*options->disk_path)
        return error_set(error, "--%s has no file name: %s is wanted", name, form);
    return true;
}

/* "console, scsi, blk or rng". */
static void list_virtio_kinds(char *list, size_t size)
{
    *list = '\0';
    for (enum virtio_kind kind = VIRTIO_EMPTY + 1; kind < VIRTIO_KINDS; kind++) {
        size_t used = strlen(list);
        snprintf(list + used, size - used, "%s%s",
                 !used                      ? ""
                 : kind + 1 == VIRTIO_KINDS ? " or "
                                            : ", ",
                 virtio_kind_name(kind));
    }
}

/* The parts after the kind. */
static bool take_virtio_parts(struct virtio_config *virtio, const char *name, char *rest, struct error *error)
{
    static const char form[] = "SLOT=KIND[,disk=FILE][,create=SIZE][,snapshot]";
    struct image image = {0};
    while (rest) {
        const char *part = next_part(&rest);
        if (strncmp(part, "disk=", 5) == 0)
            virtio->disk_path = part + 5;
        else if (!take_image_part(&image, name, form, part, error))
            return false;
    }
    virtio->disk_create_bytes = image.create_bytes;
    virtio->disk_snapshot = image.snapshot;
    const char *kind = virtio_kind_name(virtio->kind);
    if (virtio_kind_has_disk(virtio->kind) && (!virtio->disk_path || !*virtio->disk_path))
        return error_set(error, "--%s has no disk for its '%s': SLOT=%s,disk=FILE is wanted", name, kind, kind);
    if (!virtio_kind_has_disk(virtio->kind) && (virtio->disk_path || image.create_bytes || image.snapshot))
        return error_set(error, "--%s gives a disk to a '%s', which has none: SLOT=%s is wanted", name, kind, kind);
    return true;
}

static bool take_virtio(struct options *options, const char *name, const char *value, struct error *error)
{
    char *rest = strdup(value), kinds[64];
    assert(rest);
    options->virtio_texts = realloc(options->virtio_texts, (options->virtio_count + 1) * sizeof *options->virtio_texts);
    assert(options->virtio_texts);
    options->virtio_texts[options->virtio_count++] = rest;
    const char *slot_text = strsep(&rest, "="), *kind = rest ? next_part(&rest) : "";
    uint64_t slot;
    if (!text_number(slot_text, &slot) || slot >= VIRTIO_SLOTS)
        return error_set(error, "--%s has no slot '%s': SLOT=KIND with a SLOT from 0 to %d is wanted", name, slot_text,
                         VIRTIO_SLOTS - 1);
    struct virtio_config *virtio = &options->config.virtio[slot];
    if (virtio->kind)
        return error_set(error, "--%s puts two devices into slot %s: one is wanted", name, slot_text);
    virtio->kind = virtio_kind_find(kind, strlen(kind));
    list_virtio_kinds(kinds, sizeof kinds);
    if (!virtio->kind)
        return error_set(error, "--%s has no kind '%s': %s is wanted", name, kind, kinds);
    return take_virtio_parts(virtio, name, rest, error);
}

static bool take_seed(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 0, UINT64_MAX, &options->config.seed, error);
}

static bool take_console(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char *const names[] = {"sequenced", "plain"};
    unsigned index = 0;
    if (!choose(name, value, names, 2, &index, error))
        return false;
    options->config.console_plain = index == 1;
    return true;
}

static bool take_crash(struct options *options, const char *name, const char *value, struct error *error)
{
    struct fault fault;
    if (!fault_parse(value, &fault, error))
        return false;
    if (options->config.fault_count == FAULTS_MAX)
        return error_set(error, "--%s is given more than %d times", name, FAULTS_MAX);
    options_add_fault(options, &fault);
    return true;
}

static bool take_broken(struct options *options, const char *name, const char *value, struct error *error)
{
    enum assumption which;
    if (!assumption_find(value, &which, error))
        return false;
    options->config.broken |= UINT32_C(1) << which;
    return true;
}

static bool take_repair(struct options *options, const char *name, const char *value, struct error *error)
{
    struct fault place;
    if (!fault_parse_where(value, &place, error))
        return false;
    if (options->config.repair_count == FAULTS_MAX)
        return error_set(error, "--%s is given more than %d times", name, FAULTS_MAX);
    options_add_repair(options, &place);
    return true;
}

static bool take_timeout(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT64_MAX, &options->config.timeout_insns, error);
}

static bool take_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
    assert(*text);
    return true;
}

static bool take_kernel(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->kernel, value);
}

static bool take_initrd(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->initrd, value);
}

static bool take_append(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->append, value);
}

static bool take_json(struct options *options, const char *name, const char *value, struct error *error)
{
    free(options->json_path);
    options->json_path = strdup(value);
    assert(options->json_path);
    return true;
}

static bool take_record(struct options *options, const char *name, const char *value, struct error *error)
{
    free(options->record_path);
    options->record_path = strdup(value);
    assert(options->record_path);
    return true;
}

static bool take_gdb(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t port = 0;
    options->gdb = true;
    if (!number_between(name, value, 0, UINT16_MAX, &port, error))
        return false;
    options->gdb_port = (unsigned)port;
    return true;
}

static bool take_threads(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t threads = 0;
    if (!number_between(name, value, 1, 2, &threads, error))
        return false;
    options->config.threads = (unsigned)threads;
    return true;
}

static bool take_jobs(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t jobs = 0;
    if (!number_between(name, value, 1, 64, &jobs, error))
        return false;
    options->jobs = (unsigned)jobs;
    return true;
}

static bool take_probes(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 0, UINT32_MAX, &options->probes, error);
}

static bool take_sample(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT32_MAX, &options->sample, error);
}

/* IMAGE[@primary|backup|both][,terminal=FILE] */
static bool take_beside(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char *const names[] = {"primary", "backup", "both"};
    static const char file_part[] = ",terminal=";
    char *image = strdup(value), file[32];
    assert(image);
    char *given = strstr(image, file_part), *at = NULL;
    unsigned computer = 0, number = options->config.beside_count + 1;
    snprintf(file, sizeof file, "beside-%u.txt", number);
    options->besides = realloc(options->besides, number * sizeof *options->besides);
    options->beside_texts = realloc(options->beside_texts, 2 * number * sizeof *options->beside_texts);
    assert(options->besides && options->beside_texts);
    char **texts = &options->beside_texts[2 * (number - 1)];
    texts[0] = image;
    texts[1] = strdup(given ? given + sizeof file_part - 1 : file);
    assert(texts[1]);
    if (given)
        *given = '\0';
    if ((at = strrchr(image, '@')))
        *at++ = '\0';
    options->besides[number - 1] = (struct beside_config){texts[0], texts[1], 0};
    options->config.besides = options->besides;
    options->config.beside_count = number;
    if (!*texts[0] || !*texts[1])
        return error_set(error, "--%s cannot be '%s': IMAGE[@primary|backup|both][,terminal=FILE] is wanted", name,
                         value);
    if (at && !choose(name, at, names, 3, &computer, error))
        return false;
    options->besides[number - 1].computer = computer;
    return true;
}

static bool take_set(struct options *options, const char *name, const char *value, struct error *error)
{
    const char *equals = strchr(value, '=');
    if (!equals)
        return error_set(error, "--%s cannot be '%s': NAME=VALUE is wanted, e.g. disk-latency-us=200", name, value);
    char *setting = strndup(value, (size_t)(equals - value));
    assert(setting);
    bool good = settings_set(&options->config.settings, setting, equals + 1, error);
    free(setting);
    return good;
}

static bool take_help(struct options *options, const char *name, const char *value, struct error *error)
{
    options->help = true;
    return true;
}

enum { ALL = OPTIONS_RUN | OPTIONS_SYSTEM | OPTIONS_SWEEP };

static const struct option_row rows[] = {
    {"mode", "bare|solo|pair", "bare", "one computer, one under a monitor (VMM), or primary and backup", ALL,
     OPTION_PLAIN, take_mode},
    {"protocol", "dec|bs|bs-revised", "bs-revised", "how primary and backup keep in step", ALL, OPTION_PAIR_ONLY,
     take_protocol},
    {"failover", "disconnect|uncertain|reissue", "the protocol's own", "what becomes of operations in doubt", ALL,
     OPTION_PAIR_ONLY, take_failover},
    {"epoch", "N", "4096", "epoch length in instructions", ALL, OPTION_PLAIN, take_epoch},
    {"ram", "SIZE", "32M", "memory of the computer, 4M to 3584M", ALL, OPTION_PLAIN, take_ram},
    {"disk", "FILE[,create=SIZE][,snapshot]", "no disk",
     "raw image; create: make it if it is not there; snapshot: keep no changes", ALL, OPTION_PLAIN, take_disk},
    {"virtio", "SLOT=KIND[,disk=FILE][,create=SIZE][,snapshot]", "none",
     "a virtio-mmio device in slot 0 to 15: console, scsi, blk or rng; scsi and blk have a disk; repeatable", ALL,
     OPTION_PLAIN, take_virtio},
    {"kernel", "FILE", "none", "instead of an image: a PA-RISC Linux kernel (ELF), which the firmware starts", ALL,
     OPTION_PLAIN, take_kernel},
    {"initrd", "FILE", "none", "the kernel's initial file system; with --kernel only", ALL, OPTION_PLAIN, take_initrd},
    {"append", "TEXT", "empty", "the kernel's command line, at most 1023 bytes; with --kernel only", ALL, OPTION_PLAIN,
     take_append},
    {"seed", "N", "0", "seed of what differs between machines (latencies, drift, delays)", ALL, OPTION_PLAIN,
     take_seed},
    {"console", "sequenced|plain", "sequenced", "does the terminal number its output?", ALL, OPTION_PLAIN,
     take_console},
    {"crash", "WHO@WHERE", "none",
     "primary or backup fails at instruction=N, epoch=N, time=T, step=NAME[:K], operation=K[.PHASE]; repeatable", ALL,
     OPTION_TWO, take_crash},
    {"fault", "KIND,WHO@WHERE", "none",
     "KIND: cut, heal, delay=US, ack-loss, medium=BLOCK, flip=grN:BIT, flip=ADDRESS:BIT; repeatable", ALL, OPTION_TWO,
     take_crash},
    {"break-assumption", "NAME", "none",
     "tlb, clock, delivery, dma, traps, undefined, privilege, fifo, detection, output-commit, fencing, arbiter or "
     "shared-disk does not hold; repeatable",
     ALL, OPTION_PAIR_ONLY, take_broken},
    {"repair", "WHERE", "none",
     "when the survivor is there (places as for --crash), the other computer is repaired and joins; repeatable", ALL,
     OPTION_PAIR_ONLY, take_repair},
    {"timeout", "INSTRUCTIONS", "none", "end the run there", ALL, OPTION_PLAIN, take_timeout},
    {"json", "FILE", "none", "write what came of the run as one JSON object", OPTIONS_RUN | OPTIONS_SWEEP, OPTION_PLAIN,
     take_json},
    {"record", "LOG", "none", "write what the guest consumed, for `understudy replay`; with --mode solo or pair only",
     OPTIONS_RUN, OPTION_PLAIN, take_record},
    {"gdb", "PORT", "none", "wait for a gdb at this port of this host; 0: any, said on stderr", OPTIONS_RUN,
     OPTION_PLAIN, take_gdb},
    {"threads", "1|2", "2", "host threads; never a different result", OPTIONS_RUN | OPTIONS_SYSTEM, OPTION_PLAIN,
     take_threads},
    {"set", "NAME=VALUE", "", "change a setting (the monitor's `info settings` lists them); repeatable", ALL,
     OPTION_PLAIN, take_set},
    {"beside", "IMAGE[@primary|backup|both][,terminal=FILE]", "none",
     "a virtual processor beside the first: an ordinary one on one computer, a fault-tolerant one on both; its "
     "terminal's bytes go to FILE (beside-1.txt for the first, and so on); with --mode solo or pair only; repeatable",
     OPTIONS_RUN | OPTIONS_SYSTEM, OPTION_PLAIN, take_beside},
    {"jobs", "N", "2", "host threads; never a different result", OPTIONS_SWEEP, OPTION_PLAIN, take_jobs},
    {"probes", "N", "100", "check so many classes by a second crash point of theirs", OPTIONS_SWEEP, OPTION_PLAIN,
     take_probes},
    {"sample", "N", "all", "crash in so many classes only, drawn by the seed", OPTIONS_SWEEP, OPTION_PLAIN,
     take_sample},
    {"help", NULL, "", "say this", ALL, OPTION_FLAG, take_help},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void options_init(struct options *options)
{
    *options = (struct options){.jobs = 2, .probes = 100};
    system_config_defaults(&options->config);
}

void options_free(struct options *options)
{
    for (unsigned i = 0; i < 2 * options->config.beside_count; i++)
        free(options->beside_texts[i]);
    free(options->beside_texts);
    free(options->besides);
    free(options->disk_path);
    for (unsigned i = 0; i < options->virtio_count; i++)
        free(options->virtio_texts[i]);
    free(options->virtio_texts);
    free(options->faults);
    free(options->repairs);
    free(options->image);
    free(options->kernel);
    free(options->initrd);
    free(options->append);
    free(options->json_path);
    free(options->record_path);
    for (unsigned i = 0; i < options->word_count; i++)
        free(options->words[i]);
    free(options->words);
    *options = (struct options){0};
}

static void add_place(struct fault **places, unsigned *count, const struct fault *place)
{
    *places = realloc(*places, (*count + 1) * sizeof *place);
    assert(*places);
    (*places)[(*count)++] = *place;
}

void options_add_fault(struct options *options, const struct fault *fault)
{
    add_place(&options->faults, &options->config.fault_count, fault);
    options->config.faults = options->faults;
}

void options_add_repair(struct options *options, const struct fault *place)
{
    add_place(&options->repairs, &options->config.repair_count, place);
    options->config.repairs = options->repairs;
}

/* The row of the option that WORD ("--mode" or "--mode=pair") names. */
static const struct option_row *find(const char *word, enum options_user user)
{
    size_t length = strcspn(word + 2, "=");
    for (unsigned i = 0; i < ROWS; i++)
        if (rows[i].users & user && strlen(rows[i].name) == length && strncmp(rows[i].name, word + 2, length) == 0)
            return &rows[i];
    return NULL;
}

/* Take the option at WORDS[*INDEX], and its value, which may be the next word. */
static bool take_option(struct options *options, enum options_user user, unsigned count, char *const *words,
                        unsigned *index, struct error *error)
{
    const char *word = words[*index], *equals = strchr(word, '=');
    const struct option_row *row = word[1] == '-' ? find(word, user) : NULL;
    if (!row)
        return error_set(error, "unknown option '%s': %s lists the options", word,
                         user == OPTIONS_RUN     ? "'understudy run --help'"
                         : user == OPTIONS_SWEEP ? "'understudy sweep --help'"
                                                 : "'help system'");
    if (row->kind == OPTION_FLAG && equals)
        return error_set(error, "--%s takes no value", row->name);
    const char *value = equals ? equals + 1 : NULL;
    if (row->kind != OPTION_FLAG && !value) {
        if (*index + 1 == count)
            return error_set(error, "--%s needs a value: --%s %s", row->name, row->name, row->argument);
        value = words[++*index];
    }
    options->given |= UINT64_C(1) << (row - rows);
    return row->take(options, row->name, value, error);
}

static bool take_image(struct options *options, enum options_user user, const char *word, struct error *error)
{
    if (user == OPTIONS_SYSTEM)
        return error_set(error, "'%s' is not an option: 'load IMAGE' comes after 'system'", word);
    if (options->image)
        return error_set(error, "'%s' is a second image after '%s': one is wanted", word, options->image);
    options->image = strdup(word);
    assert(options->image);
    return true;
}

/* Rules that tie options together. */
static bool check(const struct options *options, enum options_user user, struct error *error)
{
    static const char *const modes[] = {"bare", "solo", "pair"};
    bool pair = options->config.mode == MODE_PAIR;
    bool two = pair || (options->config.mode == MODE_BARE && options->config.settings.computers == 2);
    for (unsigned i = 0; i < ROWS; i++) {
        if (!(options->given >> i & 1))
            continue;
        if (rows[i].kind == OPTION_PAIR_ONLY && !pair)
            return error_set(error, "--%s needs --mode pair (the mode is %s)", rows[i].name,
                             modes[options->config.mode]);
        if (rows[i].kind == OPTION_TWO && !two)
            return error_set(error, "--%s needs --mode pair (the mode is %s), or --mode bare --set computers=2",
                             rows[i].name, modes[options->config.mode]);
    }
    if (options->record_path && options->config.mode == MODE_BARE)
        return error_set(error, "--record needs --mode solo or pair (the mode is bare): a bare computer has no log");
    if (options->record_path && options->config.broken)
        return error_set(error, "--record needs every assumption: a recording holds what is delivered at epoch ends");
    if (user == OPTIONS_SWEEP && options->config.mode != MODE_PAIR)
        return error_set(error, "a sweep needs --mode pair, which it has unless another is given");
    if (!options->kernel && (options->initrd || options->append))
        return error_set(error, "--%s needs --kernel FILE: it is for a kernel", options->initrd ? "initrd" : "append");
    if (options->kernel && options->image)
        return error_set(error, "'%s' is an image beside --kernel %s: one of the two is wanted", options->image,
                         options->kernel);
    if (user != OPTIONS_SYSTEM && !options->image && !options->kernel)
        return error_set(error, "no image is given: 'understudy %s [OPTIONS] IMAGE' is wanted",
                         user == OPTIONS_RUN ? "run" : "sweep");
    return true;
}

struct guest_files options_files(const struct options *options, const char *image)
{
    return (struct guest_files){image, options->kernel, options->initrd, options->append};
}

static void keep_words(struct options *options, unsigned count, char *const *words)
{
    options->words = calloc(count + 1, sizeof options->words[0]);
    assert(options->words);
    for (unsigned i = 0; i < count; i++) {
        options->words[options->word_count++] = strdup(words[i]);
        assert(options->words[i]);
    }
}

bool options_parse(struct options *options, enum options_user user, unsigned count, char *const *words,
                   struct error *error)
{
    bool only_image = false;
    keep_words(options, count, words);
    for (unsigned i = 0; i < count; i++) {
        bool good;
        if (!only_image && strcmp(words[i], "--") == 0) {
            only_image = true;
            continue;
        }
        if (!only_image && words[i][0] == '-' && words[i][1])
            good = take_option(options, user, count, words, &i, error);
        else
            good = take_image(options, user, words[i], error);
        if (!good)
            return false;
        if (options->help)
            return true;
    }
    return check(options, user, error);
}

/* TEXT in lines of at most 100 columns, each after six blanks. */
static void print_wrapped(FILE *out, const char *text)
{
    enum { INDENT = 6, COLUMNS = 100 };
    size_t column = COLUMNS;
    while (*text) {
        size_t length = strcspn(text, " ");
        bool fits = column + 1 + length <= COLUMNS;
        fprintf(out, fits ? " %.*s" : "\n      %.*s", (int)length, text);
        column = (fits ? column + 1 : INDENT) + length;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

bool options_describe(unsigned index, struct option_text *text)
{
    if (index >= ROWS)
        return false;
    const struct option_row *row = &rows[index];
    *text = (struct option_text){.name = row->name,
                                 .argument = row->argument ? row->argument : "",
                                 .initial = row->initial,
                                 .help = row->help,
                                 .condition = row->kind == OPTION_PAIR_ONLY ? "with --mode pair only"
                                              : row->kind == OPTION_TWO     ? "with two computers only"
                                                                            : "",
                                 .users = row->users};
    return true;
}

void options_help(FILE *out, enum options_user user)
{
    char text[512];
    struct option_text row;
    for (unsigned i = 0; options_describe(i, &row); i++) {
        if (!(row.users & user))
            continue;
        fprintf(out, "  --%s%s%s", row.name, *row.argument ? " " : "", row.argument);
        snprintf(text, sizeof text, "%s%s%s%s%s%s", row.help, *row.initial ? " (" : "", row.initial,
                 *row.initial ? ")" : "", *row.condition ? "; " : "", row.condition);
        print_wrapped(out, text);
    }
}

bool options_takes(const char *word, enum options_user user)
{
    return find(word, user) != NULL;
}

const char *options_name(unsigned index)
{
    return index < ROWS ? rows[index].name : NULL;
}
