/* interrupted.c - a guest whose computation is interrupted very often must come to the same result.
 *
 * Every register class is in use: integers, the shift amount register, carries and divide steps (long division),
 * floating point. The timer's alarm is set again in each interruption, a varying number of ticks ahead, so that in
 * time every instruction of the loop is the interrupted one, in delay slots and before nullified ones too.
 * Status 0; 1 if a result differs or there were too few interruptions.
 */
#include <understudy.h>

enum {
    ROUNDS = 5,
    STEPS = 3000,
    INTERRUPTS_MIN = 100,
};

static volatile uint32_t interrupts;
static uint32_t distance;

static void timer_interrupt(unsigned interrupt)
{
    (void)interrupt;
    interrupts++;
    distance = distance * 5 % 1021 + 307; /* beyond what the handler itself takes */
    timer_alarm(timer_ticks() + distance);
}

static volatile uint64_t start = 0x0123456789ABCDEF;
static volatile uint32_t steps_done; /* keeps the compiler from computing once, outside the interruptions */

static uint64_t compute(void)
{
    uint64_t sum = start;
    double real = 1.0;
    for (uint32_t i = 1; i <= STEPS; i++) {
        sum = (sum << (i % 23)) ^ (sum >> (i % 19)) ^ i * UINT32_C(2654435761);
        sum += sum / (i * 3 + 1) + (uint32_t)((int32_t)sum % (int32_t)(i + 5));
        real = real * 1.0009765625 + (double)(int32_t)(i ^ 77) / 3.0;
        if (real > 1e12)
            real = real / 1e9;
        union {
            double real;
            uint64_t bits;
        } both = {.real = real};
        sum ^= both.bits;
        steps_done = i;
    }
    return sum;
}

int main(void)
{
    int wrong = 0;
    uint64_t expected = compute();
    interrupt_connect(INTERRUPT_TIMER, timer_interrupt);
    for (int round = 0; round < ROUNDS; round++) {
        distance = 311 + (uint32_t)round;
        timer_alarm(timer_ticks() + distance);
        interrupts_on();
        uint64_t result = compute();
        interrupts_off();
        wrong += result != expected;
    }
    printf("interrupted: %016llx, %d of %d rounds wrong, interruptions %s\n", expected, wrong, ROUNDS,
           interrupts >= INTERRUPTS_MIN ? "enough" : "TOO FEW");
    return wrong || interrupts < INTERRUPTS_MIN;
}
