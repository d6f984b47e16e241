/* surfacing.c - where do delayed traps surface?
 *
 * Shows: when the hardware delivers a delayed trap is a property of the machine. The program lets them interrupt it
 * (vector 32) and writes down how far it had come each time. Two bare machines with different seeds print different
 * lines; two replicas under a monitor must not (break the assumption `traps` to see them do it).
 * Status 0 if every overflow was delivered, 1 if not, 2 if the unit is not there.
 */
#include <understudy.h>

enum { OVERFLOWS = 24 };

static volatile uint32_t steps;
static uint32_t surfaced[OVERFLOWS], count;

static void on_delayed_trap(struct interruption_frame *frame)
{
    (void)frame;
    if (count < OVERFLOWS)
        surfaced[count++] = steps;
    dtu_clear_v1_general(~UINT32_C(0));
    dtu_clear_v2(~UINT32_C(0));
}

static void overflow(void)
{
    int32_t sum;
    __asm__ volatile("addo %1,%1,%0" : "=r"(sum) : "r"(0x7FFFFFFF) : "memory");
}

int main(void)
{
    dtu_enable(true);
    if (dtu_identify() != DTU_IDENTITY)
        return 2;
    interruption_connect(32, on_delayed_trap);
    dtu_set_delayed(DTU_OVERFLOW);
    interrupts_on();
    for (uint32_t i = 0; i < OVERFLOWS; i++) {
        overflow();
        for (uint32_t k = 0; k < 20000; k++)
            steps++;
    }
    dtu_drain();
    for (uint32_t i = 0; i < count; i++)
        printf("surfaced at step %u\n", surfaced[i]);
    return count == OVERFLOWS ? 0 : 1;
}
