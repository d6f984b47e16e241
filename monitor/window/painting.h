/* painting.h - a painter (paint.h) with a host thread of its own: a picture is drawn beside the guest's run, which does
 * not wait for it. One picture at a time.
 */
#ifndef US_MONITOR_WINDOW_PAINTING_H
#define US_MONITOR_WINDOW_PAINTING_H

#include "monitor/window/paint.h"

struct painting;

/* With the font FONT as painter_new has it. NULL with one line in ERROR. Where the host refuses a thread, pictures are
 * drawn by whoever begins them. */
struct painting *painting_new(const char *font, struct error *error);
/* Waits for a picture that is under way. */
void painting_free(struct painting *painting);
/* Begin to draw SCENE, after the picture that is under way. Until painting_take nobody may change it, nor what is on
 * the display that it shows. */
void painting_begin(struct painting *painting, const struct scene *scene, bool dark);
/* Is nothing under way? */
bool painting_done(struct painting *painting);
/* The picture that was begun last, when it is done, as painter_draw returns it; it lasts until the next one begins. */
SDL_Surface *painting_take(struct painting *painting, struct error *error);
/* Of that picture: painter_changed; and how long drawing it took, in milliseconds of the host's time. */
const SDL_Rect *painting_changed(const struct painting *painting, int *count);
uint32_t painting_cost_ms(const struct painting *painting);

#endif
