/* pdc.c - the PDC procedures: what a kernel asks of the firmware (docs/firmware.md has the table).
 *
 * Called in real mode with PSW[I] = 0, on the kernel's stack; pointers are physical. A result buffer has 128 bytes.
 */
#include "firmware.h"

enum pdc_procedure {
    PDC_MODEL = 4,
    PDC_CACHE = 5,
    PDC_COPROC = 7,
    PDC_IODC = 8,
    PDC_TOD = 9,
    PDC_ADD_VALID = 12,
    PDC_SYSTEM_MAP = 22,
    PDC_SOFT_POWER = 23,
    PDC_BROADCAST_RESET = 136,
};

#define PROCESSOR_HPA       UINT32_C(0xFFFB0000)
#define PROCESSOR_BYTES     UINT32_C(0x1000)
#define SOFT_POWER_REGISTER (SYSTEM_BASE + SYSTEM_POWER_OFF)
#define ROM_BASE            UINT32_C(0xF0000000)
#define ROM_BYTES           UINT32_C(0x40000)

static void put(uint32_t result, unsigned index, uint32_t value)
{
    store32(result + 4 * index, value);
}

static void clear(uint32_t result, unsigned words)
{
    for (unsigned i = 0; i < words; i++)
        put(result, i, 0);
}

/* ---- PDC_MODEL: a PA7300LC ---- */

static int model_info(uint32_t result)
{
    /* hversion, sversion, hardware id, boot id, software id, capabilities, architecture revision, two keys */
    static const uint32_t words[] = {0x5020, 0x481, 0, 0, 0, 0, 4, 0xBA, 0xBA};
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        put(result, i, words[i]);
    return PDC_OK;
}

static int model_name(uint32_t result, uint32_t os, uint32_t buffer)
{
    static const char name[] = "Understudy";
    if (os != 1)
        return PDC_BAD_ARGUMENT;
    for (uint32_t i = 0; i < sizeof name; i++)
        store8(buffer + i, (uint8_t)name[i]);
    put(result, 0, sizeof name - 1);
    return PDC_OK;
}

static int model(uint32_t option, uint32_t result, uint32_t arg3, uint32_t arg4)
{
    enum { INFO = 0, SYSTEM_MODEL = 3, CAPABILITIES = 7, OS_32_BITS = 2 };
    switch (option) {
    case INFO:
        return model_info(result);
    case SYSTEM_MODEL:
        return model_name(result, arg3, arg4);
    case CAPABILITIES:
        put(result, 0, OS_32_BITS);
        return PDC_OK;
    default:
        return PDC_BAD_OPTION;
    }
}

/* ---- PDC_CACHE: no caches, lines of 16 bytes; TLBs of 256 entries that one purge empties ---- */

static int cache(uint32_t option, uint32_t result)
{
    enum { INFO = 0, SPACE_BITS = 2, CACHE_WORDS = 6, TLB_WORDS = 9, TLB_ENTRIES = 256 };
    static const uint32_t no_cache[CACHE_WORDS] = {0, 0x01240000, 0, 0, 1, 1};
    static const uint32_t tlb[TLB_WORDS] = {TLB_ENTRIES, 0x00010000, 0, 0, 1, 0, 0, 1, 1};
    if (option == SPACE_BITS) { /* spaces are not hashed into addresses */
        put(result, 0, 0);
        return PDC_OK;
    }
    if (option != INFO)
        return PDC_BAD_OPTION;
    for (unsigned i = 0; i < CACHE_WORDS; i++) {
        put(result, i, no_cache[i]);
        put(result, CACHE_WORDS + i, no_cache[i]);
    }
    for (unsigned i = 0; i < TLB_WORDS; i++) {
        put(result, 2 * CACHE_WORDS + i, tlb[i]);
        put(result, 2 * CACHE_WORDS + TLB_WORDS + i, tlb[i]);
    }
    return PDC_OK;
}

static int coprocessor(uint32_t option, uint32_t result)
{
    enum { FUNCTIONAL = 0, PRESENT = 1, FPU_REVISION = 17, FPU_MODEL = 18, UNITS = 0xC0 };
    if (option != 0)
        return PDC_BAD_OPTION;
    clear(result, FPU_MODEL + 1);
    put(result, FUNCTIONAL, UNITS);
    put(result, PRESENT, UNITS);
    put(result, FPU_REVISION, 1);
    put(result, FPU_MODEL, 19);
    return PDC_OK;
}

/* ---- what there is: the processors ---- */

static uint32_t processors(void)
{
    return load32(SYSTEM_BASE + SYSTEM_PROCESSORS);
}

static int system_map(uint32_t option, uint32_t result, uint32_t path, uint32_t index)
{
    enum { FIND_MODULE = 0, PATH_BYTES = 32, MODULE_NUMBER = 0x3E };
    if (option != FIND_MODULE)
        return PDC_BAD_OPTION;
    if (index >= processors())
        return PDC_NO_INDEX;
    put(result, 0, PROCESSOR_HPA + index * PROCESSOR_BYTES);
    put(result, 1, 1); /* page */
    put(result, 2, 0); /* additional addresses */
    clear(path, PATH_BYTES / 4);
    for (uint32_t i = 1; i < 7; i++)
        store8(path + i, 0xFF); /* no bus converter */
    store8(path + 7, (uint8_t)(MODULE_NUMBER - index));
    return PDC_OK;
}

/* The first 16 bytes of a processor's IODC: hversion 5020, type 0, sversion 4. */
static int iodc(uint32_t option, uint32_t result, uint32_t hpa, uint32_t index, uint32_t buffer, uint32_t size)
{
    enum { READ = 0, IODC_BYTES = 16 };
    static const uint8_t bytes[IODC_BYTES] = {0x50, 0x20, 0, 0, 0, 0, 4, 0x81};
    uint32_t count = size < IODC_BYTES ? size : IODC_BYTES;
    if (option != READ)
        return PDC_BAD_OPTION;
    uint32_t from = hpa - PROCESSOR_HPA;
    if (from % PROCESSOR_BYTES || from / PROCESSOR_BYTES >= processors())
        return PDC_NO_MODULE;
    if (index != 0)
        return PDC_NO_INDEX;
    for (uint32_t i = 0; i < count; i++)
        store8(buffer + i, bytes[i]);
    put(result, 0, count);
    return PDC_OK;
}

/* May this address be loaded from? */
static int add_valid(uint32_t option, uint32_t address)
{
    if (option != 0)
        return PDC_BAD_OPTION;
    bool ram = address < load32(SYSTEM_BASE + SYSTEM_RAM_BYTES);
    bool rom = address - ROM_BASE < ROM_BYTES;
    bool controller = address - SYSTEM_BASE < SYSTEM_RESET + 4;
    bool disk = address - DISK_BASE < DISK_COMMAND + 4;
    bool console = address - CONSOLE_BASE < 8;
    bool processor = address >= PROCESSOR_HPA && address - PROCESSOR_HPA < processors() * PROCESSOR_BYTES;
    return ram || rom || controller || disk || console || processor ? PDC_OK : PDC_BAD_ARGUMENT;
}

/* ---- time, power ---- */

static int time_of_day(uint32_t option, uint32_t result)
{
    enum { READ = 0, WRITE = 1 };
    switch (option) {
    case READ:
        put(result, 0, load32(SYSTEM_BASE + SYSTEM_SECONDS)); /* latches the nanoseconds */
        put(result, 1, load32(SYSTEM_BASE + SYSTEM_NANOSECONDS) / 1000);
        return PDC_OK;
    case WRITE: /* the world's clock is nobody's to set */
        return PDC_OK;
    default:
        return PDC_BAD_OPTION;
    }
}

static int soft_power(uint32_t option, uint32_t result)
{
    enum { INFO = 0, ENABLE = 1 };
    switch (option) {
    case INFO:
        put(result, 0, SOFT_POWER_REGISTER);
        return PDC_OK;
    case ENABLE: /* who may switch off, the button or the kernel: there is no button */
        return PDC_OK;
    default:
        return PDC_BAD_OPTION;
    }
}

static _Noreturn void broadcast_reset(void)
{
    for (;;) /* the store does not come back */
        store32(SYSTEM_BASE + SYSTEM_RESET, 1);
}

int pdc_call(uint32_t procedure, uint32_t option, uint32_t arg2, uint32_t arg3, uint32_t arg4, uint32_t arg5,
             uint32_t arg6)
{
    switch (procedure) {
    case PDC_MODEL:
        return model(option, arg2, arg3, arg4);
    case PDC_CACHE:
        return cache(option, arg2);
    case PDC_COPROC:
        return coprocessor(option, arg2);
    case PDC_IODC:
        return iodc(option, arg2, arg3, arg4, arg5, arg6);
    case PDC_TOD:
        return time_of_day(option, arg2);
    case PDC_ADD_VALID:
        return add_valid(option, arg2);
    case PDC_SYSTEM_MAP:
        return system_map(option, arg2, arg3, arg4);
    case PDC_SOFT_POWER:
        return soft_power(option, arg2);
    case PDC_BROADCAST_RESET:
        broadcast_reset();
    default:
        return PDC_BAD_PROCEDURE;
    }
}
