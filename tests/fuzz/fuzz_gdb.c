/* fuzz_gdb.c - the bytes that come from a gdb: a packet, or refused; a packet sent on is taken as the same.
 */
#include "monitor/gdb/gdb_packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/* PACKET, sent as an answer is and taken again. */
static void again(const char *packet, size_t size)
{
    static const char letters[] = "0123456789abcdef";
    struct gdb_reply *reply = calloc(1, sizeof *reply);
    struct gdb_reader *reader = calloc(1, sizeof *reader);
    char *frame = malloc(GDB_PACKET_MAX + 4);
    enum gdb_event event = GDB_NOTHING;
    assert(reply && reader && frame);
    if (gdb_reply_binary(reply, packet, size)) {
        size_t framed = gdb_frame(reply, frame);
        assert(framed <= GDB_PACKET_MAX + 4 && strchr(letters, frame[framed - 1]));
        for (size_t i = 0; i < framed; i++)
            event = gdb_reader_take(reader, (uint8_t)frame[i]);
        assert(event == GDB_PACKET && reader->size == size && !memcmp(reader->packet, packet, size));
    }
    free(frame);
    free(reader);
    free(reply);
}

static void take_apart(const char *text)
{
    struct gdb_thread thread;
    uint64_t number;
    uint8_t bytes[64];
    const char *at = text, *end = text + strlen(text);
    if (gdb_take_number(&at, 8, &number))
        assert(number <= UINT32_MAX && at > text && at <= end);
    at = text;
    if (gdb_take_thread(&at, &thread))
        assert(at > text && at <= end && thread.process >= -1 && thread.thread >= -1);
    at = text;
    if (gdb_take_bytes(&at, bytes, sizeof bytes))
        assert(at == text + 2 * sizeof bytes && at <= end);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct gdb_reader *reader = calloc(1, sizeof *reader);
    assert(reader);
    for (size_t i = 0; i < size; i++) {
        enum gdb_event event = gdb_reader_take(reader, bytes[i]);
        if (event == GDB_PACKET) {
            assert(reader->size <= GDB_PACKET_MAX && reader->packet[reader->size] == '\0');
            take_apart(reader->packet);
            again(reader->packet, reader->size);
        } else if (event == GDB_BAD) {
            assert(memchr(reader->why, 0, sizeof reader->why) && reader->why[0]);
        }
    }
    free(reader);
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    static const char letters[] = "$#}*+-pzZmMvCont;:,.0123456789abcdef\x03";
    size_t size = 0;
    while (size < FUZZ_INPUT_MAX - 80) {
        char body[64];
        size_t length = insn_random_below(random, sizeof body);
        uint8_t sum = 0;
        bytes[size++] = '$';
        for (size_t i = 0; i < length; i++) {
            body[i] = letters[insn_random_below(random, sizeof letters - 1)];
            if (body[i] == '$' || body[i] == '#')
                body[i] = '0'; /* usually a whole packet */
            sum = (uint8_t)(sum + (uint8_t)body[i]);
            bytes[size++] = (uint8_t)body[i];
        }
        bytes[size++] = '#';
        bytes[size++] = (uint8_t) "0123456789abcdef"[sum >> 4];
        bytes[size++] = (uint8_t) "0123456789abcdef"[sum & 15];
        bytes[size++] = (uint8_t)letters[insn_random_below(random, sizeof letters - 1)];
    }
    return size;
}
