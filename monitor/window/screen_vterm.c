/* screen_vterm.c - a terminal's screen by libvterm. See screen.h. */
#include <stdio.h>
#include <string.h>

/* After <stdint.h>, which it does not include by itself. */
#include <vterm.h>

#include "mmu/base/memory.h"
#include "monitor/window/screen_gate.h"
#include "monitor/window/screen_letters.h"

enum { SEEN_BYTES = 256 << 10 }; /* what lies further back has scrolled off any screen */

#define TEXT(number)       #number
#define VERSION_OF(number) TEXT(number)

const char *screen_engine(void)
{
    return "libvterm " VERSION_OF(VTERM_VERSION_MAJOR) "." VERSION_OF(VTERM_VERSION_MINOR);
}

void screen_of(struct screen *screen, const uint8_t *bytes, size_t size)
{
    VTerm *terminal = vterm_new(SCREEN_ROWS, SCREEN_COLUMNS);
    memory_need(terminal);
    VTermScreen *seen = vterm_obtain_screen(terminal);
    VTermPos cursor;
    struct screen_gate gate = {0};
    size_t from = size > SEEN_BYTES ? size - SEEN_BYTES : 0;
    vterm_set_utf8(terminal, 1);
    vterm_screen_reset(seen, 1);
    for (size_t i = from; i < size; i++) { /* a host's terminal makes the same of a bare end of line */
        char passed[GATE_BYTES];
        size_t count = screen_gate_take(&gate, bytes[i], passed);
        if (bytes[i] == '\n')
            vterm_input_write(terminal, "\r", 1);
        if (count)
            vterm_input_write(terminal, passed, count);
    }
    for (int row = 0; row < SCREEN_ROWS; row++) {
        uint32_t cells[SCREEN_COLUMNS];
        for (int column = 0; column < SCREEN_COLUMNS; column++) {
            VTermScreenCell cell = {0};
            vterm_screen_get_cell(seen, (VTermPos){row, column}, &cell);
            cells[column] = cell.chars[0] == UINT32_MAX ? ' ' : cell.chars[0];
        }
        screen_put_row(screen, row, cells);
    }
    vterm_state_get_cursorpos(vterm_obtain_state(terminal), &cursor);
    screen->cursor_row = cursor.row;
    screen->cursor_column = cursor.col;
    vterm_free(terminal);
}
