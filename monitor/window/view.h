/* view.h - how a session is looked at: what the window remembers that is no state of the session. */
#ifndef US_MONITOR_WINDOW_VIEW_H
#define US_MONITOR_WINDOW_VIEW_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VIEW_WIDTH = 1280, /* if nothing else is said */
    VIEW_HEIGHT = 800,
    VIEW_LEAST = 64, /* either of them */
    VIEW_MOST = 8192,
    VIEW_EPOCHS = 12,
};

/* The three views; a window too small for all of them shows one. */
enum view_panel { VIEW_GUEST, VIEW_PAIR, VIEW_TIME, VIEW_PANELS };

struct view {
    int width, height;
    bool dark;
    unsigned epochs;         /* on the time line */
    enum view_panel panel;   /* in a small window */
    int focus;               /* the button that Enter presses; -1: none */
    bool guest_has_keys;     /* what is typed is the guest's */
    bool runs;               /* the guest runs at this moment */
    bool remote;             /* of a node of a live pair (remote.h): its buttons are those that a node knows */
    uint64_t furthest_epoch; /* that was seen, of this run: the right end of the whole run */
};

/* Letters as large as on a usual screen, on one of DPI dots to the inch: if nobody has chosen a size, VIEW is larger by
 * that, as far as there is ROOM. */
void view_fit(struct view *view, unsigned dpi, int room_width, int room_height);

#endif
