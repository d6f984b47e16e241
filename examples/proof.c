/* proof.c - what makes it hard for a protocol, in little: the guest of `understudy sweep` without an image.
 *
 * Shows: whatever reaches a guest from outside - the world's clock, CR16, the interval timer, the ends of disk
 * commands, delayed traps, typed bytes - and decides what it shows and writes. Each round mixes all of it into one
 * number, writes that to the disk twice at once, shows it, and reads it back. A second computer that knows one of these
 * otherwise, or is told of it elsewhere, shows and writes something else. Status 0; 1 if the disk gives another block
 * than was written, memory that nobody writes changes, the clock goes back, no alarm came, or a trap was lost or came
 * twice; 3 without a disk, 4 on a disk error.
 */
#include <understudy.h>

enum {
    ROUNDS = 2,
    BLOCKS = 2, /* of a round's first write; its second has one */
    ROUND_BLOCKS = BLOCKS + 1,
    BLOCK_WORDS = DISK_BLOCK_BYTES / 4,
    WORDS = BLOCKS * BLOCK_WORDS,
    MARKED = WORDS / 8, /* words of them that differ from round to round */
    STEPS = 40,         /* that a trap is waited for */
    STILL_PAGES = 10,   /* more than a joining computer is sent at once */
    PAGE_WORDS = 1024,
    STATUS_WRONG = 1,
    STATUS_NO_DISK = 3,
    STATUS_DISK_ERROR = 4,
};

static volatile uint32_t alarms;
static uint32_t period, wrong;
static uint32_t written[WORDS], read_back[WORDS];
/* What never changes: a joining computer has it before that which does. */
static const volatile uint32_t still[STILL_PAGES][PAGE_WORDS] = {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};

static void on_timer(unsigned interrupt)
{
    (void)interrupt;
    alarms++;
    timer_alarm(timer_ticks() + period);
}

static void must(enum disk_result result)
{
    if (result != DISK_OK)
        power_off(STATUS_DISK_ERROR);
}

/* An overflow that is delayed: when hardware delivers it is the machine's affair, but DRAIN brings it, once. How many
 * steps the vector took to show it belongs to what is mixed: two computers must agree. */
static uint32_t overflow(void)
{
    uint32_t steps = 0;
    dtu_clear_v2(~UINT32_C(0));
    add_trapping(INT32_MAX, 1);
    while (steps < STEPS && !dtu_v2())
        steps++;
    dtu_drain();
    wrong += !dtu_v2();
    dtu_clear_v2(~UINT32_C(0));
    dtu_drain();
    wrong += dtu_v2() != 0;
    return steps;
}

/* Two writes under way at once, of which a crash may leave either undone. */
static void write_both(uint32_t block)
{
    int first = disk_start_write(block, BLOCKS, written);
    int second = disk_start_write(block + BLOCKS, 1, written);
    must(disk_wait(first));
    must(disk_wait(second));
}

static uint32_t mix(uint32_t value, uint32_t more)
{
    return (value ^ more) * UINT32_C(0x01000193) + (value >> 15);
}

/* The world's clock, which never goes back. */
static uint32_t clock_now(void)
{
    static struct world_time before;
    struct world_time now = world_clock();
    wrong += now.seconds < before.seconds || (now.seconds == before.seconds && now.nanoseconds < before.nanoseconds);
    before = now;
    return now.nanoseconds;
}

int main(void)
{
    if (disk_open() < 1 + ROUNDS * ROUND_BLOCKS)
        return STATUS_NO_DISK;
    dtu_enable(true);
    dtu_set_delayed(~UINT32_C(0));
    dtu_set_held(~UINT32_C(0));
    period = system_clock_hz() / 20000;
    interrupt_connect(INTERRUPT_TIMER, on_timer);
    timer_alarm(timer_ticks() + period);
    interrupts_on();
    uint32_t value = 1;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t now = clock_now();
        console_put("0123456789abcdef"[timer_ticks() >> 3 & 15]); /* at once: what it shows must be known by then */
        value = mix(mix(mix(value, now), timer_ticks()), alarms);
        value = mix(mix(value, overflow()), (uint32_t)console_get());
        for (uint32_t i = 0; i < WORDS; i += WORDS / MARKED)
            written[i] = value + i;
        if (value & 1) /* which commands there are depends on the clock, too */
            must(disk_read(0, 1, read_back));
        write_both(1 + round * ROUND_BLOCKS);
        printf("%u %08x\n", round, value);
        must(disk_read(1 + round * ROUND_BLOCKS, BLOCKS, read_back));
        for (uint32_t i = 0; i < WORDS; i += WORDS / MARKED)
            wrong += written[i] != read_back[i];
        value = mix(value, alarms);
        clock_now();
    }
    for (uint32_t page = 0; page < STILL_PAGES; page++)
        wrong += still[page][0] != 1;
    return wrong || !alarms ? STATUS_WRONG : 0;
}
