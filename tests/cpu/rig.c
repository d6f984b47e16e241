/* rig.c - see rig.h. */
#include "tests/cpu/rig.h"

#include "mmu/base/hard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum phys_result console_load(void *device, uint32_t offset, unsigned size, uint32_t *value)
{
    if (size != 1)
        return PHYS_NOTHING;
    *value = offset == 5 ? 0x60 : 0; /* room always, nothing received */
    return PHYS_OK;
}

static enum phys_result console_store(void *device, uint32_t offset, unsigned size, uint32_t value)
{
    struct rig *rig = device;
    if (size != 1)
        return PHYS_NOTHING;
    if (offset == 0) {
        if (rig->output_length < RIG_OUTPUT_MAX - 1)
            rig->output[rig->output_length++] = (char)value;
        if (rig->echo)
            putchar((int)(value & 0xFF));
    }
    return PHYS_OK;
}

static enum phys_result system_load(void *device, uint32_t offset, unsigned size, uint32_t *value)
{
    struct rig *rig = device;
    if (size != 4)
        return PHYS_NOTHING;
    *value = offset == 0    ? 0x55535431
             : offset == 8  ? phys_ram_bytes(rig->phys)
             : offset == 12 ? 1
             : offset == 16 ? 50000000
                            : 0;
    return PHYS_OK;
}

static enum phys_result system_store(void *device, uint32_t offset, unsigned size, uint32_t value)
{
    struct rig *rig = device;
    if (size != 4)
        return PHYS_NOTHING;
    if (offset == 4) {
        rig->off = true;
        rig->status = value & 0xFF;
        cpu_request_stop(rig->cpu);
    }
    return PHYS_OK;
}

static void look(struct rig *rig)
{
    rig->seen_insns = cpu_state(rig->cpu)->insns;
    rig->seen_front = cpu_state(rig->cpu)->iaoq_front;
}

static enum phys_result test_load(void *device, uint32_t offset, unsigned size, uint32_t *value)
{
    struct rig *rig = device;
    if (size != 4)
        return PHYS_NOTHING;
    look(rig);
    if (offset == 4 && rig->stalls_left) {
        rig->stalls_left--;
        return PHYS_STALL;
    }
    rig->loads++;
    *value = offset == 12 ? (uint32_t)rig->seen_insns : rig->loads;
    return PHYS_OK;
}

static enum phys_result test_store(void *device, uint32_t offset, unsigned size, uint32_t value)
{
    struct rig *rig = device;
    if (size != 4)
        return PHYS_NOTHING;
    look(rig);
    if (offset == 4 && rig->stalls_left) {
        rig->stalls_left--;
        return PHYS_STALL;
    }
    rig->stores++;
    rig->last_store = value;
    if (offset == 8)
        cpu_post_external(rig->cpu, value & 31);
    return PHYS_OK;
}

static enum phys_result timer_read(void *env, uint32_t *ticks)
{
    struct rig *rig = env;
    look(rig);
    *ticks = (uint32_t)rig->seen_insns;
    return PHYS_OK;
}

static uint32_t trap_delay(void *env)
{
    struct rig *rig = env;
    return rig->delay;
}

static enum phys_result drain(void *env)
{
    struct rig *rig = env;
    if (rig->drain_stalls) {
        rig->drain_stalls--;
        return PHYS_STALL;
    }
    rig->drains++;
    return PHYS_OK;
}

static void trap_delivered(void *env, unsigned destination, unsigned trap_class)
{
    struct rig *rig = env;
    rig->delivered = rig->delivered * 131 + destination * 8 + trap_class + 1;
}

static void log_line(void *env, const char *line)
{
    struct rig *rig = env;
    rig->logged++;
    snprintf(rig->log, sizeof rig->log, "%s", line);
}

static const struct cpu_env rig_env = {.timer_read = timer_read,
                                       .drain = drain,
                                       .trap_delay = trap_delay,
                                       .trap_delivered = trap_delivered,
                                       .log = log_line};

struct rig *rig_new(uint32_t ram_bytes, const struct cpu_config *config)
{
    static const struct phys_device_ops console = {console_load, console_store};
    static const struct phys_device_ops system_controller = {system_load, system_store};
    static const struct phys_device_ops test_device = {test_load, test_store};
    const struct cpu_config usual = {.tlb_entries = HARD(64, 2)};
    struct rig *rig = calloc(1, sizeof *rig);
    if (!rig || !(rig->phys = phys_new(ram_bytes)))
        abort();
    phys_add_window(rig->phys, RIG_CONSOLE, 8, &console, rig);
    phys_add_window(rig->phys, RIG_SYSTEM, 32, &system_controller, rig);
    phys_add_window(rig->phys, RIG_TEST_DEVICE, 16, &test_device, rig);
    rig->cpu = cpu_new(config ? config : &usual, rig->phys, &rig_env, rig);
    if (!rig->cpu)
        abort();
    return rig;
}

void rig_free(struct rig *rig)
{
    cpu_free(rig->cpu);
    phys_free(rig->phys);
    free(rig);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    if (bytes && fread(bytes, 1, *size, file) != *size) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

bool rig_load_flat(struct rig *rig, const char *path, uint32_t address)
{
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    bool ok = bytes && phys_dma_write(rig->phys, address, bytes, (uint32_t)size);
    free(bytes);
    return ok;
}

bool rig_load_elf(struct rig *rig, const char *path, uint32_t *entry)
{
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    bool ok = bytes && size > 52 && !memcmp(bytes, "\177ELF\1\2", 6) && be16_load(bytes + 18) == 15;
    if (ok) {
        *entry = be32_load(bytes + 24);
        const uint8_t *header = bytes + be32_load(bytes + 28);
        for (unsigned i = 0; ok && i < be16_load(bytes + 44); i++, header += be16_load(bytes + 42)) {
            if (be32_load(header) == 1) /* PT_LOAD: offset, vaddr, paddr, filesz */
                ok = phys_dma_write(rig->phys, be32_load(header + 12), bytes + be32_load(header + 4),
                                    be32_load(header + 16));
        }
    }
    free(bytes);
    return ok;
}

enum cpu_stop rig_run(struct rig *rig, uint64_t limit, uint64_t slice)
{
    uint64_t end = cpu_state(rig->cpu)->insns + limit;
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (!rig->off && cpu_state(rig->cpu)->insns < end) {
        uint64_t left = end - cpu_state(rig->cpu)->insns;
        stop = cpu_run(rig->cpu, slice && slice < left ? slice : left);
        if (stop != CPU_STOP_LIMIT)
            break;
    }
    return stop;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
    return hash;
}

static uint64_t hash_state(struct rig *rig)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    const char *state = (const char *)cpu_state(rig->cpu);
    for (size_t i = 0; i < cpu_state_table.count; i++) {
        const struct state_field *field = &cpu_state_table.fields[i];
        for (unsigned n = 0; n < field->count; n++)
            hash = hash_bytes(hash, state + field->offset + n * field->stride, field->size_bytes);
    }
    const char *tlb = (const char *)tlb_state(cpu_tlb(rig->cpu));
    for (size_t i = 0; i < tlb_state_table.count; i++) {
        const struct state_field *field = &tlb_state_table.fields[i];
        hash = hash_bytes(hash, tlb + field->offset, (size_t)field->size_bytes * field->count);
    }
    return hash;
}

uint64_t rig_digest_small(struct rig *rig)
{
    return hash_bytes(hash_state(rig), phys_ram(rig->phys) + 0x10000, 0x8000);
}

uint64_t rig_digest(struct rig *rig)
{
    uint64_t hash = hash_state(rig);
    const uint64_t *ram = (const uint64_t *)(const void *)phys_ram(rig->phys);
    for (size_t i = 0; i < phys_ram_bytes(rig->phys) / 8; i++)
        hash = (hash ^ ram[i]) * UINT64_C(0x100000001B3);
    return hash;
}
