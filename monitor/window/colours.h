/* colours.h - which colour each thing of a scene has, light and dark.
 *
 * What always holds (tests/window): words have a contrast of 4.5 to 1 at least with what is behind them; and what
 * differs in meaning differs in shape or words, too, so that nobody needs the colours (they are apart for those who see
 * two of the three as well: blue, orange and purple of about the same brightness, and no red beside green).
 */
#ifndef US_MONITOR_WINDOW_COLOURS_H
#define US_MONITOR_WINDOW_COLOURS_H

#include "monitor/window/scene.h"

/* XRGB. */
uint32_t colour_of(enum scene_colour colour, bool dark);

#endif
