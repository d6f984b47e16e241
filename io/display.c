/* display.c - see display.h. */
#include "io/display.h"

#include <assert.h>
#include <string.h>

#include "mmu/base/bits.h"
#include "mmu/base/vtime.h"

#define STATE struct display_state
static const struct state_field display_fields[] = {
    STATE_SCALAR_BELOW(STATE, mode, DISPLAY_MODES, "0 off, 1 palette, 2 XRGB"),
    STATE_SCALAR_BELOW(STATE, palette_index, DISPLAY_COLOURS, "the palette entry that is loaded and stored"),
    STATE_SCALAR_BELOW(STATE, frames_wanted, 2, "1: a frame posts interrupt 6"),
    STATE_SCALAR(STATE, frames, "frames since they were wanted"),
    STATE_SCALAR_BELOW(STATE, first, DISPLAY_EVENTS, "the event to be taken next"),
    STATE_SCALAR_BELOW(STATE, count, DISPLAY_EVENTS + 1, "events received and not taken"),
    STATE_SCALAR(STATE, lost, "events that came without room"),
    STATE_ARRAY(STATE, palette, "the palette, XRGB"),
    STATE_ARRAY(STATE, events, "the events, a ring"),
};
#undef STATE
const struct state_table display_state_table = {"display", display_fields,
                                                sizeof display_fields / sizeof display_fields[0]};

enum {
    REG_IDENTITY = 0,
    REG_WIDTH = 4,
    REG_HEIGHT = 8,
    REG_MODE = 12,
    REG_PALETTE_INDEX = 16,
    REG_PALETTE = 20,
    REG_EVENT = 24,
    REG_FRAME_INTERRUPT = 28,
    REG_FRAMES = 32,
};

#define COLOUR UINT32_C(0x00FFFFFF)

_Static_assert(PHYS_PIXELS_BYTES == DISPLAY_WIDTH * DISPLAY_HEIGHT * 4, "a word for each pixel");

void display_init(struct display *display, const struct phys *phys, void (*wanted)(void *arg), void *arg,
                  struct irq_line irq)
{
    *display = (struct display){.pixels = phys_pixels(phys), .wanted = wanted, .arg = arg, .irq = irq};
}

void display_reset(struct display *display)
{
    memset(&display->state, 0, sizeof display->state);
}

/* ---- input ---- */

bool display_listening(const struct display *display)
{
    return display->state.mode != DISPLAY_OFF;
}

unsigned display_room(const struct display *display)
{
    return DISPLAY_EVENTS - display->state.count;
}

void display_receive(struct display *display, uint32_t event)
{
    struct display_state *s = &display->state;
    assert(input_event_good(event));
    if (!display_room(display)) {
        s->lost++;
        return;
    }
    s->events[(s->first + s->count) % DISPLAY_EVENTS] = event;
    if (s->count++ == 0)
        irq_post(&display->irq, IRQ_INPUT);
}

/* The next event; 0 if there is none. What was taken is zero: two replicas have the same ring. */
static uint32_t take(struct display_state *s)
{
    if (!s->count)
        return 0;
    uint32_t event = s->events[s->first];
    s->events[s->first] = 0;
    s->first = (s->first + 1) % DISPLAY_EVENTS;
    s->count--;
    return event;
}

/* ---- frames ---- */

uint64_t display_frame_at(uint64_t time_ps)
{
    return time_to_ticks(time_ps, DISPLAY_FRAMES_PER_S);
}

uint64_t display_next_frame_ps(uint64_t time_ps)
{
    return ticks_to_time(display_frame_at(time_ps) + 1, DISPLAY_FRAMES_PER_S);
}

bool display_frame_due(const struct display *display, uint64_t time_ps, uint64_t *seen)
{
    uint64_t now = display_frame_at(time_ps), before = *seen;
    if (now <= before)
        return false;
    *seen = now;
    return display->state.frames_wanted;
}

uint64_t display_frame_due_ps(const struct display *display, uint64_t seen)
{
    return display->state.frames_wanted ? ticks_to_time(seen + 1, DISPLAY_FRAMES_PER_S) : TIME_NEVER;
}

void display_frame(struct display *display)
{
    if (!display->state.frames_wanted)
        return;
    display->state.frames++;
    irq_post(&display->irq, IRQ_INPUT);
}

/* ---- the picture ---- */

void display_row(const struct display *display, unsigned y, uint32_t *colours)
{
    const struct display_state *s = &display->state;
    const uint8_t *bytes = display->pixels + (size_t)y * DISPLAY_WIDTH;
    const uint8_t *words = display->pixels + (size_t)y * DISPLAY_WIDTH * 4;
    assert(y < DISPLAY_HEIGHT);
    for (unsigned x = 0; x < DISPLAY_WIDTH; x++)
        colours[x] = s->mode == DISPLAY_PALETTE ? s->palette[bytes[x]]
                     : s->mode == DISPLAY_XRGB  ? be32_load(words + (size_t)x * 4) & COLOUR
                                                : 0;
}

/* ---- registers ---- */

static enum phys_result display_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct display *display = device;
    struct display_state *s = &display->state;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_IDENTITY:
        *value = DISPLAY_IDENTITY;
        break;
    case REG_WIDTH:
        *value = DISPLAY_WIDTH;
        break;
    case REG_HEIGHT:
        *value = DISPLAY_HEIGHT;
        break;
    case REG_MODE:
        *value = s->mode;
        break;
    case REG_PALETTE_INDEX:
        *value = s->palette_index;
        break;
    case REG_PALETTE:
        *value = s->palette[s->palette_index];
        break;
    case REG_EVENT:
        *value = take(s);
        break;
    case REG_FRAME_INTERRUPT:
        *value = s->frames_wanted;
        break;
    default: /* REG_FRAMES */
        *value = s->frames;
        break;
    }
    return PHYS_OK;
}

/* A mode that there is not: off. */
static void set_mode(struct display *display, uint32_t value)
{
    bool before = display_listening(display);
    display->state.mode = value < DISPLAY_MODES ? value : DISPLAY_OFF;
    if (!before && display_listening(display))
        display->wanted(display->arg);
}

/* The count begins when they are first wanted. */
static void want_frames(struct display *display, uint32_t wanted)
{
    struct display_state *s = &display->state;
    bool before = s->frames_wanted;
    s->frames_wanted = wanted;
    if (before && wanted)
        return;
    s->frames = 0;
    if (wanted)
        display->wanted(display->arg);
}

static enum phys_result display_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    struct display *display = device;
    struct display_state *s = &display->state;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_MODE:
        set_mode(display, value);
        break;
    case REG_PALETTE_INDEX:
        s->palette_index = value % DISPLAY_COLOURS;
        break;
    case REG_PALETTE:
        s->palette[s->palette_index] = value & COLOUR;
        break;
    case REG_FRAME_INTERRUPT:
        want_frames(display, value & 1);
        break;
    default: /* the rest is only loaded */
        break;
    }
    return PHYS_OK;
}

const struct phys_device_ops display_ops = {display_load, display_store};
