/* frame.c - see frame.h. */
#include "ft/live/frame.h"

#include <string.h>

#include "mmu/base/bits.h"

/* ---- writing ---- */

static uint8_t *more(struct frame_writer *writer, size_t size)
{
    frame_bytes_vec *out = writer->out;
    while (out->room - out->count < size)
        out->at = vec_grown(out->at, &out->room, 1);
    out->count += size;
    return out->at + out->count - size;
}

void frame_begin(struct frame_writer *writer, frame_bytes_vec *out, enum frame_kind kind)
{
    *writer = (struct frame_writer){out, out->count};
    more(writer, FRAME_HEAD_BYTES)[4] = (uint8_t)kind;
}

void frame_u8(struct frame_writer *writer, uint8_t value)
{
    *more(writer, 1) = value;
}

void frame_u16(struct frame_writer *writer, uint16_t value)
{
    be16_store(more(writer, 2), value);
}

void frame_u32(struct frame_writer *writer, uint32_t value)
{
    be32_store(more(writer, 4), value);
}

void frame_u64(struct frame_writer *writer, uint64_t value)
{
    be64_store(more(writer, 8), value);
}

void frame_data(struct frame_writer *writer, const void *bytes, size_t size)
{
    if (size)
        memcpy(more(writer, size), bytes, size);
}

void frame_text(struct frame_writer *writer, const char *text)
{
    size_t length = strlen(text);
    frame_u32(writer, (uint32_t)length);
    frame_data(writer, text, length);
}

void frame_end(struct frame_writer *writer)
{
    be32_store(writer->out->at + writer->start, (uint32_t)(writer->out->count - writer->start - 4));
}

/* ---- reading ---- */

/* The next SIZE bytes, or NULL. */
static const uint8_t *take(struct frame_reader *reader, size_t size)
{
    if (size > reader->size - reader->at)
        reader->good = false;
    if (!reader->good)
        return NULL;
    reader->at += size;
    return reader->bytes + reader->at - size;
}

uint8_t frame_take_u8(struct frame_reader *reader)
{
    const uint8_t *at = take(reader, 1);
    return at ? *at : 0;
}

uint16_t frame_take_u16(struct frame_reader *reader)
{
    const uint8_t *at = take(reader, 2);
    return at ? be16_load(at) : 0;
}

uint32_t frame_take_u32(struct frame_reader *reader)
{
    const uint8_t *at = take(reader, 4);
    return at ? be32_load(at) : 0;
}

uint64_t frame_take_u64(struct frame_reader *reader)
{
    const uint8_t *at = take(reader, 8);
    return at ? be64_load(at) : 0;
}

void frame_take_text(struct frame_reader *reader, char *text, size_t size)
{
    uint32_t length = frame_take_u32(reader);
    const uint8_t *at = length < size ? take(reader, length) : NULL;
    text[0] = '\0';
    if (!at || memchr(at, 0, length)) {
        reader->good = false;
        return;
    }
    memcpy(text, at, length);
    text[length] = '\0';
}

const uint8_t *frame_take_rest(struct frame_reader *reader, size_t *size)
{
    *size = reader->good ? reader->size - reader->at : 0;
    return take(reader, *size);
}

bool frame_is_whole(const struct frame_reader *reader)
{
    return reader->good && reader->at == reader->size;
}

enum frame_found frame_find(const uint8_t *bytes, size_t size, size_t most, struct frame_reader *reader, size_t *length)
{
    if (size < 4)
        return FRAME_NOT_YET;
    size_t rest = be32_load(bytes);
    if (rest < 1 || rest > most)
        return FRAME_NONSENSE;
    if (size > 4 && (bytes[4] < FRAME_HELLO || bytes[4] >= FRAME_KINDS))
        return FRAME_NONSENSE;
    if (size < 4 + rest)
        return FRAME_NOT_YET;
    *length = 4 + rest;
    *reader =
        (struct frame_reader){.kind = bytes[4], .bytes = bytes + FRAME_HEAD_BYTES, .size = rest - 1, .good = true};
    return FRAME_FOUND;
}
