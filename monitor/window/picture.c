/* picture.c - where each part of the picture lies, its title and its buttons. See panels.h. */
#include "monitor/window/panels.h"

#include <inttypes.h>
#include <string.h>

#include "mmu/base/vtime.h"
#include "monitor/window/keys.h"

enum {
    COLUMNS_FOR_ALL = 90, /* a window with fewer shows one of the three views */
    LINES_FOR_ALL = 30,
};

static void how(const struct monitor *monitor, char *text, size_t size)
{
    static const char *const modes[] = {
        [MODE_BARE] = "one bare computer", [MODE_SOLO] = "one computer", [MODE_PAIR] = "a pair"};
    if (monitor->node)
        snprintf(text, size, "node %u of a live pair", monitor->node);
    else
        snprintf(text, size, "%s", modes[monitor->options.config.mode]);
}

static void title(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    scene_region(scene, rect, "title");
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    if (!monitor->system || !monitor->image_path) {
        scene_text(scene, COLOUR_TEXT, 1, 0, "understudy: no guest is loaded: 'load FILE' does that");
        return;
    }
    uint64_t time = computer_time_ps(monitor->system, monitor->focus);
    const char *slash = strrchr(monitor->image_path, '/'), *name = slash ? slash + 1 : monitor->image_path;
    const char *state = view->runs || monitor->node ? "runs" : monitor->ended ? "has ended" : "stands";
    char where[48];
    how(monitor, where, sizeof where);
    scene_text(scene, COLOUR_TEXT, 1, 0, "%s on %s: %s at %" PRIu64 ".%06" PRIu64 " s%s", name, where, state,
               time / PS_PER_S, time % PS_PER_S / PS_PER_US,
               view->guest_has_keys ? "; the keys are the guest's, F10 takes them back" : "");
}

/* How much of TEXT a line of COLUMNS has, up to a blank if there is one. */
static int line_of(const char *text, int columns)
{
    int length = (int)strlen(text), end = columns;
    if (length <= columns)
        return length;
    while (end > 0 && text[end] != ' ')
        end--;
    if (end)
        return end;
    for (end = columns; end > 1 && ((unsigned char)text[end] & 0xC0) == 0x80;) /* no half letter */
        end--;
    return end;
}

/* The question that waits, and its answer so far, from RECT's upper edge down. Returns how high that is; 0: none waits.
 */
static int question(struct scene *scene, const struct quiz *quiz, struct scene_rect rect)
{
    int columns = scene_columns(scene, rect) - 2, lines = 0, length;
    if (!quiz->question || columns < 1)
        return 0;
    for (const char *at = quiz->question; *at; at += length + (at[length] == ' '), lines++)
        length = line_of(at, columns);
    rect.height = (lines + 2) * scene->cell_height + 2 * scene->gap;
    scene_region(scene, rect, "question");
    scene_shape(scene, SCENE_FILL, COLOUR_PANEL, rect.x, rect.y, rect.width, rect.height);
    scene_shape(scene, SCENE_OUTLINE, COLOUR_FOCUS, rect.x, rect.y, rect.width, rect.height);
    lines = 0;
    for (const char *at = quiz->question; *at; at += length + (at[length] == ' '), lines++) {
        length = line_of(at, columns);
        scene_text(scene, COLOUR_TEXT, 1, lines, "%.*s", length, at);
    }
    scene_text(scene, COLOUR_TEXT, 1, lines, QUIZ_PROMPT "%s_", quiz->typed);
    scene_text(scene, COLOUR_QUIET, 1, lines + 1, "Enter gives the answer; it can be typed at the prompt, too");
    return rect.height + scene->gap;
}

/* One that can be pressed is a frame with a face of its own; one that cannot, a broken line round its words. */
static void button(struct scene *scene, const struct view *view, int i, const char *text, struct scene_rect at)
{
    const struct window_key *key = &window_keys[i];
    bool works = window_key_works(i, view->remote);
    bool focus = view->focus == i || (!key->command && view->guest_has_keys);
    scene_region(scene, at, REGION_BUTTON "%s", key->label);
    if (works) {
        scene_shape(scene, SCENE_FILL, focus ? COLOUR_FOCUS : COLOUR_PANEL, at.x, at.y, at.width, at.height);
        scene_shape(scene, SCENE_OUTLINE, COLOUR_QUIET, at.x, at.y, at.width, at.height);
    } else {
        for (int side = 0; side < 2; side++) {
            scene_shape(scene, SCENE_DASHES, COLOUR_QUIET, at.x, at.y + side * at.height, at.width, 0);
            scene_shape(scene, SCENE_DASHES, COLOUR_QUIET, at.x + side * at.width, at.y, 0, at.height);
        }
    }
    enum scene_colour colour = !works ? COLOUR_QUIET : focus ? COLOUR_PANEL : COLOUR_TEXT;
    scene_text_at(scene, colour, at.x + scene->gap + 3, at.y + scene->gap + 1, (int)strlen(text), "%s", text);
    if (focus)
        scene_say(scene, "has the focus");
    if (!works)
        scene_say(scene, "not in a live run: %s", key->instead);
    else if (key->command)
        scene_say(scene, "command: %s", key->command);
}

/* Buttons side by side, as many as there is room for, in lines. */
struct button_row {
    struct scene *scene;
    struct scene_rect rect;
    int x, y; /* where the next one goes, in RECT */
    bool draws;
};

static int button_height(const struct scene *scene)
{
    return scene->cell_height + 2 * scene->gap + 2;
}

/* Those that work at what is looked at, or those that do not. */
static void add_buttons(struct button_row *row, const struct view *view, bool work)
{
    int gap = row->scene->gap;
    for (int i = 0; i < KEYS; i++) {
        char text[40];
        const char letter[] = {window_keys[i].key, '\0'};
        if (window_key_works(i, view->remote) != work)
            continue;
        int columns = snprintf(text, sizeof text, "%s %s", letter[0] == ' ' ? "space" : letter,
                               i == 0 && view->runs && work ? "pause" : window_keys[i].label);
        int width = columns * row->scene->cell_width + 2 * gap + 6, high = button_height(row->scene);
        if (row->x && row->x + width > row->rect.width) {
            row->x = 0;
            row->y += high + gap;
        }
        if (row->draws)
            button(row->scene, view, i, text,
                   (struct scene_rect){row->rect.x + row->x, row->rect.y + row->y, width, high});
        row->x += width + gap;
    }
}

/* Returns how high they are. */
static int buttons(struct scene *scene, const struct view *view, struct scene_rect rect, bool draws)
{
    static const char not_here[] = "not in a live run:";
    struct button_row row = {.scene = scene, .rect = rect, .draws = draws};
    int high = button_height(scene);
    add_buttons(&row, view, true);
    if (view->remote) {
        row.x = 0;
        row.y += high + scene->gap;
        row.x = (int)sizeof not_here * scene->cell_width;
        if (draws) {
            scene_region(scene, (struct scene_rect){rect.x, rect.y + row.y, row.x, high},
                         "buttons that cannot be pressed");
            scene_shape(scene, SCENE_FILL, COLOUR_BACK, rect.x, rect.y + row.y, row.x, high);
            scene_text_at(scene, COLOUR_TEXT, rect.x + scene->gap, rect.y + row.y + scene->gap + 1,
                          (int)strlen(not_here), "%s", not_here);
        }
        add_buttons(&row, view, false);
    }
    return row.y + high;
}

/* All three: guest and pair beside each other, the time line below. */
static void all(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    int below = rect.height * 39 / 100, run = scene->cell_height + 14,
        upper = rect.height - below - run - 2 * scene->gap;
    int left = panel_guest_width(scene, monitor, upper), most = rect.width * 54 / 100;
    left = left < most ? left : most;
    panel_guest(scene, monitor, view, (struct scene_rect){rect.x, rect.y, left, upper});
    panel_pair(scene, monitor,
               (struct scene_rect){rect.x + left + scene->gap, rect.y, rect.width - left - scene->gap, upper});
    panel_time(scene, monitor, view, (struct scene_rect){rect.x, rect.y + upper + scene->gap, rect.width, below});
    panel_run(scene, monitor, view, (struct scene_rect){rect.x, rect.y + rect.height - run, rect.width, run});
}

static void one(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    switch (view->panel) {
    case VIEW_GUEST:
        panel_guest(scene, monitor, view, rect);
        break;
    case VIEW_PAIR:
        panel_pair(scene, monitor, rect);
        break;
    default:
        panel_time(scene, monitor, view, rect);
        break;
    }
}

void picture_make(struct scene *scene, const struct monitor *monitor, const struct view *view)
{
    scene_begin(scene, view->width, view->height);
    bool small = view->width / scene->cell_width < COLUMNS_FOR_ALL || view->height / scene->cell_height < LINES_FOR_ALL;
    int gap = scene->gap;
    struct scene_rect rect = {gap, gap, view->width - 2 * gap, scene->cell_height + 2 * gap};
    scene_region(scene, (struct scene_rect){0, 0, view->width, view->height}, "window");
    scene_shape(scene, SCENE_FILL, COLOUR_BACK, 0, 0, view->width, view->height);
    if (small)
        scene_say(scene, "too small for three views: v shows the next one");
    if (small && monitor->node)
        scene_say(scene, "%s", window_no_way_back);
    title(scene, monitor, view, rect);
    rect.y += rect.height + gap;
    rect.y += question(scene, &monitor->quiz, rect);
    rect.height = view->height - rect.y - gap;
    if (!small && (!monitor->node || view->remote)) { /* words and pictures of a node have none */
        int high = buttons(scene, view, rect, false);
        rect.height -= high + gap;
        buttons(scene, view, (struct scene_rect){rect.x, rect.y + rect.height + gap, rect.width, high}, true);
    }
    if (!monitor->system || !monitor->image_path || rect.height < scene->cell_height)
        return;
    if (small)
        one(scene, monitor, view, rect);
    else
        all(scene, monitor, view, rect);
}
