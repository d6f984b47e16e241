/* mp.c - several processors: LDCW locks, io_eir, a timer each, code that one writes and another executes.
 *
 * Processor 0 starts the others at mp_entry (PAGE0's MEM_RENDEZ, then a store to their io_eir) and everybody does the
 * same work: a counter under a lock, a counter without one, an interrupt to the next processor. The last word is the
 * highest-numbered processor's, which powers the computer off. Status 0: all as it must be.
 */
#include <understudy.h>

enum {
    PROCESSORS_MAX = 8,
    ROUNDS = 500,
    RING_INTERRUPT = 9,
    STEP_ROUNDS = 3,
    TIMER_TICKS = 2000,
};

#define PROCESSOR_BASE UINT32_C(0xFFFB0000)

void mp_entry(void);
uint32_t mp_number(void);
void mp_other(uint32_t number);

uint8_t mp_stacks[PROCESSORS_MAX][4096] __attribute__((aligned(64)));

/* 1: free. LDCW wants 16-byte alignment. */
static struct {
    volatile uint32_t word;
} lock __attribute__((aligned(16))) = {1};

static volatile uint32_t locked_count, unlocked_count, owner, mistakes, tokens;
static volatile uint32_t barrier_count, barrier_turn;
static volatile uint32_t timer_matches, code_seen[PROCESSORS_MAX];
static uint32_t processors;

static void acquire(void)
{
    uint32_t was;
    do
        __asm__ volatile("ldcws 0(%1),%0" : "=&r"(was) : "r"(&lock.word) : "memory");
    while (!was);
}

static void release(void)
{
    lock.word = 1;
}

static void note(bool good)
{
    if (good)
        return;
    acquire();
    mistakes++;
    release();
}

static void post(uint32_t processor, uint32_t interrupt)
{
    *(volatile uint32_t *)(PROCESSOR_BASE + processor * 0x1000) = interrupt;
}

/* All processors are here before one goes on. */
static void barrier(void)
{
    acquire();
    uint32_t turn = barrier_turn;
    if (++barrier_count == processors) {
        barrier_count = 0;
        barrier_turn = turn + 1;
    }
    release();
    while (barrier_turn == turn)
        continue;
}

static void count(uint32_t number)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        acquire();
        note(owner == 0);
        owner = number + 1;
        locked_count++;
        if (owner != number + 1)
            mistakes++;
        owner = 0;
        release();
    }
    barrier();
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (volatile uint32_t wait = i % (number + 2); wait > 0; wait--) /* every phase against the others */
            continue;
        unlocked_count++;
    }
    barrier();
}

/* A token goes round: each processor waits for its interrupt, and interrupts the next. */
static void ring(uint32_t number)
{
    for (unsigned i = 0; i < STEP_ROUNDS; i++) {
        if (number == 0)
            post(1 % processors, RING_INTERRUPT);
        while (!(interrupts_pending() & interrupt_mask(RING_INTERRUPT)))
            continue;
        interrupts_clear(interrupt_mask(RING_INTERRUPT));
        tokens++; /* nobody else has the token */
        if (number != 0)
            post((number + 1) % processors, RING_INTERRUPT);
    }
    note(!(interrupts_pending() & interrupt_mask(RING_INTERRUPT)));
    barrier();
}

/* Each processor's timer interrupts that processor, at its own time. */
static void timers(uint32_t number)
{
    uint32_t start = timer_ticks(), alarm = start + TIMER_TICKS * (processors - number);
    interrupts_clear(interrupt_mask(INTERRUPT_TIMER));
    timer_alarm(alarm);
    while (!(interrupts_pending() & interrupt_mask(INTERRUPT_TIMER)))
        continue;
    note((int32_t)(timer_ticks() - alarm) >= 0 && timer_ticks() - alarm < TIMER_TICKS / 2);
    interrupts_clear(interrupt_mask(INTERRUPT_TIMER));
    acquire();
    timer_matches++;
    release();
    barrier();
}

/* Processor 0 changes an instruction that the others have executed. */
static void code(uint32_t number)
{
    note(mp_number() == 1);
    barrier();
    if (number == 0)
        *(volatile uint32_t *)((uint32_t)(uintptr_t)mp_number + 4) += 2; /* ldi 1 becomes ldi 2 */
    barrier();
    code_seen[number] = mp_number();
    barrier();
}

static void work(uint32_t number)
{
    barrier();
    count(number);
    ring(number);
    timers(number);
    code(number);
}

void mp_other(uint32_t number)
{
    work(number);
    note(interrupts_pending() == 0);
    if (number == processors - 1) {
        while (!(interrupts_pending() & interrupt_mask(RING_INTERRUPT)))
            continue;
        power_off(mistakes != 0);
    }
    for (;;)
        idle();
}

static void start_others(void)
{
    static volatile uint32_t *const volatile rendezvous = (volatile uint32_t *)0x10;
    for (uint32_t i = 1; i < processors; i++)
        post(i, INTERRUPT_PROCESSOR); /* no address yet: they go on waiting */
    *rendezvous = (uint32_t)(uintptr_t)mp_entry;
    for (uint32_t i = 1; i < processors; i++)
        post(i, INTERRUPT_PROCESSOR);
}

int main(void)
{
    processors = *(volatile uint32_t *)(SYSTEM_BASE + SYSTEM_PROCESSORS);
    start_others();
    work(0);
    uint32_t seen = 0;
    for (uint32_t i = 0; i < processors; i++)
        seen += code_seen[i];
    bool lost = processors == 1 ? unlocked_count == ROUNDS : unlocked_count < processors * ROUNDS;
    bool right = locked_count == processors * ROUNDS && tokens == processors * STEP_ROUNDS &&
                 timer_matches == processors && seen == 2 * processors && lost;
    note(right);
    printf("mp: %u processors, %u under the lock, %u without, %u tokens, %u timers, %u mistakes\n", processors,
           locked_count, unlocked_count, tokens, timer_matches, mistakes);
    if (processors == 1)
        return mistakes != 0;
    post(processors - 1, RING_INTERRUPT); /* it says the last word */
    for (;;)
        idle();
}
