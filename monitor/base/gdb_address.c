/* gdb_address.c - see gdb_address.h. */
#include "monitor/base/gdb_address.h"

#include <stdint.h>
#include <string.h>

#include "monitor/base/text.h"

/* LENGTH characters of TEXT are a place. */
static bool parse(const char *text, size_t length, struct gdb_address *address)
{
    static const char socket[] = "unix:";
    char place[ADDRESS_TEXT_MAX];
    uint64_t port = 0;
    if (length >= sizeof place)
        return false;
    memcpy(place, text, length);
    place[length] = '\0';
    if (text_number(place, &port)) {
        address->port = (unsigned)port;
        return port <= UINT16_MAX;
    }
    if (strncmp(place, socket, strlen(socket)) != 0)
        return address_parse("", place, true, &address->host, NULL);
    const char *path = place + strlen(socket);
    size_t path_length = strlen(path);
    if (!path_length || path_length >= GDB_PATH_MAX)
        return false;
    memcpy(address->path, path, path_length + 1);
    return true;
}

bool gdb_address_parse(const char *what, const char *text, struct gdb_address *address, struct error *error)
{
    static const char files[] = ",files";
    size_t length = strlen(text);
    *address = (struct gdb_address){0};
    if (length > strlen(files) && strcmp(text + length - strlen(files), files) == 0) {
        address->files = true;
        length -= strlen(files);
    }
    return parse(text, length, address) ||
           error_set(error,
                     "%s cannot be '%.200s': a port from 0 to %d, HOST:PORT, [V6]:PORT or unix:PATH of at most %d "
                     "characters is wanted, ',files' behind it allows its 'monitor' files",
                     what, text, UINT16_MAX, GDB_PATH_MAX - 1);
}

bool gdb_address_may_be(const char *what, const struct gdb_address *address, bool trusted, struct error *error)
{
    const char *host = address->host.host;
    struct address at;
    bool here = !*host || !strcmp(host, "localhost") || !strncmp(host, "127.", 4) || !strcmp(host, "::1");
    return here || address_parse(what, address->host.text, trusted, &at, error);
}
