/* image.c - see image.h. */
#include "ft/world/image.h"

#include <stdlib.h>
#include <string.h>

#include "ft/world/world.h"
#include "io/elf.h"
#include "mmu/base/memory.h"

void world_set_image(struct world *world, const char *name, const uint8_t *image, size_t size)
{
    free(world->image);
    free(world->image_name);
    world->image_name = strdup(name);
    world->image = malloc(size + 1);
    memory_need(world->image_name && world->image);
    memcpy(world->image, image, size);
    world->image_bytes = size;
}

bool world_enter_image(struct world *world, struct board *board, struct error *error)
{
    uint32_t entry;
    if (!elf_load(world->image, world->image_bytes, world->image_name, board->phys, &entry, error))
        return false;
    board_enter(board, entry);
    return true;
}
