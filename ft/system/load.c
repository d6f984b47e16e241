/* load.c - what a system runs: an image, or a kernel for the firmware to start. */
#include <stdlib.h>

#include "ft/system/system.h"
#include "ft/world/image.h"
#include "io/boot_image.h"
#include "io/elf.h"

bool guest_files_read(const struct guest_files *files, uint32_t ram_bytes, uint8_t **image, size_t *size,
                      struct error *error)
{
    *image = NULL;
    if (!files->kernel)
        *image = file_read(files->image, size, error);
    else if (!boot_image_read(files, ram_bytes, image, size, error))
        *image = NULL;
    return *image != NULL;
}

bool system_load_files(struct system *system, const struct guest_files *files, struct error *error)
{
    size_t size = 0;
    uint8_t *image = NULL;
    bool good = guest_files_read(files, system->world.config.ram_bytes, &image, &size, error) &&
                system_load_image(system, guest_files_name(files), image, size, error);
    free(image);
    return good;
}

bool system_load(struct system *system, const char *path, struct error *error)
{
    return system_load_files(system, &(struct guest_files){.image = path}, error);
}

bool system_load_image(struct system *system, const char *name, const uint8_t *image, size_t size, struct error *error)
{
    world_set_image(&system->world, name, image, size);
    for (unsigned i = 0; i < system->world.computers; i++)
        if (!world_enter_image(&system->world, system->computer[i]->board, error))
            return false;
    return true;
}
