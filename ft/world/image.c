/* image.c - what a system runs: an image, or a kernel for the firmware to start; put into every computer's memory, and
 * put back at a reset.
 */
#include <stdlib.h>
#include <string.h>

#include "ft/world/world.h"
#include "io/boot_image.h"
#include "io/elf.h"

bool system_enter_image(struct system *system, struct board *board, struct error *error)
{
    uint32_t entry;
    if (!elf_load(system->image, system->image_bytes, system->image_name, board->phys, &entry, error))
        return false;
    board_enter(board, entry);
    return true;
}

bool system_load_files(struct system *system, const struct guest_files *files, struct error *error)
{
    size_t size = 0;
    uint8_t *image = NULL;
    if (!files->kernel)
        image = file_read(files->image, &size, error);
    else if (!boot_image_read(files, system->config.ram_bytes, &image, &size, error))
        image = NULL;
    bool good = image && system_load_image(system, guest_files_name(files), image, size, error);
    free(image);
    return good;
}

bool system_load(struct system *system, const char *path, struct error *error)
{
    return system_load_files(system, &(struct guest_files){.image = path}, error);
}

bool system_load_image(struct system *system, const char *name, const uint8_t *image, size_t size, struct error *error)
{
    free(system->image);
    free(system->image_name);
    system->image_name = strdup(name);
    system->image = malloc(size + 1);
    assert(system->image_name && system->image);
    memcpy(system->image, image, size);
    system->image_bytes = size;
    for (unsigned i = 0; i < system->computers; i++)
        if (!system_enter_image(system, system->computer[i]->board, error))
            return false;
    return true;
}
