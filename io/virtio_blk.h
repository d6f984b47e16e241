/* virtio_blk.h - virtio-blk (VIRTIO 1.2, section 5.2): one request queue; read, write, flush, get id.
 *
 * It has no answer that makes a driver issue a request again: after a fail-over the VMM issues what was outstanding.
 */
#ifndef US_IO_VIRTIO_BLK_H
#define US_IO_VIRTIO_BLK_H

#include "io/virtio_disk.h"

/* The device is a struct virtio_disk. */
extern const struct virtio_ops virtio_blk_ops;
extern const struct virtio_disk_format virtio_blk_format;

#endif
