/* host_names.c - see host_names.h. */
#include "ft/live/host_names.h"

#include <netdb.h>
#include <string.h>

unsigned host_addresses(const char *host, const char *port, bool passive, struct host_address at[HOST_ADDRESSES_MAX],
                        const char **why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = passive ? AI_PASSIVE : 0};
    struct addrinfo *found = NULL;
    unsigned count = 0;
    int cause = getaddrinfo(host, port, &hints, &found);
    *why = cause ? gai_strerror(cause) : "it has no address";
    for (const struct addrinfo *one = found; one && count < HOST_ADDRESSES_MAX; one = one->ai_next) {
        memcpy(&at[count].at, one->ai_addr, one->ai_addrlen);
        at[count++].size = one->ai_addrlen;
    }
    if (found)
        freeaddrinfo(found);
    return count;
}
