/* test_message.c - messages on the wire: round trip of every class and every input, and 100,000 mutated or truncated
 * buffers.
 *
 *     test_message [--seed N]
 */
#include "ft/message.h"

#include "ft/channel/inputs.h"
#include "io/input_event.h"
#include "io/network.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

enum { ROUND_TRIPS = 20000, MUTATIONS = 100000, DATA_MAX = 2048 };

static void random_message(struct rng *rng, const uint8_t *data, struct message *m)
{
    memset(m, 0, sizeof *m);
    m->message_class = MESSAGE_INTERRUPT + (enum message_class)rng_upto(rng, MESSAGE_CLASS_END - MESSAGE_INTERRUPT - 1);
    m->epoch = rng_next(rng) >> rng_upto(rng, 63);
    m->index = rng_next(rng) >> rng_upto(rng, 63);
    m->value = rng_next(rng) >> rng_upto(rng, 63);
    if (message_is_bulk(m->message_class)) {
        m->bulk = data;
        m->bulk_bytes = 1 + (uint32_t)rng_upto(rng, DATA_MAX - 1);
    }
    if (m->message_class != MESSAGE_INTERRUPT)
        return;
    m->device = rng_upto(rng, 2) ? DEVICE_DISK : DEVICE_CONSOLE;
    if (m->device != DEVICE_DISK)
        return;
    m->disk = (struct disk_completion){.number = m->index,
                                       .command = (uint32_t)rng_next(rng),
                                       .opcode = (uint32_t)rng_upto(rng, DISK_DISCONNECT),
                                       .buffer = (uint32_t)rng_next(rng),
                                       .size_bytes = rng_upto(rng, 1) ? (uint32_t)rng_upto(rng, DATA_MAX) : 0,
                                       .status = (uint32_t)rng_upto(rng, DISK_DISCONNECTED),
                                       .detail = (uint32_t)rng_upto(rng, DISK_CANCELLED),
                                       .data = data};
}

static bool same(const struct message *a, const struct message *b)
{
    const struct disk_completion *x = &a->disk, *y = &b->disk;
    return a->message_class == b->message_class && a->device == b->device && a->epoch == b->epoch &&
           a->index == b->index && a->value == b->value && x->number == y->number && x->command == y->command &&
           x->opcode == y->opcode && x->buffer == y->buffer && x->size_bytes == y->size_bytes &&
           x->status == y->status && x->detail == y->detail && a->bulk_bytes == b->bulk_bytes &&
           (!a->bulk_bytes || !memcmp(a->bulk, b->bulk, a->bulk_bytes)) &&
           (!x->size_bytes || !memcmp(x->data, y->data, x->size_bytes));
}

static void *allocate(size_t size)
{
    void *bytes = malloc(size ? size : 1);
    if (!bytes)
        abort();
    return bytes;
}

static void test_round_trip(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    uint8_t data[DATA_MAX];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)rng_next(&rng);
    for (unsigned i = 0; i < ROUND_TRIPS; i++) {
        struct message m, back;
        random_message(&rng, data, &m);
        size_t size = message_size(&m);
        uint8_t *bytes = allocate(size); /* exactly: the sanitizer sees a byte too far */
        message_encode(&m, bytes);
        CHECK(message_decode(bytes, size, &back));
        CHECK(same(&m, &back));
        CHECK_EQ(message_size(&back), size);
        free(bytes);
    }
}

/* The layout of one message of each size, byte by byte: a recording must be readable tomorrow. */
static void test_layout(struct check *t)
{
    uint8_t bytes[67];
    struct message m = {.message_class = MESSAGE_TIME, .epoch = 0x0102030405060708, .index = 9, .value = 0xA0B0};
    static const uint8_t time[32] = {3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7,    8,
                                     0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0xA0, 0xB0};
    CHECK_EQ(message_size(&m), MESSAGE_HEADER_BYTES);
    message_encode(&m, bytes);
    CHECK(!memcmp(bytes, time, sizeof time));
    m = (struct message){.message_class = MESSAGE_INTERRUPT,
                         .device = DEVICE_DISK,
                         .epoch = 1,
                         .index = 2,
                         .disk = {.number = 2,
                                  .command = 0x10,
                                  .opcode = DISK_READ,
                                  .buffer = 0x20,
                                  .size_bytes = 3,
                                  .status = DISK_COMPLETED,
                                  .data = (const uint8_t *)"abc"}};
    static const uint8_t disk[67] = {1, 1, 0, 0, 0, 0, 0, 35, 0, 0, 0, 0, 0,    0, 0, 1, 0, 0, 0,   0,   0,    0, 0,
                                     2, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0,   0,   0x20, 0, 0,
                                     0, 3, 0, 0, 0, 1, 0, 0,  0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 'a', 'b', 'c'};
    CHECK_EQ(message_size(&m), sizeof disk);
    message_encode(&m, bytes);
    CHECK(!memcmp(bytes, disk, sizeof disk));
}

/* What is no message is refused: each size but the right one, each unknown class and device, payload where none is. */
static void test_refusals(struct check *t)
{
    uint8_t bytes[256];
    struct message back;
    struct message m = {
        .message_class = MESSAGE_INTERRUPT, .device = DEVICE_DISK, .disk = {.size_bytes = 100, .data = bytes}};
    uint8_t good[164];
    memset(bytes, 0x33, sizeof bytes);
    message_encode(&m, good);
    for (size_t size = 0; size < sizeof good; size++) {
        uint8_t *cut = allocate(size);
        memcpy(cut, good, size);
        CHECK(!message_decode(cut, size, &back));
        free(cut);
    }
    CHECK(message_decode(good, sizeof good, &back));
    static const struct {
        uint8_t at, last;
    } limits[] = {{7, DISK_DISCONNECT}, {19, DISK_DISCONNECTED}, {23, DISK_CANCELLED}, {27, DISK_DEVICES - 1}};
    for (unsigned i = 0; i < 4; i++) { /* opcode, status, detail, disk */
        uint8_t *byte = good + MESSAGE_HEADER_BYTES + limits[i].at, before = *byte;
        *byte = limits[i].last;
        CHECK(message_decode(good, sizeof good, &back));
        ++*byte;
        CHECK(!message_decode(good, sizeof good, &back));
        *byte = before;
    }
    memcpy(bytes, good, sizeof good);
    CHECK(!message_decode(bytes, sizeof good + 1, &back));
    for (unsigned class = 0; class < 256; class ++) {
        m = (struct message){.message_class = MESSAGE_END};
        message_encode(&m, bytes);
        bytes[0] = (uint8_t) class;
        bytes[1] = DEVICE_CONSOLE;
        bool known = class >= MESSAGE_INTERRUPT && class < MESSAGE_CLASS_END;
        CHECK_EQ(message_decode(bytes, 32, &back), known && !message_is_bulk(class));
        bytes[0] = MESSAGE_INTERRUPT;
        bytes[1] = (uint8_t) class;
        /* A disk's is longer. */
        bool bare =
            (class >= DEVICE_CONSOLE && class <= DEVICE_DISPLAY) || class == DEVICE_TIMER || class == DEVICE_RATE;
        CHECK_EQ(message_decode(bytes, 32, &back), bare);
    }
    bytes[0] = MESSAGE_HEARTBEAT; /* a payload where there is none */
    bytes[7] = 8;
    CHECK(!message_decode(bytes, 40, &back));
}

/* What is logged or decided by a fail-over has its own number on the wire, and comes out of a message as it went in;
 * what every VMM makes itself is in none. */
static void test_inputs(struct check *t)
{
    static const uint8_t data[] = {1, 2, 3};
    uint8_t frame_bytes[NETWORK_FRAME_MIN] = {0x52, 0x54};
    for (unsigned kind = 0; kind < INTERRUPT_COUNT; kind++) {
        const struct input *input = &input_rows[kind];
        bool computed = input->source == INPUT_OF_CONTROLLER || input->source == INPUT_OF_CLOCK;
        CHECK_EQ(input->device == 0, computed);
        CHECK(input->data != INPUT_NOTHING || input->text);
        CHECK(computed || input_of_device(input->device) == input);
        if (computed)
            continue;
        struct interrupt interrupt = {.epoch = 7, .kind = kind};
        if (input->data == INPUT_NUMBERED) {
            interrupt.number = 5;
            interrupt.value = input->stream == STREAM_TERMINAL ? 0xC3 : input_event(INPUT_POINTER_X, 639);
        } else if (input->data == INPUT_NUMBERS) {
            interrupt.number = UINT64_C(0x100000001);
            interrupt.value = 1000;
        } else if (input->data == INPUT_BYTES) {
            interrupt.number = 6;
            interrupt.bytes = frame_bytes;
            interrupt.size_bytes = sizeof frame_bytes;
        } else if (input->data == INPUT_COMPLETION) {
            interrupt.disk = (struct disk_completion){.number = 9,
                                                      .device = 1,
                                                      .command = 0x10,
                                                      .opcode = DISK_READ,
                                                      .buffer = 0x20,
                                                      .size_bytes = sizeof data,
                                                      .status = DISK_COMPLETED,
                                                      .data = data};
        }
        uint8_t bytes[MESSAGE_HEADER_BYTES + MESSAGE_DISK_BYTES + NETWORK_FRAME_MIN];
        struct message message = interrupt_to_message(&interrupt), back;
        message_encode(&message, bytes);
        CHECK(message_decode(bytes, message_size(&message), &back) && same(&message, &back));
        CHECK_EQ(input_makes_sense(&back), input->source == INPUT_OF_WORLD);
        struct interrupt again = interrupt_from_message(&back);
        CHECK_EQ(again.kind, kind);
        CHECK_EQ(again.epoch, interrupt.epoch);
        CHECK_EQ(again.number, interrupt.number);
        CHECK_EQ(again.value, interrupt.value);
        message = interrupt_to_message(&again);
        CHECK(same(&message, &back));
        CHECK(!again.disk.size_bytes || again.disk.data != back.disk.data); /* its own */
        CHECK(!again.size_bytes || again.bytes != back.bulk);
        interrupt_free(&again);
    }
}

/* Bytes changed, cut or random: refused, or a message whose data lie inside the buffer and which encodes again. */
static void test_mutations(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    uint8_t data[DATA_MAX] = {0};
    uint64_t good = 0;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        struct message m, back, again;
        random_message(&rng, data, &m);
        size_t size = message_size(&m), cut = rng_upto(&rng, 3) ? size : (size_t)rng_upto(&rng, size);
        uint8_t *bytes = allocate(size), *exact = allocate(cut);
        message_encode(&m, bytes);
        for (uint64_t n = rng_upto(&rng, 3); n > 0; n--)
            bytes[rng_upto(&rng, (size < 64 ? size : 64) - 1)] = (uint8_t)(rng_next(&rng) >> rng_upto(&rng, 8));
        memcpy(exact, bytes, cut);
        if (message_decode(exact, cut, &back)) {
            good++;
            CHECK_EQ(message_size(&back), cut);
            CHECK(!back.disk.size_bytes ||
                  (back.disk.data >= exact && back.disk.data + back.disk.size_bytes == exact + cut));
            message_encode(&back, bytes);
            CHECK(message_decode(bytes, cut, &again) && same(&back, &again));
        }
        free(exact);
        free(bytes);
    }
    printf("mutations: %" PRIu64 " of %d were messages\n", good, MUTATIONS);
    CHECK(good > MUTATIONS / 20 && good < MUTATIONS);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.message", argc, argv);
    test_layout(&t);
    test_round_trip(&t);
    test_refusals(&t);
    test_inputs(&t);
    test_mutations(&t);
    return check_end(&t);
}
