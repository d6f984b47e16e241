/* test_page.c - see test.h: what only a script's process knows of its run, for the page about it: how it ended, whether
 * that can be explained, what the operator was told, by which rules, and the time line. HTML, whole elements.
 */
#include "monitor/program/test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "monitor/base/html.h"
#include "monitor/view/timeline.h"

enum { EPOCHS_DRAWN = 20 };

static void put_line(void *arg, const char *text)
{
    FILE *out = arg;
    html_text(out, text);
    fputc('\n', out);
}

static void put_end(FILE *out, const struct monitor *monitor, const struct system_result *result)
{
    fprintf(out, "<h3>The run</h3>\n<p>");
    html_text(out, result->end_name);
    if (result->end == END_EXIT)
        fprintf(out, " with status %d", result->status);
    if (result->why) {
        fputs(": ", out);
        html_text(out, result->why);
    }
    fprintf(out, "; %" PRIu64 " instructions", result->instructions);
    if (monitor->options.config.mode != MODE_BARE)
        fprintf(out, ", %" PRIu64 " epochs, %" PRIu64 " fail-over%s, %" PRIu64 " messages", result->epochs,
                result->failovers, result->failovers == 1 ? "" : "s", result->messages);
    fprintf(out,
            ".</p>\n<p>Outputs: %" PRIu64 " issued, %" PRIu64 " performed, %" PRIu64 " repeated, %" PRIu64
            " suppressed.</p>\n",
            result->operations.issued, result->operations.performed, result->operations.repeated,
            result->operations.suppressed);
}

static void put_explanation(FILE *out, const struct system_result *result)
{
    fprintf(out, "<h3>Explainability</h3>\n<p>");
    if (!result->explainable) {
        fprintf(out, "Not explainable: ");
        html_text(out, result->violation ? result->violation : "no sentence");
        if (result->rule)
            fprintf(out, " (rule %u)", result->rule);
    } else if (!result->judged) {
        fprintf(out, "Not judged: nobody knows what was kept back; the terminal's bytes do not contradict each other");
    } else {
        fprintf(out, "Explainable: one computer that did not fail could have done what the devices did");
    }
    fprintf(out, ".</p>\n");
}

static void put_told(FILE *out, struct monitor *monitor)
{
    const char *told = system_account(monitor->system);
    if (*told) {
        fprintf(out, "<h3>What the operator was told</h3>\n<pre>");
        html_text(out, told);
        fprintf(out, "</pre>\n");
    }
    if (monitor->options.config.mode == MODE_BARE)
        return;
    fprintf(out, "<h3>Why it is where it is</h3>\n<pre>");
    system_why(monitor->system, monitor->focus, put_line, out);
    fprintf(out, "</pre>\n");
}

/* Around the last fail-over, or the last epochs. */
static void put_timeline(FILE *out, const struct monitor *monitor)
{
    struct timeline timeline;
    struct timeline_range range;
    struct error error;
    char *drawn = NULL;
    size_t size;
    if (monitor->options.config.mode == MODE_BARE)
        return;
    if (!timeline_around(monitor, 0, &range, &error))
        range = (struct timeline_range){.epochs = EPOCHS_DRAWN};
    FILE *drawing = open_memstream(&drawn, &size);
    memory_need(drawing);
    timeline_take(&timeline, monitor, &range, false);
    timeline_draw(drawing, &timeline, monitor);
    timeline_free(&timeline);
    fclose(drawing);
    const char *svg = strstr(drawn, "<svg"); /* behind the prolog of a file of its own */
    fprintf(out, "<h3>Time line</h3>\n<div class=\"drawing\">%s</div>\n", svg ? svg : "");
    free(drawn);
}

void test_page_parts(struct monitor *monitor, FILE *out)
{
    struct system_result result;
    if (!monitor->system || !monitor->image_path)
        return;
    system_result(monitor->system, &result);
    put_end(out, monitor, &result);
    put_explanation(out, &result);
    put_told(out, monitor);
    put_timeline(out, monitor);
}
