/* screen.h - the guest's terminal as a screen: what it has shown, with its escape sequences interpreted, by libvterm if
 * the program was built with it, else by the few that line-oriented programs, vi and top need.
 */
#ifndef US_MONITOR_WINDOW_SCREEN_H
#define US_MONITOR_WINDOW_SCREEN_H

#include <stddef.h>
#include <stdint.h>

enum { SCREEN_ROWS = 24, SCREEN_COLUMNS = 80, SCREEN_ROW_BYTES = SCREEN_COLUMNS * 4 + 1 };

struct screen {
    char row[SCREEN_ROWS][SCREEN_ROW_BYTES]; /* UTF-8, no blanks at the end */
    int cursor_row, cursor_column;
};

/* The screen after SIZE bytes have been shown; of what lies far back nothing is seen. */
void screen_of(struct screen *screen, const uint8_t *bytes, size_t size);
/* What interprets it: "libvterm 0.3.3", or what is here. */
const char *screen_engine(void);

#endif
