/* network_user.h - the host's network at the other end of a live system's, as far as options must know it
 * (docs/network.md): by libslirp, if the program was built with it.
 */
#ifndef US_FT_NETWORK_USER_H
#define US_FT_NETWORK_USER_H

#include <stdbool.h>
#include <stdint.h>

/* One forward: a TCP port of the host is one of the guest. Addresses are those of IPv4, in the host's order. */
struct network_forward {
    uint32_t host_address, guest_address; /* 0: any; the guest's own (10.0.2.15) */
    uint16_t host_port, guest_port;
};

/* TEXT is "tcp:[ADDR]:PORT-[ADDR]:PORT", the host's end first, into *FORWARD, which may be NULL. False: it is not. */
bool network_user_forward(const char *text, struct network_forward *forward);
/* "libslirp 4.7.0"; NULL: it is not built in. */
const char *network_user_version(void);

#endif
