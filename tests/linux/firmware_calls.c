/* firmware_calls.c - a "kernel" that calls every service of the firmware and checks the answer (docs/firmware.md).
 *
 * The firmware enters it as it would Linux. The command line says how it ends: "end=power" by the soft power register,
 * "end=reset" by a reset, after which it runs once more and ends by the power-off, "end=return" with status 7; and
 * "end=break" and "end=nothing" through an interruption while the firmware's vectors are in force. "in": a byte is
 * typed.
 */
#include <handover.h>
#include <understudy.h>

#define PROCESSOR_HPA UINT32_C(0xFFFB0000)
#define RESET_MARK    UINT32_C(0x00800000) /* memory that no loader touches */

enum { GUARD = 0x5A5A5A5A, RESULT_WORDS = 32, BUFFER_WORDS = 64, UNUSED_WORD = 9 };

extern const uint32_t kernel_arguments[5]; /* GR 26, 25, 24, 23; IVA */
int firmware_call_kept(uint32_t function, uint32_t *arguments);

static uint32_t result[BUFFER_WORDS], buffer[BUFFER_WORDS];
static unsigned checks, mistakes;

static void check(bool holds, const char *what, uint32_t is)
{
    checks++;
    if (holds)
        return;
    mistakes++;
    printf("WRONG: %s (0x%x)\n", what, is);
}

static void check_is(uint32_t is, uint32_t wanted, const char *what)
{
    check(is == wanted, what, is);
}

/* Call FUNCTION of the firmware; its buffers hold a pattern before, and must beyond their 128 bytes afterwards. */
static int firmware(uint32_t function, const uint32_t *words)
{
    uint32_t arguments[UNUSED_WORD + 1];
    for (unsigned i = 0; i < UNUSED_WORD; i++)
        arguments[i] = words[i];
    for (unsigned i = 0; i < BUFFER_WORDS; i++)
        result[i] = buffer[i] = GUARD;
    int status = firmware_call_kept(function, arguments);
    check_is(arguments[UNUSED_WORD], 0, "a register that the firmware must keep");
    for (unsigned i = RESULT_WORDS; i < BUFFER_WORDS; i++)
        check(result[i] == GUARD && buffer[i] == GUARD, "something beyond the 128 bytes of a buffer", i);
    return status;
}

static int pdc(uint32_t procedure, uint32_t option, uint32_t arg2, uint32_t arg3, uint32_t arg4, uint32_t arg5,
               uint32_t arg6)
{
    const uint32_t words[UNUSED_WORD] = {procedure, option, arg2, arg3, arg4, arg5, arg6, 0, 0};
    return firmware(load32(0x388), words);
}

static int pdc_result(uint32_t procedure, uint32_t option)
{
    return pdc(procedure, option, (uint32_t)result, 0, 0, 0, 0);
}

static int entry_io(uint32_t option, uint32_t bytes, uint32_t size)
{
    const uint32_t words[UNUSED_WORD] = {load32(0x3C0), option, 0, 0x3A8, (uint32_t)result, 0, bytes, size, 0};
    return firmware(load32(0x3C8), words);
}

static bool has_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    for (; *line; line++)
        if (!memcmp(line, word, length) && (line[length] == ' ' || !line[length]))
            return true;
    return false;
}

/* ---- what the firmware leaves ---- */

static void check_arguments(void)
{
    check_is(kernel_arguments[0], HANDOVER_MEM_FREE, "arg0: first free address");
    check_is(kernel_arguments[1], HANDOVER_COMMAND_LINE, "arg1: command line");
    uint32_t start = kernel_arguments[2], end = kernel_arguments[3], sum = 0;
    check_is(start % 4096, 0, "initial file system not on a page");
    check(!start || end <= system_ram_bytes(), "initial file system beyond memory", end);
    for (uint32_t at = start; at < end; at++)
        sum = sum * 31 + load8(at);
    printf("initial file system: %u bytes, sum %08x\n", end - start, sum);
    printf("command line: '%s'\n", (const char *)kernel_arguments[1]);
}

static void check_page0(void)
{
    uint32_t ram = system_ram_bytes();
    check_is(load32(0x40), 0x53656142, "marker");
    check_is(load32(0x44), 0x494F5300, "marker");
    check(!load32(0x48) && !load32(0x4C), "no fw_cfg", load32(0x48));
    check_is(load32(0x350), ram, "contiguous memory");
    check_is(load32(0x354), ram, "physical memory");
    check_is(load32(0x380), HANDOVER_MEM_FREE, "mem_free");
    check_is(load32(0x384), PROCESSOR_HPA, "mem_hpa");
    check_is(load32(0x38C), system_clock_hz() / 100, "mem_10msec");
    check_is(load32(0x398), ram, "spa_size");
    check_is(load32(0x39C), ram, "imm_max_mem");
    check_is(load32(0x10), 0, "mem_rendz");
    for (unsigned device = 0x3A0; device <= 0x400; device += 0x60) {
        check_is(load32(device), 0x00FFFFFF, "console path");
        check_is(load32(device + 4), 0xFFFFFFFF, "console path");
        check_is(load32(device + 0x20), 0xFFD05000, "console hpa");
        check_is(load32(device + 0x2C), 7, "console class");
    }
    check_is(load32(0x428), load32(0x3C8), "one entry for console and keyboard");
}

/* ---- PDC ---- */

static void check_model(void)
{
    check_is((uint32_t)pdc_result(4, 0), 0, "MODEL info");
    check_is(result[0], 0x5020, "hversion");
    check_is(result[1], 0x481, "sversion");
    check_is(result[6], 4, "architecture revision");
    check_is((uint32_t)pdc_result(4, 2), (uint32_t)-2, "MODEL versions");
    check_is((uint32_t)pdc_result(4, 6), (uint32_t)-2, "MODEL processor id");
    check_is((uint32_t)pdc_result(4, 10), (uint32_t)-2, "MODEL platform info");
    check_is((uint32_t)pdc_result(4, 7), 0, "MODEL capabilities");
    check_is(result[0], 2, "32-bit operating systems");
    check_is((uint32_t)pdc(4, 3, (uint32_t)result, 1, (uint32_t)buffer, 0, 0), 0, "MODEL system model");
    check(result[0] == 10 && !strcmp((const char *)buffer, "Understudy"), "system model", result[0]);
}

static void check_cache(void)
{
    check_is((uint32_t)pdc_result(5, 0), 0, "CACHE info");
    for (unsigned i = 0; i < 12; i += 6)
        check(!result[i] && result[i + 1] == 0x01240000 && result[i + 5] == 1, "cache", result[i + 1]);
    for (unsigned i = 12; i < 30; i += 9) {
        check(result[i] == 256 && result[i + 1] == 0x00010000, "TLB", result[i + 1]);
        check(result[i + 4] == 1 && result[i + 7] == 1 && result[i + 8] == 1, "TLB purge", result[i + 8]);
    }
    check_is((uint32_t)pdc_result(5, 2), 0, "CACHE space bits");
    check_is(result[0], 0, "space bits");
    check_is((uint32_t)pdc_result(5, 1), (uint32_t)-2, "CACHE other");
    check_is((uint32_t)pdc_result(7, 0), 0, "COPROC");
    check(result[0] == 0xC0 && result[1] == 0xC0 && result[17] == 1 && result[18] == 19, "coprocessor", result[0]);
}

static void check_inventory(void)
{
    const uint32_t out = (uint32_t)result, bytes = (uint32_t)buffer;
    check_is((uint32_t)pdc(22, 0, out, bytes, 0, 0, 0), 0, "SYSTEM_MAP 0");
    check(result[0] == PROCESSOR_HPA && result[1] == 1 && !result[2], "processor module", result[0]);
    check(buffer[0] == 0x00FFFFFF && buffer[1] == 0xFFFFFF3E && !buffer[7], "its path", buffer[1]);
    check_is((uint32_t)pdc(22, 0, out, bytes, 1, 0, 0), (uint32_t)-5, "SYSTEM_MAP 1");
    check_is((uint32_t)pdc(22, 1, out, bytes, 0, 0, 0), (uint32_t)-2, "SYSTEM_MAP addresses");
    check_is((uint32_t)pdc(8, 0, out, PROCESSOR_HPA, 0, bytes, 32), 0, "IODC read");
    check(result[0] == 16 && buffer[0] == 0x50200000 && buffer[1] == 0x00000481, "IODC of the processor", buffer[1]);
    check_is(buffer[4], GUARD, "IODC is 16 bytes");
    check_is((uint32_t)pdc(8, 0, out, PROCESSOR_HPA, 0, bytes, 8), 0, "IODC read of 8 bytes");
    check(result[0] == 8 && buffer[2] == GUARD, "IODC: as much as asked for", result[0]);
    check_is((uint32_t)pdc(8, 0, out, 0xFFF80000, 0, bytes, 32), (uint32_t)-4, "IODC of nothing");
    check_is((uint32_t)pdc(8, 0, out, PROCESSOR_HPA, 3, bytes, 32), (uint32_t)-5, "IODC entry points");
    static const uint32_t there[] = {0,          0x1000,     0xF0000000, 0xF003FFFC,
                                     0xFFF80000, 0xFFF82000, 0xFFD05800, PROCESSOR_HPA};
    static const uint32_t nowhere[] = {0xF0040000, 0xF8000000, 0xFFF81000, 0xFFFB1000, 0xFFFFFFFC};
    for (unsigned i = 0; i < sizeof there / 4; i++)
        check_is((uint32_t)pdc(12, 0, there[i], 0, 0, 0, 0), 0, "ADD_VALID of what is there");
    for (unsigned i = 0; i < sizeof nowhere / 4; i++)
        check_is((uint32_t)pdc(12, 0, nowhere[i], 0, 0, 0, 0), (uint32_t)-10, "ADD_VALID of nothing");
    check_is((uint32_t)pdc(12, 0, system_ram_bytes(), 0, 0, 0, 0), (uint32_t)-10, "ADD_VALID beyond memory");
}

static void check_time(void)
{
    struct world_time before = world_clock();
    check_is((uint32_t)pdc_result(9, 0), 0, "TOD read");
    uint32_t seconds = result[0], microseconds = result[1];
    struct world_time after = world_clock();
    check(seconds >= before.seconds && seconds <= after.seconds, "seconds", seconds);
    check(microseconds < 1000000, "microseconds", microseconds);
    if (before.seconds == after.seconds)
        check(microseconds >= before.nanoseconds / 1000 && microseconds <= after.nanoseconds / 1000, "microseconds",
              microseconds);
    check_is((uint32_t)pdc(9, 1, 5, 6, 0, 0, 0), 0, "TOD write");
    check(world_clock().seconds >= before.seconds, "nobody sets the world's clock", world_clock().seconds);
}

static void check_rest(void)
{
    static const uint8_t absent[] = {0, 1, 2, 3, 10, 11, 13, 15, 16, 18, 20, 128, 130, 134, 146, 147, 163};
    for (unsigned i = 0; i < sizeof absent; i++)
        check_is((uint32_t)pdc_result(absent[i], 0), (uint32_t)-1, "a procedure that is not there");
    check_is((uint32_t)pdc_result(23, 0), 0, "SOFT_POWER info");
    check_is(result[0], 0xFFF80004, "soft power register");
    check_is(load32(result[0]) & 1, 1, "button not pressed");
    check_is((uint32_t)pdc(23, 1, (uint32_t)result, 1, 0, 0, 0), 0, "SOFT_POWER enable");
    check_is((uint32_t)pdc_result(23, 2), (uint32_t)-2, "SOFT_POWER other");
}

/* ---- IODC ---- */

static void check_console(bool typed)
{
    static const char text[] = "through ENTRY_IO\r\n";
    check_is((uint32_t)entry_io(3, (uint32_t)text, sizeof text - 1), 0, "COUT");
    check_is(result[0], sizeof text - 1, "COUT's count");
    check_is((uint32_t)entry_io(4, (uint32_t)buffer, 1), (uint32_t)-2, "another option");
    unsigned tries = 0, before = checks; /* how often it asks is a matter of time: counted once */
    do {
        check_is((uint32_t)entry_io(2, (uint32_t)buffer, 1), 0, "CIN");
        check(result[0] <= 1, "CIN's count", result[0]);
    } while (typed && !result[0] && ++tries < 100000);
    checks = before + 1;
    if (typed)
        printf("typed: '%c'\n", *(const char *)buffer);
    else
        check_is(result[0], 0, "CIN without a byte");
}

/* MFCTL with a bit that PA-RISC 2.0 gave a meaning: Linux asks with it whether the shift amount register has six bits.
 */
static void check_shift_amount(void)
{
    uint32_t value; /* mfctl,w %cr11,%r28 has no name in the 1.1 assembler */
    __asm__ volatile("mtctl %1,%%cr11\n\t.word 0x016048bc\n\tcopy %%r28,%0" : "=r"(value) : "r"(32) : "r28");
    check_is(value, 0, "SAR has five bits");
}

/* ---- the end ---- */

static void end_with_firmware_vectors(const char *line)
{
    __asm__ volatile("mtctl %0,%%cr14" : : "r"(kernel_arguments[4]));
    if (has_word(line, "end=break"))
        __asm__ volatile("break 3,5");
    else if (has_word(line, "end=nothing"))
        load32(0xFFF00000);
}

int main(void)
{
    const char *line = (const char *)kernel_arguments[1];
    bool again = load32(RESET_MARK) == GUARD;
    check_arguments();
    check_page0();
    check_model();
    check_cache();
    check_inventory();
    check_time();
    check_rest();
    check_console(has_word(line, "in") && !again);
    check_shift_amount();
    printf("%u checks, %u mistakes%s\n", checks, mistakes, again ? ", after a reset" : "");
    if (mistakes)
        return 1;
    if (has_word(line, "end=reset") && !again) {
        store32(RESET_MARK, GUARD);
        store32(HANDOVER_BLOCK, 0); /* the loader puts it back */
        pdc(136, 0, 0, 0, 0, 0, 0);
    }
    end_with_firmware_vectors(line);
    if (has_word(line, "end=return"))
        return 7;
    pdc(23, 1, (uint32_t)result, 0, 0, 0, 0);
    store32(0xFFF80004, 0);
    return 1;
}
