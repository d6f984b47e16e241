/* test_hands.c - keyboard and pointer at a window that nobody sees (SDL's dummy driver): what goes down for the guest
 * goes up for it, whatever becomes of the window meanwhile. The guest says what it is told (tests/live/seat.c).
 * Argument: the folder of the guests.
 */
#include <SDL2/SDL.h>

#include "monitor/base/ctrl_c.h"
#include "monitor/command/command.h"
#include "monitor/window/private.h"
#include "tests/check.h"

struct hands {
    struct monitor monitor;
    struct window *window;
    unsigned tenths; /* of a second: so long has the guest run */
    uint64_t seen;   /* of what it has said */
};

static void execute(struct check *t, struct hands *h, const char *line)
{
    struct error error = {""};
    CHECK(monitor_execute(&h->monitor, line, &error));
    if (error.text[0])
        printf("%s: %s\n", line, error.text);
}

static void key(struct hands *h, SDL_Keycode code, bool down)
{
    SDL_Event event = {.type = down ? SDL_KEYDOWN : SDL_KEYUP};
    event.key.keysym.sym = code;
    SDL_PushEvent(&event);
    window_turn(h->window, true);
}

static void button(struct hands *h, int x, int y, bool down)
{
    SDL_Event event = {.type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP};
    event.button.button = SDL_BUTTON_LEFT;
    event.button.x = x;
    event.button.y = y;
    SDL_PushEvent(&event);
    window_turn(h->window, true);
}

/* The guest goes on for a while, and says WANTED. */
static void says(struct check *t, struct hands *h, const char *wanted)
{
    char line[64];
    uint64_t size;
    snprintf(line, sizeof line, "until time %u.%u", h->tenths / 10, h->tenths % 10);
    h->tenths++;
    execute(t, h, line);
    const uint8_t *shown = system_terminal_output(h->monitor.system, &size);
    bool good = size - h->seen == strlen(wanted) && memcmp(shown + h->seen, wanted, strlen(wanted)) == 0;
    CHECK(good);
    if (!good)
        printf("'%.*s' and not '%s'\n", (int)(size - h->seen), shown + h->seen, wanted);
    h->seen = size;
}

static void test_keys(struct check *t, struct hands *h)
{
    execute(t, h, "window key g");
    key(h, SDLK_a, true);
    key(h, SDLK_a, false);
    says(t, h, "down 97\nup 97\n");
    /* F10 takes the keys from the guest, and with them those that are down. */
    key(h, SDLK_LEFT, true);
    key(h, SDLK_F10, true);
    key(h, SDLK_LEFT, false);
    says(t, h, "down 258\nup 258\n");
    /* So does the window's end. */
    execute(t, h, "window key g");
    key(h, SDLK_b, true);
    execute(t, h, "window close");
    execute(t, h, "window");
    key(h, SDLK_b, false);
    says(t, h, "down 98\nup 98\n");
}

/* The guest's display lies at the upper left, below the title. */
static void test_pointer(struct check *t, struct hands *h)
{
    button(h, 4, 40, true);
    says(t, h, "y 9\nbuttons 1\n");
    button(h, 5000, 5000, false); /* let go beyond the edge */
    says(t, h, "x 639\ny 479\nbuttons 0\n");
    button(h, 4, 40, true);
    execute(t, h, "window close");
    says(t, h, "x 0\ny 9\nbuttons 1\nbuttons 0\n");
    execute(t, h, "window");
    button(h, 600, 40, true); /* where there is a computer */
    button(h, 600, 40, false);
    says(t, h, "");
}

int main(int argc, char **argv)
{
    struct check check = check_begin("window.hands", argc, argv), *t = &check;
    static struct hands hands = {.tenths = 2};
    const char *folder = argc > 1 ? argv[argc - 1] : NULL;
    char load[512];
    if (!check_needs(t, folder, "seat.elf"))
        return 2;
    ctrl_c_block(false);
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    monitor_init(&hands.monitor, &command_table, stdout);
    snprintf(load, sizeof load, "load %s/seat.elf", folder);
    execute(t, &hands, "system --mode pair --ram 8M");
    execute(t, &hands, load);
    execute(t, &hands, "until time 0.1");
    hands.window = window_of(&hands.monitor);
    execute(t, &hands, "window");
    says(t, &hands, "seat\n");
    test_keys(t, &hands);
    test_pointer(t, &hands);
    monitor_free(&hands.monitor);
    return check_end(t);
}
