/* source.c - see source.h. */
#include "monitor/view/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/image/lines.h"

enum { BEFORE = 5, LINES = 11 };

/* The file called PATH where it was compiled: there, or beside the image. NULL: neither, or it may not be read. */
static FILE *open_source(const struct monitor *monitor, const char *path)
{
    char beside[PATH_MAX];
    const char *slash = strrchr(path, '/'), *folder = strrchr(monitor->image_path, '/');
    FILE *file = reach_file(monitor, path, NULL) ? fopen(path, "re") : NULL;
    if (file)
        return file;
    snprintf(beside, sizeof beside, "%.*s%s", folder ? (int)(folder + 1 - monitor->image_path) : 0, monitor->image_path,
             slash ? slash + 1 : path);
    return reach_file(monitor, beside, NULL) ? fopen(beside, "re") : NULL;
}

bool source_print(const struct monitor *monitor, uint32_t address)
{
    const char *path;
    unsigned line;
    if (!lines_find(monitor->symbols.lines, address, &path, &line))
        return false;
    FILE *file = open_source(monitor, path);
    if (!file)
        return false;
    char *text = NULL;
    size_t room = 0;
    bool any = false;
    unsigned first = line > BEFORE ? line - BEFORE : 1;
    for (unsigned number = 1; number < first + LINES && getline(&text, &room, file) >= 0; number++) {
        if (number < first)
            continue;
        text[strcspn(text, "\r\n")] = '\0';
        fprintf(monitor->out, "%s %5u  %s\n", number == line ? "=>" : "  ", number, text);
        any |= number == line;
    }
    free(text);
    fclose(file);
    return any;
}
