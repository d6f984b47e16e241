/* private.h - the window's inside, between window.c, which needs no SDL, and live*.c, which are it. */
#ifndef US_MONITOR_WINDOW_PRIVATE_H
#define US_MONITOR_WINDOW_PRIVATE_H

#include "monitor/window/panels.h"
#include "monitor/window/window.h"

struct live;

/* Where a picture comes from that is not of the monitor's own system (remote.h). */
struct window_source {
    void *arg; /* NULL: it is of that */
    void (*picture)(void *arg, const struct view *view, struct scene *scene);
    void (*type)(void *arg, const char *text); /* at the guest's terminal */
    /* At keyboard and pointer of its display: key CODE goes DOWN or up; the pointer is there, with BUTTONS down. */
    void (*key)(void *arg, uint32_t code, bool down);
    void (*pointer)(void *arg, uint32_t x, uint32_t y, uint32_t buttons);
};

struct window {
    struct monitor *monitor;
    struct window_source source;
    struct view view;
    char *font;                  /* NULL: the one found when the program was built */
    struct live *live;           /* what SDL has; NULL: nothing yet */
    const struct system *system; /* that view.furthest_epoch is of */
    bool did;                    /* a command was run since somebody looked */
    bool at_prompt;              /* which stands there: a command is printed behind it */
    bool paused;                 /* it has stopped because somebody at the window wanted that */
    bool pause;                  /* the run that is under way is to stop */
    char *queued;                /* the command that comes then; or NULL */
};

/* Print COMMAND as if it had been typed, and run it; at once, or when the run under way has stopped. */
void window_command(struct window *window, const char *command);
/* The picture as it is now; scene_free it. */
void window_picture(struct window *window, struct scene *scene);
/* Do what was done at the window, and draw it if it is time and something has changed: if that is known, FRESH. */
void window_turn(struct window *window, bool fresh);
/* The view follows the session: how far the run has come, who has the keys. */
void window_follow(struct window *window);
/* Key KEY of keys.h is pressed. */
void window_key(struct window *window, char key);

/* ---- SDL: live.c, or live_none.c ---- */

void live_free(struct window *window);
bool live_is_open(const struct window *window);
/* Open, and on a screen. */
bool live_is_seen(const struct window *window);
/* Handle what was done at the window, and draw it if it is time. */
void live_turn(struct window *window);
/* The guest has run for a while: let it not be faster than a person's time, if it draws. */
void live_pace(struct window *window);
void live_resize(struct window *window);
void live_press(struct window *window, uint32_t code);
/* The guest has nobody's keys any more: what is down goes up. */
void live_let_go(struct window *window);

#endif
