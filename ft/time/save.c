/* save.c - see save.h. */
#include "ft/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "ft/protocols.h"
#include "ft/system/system.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"

enum {
    MAGIC_BYTES = 8,
    CHECKED_BYTES = 32, /* of the header */
    HEADER_BYTES = 40,
    PACK_LEVEL = 1, /* memory packs well enough; higher takes many times as long */
    WORDS_MAX = 4096,
    PIECE_BYTES = 8 << 20,
};
#define BODY_BYTES_MAX (UINT64_C(1) << 40)

static const char magic[MAGIC_BYTES] = "USTSAVE";

/* ---- what it is about ---- */

static void visit_text(struct visit *visit, char **text)
{
    size_t length = visit_count(visit, *text && !visit->reading ? strlen(*text) : 0, 1);
    if (visit->reading) {
        *text = calloc(1, length + 1);
        memory_need(*text);
    }
    visit_bytes(visit, "text", *text, length);
}

static void visit_about(struct save_about *about, struct visit *visit)
{
    visit_begin(visit, "what the system was built from");
    size_t count = visit_count(visit, about->word_count, 1);
    if (visit->reading) {
        about->word_count = count <= WORDS_MAX ? (unsigned)count : 0;
        about->words = calloc(about->word_count + 1, sizeof about->words[0]);
        memory_need(about->words);
    }
    for (unsigned i = 0; i < about->word_count; i++)
        visit_text(visit, &about->words[i]);
    VISIT(visit, about->settings);
    if (visit->reading && !settings_good(&about->settings)) {
        settings_defaults(&about->settings);
        visit_refuse(visit);
    }
    VISIT(visit, about->record);
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        VISIT(visit, about->disk_blocks[i]);
    visit_text(visit, &about->protocol);
    visit_text(visit, &about->image_name);
    about->image_bytes = visit_count(visit, about->image_bytes, 1);
    if (visit->reading) {
        about->image = malloc(about->image_bytes + 1);
        memory_need(about->image);
    }
    visit_bytes(visit, "image", about->image, about->image_bytes);
    visit_end(visit);
}

/* ---- writing ---- */

static uint64_t checksum(const uint8_t *file, size_t packed_bytes)
{
    uint64_t head = XXH3_64bits(file, CHECKED_BYTES);
    return XXH3_64bits_withSeed(file + HEADER_BYTES, packed_bytes, head);
}

/* BODY into the ROOM bytes at TO, piece by piece, WATCH told. Returns how many there are then, or 0 with one line in
 * ERROR. */
static size_t pack_pieces(ZSTD_CCtx *packer, const struct visit *body, uint8_t *to, size_t room,
                          const struct save_watch *watch, struct error *error)
{
    ZSTD_inBuffer in = {body->bytes, 0, 0};
    ZSTD_outBuffer out = {to, room, 0};
    ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, PACK_LEVEL);
    ZSTD_CCtx_setPledgedSrcSize(packer, body->count);
    for (size_t left = 1; left;) {
        in.size = body->count - in.pos > PIECE_BYTES ? in.pos + PIECE_BYTES : body->count;
        bool last = in.size == body->count;
        left = ZSTD_compressStream2(packer, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            return error_set(error, "the state cannot be packed: %s", ZSTD_getErrorName(left)), 0;
        left |= !last;
        /* To gather it took about as long. */
        if (watch && !watch->tell(watch->arg, body->count + in.pos, 2 * body->count))
            return error_set(error, "interrupted: nothing is saved"), 0;
    }
    return out.pos;
}

static bool pack(const struct visit *body, const struct save_watch *watch, uint8_t **bytes, size_t *size,
                 struct error *error)
{
    size_t room = ZSTD_compressBound(body->count);
    uint8_t *file = malloc(HEADER_BYTES + room);
    ZSTD_CCtx *packer = ZSTD_createCCtx();
    if (!file || !packer)
        error_set(error, "the host has no memory for a file of %zu bytes", room);
    size_t packed = file && packer ? pack_pieces(packer, body, file + HEADER_BYTES, room, watch, error) : 0;
    ZSTD_freeCCtx(packer);
    if (!packed) {
        free(file);
        return false;
    }
    memcpy(file, magic, sizeof magic);
    be32_store(file + 8, SAVE_VERSION);
    be32_store(file + 12, 0);
    be64_store(file + 16, body->count);
    be64_store(file + 24, packed);
    be64_store(file + CHECKED_BYTES, checksum(file, packed));
    *bytes = file;
    *size = HEADER_BYTES + packed;
    return true;
}

bool system_save(struct system *system, char *const *words, unsigned word_count, const struct save_watch *watch,
                 uint8_t **bytes, size_t *size, struct error *error)
{
    struct visit visit;
    struct save_about about = {.word_count = word_count,
                               .settings = system->world.config.settings,
                               .record = system->world.config.record,
                               .image_name = system->world.image_name,
                               .image = system->world.image,
                               .image_bytes = system->world.image_bytes};
    if (system->world.config.replay)
        return error_set(error, "a run that follows a recording is not saved: the recording is its file");
    if (!system->world.image)
        return error_set(error, "no image is loaded: there is nothing to save");
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        about.disk_blocks[i] = shared_disk_blocks(system->world.disks[i]);
    about.words = calloc(word_count + 1, sizeof about.words[0]);
    memory_need(about.words);
    for (unsigned i = 0; i < word_count; i++)
        about.words[i] = words[i];
    about.protocol = system->world.config.written ? protocol_text(system->world.config.written) : strdup("");
    memory_need(about.protocol);
    visit_write(&visit, true);
    visit_about(&about, &visit);
    system_visit(system, &visit);
    bool good = pack(&visit, watch, bytes, size, error);
    visit_free(&visit);
    free(about.protocol);
    free(about.words);
    return good;
}

/* ---- reading ---- */

static bool check_header(const char *name, const uint8_t *bytes, size_t size, struct error *error)
{
    if (size < HEADER_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
        return error_set(error, "'%s' is no saved system: a file that 'save' has written is wanted", name);
    uint32_t version = be32_load(bytes + 8);
    if (version != SAVE_VERSION)
        return error_set(error, "'%s' is of version %" PRIu32 ": this program reads version %d", name, version,
                         SAVE_VERSION);
    uint64_t packed = be64_load(bytes + 24);
    if (packed != size - HEADER_BYTES)
        return error_set(error, "'%s' is cut off: it should have %" PRIu64 " bytes and has %zu", name,
                         packed + HEADER_BYTES, size);
    if (be64_load(bytes + CHECKED_BYTES) != checksum(bytes, packed) || be64_load(bytes + 16) > BODY_BYTES_MAX)
        return error_set(error, "'%s' has been altered since it was saved: its checksum does not fit", name);
    return true;
}

static bool other_build(const struct save *save, struct error *error)
{
    return error_set(error, "'%s' is of another build of this program: its description of '%s' is another one",
                     save->name, save->visit.section ? save->visit.section : "the end");
}

bool save_open(struct save *save, const uint8_t *bytes, size_t size, const char *name, struct error *error)
{
    memset(save, 0, sizeof *save);
    snprintf(save->name, sizeof save->name, "%s", name);
    if (!check_header(name, bytes, size, error))
        return false;
    size_t body = be64_load(bytes + 16);
    save->body = malloc(body + 1);
    if (!save->body)
        return error_set(error, "'%s': the host has no memory for %zu bytes", name, body);
    if (ZSTD_decompress(save->body, body, bytes + HEADER_BYTES, size - HEADER_BYTES) != body)
        return error_set(error, "'%s' has been altered since it was saved: it cannot be unpacked", name);
    visit_read(&save->visit, true, save->body, body, NULL, 0);
    visit_about(&save->about, &save->visit);
    return save->visit.good || other_build(save, error);
}

bool save_read(struct save *save, struct system *system, struct error *error)
{
    if (!system_load_image(system, save->about.image_name, save->about.image, save->about.image_bytes, error))
        return false;
    system_visit(system, &save->visit);
    return (save->visit.good && save->visit.at == save->visit.count) || other_build(save, error);
}

void save_close(struct save *save)
{
    for (unsigned i = 0; i < save->about.word_count && save->about.words; i++)
        free(save->about.words[i]);
    free(save->about.words);
    free(save->about.protocol);
    free(save->about.image_name);
    free(save->about.image);
    free(save->body);
    memset(save, 0, sizeof *save);
}
