/* probe.c - the guest of the monitor's tests: named places, known registers, known memory, and enough instructions for
 * a few hundred epochs. Prints one line and powers off with status 5.
 */
#include <understudy.h>

extern const char probe_text[];
extern const uint32_t probe_words[4];
void probe_loop(uint32_t i);
uint32_t probe_registers(void);

const char probe_text[] = "a \"text\"\n";
const uint32_t probe_words[4] = {0x01020304, 0xFFFFFFFE, 0, 0x80000000};

/* 7 + 9 in registers that the test looks at. */
__asm__(".text\n"
        ".globl probe_registers\n"
        ".type probe_registers,@function\n"
        "probe_registers:\n"
        "\tldi 7,%r20\n"
        "\tldi 9,%r21\n"
        "\tadd %r20,%r21,%r28\n"
        "\tbv %r0(%r2)\n"
        "\tnop\n"
        ".size probe_registers,.-probe_registers\n");

__attribute__((noinline)) void probe_loop(uint32_t i)
{
    for (volatile uint32_t spin = 0; spin < i; spin++)
        continue;
}

int main(void)
{
    uint32_t sum = probe_registers();
    for (unsigned i = 0; i < 3; i++)
        probe_loop(20000);
    printf("probe: %u\n", sum);
    return 5;
}
