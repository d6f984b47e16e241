/* timeline_draw.c - the time line as a drawing (see timeline.h): time from left to right, a lane for each computer with
 * its epochs as bars, messages as arrows between the lanes, outputs as marks on the outer sides, and what the operator
 * was told - failures, detection, promotion - as upright lines with their text.
 *
 * Scale: an epoch of usual length is EPOCH_WIDTH wide; a time in which nothing happens takes GAP_WIDTH at most, with a
 * break in the line where it was longer.
 */
#include "monitor/view/timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ft/hosts.h"

enum {
    /* In tenths of a pixel. */
    EPOCH_WIDTH = 900,
    GAP_WIDTH = 1200,
    MARGIN = 400,
    LANE_FIRST = 1400, /* the upper edge of a lane */
    LANE_SECOND = 3600,
    BAR = 280,
    BELOW = LANE_SECOND + BAR + 500, /* rows of processors, then the lines of what the operator was told */
    PROCESSOR_ROW = 240,
    SLICE = 160,
    VM_COLOURS = 8,
    TOLD_LINE = 150,
    CHARACTER = 68, /* as wide as one may be */
    LEGEND_WIDTH = 8200,
};

/* A moment, and where it lies. */
struct tick {
    uint64_t time_ps, x;
    bool breaks; /* time was left out before it */
};

struct drawing {
    FILE *out;
    const struct timeline *timeline;
    const struct monitor *monitor;
    VEC(struct tick) ticks;
    uint64_t width;
    unsigned told;       /* lines that the operator was told */
    unsigned processors; /* of each computer, that have rows */
    uint64_t scale_ps;   /* this long is EPOCH_WIDTH wide */
};

static void put(FILE *out, const char *attribute, uint64_t tenths)
{
    fprintf(out, " %s=\"%" PRIu64 ".%" PRIu64 "\"", attribute, tenths / 10, tenths % 10);
}

static void put_text(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '<' || c == '&')
            fputs(c == '<' ? "&lt;" : "&amp;", out);
        else
            fputc(c < 0x20 || c >= 0x7F ? '?' : c, out);
    }
}

/* ---- where a moment lies ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The usual length of an epoch: the median. */
static uint64_t usual_epoch_ps(const struct timeline *timeline)
{
    VEC(uint64_t) lengths = {0};
    uint64_t began[2] = {0};
    for (size_t i = 0; i < timeline->events.count; i++) {
        const struct timeline_event *event = &timeline->events.at[i];
        if (event->kind != TIMELINE_DID)
            continue;
        if (event->row->kind == CHRONICLE_BEGINS)
            began[event->computer] = event->time_ps;
        else if (event->row->kind == CHRONICLE_ENDS && began[event->computer] &&
                 event->time_ps > began[event->computer])
            *VEC_PUSH(&lengths) = event->time_ps - began[event->computer];
    }
    if (lengths.count)
        qsort(lengths.at, lengths.count, sizeof *lengths.at, by_value);
    uint64_t usual = lengths.count ? lengths.at[lengths.count / 2] : 20000000;
    VEC_FREE(&lengths);
    return usual;
}

static uint64_t width_of(const struct drawing *drawing, uint64_t ps)
{
    return (uint64_t)((unsigned __int128)ps * EPOCH_WIDTH / drawing->scale_ps);
}

static void place_ticks(struct drawing *drawing)
{
    const struct timeline *timeline = drawing->timeline;
    uint64_t x = MARGIN * 4, before = timeline->begin_ps;
    drawing->scale_ps = usual_epoch_ps(timeline);
    for (size_t i = 0; i <= timeline->events.count; i++) {
        uint64_t time = i < timeline->events.count ? timeline->events.at[i].time_ps : timeline->end_ps;
        if (time < before)
            time = before;
        uint64_t width = width_of(drawing, time - before);
        bool breaks = width > GAP_WIDTH;
        x += breaks ? GAP_WIDTH : width;
        *VEC_PUSH(&drawing->ticks) = (struct tick){time, x, breaks};
        before = time;
    }
    drawing->width = x + MARGIN * 2 > LEGEND_WIDTH ? x + MARGIN * 2 : LEGEND_WIDTH;
    for (size_t i = 0; i < timeline->events.count; i++) {
        const struct timeline_event *event = &timeline->events.at[i];
        uint64_t end = event->kind == TIMELINE_TOLD ? drawing->ticks.at[i].x + event->size * CHARACTER + MARGIN : 0;
        drawing->width = end > drawing->width ? end : drawing->width;
        drawing->told += event->kind == TIMELINE_TOLD;
    }
}

static uint64_t x_of(const struct drawing *drawing, uint64_t time_ps)
{
    size_t low = 0, high = drawing->ticks.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (drawing->ticks.at[middle].time_ps < time_ps)
            low = middle + 1;
        else
            high = middle;
    }
    const struct tick *next = &drawing->ticks.at[low < drawing->ticks.count ? low : drawing->ticks.count - 1];
    if (low == 0 || next->time_ps <= time_ps)
        return next->x;
    uint64_t x = next[-1].x + width_of(drawing, time_ps - next[-1].time_ps); /* between two moments */
    return x < next->x ? x : next->x;
}

/* The upper edge of the row of PROCESSOR of COMPUTER. */
static unsigned row_of(const struct drawing *drawing, unsigned computer, unsigned processor)
{
    return BELOW + (computer * drawing->processors + processor) * PROCESSOR_ROW;
}

/* Below the rows: the first line of what the operator was told. */
static unsigned told_first(const struct drawing *drawing)
{
    return row_of(drawing, system_computers(drawing->monitor->system), 0);
}

static uint64_t lane(unsigned computer)
{
    return computer ? LANE_SECOND : LANE_FIRST;
}

/* ---- what is drawn ---- */

static void draw_lanes(const struct drawing *drawing)
{
    FILE *out = drawing->out;
    for (unsigned i = 0; i < system_computers(drawing->monitor->system); i++) {
        fprintf(out, "<text x=\"8\"");
        put(out, "y", lane(i) + BAR * 2 / 3);
        fprintf(out, ">computer %u</text>\n<path class=\"lane\" d=\"M %d %" PRIu64 " H %" PRIu64 "\"/>\n", i + 1,
                MARGIN * 4 / 10, (lane(i) + BAR / 2) / 10, drawing->width / 10);
    }
    for (size_t i = 0; i < drawing->ticks.count; i++) {
        const struct tick *tick = &drawing->ticks.at[i];
        if (!tick->breaks)
            continue;
        uint64_t x = (tick->x - GAP_WIDTH / 2) / 10;
        fprintf(out, "<path class=\"break\" d=\"M %" PRIu64 " %d l 4 -8 M %" PRIu64 " %d l 4 -8\"/>\n", x,
                (LANE_FIRST + BAR) / 10, x + 4, (LANE_FIRST + BAR) / 10);
    }
}

static void draw_bar(const struct drawing *drawing, unsigned computer, uint64_t epoch, uint64_t from_ps, uint64_t to_ps)
{
    FILE *out = drawing->out;
    uint64_t x = x_of(drawing, from_ps), end = x_of(drawing, to_ps);
    bool live = timeline_serves(drawing->monitor, computer, from_ps);
    fprintf(out, "<rect class=\"epoch%u%s\"", (unsigned)(epoch % 2), live ? "" : " suppressed");
    put(out, "x", x);
    put(out, "y", lane(computer));
    put(out, "width", end > x ? end - x : 1);
    put(out, "height", BAR);
    fprintf(out, "><title>epoch %" PRIu64 "%s</title></rect>\n", epoch, live ? "" : ", suppressed");
    if (end - x < EPOCH_WIDTH / 3)
        return;
    fprintf(out, "<text class=\"number\"");
    put(out, "x", (x + end) / 2);
    put(out, "y", lane(computer) + BAR * 2 / 3);
    fprintf(out, ">%" PRIu64 "</text>\n", epoch);
}

/* Between an epoch's end and the next one's beginning the monitor waits, sends and delivers. */
static void draw_wait(const struct drawing *drawing, unsigned computer, uint64_t from_ps, uint64_t to_ps)
{
    FILE *out = drawing->out;
    uint64_t x = x_of(drawing, from_ps), end = x_of(drawing, to_ps);
    if (end < x + 10)
        return;
    fprintf(out, "<rect class=\"wait\"");
    put(out, "x", x);
    put(out, "y", lane(computer) + BAR / 3);
    put(out, "width", end - x);
    put(out, "height", BAR / 3);
    fprintf(out, "><title>waits</title></rect>\n");
}

static void draw_epochs(const struct drawing *drawing)
{
    const struct chronicle_row *open[2] = {0};
    uint64_t ended[2] = {0};
    for (size_t i = 0; i < drawing->timeline->events.count; i++) {
        const struct timeline_event *event = &drawing->timeline->events.at[i];
        if (event->kind != TIMELINE_DID)
            continue;
        const struct chronicle_row *begins = open[event->computer];
        if (event->row->kind == CHRONICLE_BEGINS && ended[event->computer])
            draw_wait(drawing, event->computer, ended[event->computer], event->time_ps);
        ended[event->computer] = event->row->kind == CHRONICLE_ENDS     ? event->time_ps
                                 : event->row->kind == CHRONICLE_BEGINS ? 0
                                                                        : ended[event->computer];
        if (event->row->kind == CHRONICLE_BEGINS)
            open[event->computer] = event->row;
        if (event->row->kind != CHRONICLE_ENDS)
            continue;
        draw_bar(drawing, event->computer, event->row->epoch, begins ? begins->time_ps : drawing->timeline->begin_ps,
                 event->time_ps); /* one that began before is drawn from the edge on */
        open[event->computer] = NULL;
    }
    for (unsigned i = 0; i < system_computers(drawing->monitor->system); i++)
        if (open[i])
            draw_bar(drawing, i, open[i]->epoch, open[i]->time_ps, computer_time_ps(drawing->monitor->system, i));
}

static void draw_message(const struct drawing *drawing, const struct timeline_event *event)
{
    FILE *out = drawing->out;
    char name[64];
    bool down = event->computer == 0;
    uint64_t from_y = lane(event->computer) + (down ? BAR : 0), to_y = lane(1 - event->computer) + (down ? 0 : BAR);
    bool arrives = event->arrival_ps != UINT64_MAX;
    uint64_t x = x_of(drawing, event->time_ps), to_x = arrives ? x_of(drawing, event->arrival_ps) : x + 100;
    if (!arrives) /* it waits, or is lost: half the way */
        to_y = (from_y + to_y) / 2;
    message_name(event->row, name, sizeof name);
    fprintf(out, "<line class=\"%s\" marker-end=\"url(#arrow)\"",
            event->row->message_class == MESSAGE_HEARTBEAT ? "heartbeat"
            : arrives                                      ? "message"
                                                           : "lost");
    put(out, "x1", x);
    put(out, "y1", from_y);
    put(out, "x2", to_x);
    put(out, "y2", to_y);
    fprintf(out, "><title>%s</title></line>\n", name);
    uint64_t back =
        arrives ? chronicle_acknowledged_ps(drawing->monitor->system, event->computer, event->arrival_ps) : UINT64_MAX;
    if (back > drawing->timeline->to_ps || event->row->message_class == MESSAGE_HEARTBEAT)
        return;
    fprintf(out, "<line class=\"ack\"");
    put(out, "x1", to_x);
    put(out, "y1", to_y);
    put(out, "x2", x_of(drawing, back));
    put(out, "y2", from_y);
    fprintf(out, "><title>acknowledgement of %s</title></line>\n", name);
}

/* Outputs: a mark on the outer side of the lane, hollow if the backup keeps it back. */
static void draw_output(const struct drawing *drawing, const struct timeline_event *event)
{
    FILE *out = drawing->out;
    enum chronicle_kind kind = event->row->kind;
    bool terminal = kind == CHRONICLE_SHOWN || kind == CHRONICLE_HELD;
    uint64_t y = event->computer ? lane(1) + BAR + 100 : lane(0) - 100;
    fprintf(out, "<circle class=\"%s%s\" r=\"%s\"", terminal ? "terminal" : "disk",
            kind == CHRONICLE_HELD || kind == CHRONICLE_SUPPRESSED ? " kept" : "",
            kind == CHRONICLE_PERFORMED ? "5" : "3");
    put(out, "cx", x_of(drawing, event->time_ps));
    put(out, "cy", y);
    char name[200];
    if (terminal ||
        !computer_operation(drawing->monitor->system, event->computer, event->row->number, name, sizeof name))
        snprintf(name, sizeof name, "%s %" PRIu64, terminal ? "terminal byte" : "disk command", event->row->number);
    fprintf(out, "><title>%s%s</title></circle>\n", name, kind == CHRONICLE_PERFORMED ? " (performed)" : "");
}

static void draw_told(const struct drawing *drawing, const struct timeline_event *event, unsigned *row)
{
    FILE *out = drawing->out;
    uint64_t x = x_of(drawing, event->time_ps) / 10;
    unsigned y = (told_first(drawing) + *row * TOLD_LINE) / 10;
    ++*row;
    fprintf(out, "<path class=\"told\" d=\"M %" PRIu64 " %" PRIu64 " V %u\"/>\n<text x=\"%" PRIu64 "\" y=\"%u\">", x,
            lane(event->computer) / 10 - 20, y, x + 4, y);
    put_text(out, event->text, event->size);
    fprintf(out, "</text>\n");
}

static void draw_head(const struct drawing *drawing)
{
    fprintf(
        drawing->out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%" PRIu64 "\" height=\"%d\">\n"
        "<style>\n"
        "  text { font: 12px sans-serif } .number { text-anchor: middle; font-size: 10px }\n"
        "  .suppressed { fill-opacity: 0.35; stroke: #9ec5e8; stroke-dasharray: 3 }\n"
        "  .wait { fill: #f0ad4e } .ack { stroke: #2a6d2a; stroke-dasharray: 1 3 } .told-of { font-style: italic }\n"
        "  .epoch0 { fill: #9ec5e8 } .epoch1 { fill: #cfe2f3 } .lane, .break { stroke: #888; fill: none }\n"
        "  .message { stroke: #2a6d2a } .heartbeat { stroke: #ccc } .lost { stroke: #c00; stroke-dasharray: 3 }\n"
        "  .told { stroke: #c00; stroke-dasharray: 4 2; fill: none }\n"
        "  .vm0 { fill: #9ec5e8 } .vm1 { fill: #f6b26b } .vm2 { fill: #93c47d } .vm3 { fill: #c27ba0 }\n"
        "  .vm4 { fill: #ffd966 } .vm5 { fill: #8e7cc3 } .vm6 { fill: #76a5af } .vm7 { fill: #b7b7b7 }\n"
        "  .failed { stroke: #c00; stroke-width: 3; fill: none } .saved { fill: #2a6d2a } .moved { stroke: #c00 }\n"
        "  .disk { fill: #b45f06 } .terminal { fill: #351c75 } .kept { fill: none; stroke: #666 }\n"
        "</style>\n"
        "<defs><marker id=\"arrow\" markerWidth=\"6\" markerHeight=\"6\" refX=\"5\" refY=\"3\" orient=\"auto\">"
        "<path d=\"M0,0 L6,3 L0,6 z\"/></marker></defs>\n"
        "<text x=\"8\" y=\"20\">From %" PRIu64 ".%03" PRIu64 " to %" PRIu64 ".%03" PRIu64
        " microseconds; times without events are cut short</text>\n",
        drawing->width / 10, (told_first(drawing) + (drawing->told + 2) * TOLD_LINE) / 10,
        drawing->timeline->begin_ps / 1000000, drawing->timeline->begin_ps / 1000 % 1000,
        drawing->timeline->to_ps / 1000000, drawing->timeline->to_ps / 1000 % 1000);
}

/* ---- processors: slices in the virtual machine's colour, a fault, what was saved, where it went on ---- */

static void draw_slice(const struct drawing *drawing, const struct timeline_event *event)
{
    FILE *out = drawing->out;
    const struct chronicle_row *row = event->row;
    uint64_t x = x_of(drawing, row->time_ps), end = x_of(drawing, row->number);
    const char *name = system_vm_name(drawing->monitor->system, event->computer, (unsigned)row->vm);
    fprintf(out, "<rect class=\"slice vm%d\"", row->vm % VM_COLOURS);
    put(out, "x", x);
    put(out, "y", row_of(drawing, event->computer, (unsigned)row->processor));
    put(out, "width", end > x ? end - x : 1);
    put(out, "height", SLICE);
    fprintf(out, "><title>%s</title></rect>\n", name ? name : "?");
}

static void draw_mark(const struct drawing *drawing, const struct timeline_event *event)
{
    FILE *out = drawing->out;
    const struct chronicle_row *row = event->row;
    uint64_t x = x_of(drawing, row->time_ps) / 10, y = row_of(drawing, event->computer, (unsigned)row->processor) / 10;
    char text[96];
    timeline_describe(drawing->monitor, event, text, sizeof text);
    if (row->kind == CHRONICLE_MOVED)
        fprintf(out,
                "<path class=\"moved\" marker-end=\"url(#arrow)\" d=\"M %" PRIu64 " %u L %" PRIu64 " %" PRIu64 "\">", x,
                row_of(drawing, event->computer, (unsigned)row->number) / 10 + SLICE / 20, x, y + SLICE / 20);
    else if (row->kind == CHRONICLE_FAILED)
        fprintf(out, "<path class=\"failed\" d=\"M %" PRIu64 " %" PRIu64 " l 12 16 m 0 -16 l -12 16\">", x - 6, y);
    else
        fprintf(out, "<path class=\"saved\" d=\"M %" PRIu64 " %" PRIu64 " l 5 5 l -5 5 l -5 -5 z\">", x, y + 3);
    fprintf(out, "<title>%s</title></path>\n", text);
}

static void draw_processors(const struct drawing *drawing)
{
    FILE *out = drawing->out;
    for (unsigned i = 0; i < system_computers(drawing->monitor->system); i++)
        for (unsigned n = 0; n < drawing->processors; n++) {
            fprintf(out, "<text x=\"8\"");
            put(out, "y", row_of(drawing, i, n) + SLICE * 2 / 3);
            fprintf(out, ">%u cpu%u</text>\n", i + 1, n);
        }
    for (size_t i = 0; i < drawing->timeline->events.count; i++) {
        const struct timeline_event *event = &drawing->timeline->events.at[i];
        if (event->kind == TIMELINE_DID && event->row->kind == CHRONICLE_SLICE)
            draw_slice(drawing, event);
    }
    for (size_t i = 0; i < drawing->timeline->events.count; i++) {
        const struct timeline_event *event = &drawing->timeline->events.at[i];
        if (event->kind == TIMELINE_DID && event->row->kind > CHRONICLE_SLICE)
            draw_mark(drawing, event);
    }
}

/* Rows for processors where there are several, or several virtual machines. */
static unsigned rows_of(const struct system *system)
{
    struct host_processor processor;
    unsigned count = 0;
    while (system_has_hosts(system) && system_processor(system, 0, count, &processor))
        count++;
    return count;
}

/* What the colours and strokes mean. */
static void draw_legend(const struct drawing *drawing)
{
    static const struct {
        const char *shape, *text;
    } rows[] = {
        {"<rect class=\"epoch0\" x=\"0\" y=\"-9\" width=\"20\" height=\"10\"/>", "live epoch"},
        {"<rect class=\"epoch0 suppressed\" x=\"0\" y=\"-9\" width=\"20\" height=\"10\"/>", "suppressed epoch"},
        {"<rect class=\"wait\" x=\"0\" y=\"-6\" width=\"20\" height=\"4\"/>", "waits"},
        {"<line class=\"message\" x1=\"0\" y1=\"-4\" x2=\"20\" y2=\"-4\"/>", "message"},
        {"<line class=\"ack\" x1=\"0\" y1=\"-4\" x2=\"20\" y2=\"-4\"/>", "acknowledgement"},
        {"<line class=\"lost\" x1=\"0\" y1=\"-4\" x2=\"20\" y2=\"-4\"/>", "lost, or waiting"},
        {"<circle class=\"disk\" r=\"4\" cx=\"10\" cy=\"-4\"/>", "disk command (large: performed)"},
        {"<circle class=\"terminal\" r=\"4\" cx=\"10\" cy=\"-4\"/>", "terminal (hollow: kept back)"},
    };
    enum { ROWS = sizeof rows / sizeof rows[0], A_LINE = 4, WIDTH = 200 };
    for (unsigned i = 0; i < ROWS; i++)
        fprintf(drawing->out, "<g transform=\"translate(%u %u)\">%s<text x=\"26\">%s</text></g>\n",
                8 + i % A_LINE * WIDTH, 42 + i / A_LINE * 18, rows[i].shape, rows[i].text);
}

void timeline_draw(FILE *out, const struct timeline *timeline, const struct monitor *monitor)
{
    struct drawing drawing = {.out = out, .timeline = timeline, .monitor = monitor};
    unsigned told = 0;
    drawing.processors = rows_of(monitor->system);
    place_ticks(&drawing);
    draw_head(&drawing);
    draw_legend(&drawing);
    draw_lanes(&drawing);
    draw_epochs(&drawing);
    for (size_t i = 0; i < timeline->events.count; i++) {
        const struct timeline_event *event = &timeline->events.at[i];
        if (event->kind == TIMELINE_TOLD)
            draw_told(&drawing, event, &told);
        else if (event->kind == TIMELINE_DID && event->row->kind == CHRONICLE_SENT)
            draw_message(&drawing, event);
        else if (event->kind == TIMELINE_DID && event->row->kind >= CHRONICLE_ISSUED &&
                 event->row->kind <= CHRONICLE_HELD)
            draw_output(&drawing, event);
    }
    if (drawing.processors)
        draw_processors(&drawing);
    fprintf(out, "</svg>\n");
    VEC_FREE(&drawing.ticks);
}
