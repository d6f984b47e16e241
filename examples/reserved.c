/* reserved.c - an undefined result: a load of a reserved control register.
 *
 * Shows: two replicas must give the same undefined results (WO 93/09494 requires it of the hardware). CR 1 to CR 7 are
 * reserved; this machine defines them to give 0. With the assumption `undefined` broken each machine gives its own
 * value, and a program that prints it tells its replicas apart.
 * Status 0.
 */
#include <understudy.h>

int main(void)
{
    uint32_t value;
    __asm__ volatile("mfctl 1,%0" : "=r"(value));
    for (uint32_t i = 0; i < 10; i++)
        printf("line %u, reserved register %u\n", i, value);
    return 0;
}
