/* installed.c - see installed.h. */
#include "monitor/base/installed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "mmu/base/nearest.h"

char *installed_guests(void)
{
    static const char *const folders[] = {"guests", "../share/understudy/guests"};
    char program[PATH_MAX], *folder = NULL;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    const char *slash = strrchr(program, '/');
    for (unsigned i = 0; slash && i < sizeof folders / sizeof folders[0]; i++) {
        int size = asprintf(&folder, "%.*s/%s", (int)(slash - program), program, folders[i]);
        memory_need(size >= 0);
        if (access(folder, X_OK) == 0)
            return folder;
        free(folder);
    }
    return NULL;
}

/* Is IMAGE the name of a guest, rather than a path? */
static bool is_bare(const char *image)
{
    return *image && !strpbrk(image, "/.");
}

static int is_guest(const struct dirent *entry)
{
    const char *extension = strrchr(entry->d_name, '.');
    return extension && strcmp(extension, ".elf") == 0;
}

bool installed_or_file(const char *image, struct error *error)
{
    struct nearest nearest;
    if (!is_bare(image) || access(image, F_OK) == 0)
        return true;
    nearest_begin(&nearest, image, strlen(image));
    char *folder = installed_guests();
    struct dirent **guests = NULL;
    int count = folder ? scandir(folder, &guests, is_guest, alphasort) : 0; /* of two as near always the same */
    for (int i = 0; i < count; i++) {
        *strrchr(guests[i]->d_name, '.') = '\0';
        nearest_try(&nearest, "", guests[i]->d_name);
        free(guests[i]);
    }
    free(guests);
    free(folder);
    return error_set(error, "'%.200s' is neither a file nor a guest that came with the program%s", image,
                     nearest.question);
}

const char *installed_guest(const char *image, char path[PATH_MAX])
{
    if (!is_bare(image) || access(image, F_OK) == 0)
        return image;
    char *folder = installed_guests();
    bool found = folder && snprintf(path, PATH_MAX, "%s/%s.elf", folder, image) < PATH_MAX && access(path, F_OK) == 0;
    free(folder);
    return found ? path : image;
}
