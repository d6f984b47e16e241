/* test_display.c - registers, palette, modes, events, frames and the frame buffer's pages (docs/board.md, "Display and
 * input"); whatever a guest stores, the picture is whole and the device answers.
 */
#include "io/display.h"

#include "mmu/base/rng.h"
#include "mmu/base/vtime.h"
#include "tests/check.h"

struct rig {
    struct phys *phys;
    struct display display;
    unsigned posts[32], wanted;
};

static void post(void *arg, unsigned number)
{
    ((struct rig *)arg)->posts[number]++;
}

static void wanted(void *arg)
{
    ((struct rig *)arg)->wanted++;
}

static struct rig *rig_new(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    if (rig)
        rig->phys = phys_new(PHYS_RAM_BYTES_MIN);
    if (!rig || !rig->phys)
        abort();
    display_init(&rig->display, rig->phys, wanted, rig, (struct irq_line){post, rig});
    phys_add_window(rig->phys, DISPLAY_BASE, DISPLAY_WINDOW_BYTES, &display_ops, &rig->display);
    return rig;
}

static void rig_free(struct rig *rig)
{
    phys_free(rig->phys);
    free(rig);
}

static uint32_t get(struct check *t, struct rig *rig, uint32_t address)
{
    uint64_t value;
    CHECK_EQ(phys_load(rig->phys, address, 4, &value), PHYS_OK);
    return (uint32_t)value;
}

static void put(struct check *t, struct rig *rig, uint32_t address, uint32_t value)
{
    CHECK_EQ(phys_store(rig->phys, address, 4, value), PHYS_OK);
}

static uint32_t colour(struct rig *rig, unsigned x, unsigned y)
{
    uint32_t row[DISPLAY_WIDTH];
    display_row(&rig->display, y, row);
    return row[x];
}

static void test_registers(struct check *t)
{
    struct rig *rig = rig_new();
    static const uint32_t values[] = {0x55535631, 640, 480, 0, 0, 0, 0, 0, 0};
    for (uint32_t i = 0; i < 9; i++)
        CHECK_EQ(get(t, rig, DISPLAY_BASE + i * 4), values[i]);
    for (uint32_t offset = 0; offset < 12; offset += 4) { /* these are only loaded */
        put(t, rig, DISPLAY_BASE + offset, 7);
        CHECK_EQ(get(t, rig, DISPLAY_BASE + offset), values[offset / 4]);
    }
    put(t, rig, DISPLAY_BASE + 24, 0x01000041);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 24), 0);
    put(t, rig, DISPLAY_BASE + 32, 5);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 32), 0);
    uint64_t value;
    CHECK_EQ(phys_load(rig->phys, DISPLAY_BASE, 2, &value), PHYS_NOTHING);
    CHECK_EQ(phys_load(rig->phys, DISPLAY_BASE + 24, 1, &value), PHYS_NOTHING);
    CHECK_EQ(phys_store(rig->phys, DISPLAY_BASE + 12, 2, 1), PHYS_NOTHING);
    CHECK_EQ(phys_load(rig->phys, DISPLAY_BASE + 36, 4, &value), PHYS_NOTHING);
    rig_free(rig);
}

static void test_modes(struct check *t)
{
    struct rig *rig = rig_new();
    put(t, rig, PHYS_PIXELS_BASE, 0xFF123456);
    CHECK_EQ(colour(rig, 0, 0), 0); /* off: black */
    put(t, rig, DISPLAY_BASE + 12, 2);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 12), 2);
    CHECK_EQ(colour(rig, 0, 0), 0x123456); /* X is nothing */
    put(t, rig, PHYS_PIXELS_BASE + (479 * 640 + 639) * 4, 0x00ABCDEF);
    CHECK_EQ(colour(rig, 639, 479), 0xABCDEF);
    put(t, rig, DISPLAY_BASE + 16, 0x12);
    put(t, rig, DISPLAY_BASE + 20, 0xFF00FF01);
    put(t, rig, DISPLAY_BASE + 16, 255);
    put(t, rig, DISPLAY_BASE + 20, 0x00030201);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 20), 0x030201);
    put(t, rig, DISPLAY_BASE + 12, 1);
    CHECK_EQ(colour(rig, 1, 0), 0x00FF01);
    CHECK_EQ(colour(rig, 0, 0), 0x030201);
    CHECK_EQ(colour(rig, 2, 0), 0); /* an entry that was never stored is black */
    CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + 479 * 640 + 639, 1, 0x12), PHYS_OK);
    CHECK_EQ(colour(rig, 639, 479), 0x00FF01); /* rows without gaps */
    static const uint32_t odd[] = {3, 255, 0x80000001, UINT32_MAX};
    for (unsigned i = 0; i < 4; i++) {
        put(t, rig, DISPLAY_BASE + 12, 1);
        put(t, rig, DISPLAY_BASE + 12, odd[i]); /* no such mode */
        CHECK_EQ(get(t, rig, DISPLAY_BASE + 12), 0);
        CHECK_EQ(colour(rig, 0, 0), 0);
    }
    put(t, rig, DISPLAY_BASE + 16, 0xFFFFFF12); /* an index's low byte counts */
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 16), 0x12);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 20), 0x00FF01);
    rig_free(rig);
}

static void test_pixels(struct check *t)
{
    struct rig *rig = rig_new();
    uint64_t value;
    put(t, rig, PHYS_PIXELS_BASE + 8, 0x01020304);
    CHECK_EQ(get(t, rig, PHYS_PIXELS_BASE + 8), 0x01020304);
    CHECK_EQ(phys_load(rig->phys, PHYS_PIXELS_BASE + 10, 2, &value), PHYS_OK);
    CHECK_EQ(value, 0x0304);
    CHECK_EQ(phys_load(rig->phys, PHYS_PIXELS_BASE + 9, 1, &value), PHYS_OK);
    CHECK_EQ(value, 2);
    CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + 8, 2, 0xAABB), PHYS_OK);
    CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + 11, 1, 0xCC), PHYS_OK);
    CHECK_EQ(get(t, rig, PHYS_PIXELS_BASE + 8), 0xAABB03CC);
    CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + 16, 8, UINT64_C(0x0102030405060708)), PHYS_OK);
    CHECK_EQ(get(t, rig, PHYS_PIXELS_BASE + 20), 0x05060708);
    CHECK_EQ(phys_load(rig->phys, PHYS_PIXELS_BASE + 16, 8, &value), PHYS_OK);
    CHECK_EQ(value, UINT64_C(0x0102030405060708));
    CHECK_EQ(phys_load(rig->phys, DISPLAY_BASE + 8, 8, &value), PHYS_NOTHING); /* registers are no memory */
    CHECK_EQ(phys_store(rig->phys, DISPLAY_BASE + 8, 8, 0), PHYS_NOTHING);
    CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + PHYS_PIXELS_BYTES, 4, 1), PHYS_NOTHING);
    CHECK_EQ(phys_load(rig->phys, PHYS_PIXELS_BASE + PHYS_PIXELS_BYTES, 1, &value), PHYS_NOTHING);
    put(t, rig, PHYS_PIXELS_BASE + PHYS_PIXELS_BYTES - 4, 1);
    CHECK_EQ(rig->posts[6], 0);
    rig_free(rig);
}

static void test_events(struct check *t)
{
    struct rig *rig = rig_new();
    CHECK_EQ(input_event(INPUT_POINTER_X, 639), 0x0300027F);
    CHECK_EQ(input_event(INPUT_BUTTONS, 0xFFFFFF), 0x05FFFFFF);
    CHECK(!input_event_good(0) && !input_event_good(0x00FFFFFF) && !input_event_good(0x06000000) &&
          !input_event_good(UINT32_MAX));
    for (unsigned round = 0; round < 3; round++) { /* the ring comes round */
        unsigned posts = rig->posts[6];
        for (uint32_t i = 0; i < DISPLAY_EVENTS; i++) {
            CHECK_EQ(display_room(&rig->display), DISPLAY_EVENTS - i);
            display_receive(&rig->display, input_event(INPUT_KEY_DOWN, i));
            CHECK_EQ(rig->posts[6], posts + 1); /* when the first comes, and not again */
        }
        display_receive(&rig->display, input_event(INPUT_KEY_UP, 1)); /* too many: lost */
        CHECK_EQ(rig->display.state.lost, round + 1);
        for (uint32_t i = 0; i < DISPLAY_EVENTS; i++)
            CHECK_EQ(get(t, rig, DISPLAY_BASE + 24), 0x01000000 + i);
        CHECK_EQ(get(t, rig, DISPLAY_BASE + 24), 0);
        display_receive(&rig->display, input_event(INPUT_KEY_UP, 1)); /* begin elsewhere the next time */
        CHECK_EQ(get(t, rig, DISPLAY_BASE + 24), 0x02000001);
    }
    static const uint32_t none[DISPLAY_EVENTS] = {0};
    CHECK(!memcmp(rig->display.state.events, none, sizeof none)); /* what was taken leaves nothing behind */
    rig_free(rig);
}

static void test_frames(struct check *t)
{
    struct rig *rig = rig_new();
    uint64_t seen = 0, ones = 0;
    CHECK(!display_frame_due(&rig->display, PS_PER_S / 20, &seen)); /* not wanted */
    CHECK_EQ(seen, 3);
    display_frame(&rig->display);
    CHECK_EQ(rig->posts[6], 0);
    put(t, rig, DISPLAY_BASE + 28, 1);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 28), 1);
    CHECK(!display_frame_due(&rig->display, PS_PER_S / 20, &seen)); /* the same frame still */
    CHECK(display_frame_due(&rig->display, PS_PER_S, &seen));       /* many missed: one */
    CHECK_EQ(seen, 60);
    CHECK(!display_frame_due(&rig->display, PS_PER_S, &seen));
    CHECK(!display_frame_due(&rig->display, PS_PER_S / 2, &seen)); /* never back */
    CHECK_EQ(seen, 60);
    seen = 0;
    for (uint64_t time = 0, next; time < PS_PER_S; time = next) { /* sixty a second, each once */
        next = display_next_frame_ps(time);
        CHECK(next > time && !display_frame_due(&rig->display, next - 1, &seen));
        ones += display_frame_due(&rig->display, next, &seen);
    }
    CHECK_EQ(ones, 60);
    for (unsigned i = 1; i <= 3; i++) {
        display_frame(&rig->display);
        CHECK_EQ(rig->posts[6], i);
        CHECK_EQ(get(t, rig, DISPLAY_BASE + 32), i);
    }
    put(t, rig, DISPLAY_BASE + 28, 1); /* still wanted: the count goes on */
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 32), 3);
    put(t, rig, DISPLAY_BASE + 28, 0xFFFFFFFE);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 28), 0);
    CHECK_EQ(get(t, rig, DISPLAY_BASE + 32), 0);
    rig_free(rig);
}

/* The world is told when the guest begins to listen, or to want frames: once. */
static void test_wanted(struct check *t)
{
    struct rig *rig = rig_new();
    static const struct {
        uint32_t offset, value;
        unsigned wanted;
        bool listening;
    } stores[] = {{12, 0, 0, false}, {28, 0, 0, false}, {12, 2, 1, true}, {12, 1, 1, true}, {12, 9, 1, false},
                  {12, 1, 2, true},  {28, 1, 3, true},  {28, 3, 3, true}, {28, 0, 3, true}, {28, 1, 4, true}};
    for (unsigned i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        put(t, rig, DISPLAY_BASE + stores[i].offset, stores[i].value);
        CHECK_EQ(rig->wanted, stores[i].wanted);
        CHECK_EQ(display_listening(&rig->display), stores[i].listening);
    }
    CHECK_EQ(display_frame_due_ps(&rig->display, 59), PS_PER_S);
    put(t, rig, DISPLAY_BASE + 28, 0);
    CHECK_EQ(display_frame_due_ps(&rig->display, 59), TIME_NEVER);
    rig_free(rig);
}

static void test_reset(struct check *t)
{
    struct rig *rig = rig_new();
    put(t, rig, PHYS_PIXELS_BASE, 0x123456);
    put(t, rig, DISPLAY_BASE + 12, 2);
    put(t, rig, DISPLAY_BASE + 20, 5);
    put(t, rig, DISPLAY_BASE + 28, 1);
    display_receive(&rig->display, input_event(INPUT_BUTTONS, 1));
    display_reset(&rig->display);
    static const struct display_state new;
    CHECK(!memcmp(&rig->display.state, &new, sizeof new));
    CHECK_EQ(get(t, rig, PHYS_PIXELS_BASE), 0x123456); /* as RAM */
    rig_free(rig);
}

/* Any stores, loads, events and frames: the state is one that could be, and the picture is colours. */
static void test_anything(struct check *t)
{
    struct rig *rig = rig_new();
    struct rng rng = rng_new(t->seed, 1);
    uint32_t row[DISPLAY_WIDTH];
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t value = (uint32_t)(rng_next(&rng) >> rng_upto(&rng, 40)), offset = (uint32_t)rng_upto(&rng, 8) * 4;
        uint64_t loaded;
        unsigned size = 1u << rng_upto(&rng, 2);
        uint32_t pixel = (uint32_t)rng_upto(&rng, PHYS_PIXELS_BYTES / 4 - 1) * 4;
        switch (rng_upto(&rng, 4)) {
        case 0:
            put(t, rig, DISPLAY_BASE + offset, value);
            break;
        case 1:
            (void)get(t, rig, DISPLAY_BASE + offset);
            break;
        case 2:
            CHECK_EQ(phys_store(rig->phys, PHYS_PIXELS_BASE + pixel, size, value), PHYS_OK);
            CHECK_EQ(phys_load(rig->phys, PHYS_PIXELS_BASE + pixel, size, &loaded), PHYS_OK);
            CHECK_EQ(loaded, size == 4 ? value : value & ((1u << size * 8) - 1));
            break;
        case 3:
            display_receive(&rig->display, input_event(INPUT_KEY_DOWN, value & 0xFFFFFF));
            break;
        default:
            display_frame(&rig->display);
            break;
        }
        const struct display_state *s = &rig->display.state;
        CHECK(s->mode < DISPLAY_MODES && s->palette_index < DISPLAY_COLOURS && s->frames_wanted <= 1);
        CHECK(s->first < DISPLAY_EVENTS && s->count <= DISPLAY_EVENTS);
        if (i % 100)
            continue;
        display_row(&rig->display, (unsigned)rng_upto(&rng, DISPLAY_HEIGHT - 1), row);
        for (unsigned x = 0; x < DISPLAY_WIDTH; x++)
            CHECK(row[x] <= 0xFFFFFF);
    }
    rig_free(rig);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("io.display", argc, argv);
    test_registers(&t);
    test_modes(&t);
    test_pixels(&t);
    test_events(&t);
    test_frames(&t);
    test_wanted(&t);
    test_reset(&t);
    test_anything(&t);
    return check_end(&t);
}
