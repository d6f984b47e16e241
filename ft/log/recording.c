/* recording.c - see recording.h: the log in memory, and its file. */
#include "ft/recording.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "io/disk_operation.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"
#include "mmu/phys.h"

enum {
    MAGIC_BYTES = 8, /* with the version */
    CHUNK_HEAD_BYTES = 8,
    CHUNK_CHECKSUM_BYTES = 8,
    END_BYTES = 48,
    END_KINDS = 6, /* of enum system_end */
    NAME_BYTES_MAX = 65536,
    PIECE_BYTES = 1 << 16,
    MESSAGE_BYTES_MAX = 64 << 20, /* a disk read of any size, and more */
};

enum chunk_kind { CHUNK_CONFIGURATION = 1, CHUNK_IMAGE, CHUNK_MESSAGE, CHUNK_END };

static const char magic[] = "USTLOG";

/* ---- in memory ---- */

static uint8_t *room(byte_vec *bytes, size_t size)
{
    while (bytes->room - bytes->count < size)
        bytes->at = vec_grown(bytes->at, &bytes->room, 1);
    uint8_t *at = bytes->at + bytes->count;
    bytes->count += size;
    return at;
}

void recording_add(struct recording *recording, const struct message *message)
{
    message_encode(message, room(&recording->bytes, message_size(message)));
    recording->entries++;
}

void recording_grow(struct recording *recording, const uint8_t *bytes, size_t size, uint64_t entries)
{
    if (size)
        memcpy(room(&recording->bytes, size), bytes, size);
    recording->entries += entries;
}

void recording_copy(struct recording *to, const struct recording *from)
{
    to->bytes.count = 0;
    if (from->bytes.count)
        memcpy(room(&to->bytes, from->bytes.count), from->bytes.at, from->bytes.count);
    to->entries = from->entries;
}

void recording_visit(struct recording *recording, struct visit *visit)
{
    VISIT_GROWING_BYTES(visit, &recording->bytes);
    VISIT(visit, recording->entries);
}

void recording_free(struct recording *recording)
{
    VEC_FREE(&recording->bytes);
}

/* ---- writing ---- */

/* Add a chunk of SIZE bytes; the caller fills them in and then calls seal. */
static uint8_t *chunk(struct recording_stream *stream, enum chunk_kind kind, size_t size)
{
    uint8_t *at = room(&stream->out, CHUNK_HEAD_BYTES + size);
    be32_store(at, kind);
    be32_store(at + 4, (uint32_t)size);
    return at + CHUNK_HEAD_BYTES;
}

static void seal(struct recording_stream *stream, size_t size)
{
    const uint8_t *head = stream->out.at + stream->out.count - size - CHUNK_HEAD_BYTES;
    stream->checksum = XXH3_64bits_withSeed(head, CHUNK_HEAD_BYTES + size, stream->checksum);
    be64_store(room(&stream->out, CHUNK_CHECKSUM_BYTES), stream->checksum);
}

static void write_configuration(struct recording_stream *stream, const struct recording_about *about)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fprintf(out, "ram=%" PRIu32 "\nepoch=%" PRIu64 "\ndisk-blocks=%" PRIu32 "\n", about->ram_bytes, about->epoch_insns,
            about->disk_blocks[DISK_DEVICE_CONTROLLER]);
    if (*about->protocol)
        fprintf(out, "protocol=%s\n", about->protocol);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (about->virtio[i])
            fprintf(out, "virtio-%u=%s,%" PRIu32 "\n", i, virtio_kind_name(about->virtio[i]),
                    about->disk_blocks[DISK_DEVICE_VIRTIO + i]);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        char mac[NETWORK_MAC_TEXT_BYTES];
        network_mac_format(about->mac, mac);
        if (about->virtio[i] == VIRTIO_NET)
            fprintf(out, "mac=%s\n", mac);
    }
    for (size_t i = 0; i < setting_count; i++) {
        char value[32];
        settings_format(&about->settings, &setting_rows[i], value, sizeof value);
        fprintf(out, "%s=%s\n", setting_rows[i].name, value);
    }
    fclose(out);
    memcpy(chunk(stream, CHUNK_CONFIGURATION, size), text, size);
    seal(stream, size);
    free(text);
}

static void write_image(struct recording_stream *stream, const struct recording_about *about)
{
    size_t name_bytes = strlen(about->image_name), size = 4 + name_bytes + 8 + about->image_bytes;
    uint8_t *at = chunk(stream, CHUNK_IMAGE, size);
    be32_store(at, (uint32_t)name_bytes);
    memcpy(at + 4, about->image_name, name_bytes);
    be64_store(at + 4 + name_bytes, XXH3_64bits(about->image, about->image_bytes));
    if (about->image_bytes)
        memcpy(at + 4 + name_bytes + 8, about->image, about->image_bytes);
    seal(stream, size);
}

static void write_end(struct recording_stream *stream, const struct recording_end *end, uint64_t entries)
{
    uint8_t *at = chunk(stream, CHUNK_END, END_BYTES);
    be32_store(at, end->end);
    be32_store(at + 4, end->status);
    be64_store(at + 8, end->insns);
    be64_store(at + 16, end->epoch);
    be64_store(at + 24, end->ran);
    be64_store(at + 32, end->digest);
    be64_store(at + 40, entries);
    seal(stream, END_BYTES);
}

void recording_stream_begin(struct recording_stream *stream, const struct recording_about *about)
{
    stream->checksum = RECORDING_VERSION;
    uint8_t *at = room(&stream->out, MAGIC_BYTES);
    memcpy(at, magic, 6);
    be16_store(at + 6, RECORDING_VERSION);
    write_configuration(stream, about);
    write_image(stream, about);
}

bool recording_stream_add(struct recording_stream *stream, const uint8_t *bytes, size_t size)
{
    byte_vec *part = &stream->part;
    size_t at = 0;
    struct message message;
    if (size)
        memcpy(room(part, size), bytes, size);
    for (size_t length; part->count - at >= MESSAGE_HEADER_BYTES; at += length) {
        length = MESSAGE_HEADER_BYTES + (size_t)be32_load(part->at + at + 4); /* message.h */
        if (length > MESSAGE_BYTES_MAX)
            return false;
        if (length > part->count - at)
            break;
        if (!message_decode(part->at + at, length, &message))
            return false;
        memcpy(chunk(stream, CHUNK_MESSAGE, length), part->at + at, length);
        seal(stream, length);
        stream->entries++;
    }
    part->count -= at;
    if (at)
        memmove(part->at, part->at + at, part->count);
    return true;
}

void recording_stream_end(struct recording_stream *stream, const struct recording_end *end)
{
    write_end(stream, end, stream->entries);
}

void recording_stream_copy(struct recording_stream *to, const struct recording_stream *from)
{
    to->checksum = from->checksum;
    to->entries = from->entries;
    if (from->part.count)
        memcpy(room(&to->part, from->part.count), from->part.at, from->part.count);
}

void recording_stream_free(struct recording_stream *stream)
{
    VEC_FREE(&stream->out);
    VEC_FREE(&stream->part);
}

void recording_write(const struct recording *recording, const struct recording_about *about,
                     const struct recording_end *end, uint8_t **bytes, size_t *size)
{
    struct recording_stream stream = {0};
    recording_stream_begin(&stream, about);
    for (size_t at = 0, part; at < recording->bytes.count; at += part) {
        part = recording->bytes.count - at < PIECE_BYTES ? recording->bytes.count - at : PIECE_BYTES;
        bool good = recording_stream_add(&stream, recording->bytes.at + at, part);
        assert(good);
    }
    recording_stream_end(&stream, end);
    VEC_FREE(&stream.part);
    *bytes = stream.out.at;
    *size = stream.out.count;
}

/* ---- reading ---- */

struct reader {
    struct recording_file *file;
    const char *name;
    size_t offset; /* of the next chunk */
    uint64_t checksum;
    struct error *error;
};

static bool refuse(const struct reader *reader, size_t offset, const char *what)
{
    error_set(reader->error, "'%s' %s at byte %zu: a whole recording of version %d is wanted", reader->name, what,
              offset, RECORDING_VERSION);
    return false;
}

struct chunk_view {
    uint32_t kind, size;
    const uint8_t *bytes;
    size_t offset;
};

/* The next chunk, its checksum checked. */
static bool next_chunk(struct reader *reader, struct chunk_view *view)
{
    const struct recording_file *file = reader->file;
    size_t left = file->size - reader->offset;
    const uint8_t *head = file->bytes + reader->offset;
    view->offset = reader->offset;
    if (left < CHUNK_HEAD_BYTES)
        return refuse(reader, file->size, "is cut off");
    view->kind = be32_load(head);
    view->size = be32_load(head + 4);
    view->bytes = head + CHUNK_HEAD_BYTES;
    if (view->kind < CHUNK_CONFIGURATION || view->kind > CHUNK_END)
        return refuse(reader, reader->offset, "is altered");
    if (left - CHUNK_HEAD_BYTES < (size_t)view->size + CHUNK_CHECKSUM_BYTES)
        return refuse(reader, file->size, "is cut off, or altered");
    reader->checksum = XXH3_64bits_withSeed(head, CHUNK_HEAD_BYTES + (size_t)view->size, reader->checksum);
    if (be64_load(view->bytes + view->size) != reader->checksum)
        return refuse(reader, reader->offset, "is altered in the piece that begins");
    reader->offset += CHUNK_HEAD_BYTES + (size_t)view->size + CHUNK_CHECKSUM_BYTES;
    return true;
}

static bool read_number(const char *text, uint64_t limit, uint64_t *number)
{
    uint64_t value = 0;
    if (!*text || strlen(text) > 12)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    *number = value;
    return !*text && value <= limit;
}

/* Slot NUMBER holds VALUE: KIND,BLOCKS. */
static bool read_virtio(struct recording_about *about, const char *number, const char *value)
{
    uint64_t slot = 0, blocks = 0;
    const char *comma = strchr(value, ',');
    if (!comma || !read_number(number, VIRTIO_SLOTS - 1, &slot) || !read_number(comma + 1, UINT32_MAX, &blocks))
        return false;
    enum virtio_kind kind = virtio_kind_find(value, (size_t)(comma - value));
    about->virtio[slot] = kind;
    about->disk_blocks[DISK_DEVICE_VIRTIO + slot] = (uint32_t)blocks;
    return kind && (blocks != 0) == virtio_kind_has_disk(kind);
}

/* NAME,HASH */
static bool read_protocol(struct recording_about *about, const char *value)
{
    const char *comma = strchr(value, ',');
    if (!comma || comma == value || strlen(value) >= sizeof about->protocol ||
        strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != (size_t)(comma - value) ||
        strspn(comma + 1, "0123456789abcdef") != 16 || comma[17])
        return false;
    memcpy(about->protocol, value, strlen(value) + 1);
    return true;
}

/* One line of the configuration. */
static bool read_line(struct recording_about *about, const char *name, const char *value, unsigned *known)
{
    uint64_t number = 0;
    if (strcmp(name, "ram") == 0) {
        *known |= 1;
        bool good = read_number(value, PHYS_RAM_BYTES_MAX, &number) && number % PHYS_PAGE_BYTES == 0;
        about->ram_bytes = (uint32_t)number;
        return good && number >= PHYS_RAM_BYTES_MIN;
    }
    if (strcmp(name, "epoch") == 0) {
        *known |= 2;
        bool good = read_number(value, UINT32_MAX, &about->epoch_insns);
        return good && about->epoch_insns;
    }
    if (strcmp(name, "disk-blocks") == 0) {
        *known |= 4;
        bool good = read_number(value, UINT32_MAX, &number);
        about->disk_blocks[DISK_DEVICE_CONTROLLER] = (uint32_t)number;
        return good;
    }
    if (strcmp(name, "protocol") == 0)
        return read_protocol(about, value);
    if (strcmp(name, "mac") == 0)
        return network_mac_parse(value, about->mac);
    if (strncmp(name, "virtio-", 7) == 0)
        return read_virtio(about, name + 7, value);
    return settings_set(&about->settings, name, value, NULL);
}

static bool read_configuration(struct reader *reader)
{
    struct recording_about *about = &reader->file->about;
    struct chunk_view view;
    unsigned known = 0;
    settings_defaults(&about->settings);
    if (!next_chunk(reader, &view))
        return false;
    if (view.kind != CHUNK_CONFIGURATION)
        return refuse(reader, view.offset, "has no configuration");
    char *text = strndup((const char *)view.bytes, view.size), *rest = text;
    memory_need(text);
    bool good = strlen(text) == view.size;
    for (char *line; good && (line = strsep(&rest, "\n")) && *line;) {
        char *equals = strchr(line, '=');
        if (equals)
            *equals = '\0';
        good = equals && read_line(about, line, equals + 1, &known);
    }
    free(text);
    return (good && known == 7) || refuse(reader, view.offset, "has a configuration that this version does not know");
}

static bool read_image(struct reader *reader)
{
    struct recording_about *about = &reader->file->about;
    struct chunk_view view;
    if (!next_chunk(reader, &view))
        return false;
    uint32_t name_bytes = view.kind == CHUNK_IMAGE && view.size >= 12 ? be32_load(view.bytes) : NAME_BYTES_MAX;
    if (name_bytes >= NAME_BYTES_MAX || name_bytes > view.size - 12)
        return refuse(reader, view.offset, "has no image");
    about->image_name = strndup((const char *)view.bytes + 4, name_bytes);
    memory_need(about->image_name);
    about->image = view.bytes + 4 + name_bytes + 8;
    about->image_bytes = view.size - 12 - name_bytes;
    return be64_load(view.bytes + 4 + name_bytes) == XXH3_64bits(about->image, about->image_bytes) ||
           refuse(reader, view.offset, "has another image than its hash says");
}

/* Messages that a recording can hold. */
static bool read_message(const struct chunk_view *view, struct message *message)
{
    if (!message_decode(view->bytes, view->size, message))
        return false;
    switch (message->message_class) {
    case MESSAGE_INTERRUPT:
        return message->disk.size_bytes <= DISK_COUNT_MAX * DISK_BLOCK_BYTES;
    case MESSAGE_VALUE:
    case MESSAGE_END:
    case MESSAGE_OFF:
    case MESSAGE_DIGEST:
    case MESSAGE_HARDWARE:
    case MESSAGE_RESET:
        return true;
    default:
        return false;
    }
}

static bool read_end(struct reader *reader, const struct chunk_view *view, uint64_t entries)
{
    struct recording_end *end = &reader->file->end;
    if (view->kind != CHUNK_END || view->size != END_BYTES)
        return refuse(reader, view->offset, "makes no sense");
    *end = (struct recording_end){
        .end = be32_load(view->bytes),
        .status = be32_load(view->bytes + 4),
        .insns = be64_load(view->bytes + 8),
        .epoch = be64_load(view->bytes + 16),
        .ran = be64_load(view->bytes + 24) != 0,
        .digest = be64_load(view->bytes + 32),
        .entries = be64_load(view->bytes + 40),
    };
    if (end->end >= END_KINDS || end->status > 255 || end->entries != entries)
        return refuse(reader, view->offset, "makes no sense");
    return reader->offset == reader->file->size || refuse(reader, reader->offset, "goes on after its end");
}

bool recording_open(struct recording_file *file, const uint8_t *bytes, size_t size, const char *name,
                    struct error *error)
{
    struct reader reader = {file, name, MAGIC_BYTES, RECORDING_VERSION, error};
    struct chunk_view view;
    struct message message;
    uint64_t entries = 0;
    *file = (struct recording_file){.bytes = bytes, .size = size};
    if (size < MAGIC_BYTES || memcmp(bytes, magic, 6) != 0)
        return refuse(&reader, 0, "is no recording");
    if (be16_load(bytes + 6) != RECORDING_VERSION)
        return refuse(&reader, 6, "has another version");
    if (!read_configuration(&reader) || !read_image(&reader))
        return false;
    file->first = reader.offset;
    while (next_chunk(&reader, &view)) {
        if (view.kind != CHUNK_MESSAGE)
            return read_end(&reader, &view, entries);
        if (!read_message(&view, &message))
            return refuse(&reader, view.offset, "makes no sense");
        entries++;
    }
    return false;
}

void recording_close(struct recording_file *file)
{
    free(file->about.image_name);
    *file = (struct recording_file){0};
}

bool recording_next(const struct recording_file *file, size_t *offset, struct message *message)
{
    const uint8_t *head = file->bytes + *offset;
    if (be32_load(head) != CHUNK_MESSAGE)
        return false;
    uint32_t size = be32_load(head + 4);
    bool good = message_decode(head + CHUNK_HEAD_BYTES, size, message);
    assert(good); /* recording_open has looked */
    *offset += CHUNK_HEAD_BYTES + (size_t)size + CHUNK_CHECKSUM_BYTES;
    return true;
}
