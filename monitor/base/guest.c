/* guest.c - see guest.h. */
#include "monitor/base/guest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *guest_find(const char *image, char path[PATH_MAX])
{
    static const char *const folders[] = {"guests", "../share/understudy/guests"};
    char program[PATH_MAX];
    if (!*image || strpbrk(image, "/.") || access(image, F_OK) == 0)
        return image;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return image;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (unsigned i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (snprintf(path, PATH_MAX, "%s/%s/%s.elf", program, folders[i], image) < PATH_MAX && access(path, F_OK) == 0)
            return path;
    return image;
}
