/* colours.c - see colours.h. */
#include "monitor/window/colours.h"

#include <assert.h>

static const struct {
    uint32_t light, dark;
} colours[SCENE_COLOURS] = {
    [COLOUR_BACK] = {0xE4E7EB, 0x101418},   [COLOUR_PANEL] = {0xFFFFFF, 0x1B2127},
    [COLOUR_TEXT] = {0x15191E, 0xF2F4F6},   [COLOUR_QUIET] = {0x4A535D, 0xB4BEC8},
    [COLOUR_LIVE] = {0x005A9C, 0x6CB8F0},   [COLOUR_BACKUP] = {0x8A4B00, 0xF0A848},
    [COLOUR_FAILED] = {0xA4003B, 0xFF8AA8}, [COLOUR_MESSAGE] = {0x5A3A9A, 0xC0A8FF},
    [COLOUR_FOCUS] = {0x00685A, 0x48D8C0},  [COLOUR_PAPER] = {0x14181C, 0x0A0D10},
    [COLOUR_INK] = {0xE8ECEF, 0xE8ECEF},
};

uint32_t colour_of(enum scene_colour colour, bool dark)
{
    assert(colour < SCENE_COLOURS);
    return dark ? colours[colour].dark : colours[colour].light;
}
