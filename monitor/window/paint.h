/* paint.h - a scene drawn into a surface of SDL, with a font of fixed width by SDL_ttf; and the surface as a PNG file.
 * No screen is needed for that.
 */
#ifndef US_MONITOR_WINDOW_PAINT_H
#define US_MONITOR_WINDOW_PAINT_H

#include <SDL2/SDL.h>

#include "mmu/base/error.h"
#include "monitor/window/scene.h"

struct painter;

/* FONT: the file of a font, or NULL: the one found when the program was built. False is NULL with one line in ERROR. */
struct painter *painter_new(const char *font, struct error *error);
void painter_free(struct painter *painter);
/* SCENE on a surface of its size, which is the painter's and lasts until the next one. NULL with one line in ERROR. */
SDL_Surface *painter_draw(struct painter *painter, const struct scene *scene, bool dark, struct error *error);
/* Where that picture differs from the one before it: *COUNT places. */
const SDL_Rect *painter_changed(const struct painter *painter, int *count);
/* SURFACE as painter_draw makes it, as a PNG: *BYTES is to be freed. False with one line in ERROR. */
bool paint_png(const SDL_Surface *surface, uint8_t **bytes, size_t *size, struct error *error);

#endif
