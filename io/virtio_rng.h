/* virtio_rng.h - virtio entropy device (VIRTIO 1.2, section 5.4): each QueueNotify takes one 64-bit value from the
 * world
 * - under a VMM an environment value, so that a backup's guest gets the same - from which the buffers are filled.
 */
#ifndef US_IO_VIRTIO_RNG_H
#define US_IO_VIRTIO_RNG_H

#include "io/virtio.h"

struct virtio_rng_state {
    uint64_t random;
};
extern const struct state_table virtio_rng_state_table;

struct virtio_rng {
    struct virtio_rng_state state;
    struct virtio *virtio;
};

extern const struct virtio_ops virtio_rng_ops;

#endif
