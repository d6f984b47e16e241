/* hostile.c - a guest whose drivers write what they like into rings, tables and requests of every virtio device that
 * there is. Nothing of it may harm the computer: a device that cannot make sense of it asks for a reset and gets one.
 * What is written is drawn from a fixed seed; the devices only ever get memory of one arena, or none at all.
 *
 * Status 0 if every device still answers to a driver that behaves, 1 if not, 3 without a device.
 */
#include <understudy.h>
#include <virtio.h>

#define VIRTIO_BASE 0xFFF90000
enum { ARENA_BYTES = 32768, ROUNDS = 300, QUEUE_BYTES = 8192, NUM = 16 };
enum { REG_NOTIFY = 0x50, REG_STATUS = 0x70, STATUS_NEEDS_RESET = 64 };

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(4096)));
static uint32_t state = 0x9E3779B9, breaks;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static void set(unsigned slot, uint32_t offset, uint32_t value)
{
    store32(VIRTIO_BASE + slot * 0x1000 + offset, virtio_le32(value));
}

static uint32_t get(unsigned slot, uint32_t offset)
{
    return virtio_le32(load32(VIRTIO_BASE + slot * 0x1000 + offset));
}

static uint8_t *queue_at(unsigned queue)
{
    return arena + queue * QUEUE_BYTES;
}

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, (uint16_t)value);
    put16(at + 2, (uint16_t)(value >> 16));
}

/* All queues in the arena, ready, with everything negotiated that can be. */
static void make_ready(unsigned slot, unsigned queues)
{
    set(slot, REG_STATUS, 0);
    memset(arena, 0, sizeof arena);
    set(slot, 0x24, 0);
    set(slot, 0x20, 1u << 28);
    set(slot, 0x24, 1);
    set(slot, 0x20, 1);
    set(slot, REG_STATUS, 11);
    for (unsigned i = 0; i < queues; i++) {
        set(slot, 0x30, i);
        set(slot, 0x38, NUM);
        set(slot, 0x80, (uint32_t)queue_at(i));
        set(slot, 0x90, (uint32_t)queue_at(i) + 0x800);
        set(slot, 0xA0, (uint32_t)queue_at(i) + 0xC00);
        set(slot, 0x44, 1);
    }
    set(slot, REG_STATUS, 15);
}

/* An address in the arena, or one that no buffer can have. */
static uint32_t draw_address(void)
{
    static const uint32_t nowhere[] = {0xFFFFFFF0, 0xF0000000, VIRTIO_BASE, 0xE0000000};
    return draw(40) ? (uint32_t)arena + draw(ARENA_BYTES - 2048) : nowhere[draw(4)];
}

static void draw_descriptor(unsigned queue)
{
    uint8_t *at = queue_at(queue) + (draw(8) ? draw(NUM) * 16 : 0x400 + draw(16) * 16);
    put32(at, draw_address());
    put32(at + 4, draw(60) == 0);
    put32(at + 8, draw(30) ? draw(128) : draw(2) ? 512u : 0xFFFFFFF0);
    put16(at + 12, (uint16_t)(draw(25) ? draw(4) : draw(8)));
    put16(at + 14, (uint16_t)(draw(30) ? draw(NUM) : draw(65536)));
}

static void put_descriptor(unsigned queue, unsigned index, uint8_t *buffer, uint32_t size, uint16_t flags)
{
    uint8_t *at = queue_at(queue) + index * 16;
    put32(at, (uint32_t)buffer);
    put32(at + 4, 0);
    put32(at + 8, size);
    put16(at + 12, flags);
    put16(at + 14, (uint16_t)(index + 1));
}

/* A request that may make sense to a blk or a scsi disk, at three descriptors from the one that is returned. */
static unsigned draw_request(unsigned queue, uint32_t id)
{
    static const uint8_t commands[] = {0x00, 0x12, 0x28, 0x2A, 0x35, 0x25, 0xA0, 0x1A, 0xFF};
    unsigned head = draw(NUM - 2);
    uint8_t *header = arena + ARENA_BYTES - 4096 + head * 128, *data = arena + ARENA_BYTES - 2048;
    bool scsi = id == VIRTIO_ID_SCSI, out = draw(2);
    memset(header, 0, 64);
    if (scsi) {
        header[0] = 1;
        header[19] = draw(2) ? out ? 0x2A : 0x28 : commands[draw(sizeof commands)];
        header[24] = (uint8_t)draw(64);
        header[27] = (uint8_t)draw(3);
    } else {
        header[0] = draw(3) ? out : (uint8_t)draw(10);
        header[8] = (uint8_t)draw(80);
    }
    put_descriptor(queue, head, header, scsi ? 51 : 16, 1);
    put_descriptor(queue, head + 1, out ? data : data - 512, 512, out || !scsi ? out ? 1 : 3 : 3);
    put_descriptor(queue, head + 2, header + 64, scsi ? 108 : 1, 2);
    if (scsi && !out) { /* the answer comes before the data */
        put_descriptor(queue, head + 1, header + 64, 108, 3);
        put_descriptor(queue, head + 2, data - 512, 512, 2);
    }
    return head;
}

static void offer(unsigned slot, unsigned queue, unsigned head)
{
    uint8_t *avail = queue_at(queue) + 0x800;
    uint16_t now = (uint16_t)(avail[2] | avail[3] << 8);
    put16(avail + 4 + now % NUM * 2, (uint16_t)(draw(40) ? head : draw(65536)));
    put16(avail + 2, (uint16_t)(draw(60) ? now + 1u : draw(65536)));
    set(slot, REG_NOTIFY, queue);
}

/* Long enough for an epoch, and for a disk command, to end. */
static void wait(void)
{
    for (unsigned i = draw(8000); i > 0; i--)
        __asm__ volatile("");
}

static void hammer(unsigned slot, unsigned queues, uint32_t id)
{
    make_ready(slot, queues);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned queue = draw(queues);
        for (unsigned i = draw(12); i > 0; i--)
            draw_descriptor(queue);
        offer(slot, queue, draw(2) ? draw_request(queue, id) : draw(NUM));
        if (draw(20) == 0)
            set(slot, draw(0x100) & ~3u, draw(2) ? draw(256) : (uint32_t)arena);
        if (draw(4) == 0)
            wait();
        if ((get(slot, REG_STATUS) & STATUS_NEEDS_RESET) || draw(50) == 0) {
            breaks += (get(slot, REG_STATUS) & STATUS_NEEDS_RESET) != 0;
            make_ready(slot, queues);
        }
    }
    set(slot, REG_STATUS, 0);
}

static unsigned queues_of(uint32_t id)
{
    return id == VIRTIO_ID_SCSI ? 3 : id == VIRTIO_ID_CONSOLE ? 2 : 1;
}

/* Does it still agree to a driver that behaves? */
static bool agrees(unsigned slot, uint32_t id)
{
    static struct virtio_queue queues[VIRTIO_QUEUES_MAX];
    struct virtio_device device;
    return virtio_open(&device, slot, queues, queues_of(id));
}

int main(void)
{
    unsigned devices = 0, wrong = 0;
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++) {
        uint32_t id = virtio_id(slot);
        if (!id)
            continue;
        devices++;
        hammer(slot, queues_of(id), id);
        wrong += !agrees(slot, id);
    }
    printf("\n%u devices, %u do not agree any more; resets were %s\n", devices, wrong,
           breaks ? "needed" : "not needed");
    return devices == 0 ? 3 : wrong || !breaks;
}
