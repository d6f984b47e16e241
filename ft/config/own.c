/* own.c - what each computer of a pair has of its own, and what its virtual processors have of it: both the same, by
 * what the slower or smaller one has (US 9,465,634, claim 1 and paragraphs [0163] to [0165]; the rules are ours).
 */
#include <string.h>

#include "ft/assumption.h"
#include "ft/config/config.h"
#include "mmu/base/vtime.h"

enum { MIB = 1 << 20 };

static const char *const names[OWN_COUNT] = {
    [OWN_CLOCK_HZ] = "clock-hz",
    [OWN_RAM] = "ram",
    [OWN_DISK_LATENCY] = "disk-latency-us",
    [OWN_DISK_SPREAD] = "disk-spread-us",
    [OWN_TLB] = "tlb-entries",
    [OWN_COST_INSTRUCTION] = "cost-instruction-ns",
    [OWN_VIRTIO] = "virtio",
};

const char *own_name(unsigned which)
{
    return which < OWN_COUNT ? names[which] : NULL;
}

const struct setting_row *own_setting(unsigned which)
{
    for (size_t i = 0; which < OWN_COUNT && i < setting_count; i++)
        if (strcmp(setting_rows[i].name, names[which]) == 0)
            return &setting_rows[i];
    return NULL;
}

uint64_t config_own(const struct system_config *config, unsigned computer, unsigned which, uint64_t common)
{
    const struct own_value *value = &config->own[computer][which];
    return value->given ? value->value : common;
}

uint64_t config_own_instruction_ps(const struct system_config *config, unsigned computer)
{
    uint64_t cost = config_own(config, computer, OWN_COST_INSTRUCTION, config->settings.cost_instruction_ps);
    return cost ? cost : PS_PER_S / config_own(config, computer, OWN_CLOCK_HZ, config->settings.clock_hz);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Slots that both have; where they are not to be made equal, they must be the same. */
static bool equalize_slots(struct system_config *config, bool equal, struct error *error)
{
    uint64_t primary = config_own(config, 0, OWN_VIRTIO, UINT64_MAX),
             backup = config_own(config, 1, OWN_VIRTIO, UINT64_MAX);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        bool has = primary >> i & 1, other = backup >> i & 1;
        if (!config->virtio[i].kind || (has && other))
            continue;
        if (!equal && has)
            return error_set(error, "the backup has no virtio slot %u, the virtual processor needs its %s", i,
                             virtio_kind_name(config->virtio[i].kind));
        config->virtio[i] = (struct virtio_config){0};
    }
    return true;
}

bool system_config_equalize(struct system_config *config, struct error *error)
{
    bool equal = !(config->broken >> ASSUMPTION_EQUALIZE & 1);
    uint64_t ram[2], clock_hz[2];
    if (config->mode != MODE_PAIR)
        return true;
    for (unsigned i = 0; i < 2; i++) {
        ram[i] = config_own(config, i, OWN_RAM, config->ram_bytes);
        clock_hz[i] = config_own(config, i, OWN_CLOCK_HZ, config->settings.clock_hz);
    }
    if (!equal && ram[1] < ram[0])
        return error_set(error, "the backup has %llu MiB, the virtual processor needs %llu MiB",
                         (unsigned long long)ram[1] / MIB, (unsigned long long)ram[0] / MIB);
    config->ram_bytes = (uint32_t)(equal ? smaller(ram[0], ram[1]) : ram[0]);
    config->settings.clock_hz = equal ? smaller(clock_hz[0], clock_hz[1]) : clock_hz[0];
    for (unsigned i = 0; i < 2; i++)
        config->own[i][OWN_CLOCK_HZ] = (struct own_value){true, clock_hz[i]};
    return equalize_slots(config, equal, error);
}
