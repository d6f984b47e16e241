/* option_protocol.c - see options.h: the protocol that a file holds. */
#include <stdlib.h>

#include "io/elf.h"
#include "monitor/session/options.h"

bool options_take_protocol_text(struct options *options, const char *text, size_t size, struct error *error)
{
    free(options->written);
    options->written = protocol_read(text, size, options->protocol_path, error);
    options->config.written = options->written;
    return options->written;
}

bool options_read_protocol(struct options *options, struct error *error)
{
    size_t size = 0;
    if (!options->protocol_path || options->written)
        return true;
    uint8_t *bytes = file_read(options->protocol_path, &size, error);
    if (!bytes)
        return false;
    bool good = options_take_protocol_text(options, (const char *)bytes, size, error);
    free(bytes);
    return good;
}
