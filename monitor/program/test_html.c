/* test_html.c - see test.h: `test --html`. A page holds all that it shows and asks no network for anything; what guests
 * and scripts print is text in it, and no markup. The same scripts give the same bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "monitor/base/file.h"
#include "monitor/base/html.h"
#include "monitor/program/test.h"

enum {
    TRANSCRIPT_HEAD_BYTES = 48 << 10, /* of what was printed, if it is more than both together */
    TRANSCRIPT_TAIL_BYTES = 16 << 10,
    FILE_NAME_BYTES = 100,
};

/* ---- the parts of a test ---- */

/* All that is in DESCRIPTOR, with a NUL behind it; to be freed. */
static char *content(int descriptor, size_t *size)
{
    off_t end = lseek(descriptor, 0, SEEK_END);
    char *text = malloc((size_t)(end > 0 ? end : 0) + 1);
    memory_need(text);
    *size = 0;
    for (ssize_t got = 1; got > 0 && (off_t)*size < end; *size += (size_t)(got > 0 ? got : 0))
        got = pread(descriptor, text + *size, (size_t)end - *size, (off_t)*size);
    text[*size] = '\0';
    return text;
}

/* What was printed between FROM and TO, of SIZE bytes at all; what is in the middle of very much is left out. */
static void put_printed(FILE *out, const char *printed, size_t size, size_t from, size_t to)
{
    size_t head = TRANSCRIPT_HEAD_BYTES, tail = size - TRANSCRIPT_TAIL_BYTES;
    if (size <= TRANSCRIPT_HEAD_BYTES + TRANSCRIPT_TAIL_BYTES || to <= head || from >= tail) {
        html_put(out, printed + from, to - from);
        return;
    }
    size_t first = from < head ? head : from, last = to > tail ? tail : to;
    if (from < head)
        html_put(out, printed + from, head - from);
    fprintf(out, "<i>... %zu bytes ...</i>\n", last - first);
    if (to > tail)
        html_put(out, printed + tail, to - tail);
}

/* The commands of the script, each before what was printed from it on. */
static void put_transcript(FILE *out, const char *lines, const char *printed, size_t size)
{
    size_t at = 0;
    fprintf(out, "<h3>Transcript</h3>\n<pre class=\"transcript\">");
    while (*lines) {
        char *text;
        size_t begin = strtoul(lines, &text, 10), length = strcspn(text, "\n");
        begin = begin > size ? size : begin < at ? at : begin;
        put_printed(out, printed, size, at, begin);
        at = begin;
        fprintf(out, "%s<b>", at && printed[at - 1] != '\n' ? "\n" : "");
        html_put(out, text + 1, length ? length - 1 : 0);
        fprintf(out, "</b>\n");
        lines = text + length + (text[length] == '\n');
    }
    put_printed(out, printed, size, at, size);
    fprintf(out, "</pre>\n");
}

char *test_page_section(int printed_fd, int lines_fd, int parts_fd)
{
    size_t printed_size, lines_size, parts_size, size;
    char *printed = content(printed_fd, &printed_size), *lines = content(lines_fd, &lines_size),
         *parts = content(parts_fd, &parts_size), *section = NULL;
    FILE *out = open_memstream(&section, &size);
    memory_need(out);
    put_transcript(out, lines, printed, printed_size);
    fputs(parts, out);
    fclose(out);
    free(printed);
    free(lines);
    free(parts);
    return section;
}

/* ---- pages ---- */

static const char *result_class(const struct test *test)
{
    return test->result.state == TEST_HELD ? "held" : test->result.state == TEST_FAILED ? "failed" : "error";
}

static const char *result_words(const struct test *test)
{
    return test->result.state == TEST_HELD     ? "holds"
           : test->result.state == TEST_FAILED ? "does not hold"
                                               : "could not be judged";
}

static void begin_page(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
          out);
    html_text(out, title);
    fputs("</title>\n<style>\n"
          "  body { font: 16px/1.4 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #111;\n"
          "         background: #fff }\n"
          "  pre { background: #f4f4f4; padding: 0.7em; overflow-x: auto; font-size: 13px }\n"
          "  .transcript { white-space: pre-wrap; overflow-wrap: anywhere } .drawing { overflow-x: auto }\n"
          "  table { border-collapse: collapse } th, td { text-align: left; padding: 0.2em 0.8em;\n"
          "         border-bottom: 1px solid #ccc; vertical-align: top }\n"
          "  .held { color: #1a661a } .failed { color: #a00000 } .error { color: #7a4a00 }\n"
          "</style>\n</head>\n<body>\n<h1>",
          out);
    html_text(out, title);
    fputs("</h1>\n", out);
}

static void end_page(FILE *out)
{
    fputs("</body>\n</html>\n", out);
}

/* A paragraph, if there is TEXT. */
static void put_said(FILE *out, const char *name, const char *element, const char *text)
{
    if (!text || !*text)
        return;
    fprintf(out, "<p>%s:</p>\n<%s>", name, element);
    html_text(out, text);
    fprintf(out, "</%s>\n", element);
}

static void put_section(FILE *out, const struct test *test, size_t number)
{
    const struct test_result *result = &test->result;
    fprintf(out, "<section id=\"t%zu\">\n<h2>", number);
    html_text(out, test->title ? test->title : test->label);
    fprintf(out, "</h2>\n<p class=\"%s\"><strong>%s</strong>", result_class(test), result_words(test));
    unsigned most, got = test_points(test, &most);
    if (most)
        fprintf(out, ": %u of %u points", got, most);
    fprintf(out, "</p>\n<p><code>");
    html_text(out, test->label);
    fprintf(out, "</code>, seed %llu</p>\n", (unsigned long long)result->seed);
    if (result->state != TEST_HELD) {
        put_said(out, "What was wrong", "pre", result->sentence);
        put_said(out, "Where the computer looked at was", "pre", result->place);
        put_said(out, "Called by", "pre", result->backtrace);
        put_said(out, "The command that shows it again", "pre", test->command);
    }
    fprintf(out, "%s</section>\n", test->section ? test->section : "");
}

/* Where the section of test NUMBER is: in this page, or, if DIR, in a file. */
static void put_link(FILE *out, const struct test *test, size_t number, bool dir)
{
    char name[FILE_NAME_BYTES + 32];
    if (!dir) {
        fprintf(out, "<a href=\"#t%zu\">", number);
        return;
    }
    test_page_name(test, number, name, sizeof name);
    fprintf(out, "<a href=\"%s\">", name);
}

static void put_table(FILE *out, const test_list *tests, bool dir)
{
    struct test_counts counts = tests_count(tests);
    unsigned got = 0, most = 0;
    fprintf(out, "<p>%zu of %zu hold", counts.held, tests->count);
    if (counts.errors)
        fprintf(out, ", %zu could not be judged", counts.errors);
    for (size_t i = 0; i < tests->count; i++) {
        unsigned of;
        got += test_points(&tests->at[i], &of);
        most += of;
    }
    if (most)
        fprintf(out, "; %u of %u points", got, most);
    fprintf(out, ".</p>\n<table>\n");
    for (size_t i = 0; i < tests->count; i++) {
        const struct test *test = &tests->at[i];
        fprintf(out, "<tr><td>%zu</td><td>", i + 1);
        put_link(out, test, i + 1, dir);
        html_text(out, test->title ? test->title : test->label);
        fprintf(out, "</a></td><td class=\"%s\">%s</td><td>", result_class(test), result_words(test));
        if (test->result.state != TEST_HELD)
            html_text(out, test->result.sentence);
        fprintf(out, "</td></tr>\n");
    }
    fprintf(out, "</table>\n");
}

void test_page_name(const struct test *test, size_t number, char *name, size_t size)
{
    int used = snprintf(name, size, "%03zu-", number);
    for (const char *at = test->label; *at && used < FILE_NAME_BYTES; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                     *at == '.' || *at == '-' || *at == '=';
        name[used++] = plain ? *at : '_';
    }
    snprintf(name + used, size - (size_t)used, ".html");
}

/* ---- files ---- */

/* What is in a file. */
struct page {
    const test_list *tests;
    size_t number;     /* of the test, from 1; 0: of all */
    bool whole;        /* and all of their sections */
    const char *title; /* of the page of all */
};

static void print_page(FILE *out, const void *what)
{
    const struct page *page = what;
    if (page->number) {
        const struct test *test = &page->tests->at[page->number - 1];
        begin_page(out, test->label);
        put_section(out, test, page->number);
    } else {
        begin_page(out, page->title);
        put_table(out, page->tests, !page->whole);
        for (size_t i = 0; page->whole && i < page->tests->count; i++)
            put_section(out, &page->tests->at[i], i + 1);
    }
    end_page(out);
}

/* Is PATH one page for all? */
static bool are_one(const char *path)
{
    size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".html") == 0;
}

bool pages_prepare(const char *path, struct error *error)
{
    struct stat info;
    if (!path)
        return true;
    if (are_one(path))
        return file_writable(path, error);
    if (mkdir(path, 0777) && errno != EEXIST)
        return error_set(error, "--html cannot be '%s': %s", path, strerror(errno));
    return (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) ||
           error_set(error, "--html cannot be '%s': a folder is wanted, or a file whose name ends with .html", path);
}

/* The path of page NUMBER of TESTS in the folder PATH, or of that with the table (0); to be freed. */
static char *path_of(const char *path, const test_list *tests, size_t number)
{
    char name[FILE_NAME_BYTES + 32] = "index.html", *whole = NULL;
    if (number)
        test_page_name(&tests->at[number - 1], number, name, sizeof name);
    int length = asprintf(&whole, "%s/%s", path, name);
    memory_need(length >= 0);
    return whole;
}

bool pages_claim(const char *path, const test_list *tests, struct claims *claims, struct error *error)
{
    if (!path || are_one(path))
        return claims_write(claims, path, CLAIM_PAGE, error);
    bool good = true;
    for (size_t number = 0; good && number <= tests->count; number++) {
        char *whole = path_of(path, tests, number);
        good = claims_write(claims, whole, CLAIM_PAGE, error);
        free(whole);
    }
    return good;
}

bool pages_write(const char *path, const test_list *tests, struct error *error)
{
    struct page all = {.tests = tests, .title = "understudy test"};
    if (!path)
        return true;
    if (are_one(path)) {
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        char *title = strndup(name, strlen(name) - strlen(".html"));
        memory_need(title);
        all.whole = true;
        all.title = title;
        bool written = file_print_whole(path, print_page, &all, error);
        free(title);
        return written;
    }
    bool good = true;
    for (size_t number = 0; good && number <= tests->count; number++) {
        struct page page = {.tests = tests, .number = number};
        char *whole = path_of(path, tests, number);
        good = file_print_whole(whole, print_page, number ? &page : &all, error);
        free(whole);
    }
    return good;
}
