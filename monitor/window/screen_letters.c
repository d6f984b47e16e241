/* screen_letters.c - see screen_letters.h. */
#include "monitor/window/screen_letters.h"

static size_t put_letter(char *to, uint32_t letter)
{
    if (letter < 0x20 || (letter >= 0x7F && letter < 0xA0)) /* they would command the terminal of who reads it */
        letter = ' ';
    if (letter < 0x80) {
        to[0] = (char)letter;
        return 1;
    }
    if (letter < 0x800) {
        to[0] = (char)(0xC0 | letter >> 6);
        to[1] = (char)(0x80 | (letter & 0x3F));
        return 2;
    }
    if (letter > 0xFFFF) /* nothing that a font of this size has */
        letter = 0xFFFD;
    to[0] = (char)(0xE0 | letter >> 12);
    to[1] = (char)(0x80 | (letter >> 6 & 0x3F));
    to[2] = (char)(0x80 | (letter & 0x3F));
    return 3;
}

void screen_put_row(struct screen *screen, int row, const uint32_t cells[SCREEN_COLUMNS])
{
    size_t size = 0, end = 0;
    for (int i = 0; i < SCREEN_COLUMNS; i++) {
        size += put_letter(screen->row[row] + size, cells[i]);
        if (screen->row[row][size - 1] != ' ')
            end = size;
    }
    screen->row[row][end] = '\0';
}
