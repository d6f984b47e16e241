/* user_network.h - the host's network at the other end of a live system's (ft/network_user.h): the guest's frames are
 * taken apart by libslirp, and become sockets of this process. The guest is 10.0.2.15 and asks by DHCP, or knows it;
 * 10.0.2.2 is the host, 10.0.2.3 its name server. Private to ft/live/.
 */
#ifndef US_FT_LIVE_USER_NETWORK_H
#define US_FT_LIVE_USER_NETWORK_H

#include <poll.h>

#include "ft/network_user.h"
#include "io/network.h"

struct user_network;

enum { USER_NETWORK_FDS_MAX = 1024 };

/* It comes to the other end of NETWORK, with the forwards that WANTED has, with commas between them. NULL with one line
 * in ERROR: it is not built in, or a port of the host cannot be had. */
struct user_network *user_network_new(struct network *network, const char *wanted, struct error *error);
void user_network_free(struct user_network *user);
/* It is NOW_PS, of the world's time. Before the host sleeps: which descriptors wake it (into AT; returns how many), and
 * for how long it may (*WAIT_MS, which is made less). */
unsigned user_network_before(struct user_network *user, uint64_t now_ps, struct pollfd at[USER_NETWORK_FDS_MAX],
                             int *wait_ms);
/* After it: what has come goes to the network. */
void user_network_after(struct user_network *user, uint64_t now_ps, const struct pollfd at[USER_NETWORK_FDS_MAX]);

#endif
