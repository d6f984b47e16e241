/* finn.c - wrong: it does not compile, because nobody has written show_sum. */
#include <understudy.h>

static uint32_t block[DISK_BLOCK_BYTES / 4];

int main(void)
{
    if (disk_open() < 1)
        return 3;
    uint32_t number = 0;
    bool digits = false;
    for (;;) {
        int byte = console_get();
        if (byte < 0)
            continue;
        if (byte != '\n') {
            number = number * 10 + (uint32_t)(byte - '0');
            digits = true;
            continue;
        }
        if (!digits)
            return 0;
        block[0] += number;
        if (disk_write(0, 1, block) != DISK_OK)
            return 4;
        show_sum(block[0]);
        number = 0;
        digits = false;
    }
}
