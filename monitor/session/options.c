/* options.c - see options.h: the words of a command line, and the rules that tie options together. */
#include "monitor/session/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "mmu/base/nearest.h"
#include "monitor/base/installed.h"
#include "monitor/session/option_network.h"
#include "monitor/session/option_rows.h"

void options_init(struct options *options)
{
    *options = (struct options){.jobs = 2, .probes = 100};
    system_config_defaults(&options->config);
}

void options_free(struct options *options)
{
    for (unsigned i = 0; i < 3 * options->config.vm_count; i++)
        free(options->vm_texts[i]);
    free(options->vm_texts);
    free(options->vms);
    free(options->disk_path);
    free(options->protocol_path);
    free(options->written);
    for (unsigned i = 0; i < options->virtio_count; i++)
        free(options->virtio_texts[i]);
    free(options->virtio_texts);
    option_network_free(options);
    free(options->faults);
    free(options->repairs);
    free(options->image);
    free(options->kernel);
    free(options->initrd);
    free(options->append);
    free(options->json_path);
    free(options->record_path);
    free(options->csv_path);
    free(options->svg_path);
    for (unsigned i = 0; i < options->file_count; i++)
        free(options->files[i]);
    free(options->files);
    for (unsigned i = 0; i < options->word_count; i++)
        free(options->words[i]);
    free(options->words);
    *options = (struct options){0};
}

static void add_place(struct fault **places, unsigned *count, const struct fault *place)
{
    *places = realloc(*places, (*count + 1) * sizeof *place);
    memory_need(*places);
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

void options_drop_fault(struct options *options, const struct fault *fault, bool repair)
{
    struct fault *places = repair ? options->repairs : options->faults;
    unsigned *count = repair ? &options->config.repair_count : &options->config.fault_count;
    char wanted[128], text[128];
    fault_format(fault, wanted, sizeof wanted);
    for (unsigned i = 0; i < *count; i++) {
        fault_format(&places[i], text, sizeof text);
        if (strcmp(text, wanted) != 0)
            continue;
        memmove(places + i, places + i + 1, (--*count - i) * sizeof *places);
        return;
    }
}

/* The row of the option that WORD ("--mode" or "--mode=pair") names. */
static const struct option_row *find(const char *word, enum options_user user)
{
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    size_t length = strcspn(word + 2, "=");
    for (unsigned i = 0; i < option_row_count; i++)
        if (option_rows[i].users & user && strlen(option_rows[i].name) == length &&
            strncmp(option_rows[i].name, word + 2, length) == 0)
            return &option_rows[i];
    return NULL;
}

/* There is no such option: which is nearly called so? */
static bool refuse_unknown(const char *word, enum options_user user, struct error *error)
{
    struct nearest nearest;
    bool long_one = strncmp(word, "--", 2) == 0;
    const char *name = long_one ? word + 2 : "";
    nearest_begin(&nearest, name, strcspn(name, "="));
    for (unsigned i = 0; long_one && i < option_row_count; i++)
        if (option_rows[i].users & user)
            nearest_try(&nearest, "--", option_rows[i].name);
    return error_set(error, "unknown option '%s': %s lists the options%s", word,
                     user == OPTIONS_RUN     ? "'understudy run --help'"
                     : user == OPTIONS_SWEEP ? "'understudy sweep --help'"
                                             : "'help system'",
                     nearest.question);
}

static bool needs_value(const struct option_row *row, struct error *error)
{
    char argument[OPTION_ARGUMENT_MAX];
    option_argument(row, argument, sizeof argument);
    return error_set(error, "--%s needs a value: --%s %s", row->name, row->name, argument);
}

/* Take the option at WORDS[*INDEX], and its value, which may be the next word. */
static bool take_option(struct options *options, enum options_user user, unsigned count, char *const *words,
                        unsigned *index, struct error *error)
{
    const char *word = words[*index], *equals = strchr(word, '=');
    const struct option_row *row = find(word, user);
    if (!row)
        return refuse_unknown(word, user, error);
    if (row->kind == OPTION_FLAG && equals)
        return error_set(error, "--%s takes no value", row->name);
    const char *value = equals ? equals + 1 : NULL;
    if (row->kind != OPTION_FLAG && !value) {
        if (*index + 1 == count)
            return needs_value(row, error);
        value = words[++*index];
    }
    options->given |= UINT64_C(1) << (row - option_rows);
    return row->take(options, row->name, value, error);
}

static bool take_image(struct options *options, enum options_user user, const char *word, struct error *error)
{
    if (user == OPTIONS_SYSTEM)
        return error_set(error, "'%s' is not an option: 'load IMAGE' comes after 'system'", word);
    if (options->image)
        return error_set(error, "'%s' is a second image after '%s': one is wanted", word, options->image);
    char path[PATH_MAX];
    options->image = strdup(installed_guest(word, path));
    memory_need(options->image);
    return true;
}

/* What makes sense in a pair only, and was given without a mode, says the mode. */
static void imply_pair(struct options *options)
{
    static const char *const implying[] = {"crash", "protocol", "failover"};
    for (unsigned i = 0; i < option_row_count; i++) {
        bool given = options->given >> i & 1;
        if (given && strcmp(option_rows[i].name, "mode") == 0)
            return;
    }
    for (unsigned i = 0; i < option_row_count; i++)
        for (unsigned k = 0; k < sizeof implying / sizeof implying[0]; k++)
            if (options->given >> i & 1 && strcmp(option_rows[i].name, implying[k]) == 0 &&
                options->config.settings.computers != 2)
                options->config.mode = MODE_PAIR;
}

/* Are all faults those of a host, which one computer can have? */
static bool of_host_only(const struct options *options)
{
    bool only = true;
    for (unsigned i = 0; i < options->config.fault_count; i++)
        only &= options->faults[i].who != FAULT_OF_COMPUTER;
    return only;
}

/* Does ROW, which a pair only has, make sense without one all the same? */
static bool fits_one(const struct options *options, const struct option_row *row)
{
    if (strcmp(row->name, "fault") == 0)
        return of_host_only(options);
    return strcmp(row->name, "break-assumption") == 0 && options->config.mode == MODE_SOLO &&
           options->config.broken == UINT32_C(1) << ASSUMPTION_VALID_FLAG;
}

/* Rules that tie options together. */
static bool check(const struct options *options, enum options_user user, struct error *error)
{
    bool pair = options->config.mode == MODE_PAIR;
    bool two = pair || (options->config.mode == MODE_BARE && options->config.settings.computers == 2);
    for (unsigned i = 0; i < option_row_count; i++) {
        if (!(options->given >> i & 1) || fits_one(options, &option_rows[i]))
            continue;
        if (option_rows[i].kind == OPTION_PAIR_ONLY && !pair)
            return error_set(error, "--%s needs --mode pair (the mode is %s)", option_rows[i].name,
                             option_mode_choice(options->config.mode));
        if (option_rows[i].kind == OPTION_TWO && !two)
            return error_set(error, "--%s needs --mode pair (the mode is %s), or --mode bare --set computers=2",
                             option_rows[i].name, option_mode_choice(options->config.mode));
    }
    if (options->record_path && options->config.mode == MODE_BARE)
        return error_set(error, "--record needs --mode solo or pair (the mode is bare): a bare computer has no log");
    if (options->record_path && options->config.broken)
        return error_set(error, "--record needs every assumption: a recording holds what is delivered at epoch ends");
    if (options->gdb && !gdb_address_may_be("--gdb", &options->gdb_address, options->trusted, error))
        return false;
    if (options->keys == KEYS_RAW && (options->gdb || options->window))
        return error_set(error, "--keys raw needs the terminal for itself: not with --%s",
                         options->gdb ? "gdb" : "window");
    bool of_processors = options->sweep_faults && !(options->sweep_faults & ~(unsigned)ATLAS_OF_PROCESSORS);
    if (user == OPTIONS_SWEEP && options->config.mode != MODE_PAIR &&
        (options->config.mode == MODE_BARE || !of_processors))
        return error_set(error, "a sweep needs --mode pair, which it has unless another is given; with --faults "
                                "hard,damage it may be solo");
    if (!options->kernel && (options->initrd || options->append))
        return error_set(error, "--%s needs --kernel FILE: it is for a kernel", options->initrd ? "initrd" : "append");
    if (options->kernel && options->image)
        return error_set(error, "'%s' is an image beside --kernel %s: one of the two is wanted", options->image,
                         options->kernel);
    if (user == OPTIONS_RUN && !options->image && !options->kernel)
        return error_set(error, "no image is given: 'understudy %s [OPTIONS] IMAGE' is wanted", "run");
    return true;
}

struct guest_files options_files(const struct options *options, const char *image)
{
    return (struct guest_files){image, options->kernel, options->initrd, options->append};
}

static void keep_words(struct options *options, unsigned count, char *const *words)
{
    options->words = calloc(count + 1, sizeof options->words[0]);
    memory_need(options->words);
    for (unsigned i = 0; i < count; i++) {
        options->words[options->word_count++] = strdup(words[i]);
        memory_need(options->words[i]);
    }
}

static bool take_words(struct options *options, enum options_user user, unsigned count, char *const *words,
                       struct error *error)
{
    bool only_image = false;
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
    imply_pair(options);
    return check(options, user, error);
}

bool options_parse_again(struct options *options, enum options_user user, unsigned count, char *const *words,
                         struct error *error)
{
    keep_words(options, count, words);
    return take_words(options, user, options->word_count, options->words, error);
}

bool options_parse(struct options *options, enum options_user user, unsigned count, char *const *words,
                   struct error *error)
{
    struct option_words expanded;
    bool good = option_words_expand(&expanded, options, user, count, words, error);
    good = good && options_parse_again(options, user, expanded.count, expanded.at, error);
    option_words_free(&expanded);
    return good;
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
    if (index >= option_row_count)
        return false;
    const struct option_row *row = &option_rows[index];
    *text = (struct option_text){.name = row->name,
                                 .initial = row->initial,
                                 .condition = row->condition                  ? row->condition
                                              : row->kind == OPTION_PAIR_ONLY ? "with --mode pair only"
                                              : row->kind == OPTION_TWO       ? "with two computers only"
                                                                              : "",
                                 .users = row->users};
    option_argument(row, text->argument, sizeof text->argument);
    option_help(row, text->help, sizeof text->help);
    return true;
}

void options_help(FILE *out, enum options_user user)
{
    char text[OPTION_HELP_MAX + 128];
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

enum option_value options_value(const char *word, enum options_user user)
{
    const struct option_row *row = find(word, user);
    return row ? row->value : OPTION_TEXT;
}

const char *options_choice(const char *word, enum options_user user, unsigned index)
{
    const struct option_row *row = find(word, user);
    return row && row->choice ? row->choice(index) : NULL;
}

bool options_value_is_file(const char *word, enum options_user user)
{
    const struct option_row *row = find(word, user);
    return row && row->argument &&
           (strstr(row->argument, "FILE") || strstr(row->argument, "IMAGE") || strcmp(row->argument, "LOG") == 0);
}

bool options_value_follows(const char *word, enum options_user user)
{
    const struct option_row *row = find(word, user);
    return row && row->kind != OPTION_FLAG && !strchr(word, '=');
}

bool options_given(const struct options *options, const char *name)
{
    for (unsigned i = 0; i < option_row_count; i++)
        if (options->given >> i & 1 && strcmp(option_rows[i].name, name) == 0)
            return true;
    return false;
}

const char *options_name(unsigned index)
{
    return index < option_row_count ? option_rows[index].name : NULL;
}

void options_tell_engine(struct system *system)
{
    struct cpu_engine engine = cpu_engine(computer_cpu(system, 0));
    if (engine.why)
        fprintf(stderr, "understudy: no translator, the interpreter executes: %s\n", engine.why);
}
