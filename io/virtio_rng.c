/* virtio_rng.c - see virtio_rng.h. */
#include "io/virtio_rng.h"

#include "io/virtio_queue.h"

enum { PIECE_BYTES = 256 };

static const struct state_field rng_fields[] = {
    STATE_SCALAR(struct virtio_rng_state, random, "what the next bytes are made of"),
};
const struct state_table virtio_rng_state_table = {"virtio rng", rng_fields, sizeof rng_fields / sizeof rng_fields[0]};

/* SplitMix64: the state steps by an odd constant, and each step is mixed. */
static uint64_t next(struct virtio_rng *rng)
{
    uint64_t z = rng->state.random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static enum phys_result prepare(void *device, unsigned queue)
{
    struct virtio_rng *rng = device;
    uint64_t value = 0;
    enum phys_result result = rng->virtio->backend->entropy(rng->virtio->backend_arg, &value);
    if (result == PHYS_OK)
        rng->state.random ^= value;
    return result;
}

static bool notify(void *device, unsigned queue)
{
    virtio_later(((struct virtio_rng *)device)->virtio);
    return false;
}

static void finish(void *device)
{
    struct virtio_rng *rng = device;
    struct virtio_chain chain;
    uint8_t bytes[PIECE_BYTES];
    while (virtio_queue_take(rng->virtio, 0, &chain)) {
        uint32_t moved, offset = 0;
        do {
            for (unsigned i = 0; i < sizeof bytes; i += 8)
                le64_store(bytes + i, next(rng));
            moved = virtio_chain_write(rng->virtio, &chain, offset, bytes, sizeof bytes);
            offset += moved;
        } while (moved == sizeof bytes);
        virtio_queue_give(rng->virtio, 0, chain.head, offset);
    }
}

static void reset(void *device)
{
    struct virtio_rng *rng = device;
    rng->state = (struct virtio_rng_state){0};
}

const struct virtio_ops virtio_rng_ops = {
    .name = "rng",
    .device_id = 4,
    .queues = 1,
    .prepare = prepare,
    .notify = notify,
    .finish = finish,
    .reset = reset,
};
