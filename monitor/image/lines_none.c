/* lines_none.c - see lines.h: built without libdw. */
#include "monitor/image/lines.h"

struct lines *lines_new(uint8_t *image, size_t size)
{
    return NULL;
}

void lines_free(struct lines *lines)
{
}

bool lines_find(struct lines *lines, uint32_t address, const char **file, unsigned *line)
{
    return false;
}

const char *lines_reader(void)
{
    return "none";
}
