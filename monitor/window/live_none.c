/* live_none.c - a program that was built without SDL2: a window that is never open. See window.h. */
#include <string.h>

#include "monitor/window/keys.h"
#include "monitor/window/private.h"

#define WITHOUT                                                                                                        \
    "this understudy was built without SDL2: install libsdl2-dev, libsdl2-ttf-dev and libpng-dev, and build it again"

bool window_open(struct window *window, struct error *error)
{
    return error_set(error, WITHOUT);
}

void window_close(struct window *window)
{
}

void window_frames(const struct window *window, FILE *out)
{
    fprintf(out, "0 pictures in 0.000 s of the run\n");
}

bool window_font(struct window *window, const char *path, struct error *error)
{
    return error_set(error, WITHOUT);
}

bool window_screenshot(struct window *window, uint8_t **bytes, size_t *size, struct error *error)
{
    return error_set(error, WITHOUT);
}

bool window_hold_screen(struct error *error)
{
    return error_set(error, WITHOUT);
}

bool window_drag(struct window *window, int x, int y, int to_x, int to_y, struct error *error)
{
    return error_set(error, WITHOUT);
}

void window_version(FILE *out)
{
    fprintf(out, "window: none (built without SDL2)\n");
}

void live_free(struct window *window)
{
}

bool live_is_open(const struct window *window)
{
    return false;
}

bool live_is_seen(const struct window *window)
{
    return false;
}

void live_turn(struct window *window)
{
}

void live_pace(struct window *window)
{
}

void live_resize(struct window *window)
{
}

void live_let_go(struct window *window)
{
}

void live_press(struct window *window, uint32_t code)
{
    if (code < 0x7F)
        window_key(window, (char)code);
}
