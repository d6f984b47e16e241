/* test_report.c - what is said of tests: TAP, version 14 (testanything.org), JUnit's XML, and JSON. The same scripts
 * give the same bytes, but for the seconds of the host that each took.
 */
#include <string.h>

#include "monitor/base/json.h"
#include "monitor/base/text.h"
#include "monitor/program/test.h"

/* ---- TAP ---- */

/* A YAML double-quoted scalar. */
static void quoted(FILE *out, const char *text)
{
    unsigned length;
    fputc('"', out);
    for (; *text; text += length ? length : 1) {
        uint32_t code = 0xFFFD; /* stands for a byte that is no UTF-8 */
        length = text_character(text, &code);
        if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (length && !text_is_control(code))
            fprintf(out, "%.*s", (int)length, text);
        else
            fprintf(out, code > 0xFFFF ? "\\U%08x" : code > 0xFF ? "\\u%04x" : "\\x%02x", code);
    }
    fputs("\"\n", out);
}

struct test_counts tests_count(const test_list *tests)
{
    struct test_counts counts = {0};
    for (size_t i = 0; i < tests->count; i++) {
        enum test_state state = tests->at[i].result.state;
        counts.held += state == TEST_HELD;
        counts.failed += state == TEST_FAILED;
        counts.errors += state < TEST_FAILED;
    }
    return counts;
}

unsigned test_points(const struct test *test, unsigned *most)
{
    const struct test_result *result = &test->result;
    bool judged = result->state >= TEST_FAILED;
    *most = !judged ? 0 : test->points ? test->points : result->asked;
    return !judged ? 0 : !test->points ? result->right : result->state == TEST_HELD ? test->points : 0;
}

/* What is kept of a failure; NULL: nothing. *WHAT it is. */
static const char *kept(const struct test *test, const char **what)
{
    *what = test->result.recorded ? "recording" : "state";
    return test->result.recorded ? test->record_path : test->result.saved ? test->save_path : NULL;
}

/* In a test's description # and \ have to be escaped. It is one line of UTF-8: of what is not, the bytes are shown as
 * \xHH, with that \ escaped. */
static void description(FILE *out, const char *text)
{
    unsigned length;
    for (; *text; text += length ? length : 1) {
        uint32_t code = 0;
        length = text_character(text, &code);
        if (code == '#' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (length && !text_is_control(code))
            fprintf(out, "%.*s", (int)length, text);
        else
            for (unsigned i = 0; i < (length ? length : 1); i++)
                fprintf(out, "\\\\x%02x", (unsigned char)text[i]);
    }
}

void tap_begin(FILE *out, size_t count)
{
    fprintf(out, "TAP version 14\n1..%zu\n", count);
}

/* The lines of TEXT, as the list NAME: whatever is in them, they stay inside. */
static void tap_lines(FILE *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(out, "  %s:\n", name);
    while (*text) {
        char line[256];
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(length < 255 ? length : 255), text);
        fprintf(out, "    - ");
        quoted(out, line);
        text += length + (text[length] == '\n');
    }
}

static void tap_text(FILE *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(out, "  %s: ", name);
    quoted(out, text);
}

static void tap_failure(FILE *out, const struct test *test)
{
    const struct test_result *result = &test->result;
    const char *what, *path = kept(test, &what);
    tap_text(out, "message", result->sentence);
    fprintf(out, "  severity: %s\n", result->state == TEST_FAILED ? "fail" : "error");
    tap_text(out, "file", test->name);
    if (result->line)
        fprintf(out, "  line: %u\n", result->line);
    fprintf(out, "  seed: %llu\n", (unsigned long long)result->seed);
    tap_text(out, "place", result->place);
    tap_lines(out, "backtrace", result->backtrace);
    tap_lines(out, "terminal", result->terminal);
    tap_text(out, what, path);
    tap_text(out, "again", test->command);
    tap_lines(out, "output", test->output);
}

void tap_result(FILE *out, size_t number, const struct test *test)
{
    const struct test_result *result = &test->result;
    fprintf(out, "%s %zu - ", result->state == TEST_HELD ? "ok" : "not ok", number);
    description(out, test->label);
    if (test->title) {
        fprintf(out, ": ");
        description(out, test->title);
    }
    fprintf(out, "\n  ---\n");
    if (result->state != TEST_HELD)
        tap_failure(out, test);
    fprintf(out, "  host_seconds: %.3f\n  ...\n", test->host_seconds);
    fflush(out);
}

/* ---- JUnit ---- */

/* XML 1.0 has no control characters but tab and newline, which an attribute has by their numbers only. */
static void xml(FILE *out, const char *text)
{
    unsigned length;
    for (; *text; text += length ? length : 1) {
        uint32_t code = 0;
        length = text_character(text, &code);
        if (code == '<' || code == '&' || code == '>' || code == '"' || code == '\n' || code == '\t')
            fprintf(out, "&#%u;", code);
        else if (!length || text_is_control(code))
            fputc('?', out);
        else
            fprintf(out, "%.*s", (int)length, text);
    }
}

/* A line of what is told of a failure. */
static void junit_part(FILE *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(out, "\n%s: ", name);
    xml(out, text);
}

static void junit_failure(FILE *out, const struct test *test)
{
    const struct test_result *result = &test->result;
    const char *kind = result->state == TEST_FAILED ? "failure" : "error", *what, *path = kept(test, &what);
    fprintf(out, "      <%s message=\"", kind);
    xml(out, result->sentence);
    fprintf(out, "\">line %u, seed %llu", result->line, (unsigned long long)result->seed);
    junit_part(out, what, path);
    junit_part(out, "place", result->place);
    junit_part(out, "backtrace", result->backtrace);
    junit_part(out, "terminal", result->terminal);
    junit_part(out, "again", test->command);
    fprintf(out, "</%s>\n", kind);
    if (test->output) {
        fprintf(out, "      <system-out>");
        xml(out, test->output);
        fprintf(out, "</system-out>\n");
    }
}

static void junit_case(FILE *out, const struct test *test)
{
    const struct test_result *result = &test->result;
    const char *slash = strrchr(test->name, '/');
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - test->name) : 1, slash ? test->name : ".");
    fprintf(out, "    <testcase classname=\"");
    xml(out, folder);
    fprintf(out, "\" name=\"");
    xml(out, test->label + (slash ? slash + 1 - test->name : 0));
    fprintf(out, "\" time=\"%.3f\"%s>\n", test->host_seconds, result->state == TEST_HELD && !test->title ? "/" : "");
    if (test->title) {
        fprintf(out, "      <properties><property name=\"title\" value=\"");
        xml(out, test->title);
        fprintf(out, "\"/></properties>\n");
    }
    if (result->state != TEST_HELD)
        junit_failure(out, test);
    if (result->state != TEST_HELD || test->title)
        fprintf(out, "    </testcase>\n");
}

void junit_write(FILE *out, const test_list *tests)
{
    struct test_counts counts = tests_count(tests);
    double seconds = 0;
    for (size_t i = 0; i < tests->count; i++)
        seconds += tests->at[i].host_seconds;
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    fprintf(out, "  <testsuite name=\"understudy\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\">\n",
            tests->count, counts.failed, counts.errors, seconds);
    for (size_t i = 0; i < tests->count; i++)
        junit_case(out, &tests->at[i]);
    fprintf(out, "  </testsuite>\n</testsuites>\n");
}

/* ---- JSON ---- */

/* The lines of TEXT. */
static void json_lines(struct json *json, const char *key, const char *text)
{
    json_open(json, key, '[');
    while (*text) {
        char line[512];
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        json_string(json, NULL, line);
        text += length + (text[length] == '\n');
    }
    json_close(json, ']');
}

static void json_failure(struct json *json, const struct test *test)
{
    const struct test_result *result = &test->result;
    const char *what, *path = kept(test, &what);
    json_string(json, "message", result->sentence);
    json_unsigned(json, "line", result->line);
    json_string(json, "place", *result->place ? result->place : NULL);
    json_lines(json, "backtrace", result->backtrace);
    json_lines(json, "terminal", result->terminal);
    if (path)
        json_string(json, what, path);
    json_string(json, "again", test->command);
}

static void json_test(struct json *json, const struct test *test, const definition_list *defined)
{
    static const char *const results[] = {"error", "error", "fail", "pass"};
    const struct test_result *result = &test->result;
    json_open(json, NULL, '{');
    json_string(json, "file", test->name);
    json_string(json, "title", test->title);
    json_open(json, "defined", '{');
    for (size_t i = 0; i < defined->count; i++)
        json_string(json, defined->at[i].name, defined->at[i].values.at[test->values[i]]);
    json_close(json, '}');
    json_string(json, "result", results[result->state]);
    if (test->points)
        json_unsigned(json, "points", test->points);
    if (result->asked) {
        json_open(json, "answers", '{');
        json_unsigned(json, "right", result->right);
        json_unsigned(json, "asked", result->asked);
        json_close(json, '}');
    }
    if (result->state != TEST_HELD)
        json_failure(json, test);
    json_unsigned(json, "seed", result->seed);
    json_unsigned(json, "instructions", result->instructions);
    json_seconds(json, "host_seconds", test->host_seconds);
    json_close(json, '}');
}

void tests_json_write(FILE *out, const test_list *tests, const definition_list *defined)
{
    struct json json;
    struct test_counts counts = tests_count(tests);
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_unsigned(&json, "passed", counts.held);
    json_unsigned(&json, "failed", counts.failed);
    json_unsigned(&json, "errors", counts.errors);
    json_open(&json, "tests", '[');
    for (size_t i = 0; i < tests->count; i++)
        json_test(&json, &tests->at[i], defined);
    json_close(&json, ']');
    json_close(&json, '}');
}
