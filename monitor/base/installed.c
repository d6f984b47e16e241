/* installed.c - see installed.h. */
#include "monitor/base/installed.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmu/base/memory.h"

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

const char *installed_guest(const char *image, char path[PATH_MAX])
{
    if (!*image || strpbrk(image, "/.") || access(image, F_OK) == 0)
        return image;
    char *folder = installed_guests();
    bool found = folder && snprintf(path, PATH_MAX, "%s/%s.elf", folder, image) < PATH_MAX && access(path, F_OK) == 0;
    free(folder);
    return found ? path : image;
}
