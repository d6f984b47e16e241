/* image.h - what a system runs: an image, put into every computer's memory, and put back at a reset. */
#ifndef US_FT_WORLD_IMAGE_H
#define US_FT_WORLD_IMAGE_H

#include <stddef.h>

#include "ft/board/board.h"
#include "mmu/base/error.h"

struct world;

/* The image is the SIZE bytes from IMAGE on; NAME is for messages. */
void world_set_image(struct world *world, const char *name, const uint8_t *image, size_t size);
/* Put it into BOARD's memory and start it. False with a line in ERROR if the board's RAM cannot take it. */
bool world_enter_image(struct world *world, struct board *board, struct error *error);

#endif
