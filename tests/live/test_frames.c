/* test_frames.c - what goes between live processes: frames, H as notes, the description of a system, addresses. */
#include "ft/live/address.h"
#include "ft/live/describe.h"
#include "ft/live/link.h"
#include "ft/log/notes.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void frames(struct check *t)
{
    frame_bytes_vec out = {0};
    struct frame_writer writer;
    struct frame_reader reader;
    size_t length, size;
    char text[8];
    frame_begin(&writer, &out, FRAME_PUT);
    frame_u8(&writer, 1);
    frame_u16(&writer, 2);
    frame_u32(&writer, 3);
    frame_u64(&writer, 4);
    frame_text(&writer, "five");
    frame_data(&writer, "six", 3);
    frame_end(&writer);
    for (size_t i = 0; i < out.count; i++)
        CHECK_EQ(frame_find(out.at, i, FRAME_MAX, &reader, &length), FRAME_NOT_YET);
    CHECK_EQ(frame_find(out.at, out.count, FRAME_MAX, &reader, &length), FRAME_FOUND);
    CHECK_EQ(length, out.count);
    CHECK_EQ(reader.kind, FRAME_PUT);
    CHECK_EQ(frame_take_u8(&reader), 1);
    CHECK_EQ(frame_take_u16(&reader), 2);
    CHECK_EQ(frame_take_u32(&reader), 3);
    CHECK_EQ(frame_take_u64(&reader), 4);
    frame_take_text(&reader, text, sizeof text);
    CHECK(!strcmp(text, "five"));
    CHECK(!frame_is_whole(&reader));
    CHECK(!memcmp(frame_take_rest(&reader, &size), "six", 3) && size == 3);
    CHECK(frame_is_whole(&reader));
    CHECK_EQ(frame_take_u8(&reader), 0); /* beyond its end */
    CHECK(!reader.good);
    CHECK_EQ(frame_find(out.at, out.count, 10, &reader, &length), FRAME_NONSENSE); /* longer than is allowed */
    out.at[4] = FRAME_KINDS;
    CHECK_EQ(frame_find(out.at, out.count, FRAME_MAX, &reader, &length), FRAME_NONSENSE);
    memset(out.at, 0, 4);
    CHECK_EQ(frame_find(out.at, out.count, FRAME_MAX, &reader, &length), FRAME_NONSENSE);
    VEC_FREE(&out);
}

/* A text that is longer than its room, or has an end in it. */
static void texts(struct check *t)
{
    frame_bytes_vec out = {0};
    struct frame_writer writer;
    struct frame_reader reader;
    size_t length;
    char text[4];
    frame_begin(&writer, &out, FRAME_TELL);
    frame_text(&writer, "four");
    frame_end(&writer);
    frame_find(out.at, out.count, FRAME_MAX, &reader, &length);
    frame_take_text(&reader, text, sizeof text);
    CHECK(!reader.good && !*text);
    out.at[10] = 0;
    frame_find(out.at, out.count, FRAME_MAX, &reader, &length);
    char room[16];
    frame_take_text(&reader, room, sizeof room);
    CHECK(!reader.good && !*room);
    VEC_FREE(&out);
}

/* Two ends of a connection, of which one is slow. */
static void links(struct check *t)
{
    enum { FRAMES = 3000, BYTES = 1000 };
    struct link a, b;
    struct frame_reader reader;
    uint8_t data[BYTES];
    int fd[2];
    CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd));
    link_open(&a, fd[0], FRAME_MAX, 0);
    link_open(&b, fd[1], FRAME_MAX, 0);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct frame_writer writer;
        memset(data, (int)i, sizeof data);
        link_begin(&a, &writer, FRAME_PUT);
        frame_data(&writer, data, sizeof data);
        frame_end(&writer);
    }
    unsigned come = 0;
    for (unsigned turn = 0; come < FRAMES && turn < 100000; turn++) {
        link_flush(&a);
        link_read(&b);
        while (link_next(&b, turn, &reader) == FRAME_FOUND) {
            size_t size;
            const uint8_t *bytes = frame_take_rest(&reader, &size);
            if (size != BYTES || bytes[0] != (uint8_t)come || bytes[BYTES - 1] != (uint8_t)come)
                CHECK(!"a frame is another one");
            come++;
        }
    }
    CHECK_EQ(come, FRAMES);
    CHECK_EQ(link_waiting(&a), 0);
    link_close(&a);
    link_read(&b);
    CHECK(b.ended);
    link_close(&b);
}

/* H followed by its notes is H. */
static void notes(struct check *t)
{
    struct history one = {0}, two = {0};
    note_bytes bytes = {0};
    struct rng rng = rng_new(t->seed, 1);
    one.notes = &bytes;
    for (uint64_t i = 1; i <= 400; i++) {
        uint8_t data[DISK_BLOCK_BYTES] = {(uint8_t)i};
        struct disk_operation op = {
            .number = i, .opcode = i % 3 ? DISK_WRITE : DISK_READ, .block = (uint32_t)i, .count = 1, .data = data};
        history_issue(&one, &op, i, 10 * i);
        struct disk_completion end = {.number = i, .opcode = op.opcode, .status = DISK_COMPLETED};
        if (op.opcode == DISK_READ) {
            end.size_bytes = sizeof data;
            end.data = data;
        }
        if (rng_upto(&rng, 3))
            end.status = rng_upto(&rng, 1) ? DISK_DISCONNECTED : end.status;
        if (rng_upto(&rng, 7))
            history_told(&one, &end);
        history_output(&one, (uint8_t)i, (struct history_place){i, i});
        history_input(&one, (uint8_t)(i + 1), (struct history_place){i, i + 1});
        history_send(&one, &(struct history_frame){i, i * 17, {i, i + 2}});
        history_take(&one, &(struct history_frame){2 * i, i * 19, {i, i + 3}});
    }
    history_reissue(&one, 7);
    history_repeat(&one, &(struct history_repetition){2, 3, 5, 4});
    CHECK(notes_follow(&two, bytes.at, bytes.count));
    CHECK_EQ(one.position, two.position);
    CHECK_EQ(one.operations.count, two.operations.count);
    CHECK(!memcmp(one.operations.at, two.operations.at, one.operations.count * sizeof *one.operations.at));
    CHECK_EQ(one.untold.count, two.untold.count);
    CHECK_EQ(one.open.count, two.open.count);
    CHECK(!memcmp(one.output.at, two.output.at, one.output.count));
    CHECK(!memcmp(one.input_at.at, two.input_at.at, one.input_at.count * sizeof *one.input_at.at));
    CHECK_EQ(one.sent.count, two.sent.count);
    CHECK(!memcmp(one.sent.at, two.sent.at, one.sent.count * sizeof *one.sent.at));
    CHECK(!memcmp(one.taken.at, two.taken.at, one.taken.count * sizeof *one.taken.at));
    CHECK_EQ(two.repetitions.count, 1);
    CHECK_EQ(two.repetitions.at[0].frames_from, 5);
    CHECK(!notes_follow(&two, bytes.at, 5)); /* cut off */
    CHECK(!notes_follow(&two, (const uint8_t[]){0}, 1));
    history_free(&one);
    history_free(&two);
    VEC_FREE(&bytes);
}

static void descriptions(struct check *t)
{
    struct system_config config, other;
    struct description description, again;
    uint32_t blocks[DISK_DEVICES] = {2048}, more[DISK_DEVICES];
    char protocol[DESCRIPTION_NAME_BYTES];
    uint64_t written;
    system_config_defaults(&config);
    config.protocol = "dec";
    config.failover = FAILOVER_REISSUE;
    config.settings.heartbeat_us = 50000;
    config.settings.timeout_us = 500000;
    config.virtio[3].kind = virtio_kind_find("blk", 3);
    blocks[DISK_DEVICE_VIRTIO + 3] = 77;
    describe_config(&description, &config, blocks);
    CHECK(describe_read(description.text, &other, more, protocol, &written));
    describe_config(&again, &other, more);
    CHECK(!strcmp(description.text, again.text));
    CHECK_EQ(describe_digest(description.text), describe_digest(again.text));
    for (size_t i = 0; description.text[i]; i++) { /* nothing that is altered is taken for granted */
        char was = description.text[i];
        description.text[i] = '\n';
        if (was != '\n' && was != '=' && describe_read(description.text, &other, more, protocol, &written))
            CHECK_EQ(description.text[i + 1], '\n'); /* only the end of the last value can be missing */
        description.text[i] = was;
    }
    CHECK(!describe_read("ram=1\n", &other, more, protocol, &written));
    CHECK(!describe_read("", &other, more, protocol, &written)); /* no protocol */
}

static void addresses(struct check *t)
{
    static const char *const bad[] = {"",       "unix:", "7000",  ":7000", "host:",  "host:70000",
                                      "::1:80", "[::1]", "[]:80", "a:b:1", "host:x1"};
    struct address address;
    struct error error;
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!address_parse("--listen", bad[i], true, &address, &error));
    CHECK(address_parse("--listen", "[::1]:80", true, &address, &error) && !strcmp(address.host, "::1"));
    CHECK(address_parse("--listen", "localhost:0", true, &address, &error) && !strcmp(address.port, "0"));
    CHECK(!address_parse("--listen", "localhost:0", false, &address, &error));
    CHECK(strstr(error.text, "--trusted-network"));
    char folder[] = "/tmp/us-live-XXXXXX", place[64];
    CHECK(mkdtemp(folder));
    snprintf(place, sizeof place, "unix:%s/s", folder);
    CHECK(address_parse("--listen", place, false, &address, &error));
    int fd = address_listen("--listen", &address, &error);
    struct stat at;
    CHECK(fd >= 0 && !stat(address.path, &at) && (at.st_mode & 0777) == 0600);
    CHECK(address_listen("--listen", &address, &error) < 0); /* somebody listens there */
    close(fd);                                               /* as one does that is killed */
    fd = address_listen("--listen", &address, &error);
    CHECK(fd >= 0);
    address_close(fd, &address);
    CHECK(access(address.path, F_OK) < 0);
    CHECK(!chmod(folder, 0755));
    CHECK(address_listen("--listen", &address, &error) < 0 && strstr(error.text, "mode 755"));
    CHECK(!rmdir(folder));
}

int main(int argc, char **argv)
{
    struct check check = check_begin("live.frames", argc, argv), *t = &check;
    frames(t);
    texts(t);
    links(t);
    notes(t);
    descriptions(t);
    addresses(t);
    return check_end(t);
}
