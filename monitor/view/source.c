/* source.c - see source.h. */
#include "monitor/view/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "mmu/base/lines.h"
#include "mmu/base/memory.h"
#include "monitor/image/lines.h"

enum { BEFORE = 5, LINES = 11 };

/* What the file PATH holds, to be freed; NULL: there is no such file, or it may not be read. */
static char *read_text(struct monitor *monitor, const char *path)
{
    size_t size;
    bool may = reach_file(monitor, path, NULL) && claims_read(&monitor->claims, path, "a source", NULL);
    uint8_t *bytes = may ? file_read(path, &size, NULL) : NULL;
    char *text = bytes ? strndup((const char *)bytes, size) : NULL;
    memory_need(text || !bytes);
    free(bytes);
    return text;
}

/* What the file holds that was called PATH where it was compiled: there, or beside the image. NULL as above. To be
 * freed. */
static char *read_source(struct monitor *monitor, const char *path)
{
    char beside[PATH_MAX];
    const char *slash = strrchr(path, '/'), *folder = strrchr(monitor->image_path, '/');
    char *text = read_text(monitor, path);
    if (text)
        return text;
    snprintf(beside, sizeof beside, "%.*s%s", folder ? (int)(folder + 1 - monitor->image_path) : 0, monitor->image_path,
             slash ? slash + 1 : path);
    return read_text(monitor, beside);
}

bool source_print(struct monitor *monitor, uint32_t address)
{
    const char *path;
    unsigned line;
    if (!lines_find(monitor->symbols.lines, address, &path, &line))
        return false;
    char *text = read_source(monitor, path), *rest = text;
    bool any = false;
    unsigned first = line > BEFORE ? line - BEFORE : 1, number = 1;
    for (const char *own; number < first + LINES && (own = lines_next(&rest)) && (rest || *own); number++) {
        if (number < first)
            continue;
        fprintf(monitor->out, "%s %5u  %s\n", number == line ? "=>" : "  ", number, own);
        any |= number == line;
    }
    free(text);
    return any;
}
