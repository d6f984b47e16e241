/* memory.c - the guest's memory as the monitor reads and changes it: at virtual addresses as the focused processor sees
 * them now, or at physical ones. Device registers are not touched, because that could change them.
 */
#include <assert.h>

#include "monitor/session/monitor.h"

bool monitor_seen_by(struct cpu *cpu, const struct phys *phys, uint32_t offset, bool code, uint32_t *physical)
{
    /* With translation on, an offset lies in the space that a short pointer selects: SR 4 to 7, by its two most
     * significant bits (manual, "Address Resolution"); code lies where the processor is. */
    const struct cpu_state *state = cpu_state(cpu);
    uint32_t space = code ? state->iasq_front : state->sr[4 + pa_field(offset, 0, 1)];
    return cpu_debug_translate(cpu, space, offset, code, physical) && phys_is_memory(phys, *physical);
}

bool monitor_translate(const struct monitor *monitor, uint32_t offset, bool code, uint32_t *physical)
{
    return monitor_seen_by(computer_cpu(monitor->system, monitor->focus),
                           computer_phys(monitor->system, monitor->focus), offset, code, physical);
}

/* One byte at PLACE; if it is in no memory for data, as code, which may have another TLB. */
static bool byte_place(const struct monitor *monitor, struct place place, uint32_t *physical)
{
    *physical = place.address;
    if (place.physical)
        return phys_is_memory(computer_phys(monitor->system, monitor->focus), place.address);
    return monitor_translate(monitor, place.address, false, physical) ||
           monitor_translate(monitor, place.address, true, physical);
}

bool monitor_byte(const struct monitor *monitor, struct place place, uint8_t *byte)
{
    uint32_t physical;
    uint64_t value;
    if (!byte_place(monitor, place, &physical) ||
        phys_load(computer_phys(monitor->system, monitor->focus), physical, 1, &value) != PHYS_OK)
        return false;
    *byte = (uint8_t)value;
    return true;
}

static bool no_memory(struct place place, struct error *error)
{
    return error_set(error, "there is no memory at %s0x%08x (device registers are not read: that could change them)",
                     place.physical ? "phys:" : "", place.address);
}

bool monitor_load(const struct monitor *monitor, struct place place, unsigned size, uint64_t *value,
                  struct error *error)
{
    *value = 0;
    for (unsigned i = 0; i < size; i++, place.address++) {
        uint8_t byte;
        if (!monitor_byte(monitor, place, &byte))
            return no_memory(place, error);
        *value = *value << 8 | byte;
    }
    return true;
}

bool monitor_store(const struct monitor *monitor, struct place place, unsigned size, uint64_t value,
                   struct error *error)
{
    struct phys *phys = computer_phys(monitor->system, monitor->focus);
    uint32_t physical[8];
    assert(size <= 8);
    for (unsigned i = 0; i < size; i++) { /* all of it, or nothing */
        struct place at = {place.address + i, place.physical};
        if (!byte_place(monitor, at, &physical[i]))
            return no_memory(at, error);
        if (physical[i] >= phys_ram_bytes(phys))
            return error_set(error, "0x%08x is in ROM: only RAM can be changed", at.address);
    }
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (size - 1 - i));
        phys_dma_write(phys, physical[i], &byte, 1);
    }
    return true;
}
