/* network.h - the network's end at the computers of a system: it belongs to the world, as the terminal does
 * (docs/network.md; docs/explainability.md, rules 7 and 8).
 *
 * What the computers send comes with numbers, from 1, and is on the wire at once, in the order in which it comes: a
 * network may repeat, so nothing that comes again is dropped, but all of it is in the record. From the moment a
 * generation is fenced off, frames of an older one are refused.
 *
 * What comes in is numbered from 0. Whoever serves asks for the first frame from number N on, and may ask again: those
 * that were taken last are kept. A network may lose: what comes when NETWORK_WAITING_MAX frames wait gets no number,
 * and what was taken long ago is gone.
 *
 * Who is at the other end of the wire is behind `struct network_end`; NULL: the cable is in nothing.
 */
#ifndef US_IO_NETWORK_H
#define US_IO_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"
#include "mmu/base/queue.h"
#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

enum {
    NETWORK_MAC_BYTES = 6,
    NETWORK_FRAME_MIN = 14,   /* the addresses and the type */
    NETWORK_FRAME_MAX = 1514, /* and an MTU of 1500 */
    NETWORK_WAITING_MAX = 256,
    NETWORK_KEPT_MAX = 256, /* of those taken */
};

/* Who is at the other end. */
struct network_end {
    /* A frame was sent at TIME_PS. */
    void (*sent)(void *arg, const uint8_t *bytes, uint32_t size, uint64_t time_ps);
    /* It is TIME_PS: what comes by then has been given to network_arrive. Returns when this is to be asked again at the
     * latest, unless something is sent before; TIME_NEVER: nothing will ever come by itself. */
    uint64_t (*look)(void *arg, uint64_t time_ps);
};

/* A frame that came in and is kept. */
struct network_frame {
    uint64_t number, time_ps; /* when it is here */
    uint32_t size_bytes;
    uint8_t *bytes;
};

/* A frame that was sent: D. */
struct network_sent {
    uint64_t number, content; /* hash of its bytes */
};

struct network_capture;

struct network {
    const struct network_end *end; /* NULL: nobody */
    void *end_arg;
    uint32_t generation; /* the oldest that may send */
    uint64_t performed;  /* the largest number that was sent */
    VEC(struct network_sent) sent;
    uint64_t came_before; /* so many of those that came are not kept any more; of the others: */
    VEC(uint64_t) came;   /* hash of each frame that came, by number */
    QUEUE(struct network_frame) kept;
    uint64_t taken;                  /* no number from this one on was ever taken */
    uint64_t lost;                   /* frames that came when too many waited */
    uint64_t sent_before;            /* of the record of those sent: so many are not kept */
    uint64_t on_wire;                /* how many of those that came are before the present time */
    struct network_capture *capture; /* NULL: nobody listens to the wire */
};

void network_free(struct network *network);
/* Frame NUMBER (from 1) of a computer of GENERATION: SIZE bytes at TIME_PS. */
void network_send(struct network *network, uint32_t generation, uint64_t number, const uint8_t *bytes, uint32_t size,
                  uint64_t time_ps);
/* Refuse everything older than GENERATION from now on. */
void network_fence(struct network *network, uint32_t generation);
/* A frame comes in: it is here at TIME_PS, not before those that came earlier. */
void network_arrive(struct network *network, const uint8_t *bytes, uint32_t size, uint64_t time_ps);
/* It is TIME_PS: let everything come that is to be here by now. Returns when to look again; TIME_NEVER: nothing will
 * come by itself. */
uint64_t network_look(struct network *network, uint64_t time_ps);
/* The first frame from NUMBER on that is here at TIME_PS, which lives until the next call; NULL: there is none yet. */
const struct network_frame *network_take(struct network *network, uint64_t number, uint64_t time_ps);
/* Another future begins here: what will be on the wire is new to the capture. */
void network_forget_future(struct network *network);
/* The record of the first SENT frames, and of those that came before number CAME, is not kept any more. */
void network_forget(struct network *network, uint64_t sent, uint64_t came);
void network_visit(struct network *network, struct visit *visit);

/* Hash of a frame, as in the records. */
uint64_t network_content(const uint8_t *bytes, uint32_t size);
/* "52:54:00:12:34:56" into MAC. False: TEXT is no address of one station. */
bool network_mac_parse(const char *text, uint8_t mac[NETWORK_MAC_BYTES]);
enum { NETWORK_MAC_TEXT_BYTES = 18 };
void network_mac_format(const uint8_t mac[NETWORK_MAC_BYTES], char text[NETWORK_MAC_TEXT_BYTES]);

/* ---- everything on the wire, as a file for Wireshark (network_capture.c) ---- */

/* Everything on the wire from now on goes to PATH too, with its virtual time after EPOCH_S seconds since 1970. The file
 * is made. NULL with one line in ERROR. */
struct network_capture *network_capture_new(const char *path, uint64_t epoch_s, struct error *error);
void network_capture_free(struct network_capture *capture);
/* Frame number COUNT on the wire, from 1; one that the file has (its number came before) is not written again. */
void network_capture_add(struct network_capture *capture, uint64_t count, const uint8_t *bytes, uint32_t size,
                         uint64_t time_ps);
/* Another future begins after frame COUNT: later ones are new to the file. */
void network_capture_forget_future(struct network_capture *capture, uint64_t count);
/* Was anything not written because the host failed? Its errno, or 0; *PATH is the file. */
int network_capture_error(const struct network_capture *capture, const char **path);

#endif
