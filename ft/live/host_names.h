/* host_names.h - where a host of the network is. Private to ft/live/. There are two of it: host_names.c asks the host's
 * own services, host_names_numeric.c knows addresses only, for a program that is linked statically and cannot ask.
 */
#ifndef US_FT_LIVE_HOST_NAMES_H
#define US_FT_LIVE_HOST_NAMES_H

#include <stdbool.h>
#include <sys/socket.h>

enum { HOST_ADDRESSES_MAX = 8 };

struct host_address {
    struct sockaddr_storage at;
    socklen_t size;
};

/* The addresses of HOST, with the number PORT, to listen at (PASSIVE) or to connect to; how many. 0: *WHY says why. */
unsigned host_addresses(const char *host, const char *port, bool passive, struct host_address at[HOST_ADDRESSES_MAX],
                        const char **why);

#endif
