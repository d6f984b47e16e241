/* paper.c - the programs of Bressoud's and Schneider's measurements (SOSP '95, section 4), as `understudy bench
 * --paper` runs them: one computes, one writes to the disk, one reads from it.
 *
 * PAPER_OPERATIONS 0: computes without an end, and one instruction in 4,008 is one that a monitor must simulate. That
 * is the paper's own count: 104,800 in a run of 4.2e8. Else so many transfers of 8 KiB, one after the other, with some
 * 16,000 (writes) or 18,000 instructions (reads) between two of them, of which 900 are simulated: our fit, for the
 * paper does not count them.
 * Status 0; 3 without a disk, 4 on a disk error.
 */
#include <understudy.h>

enum {
    TRANSFER_BLOCKS = 8192 / DISK_BLOCK_BYTES,
    PLACES = 8, /* on the disk, in turn */
    STATUS_NO_DISK = 3,
    STATUS_DISK_ERROR = 4,
};

#if PAPER_OPERATIONS

static uint8_t buffer[TRANSFER_BLOCKS * DISK_BLOCK_BYTES];

/* 900 times 17 instructions, or with PAPER_MORE 20, one of them privileged. */
static void work(void)
{
    for (unsigned i = 0; i < 900; i++)
        __asm__ volatile("ldo 6(%%r0),%%r1\n\taddib,> -1,%%r1,.\n\tnop\n" PAPER_MORE "\tssm 0,%%r0" ::: "r1");
}

/* It is looked for seldom: what a monitor simulates of that is not in the 900. */
static enum disk_result transfer(uint32_t block)
{
    int slot = PAPER_READS ? disk_start_read(block, TRANSFER_BLOCKS, buffer)
                           : disk_start_write(block, TRANSFER_BLOCKS, buffer);
    while (!disk_done(slot))
        __asm__ volatile("ldo 1000(%%r0),%%r1\n\taddib,> -1,%%r1,.\n\tnop" ::: "r1");
    return disk_wait(slot);
}

int main(void)
{
    if (disk_open() < PLACES * TRANSFER_BLOCKS)
        return STATUS_NO_DISK;
    interrupts_on();
    for (unsigned i = 0; i < PAPER_OPERATIONS; i++) {
        work();
        if (transfer(i % PLACES * TRANSFER_BLOCKS) != DISK_OK)
            return STATUS_DISK_ERROR;
    }
    return 0;
}

#else

int main(void)
{
    for (;;)
        __asm__ volatile("ldo 2001(%%r0),%%r1\n\taddib,> -1,%%r1,.\n\tnop\n\tnop\n\tssm 0,%%r0" ::: "r1");
}

#endif
