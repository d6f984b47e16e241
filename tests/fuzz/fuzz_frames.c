/* fuzz_frames.c - what comes to a live process from another: any bytes are frames, and the texts, notes and
 * descriptions in them, or are refused.
 */
#include "ft/live/describe.h"
#include "ft/live/frame.h"
#include "ft/log/notes.h"

#include <assert.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct frame_reader reader;
    size_t length;
    while (frame_find(bytes, size, FRAME_MAX, &reader, &length) == FRAME_FOUND) {
        struct system_config config;
        uint32_t blocks[DISK_DEVICES];
        char text[DESCRIPTION_MAX], protocol[DESCRIPTION_NAME_BYTES];
        uint64_t written;
        size_t rest;
        struct frame_reader again = reader;
        assert(length <= size && reader.size <= length);
        frame_take_text(&again, text, sizeof text);
        assert(strlen(text) < sizeof text);
        describe_read(text, &config, blocks, protocol, &written);
        frame_take_u8(&reader);
        frame_take_u64(&reader);
        const uint8_t *at = frame_take_rest(&reader, &rest);
        assert(!at || at + rest == bytes + length);
        struct history history = {0};
        if (at)
            notes_follow(&history, at, rest);
        history_free(&history);
        bytes += length;
        size -= length;
    }
    return 0;
}

size_t fuzz_make(struct insn_random *random, uint8_t *bytes)
{
    struct description description;
    struct system_config config;
    const uint32_t blocks[DISK_DEVICES] = {8};
    frame_bytes_vec out = {0};
    struct frame_writer writer;
    note_bytes notes = {0};
    system_config_defaults(&config);
    describe_config(&description, &config, blocks);
    frame_begin(&writer, &out, FRAME_WELCOME);
    frame_text(&writer, description.text);
    frame_end(&writer);
    struct history_operation op = {.number = 1, .count = 1, .opcode = DISK_WRITE};
    note_issue(&notes, &op);
    op.status = (uint8_t)insn_random_below(random, 4);
    note_told(&notes, &op);
    note_output(&notes, (uint8_t)insn_random_bits(random), (struct history_place){1, 2});
    frame_begin(&writer, &out, FRAME_NOTES);
    frame_u8(&writer, 0);
    frame_u64(&writer, insn_random_bits(random));
    frame_data(&writer, notes.at, notes.count);
    frame_end(&writer);
    size_t size = out.count < FUZZ_INPUT_MAX ? out.count : FUZZ_INPUT_MAX;
    memcpy(bytes, out.at, size);
    VEC_FREE(&out);
    VEC_FREE(&notes);
    return size;
}
