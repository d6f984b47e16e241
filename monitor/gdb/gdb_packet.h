/* gdb_packet.h - packets of gdb's remote protocol (GDB manual, appendix "GDB Remote Serial Protocol", sections
 * "Overview" and "Packets"): taken from a stream of bytes, and made. Pure functions over buffers: no descriptor, no
 * system.
 *
 * What always holds: any bytes are taken; a packet that is returned has the right checksum, at most GDB_PACKET_MAX
 * bytes, its escapes undone and a NUL behind it.
 */
#ifndef US_MONITOR_GDB_GDB_PACKET_H
#define US_MONITOR_GDB_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes between $ and #: what qSupported calls PacketSize. */
enum { GDB_PACKET_MAX = 0x4000 };

enum gdb_event {
    GDB_NOTHING,   /* more bytes are needed */
    GDB_PACKET,    /* reader->packet, reader->size */
    GDB_INTERRUPT, /* 0x03: gdb's Ctrl-C */
    GDB_NAK,       /* '-': the last packet has to be sent again */
    GDB_BAD,       /* reader->why says what was wrong; what came is thrown away */
};

enum gdb_reading { GDB_BETWEEN, GDB_INSIDE, GDB_ESCAPED, GDB_CHECKSUM_HIGH, GDB_CHECKSUM_LOW };

/* All zero at the beginning of a connection. */
struct gdb_reader {
    enum gdb_reading state;
    uint8_t sum; /* of the bytes since $ */
    int high;    /* the checksum's first digit, -1 for none */
    bool noise;  /* bytes between packets have been complained about */
    size_t size; /* may be more than GDB_PACKET_MAX; what is beyond is not kept */
    char packet[GDB_PACKET_MAX + 1];
    char why[96];
};

/* Take one more byte of the stream. */
enum gdb_event gdb_reader_take(struct gdb_reader *reader, uint8_t byte);

/* What is sent back. */
struct gdb_reply {
    size_t size;
    char text[GDB_PACKET_MAX + 1];
};

/* Append: text, hexadecimal of COUNT bytes, or bytes with those escaped that have a meaning. What does not fit any more
 * is left out as a whole; false then. */
bool gdb_reply_add(struct gdb_reply *reply, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool gdb_reply_hex(struct gdb_reply *reply, const void *bytes, size_t count);
bool gdb_reply_binary(struct gdb_reply *reply, const void *bytes, size_t count);
/* The packet as it goes over the wire, into FRAME (GDB_PACKET_MAX + 4 bytes). Returns its size. */
size_t gdb_frame(const struct gdb_reply *reply, char *frame);

/* The value of a hexadecimal digit, or -1. */
int gdb_digit(char digit);
/* Take hexadecimal digits at *TEXT, at most MAX of them; *TEXT moves behind them. False if there is none or one more.
 */
bool gdb_take_number(const char **text, unsigned max, uint64_t *value);
/* Take COUNT bytes, two digits each. */
bool gdb_take_bytes(const char **text, void *bytes, size_t count);

/* A thread-id: 0 is "any", -1 "all". Without a process in the packet (no multiprocess extension) process is 0. */
struct gdb_thread {
    int64_t process, thread;
};
/* Take "pPROCESS.THREAD", "pPROCESS" (all its threads) or "THREAD". */
bool gdb_take_thread(const char **text, struct gdb_thread *thread);

#endif
