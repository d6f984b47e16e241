/* virtio_scsi.h - virtio-scsi (VIRTIO 1.2, section 5.6): a host adapter with one target and one logical unit, a disk.
 *
 * Three queues: control (task management), events (none ever happens), requests. After a fail-over a command whose
 * outcome is unknown is answered with response 0 and status BUSY, residual 0: the one answer after which an unmodified
 * Linux issues every command again, without limit.
 */
#ifndef US_IO_VIRTIO_SCSI_H
#define US_IO_VIRTIO_SCSI_H

#include "io/virtio_disk.h"

/* The device is a struct virtio_disk. */
extern const struct virtio_ops virtio_scsi_ops;
extern const struct virtio_disk_format virtio_scsi_format;

#endif
