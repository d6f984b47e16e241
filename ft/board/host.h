/* host.h - whoever carries a board: everything that can come in to a guest from outside, or go out, goes through it. A
 * bare board's host is attached to the devices of the world at once (ft/bare/bare.c); a virtual processor's is the
 * virtual machine monitor (ft/vmm/exits.c).
 */
#ifndef US_FT_BOARD_HOST_H
#define US_FT_BOARD_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "mmu/phys.h"

enum output_kind { OUTPUT_DISK, OUTPUT_TERMINAL, OUTPUT_VIRTIO, OUTPUT_POWER, OUTPUT_RESET };

struct host {
    /* Environment instructions: the guest's clock in picoseconds since the world's start. May stall. */
    enum phys_result (*clock_read)(void *arg, uint64_t *time_ps);
    enum phys_result (*entropy)(void *arg, uint64_t *value); /* 64 random bits. May stall. */
    void (*timer_set)(void *arg, unsigned processor);        /* its interval timer's compare value changed */
    /* Outputs. output_ready is asked first and may stall; then follows what is output, and output_issued (not for a
     * command that the disk controller refused). One QueueNotify of a virtio device is one output, whatever it has. */
    enum phys_result (*output_ready)(void *arg, enum output_kind kind);
    void (*terminal_put)(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size);
    void (*disk_issue)(void *arg, const struct disk_operation *op);
    void (*output_issued)(void *arg, bool has_outcome); /* does the disk say later what came of it? */
    void (*power_off)(void *arg, uint8_t status);
    void (*reset)(void *arg);
    void (*disk_told)(void *arg, const struct disk_completion *end);
    void (*input_wanted)(void *arg);   /* the guest has just begun to listen to its terminal */
    void (*display_wanted)(void *arg); /* it has just turned its display on, or asked for frames */
    uint32_t (*disk_blocks)(void *arg, unsigned device);
    /* The network device's address; frame NUMBER (from 1) that it sends; it has just begun to take frames. */
    void (*net_mac)(void *arg, uint8_t *bytes);
    void (*frame_put)(void *arg, uint64_t number, const uint8_t *bytes, uint32_t size);
    void (*frames_wanted)(void *arg);
    void (*virtio_later)(void *arg, unsigned slot); /* virtio_finish is wanted: at once, or at the epoch's end */
    /* The delayed-trap unit's hardware. */
    uint32_t (*trap_delay)(void *arg);
    void (*trap_delivered)(void *arg, unsigned destination, unsigned trap_class);
    void (*traps_due)(void *arg); /* give the guest the traps that the monitor holds, now */
    enum phys_result (*drain)(void *arg);
    void (*log)(void *arg, const char *line); /* for a person: the guest did what only PSW[M] = 1 forgives */
};

#endif
