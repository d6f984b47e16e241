/* screen_letters.h - rows of code points as text: for whatever interprets a terminal (screen.h). */
#ifndef US_MONITOR_WINDOW_SCREEN_LETTERS_H
#define US_MONITOR_WINDOW_SCREEN_LETTERS_H

#include "monitor/window/screen.h"

/* ROW becomes the letters of CELLS (0: a blank), without the blanks at the end. */
void screen_put_row(struct screen *screen, int row, const uint32_t cells[SCREEN_COLUMNS]);

#endif
