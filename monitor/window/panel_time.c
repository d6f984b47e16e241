/* panel_time.c - the last epochs of the computers on one time line: bars (live full, suppressed hatched), messages and
 * acknowledgements as arrows, outputs and deliveries as marks, and what the operator was told; below it the whole run,
 * in which one drags the cursor. See panels.h.
 *
 * Time is not to scale where nothing happens: between two things it takes no more room than three usual epochs.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/vtime.h"
#include "monitor/view/timeline.h"
#include "monitor/window/keys.h"
#include "monitor/window/panels.h"

enum {
    LONGEST_GAP = 3,
    MARGIN = 8,
    LINES_LEAST = 8,
    INDENT = 3,      /* letters, before what the operator was told */
    TOLD_SHARE = 40, /* of a hundred lines so many are for its words */
};

/* When a moment is, and how much room lies before it. */
struct tick {
    uint64_t time_ps, weight;
};

/* What the operator was told: an upright line with a letter, and of the last ones the words below. */
struct told {
    const struct timeline_event *event;
    int x, letter_x;
    int lines;   /* so many the words take */
    bool spoken; /* they have room */
};

struct drawing {
    struct scene *scene;
    const struct monitor *monitor;
    struct timeline line;
    VEC(struct tick) ticks;
    struct scene_rect rect;
    VEC(struct told) told;
    int lane[2], bar;
    unsigned epochs;
    int told_y; /* the words of what the operator was told begin here */
};

/* ---- where a moment lies ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The usual length of an epoch, and that of anything if there is none. */
static uint64_t usual_ps(const struct drawing *d)
{
    const struct system_config *config = &d->monitor->options.config;
    return config->epoch_insns * (PS_PER_S / config->settings.clock_hz) + 1;
}

static void make_ticks(struct drawing *d)
{
    VEC(uint64_t) times = {0};
    uint64_t most = usual_ps(d) * LONGEST_GAP, before = d->line.begin_ps, weight = 0;
    *VEC_PUSH(&times) = d->line.begin_ps;
    *VEC_PUSH(&times) = d->line.end_ps;
    for (size_t i = 0; i < d->line.events.count; i++)
        *VEC_PUSH(&times) = d->line.events.at[i].time_ps;
    qsort(times.at, times.count, sizeof *times.at, by_value);
    for (size_t i = 0; i < times.count; i++) {
        uint64_t gap = times.at[i] - before;
        weight += gap < most ? gap : most;
        before = times.at[i];
        *VEC_PUSH(&d->ticks) = (struct tick){before, weight};
    }
    VEC_FREE(&times);
}

static int place(const struct drawing *d, uint64_t time_ps)
{
    uint64_t all = d->ticks.at[d->ticks.count - 1].weight + 1, room = (uint64_t)(d->rect.width - 2 * MARGIN);
    size_t low = 0, high = d->ticks.count - 1; /* the first tick at or behind it */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (d->ticks.at[middle].time_ps < time_ps)
            low = middle + 1;
        else
            high = middle;
    }
    uint64_t weight = d->ticks.at[low].weight;
    if (low && d->ticks.at[low].time_ps > time_ps) { /* between two: as far behind the first as it is, if that fits */
        uint64_t behind = d->ticks.at[low - 1].weight + (time_ps - d->ticks.at[low - 1].time_ps);
        weight = behind < weight ? behind : weight;
    }
    return d->rect.x + MARGIN + (int)((unsigned __int128)weight * room / all);
}

/* ---- what is drawn ---- */

static void draw_epoch(const struct drawing *d, unsigned computer, uint64_t epoch, uint64_t begin_ps, uint64_t end_ps)
{
    bool live = timeline_serves(d->monitor, computer, begin_ps);
    int x = place(d, begin_ps), width = place(d, end_ps) - x;
    scene_shape(d->scene, live ? SCENE_FILL : SCENE_HATCH, live ? COLOUR_LIVE : COLOUR_BACKUP, x, d->lane[computer],
                width > 2 ? width - 1 : 1, d->bar);
    int cell = d->scene->cell_width, high = d->scene->cell_height, digits = snprintf(NULL, 0, "%" PRIu64, epoch);
    int y = d->lane[computer] + (d->bar - high) / 2;
    if (digits < width / cell && !live)
        scene_shape(d->scene, SCENE_FILL, COLOUR_PANEL, x + 2, y, digits * cell + 4, high);
    if (digits < width / cell)
        scene_mark(d->scene, live ? COLOUR_PANEL : COLOUR_BACKUP, x + 4, y, digits, "%" PRIu64, epoch);
    scene_say(d->scene, "computer %u: epoch %" PRIu64 ", %s", monitor_number(d->monitor, computer), epoch,
              live ? "live" : "suppressed");
}

static void draw_epochs(const struct drawing *d, unsigned computer)
{
    uint64_t begin = 0, epoch = 0;
    bool open = false;
    for (size_t i = 0; i < d->line.events.count; i++) {
        const struct timeline_event *event = &d->line.events.at[i];
        if (event->kind != TIMELINE_DID || event->computer != computer)
            continue;
        if (event->row->kind == CHRONICLE_BEGINS) {
            begin = event->time_ps;
            epoch = event->row->epoch;
            open = true;
        } else if (event->row->kind == CHRONICLE_ENDS && open) {
            draw_epoch(d, computer, epoch, begin, event->time_ps);
            open = false;
        }
    }
    uint64_t now = computer_time_ps(d->monitor->system, computer);
    if (open && now > begin)
        draw_epoch(d, computer, epoch, begin, now < d->line.end_ps ? now : d->line.end_ps);
}

static void draw_message(const struct drawing *d, const struct timeline_event *event)
{
    unsigned from = event->computer, to = 1 - from;
    int above = d->lane[0] + d->bar, below = d->lane[1], y = from ? below : above,
        height = from ? above - below : below - above;
    char name[64];
    uint64_t arrival;
    enum message_fate fate = chronicle_fate(d->monitor->system, from, event->row, d->line.end_ps, &arrival);
    int x = place(d, event->time_ps);
    message_name(event->row, name, sizeof name);
    if (event->row->message_class == MESSAGE_INTERRUPT) { /* it is buffered at that moment, too */
        scene_shape(d->scene, SCENE_OUTLINE, COLOUR_FOCUS, x - 2, from ? below : above - d->bar / 4, 5, d->bar / 4);
        scene_say(d->scene, "computer %u: %s is buffered until its epoch's end", from + 1, name);
    }
    if (event->arrival_ps == UINT64_MAX) {
        scene_shape(d->scene, SCENE_DASHES, COLOUR_FAILED, x, y, 6, height / 3);
        scene_say(d->scene, "%s from computer %u %s", name, from + 1, fate == FATE_LOST ? "is lost" : "waits");
        return;
    }
    int arrives = place(d, event->arrival_ps < d->line.end_ps ? event->arrival_ps : d->line.end_ps);
    scene_shape(d->scene, SCENE_ARROW, COLOUR_MESSAGE, x, y, arrives - x, height);
    uint64_t back = event->arrival_ps + (event->arrival_ps - event->time_ps);
    if (fate == FATE_ACKNOWLEDGED)
        scene_shape(d->scene, SCENE_DASHES, COLOUR_QUIET, arrives, y + height,
                    place(d, back < d->line.end_ps ? back : d->line.end_ps) - arrives, -height);
    scene_say(d->scene, "%s from computer %u to computer %u%s", name, from + 1, to + 1,
              fate == FATE_ACKNOWLEDGED ? ", acknowledged"
              : fate == FATE_UNDER_WAY  ? ", under way"
                                        : ", received");
}

/* Acknowledgements are awaited, before an output or an epoch's end: a broken line along the outer side of a lane. */
static void draw_wait(const struct drawing *d, const struct timeline_event *event)
{
    uint64_t until = event->row->arrival_ps < d->line.end_ps ? event->row->arrival_ps : d->line.end_ps;
    int x = place(d, event->time_ps), width = place(d, until) - x;
    char text[96];
    timeline_describe(d->monitor, event, text, sizeof text);
    scene_shape(d->scene, SCENE_DASHES, COLOUR_FAILED, x, event->computer ? d->lane[1] + d->bar : d->lane[0] - 1,
                width > 1 ? width : 1, 0);
    scene_say(d->scene, "computer %u, epoch %" PRIu64 ": %s", monitor_number(d->monitor, event->computer),
              event->row->epoch, text);
}

/* Outputs on the outer side of a lane: performed upright and full, suppressed and held as a frame; deliveries inside.
 */
static void draw_mark(const struct drawing *d, const struct timeline_event *event)
{
    static const struct {
        const char *what;
        enum scene_kind kind;
        enum scene_colour colour;
    } marks[] = {
        [CHRONICLE_DELIVERED] = {"what was buffered is delivered", SCENE_FILL, COLOUR_FOCUS},
        [CHRONICLE_APPLIED] = {"a checkpoint is applied", SCENE_FILL, COLOUR_FOCUS},
        [CHRONICLE_ISSUED] = {"a disk command is issued", SCENE_FILL, COLOUR_LIVE},
        [CHRONICLE_PERFORMED] = {"a disk command is performed", SCENE_FILL, COLOUR_LIVE},
        [CHRONICLE_SUPPRESSED] = {"a disk command is suppressed", SCENE_OUTLINE, COLOUR_BACKUP},
        [CHRONICLE_SHOWN] = {"the terminal shows", SCENE_FILL, COLOUR_TEXT},
        [CHRONICLE_HELD] = {"output for the terminal is held", SCENE_OUTLINE, COLOUR_BACKUP},
        [CHRONICLE_SPEED] = {"the virtual processor's speed changes", SCENE_FILL, COLOUR_TEXT},
    };
    enum chronicle_kind kind = event->row->kind;
    if (kind >= sizeof marks / sizeof marks[0] || !marks[kind].what)
        return;
    bool inside = kind == CHRONICLE_DELIVERED || kind == CHRONICLE_APPLIED;
    int x = place(d, event->time_ps), high = d->bar / 2;
    int outside = event->computer ? d->lane[1] + d->bar + 2 : d->lane[0] - 2 - high;
    scene_shape(d->scene, marks[kind].kind, marks[kind].colour, x - 1, inside ? d->lane[event->computer] : outside,
                inside ? 2 : 4, inside ? d->bar / 4 : high);
    if (!inside)
        scene_say(d->scene, "computer %u, epoch %" PRIu64 ": %s", monitor_number(d->monitor, event->computer),
                  event->row->epoch, marks[kind].what);
}

/* ---- what the operator was told ---- */

/* The words of TOLD are SIZE letters of TEXT: without the rule and the paper behind them, which the prompt has. */
static const char *words_of(const struct told *told, char text[512], size_t *size)
{
    int length =
        snprintf(text, 512, "computer %u: %.*s", told->event->computer + 1, (int)told->event->size, told->event->text);
    *size = length < 512 ? (size_t)length : 511;
    char *cited = text[*size - 1] == ']' ? strrchr(text, '[') : NULL;
    if (cited && cited > text + 1 && cited[-1] == ' ')
        *size = (size_t)(cited - 1 - text);
    return text;
}

/* How many letters of TEXT are in its next line, of ROOM letters at most: whole words, if it has one that fits. */
static size_t line_of(const char *text, size_t size, size_t room)
{
    size_t at = room;
    if (size <= room)
        return size;
    while (at && text[at] != ' ')
        at--;
    return at ? at : room;
}

static size_t told_columns(const struct drawing *d)
{
    int columns = scene_columns(d->scene, d->rect) - INDENT - 1;
    return columns > 1 ? (size_t)columns : 1;
}

/* At most MOST. */
static int count_lines(const struct drawing *d, const struct told *told, int most)
{
    char text[512];
    size_t size, columns = told_columns(d);
    int lines = 0;
    const char *at = words_of(told, text, &size);
    for (size_t used; size && lines < most; at += used, size -= used, lines++) {
        used = line_of(at, size, columns);
        used += used < size && at[used] == ' ';
    }
    return lines;
}

/* Their letters stand beside each other, none beyond the right edge; the words of the last ones have room below.
 * Returns how many lines they take. */
static int take_told(struct drawing *d)
{
    int cell = d->scene->cell_width, left = 0, right = d->rect.x + d->rect.width - MARGIN;
    int room = scene_lines(d->scene, d->rect) * TOLD_SHARE / 100 + 1, lines = 0;
    for (size_t i = 0; i < d->line.events.count; i++) {
        const struct timeline_event *event = &d->line.events.at[i];
        if (event->kind != TIMELINE_TOLD)
            continue;
        struct told *told = VEC_PUSH(&d->told);
        *told = (struct told){.event = event, .x = place(d, event->time_ps)};
        told->letter_x = told->x + 3 > left ? told->x + 3 : left;
        left = told->letter_x + cell;
        told->lines = count_lines(d, told, room);
    }
    for (size_t i = d->told.count; i-- > 0; right -= cell)
        if (d->told.at[i].letter_x + cell > right)
            d->told.at[i].letter_x = right - cell;
    for (size_t i = d->told.count; i-- > 0 && lines + d->told.at[i].lines <= room;) {
        d->told.at[i].spoken = true;
        lines += d->told.at[i].lines;
    }
    return lines;
}

static void draw_words(const struct drawing *d, const struct told *told, char letter, int y)
{
    char text[512];
    size_t size, columns = told_columns(d);
    int x = d->rect.x + MARGIN;
    const char *at = words_of(told, text, &size);
    scene_mark(d->scene, COLOUR_FAILED, x, y, 1, "%c", letter);
    for (int line = 0; line < told->lines; line++, y += d->scene->cell_height) {
        size_t used = line_of(at, size, columns);
        scene_text_at(d->scene, COLOUR_FAILED, x + INDENT * d->scene->cell_width, y, (int)columns, "%.*s", (int)used,
                      at);
        used += used < size && at[used] == ' ';
        at += used;
        size -= used;
    }
}

static void draw_told(const struct drawing *d)
{
    int cell = d->scene->cell_height, y = d->told_y;
    for (size_t i = 0; i < d->told.count; i++) {
        const struct told *told = &d->told.at[i];
        char letter = (char)('a' + i % 26);
        scene_shape(d->scene, SCENE_DASHES, COLOUR_FAILED, told->x, d->rect.y + cell, 0, d->told_y - d->rect.y - cell);
        scene_mark(d->scene, COLOUR_FAILED, told->letter_x, d->rect.y + cell, 1, "%c", letter);
        if (!told->spoken) {
            char text[512];
            size_t size;
            const char *words = words_of(told, text, &size);
            scene_say(d->scene, "%.*s", (int)size, words);
            continue;
        }
        draw_words(d, told, letter, y);
        y += told->lines * cell;
    }
}

/* ---- all of it ---- */

/* Which computer a lane is of, and with the first one what part of time that is: not crossed by the lines of what the
 * operator was told. */
static void draw_label(const struct drawing *d, unsigned computer, int y)
{
    static const char *const ends[] = {[CONDITION_FAILED] = "failed", [CONDITION_FENCED] = "fenced off"};
    const struct timeline *line = &d->line;
    enum condition condition = computer_condition(d->monitor->system, computer);
    bool ended = condition == CONDITION_FAILED || condition == CONDITION_FENCED;
    char when[80] = "", text[160];
    if (!computer)
        snprintf(when, sizeof when, "; the last %u epochs, %" PRIu64 ".%09" PRIu64 " to %" PRIu64 ".%09" PRIu64 " s",
                 d->epochs, line->begin_ps / PS_PER_S, line->begin_ps % PS_PER_S / 1000, line->end_ps / PS_PER_S,
                 line->end_ps % PS_PER_S / 1000);
    int letters = snprintf(text, sizeof text, "computer %u, %s%s", monitor_number(d->monitor, computer),
                           ended ? ends[condition] : monitor_name(d->monitor, computer), when);
    int most = scene_columns(d->scene, d->rect) - 1;
    letters = letters < most ? letters : most;
    scene_shape(d->scene, SCENE_FILL, COLOUR_PANEL, d->rect.x + MARGIN, y, letters * d->scene->cell_width,
                d->scene->cell_height);
    scene_text_at(d->scene, COLOUR_QUIET, d->rect.x + MARGIN, y, letters, "%s", text);
}

static void draw(struct drawing *d)
{
    unsigned computers = system_computers(d->monitor->system);
    int told_lines = take_told(d), cell = d->scene->cell_height;
    int room = d->rect.height - told_lines * cell - 2 * MARGIN; /* for all that is above the words */
    d->told_y = d->rect.y + d->rect.height - told_lines * cell - MARGIN / 2;
    d->bar = room / 8 > cell + 2 ? room / 8 : cell + 2;
    d->lane[0] = d->rect.y + 2 * cell + MARGIN + d->bar / 2;
    d->lane[1] = d->rect.y + room - cell - d->bar - d->bar / 2 - 4;
    if (computers == 1)
        d->bar = room / 3 > d->bar ? room / 3 : d->bar;
    for (unsigned i = 0; i < computers; i++)
        draw_epochs(d, i);
    for (size_t i = 0; i < d->line.events.count; i++) {
        const struct timeline_event *event = &d->line.events.at[i];
        if (event->kind != TIMELINE_DID)
            continue;
        if (event->row->kind == CHRONICLE_SENT && computers == 2)
            draw_message(d, event);
        else if (event->row->kind == CHRONICLE_AWAITS)
            draw_wait(d, event);
        else
            draw_mark(d, event);
    }
    draw_told(d);
    draw_label(d, 0, d->rect.y + MARGIN / 2);
    if (computers == 2)
        draw_label(d, 1, d->lane[1] + d->bar + d->bar / 2 + 4);
}

void panel_time(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    struct drawing d = {.scene = scene, .monitor = monitor, .rect = rect, .epochs = view->epochs};
    scene_region(scene, rect, "time line");
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    if (monitor->options.config.mode == MODE_BARE) {
        scene_text(scene, COLOUR_QUIET, 1, 0, "a bare computer has no epochs: 'system --mode pair' has two that have");
        return;
    }
    timeline_take(&d.line, monitor, &(struct timeline_range){.epochs = view->epochs}, false);
    if (scene_lines(scene, rect) > LINES_LEAST) {
        make_ticks(&d);
        draw(&d);
        VEC_FREE(&d.told);
        VEC_FREE(&d.ticks);
    } else {
        scene_text(scene, COLOUR_QUIET, 1, 0, "too low for a time line");
    }
    timeline_free(&d.line);
}

void panel_run(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    uint64_t here = computer_epoch(monitor->system, monitor->focus);
    uint64_t all = view->furthest_epoch > here ? view->furthest_epoch : here;
    int room = rect.width - 2 * MARGIN, x = rect.x + MARGIN, y = rect.y + rect.height / 2;
    scene_region(scene, rect, REGION_RUN);
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    if (monitor->node) {
        scene_text_at(scene, COLOUR_TEXT, x, y - scene->cell_height / 2, scene_columns(scene, rect) - 1,
                      "epoch %" PRIu64 ". %s", here, window_no_way_back);
        return;
    }
    scene_shape(scene, SCENE_FILL, COLOUR_QUIET, x, y - 2, room, 4);
    int at = x + (all ? (int)((unsigned __int128)here * (unsigned)room / all) : 0);
    scene_shape(scene, SCENE_FILL, COLOUR_FOCUS, at - 3, rect.y + 2, 6, rect.height - 4);
    /* Words in the line, on the side where the cursor is not. */
    char text[80];
    int letters = snprintf(text, sizeof text, "epoch %" PRIu64 " of %" PRIu64 ": drag to go there", here, all);
    int width = (letters + 2) * scene->cell_width, from = at < x + room / 2 ? x + room * 3 / 4 : x + room / 4;
    if (2 * width > room) {
        scene_say(scene, "%s", text);
        return;
    }
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, from - width / 2, rect.y, width, rect.height);
    scene_text_at(scene, COLOUR_QUIET, from - width / 2 + scene->cell_width, y - scene->cell_height / 2, letters, "%s",
                  text);
}
