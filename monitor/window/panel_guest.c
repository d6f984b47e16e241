/* panel_guest.c - the guest: what its display shows if that is on, else its terminal's screen. See panels.h. */
#include <inttypes.h>

#include "monitor/window/panels.h"
#include "monitor/window/screen.h"

int panel_guest_width(const struct scene *scene, const struct monitor *monitor, int height)
{
    const struct display *display = computer_display(monitor->system, system_acting(monitor->system));
    return display_listening(display) ? height * DISPLAY_WIDTH / DISPLAY_HEIGHT
                                      : SCREEN_COLUMNS * scene->cell_width + 2 * scene->gap;
}

/* As large as fits, in the display's own proportions. */
static void show_display(struct scene *scene, const struct display *display, struct scene_rect rect)
{
    int width = rect.width, height = width * DISPLAY_HEIGHT / DISPLAY_WIDTH;
    if (height > rect.height) {
        height = rect.height;
        width = height * DISPLAY_WIDTH / DISPLAY_HEIGHT;
    }
    scene_region(scene, (struct scene_rect){rect.x + (rect.width - width) / 2, rect.y, width, height}, REGION_GUEST);
    scene_pixels(scene, display, scene->regions.at[scene->regions.count - 1].rect);
    scene_say(scene, "display %dx%d, %s, %" PRIu32 " frames since they were asked for", DISPLAY_WIDTH, DISPLAY_HEIGHT,
              display->state.mode == DISPLAY_PALETTE ? "palette" : "XRGB", display->state.frames);
}

static void show_terminal(struct scene *scene, const struct monitor *monitor, struct scene_rect rect)
{
    struct screen screen;
    uint64_t size;
    const uint8_t *shown = system_terminal_output(monitor->system, &size);
    screen_of(&screen, shown, size);
    scene_region(scene, rect, REGION_GUEST);
    scene_shape(scene, SCENE_FILL, COLOUR_PAPER, rect.x, rect.y, rect.width, rect.height);
    scene_say(scene, "terminal, %d rows of %d letters, by %s", SCREEN_ROWS, SCREEN_COLUMNS, screen_engine());
    int lines = scene_lines(scene, rect), first = screen.cursor_row + 1 > lines ? screen.cursor_row + 1 - lines : 0;
    for (int row = first; row < SCREEN_ROWS; row++)
        if (screen.row[row][0])
            scene_text(scene, COLOUR_INK, 0, row - first, "%s", screen.row[row]);
    int x = rect.x + scene->gap + screen.cursor_column * scene->cell_width;
    int y = rect.y + scene->gap + (screen.cursor_row - first) * scene->cell_height;
    if (x + scene->cell_width <= rect.x + rect.width)
        scene_shape(scene, SCENE_OUTLINE, COLOUR_INK, x, y, scene->cell_width, scene->cell_height);
}

/* Round what has the keyboard: broad enough to be seen on any picture. */
static void frame(struct scene *scene, struct scene_rect rect, int broad)
{
    scene_shape(scene, SCENE_FILL, COLOUR_FOCUS, rect.x, rect.y, rect.width, broad);
    scene_shape(scene, SCENE_FILL, COLOUR_FOCUS, rect.x, rect.y + rect.height - broad, rect.width, broad);
    scene_shape(scene, SCENE_FILL, COLOUR_FOCUS, rect.x, rect.y, broad, rect.height);
    scene_shape(scene, SCENE_FILL, COLOUR_FOCUS, rect.x + rect.width - broad, rect.y, broad, rect.height);
    scene_say(scene, "has the keyboard");
}

void panel_guest(struct scene *scene, const struct monitor *monitor, const struct view *view, struct scene_rect rect)
{
    const struct display *display = computer_display(monitor->system, system_acting(monitor->system));
    if (display_listening(display))
        show_display(scene, display, rect);
    else
        show_terminal(scene, monitor, rect);
    rect = scene->regions.at[scene->regions.count - 1].rect;
    if (view->guest_has_keys)
        frame(scene, rect, scene->cell_height / 4);
}
