/* frame.h - what goes over a connection between processes: frames, each a 32-bit length, a byte that says what it is,
 * and so many bytes less one. Numbers are big-endian. A message of the channel (ft/message.h) goes in a frame as it is.
 *
 * Who reads must be able to stop at any byte: what does not parse ends the connection that it came by (link.h).
 */
#ifndef US_FT_LIVE_FRAME_H
#define US_FT_LIVE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/vec.h"

enum { LIVE_VERSION = 6, FRAME_HEAD_BYTES = 5 };
/* No frame is longer: before a hello has been accepted, from then on, and between the nodes of a pair, where one
 * message can be all that a computer has under way. */
enum { FRAME_HELLO_MAX = 1024, FRAME_MAX = (1 << 20) + 4096, FRAME_PAIR_MAX = 64 << 20, FRAME_PART_BYTES = 64 << 10 };

enum frame_kind {
    /* By whoever connects, first. u16 version, u8 enum hello_as, text of the key (none yet: ""), u64 digest of the
     * configuration (0: not known yet), u32 number of the process, text: where the node itself listens. */
    FRAME_HELLO = 1,
    /* I live; u8: and hear the world. */
    FRAME_BEAT,

    /* The world to a node. */
    FRAME_WELCOME, /* u32 which node it is, u64 its hardware's seed, text: the configuration, text: the image's name,
                      u64: its size; the protocol's text, if it is none that the program has */
    FRAME_IMAGE,   /* the next bytes of it */
    FRAME_START,   /* be the primary; u32 generation, u8: another node is to come */
    FRAME_MEET,    /* another node: u32 which, u8: you have a VP, and it joins; text: key, text: where it listens */
    FRAME_ENDED,   /* u64 number of a command, u8 status, u8 detail; what a read has read */
    FRAME_SHOWN,   /* u64: up to this number the terminal has your output */
    FRAME_INPUT,   /* u64 number of the first byte, u8: these are the last; the bytes */
    FRAME_EVENTS,  /* u64 number of the first event of keyboard and pointer; events (io/input_event.h), each u32 */
    FRAME_SENT,    /* u64: up to this number the network has your frames */
    FRAME_ARRIVED, /* u64 number of the first frame from the network; frames, each behind its 16-bit length */
    FRAME_GRANT,   /* u32: your generation; u64: up to this number the terminal has output, u64: the network frames */
    FRAME_FENCED,  /* another was first */
    FRAME_OVER,    /* the run is over: u8 enum system_end, u8 the guest's status; text: why, if it did not end it */

    /* A node to the world. Requests carry the generation under which the node acts. */
    FRAME_ISSUE,     /* u32 generation, u64 number, u32 device, opcode, block, count; what is written */
    FRAME_PUT,       /* u32 generation, u64 number of the first byte; bytes for the terminal */
    FRAME_TAKE,      /* u64: I want input from this number on */
    FRAME_WATCH,     /* u64: I want events of keyboard and pointer from this number on */
    FRAME_SEND,      /* u32 generation, u64 number; a frame for the network */
    FRAME_RECEIVE,   /* u64: I want frames from the network from this number on */
    FRAME_ARBITRATE, /* u32 generation; u64 epoch */
    FRAME_FORK,      /* u32: this node begins to join, and has H and recording up to here */
    FRAME_JOINED,    /* u32: it has all, and would go on if I failed */
    FRAME_TELL,      /* u8 enum rule, u64 epoch, text for the operator's console */
    FRAME_NOTES,     /* of H (ft/log/notes.h) */
    FRAME_TAPE,      /* of the recording */
    FRAME_STOP,     /* my guest's run is over: u8 enum system_end, u8 status, u64 instructions, u64 epoch, u8: the epoch
                       was run to its end, u64 digest, what I have counted (counts.h), text: why */
    FRAME_FOLLOWED, /* u64: the digest of my VP, which came to the same end; what I have counted */
    FRAME_DIFFERS,  /* text: the replicas differ */
    FRAME_TYPE,     /* bytes that a person types, at this node's monitor or window */
    FRAME_KEY,      /* there a key, u32 code, goes down (u8 1) or up (0) */
    FRAME_POINTER,  /* there the pointer is at u32 x, u32 y, with u32 buttons down */

    /* Between the nodes of a pair. */
    FRAME_MESSAGE, /* of the channel */
    FRAME_ACK,     /* u64 messages that have come, u64 bytes, u64 lag in picoseconds, u64 how many
                      instructions the VP has executed, u8: the replicas differ */
    FRAME_PERF,    /* [perf] (peer.h): u64 picoseconds that an instruction takes the backup, 0: not known yet; text: its
                      host's architecture, text: its engine */
    FRAME_PAST,    /* for a node that joins: u64 so many operations of H are settled; u32 the end of what the guest
                      has written to the terminal is so long; that; the other operations */
    FRAME_KINDS
};

enum hello_as { HELLO_NODE, HELLO_PARTNER };

typedef VEC(uint8_t) frame_bytes_vec;

/* ---- writing ---- */

/* A frame of KIND begins at the end of OUT; what is put goes into it; frame_end completes it. */
struct frame_writer {
    frame_bytes_vec *out;
    size_t start;
};

void frame_begin(struct frame_writer *writer, frame_bytes_vec *out, enum frame_kind kind);
void frame_u8(struct frame_writer *writer, uint8_t value);
void frame_u16(struct frame_writer *writer, uint16_t value);
void frame_u32(struct frame_writer *writer, uint32_t value);
void frame_u64(struct frame_writer *writer, uint64_t value);
void frame_data(struct frame_writer *writer, const void *bytes, size_t size);
void frame_text(struct frame_writer *writer, const char *text);
void frame_end(struct frame_writer *writer);

/* ---- reading ---- */

/* A frame that has come. What is taken beyond its end is 0 or "", and `good` is false from then on. */
struct frame_reader {
    enum frame_kind kind;
    const uint8_t *bytes;
    size_t size, at;
    bool good;
};

uint8_t frame_take_u8(struct frame_reader *reader);
uint16_t frame_take_u16(struct frame_reader *reader);
uint32_t frame_take_u32(struct frame_reader *reader);
uint64_t frame_take_u64(struct frame_reader *reader);
/* A text of less than SIZE bytes. */
void frame_take_text(struct frame_reader *reader, char *text, size_t size);
/* All the rest: *SIZE bytes. */
const uint8_t *frame_take_rest(struct frame_reader *reader, size_t *size);
/* Was everything there, and nothing more? */
bool frame_is_whole(const struct frame_reader *reader);

enum frame_found { FRAME_FOUND, FRAME_NOT_YET, FRAME_NONSENSE };

/* The first frame of the SIZE bytes at BYTES; its length on the wire is *LENGTH. FRAME_NONSENSE: no frame begins like
 * this, or it would be longer than MOST. */
enum frame_found frame_find(const uint8_t *bytes, size_t size, size_t most, struct frame_reader *reader,
                            size_t *length);

#endif
