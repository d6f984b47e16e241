/* gdb_link.h - the connection to gdb: a TCP port or a socket, one gdb at a time, packets in
 * and out with their acknowledgements (GDB manual, "Packet Acknowledgment").
 *
 * No thread and no signal handler: whoever waits here looks for Ctrl-C (SIGINT, SIGTERM; ctrl_c.h blocks them) ten
 * times a second, and a running guest is left now and then to look here. What is no packet is thrown away with one line
 * on stderr, at most COMPLAINTS_MAX for a connection.
 */
#ifndef US_MONITOR_GDB_GDB_LINK_H
#define US_MONITOR_GDB_GDB_LINK_H

#include "mmu/base/error.h"
#include "monitor/base/gdb_address.h"
#include "monitor/gdb/gdb_packet.h"

enum gdb_came {
    GDB_CAME_NOTHING,
    GDB_CAME_CONNECTION,
    GDB_CAME_PACKET,    /* link->reader.packet */
    GDB_CAME_INTERRUPT, /* Ctrl-C at gdb */
    GDB_CAME_LOST,      /* the connection is closed */
    GDB_CAME_SIGNAL,    /* Ctrl-C here: SIGINT or SIGTERM */
};

struct gdb_link {
    int listener, fd;           /* -1: none */
    struct gdb_address address; /* its port is the one that the host has given */
    bool made;                  /* the socket at address.path is ours to remove */
    bool no_ack;
    struct gdb_reader reader;
    size_t frame_size; /* of what was sent last, for when gdb has not understood it */
    char frame[GDB_PACKET_MAX + 4];
    unsigned complaints;
};

/* Listen at ADDRESS - a port of 127.0.0.1 or of a named host, or a socket that is made, for this user alone - and say
 * so on stderr. False with one line in ERROR. */
bool gdb_link_open(struct gdb_link *link, const struct gdb_address *address, struct error *error);
void gdb_link_close(struct gdb_link *link);
/* Where it listens, as gdb's `target extended-remote` takes it. */
enum { GDB_PLACE_BYTES = ADDRESS_TEXT_MAX };
void gdb_link_place(const struct gdb_link *link, char place[GDB_PLACE_BYTES]);

/* Wait for a gdb: GDB_CAME_CONNECTION or GDB_CAME_SIGNAL. */
enum gdb_came gdb_link_await(struct gdb_link *link);
/* The same without waiting: also GDB_CAME_NOTHING. */
enum gdb_came gdb_link_offer(struct gdb_link *link);
/* Hang up. */
void gdb_link_drop(struct gdb_link *link);

/* While the guest stands still, wait: GDB_CAME_PACKET, GDB_CAME_LOST or GDB_CAME_SIGNAL. */
enum gdb_came gdb_link_next(struct gdb_link *link);
/* While it runs, only look: GDB_CAME_NOTHING, GDB_CAME_INTERRUPT, GDB_CAME_LOST or GDB_CAME_SIGNAL. */
enum gdb_came gdb_link_look(struct gdb_link *link);
/* Send a packet. A connection that is lost shows at the next gdb_link_next. */
void gdb_link_send(struct gdb_link *link, const struct gdb_reply *reply);
/* One line on stderr about what gdb did. */
void gdb_link_complain(struct gdb_link *link, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
