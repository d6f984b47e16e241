/* window.c - see window.h. What a window is without a screen: the view, its words, its keys and their commands. */
#include "monitor/window/window.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/input_event.h"
#include "mmu/base/memory.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/window/keys.h"
#include "monitor/window/private.h"

/* ---- with a session ---- */

/* The guest runs: a piece of it is done. */
static enum travel_look look(void *arg)
{
    struct window *window = arg;
    if (!live_is_open(window))
        return TRAVEL_GO_ON;
    window->view.runs = true;
    window->did = false;
    live_turn(window);
    live_pace(window);
    window->view.runs = false;
    bool pause = window->pause;
    window->pause = false;
    window->paused |= pause;
    return pause ? TRAVEL_PAUSE : window->did ? TRAVEL_DID : TRAVEL_GO_ON;
}

/* A person is at the prompt. True: something was printed there. */
static bool idle(void *arg)
{
    struct window *window = arg;
    window->did = false;
    window->at_prompt = true;
    if (window->queued) {
        char *command = window->queued;
        window->queued = NULL;
        window_command(window, command);
        free(command);
    }
    if (live_is_open(window))
        live_turn(window);
    window->at_prompt = false;
    return window->did;
}

static bool is_open(const void *arg)
{
    const struct window *window = arg;
    return live_is_open(window) || window->queued;
}

static bool is_attended(const void *arg)
{
    return live_is_seen(arg);
}

static void forget(void *arg)
{
    struct window *window = arg;
    live_free(window);
    free(window->queued);
    free(window->font);
    free(window);
}

struct window *window_of(struct monitor *monitor)
{
    if (monitor->watcher.arg)
        return monitor->watcher.arg;
    struct window *window = calloc(1, sizeof *window);
    memory_need(window);
    window->monitor = monitor;
    window->view = (struct view){.width = VIEW_WIDTH, .height = VIEW_HEIGHT, .epochs = VIEW_EPOCHS, .focus = -1};
    monitor->watcher = (struct monitor_watcher){window, look, idle, is_open, is_attended, forget};
    return window;
}

void window_turn(struct window *window, bool fresh)
{
    window->did = fresh;
    if (live_is_open(window))
        live_turn(window);
}

void window_picture(struct window *window, struct scene *scene)
{
    window_follow(window);
    if (window->source.arg)
        window->source.picture(window->source.arg, &window->view, scene);
    else
        picture_make(scene, window->monitor, &window->view);
}

void window_follow(struct window *window)
{
    const struct monitor *monitor = window->monitor;
    if (window->system != monitor->system)
        window->view.furthest_epoch = 0;
    window->system = monitor->system;
    uint64_t epoch = monitor->system ? computer_epoch(monitor->system, monitor->focus) : 0;
    if (epoch > window->view.furthest_epoch)
        window->view.furthest_epoch = epoch;
}

void view_fit(struct view *view, unsigned dpi, int room_width, int room_height)
{
    enum { USUAL_DPI = 96, LEAST = USUAL_DPI * 5 / 4, MOST = USUAL_DPI * 4 };
    if (view->width != VIEW_WIDTH || view->height != VIEW_HEIGHT || dpi < LEAST)
        return;
    dpi = dpi < MOST ? dpi : MOST;
    int width = VIEW_WIDTH * (int)dpi / USUAL_DPI, height = VIEW_HEIGHT * (int)dpi / USUAL_DPI;
    view->width = width < room_width ? width : room_width;
    view->height = height < room_height ? height : room_height;
}

/* ---- commands ---- */

void window_command(struct window *window, const char *command)
{
    struct monitor *monitor = window->monitor;
    struct error error = {""};
    char prompt[64] = "";
    if (window->source.arg)
        snprintf(prompt, sizeof prompt, "window> ");
    else if (!window->at_prompt)
        monitor_prompt(monitor, prompt, sizeof prompt);
    window->at_prompt = false;
    fprintf(monitor->out, "%s%s\n", prompt, command);
    fflush(monitor->out);
    window->did = true;
    if (!monitor_execute(monitor, command, &error))
        fprintf(monitor->out, "%s\n", error.text);
    fflush(monitor->out);
    window->did = true;
}

/* May COMMAND be done while the guest runs? The others stop it first. */
static bool may_run_beside(const char *command)
{
    static const char *const beside[] = {"crash ", "repair", "cut", "heal", "screenshot", "window", "help", "send "};
    for (unsigned i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (strncmp(command, beside[i], strlen(beside[i])) == 0)
            return true;
    return false;
}

void window_key(struct window *window, char key)
{
    int row = window_key_find(key);
    if (window->monitor->quiz.question)
        return; /* it is answered first: what would be seen is what is asked */
    if (key == 'v') {
        window->view.panel = (window->view.panel + 1) % VIEW_PANELS;
        window->did = true;
    }
    if (row < 0)
        return;
    const char *command = window_keys[row].command;
    if (!command) {
        window->view.guest_has_keys = true;
    } else if (!window->view.runs || may_run_beside(command)) {
        window_command(window, command);
    } else {
        window->pause = true;
        if (row) { /* the first one is the run itself */
            free(window->queued);
            window->queued = strdup(command);
            memory_need(window->queued);
        }
    }
}

bool window_run(struct window *window)
{
    static const struct timespec turn = {.tv_nsec = 1000000000 / 60};
    struct monitor *monitor = window->monitor;
    struct error error = {""};
    bool good = monitor_execute(monitor, "continue", &error);
    while (good && !monitor->ended && live_is_open(window)) {
        if (ctrl_c_asked() || ctrl_c_ended() || (monitor->interrupted && !window->paused))
            return false;
        monitor->interrupted = window->paused = false;
        idle(window);
        nanosleep(&turn, NULL);
    }
    return true;
}

bool window_size(struct window *window, uint64_t width, uint64_t height, struct error *error)
{
    if (width < VIEW_LEAST || width > VIEW_MOST || height < VIEW_LEAST || height > VIEW_MOST)
        return error_set(error, "a window cannot be of this size: %d to %d pixels are possible in either direction",
                         VIEW_LEAST, VIEW_MOST);
    window->view.width = (int)width;
    window->view.height = (int)height;
    live_resize(window);
    return true;
}

void window_dark(struct window *window, bool dark)
{
    window->view.dark = dark;
    window->did = true;
}

void window_epochs(struct window *window, unsigned epochs)
{
    window->view.epochs = epochs;
}

bool window_press(struct window *window, const char *name, struct error *error)
{
    uint32_t code;
    if (!input_key_find(name, &code))
        return error_set(error, "'%s' is no key: a character is wanted, or a name like 'space', 'tab' or 'f10'", name);
    live_press(window, code);
    return true;
}

void window_describe(struct window *window, FILE *out)
{
    struct scene scene;
    window_picture(window, &scene);
    scene_describe(&scene, out);
    scene_free(&scene);
}
