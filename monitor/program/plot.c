/* plot.c - see plot.h. Both axes are logarithmic; the figures in the file are rounded, so that it can be read. */
#include "monitor/program/plot.h"

#include <math.h>
#include <stdio.h>

#include "monitor/base/file.h"

enum { WIDTH = 640, HEIGHT = 400, LEFT = 64, RIGHT = 16, TOP = 40, BOTTOM = 48 };

static const double insns_min = 500, insns_max = 65536, ratio_min = 0.9, ratio_max = 40;

static double x_of(double insns)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * log(insns / insns_min) / log(insns_max / insns_min);
}

static double y_of(double ratio)
{
    double clamped = ratio < ratio_min ? ratio_min : ratio > ratio_max ? ratio_max : ratio;
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * log(clamped / ratio_min) / log(ratio_max / ratio_min);
}

/* The paper's CPU-intensive run (section 4.1): 4.2e8 instructions in 8.8 s, of which 104,800 are simulated at 15.12 us;
 * 442.59 us an epoch boundary; 41 ms besides. */
static double paper_ratio(double epoch_insns)
{
    return 1 + (104800 * 15.12e-6 + 4.2e8 / epoch_insns * 442.59e-6 + 0.041) / 8.8;
}

static void draw_axes(FILE *out)
{
    static const double ratios[] = {1, 2, 5, 10, 20, 40}, lengths[] = {1000, 4096, 16384, 32768};
    for (unsigned i = 0; i < sizeof ratios / sizeof *ratios; i++)
        fprintf(out,
                "<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#ddd'/>"
                "<text x='%d' y='%.1f' text-anchor='end'>%g</text>\n",
                LEFT, y_of(ratios[i]), WIDTH - RIGHT, y_of(ratios[i]), LEFT - 8, y_of(ratios[i]) + 4, ratios[i]);
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++)
        fprintf(out,
                "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#ddd'/>"
                "<text x='%.1f' y='%d' text-anchor='middle'>%g</text>\n",
                x_of(lengths[i]), TOP, x_of(lengths[i]), HEIGHT - BOTTOM, x_of(lengths[i]), HEIGHT - BOTTOM + 16,
                lengths[i]);
    fprintf(out, "<text x='%d' y='%d' text-anchor='middle'>instructions in an epoch</text>\n",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
    fprintf(out, "<text x='%d' y='20'>running time of the pair, divided by that of one computer</text>\n", LEFT);
}

static void draw_paper(FILE *out)
{
    fprintf(out, "<polyline fill='none' stroke='#888' stroke-dasharray='4 3' points='");
    for (double insns = 1000; insns <= 32768; insns *= 1.25)
        fprintf(out, "%.1f,%.1f ", x_of(insns), y_of(paper_ratio(insns)));
    fprintf(out, "'/>\n<text x='%.1f' y='%.1f' fill='#666'>Bressoud &amp; Schneider, original protocol</text>\n",
            x_of(2200), y_of(paper_ratio(1900)));
}

static void draw_series(FILE *out, const struct plot_point *points, unsigned count, const char *colour,
                        const char *name, double (*value)(const struct plot_point *), double line)
{
    fprintf(out, "<polyline fill='none' stroke='%s' points='", colour);
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%.1f,%.1f ", x_of(points[i].epoch_insns), y_of(value(&points[i])));
    fprintf(out, "'/>\n");
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "<circle cx='%.1f' cy='%.1f' r='3' fill='%s'><title>%.3f</title></circle>\n",
                x_of(points[i].epoch_insns), y_of(value(&points[i])), colour, value(&points[i]));
    fprintf(out, "<text x='%d' y='%.1f' fill='%s' text-anchor='end'>%s</text>\n", WIDTH - RIGHT - 8, TOP + 18 * line,
            colour, name);
}

static double host_of(const struct plot_point *point)
{
    return point->ratio_host;
}

static double busier_of(const struct plot_point *point)
{
    return point->ratio_busier;
}

struct plot {
    const struct plot_point *points;
    unsigned count;
};

static void draw(FILE *out, const void *what)
{
    const struct plot *plot = what;
    fprintf(out,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>\n"
            "<rect width='100%%' height='100%%' fill='white'/>\n",
            WIDTH, HEIGHT);
    draw_axes(out);
    draw_paper(out);
    draw_series(out, plot->points, plot->count, "#06c", "Understudy, time", host_of, 1);
    draw_series(out, plot->points, plot->count, "#c40", "Understudy, processor time of the busier computer", busier_of,
                2);
    fprintf(out, "</svg>\n");
}

bool plot_save(const char *path, const struct plot_point *points, unsigned count, struct error *error)
{
    return file_print_whole(path, draw, &(struct plot){points, count}, error);
}
