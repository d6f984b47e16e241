/* test_report.c - what is said of tests: TAP, version 14 (testanything.org), and JUnit's XML. No times: the same
 * scripts give the same bytes.
 */
#include <string.h>

#include "monitor/program/test.h"

/* ---- TAP ---- */

/* A YAML double-quoted scalar. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
    fputs("\"\n", out);
}

/* In a test's description # and \ have to be escaped. */
static void description(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '#' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('\n', out);
}

void tap_begin(FILE *out, size_t count)
{
    fprintf(out, "TAP version 14\n1..%zu\n", count);
}

/* The lines of what it printed, as a list: whatever is in them, they stay inside. */
static void tap_output(FILE *out, const char *text)
{
    fprintf(out, "  output:\n");
    while (*text) {
        char line[256];
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(length < 255 ? length : 255), text);
        fprintf(out, "    - ");
        quoted(out, line);
        text += length + (text[length] == '\n');
    }
}

void tap_result(FILE *out, size_t number, const struct test *test)
{
    const struct test_result *result = &test->result;
    fprintf(out, "%s %zu - ", result->state == TEST_HELD ? "ok" : "not ok", number);
    description(out, test->name);
    if (result->state != TEST_HELD) {
        fprintf(out, "  ---\n  message: ");
        quoted(out, result->sentence);
        fprintf(out, "  severity: %s\n  file: ", result->state == TEST_FAILED ? "fail" : "error");
        quoted(out, test->name);
        if (result->line)
            fprintf(out, "  line: %u\n", result->line);
        fprintf(out, "  seed: %llu\n", (unsigned long long)result->seed);
        if (result->saved) {
            fprintf(out, "  state: ");
            quoted(out, test->save_path);
        }
        if (test->output)
            tap_output(out, test->output);
        fprintf(out, "  ...\n");
    }
    fflush(out);
}

/* ---- JUnit ---- */

/* XML 1.0 has no control characters but tab and newline, escaped or not. */
static void xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            fputs("&lt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if ((c < 0x20 && c != '\n' && c != '\t') || c >= 0x7F)
            fputc('?', out);
        else
            fputc(c, out);
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
    xml(out, slash ? slash + 1 : test->name);
    if (result->state == TEST_HELD) {
        fprintf(out, "\"/>\n");
        return;
    }
    const char *kind = result->state == TEST_FAILED ? "failure" : "error";
    fprintf(out, "\">\n      <%s message=\"", kind);
    xml(out, result->sentence);
    fprintf(out, "\">line %u, seed %llu", result->line, (unsigned long long)result->seed);
    if (result->saved) {
        fprintf(out, ", state ");
        xml(out, test->save_path);
    }
    fprintf(out, "</%s>\n", kind);
    if (test->output) {
        fprintf(out, "      <system-out>");
        xml(out, test->output);
        fprintf(out, "</system-out>\n");
    }
    fprintf(out, "    </testcase>\n");
}

void junit_write(FILE *out, const test_list *tests)
{
    unsigned failures = 0, errors = 0;
    for (size_t i = 0; i < tests->count; i++) {
        failures += tests->at[i].result.state == TEST_FAILED;
        errors += tests->at[i].result.state < TEST_FAILED;
    }
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    fprintf(out, "  <testsuite name=\"understudy\" tests=\"%zu\" failures=\"%u\" errors=\"%u\">\n", tests->count,
            failures, errors);
    for (size_t i = 0; i < tests->count; i++)
        junit_case(out, &tests->at[i]);
    fprintf(out, "  </testsuite>\n</testsuites>\n");
}
