/* panel_pair.c - the computers: how each is, where its virtual processor is, what it knows of the other; the disk with
 * what is outstanding there, and the channel. Words of `info` all of them. See panels.h.
 */
#include <inttypes.h>
#include <string.h>

#include "mmu/base/vtime.h"
#include "monitor/session/registers.h"
#include "monitor/window/panels.h"

enum { SHARED_LINES = 5 };

/* Rows of a query, one line each. */
struct rows {
    struct scene *scene;
    int line;
    enum scene_colour colour;
    int end; /* the line behind the last one that may be used */
    bool alive;
};

static void row(void *arg, const char *text)
{
    struct rows *rows = arg;
    if (rows->line < rows->end)
        scene_text(rows->scene, rows->colour, 1, rows->line, "%s", text);
    rows->line++;
}

/* Of what `info monitor` says, what the panel above it has not: what it does with outputs, what it knows of the other;
 * of one that has failed or is fenced off, under which generation it was. */
static void knows(void *arg, const char *text)
{
    static const char *const wanted[] = {"generation", "primary, ",       "backup, ", "awaits ",
                                         "last end ",  "the primary has", "outputs: "};
    const struct rows *rows = arg;
    for (unsigned i = 0; i < (rows->alive ? sizeof wanted / sizeof wanted[0] : 1); i++)
        if (strncmp(text, wanted[i], strlen(wanted[i])) == 0)
            row(arg, text);
}

/* A mark before the name: a full square for who serves, an empty one for who follows, with a small one in it as long as
 * it joins, a cross for who has failed. */
static enum scene_colour mark(struct scene *scene, const struct monitor *monitor, unsigned computer,
                              struct scene_rect rect)
{
    int size = scene->cell_height - 4, x = rect.x + scene->gap + 2, y = rect.y + scene->gap + 2;
    enum condition condition = computer_condition(monitor->system, computer);
    if (condition == CONDITION_FAILED || condition == CONDITION_FENCED) {
        scene_shape(scene, SCENE_LINE, COLOUR_FAILED, x, y, size, size);
        scene_shape(scene, SCENE_LINE, COLOUR_FAILED, x, y + size, size, -size);
        return COLOUR_FAILED;
    }
    bool serves = computer_role(monitor->system, computer) == ROLE_PRIMARY;
    scene_shape(scene, serves ? SCENE_FILL : SCENE_OUTLINE, serves ? COLOUR_LIVE : COLOUR_BACKUP, x, y, size, size);
    if (condition == CONDITION_JOINING)
        scene_shape(scene, SCENE_FILL, COLOUR_BACKUP, x + size / 3, y + size / 3, size / 3, size / 3);
    return serves ? COLOUR_LIVE : COLOUR_BACKUP;
}

static const char *const conditions[] = {[CONDITION_ALIVE] = "",
                                         [CONDITION_JOINING] = ", joins",
                                         [CONDITION_FAILED] = ", has failed",
                                         [CONDITION_FENCED] = ", is fenced off"};

static void computer(struct scene *scene, const struct monitor *monitor, unsigned index, struct scene_rect rect)
{
    struct system *system = monitor->system;
    const struct cpu_state *state = cpu_state(computer_cpu(system, index));
    uint32_t pc = state->iaoq_front & ~UINT32_C(3);
    uint64_t time = computer_time_ps(system, index);
    enum condition condition = computer_condition(system, index);
    char symbol[80], psw[80];
    scene_region(scene, rect, "computer %u", monitor_number(monitor, index));
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    enum scene_colour colour = mark(scene, monitor, index, rect);
    scene_shape(scene, SCENE_FILL, colour, rect.x, rect.y, scene->gap - 1, rect.height);
    scene_text(scene, colour, 4, 0, "computer %u: %s%s", monitor_number(monitor, index), monitor_name(monitor, index),
               conditions[condition]);
    symbols_format(&monitor->symbols, pc, symbol, sizeof symbol);
    psw_format(state->psw, psw, sizeof psw);
    if (computer_epoch(system, index))
        scene_text(scene, COLOUR_TEXT, 1, 1, "epoch %" PRIu64 ", instruction %" PRIu64 ", %" PRIu64 ".%09" PRIu64 " s",
                   computer_epoch(system, index), state->insns, time / PS_PER_S, time % PS_PER_S / 1000);
    else
        scene_text(scene, COLOUR_TEXT, 1, 1, "instruction %" PRIu64 ", %" PRIu64 ".%09" PRIu64 " s", state->insns,
                   time / PS_PER_S, time % PS_PER_S / 1000);
    scene_text(scene, COLOUR_TEXT, 1, 2, "PC %08" PRIx32 " %s  PSW %s", pc, symbol, psw);
    scene_text(scene, COLOUR_TEXT, 1, 3, "V1 %08" PRIx32 ":%08" PRIx32 "  V2 %08" PRIx32, state->v1[0], state->v1[1],
               state->v2);
    bool alive = condition == CONDITION_ALIVE || condition == CONDITION_JOINING;
    struct rows rows = {scene, 4, COLOUR_QUIET, scene_lines(scene, rect), alive};
    if (computer_epoch(system, index))
        computer_show(system, index, SHOW_MONITOR, knows, &rows);
}

/* Of what `info channel` says, how much has been sent, and that it is cut: in one line, behind whose it is. */
struct channel_line {
    char text[256];
};

static void channel_row(void *arg, const char *text)
{
    struct channel_line *line = arg;
    if (!*line->text || strncmp(text, "cut ", 4) == 0)
        snprintf(line->text, sizeof line->text, "%s", text);
}

static void shared(struct scene *scene, const struct monitor *monitor, struct scene_rect rect)
{
    struct system *system = monitor->system;
    unsigned acting = system_acting(system);
    bool pair = system_computers(system) == 2;
    int lines = scene_lines(scene, rect), channels = pair && lines > 3 ? 2 : 0;
    struct rows rows = {scene, 1, COLOUR_TEXT, lines - channels, true};
    scene_region(scene, rect, "disk and channel");
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    scene_text(scene, COLOUR_QUIET, 1, 0, "outstanding at the shared disk");
    if (!computer_outstanding(system, acting, row, &rows))
        row(&rows, "nothing");
    for (int i = 0; i < channels; i++) {
        struct channel_line channel = {""};
        computer_show(system, (unsigned)i, SHOW_CHANNEL, channel_row, &channel);
        scene_text(scene, COLOUR_QUIET, 1, rows.end + i, "channel from %d: %s", i + 1, channel.text);
    }
}

void panel_pair(struct scene *scene, const struct monitor *monitor, struct scene_rect rect)
{
    unsigned count = system_computers(monitor->system);
    int wanted = SHARED_LINES * scene->cell_height + 2 * scene->gap, most = rect.height * 30 / 100;
    int below = wanted < most ? wanted : most, high = (rect.height - below) / (int)count - scene->gap;
    for (unsigned i = 0; i < count; i++)
        computer(scene, monitor, i,
                 (struct scene_rect){rect.x, rect.y + (int)i * (high + scene->gap), rect.width, high});
    shared(scene, monitor, (struct scene_rect){rect.x, rect.y + rect.height - below, rect.width, below});
}
