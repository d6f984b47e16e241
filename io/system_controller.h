/* system_controller.h - identity, power-off, sizes, the world's clock, reset (docs/board.md, "System controller").
 *
 * A load of +20 latches the nanoseconds that +24 then gives; the latch is the guest's state. Where the time comes from,
 * and what power-off does, is the backend's business.
 */
#ifndef US_IO_SYSTEM_CONTROLLER_H
#define US_IO_SYSTEM_CONTROLLER_H

#include <stdint.h>

#include "mmu/phys.h"
#include "mmu/base/state.h"

#define SYSTEM_CONTROLLER_BASE     UINT32_C(0xFFF80000)
#define SYSTEM_CONTROLLER_IDENTITY UINT32_C(0x55535431)
enum { SYSTEM_CONTROLLER_WINDOW_BYTES = 32 };

struct system_controller_state {
    uint32_t latched_nanoseconds;
};
extern const struct state_table system_controller_state_table;

struct system_controller_backend {
    /* The world's clock: picoseconds since the start of the world's clock setting. May stall. */
    enum phys_result (*clock_read)(void *arg, uint64_t *time_ps);
    /* The guest turns itself off, or resets itself. May stall. */
    enum phys_result (*power_off)(void *arg, uint8_t status);
    enum phys_result (*reset)(void *arg);
};

struct system_controller {
    struct system_controller_state state;
    uint32_t ram_bytes, processors, clock_hz, world_start_seconds;
    const struct system_controller_backend *backend;
    void *backend_arg;
};

extern const struct phys_device_ops system_controller_ops;

#endif
