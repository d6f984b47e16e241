/* live_events.c - what is done at the window: keys, buttons, the pointer, the cursor in time. Each becomes a command,
 * or is the guest's. See live.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/input_event.h"
#include "monitor/window/keys.h"
#include "monitor/window/live.h"

/* ---- the guest's ---- */

/* The code of a key, as input_event.h has it; 0: the guest has no such key. */
static uint32_t guest_code(SDL_Keycode key)
{
    static const struct {
        SDL_Keycode key;
        uint32_t code;
    } others[] = {
        {SDLK_DELETE, KEY_DELETE},   {SDLK_UP, KEY_ARROW_UP},       {SDLK_DOWN, KEY_ARROW_DOWN},
        {SDLK_LEFT, KEY_ARROW_LEFT}, {SDLK_RIGHT, KEY_ARROW_RIGHT}, {SDLK_HOME, KEY_HOME},
        {SDLK_END, KEY_END},         {SDLK_PAGEUP, KEY_PAGE_UP},    {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
        {SDLK_INSERT, KEY_INSERT},   {SDLK_LSHIFT, KEY_SHIFT},      {SDLK_RSHIFT, KEY_SHIFT},
        {SDLK_LCTRL, KEY_CONTROL},   {SDLK_RCTRL, KEY_CONTROL},     {SDLK_LALT, KEY_ALT},
        {SDLK_KP_ENTER, KEY_ENTER},
    };
    if (key > 0 && key <= KEY_DELETE) /* SDL has the characters' own codes, too */
        return (uint32_t)key;
    if (key >= SDLK_F1 && key <= SDLK_F12)
        return KEY_F1 + (uint32_t)(key - SDLK_F1);
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].key == key)
            return others[i].code;
    return 0;
}

/* And back, for keys that a script presses. */
static SDL_Keycode sdl_key(uint32_t code)
{
    if (code <= KEY_DELETE)
        return (SDL_Keycode)code;
    for (SDL_Keycode key = SDLK_CAPSLOCK; key <= SDLK_RALT; key++)
        if (guest_code(key) == code)
            return key;
    return SDLK_UNKNOWN;
}

/* A key at the guest's terminal, if its display is off: what it types. */
static void type_text(struct window *window, const char *text)
{
    if (window->source.arg)
        window->source.type(window->source.arg, text);
    else if (window->monitor->system)
        system_type(window->monitor->system, text, strlen(text));
    window->did = true;
}

static bool display_on(const struct window *window)
{
    if (window->source.arg)
        return scene_display(&window->live->scene);
    struct system *system = window->monitor->system;
    return system && display_listening(computer_display(system, system_acting(system)));
}

/* At keyboard and pointer of its display. */
static void do_key(struct window *window, uint32_t code, bool down)
{
    window->live->guest_down[code] = down;
    if (window->source.arg)
        window->source.key(window->source.arg, code, down);
    else if (window->monitor->system)
        system_key(window->monitor->system, code, down);
    window->did = true;
}

static void do_pointer(struct window *window, uint32_t x, uint32_t y)
{
    struct live *live = window->live;
    live->guest_x = x;
    live->guest_y = y;
    if (window->source.arg)
        window->source.pointer(window->source.arg, x, y, live->guest_buttons);
    else if (window->monitor->system)
        system_pointer(window->monitor->system, x, y, live->guest_buttons);
    window->did = true;
}

void live_let_go(struct window *window)
{
    struct live *live = window->live;
    for (uint32_t code = 0; code < sizeof live->guest_down / sizeof live->guest_down[0]; code++)
        if (live->guest_down[code])
            do_key(window, code, false);
    if (live->guest_buttons) {
        live->guest_buttons = 0;
        do_pointer(window, live->guest_x, live->guest_y);
    }
}

static void guest_key(struct window *window, const SDL_KeyboardEvent *event)
{
    bool down = event->type == SDL_KEYDOWN;
    uint32_t code = guest_code(event->keysym.sym);
    if (code && !down && window->live->guest_down[code]) {
        do_key(window, code, false);
    } else if (display_on(window)) {
        if (code && down && !event->repeat)
            do_key(window, code, true);
    } else if (down && code == KEY_ENTER) {
        type_text(window, "\r");
    } else if (down && (code < KEY_SPACE || code == KEY_DELETE) && code) {
        type_text(window, (const char[]){(char)code, '\0'});
    }
}

static uint32_t at_most(int at, uint32_t below)
{
    return at < 0 ? 0 : (uint32_t)at < below ? (uint32_t)at : below - 1;
}

/* The pointer at X, Y of the window is the guest's while the guest runs; a button is so always: it begins something,
 * and what it has begun it ends, wherever that is. */
static bool guest_pointer(struct window *window, int x, int y, bool button)
{
    struct live *live = window->live;
    const struct scene_region *region = scene_find(&live->scene, REGION_GUEST);
    if (!region || !display_on(window) || !(window->view.runs || window->view.remote || button) ||
        region->rect.width < 1)
        return false;
    int at_x = (x - region->rect.x) * DISPLAY_WIDTH / region->rect.width;
    int at_y = (y - region->rect.y) * DISPLAY_HEIGHT / region->rect.height;
    bool outside = at_x < 0 || at_y < 0 || at_x >= DISPLAY_WIDTH || at_y >= DISPLAY_HEIGHT;
    if (outside && !button && !live->guest_buttons)
        return false;
    do_pointer(window, at_most(at_x, DISPLAY_WIDTH), at_most(at_y, DISPLAY_HEIGHT));
    return true;
}

/* ---- the cursor in time ---- */

static void drag_to(struct window *window, int x)
{
    struct live *live = window->live;
    const struct scene_region *region = scene_find(&live->scene, REGION_RUN);
    if (!region)
        return;
    int64_t room = region->rect.width > 1 ? region->rect.width - 1 : 1, at = x - region->rect.x;
    at = at < 0 ? 0 : at > room ? room : at;
    live->dragged_to = (uint64_t)((double)at / (double)room * (double)window->view.furthest_epoch + 0.5);
    if (!live->dragged_to)
        live->dragged_to = 1;
}

/* Go where the cursor was dragged to: an epoch of the computer that is looked at. */
static void travel(struct window *window)
{
    struct monitor *monitor = window->monitor;
    uint64_t here = computer_epoch(monitor->system, monitor->focus), there = window->live->dragged_to;
    char command[64];
    if (!here || here == there || window->view.runs)
        return;
    if (there < here)
        snprintf(command, sizeof command, "reverse-epoch %" PRIu64, here - there);
    else
        snprintf(command, sizeof command, "until epoch %" PRIu64, there);
    window_command(window, command);
}

/* ---- buttons, keys, the window itself ---- */

static void press_button(struct window *window, const char *name)
{
    for (int i = 0; i < KEYS; i++) {
        if (strcmp(window_keys[i].label, name) != 0)
            continue;
        window->view.focus = i;
        window_key(window, window_keys[i].key);
    }
}

static void pressed(struct window *window, const SDL_MouseButtonEvent *event)
{
    struct live *live = window->live;
    const struct scene_region *region = scene_at(&live->scene, event->x, event->y);
    if (!region || window->monitor->quiz.question)
        return;
    if (strcmp(region->name, REGION_RUN) == 0 && window->monitor->system) {
        live->dragging = true;
        drag_to(window, event->x);
    } else if (strcmp(region->name, REGION_GUEST) == 0) {
        window->view.guest_has_keys = true;
        window->did = true;
        live->guest_buttons |= event->button <= 3 ? UINT32_C(1) << (event->button - 1) : 0;
        guest_pointer(window, event->x, event->y, true);
    } else if (strncmp(region->name, REGION_BUTTON, strlen(REGION_BUTTON)) == 0) {
        char name[40];
        snprintf(name, sizeof name, "%s", region->name + strlen(REGION_BUTTON));
        press_button(window, name);
    }
}

static void released(struct window *window, const SDL_MouseButtonEvent *event)
{
    struct live *live = window->live;
    uint32_t before = live->guest_buttons;
    if (live->dragging) {
        live->dragging = false;
        drag_to(window, event->x);
        travel(window);
    }
    live->guest_buttons &= event->button <= 3 ? ~(UINT32_C(1) << (event->button - 1)) : UINT32_MAX;
    if (live->guest_buttons != before)
        guest_pointer(window, event->x, event->y, true);
}

/* Keys that are no letters: they move the focus. */
static void focus_key(struct window *window, const SDL_Keysym *key)
{
    int way = key->mod & KMOD_SHIFT ? KEYS - 1 : 1;
    switch (key->sym) {
    case SDLK_TAB:
        do
            window->view.focus = window->view.focus < 0 ? 0 : (window->view.focus + way) % KEYS;
        while (!window_key_works(window->view.focus, window->view.remote));
        window->live->wanted = true;
        break;
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        if (window->view.focus >= 0)
            window_key(window, window_keys[window->view.focus].key);
        break;
    case SDLK_ESCAPE:
        window->view.focus = -1;
        window->live->wanted = true;
        break;
    }
}

/* While a question waits the keys are its answer. */
static void answer_key(struct window *window, SDL_Keycode key)
{
    if (key == SDLK_BACKSPACE)
        quiz_key(&window->monitor->quiz, '\b');
    else if (key == SDLK_RETURN || key == SDLK_KP_ENTER)
        quiz_key(&window->monitor->quiz, '\n');
    window->live->wanted = true;
}

static void key(struct window *window, const SDL_KeyboardEvent *event)
{
    bool down = event->type == SDL_KEYDOWN;
    if (window->monitor->quiz.question) {
        if (down)
            answer_key(window, event->keysym.sym);
    } else if (down && event->keysym.sym == SDLK_F10) {
        window->view.guest_has_keys = !window->view.guest_has_keys;
        live_let_go(window);
        window->live->wanted = true;
    } else if (window->view.guest_has_keys) {
        guest_key(window, event);
    } else if (down) {
        focus_key(window, &event->keysym);
    }
}

static void typed(struct window *window, const char *text)
{
    if (window->monitor->quiz.question) {
        quiz_key(&window->monitor->quiz, text[0]);
        window->live->wanted = true;
    } else if (!window->view.guest_has_keys)
        window_key(window, text[0]);
    else if (!display_on(window))
        type_text(window, text);
}

static void changed(struct window *window, const SDL_WindowEvent *event)
{
    if (event->event == SDL_WINDOWEVENT_CLOSE) {
        window_close(window);
        fprintf(window->monitor->out, "the window is closed, and nothing else: 'window' opens it again\n");
        fflush(window->monitor->out);
        window->did = true;
    } else {
        window->live->wanted = window->live->whole = true;
    }
}

static void handle(struct window *window, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_WINDOWEVENT:
        changed(window, &event->window);
        break;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        key(window, &event->key);
        break;
    case SDL_TEXTINPUT:
        typed(window, event->text.text);
        break;
    case SDL_MOUSEBUTTONDOWN:
        pressed(window, &event->button);
        break;
    case SDL_MOUSEBUTTONUP:
        released(window, &event->button);
        break;
    case SDL_MOUSEMOTION:
        if (window->live->dragging)
            drag_to(window, event->motion.x);
        else
            guest_pointer(window, event->motion.x, event->motion.y, false);
        break;
    }
}

/* SDL counts in its own units where the screen has more pixels than those; the picture is of pixels. */
static void in_pixels(const struct window *window, SDL_Event *event)
{
    int width, height;
    SDL_GetWindowSize(window->live->window, &width, &height);
    if (width < 1 || height < 1)
        return;
    if (event->type == SDL_MOUSEMOTION) {
        event->motion.x = event->motion.x * window->view.width / width;
        event->motion.y = event->motion.y * window->view.height / height;
    } else if (event->type == SDL_MOUSEBUTTONDOWN || event->type == SDL_MOUSEBUTTONUP) {
        event->button.x = event->button.x * window->view.width / width;
        event->button.y = event->button.y * window->view.height / height;
    }
}

void live_events(struct window *window)
{
    SDL_Event event;
    while (window->live->window && !window->live->lost && SDL_PollEvent(&event)) {
        in_pixels(window, &event);
        handle(window, &event);
    }
    if (window->live->window && window->live->dragging)
        travel(window);
}

/* ---- as a script presses and drags ---- */

void live_press(struct window *window, uint32_t code)
{
    SDL_Event event = {.type = SDL_KEYDOWN}, text = {.type = SDL_TEXTINPUT};
    event.key.keysym.sym = sdl_key(code);
    if (!live_is_open(window)) {
        if (code < KEY_DELETE)
            window_key(window, (char)code);
        return;
    }
    text.text.text[0] = (char)code;
    handle(window, &event);
    if (live_is_open(window) && code >= KEY_SPACE && code < KEY_DELETE)
        handle(window, &text);
    event.key.type = SDL_KEYUP;
    if (live_is_open(window))
        handle(window, &event);
}

bool window_drag(struct window *window, int x, int y, int to_x, int to_y, struct error *error)
{
    if (!live_is_open(window))
        return error_set(error, "the window is not open: 'window' opens it");
    struct live *live = window->live;
    live->wanted = true;
    live->drawn_ms = 0;
    live_turn(window);
    SDL_Event event = {.type = SDL_MOUSEBUTTONDOWN}, motion = {.type = SDL_MOUSEMOTION};
    event.button.button = SDL_BUTTON_LEFT;
    event.button.x = x;
    event.button.y = y;
    motion.motion.x = to_x;
    motion.motion.y = to_y;
    handle(window, &event);
    handle(window, &motion);
    event.button.type = SDL_MOUSEBUTTONUP;
    event.button.x = to_x;
    event.button.y = to_y;
    handle(window, &event);
    return true;
}
