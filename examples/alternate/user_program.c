/* user_program.c - the program of the alternate embodiment, at privilege level 3: terminal, disk, clock and delayed
 * traps, by system calls. What it prints and what is on the disk at the end do not depend on which computer ran it.
 *
 * It asks for a name, then keeps a chain of records on the disk: each is written four blocks long together with others,
 * read back, and the next one is made of it. Status 0; 1 if a record is wrong, 2 on a disk error, 3 if the clock went
 * backwards, 4 if a trap was lost.
 */
#include "alternate.h"

int32_t user_write(const char *text, uint32_t bytes);
int32_t user_read(char *bytes, uint32_t count);
int32_t user_disk(uint32_t opcode, uint32_t block, uint32_t count, void *buffer);
uint32_t user_disk_wait(uint32_t slot);
uint64_t user_time(void);
uint32_t user_drain_v2(void);
_Noreturn void user_exit(uint32_t status);
uint32_t user_main(void);

enum { READ = 1, WRITE = 2, FLUSH = 3 };
enum { RECORDS = 12, RECORD_BLOCKS = 4, RECORD_WORDS = RECORD_BLOCKS * 128, AT_ONCE = 3 };
enum { STATUS_RECORD = 1, STATUS_DISK, STATUS_CLOCK, STATUS_TRAP };

uint8_t user_stack_bytes[8192] __attribute__((aligned(64)));
static uint32_t records[AT_ONCE][RECORD_WORDS], again[RECORD_WORDS];
static uint64_t last_time;

static void say(const char *text)
{
    uint32_t length = 0;
    while (text[length])
        length++;
    user_write(text, length);
}

static void say_number(uint32_t number)
{
    char digits[10];
    uint32_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    user_write(digits + at, sizeof digits - at);
}

static void must(uint32_t holds, uint32_t status)
{
    if (!holds)
        user_exit(status);
}

static void ask_name(void)
{
    char line[32];
    uint32_t length = 0;
    say("name? ");
    while (length < sizeof line) {
        must(user_read(line + length, 1) == 1, STATUS_RECORD);
        if (line[length++] == '\n')
            break;
    }
    say("good day, ");
    user_write(line, length);
}

/* Sums that overflow now and then: the hardware traps later, and the drain must know of every one. */
static uint32_t sum_with_traps(uint32_t seed)
{
    int32_t sum = (int32_t)seed;
    uint32_t overflows = 0;
    for (uint32_t i = 0; i < 40; i++) {
        int32_t before = sum, step = (int32_t)(0x10000000 + (seed >> (i & 7) & 0xFFFFFF));
        sum = add_trapping(sum, step);
        overflows += sum < before;
    }
    must((user_drain_v2() == DTU_OVERFLOW) == (overflows > 0), STATUS_TRAP);
    must(user_drain_v2() == 0, STATUS_TRAP);
    return (uint32_t)sum;
}

static void look_at_clock(void)
{
    uint64_t now = user_time();
    must(now >= last_time && now > 0, STATUS_CLOCK);
    last_time = now;
}

/* Record NUMBER is made of SEED; returns the seed of the next one. */
static uint32_t make(uint32_t *record, uint32_t number, uint32_t seed)
{
    for (uint32_t i = 0; i < RECORD_WORDS; i++) {
        seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
        record[i] = seed ^ number;
    }
    return sum_with_traps(seed);
}

static uint32_t write_some(uint32_t first, uint32_t seed)
{
    int32_t slots[AT_ONCE];
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        seed = make(records[i], first + i, seed);
        slots[i] = user_disk(WRITE, (first + i) * RECORD_BLOCKS, RECORD_BLOCKS, records[i]);
        must(slots[i] >= 0, STATUS_DISK);
    }
    for (uint32_t i = 0; i < AT_ONCE; i++)
        must(user_disk_wait((uint32_t)slots[i]) == 0, STATUS_DISK);
    return seed;
}

static void check(uint32_t number, const uint32_t *record)
{
    int32_t slot = user_disk(READ, number * RECORD_BLOCKS, RECORD_BLOCKS, again);
    must(slot >= 0 && user_disk_wait((uint32_t)slot) == 0, STATUS_DISK);
    for (uint32_t i = 0; i < RECORD_WORDS; i++)
        must(again[i] == record[i], STATUS_RECORD);
}

uint32_t user_main(void)
{
    uint32_t seed = 1993;
    ask_name();
    for (uint32_t first = 0; first < RECORDS; first += AT_ONCE) {
        look_at_clock();
        seed = write_some(first, seed);
        for (uint32_t i = 0; i < AT_ONCE; i++)
            check(first + i, records[i]);
        look_at_clock();
        say("records ");
        say_number(first + AT_ONCE);
        say(" of ");
        say_number(RECORDS);
        say(", seed ");
        say_number(seed);
        say("\n");
    }
    int32_t slot = user_disk(FLUSH, 0, 0, again);
    must(slot >= 0 && user_disk_wait((uint32_t)slot) == 0, STATUS_DISK);
    say("the chain holds\n");
    return 0;
}
