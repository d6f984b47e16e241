/* message.h - what goes over the channel (figure 4: epoch number, class, data), and into a recording.
 *
 * On the wire a message is a 32-byte header - class, device, payload size, epoch, index, value - and for a disk
 * interrupt a 32-byte description of the completion and the data of a read, for the network's the frame, all
 * big-endian. [end, E] of a protocol whose primary chooses where E ends has 40 bytes more: reason (4), 0 (4), branches
 * (8), space and offset at the front of the queue and at its back (4 each), and the theoretical value in picoseconds
 * (8). Acknowledgements are 32 bytes.
 */
#ifndef US_FT_MESSAGE_H
#define US_FT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cpu/position.h"
#include "io/disk_operation.h"

enum { MESSAGE_HEADER_BYTES = 32, MESSAGE_DISK_BYTES = 32, MESSAGE_POINT_BYTES = 40, MESSAGE_ACK_BYTES = 32 };

enum message_class {
    MESSAGE_INTERRUPT = 1, /* [E, Int]: device's; index: operation or input number; value: the byte or event */
    MESSAGE_VALUE,         /* [E, Val]: index: instruction of the epoch; value: clock in picoseconds, or random bits */
    MESSAGE_TIME,          /* [E, Tme]: value: the primary VP's clock at the end of E, picoseconds */
    MESSAGE_END,           /* [end, E]: value: the same (protocol dec has no [E, Tme]); index: up to which number the
                              terminal has the VP's output; or, if there is a point, the instructions of E */
    MESSAGE_OFF,           /* [off, E, status]: value: status; index: 1 for a reset instead */
    MESSAGE_HEARTBEAT,
    MESSAGE_JOIN_STATE, /* the VP and its VMM without memory; bulk */
    MESSAGE_JOIN_PAGE,  /* index: page number; bulk: its content. Pages that do not come are zero */
    MESSAGE_JOIN_DONE,
    MESSAGE_DIGEST,   /* value: hash of the state at the end of the epoch, after the delivery; index: of those beside */
    MESSAGE_HARDWARE, /* in a recording only (recording.h); these numbers are part of its format */
    MESSAGE_VALUES,   /* index: so many [E, Val] at once; bulk: packed (log/values.h) */
    MESSAGE_PERFORMED, /* [E, Net], before [end, E] if there is news: index: up to which number the network has the VP's
                          frames */
    MESSAGE_LOST,      /* [lost]: the VP of this computer is gone, and the computer is not; nothing more comes */
    MESSAGE_OUT, /* [out, K]: outputs up to K are issued: index: K; value: up to which number the terminal has them */
    MESSAGE_CHECKPOINT_STATE, /* of C_E (ft/vmm/checkpoint.h): the VP and its VMM without memory; bulk */
    MESSAGE_CHECKPOINT_PAGE,  /* index: page number; bulk: its content. Pages that do not come are as in C_(E-1) */
    MESSAGE_CHECKPOINT_DONE,  /* index: so many pages came; value: hash of the state */
    MESSAGE_RESET, /* in a recording only: the VP was reset from outside, before instruction index of the epoch */
    MESSAGE_CLASS_END
};

/* The numbers of ft/channel/inputs.h. The third and fourth in a recording only: at a fail-over the connection was lost,
 * or what was outstanding made uncertain. */
enum interrupt_device {
    DEVICE_DISK = 1,
    DEVICE_CONSOLE,
    DEVICE_LOST,
    DEVICE_UNCERTAIN,
    DEVICE_DISPLAY,
    DEVICE_NETWORK,
    DEVICE_TIMER,
    DEVICE_RATE
};

/* Environment values. */
enum value_kind { VALUE_CLOCK, VALUE_ENTROPY, VALUE_KINDS };

/* Why an epoch ended where its primary chose to end it (ft/vmm/points.h). */
enum point_reason {
    POINT_NONE,      /* it did not choose: the epoch has a length */
    POINT_INTERRUPT, /* the first place where the guest could be given a virtual interrupt */
    POINT_OUTPUT,    /* the next instruction is an output */
    POINT_LENGTH,
    POINT_IDLE,
    POINT_OFF, /* power-off or reset */
    POINT_REASONS
};
_Static_assert(POINT_REASONS == 6, "POINT_REASON_COUNT (system.h)");
const char *point_reason_name(enum point_reason reason);

struct sync_point {
    enum point_reason reason;
    struct position position; /* since the last synchronization point */
    uint64_t theory_ps; /* how long the epoch takes a virtual processor of this speed */
};

struct message {
    enum message_class message_class;
    enum interrupt_device device;
    enum value_kind value_kind; /* of MESSAGE_VALUE */
    uint64_t epoch, index, value;
    struct sync_point point;     /* of MESSAGE_END; reason POINT_NONE: it has none */
    struct disk_completion disk; /* data points into the bytes it was decoded from */
    const uint8_t *bulk;         /* of a joining computer's state, packed values, a frame; points there too */
    uint32_t bulk_bytes;
};

/* Has a message of this class a payload that only its receiver understands? Then it is not without. */
bool message_is_bulk(enum message_class message_class);
/* "interrupt", "value", "time", "end", ...: for a person. */
const char *message_class_name(enum message_class message_class);
/* "disk", "console", "display", "network", "timer"; "device" if it is none. */
const char *interrupt_device_name(enum interrupt_device device);

/* Is it a part of a checkpoint? */
bool message_is_checkpoint(enum message_class message_class);
/* Do SIZE bytes on the wire end an epoch ([end, E], [off, E, status] or the last of C_E)? Which: *EPOCH. */
bool message_ends_epoch(const uint8_t *bytes, size_t size, uint64_t *epoch);
/* How many bytes MESSAGE has on the wire. */
size_t message_size(const struct message *message);
/* Write it to BYTES, which has room for message_size(). */
void message_encode(const struct message *message, uint8_t *bytes);
/* The position of the [end, E] with a point in BYTES becomes POSITION. */
void message_set_position(uint8_t *bytes, const struct position *position);
/* Epoch, index and value of the message in BYTES, which is one. */
struct message_numbers {
    uint64_t epoch, index, value;
};
struct message_numbers message_numbers(const uint8_t *bytes);
/* The message in BYTES becomes the same of EPOCHS epochs later, with VALUE added to its value. */
void message_later(uint8_t *bytes, uint64_t epochs, uint64_t value);
/* Read it. False if SIZE bytes at BYTES are no message. */
bool message_decode(const uint8_t *bytes, size_t size, struct message *message);

#endif
