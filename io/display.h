/* display.h - the display and its input: registers, a palette, a frame interrupt, and a queue of what was done at
 * keyboard and pointer (docs/board.md, "Display and input"). The frame buffer is memory like RAM (mmu/phys.h).
 *
 * The state changes by the guest's loads and stores, by display_receive, and by display_frame. Interrupt 6 is posted
 * when an event arrives in an empty queue, and for a frame. There is no window here, and no host time: who looks at the
 * picture, and when frames and events come, is the world's business.
 *
 * What always holds: whatever mode, palette and pixels the guest stores, every picture is WIDTH times HEIGHT colours.
 */
#ifndef US_IO_DISPLAY_H
#define US_IO_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "io/input_event.h"
#include "io/irq.h"
#include "mmu/base/hard.h"
#include "mmu/base/state.h"
#include "mmu/phys.h"

#define DISPLAY_BASE     UINT32_C(0xFFF84000)
#define DISPLAY_IDENTITY UINT32_C(0x55535631)
enum {
    DISPLAY_WINDOW_BYTES = 36,
    DISPLAY_WIDTH = 640,
    DISPLAY_HEIGHT = 480,
    DISPLAY_COLOURS = 256,
    DISPLAY_EVENTS = HARD(256, 4), /* in the queue */
    DISPLAY_FRAMES_PER_S = 60,
};

enum display_mode { DISPLAY_OFF, DISPLAY_PALETTE, DISPLAY_XRGB, DISPLAY_MODES };

struct display_state {
    uint32_t mode;                     /* enum display_mode */
    uint32_t palette_index;            /* of the entry that the guest loads and stores */
    uint32_t frames_wanted;            /* 1: a frame posts interrupt 6 */
    uint32_t frames;                   /* frames since they were wanted */
    uint32_t first, count;             /* of what waits in `events`, a ring */
    uint32_t lost;                     /* events that came when there was no room for them */
    uint32_t palette[DISPLAY_COLOURS]; /* XRGB */
    uint32_t events[DISPLAY_EVENTS];
};
extern const struct state_table display_state_table;

struct display {
    struct display_state state;
    const uint8_t *pixels; /* the frame buffer, big-endian like all memory */
    /* The guest has just turned it on, or begun to want frames. */
    void (*wanted)(void *arg);
    void *arg;
    struct irq_line irq;
};

extern const struct phys_device_ops display_ops; /* the registers; the device is a struct display */

/* A display that is off, of PHYS, which outlives it. */
void display_init(struct display *display, const struct phys *phys, void (*wanted)(void *arg), void *arg,
                  struct irq_line irq);
/* The guest begins anew: off, no palette, no events. The frame buffer keeps its content, as RAM does. */
void display_reset(struct display *display);

/* ---- input ---- */

/* Does what is done at keyboard and pointer come in? It waits while the display is off. */
bool display_listening(const struct display *display);
/* How many events it can take now, and take one; an event too many is lost and counted. */
unsigned display_room(const struct display *display);
void display_receive(struct display *display, uint32_t event);

/* ---- frames ---- */

/* The frame that is on the screen at TIME_PS of the board's clock, counted from 0, and when the next one begins. */
uint64_t display_frame_at(uint64_t time_ps);
uint64_t display_next_frame_ps(uint64_t time_ps);
/* Has a new frame begun between frame *SEEN and TIME_PS, and does the guest want to know? *SEEN becomes the frame at
 * TIME_PS: several that were missed are one. */
bool display_frame_due(const struct display *display, uint64_t time_ps, uint64_t *seen);
/* When will that be so next, if the guest wants to know? TIME_NEVER: it does not. */
uint64_t display_frame_due_ps(const struct display *display, uint64_t seen);
/* A frame begins. */
void display_frame(struct display *display);

/* ---- the picture ---- */

/* Row Y of what is on the screen: DISPLAY_WIDTH colours, XRGB with X = 0. */
void display_row(const struct display *display, unsigned y, uint32_t *colours);

#endif
