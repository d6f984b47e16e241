/* network_peer.h - a computer at the other end of a system's network: a bare system of its own, in the same virtual
 * time (docs/network.md).
 *
 * It lives behind the world's `struct network_end`, and is advanced whenever the world looks at the network: to the
 * time of who looks, who is the one that may act then. So it is a part of the world, and the run the same however many
 * host threads there are. A frame takes net-latency-us and its length at net-bits-per-s from end to end, each direction
 * for itself: that the answer to what is sent now cannot be here at once is what lets the two run apart.
 */
#ifndef US_FT_SYSTEM_NETWORK_PEER_H
#define US_FT_SYSTEM_NETWORK_PEER_H

#include "ft/system/system.h"

struct network_peer;

/* The computer that SYSTEM's config names comes to the other end of its network, with its image. False with a line in
 * ERROR. */
bool network_peer_open(struct system *system, struct error *error);
/* Its files are made. */
bool network_peer_make(struct network_peer *peer, struct error *error);
/* The run has ended: it comes to the same time. */
void network_peer_conclude(struct system *system);
bool network_peer_host_good(const struct network_peer *peer, struct error *error);
void network_peer_visit(struct network_peer *peer, struct visit *visit);
/* What its memory and its snapshots take (system_pages_bytes). */
uint64_t network_peer_pages_bytes(const struct network_peer *peer);
void network_peer_forget_future(struct network_peer *peer);
void network_peer_free(struct network_peer *peer);

#endif
