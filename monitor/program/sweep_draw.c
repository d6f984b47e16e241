/* sweep_draw.c - the atlas as a picture (SVG): virtual time of the undisturbed run along, kinds of fault down, a bar
 * for each class, by what came of it. Height and shade say the same as the colour, so that it can be read in grey.
 */
#include <inttypes.h>
#include <string.h>

#include "monitor/program/sweep_report.h"

enum { WIDTH = 900, LEFT = 80, RIGHT = 16, TOP = 48, LANE = 44, BAR = 32, NS_PER_US = 1000 };

static const struct {
    const char *outcome, *text, *colour;
    int height;
} looks[] = {
    {"held", "holds", "#c9d6df", BAR / 3},
    {"expected", "does not, as its author expects", "#e0a030", BAR * 2 / 3},
    {"violated", "does not", "#8b1a1a", BAR},
};
enum { LOOKS = sizeof looks / sizeof looks[0] };

static double x_of(uint64_t time_ns, uint64_t last_ns)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * (double)time_ns / (double)(last_ns ? last_ns : 1);
}

/* The lane of KIND, from 0; a new one if there is none yet. */
static unsigned lane_of(const char *kind, const char *lanes[ATLAS_FAULT_COUNT], unsigned *count)
{
    for (unsigned i = 0; i < *count; i++)
        if (strcmp(lanes[i], kind) == 0)
            return i;
    if (*count == ATLAS_FAULT_COUNT)
        return *count - 1;
    lanes[*count] = kind;
    return (*count)++;
}

static void draw_axes(FILE *out, const char *const *lanes, unsigned count, uint64_t last_ns)
{
    enum { TICKS = 8 };
    int bottom = TOP + (int)count * LANE;
    for (unsigned i = 0; i <= TICKS; i++) {
        uint64_t time_ns = last_ns / TICKS * i;
        fprintf(out,
                "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#ddd'/>"
                "<text x='%.1f' y='%d' text-anchor='middle'>%" PRIu64 "</text>\n",
                x_of(time_ns, last_ns), TOP, x_of(time_ns, last_ns), bottom, x_of(time_ns, last_ns), bottom + 16,
                time_ns / NS_PER_US);
    }
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "<text x='%d' y='%d' text-anchor='end'>%s</text>\n", LEFT - 8, TOP + (int)(i + 1) * LANE - 8,
                lanes[i]);
    fprintf(out, "<text x='%d' y='%d' text-anchor='middle'>virtual time, us</text>\n", (LEFT + WIDTH - RIGHT) / 2,
            bottom + 34);
    int x = LEFT;
    for (unsigned i = 0; i < LOOKS; i++) {
        fprintf(out, "<rect x='%d' y='%d' width='8' height='%d' fill='%s'/><text x='%d' y='28'>%s</text>\n", x,
                28 - looks[i].height / 2, looks[i].height / 2, looks[i].colour, x + 14, looks[i].text);
        x += 60 + 7 * (int)strlen(looks[i].text);
    }
}

static void draw_row(FILE *out, const struct sweep_row *row, unsigned lane, uint64_t last_ns)
{
    unsigned look = 0;
    while (look + 1 < LOOKS && strcmp(looks[look].outcome, row->outcome) != 0)
        look++;
    fprintf(out, "<rect x='%.1f' y='%d' width='1.2' height='%d' fill='%s'/>\n", x_of(row->time_ns, last_ns),
            TOP + (int)(lane + 1) * LANE - 4 - looks[look].height, looks[look].height, looks[look].colour);
}

void sweep_draw(FILE *out, const struct sweep_rows *rows)
{
    const char *lanes[ATLAS_FAULT_COUNT] = {NULL};
    unsigned count = 0;
    uint64_t last_ns = 0;
    for (size_t i = 0; i < rows->rows.count; i++) {
        const struct sweep_row *row = &rows->rows.at[i];
        lane_of(row->kind, lanes, &count);
        last_ns = row->time_ns > last_ns ? row->time_ns : last_ns;
    }
    fprintf(out,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>\n"
            "<rect width='100%%' height='100%%' fill='white'/>\n",
            WIDTH, TOP + (int)count * LANE + 44);
    draw_axes(out, lanes, count, last_ns);
    for (unsigned look = 0; look < LOOKS; look++) /* what does not hold is drawn over what does */
        for (size_t i = 0; i < rows->rows.count; i++) {
            const struct sweep_row *row = &rows->rows.at[i];
            if (strcmp(row->outcome, looks[look].outcome) == 0)
                draw_row(out, row, lane_of(row->kind, lanes, &count), last_ns);
        }
    fprintf(out, "</svg>\n");
}
