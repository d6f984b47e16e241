/* sweep_rows.c - see sweep_rows.h. */
#include "monitor/program/sweep_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/base/memory.h"
#include "monitor/base/shell.h"
#include "monitor/base/text.h"

static const char *const outcomes[] = {"held", "expected", "violated"};
enum { OUTCOMES = sizeof outcomes / sizeof outcomes[0], COLUMNS = 14, PS_PER_NS = 1000, PS_PER_US = 1000000 };

static const char columns[] =
    "number,time_ns,kind,place,members,end,repeated,lost,downtime_us,outcome,rule,probed,sentence,command";

/* ---- commands ---- */

/* WORD for a shell, but the host's time that was asked for as the number that it was. */
static void put_argument(FILE *out, const char *word, const struct settings *settings)
{
    const char *now = strstr(word, "world-clock=now");
    if (now && strcmp(now, "world-clock=now") == 0)
        fprintf(out, "%.*sworld-clock=%" PRIu64, (int)(now - word), word, settings->world_clock);
    else
        shell_put_word(out, word);
}

/* Does OPTION with VALUE (or all of `--option=value`) give a disk that keeps what is written? */
static bool keeps_disk(const char *option, const char *value)
{
    bool has_disk =
        strncmp(option, "--disk", 6) == 0 || (strncmp(option, "--virtio", 8) == 0 && strstr(value, ",disk=") != NULL);
    return has_disk && !strstr(value, ",snapshot");
}

/* The words of a sweep that `run` takes, its disks as snapshots, so that it can be run as often as one likes. */
static void put_words(FILE *out, unsigned count, char *const *words, const struct settings *settings)
{
    for (unsigned i = 0; i < count; i++) {
        const char *option = words[i];
        bool is = strncmp(option, "--", 2) == 0 && option[2],
             follows = is && options_value_follows(option, OPTIONS_SWEEP);
        const char *value = follows ? words[i + 1] : option;
        i += follows;
        if (is && (!options_takes(option, OPTIONS_RUN) || !strncmp(option, "--json", 6)))
            continue;
        if (follows)
            fprintf(out, " %s", option);
        fputc(' ', out);
        put_argument(out, value, settings);
        fputs(is && keeps_disk(option, value) ? ",snapshot" : "", out);
    }
}

static char *text_of(FILE *out, char **text)
{
    fclose(out);
    return *text;
}

char *sweep_command(unsigned count, char *const *words, const struct system_config *config,
                    const struct atlas_class *class)
{
    char *text = NULL, place[128];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fprintf(out, "understudy run");
    if (config->mode == MODE_PAIR) /* which a sweep has; another is among the words */
        fprintf(out, " --mode pair");
    for (unsigned i = 0; i < class->fault_count; i++) {
        fault_format(&class->faults[i], place, sizeof place);
        fprintf(out, " --%s %s", class->faults[i].kind == FAULT_CRASH ? "crash" : "fault", place);
    }
    if (class->repaired)
        fprintf(out, " --repair step=promoted");
    put_words(out, count, words, &config->settings);
    return text_of(out, &text);
}

/* ---- from the atlas ---- */

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    memory_need(copy);
    return copy;
}

static char *places_of(const struct atlas_class *class)
{
    char *text = NULL, place[128];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    for (unsigned i = 0; i < class->fault_count; i++) {
        fault_format(&class->faults[i], place, sizeof place);
        fprintf(out, "%s%s", i ? " " : "", place);
    }
    return text_of(out, &text);
}

/* What shards must have in common: the words without what differs between them, and the settings. */
static char *about_of(const struct options *options, unsigned count, char *const *words)
{
    char *text = NULL, *hash = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    put_words(out, count, words, &options->config.settings);
    fprintf(out, " probes=%" PRIu64 " sample=%" PRIu64 " points=%" PRIu64 " faults=%x", options->probes,
            options->sample, options->points, options->sweep_faults);
    if (options->written)
        fprintf(out, " protocol=%016" PRIx64, protocol_hash(options->written));
    fclose(out);
    int length = asprintf(&hash, "%016" PRIx64, (uint64_t)XXH3_64bits(text, size));
    memory_need(length > 0 ? hash : NULL);
    free(text);
    return hash;
}

void sweep_rows_take(struct sweep_rows *rows, const struct atlas *atlas, const struct options *options, unsigned count,
                     char *const *words)
{
    *rows = (struct sweep_rows){.shard = options->shards ? options->shard + 1 : 1,
                                .shards = options->shards ? options->shards : 1,
                                .classes = atlas->wanted,
                                .about = about_of(options, count, words)};
    for (size_t i = 0; i < atlas->classes.count; i++) {
        const struct atlas_class *class = &atlas->classes.at[i];
        *VEC_PUSH(&rows->rows) = (struct sweep_row){
            .number = class->number,
            .time_ns = class->time_ps / PS_PER_NS,
            .members = class->members,
            .repeated = class->repeated,
            .lost = class->lost,
            .downtime_us = class->downtime_ps / PS_PER_US,
            .rule = class->rule,
            .outcome = outcomes[class->held       ? 0
                                : class->expected ? 1
                                                  : 2],
            .probed = class->probed,
            .kind = copy_of(atlas_fault_name(class->kind)),
            .place = places_of(class),
            .end = copy_of(class->end),
            .sentence = copy_of(class->sentence),
            .command = class->held ? copy_of("") : sweep_command(count, words, &options->config, class),
        };
    }
}

static void free_row(struct sweep_row *row)
{
    free(row->kind);
    free(row->place);
    free(row->end);
    free(row->sentence);
    free(row->command);
}

void sweep_rows_free(struct sweep_rows *rows)
{
    for (size_t i = 0; i < rows->rows.count; i++)
        free_row(&rows->rows.at[i]);
    VEC_FREE(&rows->rows);
    free(rows->about);
    *rows = (struct sweep_rows){0};
}

/* ---- CSV (RFC 4180; lines end with a newline) ---- */

static void put_field(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++)
        fputs(*text == '"' ? "\"\"" : (char[]){*text, 0}, out);
    fputc('"', out);
}

void sweep_rows_write(FILE *out, const struct sweep_rows *rows)
{
    fprintf(out, "understudy sweep,%s,shard,%" PRIu64 ",%" PRIu64 ",classes,%" PRIu64 "\n%s\n", rows->about,
            rows->shard, rows->shards, rows->classes, columns);
    for (size_t i = 0; i < rows->rows.count; i++) {
        const struct sweep_row *row = &rows->rows.at[i];
        fprintf(out, "%" PRIu64 ",%" PRIu64 ",%s,", row->number, row->time_ns, row->kind);
        put_field(out, row->place);
        fprintf(out, ",%" PRIu64 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%s,%u,%u,", row->members, row->end,
                row->repeated, row->lost, row->downtime_us, row->outcome, row->rule, row->probed);
        put_field(out, row->sentence);
        fputc(',', out);
        put_field(out, row->command);
        fputc('\n', out);
    }
}

struct reading {
    char *rest; /* of the text, behind the line that was split last */
    const char *name;
    unsigned line;
    struct error *error;
};

static bool refuse(const struct reading *reading, const char *what)
{
    return error_set(reading->error, "%.200s:%u: %s: a file that 'sweep --csv' has written is wanted", reading->name,
                     reading->line, what);
}

/* Split the next line into FIELDS, in place. False: it has not COUNT of them. */
static bool split(struct reading *reading, char **fields, unsigned count)
{
    char *from = reading->rest, *to = from;
    reading->line++;
    for (unsigned i = 0; i < count; i++) {
        bool quoted = *from == '"';
        from += quoted;
        fields[i] = to;
        while (*from && (quoted ? *from != '"' || from[1] == '"' : *from != ',' && *from != '\n')) {
            from += quoted && *from == '"';
            *to++ = *from++;
        }
        from += quoted && *from == '"';
        if (*from != (i + 1 < count ? ',' : '\n'))
            return false;
        from++;
        *to++ = '\0';
    }
    reading->rest = from;
    return true;
}

static bool take_row(struct sweep_rows *rows, char **fields)
{
    struct sweep_row row = {0};
    uint64_t rule = 0, probed = 0;
    const struct {
        unsigned field;
        uint64_t *number;
    } numbers[] = {{0, &row.number}, {1, &row.time_ns},     {4, &row.members}, {6, &row.repeated},
                   {7, &row.lost},   {8, &row.downtime_us}, {10, &rule},       {11, &probed}};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!text_number(fields[numbers[i].field], numbers[i].number))
            return false;
    for (unsigned i = 0; i < OUTCOMES; i++)
        if (strcmp(fields[9], outcomes[i]) == 0)
            row.outcome = outcomes[i];
    if (!row.outcome || rule > 8 || probed > 1)
        return false;
    row.rule = (unsigned)rule;
    row.probed = probed;
    row.kind = copy_of(fields[2]);
    row.place = copy_of(fields[3]);
    row.end = copy_of(fields[5]);
    row.sentence = copy_of(fields[12]);
    row.command = copy_of(fields[13]);
    *VEC_PUSH(&rows->rows) = row;
    return true;
}

/* The first line: which shard of which sweep. */
static bool take_head(struct sweep_rows *rows, struct reading *reading)
{
    enum { HEAD_FIELDS = 7 };
    char *fields[HEAD_FIELDS];
    uint64_t shard = 0, shards = 0, classes = 0;
    if (!split(reading, fields, HEAD_FIELDS) || strcmp(fields[0], "understudy sweep") != 0 ||
        !text_number(fields[3], &shard) || !text_number(fields[4], &shards) || !text_number(fields[6], &classes) ||
        !shard || shard > shards)
        return refuse(reading, "it does not begin like one");
    if (rows->about && (strcmp(rows->about, fields[1]) != 0 || rows->shards != shards || rows->classes != classes))
        return error_set(reading->error, "'%.200s' is of another sweep than the file before: shards of one are wanted",
                         reading->name);
    if (!rows->about)
        rows->about = copy_of(fields[1]);
    rows->shards = shards;
    rows->shard = shard;
    rows->classes = classes;
    return true;
}

static bool read_text(struct sweep_rows *rows, struct reading *reading)
{
    char *fields[COLUMNS];
    size_t head = sizeof columns - 1, before = rows->rows.count;
    if (!take_head(rows, reading))
        return false;
    reading->line++;
    if (strncmp(reading->rest, columns, head) != 0 || reading->rest[head] != '\n')
        return refuse(reading, "these are other columns");
    reading->rest += head + 1;
    while (*reading->rest)
        if (!split(reading, fields, COLUMNS) || !take_row(rows, fields))
            return refuse(reading, "this is no row");
    for (size_t i = before; i < rows->rows.count; i++)
        if (rows->rows.at[i].number % rows->shards != rows->shard - 1)
            return refuse(reading, "a row is of another shard");
    return true;
}

bool sweep_rows_read(struct sweep_rows *rows, const char *text, size_t size, const char *name, struct error *error)
{
    char *copy = strndup(text, size);
    memory_need(copy);
    struct reading reading = {copy, name, 0, error};
    bool good = strlen(copy) == size ? read_text(rows, &reading) : refuse(&reading, "it is no text");
    free(copy);
    return good;
}

static int by_number(const void *a, const void *b)
{
    const struct sweep_row *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

bool sweep_rows_join(struct sweep_rows *rows, struct error *error)
{
    if (rows->rows.count)
        qsort(rows->rows.at, rows->rows.count, sizeof *rows->rows.at, by_number);
    for (size_t i = 1; i < rows->rows.count; i++)
        if (rows->rows.at[i].number == rows->rows.at[i - 1].number)
            return error_set(error, "shard %" PRIu64 " of %" PRIu64 " is there twice",
                             rows->rows.at[i].number % rows->shards + 1, rows->shards);
    if (rows->rows.count != rows->classes)
        return error_set(error,
                         "%zu classes are there of %" PRIu64 ": all %" PRIu64 " shards of the sweep are wanted, once",
                         rows->rows.count, rows->classes, rows->shards);
    rows->shard = rows->shards = 1;
    return true;
}
