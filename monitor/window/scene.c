/* scene.c - see scene.h. */
#include "monitor/window/scene.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"

enum {
    COLUMNS_WANTED = 132, /* of text, across the whole scene */
    LINES_WANTED = 48,
    CELL_LEAST = 13, /* high: smaller letters are none */
    CELL_MOST = 80,
    GAP_LEAST = 4,
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

void scene_begin(struct scene *scene, int width, int height)
{
    *scene = (struct scene){.width = width, .height = height};
    int cell = smaller(width * 2 / COLUMNS_WANTED, height / LINES_WANTED); /* a cell is about twice as high as wide */
    cell = cell < CELL_LEAST ? CELL_LEAST : smaller(cell, CELL_MOST);
    scene->cell_height = cell;
    scene->cell_width = (cell * 48 + 50) / 100;
    scene->gap = cell / 4 < GAP_LEAST ? GAP_LEAST : cell / 4;
}

void scene_free(struct scene *scene)
{
    for (size_t i = 0; i < scene->items.count; i++)
        free(scene->items.at[i].text);
    VEC_FREE(&scene->items);
    VEC_FREE(&scene->regions);
}

void scene_region(struct scene *scene, struct scene_rect rect, const char *format, ...)
{
    struct scene_region *region = VEC_PUSH(&scene->regions);
    *region = (struct scene_region){.rect = rect, .first = scene->items.count};
    va_list args;
    va_start(args, format);
    vsnprintf(region->name, sizeof region->name, format, args);
    va_end(args);
}

void scene_shape(struct scene *scene, enum scene_kind kind, enum scene_colour colour, int x, int y, int width,
                 int height)
{
    *VEC_PUSH(&scene->items) = (struct scene_item){.kind = kind, .colour = colour, .rect = {x, y, width, height}};
}

/* Where nothing of it would be drawn it is none. */
static void add_text(struct scene *scene, enum scene_kind kind, enum scene_colour colour, int x, int y, int columns,
                     const char *format, va_list args)
{
    struct scene_item item = {
        .kind = kind, .colour = colour, .rect = {x, y, 0, scene->cell_height}, .columns = columns};
    if (kind == SCENE_TEXT && columns < 1)
        return;
    if (vasprintf(&item.text, format, args) < 0)
        item.text = NULL;
    memory_need(item.text);
    *VEC_PUSH(&scene->items) = item;
}

void scene_text_at(struct scene *scene, enum scene_colour colour, int x, int y, int columns, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_text(scene, SCENE_TEXT, colour, x, y, columns, format, args);
    va_end(args);
}

void scene_text(struct scene *scene, enum scene_colour colour, int column, int line, const char *format, ...)
{
    assert(scene->regions.count);
    const struct scene_rect rect = scene->regions.at[scene->regions.count - 1].rect;
    if (line >= scene_lines(scene, rect))
        return;
    va_list args;
    va_start(args, format);
    add_text(scene, SCENE_TEXT, colour, rect.x + scene->gap + column * scene->cell_width,
             rect.y + scene->gap + line * scene->cell_height, scene_columns(scene, rect) - column, format, args);
    va_end(args);
}

void scene_mark(struct scene *scene, enum scene_colour colour, int x, int y, int columns, const char *format, ...)
{
    size_t before = scene->items.count;
    va_list args;
    va_start(args, format);
    add_text(scene, SCENE_TEXT, colour, x, y, columns, format, args);
    va_end(args);
    if (scene->items.count > before)
        scene->items.at[before].mark = true;
}

void scene_say(struct scene *scene, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_text(scene, SCENE_SAID, COLOUR_TEXT, 0, 0, 0, format, args);
    va_end(args);
}

void scene_pixels(struct scene *scene, const struct display *display, struct scene_rect rect)
{
    *VEC_PUSH(&scene->items) = (struct scene_item){.kind = SCENE_PIXELS, .rect = rect, .display = display};
}

int scene_lines(const struct scene *scene, struct scene_rect rect)
{
    return (rect.height - 2 * scene->gap) / scene->cell_height;
}

int scene_columns(const struct scene *scene, struct scene_rect rect)
{
    return (rect.width - 2 * scene->gap) / scene->cell_width;
}

const struct scene_region *scene_at(const struct scene *scene, int x, int y)
{
    for (size_t i = scene->regions.count; i-- > 0;) {
        const struct scene_rect *rect = &scene->regions.at[i].rect;
        if (x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height)
            return &scene->regions.at[i];
    }
    return NULL;
}

const struct scene_region *scene_find(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->regions.count; i++)
        if (strcmp(scene->regions.at[i].name, name) == 0)
            return &scene->regions.at[i];
    return NULL;
}

const struct display *scene_display(const struct scene *scene)
{
    for (size_t i = 0; i < scene->items.count; i++)
        if (scene->items.at[i].display)
            return scene->items.at[i].display;
    return NULL;
}

void scene_show(struct scene *scene, const struct display *display)
{
    for (size_t i = 0; i < scene->items.count; i++)
        if (scene->items.at[i].display)
            scene->items.at[i].display = display;
}

void scene_describe(const struct scene *scene, FILE *out)
{
    for (size_t i = 0; i < scene->regions.count; i++) {
        const struct scene_region *region = &scene->regions.at[i];
        size_t end = i + 1 < scene->regions.count ? region[1].first : scene->items.count;
        fprintf(out, "%s (%dx%d at %d,%d)\n", region->name, region->rect.width, region->rect.height, region->rect.x,
                region->rect.y);
        for (size_t k = region->first; k < end; k++)
            if (scene->items.at[k].text && !scene->items.at[k].mark &&
                scene->items.at[k].text[strspn(scene->items.at[k].text, " ")])
                fprintf(out, "    %s\n", scene->items.at[k].text);
    }
}
