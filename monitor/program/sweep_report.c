/* sweep_report.c - see sweep_report.h. */
#include "monitor/program/sweep_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/file.h"
#include "monitor/base/json.h"

enum { RULES = 8, SHOWN_MAX = 3 };

struct totals {
    uint64_t points, explained, violations, expected;
};

static bool holds(const struct sweep_row *row)
{
    return strcmp(row->outcome, "held") == 0;
}

static bool is_expected(const struct sweep_row *row)
{
    return strcmp(row->outcome, "expected") == 0;
}

static struct totals total(const struct sweep_rows *rows)
{
    struct totals totals = {0};
    for (size_t i = 0; i < rows->rows.count; i++) {
        const struct sweep_row *row = &rows->rows.at[i];
        totals.points += row->members;
        totals.explained += holds(row) ? row->members : 0;
        totals.violations += !holds(row);
        totals.expected += is_expected(row);
    }
    return totals;
}

/* ---- on the terminal ---- */

/* What breaks RULE (0: no rule, but does not hold), the first few of it. */
static void print_rule(const struct sweep_rows *rows, unsigned rule)
{
    uint64_t classes = 0, points = 0, expected = 0;
    for (size_t i = 0; i < rows->rows.count; i++) {
        const struct sweep_row *row = &rows->rows.at[i];
        if (holds(row) || row->rule != rule)
            continue;
        classes++;
        points += row->members;
        expected += is_expected(row);
    }
    if (!classes)
        return;
    if (rule)
        printf("rule %u is broken in %" PRIu64 " classes (%" PRIu64 " points)", rule, classes, points);
    else
        printf("without a rule that is broken, %" PRIu64 " classes (%" PRIu64 " points) do not hold", classes, points);
    printf(expected ? ", in %" PRIu64 " of them as expected:\n" : ":\n", expected);
    unsigned shown = 0;
    for (size_t i = 0; i < rows->rows.count && shown < SHOWN_MAX; i++) {
        const struct sweep_row *row = &rows->rows.at[i];
        if (holds(row) || row->rule != rule)
            continue;
        printf("  %s\n    %s\n", row->sentence, row->command);
        shown++;
    }
    if (classes > shown)
        printf("  ... and %" PRIu64 " more\n", classes - shown);
}

static void print_rows(const struct sweep_rows *rows)
{
    struct totals totals = total(rows);
    for (unsigned rule = 0; rule <= RULES; rule++)
        print_rule(rows, rule);
    printf("%" PRIu64 " crash points in %zu classes: %" PRIu64 " explained, %" PRIu64 " classes with a violation",
           totals.points, rows->rows.count, totals.explained, totals.violations);
    if (totals.expected)
        printf(", %" PRIu64 " of them expected by the protocol's author", totals.expected);
    if (rows->shards > 1)
        printf("; shard %" PRIu64 " of %" PRIu64, rows->shard, rows->shards);
    if (rows->stopped)
        printf("; interrupted: %zu of %" PRIu64 " classes were run", rows->rows.count, rows->classes);
    putchar('\n');
}

/* ---- JSON ---- */

static void write_row(struct json *json, const struct sweep_row *row)
{
    json_open(json, NULL, '{');
    json_string(json, "crash", row->place);
    json_unsigned(json, "points", row->members);
    json_bool(json, "explained", holds(row));
    json_bool(json, "probed", row->probed);
    json_string(json, "sentence", holds(row) ? NULL : row->sentence);
    json_unsigned(json, "number", row->number);
    json_unsigned(json, "time_ns", row->time_ns);
    json_string(json, "kind", row->kind);
    json_string(json, "end", row->end);
    json_unsigned(json, "repeated", row->repeated);
    json_unsigned(json, "lost", row->lost);
    json_unsigned(json, "downtime_us", row->downtime_us);
    json_string(json, "outcome", row->outcome);
    json_unsigned(json, "rule", row->rule);
    json_close(json, '}');
}

struct report {
    const struct sweep_rows *rows;
    double host_seconds;
};

static void write_json(FILE *out, const void *arg)
{
    struct json json;
    const struct report *report = arg;
    const struct sweep_rows *rows = report->rows;
    struct totals totals = total(rows);
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_unsigned(&json, "crash_points", totals.points);
    json_unsigned(&json, "classes", rows->rows.count);
    json_unsigned(&json, "explained", totals.explained);
    json_unsigned(&json, "expected", totals.expected);
    if (rows->stopped)
        json_bool(&json, "interrupted", true);
    json_open(&json, "violations", '[');
    for (size_t i = 0; i < rows->rows.count; i++) {
        if (holds(&rows->rows.at[i]))
            continue;
        json_open(&json, NULL, '{');
        json_string(&json, "sentence", rows->rows.at[i].sentence);
        json_string(&json, "command", rows->rows.at[i].command);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_open(&json, "class_rows", '[');
    for (size_t i = 0; i < rows->rows.count; i++)
        write_row(&json, &rows->rows.at[i]);
    json_close(&json, ']');
    json_seconds(&json, "host_seconds", report->host_seconds);
    json_close(&json, '}');
}

/* ---- files ---- */

bool sweep_files_writable(const struct sweep_files *files, struct error *error)
{
    const char *const paths[] = {files->json, files->csv, files->svg};
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i] && !file_writable(paths[i], error))
            return false;
    return true;
}

static void write_csv(FILE *out, const void *arg)
{
    sweep_rows_write(out, arg);
}

static void write_svg(FILE *out, const void *arg)
{
    sweep_draw(out, arg);
}

bool sweep_report(const struct sweep_rows *rows, const struct sweep_files *files, double host_seconds, int *status,
                  struct error *error)
{
    struct report report = {rows, host_seconds};
    print_rows(rows);
    *status = total(rows).violations ? 1 : 0;
    return file_print_whole(files->json, write_json, &report, error) &&
           file_print_whole(files->csv, write_csv, rows, error) && file_print_whole(files->svg, write_svg, rows, error);
}
