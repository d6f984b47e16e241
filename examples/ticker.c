/* ticker.c - a program that lives on interrupts: the interval timer ticks, the disk works, the main program sleeps.
 *
 * Shows: interrupt handlers (timer and disk), the interval timer (CR16), and how to wait without missing anything:
 * interrupts off, look, idle, interrupts on. A tick comes every millisecond of the board's clock; each one starts a
 * disk write if there is a disk. The ticks' times must not drift: the n-th alarm is set for start + n periods.
 * Status 0; 1 if ticks or completions are missing; 4 on a disk error. Works without a disk too.
 */
#include <understudy.h>

enum {
    TICKS = 50,
    REPORT = 10,
    BLOCKS = 8, /* that the writes go around in */
    STATUS_WRONG = 1,
    STATUS_DISK_ERROR = 4,
};

static volatile uint32_t ticks;
static uint32_t period, next_alarm;
static uint32_t written;
static uint32_t block_words[BLOCKS][DISK_BLOCK_BYTES / 4];

/* Interrupt 0: count, and set the next alarm. An alarm that has gone by before it was set is counted at once; should
 * its interrupt still come, it comes early for the next one and is not counted. */
static void timer_interrupt(unsigned interrupt)
{
    (void)interrupt;
    while ((int32_t)(timer_ticks() - next_alarm) >= 0) {
        ticks++;
        next_alarm += period;
        timer_alarm(next_alarm);
    }
}

/* Sleep until more than SEEN ticks have come. */
static void sleep_past(uint32_t seen)
{
    uint32_t old = interrupts_off();
    while (ticks <= seen) {
        idle();
        interrupts_on(); /* the handler runs here */
        interrupts_off();
    }
    interrupts_restore(old);
}

/* Write down tick NUMBER, and wait for it: the disk interrupts while the timer goes on ticking. */
static void write_down(uint32_t number)
{
    uint32_t *words = block_words[number % BLOCKS];
    words[0] = number;
    enum disk_result result = disk_write(number % BLOCKS, 1, words);
    if (result != DISK_OK) {
        printf("ticker: disk error %d\n", result);
        power_off(STATUS_DISK_ERROR);
    }
    written++;
}

int main(void)
{
    bool have_disk = disk_open() >= BLOCKS;
    period = system_clock_hz() / 1000;
    next_alarm = timer_ticks() + period;
    interrupt_connect(INTERRUPT_TIMER, timer_interrupt);
    timer_alarm(next_alarm);
    interrupts_on();
    for (uint32_t seen = 0; seen < TICKS; seen++) {
        sleep_past(seen);
        if (have_disk)
            write_down(seen + 1);
        if ((seen + 1) % REPORT == 0)
            printf("tick %u\n", seen + 1);
    }
    interrupt_connect(INTERRUPT_TIMER, NULL);
    printf("ticker: %d ticks, %u written, disk interrupts %s\n", TICKS, written,
           disk_interrupts_taken() > 0 ? "yes" : "no");
    return have_disk && (written != TICKS || disk_interrupts_taken() == 0) ? STATUS_WRONG : 0;
}
