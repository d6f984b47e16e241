/* eight.c - eight disk commands outstanding at all times, reads and writes of several blocks, checked by content.
 *
 * Shows: a busy disk. Every extent of 4 blocks is written, read back, written with new contents and read back again,
 * each extent at its own pace, eight of them on the way at any time; commands on different extents may overtake each
 * other (Rule 2), the steps of one extent never do. Every block carries its place and its generation, so a lost, a
 * late or a misplaced write is found by the read that follows it.
 * What is printed, and what is on the disk at the end, do not depend on the order in which commands end.
 * Status 0 if all reads found what they should, 1 if not, 3 without a disk, 4 on a disk error.
 */
#include <understudy.h>

enum {
    OUTSTANDING = 8,
    EXTENTS = 64,
    EXTENT_BLOCKS = 4,
    EXTENT_WORDS = EXTENT_BLOCKS * DISK_BLOCK_BYTES / 4,
    STEPS = 4, /* write generation 1, read it, write generation 2, read it */
    STATUS_WRONG = 1,
    STATUS_NO_DISK = 3,
    STATUS_DISK_ERROR = 4,
};

/* One extent on its way through its steps. */
struct job {
    uint32_t extent;
    uint32_t step; /* that is outstanding; STEPS: the job is over */
    int slot;
    uint32_t words[EXTENT_WORDS];
};

static struct job jobs[OUTSTANDING];
static uint32_t next_extent, wrong, checksum;

static uint32_t content(uint32_t extent, uint32_t generation, uint32_t word)
{
    uint32_t value = (extent << 20) ^ (generation << 12) ^ word;
    value *= UINT32_C(2246822519);
    return value ^ value >> 15;
}

static void start_step(struct job *job)
{
    uint32_t block = job->extent * EXTENT_BLOCKS;
    uint32_t generation = 1 + job->step / 2;
    if (job->step % 2 == 0) {
        for (uint32_t i = 0; i < EXTENT_WORDS; i++)
            job->words[i] = content(job->extent, generation, i);
        job->slot = disk_start_write(block, EXTENT_BLOCKS, job->words);
    } else {
        memset(job->words, 0, sizeof job->words);
        job->slot = disk_start_read(block, EXTENT_BLOCKS, job->words);
    }
}

/* What a read brought. Sums do not depend on the order of the reads. */
static void check(const struct job *job)
{
    uint32_t generation = 1 + job->step / 2;
    uint32_t bad = 0;
    for (uint32_t i = 0; i < EXTENT_WORDS; i++) {
        bad += job->words[i] != content(job->extent, generation, i);
        checksum += job->words[i] * (2 * i + 1);
    }
    if (bad) {
        printf("eight: extent %u generation %u: %u words wrong\n", job->extent, generation, bad);
        wrong++;
    }
}

/* Start JOB on the next extent, if there is one. */
static bool start_job(struct job *job)
{
    if (next_extent == EXTENTS) {
        job->step = STEPS;
        return false;
    }
    job->extent = next_extent++;
    job->step = 0;
    start_step(job);
    return true;
}

static struct job *job_of(int slot)
{
    struct job *job = jobs;
    while (job->step == STEPS || job->slot != slot)
        job++;
    return job;
}

int main(void)
{
    int slot;
    uint32_t commands = 0, done = 0;
    if (disk_open() < EXTENTS * EXTENT_BLOCKS) {
        printf("eight: needs a disk of %d blocks\n", EXTENTS * EXTENT_BLOCKS);
        return STATUS_NO_DISK;
    }
    interrupts_on();
    for (int i = 0; i < OUTSTANDING; i++)
        start_job(&jobs[i]);
    while ((slot = disk_wait_any()) >= 0) {
        struct job *job = job_of(slot);
        enum disk_result result = disk_wait(slot);
        if (result != DISK_OK) {
            printf("eight: disk error %d\n", result);
            return STATUS_DISK_ERROR;
        }
        commands++;
        if (job->step % 2 == 1)
            check(job);
        if (++job->step < STEPS) {
            start_step(job);
            continue;
        }
        if (++done % 16 == 0)
            printf("eight: %u extents done\n", done);
        start_job(job);
    }
    printf("eight: %u commands, checksum %08x, %u wrong\n", commands, checksum, wrong);
    return wrong ? STATUS_WRONG : 0;
}
