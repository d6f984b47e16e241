/* gdb_state.c - gdb's packets g G p P m M X: registers and memory of the processor that gdb looks at.
 *
 * Memory is what that processor sees now: data, else code, virtual while the PSW says so. Nothing is asked of a device,
 * and no TLB entry or trap comes of it.
 */
#include <string.h>

#include "monitor/gdb/gdb.h"
#include "monitor/gdb/gdb_registers.h"

static struct cpu *processor(const struct gdb *gdb)
{
    return computer_processor(gdb->monitor->system, gdb->general.computer, gdb->general.processor);
}

static void add_register(struct gdb *gdb, unsigned number)
{
    gdb_reply_add(&gdb->reply, "%08x", gdb_register_read(cpu_state(processor(gdb)), number));
}

void gdb_read_registers(struct gdb *gdb, const char *rest, size_t size)
{
    for (unsigned i = 0; i < GDB_REGISTERS; i++)
        add_register(gdb, i);
}

/* The words of a register file, eight digits each, into VALUES; whole or not at all. */
static bool take_words(const char *text, uint32_t *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint8_t bytes[4];
        if (!gdb_take_bytes(&text, bytes, sizeof bytes))
            return false;
        values[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    }
    return *text == '\0';
}

void gdb_write_registers(struct gdb *gdb, const char *rest, size_t size)
{
    uint32_t values[GDB_REGISTERS];
    if (!take_words(rest, values, GDB_REGISTERS)) {
        gdb_malformed(gdb, "G");
        return;
    }
    for (unsigned i = 0; i < GDB_REGISTERS; i++)
        gdb_register_write(cpu_state(processor(gdb)), i, values[i]);
    cpu_state_changed(processor(gdb));
    gdb_reply_add(&gdb->reply, "OK");
}

void gdb_read_register(struct gdb *gdb, const char *rest, size_t size)
{
    uint64_t number;
    if (!gdb_take_number(&rest, 8, &number) || *rest || number >= GDB_REGISTERS)
        gdb_malformed(gdb, "p");
    else
        add_register(gdb, (unsigned)number);
}

void gdb_write_register(struct gdb *gdb, const char *rest, size_t size)
{
    uint64_t number;
    uint32_t value;
    if (!gdb_take_number(&rest, 8, &number) || *rest != '=' || number >= GDB_REGISTERS ||
        !take_words(rest + 1, &value, 1)) {
        gdb_malformed(gdb, "P");
        return;
    }
    gdb_register_write(cpu_state(processor(gdb)), (unsigned)number, value);
    cpu_state_changed(processor(gdb));
    gdb_reply_add(&gdb->reply, "OK");
}

/* The physical address of a byte of memory. */
static bool seen(const struct gdb *gdb, uint32_t offset, uint32_t *physical)
{
    const struct phys *phys = computer_phys(gdb->monitor->system, gdb->general.computer);
    return monitor_seen_by(processor(gdb), phys, offset, false, physical) ||
           monitor_seen_by(processor(gdb), phys, offset, true, physical);
}

/* ADDRESS,LENGTH, and END behind it. */
static bool take_span(const char **text, char end, uint32_t *address, uint32_t *length)
{
    uint64_t a, l;
    if (!gdb_take_number(text, 8, &a) || *(*text)++ != ',' || !gdb_take_number(text, 8, &l) || **text != end)
        return false;
    *text += end != '\0';
    *address = (uint32_t)a;
    *length = (uint32_t)l;
    return true;
}

void gdb_read_memory(struct gdb *gdb, const char *rest, size_t size)
{
    struct phys *phys = computer_phys(gdb->monitor->system, gdb->general.computer);
    uint32_t address, length, physical;
    uint64_t value;
    if (!take_span(&rest, '\0', &address, &length)) {
        gdb_malformed(gdb, "m");
        return;
    }
    for (uint32_t i = 0; i < length && i < GDB_PACKET_MAX / 2; i++) {
        if (!seen(gdb, address + i, &physical) || phys_load(phys, physical, 1, &value) != PHYS_OK)
            break; /* what was there before is the answer */
        gdb_reply_add(&gdb->reply, "%02x", (unsigned)value);
    }
    if (length && !gdb->reply.size)
        gdb_error(gdb, GDB_NO_MEMORY);
}

/* All of it, or nothing. */
static void write_memory(struct gdb *gdb, uint32_t address, const uint8_t *bytes, uint32_t length)
{
    struct phys *phys = computer_phys(gdb->monitor->system, gdb->general.computer);
    uint32_t physical;
    for (uint32_t i = 0; i < length; i++) {
        if (!seen(gdb, address + i, &physical) || physical >= phys_ram_bytes(phys)) {
            gdb_error(gdb, GDB_NO_MEMORY);
            return;
        }
    }
    for (uint32_t i = 0; i < length; i++) {
        if (seen(gdb, address + i, &physical))
            phys_store(phys, physical, 1, bytes[i]);
    }
    gdb_reply_add(&gdb->reply, "OK");
}

void gdb_write_memory(struct gdb *gdb, const char *rest, size_t size)
{
    uint32_t address, length;
    uint8_t bytes[GDB_PACKET_MAX / 2];
    if (!take_span(&rest, ':', &address, &length) || length > sizeof bytes || !gdb_take_bytes(&rest, bytes, length) ||
        *rest)
        gdb_malformed(gdb, "M");
    else
        write_memory(gdb, address, bytes, length);
}

void gdb_write_binary(struct gdb *gdb, const char *rest, size_t size)
{
    const char *end = rest + size;
    uint32_t address, length;
    if (!take_span(&rest, ':', &address, &length) || length != (size_t)(end - rest))
        gdb_malformed(gdb, "X");
    else
        write_memory(gdb, address, (const uint8_t *)rest, length);
}
