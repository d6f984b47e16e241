/* scene_bytes.c - see scene_bytes.h: what it counts, its regions, its items, their texts, and what is on the display.
 */
#include "monitor/window/scene_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"

enum { PIXELS_BYTES = DISPLAY_WIDTH * DISPLAY_HEIGHT * 4 }; /* as many as a mode has at most */

struct head {
    int width, height, cell_width, cell_height, gap;
    size_t regions, items;
    bool display;
};

void scene_write(const struct scene *scene, FILE *out)
{
    const struct display *display = scene_display(scene);
    const struct head head = {scene->width, scene->height,        scene->cell_width,  scene->cell_height,
                              scene->gap,   scene->regions.count, scene->items.count, display != NULL};
    fwrite(&head, sizeof head, 1, out);
    fwrite(scene->regions.at, sizeof scene->regions.at[0], scene->regions.count, out);
    fwrite(scene->items.at, sizeof scene->items.at[0], scene->items.count, out);
    for (size_t i = 0; i < scene->items.count; i++)
        if (scene->items.at[i].text)
            fwrite(scene->items.at[i].text, strlen(scene->items.at[i].text) + 1, 1, out);
    if (display) {
        fwrite(&display->state, sizeof display->state, 1, out);
        fwrite(display->pixels, PIXELS_BYTES, 1, out);
    }
}

/* What is left of the bytes. */
struct rest {
    const uint8_t *at;
    size_t size;
};

/* The next SIZE of them; NULL: there are less. */
static const void *take(struct rest *rest, size_t size)
{
    const uint8_t *at = rest->at;
    if (size > rest->size)
        return NULL;
    rest->at += size;
    rest->size -= size;
    return at;
}

/* The text that comes next, copied; NULL: none does. */
static char *take_text(struct rest *rest)
{
    const char *text = (const char *)rest->at;
    if (!memchr(text, 0, rest->size))
        return NULL;
    char *copy = strdup(text);
    memory_need(copy);
    take(rest, strlen(text) + 1);
    return copy;
}

bool scene_read(struct scene *scene, struct display *display, const void *bytes, size_t size)
{
    struct rest rest = {bytes, size};
    struct head head;
    *scene = (struct scene){0};
    const void *at = take(&rest, sizeof head);
    if (!at)
        return false;
    memcpy(&head, at, sizeof head);
    *scene = (struct scene){head.width, head.height, head.cell_width, head.cell_height, head.gap, {0}, {0}};
    if (head.regions > rest.size || head.items > rest.size)
        return false;
    const uint8_t *regions = take(&rest, head.regions * sizeof(struct scene_region));
    const uint8_t *items = regions ? take(&rest, head.items * sizeof(struct scene_item)) : NULL;
    for (size_t i = 0; items && i < head.regions; i++)
        memcpy(VEC_PUSH(&scene->regions), regions + i * sizeof(struct scene_region), sizeof(struct scene_region));
    for (size_t i = 0; items && i < head.items; i++) {
        struct scene_item item;
        memcpy(&item, items + i * sizeof item, sizeof item);
        bool has_text = item.text != NULL;
        item.display = item.display ? display : NULL;
        item.text = has_text ? take_text(&rest) : NULL;
        *VEC_PUSH(&scene->items) = item;
        if (has_text && !item.text)
            return false;
    }
    if (!items || !head.display)
        return items != NULL;
    const void *state = take(&rest, sizeof display->state);
    if (state)
        memcpy(&display->state, state, sizeof display->state);
    display->pixels = take(&rest, PIXELS_BYTES);
    return state && display->pixels;
}
