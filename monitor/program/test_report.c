/* test_report.c - what is said of tests: TAP, version 14 (testanything.org), and JUnit's XML. No times: the same
 * scripts give the same bytes.
 */
#include <string.h>

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
