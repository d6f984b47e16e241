/* paint_png.c - a surface as a PNG file, by libpng. See paint.h. */
#include "monitor/window/paint.h"

#include <stdlib.h>
#include <string.h>

#ifdef US_PNG
#include <png.h>

#include "mmu/base/memory.h"

bool paint_png(const SDL_Surface *surface, uint8_t **bytes, size_t *size, struct error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)surface->w,
                       .height = (png_uint_32)surface->h,
                       .format = PNG_FORMAT_RGB};
    size_t row_bytes = (size_t)surface->w * 3;
    uint8_t *rows = malloc(row_bytes * (size_t)surface->h);
    memory_need(rows);
    for (int y = 0; y < surface->h; y++) {
        const uint8_t *from = (const uint8_t *)surface->pixels + (size_t)y * (size_t)surface->pitch;
        for (int x = 0; x < surface->w; x++) {
            uint32_t colour;
            memcpy(&colour, from + (size_t)x * 4, sizeof colour);
            uint8_t *to = rows + (size_t)y * row_bytes + (size_t)x * 3;
            to[0] = (uint8_t)(colour >> 16);
            to[1] = (uint8_t)(colour >> 8);
            to[2] = (uint8_t)colour;
        }
    }
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);
    *bytes = malloc(room);
    memory_need(*bytes);
    bool good = png_image_write_to_memory(&image, *bytes, &room, 0, rows, (png_int_32)row_bytes, NULL);
    free(rows);
    *size = room;
    if (good)
        return true;
    error_set(error, "the picture cannot be made a PNG: %s", image.message);
    free(*bytes);
    *bytes = NULL;
    return false;
}

#else

bool paint_png(const SDL_Surface *surface, uint8_t **bytes, size_t *size, struct error *error)
{
    return error_set(error, "this understudy was built without libpng: it makes no PNG files");
}

#endif
