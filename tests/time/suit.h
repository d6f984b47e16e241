/* suit.h - a config with what some guests are made for. */
#ifndef US_TESTS_TIME_SUIT_H
#define US_TESTS_TIME_SUIT_H

#include <string.h>

#include "ft/system.h"

/* What the guests that are made for it need: virtio devices, or two bare computers. */
static inline void suit(struct system_config *config, const char *guest)
{
    if (strstr(guest, "virtio")) {
        config->virtio[0].kind = VIRTIO_CONSOLE;
        config->virtio[1] = (struct virtio_config){VIRTIO_SCSI, "test-scsi-that-is-not-there", 256 << 10, true};
        config->virtio[7] = (struct virtio_config){VIRTIO_BLK, "test-blk-that-is-not-there", 256 << 10, true};
        config->virtio[15].kind = VIRTIO_RNG;
    }
    if (strstr(guest, "alternate")) {
        config->mode = MODE_BARE;
        config->settings.computers = 2;
    }
}

#endif
