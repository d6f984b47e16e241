/* pendulums.c - an animation: sixteen pendulums, each a little faster than the one before it, a picture for each frame
 * of the display, and the frame's number.
 *
 * Shows: the display, its palette, the frame interrupt; and that no frame is lost when a computer dies. The n-th frame
 * interrupt must come while the world's clock, too, is in the n-th frame: a frame that was missed, or told twice, is
 * counted. After three seconds it says so and ends: status 0; 1 if there was one. Whoever presses a key watches for
 * longer: then Escape ends it.
 */
#include <understudy.h>

enum {
    FRAMES = 180,
    FRAMES_PER_SECOND = 60,
    PENDULUMS = 16,
    TOP = 60,
    RADIUS = 14,
    SWING = 200, /* pixels to either side, for the first one */
    LENGTH = 310,
    TURN = 4096, /* a full turn, for sine() */
    COLOUR_LINE = 1,
    COLOUR_NUMBER = 2,
    COLOUR_FIRST = 3, /* of the bobs */
    STATUS_WRONG = 1,
};

static volatile uint32_t frames;
static volatile bool watched, ended;

static void frame_interrupt(unsigned interrupt)
{
    uint32_t event;
    (void)interrupt;
    while ((event = input_next())) {
        watched |= input_kind(event) == INPUT_KEY_DOWN;
        ended |= input_kind(event) == INPUT_KEY_DOWN && input_code(event) == KEY_ESCAPE;
    }
    frames = display_frames();
}

/* The frame that the world's clock is in. Only differences count, and only in a few seconds. */
static uint32_t frame_of_clock(void)
{
    struct world_time now = world_clock();
    return now.seconds * FRAMES_PER_SECOND + (uint32_t)((uint64_t)now.nanoseconds * FRAMES_PER_SECOND / 1000000000);
}

/* The sine of ANGLE (TURN is a full turn), times 1024, within two of it: Bhaskara's fraction. */
static int sine(uint32_t angle)
{
    int half = TURN / 2, at = (int)(angle % (TURN / 2)), product = at * (half - at);
    int value = 1024 * 4 * product / (5 * half * half / 4 - product);
    return angle % TURN < TURN / 2 ? value : -value;
}

/* Bob I at frame FRAME: in a minute it swings 51 + I times, so that after a minute they are in one row again. */
static void place(uint32_t i, uint32_t frame, int *x, int *y)
{
    int side = sine(frame * (51 + i) * TURN / (60 * FRAMES_PER_SECOND) + TURN / 4);
    int swing = SWING - (int)i * 8, length = LENGTH - (int)i * 14;
    *x = DISPLAY_WIDTH / 2 + swing * side / 1024;
    *y = TOP + length - swing * side / 1024 * (swing * side / 1024) / (2 * length);
}

static void draw(uint32_t frame, bool erase)
{
    for (uint32_t i = 0; i < PENDULUMS; i++) {
        int x, y;
        place(i, frame, &x, &y);
        display_line(DISPLAY_WIDTH / 2, TOP, x, y, erase ? 0 : COLOUR_LINE);
        display_disc(x, y, RADIUS, erase ? 0 : COLOUR_FIRST + i);
    }
    display_number(20, 20, 40, 4, frame, erase ? 0 : COLOUR_NUMBER);
}

static void choose_colours(void)
{
    display_palette(COLOUR_LINE, 0x606870);
    display_palette(COLOUR_NUMBER, 0xFFFFFF);
    for (uint32_t i = 0; i < PENDULUMS; i++) /* from orange to blue, the same brightness all the way */
        display_palette(COLOUR_FIRST + i, (230 - i * 11) << 16 | (120 + i * 4) << 8 | (40 + i * 14));
}

/* Sleep until more than SEEN frames have begun; how many. */
static uint32_t sleep_past(uint32_t seen)
{
    uint32_t old = interrupts_off();
    while (frames <= seen) {
        idle();
        interrupts_on(); /* the handler runs here */
        interrupts_off();
    }
    uint32_t now = frames;
    interrupts_restore(old);
    return now;
}

int main(void)
{
    uint32_t wrong = 0, first = 0, frame = 0;
    display_open();
    choose_colours();
    interrupt_connect(INTERRUPT_INPUT, frame_interrupt);
    display_want_frames(true);
    interrupts_on();
    while (watched ? !ended : frame < FRAMES) {
        frame++;
        uint32_t now = sleep_past(frame - 1), clock = frame_of_clock();
        if (frame == 1)
            first = clock;
        wrong += now != frame || clock - first != frame - 1;
        draw(frame - 1, true);
        draw(frame, false);
        if (frame % FRAMES_PER_SECOND == 0)
            printf("frame %u\n", frame);
    }
    printf("pendulums: %u frames, %u not in their time\n", frame, wrong);
    return wrong ? STATUS_WRONG : 0;
}
