/* deadline.c - hand-ins are accepted until a deadline, by the clock of the world; each is decided exactly once.
 *
 * Shows: a decision that depends on something that no second computer can compute (the time), and that must not be
 * taken twice with different results. Each hand-in is weighed for a while, then the clock is read: the decision
 * (accepted or late, when) goes to the disk first, to the terminal second. At the end every decision is read back and
 * must be what was printed; the clock must not have gone backwards; nobody may be accepted after the first who was
 * late. A disk that already holds decisions of an earlier, interrupted run keeps them: they are not taken again (and
 * their times are not compared with this run's, whose clock may have been set anew).
 *
 * Disk: block 0 the course (with the deadline), block 1 + n the decision about hand-in n.
 * Status 0 if disk and terminal agree, 1 if not, 3 without a disk, 4 on a disk error.
 */
#include <understudy.h>

enum {
    HAND_INS = 40,
    WINDOW_NANOSECONDS = 7000000, /* from the start to the deadline */
    WORK_STEPS = 500,             /* to weigh one hand-in */
    STATUS_DISAGREE = 1,
    STATUS_NO_DISK = 3,
    STATUS_DISK_ERROR = 4,
};

#define COURSE_MAGIC   UINT32_C(0x434F5552) /* "COUR" */
#define DECISION_MAGIC UINT32_C(0x44454349) /* "DECI" */
#define ACCEPTED       UINT32_C(0x41434350)
#define LATE           UINT32_C(0x4C415445)

/* Block 0. */
struct course {
    uint32_t magic, hand_ins;
    struct world_time start, deadline;
    uint32_t filler[122];
};

/* A block each. */
struct decision {
    uint32_t magic, hand_in;
    uint32_t verdict;
    struct world_time time;
    uint32_t ticks;  /* CR16 when it was taken */
    uint32_t weight; /* of the hand-in's contents */
    uint32_t check;  /* of the words above */
    uint32_t filler[120];
};

_Static_assert(sizeof(struct course) == DISK_BLOCK_BYTES, "one block");
_Static_assert(sizeof(struct decision) == DISK_BLOCK_BYTES, "one block");

static struct course course;
static struct decision decisions[HAND_INS]; /* as printed */
static struct decision on_disk[HAND_INS];   /* as read back */

static void must(enum disk_result result)
{
    if (result == DISK_OK)
        return;
    printf("deadline: disk error %d\n", result);
    power_off(STATUS_DISK_ERROR);
}

static bool before(struct world_time a, struct world_time b)
{
    return a.seconds < b.seconds || (a.seconds == b.seconds && a.nanoseconds < b.nanoseconds);
}

static void print_time(struct world_time time)
{
    uint32_t of_day = time.seconds % 86400;
    printf("%02u:%02u:%02u.%06u", of_day / 3600, of_day / 60 % 60, of_day % 60, time.nanoseconds / 1000);
}

static uint32_t check_of(const struct decision *d)
{
    return d->magic ^ d->hand_in * 3 ^ d->verdict ^ d->time.seconds * 5 ^ d->time.nanoseconds * 7 ^ d->ticks * 11 ^
           d->weight * 13;
}

/* Read the contents of hand-in NUMBER, so to speak: some work that takes its time. */
static uint32_t weigh(uint32_t number)
{
    uint32_t value = number + 1;
    for (int i = 0; i < WORK_STEPS; i++)
        value = value * UINT32_C(1664525) + UINT32_C(1013904223);
    return value;
}

static void decide(uint32_t number)
{
    struct decision *d = &decisions[number];
    *d = (struct decision){.magic = DECISION_MAGIC, .hand_in = number};
    d->weight = weigh(number);
    d->time = world_clock();
    d->ticks = timer_ticks();
    d->verdict = before(d->time, course.deadline) ? ACCEPTED : LATE;
    d->check = check_of(d);
    must(disk_write(1 + number, 1, d));
}

static bool decided(const struct decision *d, uint32_t number)
{
    return d->magic == DECISION_MAGIC && d->hand_in == number && d->check == check_of(d) &&
           (d->verdict == ACCEPTED || d->verdict == LATE);
}

/* The course on this disk, or a new one that starts now: no hand-in decided, then the head. Returns the number of
 * decisions kept from an earlier run. */
static uint32_t open_course(void)
{
    must(disk_read(0, 1, &course));
    if (course.magic == COURSE_MAGIC && course.hand_ins == HAND_INS) {
        uint32_t kept = 0;
        must(disk_read(1, HAND_INS, decisions));
        while (kept < HAND_INS && decided(&decisions[kept], kept))
            kept++;
        return kept;
    }
    must(disk_write(1, HAND_INS, decisions)); /* all zero */
    must(disk_flush());
    memset(&course, 0, sizeof course);
    course.magic = COURSE_MAGIC;
    course.hand_ins = HAND_INS;
    course.start = world_clock();
    course.deadline = course.start;
    course.deadline.nanoseconds += WINDOW_NANOSECONDS;
    if (course.deadline.nanoseconds >= 1000000000) {
        course.deadline.nanoseconds -= 1000000000;
        course.deadline.seconds++;
    }
    must(disk_write(0, 1, &course));
    return 0;
}

/* Compare the disk with what was printed, and the decisions from KEPT on with each other. Returns the number of things
 * wrong. */
static uint32_t verify(uint32_t kept, uint32_t *accepted)
{
    uint32_t wrong = 0;
    bool late = false;
    *accepted = 0;
    must(disk_flush());
    must(disk_read(1, HAND_INS, on_disk));
    for (uint32_t i = 0; i < HAND_INS; i++) {
        const struct decision *d = &on_disk[i];
        if (memcmp(d, &decisions[i], sizeof *d) != 0 || !decided(d, i)) {
            printf("deadline: hand-in %u on disk is not what was printed\n", i + 1);
            wrong++;
        }
        if (i > kept && before(d->time, on_disk[i - 1].time)) {
            printf("deadline: time went backwards at hand-in %u\n", i + 1);
            wrong++;
        }
        if (d->verdict == ACCEPTED && late) {
            printf("deadline: hand-in %u accepted after one that was late\n", i + 1);
            wrong++;
        }
        late = late || (i >= kept && d->verdict == LATE);
        *accepted += d->verdict == ACCEPTED;
    }
    return wrong;
}

int main(void)
{
    uint32_t accepted;
    if (disk_open() < 1 + HAND_INS) {
        printf("deadline: needs a disk of %d blocks\n", 1 + HAND_INS);
        return STATUS_NO_DISK;
    }
    uint32_t kept = open_course();
    printf("deadline: ");
    print_time(course.deadline);
    printf("\n");
    for (uint32_t i = 0; i < HAND_INS; i++) {
        if (i >= kept)
            decide(i);
        printf("hand-in %2u %s at ", i + 1, decisions[i].verdict == ACCEPTED ? "accepted" : "late    ");
        print_time(decisions[i].time);
        printf(" (%08x)\n", decisions[i].ticks);
    }
    uint32_t wrong = verify(kept, &accepted);
    printf("deadline: %u accepted, %u late, %s\n", accepted, HAND_INS - accepted,
           wrong ? "disk and terminal DISAGREE" : "disk and terminal agree");
    return wrong ? STATUS_DISAGREE : 0;
}
