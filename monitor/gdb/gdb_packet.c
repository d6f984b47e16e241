/* gdb_packet.c - see gdb_packet.h. */
#include "monitor/gdb/gdb_packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPE = '}', ESCAPE_XOR = 0x20, INTERRUPT = 0x03 };

int gdb_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static void begin(struct gdb_reader *reader)
{
    reader->state = GDB_INSIDE;
    reader->sum = 0;
    reader->size = 0;
    reader->noise = false;
}

static void keep(struct gdb_reader *reader, char byte)
{
    if (reader->size < GDB_PACKET_MAX)
        reader->packet[reader->size] = byte;
    reader->size++;
}

static enum gdb_event between(struct gdb_reader *reader, uint8_t byte)
{
    switch (byte) {
    case '$':
        begin(reader);
        return GDB_NOTHING;
    case '+':
        return GDB_NOTHING;
    case '-':
        return GDB_NAK;
    case INTERRUPT:
        return GDB_INTERRUPT;
    default:
        break;
    }
    if (reader->noise)
        return GDB_NOTHING;
    reader->noise = true;
    snprintf(reader->why, sizeof reader->why, "byte 0x%02x where a packet begins with $", byte);
    return GDB_BAD;
}

/* The checksum's second digit has come: is it a packet? */
static enum gdb_event end(struct gdb_reader *reader, int low)
{
    reader->state = GDB_BETWEEN;
    if (reader->high < 0 || low < 0) {
        snprintf(reader->why, sizeof reader->why, "a packet's checksum is not two hexadecimal digits");
        return GDB_BAD;
    }
    if ((reader->high << 4 | low) != reader->sum) {
        snprintf(reader->why, sizeof reader->why, "a packet says checksum %02x and has %02x", reader->high << 4 | low,
                 reader->sum);
        return GDB_BAD;
    }
    if (reader->size > GDB_PACKET_MAX) {
        snprintf(reader->why, sizeof reader->why, "a packet of %zu bytes: at most %d are taken", reader->size,
                 GDB_PACKET_MAX);
        return GDB_BAD;
    }
    reader->packet[reader->size] = '\0';
    return GDB_PACKET;
}

enum gdb_event gdb_reader_take(struct gdb_reader *reader, uint8_t byte)
{
    switch (reader->state) {
    case GDB_BETWEEN:
        return between(reader, byte);
    case GDB_CHECKSUM_HIGH:
        reader->high = gdb_digit((char)byte);
        reader->state = GDB_CHECKSUM_LOW;
        return GDB_NOTHING;
    case GDB_CHECKSUM_LOW:
        return end(reader, gdb_digit((char)byte));
    case GDB_INSIDE:
    case GDB_ESCAPED:
        break;
    }
    /* A $ or # is never inside, not even escaped: whoever sends one has begun again, or is at the checksum. */
    if (byte == '$') {
        begin(reader);
        return GDB_NOTHING;
    }
    if (byte == '#') {
        reader->state = GDB_CHECKSUM_HIGH;
        return GDB_NOTHING;
    }
    reader->sum = (uint8_t)(reader->sum + byte);
    if (reader->state == GDB_ESCAPED) {
        keep(reader, (char)(byte ^ ESCAPE_XOR));
        reader->state = GDB_INSIDE;
    } else if (byte == ESCAPE) {
        reader->state = GDB_ESCAPED;
    } else {
        keep(reader, (char)byte);
    }
    return GDB_NOTHING;
}

bool gdb_reply_add(struct gdb_reply *reply, const char *format, ...)
{
    va_list args;
    size_t room = sizeof reply->text - reply->size;
    va_start(args, format);
    int length = vsnprintf(reply->text + reply->size, room, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= room) {
        reply->text[reply->size] = '\0';
        return false;
    }
    reply->size += (size_t)length;
    return true;
}

bool gdb_reply_hex(struct gdb_reply *reply, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    if (count > (GDB_PACKET_MAX - reply->size) / 2)
        return false;
    for (size_t i = 0; i < count; i++) {
        reply->text[reply->size++] = "0123456789abcdef"[at[i] >> 4];
        reply->text[reply->size++] = "0123456789abcdef"[at[i] & 15];
    }
    reply->text[reply->size] = '\0';
    return true;
}

bool gdb_reply_binary(struct gdb_reply *reply, const void *bytes, size_t count)
{
    const char *at = bytes;
    if (count > (GDB_PACKET_MAX - reply->size) / 2) /* each of them may need an escape */
        return false;
    for (size_t i = 0; i < count; i++) {
        bool special = at[i] == '$' || at[i] == '#' || at[i] == '*' || at[i] == ESCAPE;
        if (special)
            reply->text[reply->size++] = ESCAPE;
        reply->text[reply->size++] = (char)(special ? at[i] ^ ESCAPE_XOR : at[i]);
    }
    reply->text[reply->size] = '\0';
    return true;
}

size_t gdb_frame(const struct gdb_reply *reply, char *frame)
{
    uint8_t sum = 0;
    frame[0] = '$';
    for (size_t i = 0; i < reply->size; i++) {
        frame[i + 1] = reply->text[i];
        sum = (uint8_t)(sum + (uint8_t)reply->text[i]);
    }
    frame[reply->size + 1] = '#';
    frame[reply->size + 2] = "0123456789abcdef"[sum >> 4];
    frame[reply->size + 3] = "0123456789abcdef"[sum & 15];
    return reply->size + 4;
}

bool gdb_take_number(const char **text, unsigned max, uint64_t *value)
{
    unsigned digits = 0;
    *value = 0;
    for (int digit; (digit = gdb_digit(**text)) >= 0; ++*text) {
        if (digits++ == max)
            return false;
        *value = *value << 4 | (unsigned)digit;
    }
    return digits > 0;
}

bool gdb_take_bytes(const char **text, void *bytes, size_t count)
{
    uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++, *text += 2) {
        int high = gdb_digit((*text)[0]);
        int low = high < 0 ? -1 : gdb_digit((*text)[1]);
        if (low < 0)
            return false;
        at[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool take_id(const char **text, int64_t *id)
{
    uint64_t value;
    if ((*text)[0] == '-' && (*text)[1] == '1') {
        *text += 2;
        *id = -1;
        return true;
    }
    if (!gdb_take_number(text, 8, &value))
        return false;
    *id = (int64_t)value;
    return true;
}

bool gdb_take_thread(const char **text, struct gdb_thread *thread)
{
    *thread = (struct gdb_thread){0};
    if (**text != 'p')
        return take_id(text, &thread->thread);
    ++*text;
    if (!take_id(text, &thread->process))
        return false;
    if (**text != '.') {
        thread->thread = -1;
        return true;
    }
    ++*text;
    return take_id(text, &thread->thread);
}
