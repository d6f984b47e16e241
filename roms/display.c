/* display.c - the display: registers, and drawing into its frame buffer by bytes, which are indices of the palette.
 *
 * Hardware manual, section 9.
 */
#include <understudy.h>

static uint8_t *row(int y)
{
    return (uint8_t *)DISPLAY_PIXELS + (uint32_t)y * DISPLAY_WIDTH;
}

void display_open(void)
{
    display_fill(0, 0, DISPLAY_WIDTH, DISPLAY_HEIGHT, 0);
    store32(DISPLAY_BASE + DISPLAY_MODE, DISPLAY_MODE_PALETTE);
}

void display_close(void)
{
    store32(DISPLAY_BASE + DISPLAY_FRAME_INTERRUPT, 0);
    store32(DISPLAY_BASE + DISPLAY_MODE, DISPLAY_MODE_OFF);
}

void display_palette(uint32_t colour, uint32_t rgb)
{
    uint32_t old = interrupts_off(); /* a handler that stores there would move the index */
    store32(DISPLAY_BASE + DISPLAY_PALETTE_INDEX, colour);
    store32(DISPLAY_BASE + DISPLAY_PALETTE_ENTRY, rgb);
    interrupts_restore(old);
}

void display_want_frames(bool wanted)
{
    store32(DISPLAY_BASE + DISPLAY_FRAME_INTERRUPT, wanted);
}

uint32_t display_frames(void)
{
    return load32(DISPLAY_BASE + DISPLAY_FRAMES);
}

uint32_t input_next(void)
{
    return load32(DISPLAY_BASE + DISPLAY_EVENT);
}

/* ---- drawing ---- */

/* COUNT pixels: by words where they are whole. */
static void fill_row(uint8_t *at, int count, uint32_t colour)
{
    for (; count > 0 && (uint32_t)at % 4; count--)
        *at++ = (uint8_t)colour;
    for (; count >= 4; count -= 4, at += 4)
        *(uint32_t *)at = (colour & 0xFF) * 0x01010101;
    for (; count > 0; count--)
        *at++ = (uint8_t)colour;
}

static int between(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

void display_fill(int x, int y, int width, int height, uint32_t colour)
{
    int left = between(x, 0, DISPLAY_WIDTH), right = between(x + width, 0, DISPLAY_WIDTH);
    int bottom = between(y + height, 0, DISPLAY_HEIGHT);
    for (int at = between(y, 0, DISPLAY_HEIGHT); at < bottom; at++)
        fill_row(row(at) + left, right - left, colour);
}

void display_disc(int x, int y, int radius, uint32_t colour)
{
    int half = radius;
    for (int dy = 0; dy <= radius; dy++) {
        while (half * half + dy * dy > radius * radius)
            half--;
        display_fill(x - half, y - dy, 2 * half + 1, 1, colour);
        display_fill(x - half, y + dy, 2 * half + 1, 1, colour);
    }
}

static int size_of(int value)
{
    return value < 0 ? -value : value;
}

void display_line(int x, int y, int to_x, int to_y, uint32_t colour)
{
    int width = size_of(to_x - x), height = size_of(to_y - y), step_x = x < to_x ? 1 : -1, step_y = y < to_y ? 1 : -1;
    int rest = width - height;
    for (;;) {
        display_fill(x, y, 1, 1, colour);
        if (x == to_x && y == to_y)
            return;
        int twice = 2 * rest;
        if (twice >= -height) {
            rest -= height;
            x += step_x;
        }
        if (twice <= width) {
            rest += width;
            y += step_y;
        }
    }
}

/* Segments of a digit: bit 0 the top, then clockwise, bit 6 the middle. */
static const uint8_t segments[10] = {0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F};

static void digit(int x, int y, int size, uint32_t value, uint32_t colour)
{
    int width = size / 2, thick = size / 10 + 1, half = size / 2;
    const struct {
        int x, y, width, height;
    } places[7] = {{0, 0, width, thick},
                   {width - thick, 0, thick, half},
                   {width - thick, half, thick, size - half},
                   {0, size - thick, width, thick},
                   {0, half, thick, size - half},
                   {0, 0, thick, half},
                   {0, half - thick / 2, width, thick}};
    for (unsigned i = 0; i < 7; i++)
        if (segments[value] >> i & 1)
            display_fill(x + places[i].x, y + places[i].y, places[i].width, places[i].height, colour);
}

void display_number(int x, int y, int size, unsigned digits, uint32_t value, uint32_t colour)
{
    int pitch = size / 2 + size / 5 + 1;
    for (unsigned i = digits; i > 0; i--, value /= 10)
        digit(x + (int)(i - 1) * pitch, y, size, value % 10, colour);
}
