/* live.c - a window by SDL2: opened, drawn, closed; and the same picture on a surface that nobody sees, for
 * screenshots. See window.h.
 *
 * Drawing may take a quarter of the host's time while the guest runs, and no more: frames are left out, and the run is
 * not slowed by more than that.
 */
#include "monitor/window/live.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <SDL2/SDL_ttf.h>
#ifdef US_PNG
#include <png.h>
#endif

#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"
#include "monitor/window/screen.h"

enum {
    FRAMES_PER_S = 60,
    COST_SHARE = 4, /* from one picture to the next, so many times what it costs */
    LATE_MS = 100,  /* a run that is behind a person's time by more is not hurried */
};

struct live *live_of(struct window *window)
{
    if (!window->live) {
        window->live = calloc(1, sizeof *window->live);
        memory_need(window->live);
    }
    return window->live;
}

bool live_is_open(const struct window *window)
{
    return window->live && window->live->window;
}

bool live_is_seen(const struct window *window)
{
    static const char *const blind[] = {"dummy", "offscreen"};
    const char *driver = live_is_open(window) ? SDL_GetCurrentVideoDriver() : NULL;
    return driver && strcmp(driver, blind[0]) != 0 && strcmp(driver, blind[1]) != 0;
}

/* ---- drawing ---- */

/* The display as it is now: the guest, or the next answer of a node, goes on to write over it. */
static void keep_display(struct live *live)
{
    const struct display *display = scene_display(&live->scene);
    if (!display)
        return;
    live->shown.state = display->state;
    live->shown.pixels = live->pixels;
    memcpy(live->pixels, display->pixels, sizeof live->pixels);
    scene_show(&live->scene, &live->shown);
}

/* Begin the picture of now. False with one line in ERROR. */
static bool begin(struct window *window, struct error *error)
{
    struct live *live = live_of(window);
    if (!live->painting)
        live->painting = painting_new(window->font, error);
    if (!live->painting)
        return false;
    if (live->begun)
        painting_take(live->painting, error); /* of the scene that goes */
    scene_free(&live->scene);
    window_picture(window, &live->scene);
    keep_display(live);
    painting_begin(live->painting, &live->scene, window->view.dark);
    live->begun = true;
    return true;
}

static SDL_Surface *finish(struct live *live, struct error *error)
{
    live->begun = false;
    return painting_take(live->painting, error);
}

/* The screen is gone, or SDL fails: the window is closed, the run goes on. */
static void give_up(struct window *window, const char *why)
{
    fprintf(window->monitor->out, "the window is closed: %s\n", why);
    fflush(window->monitor->out);
    window->did = true;
    window_close(window);
}

/* The picture FROM, or what has changed of it, into the window's surface TO. */
static void put(struct live *live, SDL_Surface *from, SDL_Surface *to)
{
    SDL_Rect all = {0, 0, to->w, to->h};
    int count = 1;
    const SDL_Rect *changed = live->whole ? &all : painting_changed(live->painting, &count);
    for (int i = 0; i < count; i++) {
        SDL_Rect place = changed[i];
        SDL_BlitSurface(from, &changed[i], to, &place);
    }
    SDL_UpdateWindowSurfaceRects(live->window, changed, count);
}

/* Put the picture that was begun on the screen. */
static void show(struct window *window)
{
    struct live *live = window->live;
    struct error error;
    uint32_t now = SDL_GetTicks();
    SDL_Surface *from = finish(live, &error), *to = SDL_GetWindowSurface(live->window);
    if (live->lost)
        return;
    if (!from || !to) {
        give_up(window, from ? SDL_GetError() : error.text);
        return;
    }
    if (from->w != to->w || from->h != to->h) { /* the window's size is another meanwhile */
        live->wanted = live->whole = true;
        return;
    }
    put(live, from, to);
    live->whole = false;
    live->cost_ms += painting_cost_ms(live->painting) + SDL_GetTicks() - now;
    live->frames += window->view.runs || window->view.remote;
}

/* Begin a picture for the screen; while the guest runs it is shown when it is done, at a later turn. */
static void show_next(struct window *window)
{
    struct live *live = window->live;
    struct error error;
    uint32_t now = SDL_GetTicks();
    SDL_Surface *to = SDL_GetWindowSurface(live->window);
    if (live->lost)
        return;
    if (to) {
        live->whole |= window->view.width != to->w || window->view.height != to->h;
        window->view.width = to->w < VIEW_LEAST ? VIEW_LEAST : to->w;
        window->view.height = to->h < VIEW_LEAST ? VIEW_LEAST : to->h;
    }
    if (!begin(window, &error)) {
        give_up(window, error.text);
        return;
    }
    live->wanted = false;
    live->drawn_ms = now;
    live->cost_ms = SDL_GetTicks() - now;
    if (!window->view.runs)
        show(window);
}

/* The number of the picture that NOW_MS is the time of. */
static uint64_t frame_at(uint32_t now_ms)
{
    return (uint64_t)now_ms * FRAMES_PER_S / 1000;
}

/* Count how long the guest has run under the window. */
static void count_time(struct live *live, bool runs)
{
    enum { PAUSE_MS = 250 }; /* it stood in between */
    uint32_t now = SDL_GetTicks(), gone = now - live->turned_ms;
    live->running_ms += runs && gone < PAUSE_MS ? gone : 0;
    live->turned_ms = now;
}

void window_frames(const struct window *window, FILE *out)
{
    const struct live *live = window->live;
    uint64_t frames = live ? live->frames : 0, ms = live ? live->running_ms : 0;
    fprintf(out, "%" PRIu64 " pictures in %" PRIu64 ".%03" PRIu64 " s of the run", frames, ms / 1000, ms % 1000);
    if (ms)
        fprintf(out, ": %" PRIu64 " a second", (frames * 1000 + ms / 2) / ms);
    fputc('\n', out);
}

void live_turn(struct window *window)
{
    struct live *live = window->live;
    live_events(window);
    count_time(live, window->view.runs || window->view.remote);
    if (live->lost)
        give_up(window, "its screen is gone");
    if (!live->window)
        return;
    if (live->begun && (!window->view.runs || painting_done(live->painting)))
        show(window);
    live->wanted |= window->view.runs || window->did || window->monitor->executed != live->seen_executed ||
                    window->monitor->quiz.question != live->seen_question;
    live->seen_executed = window->monitor->executed;
    live->seen_question = window->monitor->quiz.question;
    uint32_t rest = window->view.runs ? live->cost_ms * COST_SHARE : 0;
    uint32_t now = SDL_GetTicks();
    if (live->window && live->wanted && !live->begun && frame_at(now) != frame_at(live->drawn_ms) &&
        now - live->drawn_ms >= rest)
        show_next(window);
    if (live->lost)
        give_up(window, "its screen is gone");
}

void live_pace(struct window *window)
{
    struct live *live = window->live;
    struct monitor *monitor = window->monitor;
    if (!live->window || !display_listening(computer_display(monitor->system, system_acting(monitor->system))))
        return;
    uint64_t now_ps = computer_time_ps(monitor->system, monitor->focus);
    uint32_t now_ms = SDL_GetTicks();
    uint64_t ahead_ms = (now_ps - live->pace_ps) / (PS_PER_S / 1000), gone_ms = now_ms - live->pace_ms;
    if (now_ps < live->pace_ps || ahead_ms + LATE_MS < gone_ms || ahead_ms > gone_ms + LATE_MS) {
        live->pace_ps = now_ps; /* it was elsewhere meanwhile */
        live->pace_ms = now_ms;
    } else if (ahead_ms > gone_ms) {
        SDL_Delay((uint32_t)(ahead_ms - gone_ms));
    }
}

/* ---- open and closed ---- */

static bool is_named(const char *variable)
{
    return getenv(variable) && *getenv(variable);
}

/* Where a screen is named, it is that or none: SDL would go on to what nobody can see. */
static bool start(struct live *live, struct error *error)
{
    bool x11 = is_named("DISPLAY"), wayland = is_named("WAYLAND_DISPLAY");
    bool named = x11 || wayland || is_named("SDL_VIDEODRIVER");
    if (live->started)
        return true;
    if (!is_named("SDL_VIDEODRIVER"))
        SDL_SetHintWithPriority("SDL_VIDEODRIVER",
                                x11 && wayland ? "x11,wayland"
                                : wayland      ? "wayland"
                                               : "x11",
                                SDL_HINT_OVERRIDE); /* it may be set, and empty */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  /* Ctrl-C is ours */
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); /* the picture is made here: a renderer would only copy it */
    live->started = named && SDL_Init(SDL_INIT_VIDEO) == 0;
    return live->started ||
           error_set(error,
                     "there is no screen for a window (%s): set DISPLAY, or SDL_VIDEODRIVER=dummy to do "
                     "without; 'screenshot' and 'window describe' need none",
                     named ? SDL_GetError() : "none is named");
}

/* Elsewhere than under X11, SDL has its own units for it. */
static void fit_screen(struct view *view)
{
    float dpi = 0;
    SDL_Rect room;
    const char *driver = SDL_GetCurrentVideoDriver();
    if (driver && strcmp(driver, "x11") == 0 && SDL_GetDisplayDPI(0, NULL, &dpi, NULL) == 0 &&
        SDL_GetDisplayUsableBounds(0, &room) == 0)
        view_fit(view, (unsigned)dpi, room.w, room.h);
}

bool window_hold_screen(struct error *error)
{
    struct live live = {0};
    struct painter *painter = painter_new(NULL, error);
    bool good = painter && start(&live, error);
    painter_free(painter);
    return good;
}

bool window_open(struct window *window, struct error *error)
{
    struct live *live = live_of(window);
    if (live->lost)
        return error_set(error, "the screen of this session is gone: 'screenshot' and 'window describe' need none");
    if (!live->painting)
        live->painting = painting_new(window->font, error);
    if (!live->painting || !start(live, error))
        return false;
    if (live->window) {
        SDL_RaiseWindow(live->window);
        return true;
    }
    fit_screen(&window->view);
    live->window = SDL_CreateWindow("understudy", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, window->view.width,
                                    window->view.height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    if (!live->window)
        return error_set(error, "the window cannot be opened: %s", SDL_GetError());
    live_note_loss(live->window, &live->lost);
    SDL_StartTextInput();
    window->view.guest_has_keys = false;
    live->wanted = live->whole = true;
    live_turn(window);
    return true;
}

void window_close(struct window *window)
{
    struct live *live = window->live;
    if (!live || !live->window)
        return;
    live_let_go(window);
    if (!live->lost) /* else there is nobody to be told */
        SDL_DestroyWindow(live->window);
    live->window = NULL;
}

void live_free(struct window *window)
{
    struct live *live = window->live;
    if (!live)
        return;
    window_close(window);
    painting_free(live->painting);
    scene_free(&live->scene);
    if (live->started && !live->lost)
        SDL_Quit();
    free(live);
    window->live = NULL;
}

void live_resize(struct window *window)
{
    struct live *live = window->live;
    if (!live_is_open(window))
        return;
    SDL_SetWindowSize(live->window, window->view.width, window->view.height);
    live->wanted = true;
}

bool window_font(struct window *window, const char *path, struct error *error)
{
    struct painting *painting = painting_new(path, error);
    if (!painting)
        return false;
    struct live *live = live_of(window);
    painting_free(live->painting);
    live->painting = painting;
    live->begun = false;
    live->whole = true;
    free(window->font);
    window->font = strdup(path);
    memory_need(window->font);
    window->did = true;
    return true;
}

/* ---- a picture ---- */

bool window_screenshot(struct window *window, uint8_t **bytes, size_t *size, struct error *error)
{
    SDL_Surface *surface = begin(window, error) ? finish(window->live, error) : NULL;
    live_of(window)->wanted = live_of(window)->whole = true;
    return surface && paint_png(surface, bytes, size, error);
}

void window_version(FILE *out)
{
    SDL_version sdl;
    SDL_GetVersion(&sdl);
    const SDL_version *ttf = TTF_Linked_Version();
    fprintf(out, "window: SDL %d.%d.%d, SDL_ttf %d.%d.%d", sdl.major, sdl.minor, sdl.patch, ttf->major, ttf->minor,
            ttf->patch);
#ifdef US_PNG
    fprintf(out, ", libpng %s", png_get_libpng_ver(NULL));
#endif
    fprintf(out, ", terminal by %s\n", screen_engine());
}
