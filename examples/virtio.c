/* virtio.c - every virtio device that there is, put to work: what it prints and what it leaves on the disks does not
 * depend on when it runs, on what, or on what fails.
 *
 * Shows: drivers for virtio-console, -blk, -scsi and -rng. What is printed goes to the first virtio console if there is
 * one. On each disk extents are written, several at a time, read back and compared, rewritten, and read back again. A
 * command that a virtio-scsi disk answers BUSY is issued again, without limit: after a fail-over nobody knows whether
 * it was performed.
 * Status 0 if all is as it should be, 1 if not, 3 if there is no device at all, 4 on a disk error.
 */
#include <understudy.h>
#include <virtio.h>

enum {
    OUTSTANDING = 6,
    EXTENTS = 24,
    EXTENT_BLOCKS = 4,
    EXTENT_BYTES = EXTENT_BLOCKS * 512,
    STEPS = 4, /* write generation 1, read it, write generation 2, read it */
    STATUS_WRONG = 1,
    STATUS_NO_DEVICE = 3,
    STATUS_DISK_ERROR = 4,
};

/* One request on its way: the headers and answers of either kind of disk. */
struct job {
    uint32_t extent, step;
    int head; /* -1: none on the way */
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } blk;
    uint8_t blk_status;
    uint8_t scsi[51];    /* logical unit, tag, attributes, command */
    uint8_t answer[108]; /* sense length, residual, status at 10, response at 11, sense */
    uint32_t words[EXTENT_BYTES / 4];
};

static struct virtio_device console, disk, rng;
static struct virtio_queue console_queues[2], disk_queues[3], rng_queue[1];
static bool on_virtio;
static struct job jobs[OUTSTANDING];
static uint32_t wrong;

/* ---- what is printed ---- */

static void say(const char *text)
{
    struct virtio_buffer buffer = {text, strlen(text), false};
    if (!on_virtio) {
        console_puts(text);
        return;
    }
    virtio_start(&console, 1, &buffer, 1);
    virtio_wait(&console, 1, NULL);
}

static void say_number(const char *format, uint32_t a, uint32_t b)
{
    char line[96];
    snprintf(line, sizeof line, format, a, b);
    say(line);
}

/* ---- disks ---- */

static uint32_t content(uint32_t slot, const struct job *job, uint32_t word)
{
    uint32_t value = (slot << 28) ^ (job->extent << 20) ^ ((1 + job->step / 2) << 12) ^ word;
    value *= UINT32_C(2246822519);
    return value ^ value >> 15;
}

static void start_blk(struct job *job, bool write)
{
    job->blk.type = virtio_le32(write);
    job->blk.reserved = 0;
    job->blk.sector = virtio_le64(job->extent * EXTENT_BLOCKS);
    const struct virtio_buffer buffers[] = {
        {&job->blk, sizeof job->blk, false}, {job->words, EXTENT_BYTES, !write}, {&job->blk_status, 1, true}};
    job->head = virtio_start(&disk, 0, buffers, 3);
}

static void start_scsi(struct job *job, bool write)
{
    uint32_t block = job->extent * EXTENT_BLOCKS;
    uint8_t *command = job->scsi + 19;
    memset(job->scsi, 0, sizeof job->scsi);
    job->scsi[0] = 1; /* target 0, logical unit 0 */
    job->scsi[2] = 0x40;
    command[0] = write ? 0x2A : 0x28; /* WRITE(10), READ(10) */
    command[4] = (uint8_t)(block >> 8);
    command[5] = (uint8_t)block;
    command[8] = EXTENT_BLOCKS;
    const struct virtio_buffer out[] = {{job->scsi, sizeof job->scsi, false},
                                        {job->words, EXTENT_BYTES, false},
                                        {job->answer, sizeof job->answer, true}};
    const struct virtio_buffer in[] = {{job->scsi, sizeof job->scsi, false},
                                       {job->answer, sizeof job->answer, true},
                                       {job->words, EXTENT_BYTES, true}};
    job->head = virtio_start(&disk, 2, write ? out : in, 3);
}

static void start_step(uint32_t slot, bool scsi, struct job *job)
{
    bool write = job->step % 2 == 0;
    for (uint32_t i = 0; i < EXTENT_BYTES / 4; i++)
        job->words[i] = write ? content(slot, job, i) : 0;
    (scsi ? start_scsi : start_blk)(job, write);
}

/* How a step ended: 0 good, 1 once more, 2 an error. */
static int outcome(const struct job *job, bool scsi)
{
    if (!scsi)
        return job->blk_status ? 2 : 0;
    if (job->answer[11])
        return 2;
    return job->answer[10] == 8 ? 1 : job->answer[10] ? 2 : 0;
}

static void step_ended(uint32_t slot, bool scsi, struct job *job, uint32_t *next_extent)
{
    int how = outcome(job, scsi);
    if (how == 2) {
        say("a disk error\n");
        power_off(STATUS_DISK_ERROR);
    }
    if (how == 0) {
        for (uint32_t i = 0; job->step % 2 && i < EXTENT_BYTES / 4; i++)
            wrong += job->words[i] != content(slot, job, i);
        if (++job->step == STEPS) {
            job->extent = (*next_extent)++;
            job->step = 0;
        }
    }
    job->head = -1;
    if (job->extent < EXTENTS)
        start_step(slot, scsi, job);
}

static void flush_blk(struct job *job)
{
    job->blk.type = virtio_le32(4);
    job->blk.sector = 0;
    const struct virtio_buffer buffers[] = {{&job->blk, sizeof job->blk, false}, {&job->blk_status, 1, true}};
    virtio_start(&disk, 0, buffers, 2);
    virtio_wait(&disk, 0, NULL);
    wrong += job->blk_status != 0;
}

static void work(uint32_t slot, bool scsi)
{
    unsigned queue = scsi ? 2 : 0;
    uint32_t next_extent = 0;
    for (unsigned i = 0; i < OUTSTANDING; i++) {
        jobs[i].extent = next_extent++;
        jobs[i].step = 0;
        start_step(slot, scsi, &jobs[i]);
    }
    for (uint32_t left = OUTSTANDING; left > 0;) {
        int head = virtio_wait(&disk, queue, NULL);
        for (unsigned i = 0; i < OUTSTANDING; i++)
            if (jobs[i].head == head) {
                step_ended(slot, scsi, &jobs[i], &next_extent);
                left -= jobs[i].head < 0;
                break;
            }
    }
    if (!scsi)
        flush_blk(&jobs[0]);
    say_number(scsi ? "slot %u: scsi disk, %u wrong\n" : "slot %u: blk disk, %u wrong\n", slot, wrong);
}

/* ---- the rest ---- */

static void randomize(uint32_t slot)
{
    static uint8_t bytes[32], zero[32];
    uint32_t size = 0;
    struct virtio_buffer buffer = {bytes, sizeof bytes, true};
    virtio_start(&rng, 0, &buffer, 1);
    virtio_wait(&rng, 0, &size);
    wrong += size != sizeof bytes || memcmp(bytes, zero, sizeof bytes) == 0;
    say_number("slot %u: %u random bytes\n", slot, size);
}

static void use(uint32_t slot, uint32_t id)
{
    bool good = true;
    if (id == VIRTIO_ID_BLK && (good = virtio_open(&disk, slot, disk_queues, 1)))
        work(slot, false);
    else if (id == VIRTIO_ID_SCSI && (good = virtio_open(&disk, slot, disk_queues, 3)))
        work(slot, true);
    else if (id == VIRTIO_ID_RNG && (good = virtio_open(&rng, slot, rng_queue, 1)))
        randomize(slot);
    if (!good) {
        say_number("slot %u: device %u does not agree\n", slot, id);
        wrong++;
    }
}

int main(void)
{
    unsigned devices = 0;
    for (unsigned slot = 0; slot < VIRTIO_SLOTS && !on_virtio; slot++)
        on_virtio = virtio_id(slot) == VIRTIO_ID_CONSOLE && virtio_open(&console, slot, console_queues, 2);
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++) {
        uint32_t id = virtio_id(slot);
        devices += id != 0;
        if (id)
            use(slot, id);
    }
    say_number("%u devices, %u wrong\n", devices, wrong);
    return !devices ? STATUS_NO_DEVICE : wrong ? STATUS_WRONG : 0;
}
