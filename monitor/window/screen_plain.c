/* screen_plain.c - a terminal's screen without a library: letters, ends of lines, and the sequences by which vi and top
 * move the cursor and erase. Everything else that begins with ESC is passed over. See screen.h.
 */
#include <stdbool.h>
#include <string.h>

#include "monitor/window/screen_letters.h"

enum { SEEN_BYTES = 256 << 10, PARAMETERS = 4, TAB = 8 };

struct plain {
    uint32_t cells[SCREEN_ROWS][SCREEN_COLUMNS];
    int row, column, saved_row, saved_column;
    enum { LETTERS, ESCAPE, CSI, CHARSET } state;
    int parameter[PARAMETERS], count;
};

const char *screen_engine(void)
{
    return "a few sequences";
}

static int limit(int value, int below)
{
    return value < 0 ? 0 : value >= below ? below - 1 : value;
}

static void move(struct plain *p, int row, int column)
{
    p->row = limit(row, SCREEN_ROWS);
    p->column = limit(column, SCREEN_COLUMNS);
}

static void next_row(struct plain *p)
{
    if (p->row + 1 < SCREEN_ROWS) {
        p->row++;
        return;
    }
    memmove(p->cells[0], p->cells[1], sizeof p->cells - sizeof p->cells[0]);
    memset(p->cells[SCREEN_ROWS - 1], 0, sizeof p->cells[0]);
}

static void letter(struct plain *p, uint8_t byte)
{
    switch (byte) {
    case '\n':
        p->column = 0; /* as a host's terminal does */
        next_row(p);
        return;
    case '\r':
        p->column = 0;
        return;
    case '\b':
        p->column -= p->column > 0;
        return;
    case '\t':
        p->column = limit((p->column / TAB + 1) * TAB, SCREEN_COLUMNS);
        return;
    case 0x1B:
        p->state = ESCAPE;
        return;
    }
    if (byte < 0x20 || byte == 0x7F)
        return;
    if (p->column == SCREEN_COLUMNS) {
        p->column = 0;
        next_row(p);
    }
    p->cells[p->row][p->column++] = byte < 0x80 ? byte : '?';
}

static void erase(struct plain *p, int from, int to)
{
    memset(&p->cells[0][0] + from, 0, (size_t)(to - from) * sizeof p->cells[0][0]);
}

/* The end of CSI parameters FINAL. */
static void sequence(struct plain *p, uint8_t final)
{
    int first = p->parameter[0], n = first ? first : 1;
    int here = p->row * SCREEN_COLUMNS + limit(p->column, SCREEN_COLUMNS), line = p->row * SCREEN_COLUMNS;
    switch (final) {
    case 'A':
        move(p, p->row - n, p->column);
        break;
    case 'B':
    case 'e':
        move(p, p->row + n, p->column);
        break;
    case 'C':
        move(p, p->row, p->column + n);
        break;
    case 'D':
        move(p, p->row, p->column - n);
        break;
    case 'G':
        move(p, p->row, n - 1);
        break;
    case 'd':
        move(p, n - 1, p->column);
        break;
    case 'H':
    case 'f':
        move(p, n - 1, p->parameter[1] ? p->parameter[1] - 1 : 0);
        break;
    case 'J':
        erase(p, first == 0 ? here : 0, first == 1 ? here + 1 : SCREEN_ROWS * SCREEN_COLUMNS);
        break;
    case 'K':
        erase(p, first == 0 ? here : line, first == 1 ? here + 1 : line + SCREEN_COLUMNS);
        break;
    case 's':
        p->saved_row = p->row;
        p->saved_column = p->column;
        break;
    case 'u':
        move(p, p->saved_row, p->saved_column);
        break;
    }
}

static void csi(struct plain *p, uint8_t byte)
{
    int *parameter = &p->parameter[p->count];
    if (byte >= '0' && byte <= '9') {
        *parameter = *parameter < 1000 ? *parameter * 10 + (byte - '0') : *parameter;
    } else if (byte == ';') {
        p->count = limit(p->count + 1, PARAMETERS);
    } else if (byte >= 0x40) {
        sequence(p, byte);
        p->state = LETTERS;
    } else if (byte == 0x18 || byte == 0x1A) { /* given up */
        p->state = LETTERS;
    } else if (byte < ' ') { /* done at once, in its middle; or the next one begins */
        letter(p, byte);
    }
}

static void take(struct plain *p, uint8_t byte)
{
    switch (p->state) {
    case LETTERS:
        letter(p, byte);
        break;
    case ESCAPE:
        p->state = byte == 0x1B ? ESCAPE : byte == '[' ? CSI : byte == '(' || byte == ')' ? CHARSET : LETTERS;
        memset(p->parameter, 0, sizeof p->parameter);
        p->count = 0;
        break;
    case CSI:
        csi(p, byte);
        break;
    case CHARSET:
        p->state = LETTERS;
        break;
    }
}

void screen_of(struct screen *screen, const uint8_t *bytes, size_t size)
{
    struct plain plain = {.state = LETTERS};
    for (size_t i = size > SEEN_BYTES ? size - SEEN_BYTES : 0; i < size; i++)
        take(&plain, bytes[i]);
    for (int row = 0; row < SCREEN_ROWS; row++)
        screen_put_row(screen, row, plain.cells[row]);
    screen->cursor_row = plain.row;
    screen->cursor_column = limit(plain.column, SCREEN_COLUMNS);
}
