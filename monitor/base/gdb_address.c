/* gdb_address.c - see gdb_address.h. */
#include "monitor/base/gdb_address.h"

#include <stdint.h>
#include <string.h>

#include "monitor/base/text.h"

bool gdb_address_parse(const char *what, const char *text, struct gdb_address *address, struct error *error)
{
    static const char files[] = ",files", socket[] = "unix:";
    size_t length = strlen(text);
    char place[sizeof socket + GDB_PATH_MAX];
    uint64_t port = 0;
    *address = (struct gdb_address){0};
    if (length > strlen(files) && strcmp(text + length - strlen(files), files) == 0) {
        address->files = true;
        length -= strlen(files);
    }
    bool good = length < sizeof place;
    if (good) {
        memcpy(place, text, length);
        place[length] = '\0';
        bool by_path = strncmp(place, socket, strlen(socket)) == 0;
        const char *path = place + strlen(socket);
        good = by_path ? *path && strlen(path) < GDB_PATH_MAX : text_number(place, &port) && port <= UINT16_MAX;
        if (good && by_path)
            memcpy(address->path, path, strlen(path) + 1);
        address->port = (unsigned)port;
    }
    return good || error_set(error,
                             "%s cannot be '%.200s': a port from 0 to %d or unix:PATH of at most %d characters "
                             "is wanted, ',files' behind it allows its 'monitor' files",
                             what, text, UINT16_MAX, GDB_PATH_MAX - 1);
}
