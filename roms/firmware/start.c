/* start.c - from reset to the kernel: PAGE0 (docs/firmware.md), then the kernel that the loader has put into memory;
 * and what becomes of an interruption that nobody takes.
 */
#include "firmware.h"

/* PAGE0: offsets of what a kernel reads there. */
enum {
    PAGE0_BYTES = 0x800,
    PAGE0_MARKER = 0x040,    /* "SeaBIOS": Linux then says with the idle hint that it has nothing to do, and can be
                                powered off through the soft power register */
    PAGE0_MEMC_CONT = 0x350, /* contiguous memory, bytes */
    PAGE0_MEMC_PHSIZE = 0x354,
    PAGE0_MEM_FREE = 0x380,
    PAGE0_MEM_HPA = 0x384, /* the processor that runs this */
    PAGE0_MEM_PDC = 0x388,
    PAGE0_MEM_10MSEC = 0x38C, /* ticks of the interval timer in 10 ms */
    PAGE0_SPA_SIZE = 0x398,
    PAGE0_IMM_MAX_MEM = 0x39C,
    PAGE0_MEM_CONS = 0x3A0,
    PAGE0_MEM_KBD = 0x400,
};

/* A device of PAGE0: a path to it (flags, six bus converters, module, six layers), then how it is used. */
enum { DEVICE_HPA = 0x20, DEVICE_IODC_IO = 0x28, DEVICE_CLASS = 0x2E, CLASS_DUPLEX = 7 };

#define PROCESSOR_HPA UINT32_C(0xFFFB0000)
#define CONSOLE_HPA   UINT32_C(0xFFD05000)

enum { STATUS_NO_KERNEL = 1, STATUS_INTERRUPTED = 126 };

_Noreturn void firmware_stop(uint32_t status)
{
    for (;;) /* the store does not come back */
        store32(SYSTEM_BASE + SYSTEM_POWER_OFF, status);
}

static void describe_console(uint32_t device)
{
    for (uint32_t i = 1; i < 8; i++)
        store8(device + i, 0xFF); /* no bus converter, no module number */
    store32(device + DEVICE_HPA, CONSOLE_HPA);
    store32(device + DEVICE_IODC_IO, (uint32_t)&iodc_io);
    store16(device + DEVICE_CLASS, CLASS_DUPLEX);
}

static void make_page0(uint32_t ram_bytes)
{
    static const char marker[8] = "SeaBIOS";
    for (uint32_t at = 0; at < PAGE0_BYTES; at += 4)
        store32(at, 0);
    for (uint32_t i = 0; i < sizeof marker; i++)
        store8(PAGE0_MARKER + i, (uint8_t)marker[i]);
    store32(PAGE0_MEMC_CONT, ram_bytes);
    store32(PAGE0_MEMC_PHSIZE, ram_bytes);
    store32(PAGE0_MEM_FREE, HANDOVER_MEM_FREE);
    store32(PAGE0_MEM_HPA, PROCESSOR_HPA);
    store32(PAGE0_MEM_PDC, (uint32_t)&pdc_call);
    store32(PAGE0_MEM_10MSEC, load32(SYSTEM_BASE + SYSTEM_CLOCK_HZ) / 100);
    store32(PAGE0_SPA_SIZE, ram_bytes);
    store32(PAGE0_IMM_MAX_MEM, ram_bytes);
    describe_console(PAGE0_MEM_CONS);
    describe_console(PAGE0_MEM_KBD);
}

_Noreturn void firmware_start(void)
{
    uint32_t ram_bytes = load32(SYSTEM_BASE + SYSTEM_RAM_BYTES);
    console_start();
    make_page0(ram_bytes);
    if (load32(HANDOVER_BLOCK + HANDOVER_MAGIC) != HANDOVER_MAGIC_WORD) {
        console_text("firmware: there is no kernel in memory: run with --kernel FILE\n");
        firmware_stop(STATUS_NO_KERNEL);
    }
    uint32_t entry = load32(HANDOVER_BLOCK + HANDOVER_ENTRY);
    console_text("firmware: ");
    console_decimal(ram_bytes >> 20);
    console_text(" MiB of memory, entering the kernel at 0x");
    console_hex(entry, 8);
    console_text("\n");
    firmware_enter(entry, HANDOVER_MEM_FREE, HANDOVER_COMMAND_LINE, load32(HANDOVER_BLOCK + HANDOVER_INITRD_START),
                   load32(HANDOVER_BLOCK + HANDOVER_INITRD_END));
}

/* ---- interruptions ---- */

#define CONTROL_REGISTER(number)                                                                                       \
    ({                                                                                                                 \
        uint32_t value_;                                                                                               \
        __asm__ volatile("mfctl %%cr" #number ",%0" : "=r"(value_));                                                   \
        value_;                                                                                                        \
    })

static const char *vector_name(uint32_t vector)
{
    switch (vector) {
    case VECTOR_HPMC:
        return "high-priority machine check";
    case VECTOR_EXTERNAL:
        return "external interrupt";
    case 6:
        return "instruction TLB miss";
    case 7:
        return "instruction access rights";
    case VECTOR_ILLEGAL:
        return "illegal instruction";
    case VECTOR_BREAK:
        return "break instruction";
    case VECTOR_ASSIST:
        return "assist exception";
    case 15:
        return "data TLB miss";
    case 22:
        return "assist emulation";
    case 26:
        return "data access rights";
    case VECTOR_UNALIGNED:
        return "unaligned data reference";
    default:
        return "interruption";
    }
}

_Noreturn void firmware_interrupted(uint32_t vector)
{
    console_text("\nfirmware: ");
    console_text(vector_name(vector));
    console_text(" (vector ");
    console_decimal(vector);
    console_text(") that nobody takes, at ");
    console_hex(CONTROL_REGISTER(17), 8);
    console_text(".");
    console_hex(CONTROL_REGISTER(18), 8);
    console_text(", instruction ");
    console_hex(CONTROL_REGISTER(19), 8);
    console_text(", data ");
    console_hex(CONTROL_REGISTER(20), 8);
    console_text(".");
    console_hex(CONTROL_REGISTER(21), 8);
    console_text(", PSW ");
    console_hex(CONTROL_REGISTER(22), 8);
    console_text("\n");
    firmware_stop(STATUS_INTERRUPTED);
}
