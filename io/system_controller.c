/* system_controller.c - see system_controller.h. */
#include "io/system_controller.h"

static const struct state_field system_controller_fields[] = {
    STATE_SCALAR(struct system_controller_state, latched_nanoseconds, "what +24 gives: latched by a load of +20"),
};
const struct state_table system_controller_state_table = {"system controller", system_controller_fields, 1};

enum {
    REG_IDENTITY = 0,
    REG_POWER_OFF = 4,
    REG_RAM = 8,
    REG_PROCESSORS = 12,
    REG_CLOCK_HZ = 16,
    REG_SECONDS = 20,
    REG_NANOSECONDS = 24,
    REG_RESET = 28,
};

static enum phys_result load_seconds(struct system_controller *controller, uint32_t *value)
{
    uint64_t time_ps;
    enum phys_result result = controller->backend->clock_read(controller->backend_arg, &time_ps);
    if (result != PHYS_OK)
        return result;
    uint64_t nanoseconds = time_ps / 1000;
    *value = (uint32_t)(controller->world_start_seconds + nanoseconds / 1000000000);
    controller->state.latched_nanoseconds = (uint32_t)(nanoseconds % 1000000000);
    return PHYS_OK;
}

static enum phys_result system_load_register(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    struct system_controller *controller = device;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    *value = 0;
    switch (offset) {
    case REG_IDENTITY:
        *value = SYSTEM_CONTROLLER_IDENTITY;
        break;
    case REG_RAM:
        *value = controller->ram_bytes;
        break;
    case REG_PROCESSORS:
        *value = controller->processors;
        break;
    case REG_CLOCK_HZ:
        *value = controller->clock_hz;
        break;
    case REG_SECONDS:
        return load_seconds(controller, value);
    case REG_NANOSECONDS:
        *value = controller->state.latched_nanoseconds;
        break;
    case REG_POWER_OFF: /* PDC's soft power register: the last bit says that nobody presses the button */
        *value = 1;
        break;
    default: /* reset is only stored to */
        break;
    }
    return PHYS_OK;
}

static enum phys_result system_store_register(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    struct system_controller *controller = device;
    if (size_bytes != 4)
        return PHYS_NOTHING;
    switch (offset) {
    case REG_POWER_OFF:
        return controller->backend->power_off(controller->backend_arg, (uint8_t)value);
    case REG_RESET:
        return controller->backend->reset(controller->backend_arg);
    default: /* the rest is only loaded */
        return PHYS_OK;
    }
}

const struct phys_device_ops system_controller_ops = {system_load_register, system_store_register};
