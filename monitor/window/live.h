/* live.h - what SDL has of a window: between live.c and live_events.c. */
#ifndef US_MONITOR_WINDOW_LIVE_H
#define US_MONITOR_WINDOW_LIVE_H

#include "io/input_event.h"
#include "monitor/window/painting.h"
#include "monitor/window/private.h"

struct live {
    struct painting *painting;    /* NULL: none yet */
    bool begun;                   /* a picture was, and nobody has taken it */
    SDL_Window *window;           /* NULL: closed */
    struct scene scene;           /* as drawn last: for the mouse */
    struct display shown;         /* what is on the guest's display there */
    uint8_t pixels[PHYS_PIXELS_BYTES];
    uint32_t drawn_ms;            /* when that began */
    uint32_t cost_ms;             /* how long that took */
    uint64_t frames;              /* drawn while the guest ran */
    uint64_t running_ms;          /* and for how long it did */
    uint32_t turned_ms;           /* when it was looked at last */
    bool wanted;                  /* something has changed */
    bool whole;                   /* what is in the window is not what was drawn last */
    bool lost;                    /* the screen is gone: SDL is not to be asked for anything any more */
    bool dragging;                /* the cursor in time */
    uint64_t dragged_to;          /* the epoch */
    uint32_t guest_buttons;       /* down, for the guest */
    uint32_t guest_x, guest_y;    /* where it was told last that the pointer is */
    bool guest_down[KEY_F1 + 12]; /* the keys whose end the guest is to be told */
    bool started;                 /* SDL was */
    uint64_t seen_executed;       /* monitor->executed */
    const char *seen_question;    /* monitor->quiz.question */
    uint64_t pace_ps;
    uint32_t pace_ms;
};

/* That of WINDOW; made when it is asked for first. */
struct live *live_of(struct window *window);
/* Take and handle what was done at the window. */
void live_events(struct window *window);
/* The screen may go away while it is used: then DISPLAY's window is `lost`, and nobody exits. */
void live_note_loss(SDL_Window *window, bool *lost);

#endif
