/* picture.c - where each part of the picture lies, its title and its buttons. See panels.h. */
#include "monitor/window/panels.h"

#include <inttypes.h>
#include <string.h>

#include "mmu/base/vtime.h"
#include "monitor/window/keys.h"

enum {
    GAP = 4,
    COLUMNS_FOR_ALL = 90, /* a window with fewer shows one of the three views */
    LINES_FOR_ALL = 30,
};

static const char *how(const struct monitor *monitor)
{
    static const char *const modes[] = {
        [MODE_BARE] = "one bare computer", [MODE_SOLO] = "one computer", [MODE_PAIR] = "a pair"};
    return monitor->node ? "a node of a live pair" : modes[monitor->options.config.mode];
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
    scene_text(scene, COLOUR_TEXT, 1, 0, "%s on %s: %s at %" PRIu64 ".%06" PRIu64 " s%s", name, how(monitor), state,
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
    rect.height = (lines + 2) * scene->cell_height + 8;
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
    return rect.height + GAP;
}

/* Buttons side by side, as many as there is room for, in lines. Returns how high they are. */
static int buttons(struct scene *scene, const struct view *view, struct scene_rect rect, bool draws)
{
    int x = 0, y = 0, high = scene->cell_height + 10;
    for (int i = 0; i < KEYS; i++) {
        if (!window_key_shown(i, view->remote))
            continue;
        char text[40];
        const char letter[] = {window_keys[i].key, '\0'};
        int columns = snprintf(text, sizeof text, "%s %s", letter[0] == ' ' ? "space" : letter,
                               i == 0 && view->runs ? "pause" : window_keys[i].label);
        int width = columns * scene->cell_width + 2 * GAP + 6;
        if (x && x + width > rect.width) {
            x = 0;
            y += high + GAP;
        }
        if (draws) {
            struct scene_rect at = {rect.x + x, rect.y + y, width, high};
            bool focus = view->focus == i || (!window_keys[i].command && view->guest_has_keys);
            scene_region(scene, at, REGION_BUTTON "%s", window_keys[i].label);
            scene_shape(scene, SCENE_FILL, focus ? COLOUR_FOCUS : COLOUR_PANEL, at.x, at.y, at.width, at.height);
            scene_shape(scene, SCENE_OUTLINE, COLOUR_QUIET, at.x, at.y, at.width, at.height);
            scene_text_at(scene, focus ? COLOUR_PANEL : COLOUR_TEXT, at.x + GAP + 3, at.y + 5, columns, "%s", text);
            if (focus)
                scene_say(scene, "has the focus");
            if (window_keys[i].command)
                scene_say(scene, "command: %s", window_keys[i].command);
        }
        x += width + GAP;
    }
    return y + high;
}

/* All three: guest and pair beside each other, the time line below. */
static void all(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    int below = rect.height * 39 / 100, run = scene->cell_height + 14, upper = rect.height - below - run - 2 * GAP;
    int left = upper * 4 / 3 < rect.width * 54 / 100 ? upper * 4 / 3 : rect.width * 54 / 100;
    panel_guest(scene, monitor, view, (struct scene_rect){rect.x, rect.y, left, upper});
    panel_pair(scene, monitor, (struct scene_rect){rect.x + left + GAP, rect.y, rect.width - left - GAP, upper});
    panel_time(scene, monitor, view, (struct scene_rect){rect.x, rect.y + upper + GAP, rect.width, below});
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
    struct scene_rect rect = {GAP, GAP, view->width - 2 * GAP, scene->cell_height + 8};
    scene_region(scene, (struct scene_rect){0, 0, view->width, view->height}, "window");
    scene_shape(scene, SCENE_FILL, COLOUR_BACK, 0, 0, view->width, view->height);
    if (small)
        scene_say(scene, "too small for three views: v shows the next one");
    title(scene, monitor, view, rect);
    rect.y += rect.height + GAP;
    rect.y += question(scene, &monitor->quiz, rect);
    rect.height = view->height - rect.y - GAP;
    if (!small && (!monitor->node || view->remote)) { /* words and pictures of a node have none */
        int high = buttons(scene, view, rect, false);
        rect.height -= high + GAP;
        buttons(scene, view, (struct scene_rect){rect.x, rect.y + rect.height + GAP, rect.width, high}, true);
    }
    if (!monitor->system || !monitor->image_path || rect.height < scene->cell_height)
        return;
    if (small)
        one(scene, monitor, view, rect);
    else
        all(scene, monitor, view, rect);
}
