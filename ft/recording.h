/* recording.h - the log that a virtual processor consumed, in memory and as a file.
 *
 * The log is a row of messages in the channel's own form (message.h), in the order in which the VP consumed them:
 *   MESSAGE_HARDWARE   value: state of the generator that delays traps; when the VP came to this computer
 *   MESSAGE_VALUE      an environment value, at its instruction of the epoch
 *   MESSAGE_END        the epoch is over: index: how many instructions it had; value: its clock
 *   MESSAGE_INTERRUPT  what is then delivered, in that order; refused commands and the interval timer are made again
 *   MESSAGE_DIGEST     the state after that
 *   MESSAGE_OFF        the power-off
 *   MESSAGE_RESET      somebody, or its host, has reset it at that instruction of the epoch, which ends there
 *
 * The file is self-contained. All numbers are big-endian:
 *   "USTLOG", 16-bit version, then chunks: 32-bit kind, 32-bit size, that many bytes, 64-bit checksum
 *   kinds: 1 configuration (text, name=value lines), 2 image (32-bit length of its name, name, 64-bit hash, bytes),
 *          3 message, 4 end (struct recording_end); 1, 2, any number of 3, 4, and nothing after it.
 * A checksum is XXH3 of its chunk's kind, size and bytes, seeded with the checksum before it (the first with the
 * version), so that an altered, missing, added or moved byte is found where it is.
 */
#ifndef US_FT_RECORDING_H
#define US_FT_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/message.h"
#include "ft/settings.h"
#include "mmu/base/vec.h"
#include "io/network.h"
#include "io/virtio_slots.h"
#include "mmu/base/error.h"
#include "mmu/base/visit.h"

enum { RECORDING_VERSION = 2 };

typedef VEC(uint8_t) byte_vec;

/* The log of one VP so far: encoded messages, one after the other. */
struct recording {
    byte_vec bytes;
    uint64_t entries;
};

void recording_add(struct recording *recording, const struct message *message);
/* RECORDING goes on with SIZE bytes that are ENTRIES encoded messages. */
void recording_grow(struct recording *recording, const uint8_t *bytes, size_t size, uint64_t entries);
/* TO, whatever it held, becomes a copy of FROM (re-integration). */
void recording_copy(struct recording *to, const struct recording *from);
void recording_visit(struct recording *recording, struct visit *visit);
void recording_free(struct recording *recording);

/* How the run ended, and where its VP was. */
struct recording_end {
    uint32_t end;    /* enum system_end */
    uint32_t status; /* the guest's */
    uint64_t insns, epoch;
    bool ran; /* its epoch had been run to its end, and nothing of that end delivered */
    uint64_t digest;
    uint64_t entries;
};

/* What a recording is of. */
struct recording_about {
    uint32_t ram_bytes;
    uint64_t epoch_insns;
    uint32_t disk_blocks[DISK_DEVICES]; /* 0: no disk */
    enum virtio_kind virtio[VIRTIO_SLOTS];
    uint8_t mac[NETWORK_MAC_BYTES]; /* of its network device, if there is one */
    char protocol[64]; /* of the pair that was recorded: its name and hash (protocols.h); "": there was none */
    struct settings settings;
    char *image_name;
    const uint8_t *image;
    size_t image_bytes;
};

/* The whole file: *BYTES is to be freed. */
void recording_write(const struct recording *recording, const struct recording_about *about,
                     const struct recording_end *end, uint8_t **bytes, size_t *size);

/* The same file in pieces, as the run goes: what is to be written next is in `out`, whoever writes it empties that. */
struct recording_stream {
    byte_vec out;
    uint64_t checksum;
    byte_vec part; /* of a message that is not whole yet */
    uint64_t entries;
};

void recording_stream_begin(struct recording_stream *stream, const struct recording_about *about);
/* The next SIZE bytes of the log: encoded messages, cut anywhere. False: they are none. */
bool recording_stream_add(struct recording_stream *stream, const uint8_t *bytes, size_t size);
void recording_stream_end(struct recording_stream *stream, const struct recording_end *end);
/* TO, which is zero, goes on where FROM is; what FROM has in `out` is not TO's. */
void recording_stream_copy(struct recording_stream *to, const struct recording_stream *from);
void recording_stream_free(struct recording_stream *stream);

/* A recording read from a file: messages are taken with recording_next. */
struct recording_file {
    const uint8_t *bytes;
    size_t size;
    struct recording_about about; /* image points into bytes; image_name is owned */
    struct recording_end end;
    size_t first; /* offset of the first message's chunk */
};

/* Check SIZE bytes, which outlive FILE, from first to last. False with one line in ERROR that names the byte offset: no
 * recording, another version, cut off, altered. FILE is to be freed with recording_close in any case. NAME: for
 * messages.
 */
bool recording_open(struct recording_file *file, const uint8_t *bytes, size_t size, const char *name,
                    struct error *error);
void recording_close(struct recording_file *file);
/* The message at *OFFSET (file->first at the beginning), which moves on. False: there are no more. */
bool recording_next(const struct recording_file *file, size_t *offset, struct message *message);

#endif
