/* display.h - the display, and keyboard and pointer (hardware manual, section 9).
 *
 * Drawing is done in mode 1, one byte a pixel: a COLOUR below is an index of the palette. Everything is cut off at the
 * display's edges. Nothing here waits: a program that asks for frames or waits for events connects INTERRUPT_INPUT, and
 * in its handler, or after it, takes events until there is none.
 */
#ifndef UNDERSTUDY_DISPLAY_H
#define UNDERSTUDY_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <board.h>

enum { DISPLAY_WIDTH = 640, DISPLAY_HEIGHT = 480 };

/* On, black, in mode 1; from now on events come, and interrupt 6 posts them. */
void display_open(void);
void display_close(void);
/* Palette entry COLOUR (0 to 255) is RGB. */
void display_palette(uint32_t colour, uint32_t rgb);

/* Ask for interrupt 6 on every frame, or not; how many frames began since it was asked for. */
void display_want_frames(bool wanted);
uint32_t display_frames(void);

/* A rectangle; a disc round X, Y; a line; a number of DIGITS seven-segment digits, SIZE pixels high. */
void display_fill(int x, int y, int width, int height, uint32_t colour);
void display_disc(int x, int y, int radius, uint32_t colour);
void display_line(int x, int y, int to_x, int to_y, uint32_t colour);
void display_number(int x, int y, int size, unsigned digits, uint32_t value, uint32_t colour);

/* The next event of keyboard or pointer, 0 if there is none: its kind and code. */
uint32_t input_next(void);

static inline uint32_t input_kind(uint32_t event)
{
    return event >> 24;
}

static inline uint32_t input_code(uint32_t event)
{
    return event & 0x00FFFFFF;
}

#endif
