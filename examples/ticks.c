/* ticks.c - a program that computes while it is interrupted: a thousand times a second by the interval timer, and by
 * every byte that comes in. What `understudy bench --thin` measures (docs/yokogawa.md).
 *
 * Shows: how much it costs to be interrupted often, and that a program which reads the clock instead of counting its
 * interrupts loses nothing when it is interrupted less often. The n-th alarm is for start + n periods, however late the
 * one before it came; alarms that went by meanwhile are counted when the next one comes. What it prints depends on the
 * work and on the bytes alone. If a byte has come by the end of the work, it takes all of them, to the end of
 * transmission (0x04). Status 0; 1 if fewer alarms were counted than periods have passed.
 */
#include <understudy.h>

enum {
    ROUNDS = 400,
    ROUND_STEPS = 3000,
    END_OF_TRANSMISSION = 0x04,
    STATUS_WRONG = 1,
};

static volatile uint32_t ticks;
static uint32_t period, next_alarm;

static void timer_interrupt(unsigned interrupt)
{
    (void)interrupt;
    while ((int32_t)(timer_ticks() - next_alarm) >= 0) {
        ticks++;
        next_alarm += period;
        timer_alarm(next_alarm);
    }
}

struct stream {
    uint32_t bytes, hash;
    bool over;
};

static void take_bytes(struct stream *stream)
{
    for (int byte; !stream->over && (byte = console_get()) >= 0; stream->bytes++) {
        stream->hash = (stream->hash ^ (uint32_t)byte) * UINT32_C(16777619);
        stream->over = byte == END_OF_TRANSMISSION;
    }
}

static uint32_t compute(uint32_t hash)
{
    for (uint32_t i = 0; i < ROUND_STEPS; i++) {
        hash ^= hash << 13;
        hash ^= hash >> 17;
        hash ^= hash << 5;
    }
    return hash;
}

int main(void)
{
    struct stream stream = {.hash = UINT32_C(2166136261)};
    uint32_t hash = 1;
    console_interrupts();
    period = system_clock_hz() / 1000;
    uint32_t start = timer_ticks();
    next_alarm = start + period;
    interrupt_connect(INTERRUPT_TIMER, timer_interrupt);
    timer_alarm(next_alarm);
    interrupts_on();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        hash = compute(hash);
        take_bytes(&stream);
    }
    while (stream.bytes && !stream.over)
        take_bytes(&stream);
    interrupts_off();
    timer_interrupt(INTERRUPT_TIMER); /* those that nobody was interrupted for */
    uint32_t passed = (timer_ticks() - start) / period;
    printf("ticks: %d rounds, hash %08x; %u bytes, hash %08x\n", ROUNDS, hash, stream.bytes, stream.hash);
    return ticks + 1 < passed ? STATUS_WRONG : 0;
}
