/* trap_transfers.c - interruptions that come between instructions: transfer and taken branch traps, the recovery
 * counter, external interrupts and the interval timer; returning from interruption; interruptions in interruptions.
 *
 * Architecture manual, "Interruptions" (vectors 3, 4, 23 to 25; shadow registers, RFI, RFIR, PSW[Q]), "Recovery
 * Counter", EIRR and EIEM, and the processor's io_eir register. Status 0 if all is as they say.
 */
#include "mmu_support.h"

extern const char trap_page[], b_taken[], b_slot[], b_target[], b_untaken[], b_untaken_end[], b_demote[],
    b_demote_slot[], b_gate[], b_gate_slot[], b_gate_target[], straight[], nullifying[], enable_then[], enable_next[],
    enable_end[], counted[], uncounted[], shadows[], shadows_end[], forever[], t_break[], r_mtctl[];

#define SPACE  5
#define BASE   UINT32_C(0x00700000)
#define IO_EIR UINT32_C(0xFFFB0000)

static const void *virtual(const char *label)
{
    return (const void *)(BASE + (address(label) - address(trap_page)));
}

static frame trial_of(const char *label, unsigned level, uint32_t psw)
{
    frame trial = trial_new(virtual(label), level, psw | PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    return trial;
}

/* PSW[T]: before the delay slot; not on a branch that is not taken. */
static void taken_branches(void)
{
    frame trial = trial_of(b_taken, 3, PSW_T);
    const frame *result = trial_run(&trial);
    check_at("taken branch", 0, result, V_TAKEN_BRANCH, virtual(b_slot), 3);
    check("taken branch", 0, result->iaoq[1], address(virtual(b_target)) | 3);
    check("taken branch", 0, result->ipsw, PSW_C | PSW_Q | PSW_T | PSW_B);
    check("taken branch", 0, result->gr[6], 0);
    frame resumed = *result;
    result = trial_run(&resumed);
    check_at("taken branch, resumed", 0, result, V_BREAK, virtual(b_target), 3);
    check("taken branch, resumed", 0, result->gr[6], 1);
    trial = trial_of(b_untaken, 3, PSW_T);
    check_at("branch not taken", 0, trial_run(&trial), V_BREAK, virtual(b_untaken_end), 3);
    trial = trial_of(b_taken, 3, 0);
    check_at("PSW[T] = 0", 0, trial_run(&trial), V_BREAK, virtual(b_target), 3);
}

/* PSW[H] and PSW[L]: before the first instruction at the new level, after the delay slot. */
static void transfer(const char *what, const char *label, uint32_t psw, unsigned from, unsigned to, unsigned vector,
                     const char *target)
{
    frame trial = trial_of(label, from, psw);
    trial.gr[5] = address(virtual(b_target)) | to;
    const frame *result = trial_run(&trial);
    uint32_t number = from << 4 | to;
    check_at(what, number, result, vector, virtual(target), to);
    check(what, number, result->iaoq[1], (address(virtual(target)) + 4) | to);
    check(what, number, result->ipsw, psw | PSW_C | PSW_Q);
    check(what, number, label == b_gate ? result->gr[7] : result->gr[6], 1); /* the slot was executed */
    frame resumed = *result;
    check_at(what, number, trial_run(&resumed), V_BREAK, virtual(target), to);
}

static void transfers(void)
{
    for (unsigned from = 0; from < 4; from++) {
        for (unsigned to = from; to < 4; to++) {
            unsigned vector = to > from ? V_LOWER : V_BREAK;
            transfer("lower privilege", b_demote, PSW_L, from, to, vector, b_target);
            transfer("PSW[H], lower privilege", b_demote, PSW_H, from, to, V_BREAK, b_target);
        }
        for (unsigned to = 0; to < 4; to++) {
            map(SPACE, BASE, 4096, address(trap_page), PROT_RIGHTS(4 + to, 3, 0));
            unsigned level = to < from ? to : from;
            unsigned vector = level < from ? V_HIGHER : V_BREAK;
            transfer("higher privilege", b_gate, PSW_H, from, level, vector, b_gate_target);
            transfer("PSW[L], higher privilege", b_gate, PSW_L, from, level, V_BREAK, b_gate_target);
            map(SPACE, BASE, 4096, address(trap_page), PROT_ALL);
        }
    }
}

/* The recovery counter: CR 0 goes down with each instruction that is executed; negative, it is vector 3. */
static void recovery(void)
{
    for (uint32_t count = 0; count < 7; count++) {
        SET_CR(0, count);
        frame trial = trial_of(straight, 3, PSW_R);
        const frame *result = trial_run(&trial);
        check_at("recovery counter", count, result, V_RECOVERY, straight + BASE - address(trap_page) + 4 * (count + 1),
                 3);
        check("recovery counter", count, GET_CR(0), UINT32_MAX);
        for (uint32_t i = 1; i <= 7; i++)
            check("recovery counter", count << 4 | i, result->gr[i], i <= count + 1 ? i : 0);
        frame resumed = *result; /* negative: at once, with nothing executed */
        result = trial_run(&resumed);
        check_at("negative", count, result, V_RECOVERY, straight + BASE - address(trap_page) + 4 * (count + 1), 3);
        check("negative", count, GET_CR(0), UINT32_MAX);
    }
    SET_CR(0, 7);
    frame trial = trial_of(straight, 3, PSW_R);
    check("recovery counter, not yet", 7, trial_run(&trial)->vector, V_BREAK);
    check("recovery counter, not yet", 7, GET_CR(0), 0);
    SET_CR(0, 5);
    trial = trial_of(straight, 3, 0);
    check("PSW[R] = 0", 0, trial_run(&trial)->vector, V_BREAK);
    check("PSW[R] = 0", 0, GET_CR(0), 5);
    trial = trial_of(nullifying, 3, PSW_R); /* five instructions, one nullified, one that does not complete */
    check("nullified", 0, trial_run(&trial)->vector, V_BREAK);
    check("nullified", 0, GET_CR(0), 2);
    /* what counts is PSW[R] when the instruction begins */
    SET_CR(0, 5);
    trial = trial_of(counted, 0, PSW_R);
    check("PSW[R] cleared", 0, trial_run(&trial)->vector, V_BREAK);
    check("PSW[R] cleared", 0, GET_CR(0), 4);
    trial = trial_of(uncounted, 0, 0);
    check("PSW[R] set", 0, trial_run(&trial)->vector, V_BREAK);
    check("PSW[R] set", 0, GET_CR(0), 3);
}

static void post(unsigned interrupt)
{
    store32(IO_EIR, interrupt);
}

static void external(void)
{
    interrupts_clear(UINT32_MAX);
    for (unsigned interrupt = 1; interrupt < 32; interrupt++) {
        post(interrupt);
        check("EIRR", interrupt, interrupts_pending(), interrupt_mask(interrupt));
        interrupts_enable(~interrupt_mask(interrupt));
        frame trial = trial_of(straight, 3, PSW_I);
        check("masked", interrupt, trial_run(&trial)->vector, V_BREAK);
        interrupts_enable(UINT32_MAX);
        trial = trial_of(straight, 3, 0);
        check("PSW[I] = 0", interrupt, trial_run(&trial)->vector, V_BREAK);
        interrupts_enable(interrupt_mask(interrupt));
        trial = trial_of(straight, 3, PSW_I);
        const frame *result = trial_run(&trial);
        check_at("external", interrupt, result, V_EXTERNAL, virtual(straight), 3);
        check("external", interrupt, result->ipsw, PSW_C | PSW_Q | PSW_I);
        check("external: nothing executed", interrupt, result->gr[1], 0);
        /* in the middle of what else the PSW says: a nullified instruction, a branch's slot */
        trial = trial_of(straight, 3, PSW_I | PSW_N);
        result = trial_run(&trial);
        check_at("external, PSW[N]", interrupt, result, V_EXTERNAL, virtual(straight), 3);
        check("external, PSW[N]", interrupt, result->ipsw, PSW_C | PSW_Q | PSW_I | PSW_N);
        frame resumed = *result;
        resumed.ipsw &= ~(uint32_t)PSW_I;
        result = trial_run(&resumed);
        check("external, PSW[N], resumed", interrupt, result->gr[1] << 4 | result->gr[2], 2);
        trial = trial_of(b_slot, 3, PSW_I | PSW_B);
        trial.iaoq[1] = address(virtual(b_target)) | 3;
        result = trial_run(&trial);
        check_at("external, slot", interrupt, result, V_EXTERNAL, virtual(b_slot), 3);
        check("external, slot", interrupt, result->iaoq[1], address(virtual(b_target)) | 3);
        check("external, slot", interrupt, result->ipsw, PSW_C | PSW_Q | PSW_I | PSW_B);
        check("EIRR stays", interrupt, interrupts_pending(), interrupt_mask(interrupt));
        interrupts_clear(interrupt_mask(interrupt));
        check("EIRR cleared", interrupt, interrupts_pending(), 0);
    }
}

/* What begins or ends an interruption's wait: before the next instruction. */
static void enabling(void)
{
    frame trial;
    const frame *result;
    post(3);
    post(9);
    interrupts_clear(interrupt_mask(9));
    check("one of two cleared", 0, interrupts_pending(), interrupt_mask(3));
    /* PSW[I] set by SSM: before the next instruction */
    trial = trial_of(enable_then, 0, 0);
    interrupts_enable(interrupt_mask(3));
    result = trial_run(&trial);
    check_at("ssm", 0, result, V_EXTERNAL, virtual(enable_next), 0);
    check("ssm", 0, result->gr[6], PSW_Q);
    /* so does writing EIEM; and a changed identifier is heeded by the next fetch */
    interrupts_enable(0);
    trial = trial_of(r_mtctl + 8 * 15, 0, PSW_I);
    check_at("eiem, none", 0, trial_run(&trial), V_BREAK, virtual(r_mtctl + 8 * 15 + 4), 0);
    trial.gr[6] = interrupt_mask(3);
    check_at("eiem", 0, trial_run(&trial), V_EXTERNAL, virtual(r_mtctl + 8 * 15 + 4), 0);
    map(SPACE, BASE, 4096, address(trap_page), PROT_ALL | PROT_ID(0x77));
    SET_CR(8, PROT_ID(0x77));
    trial = trial_of(r_mtctl + 8 * 8, 0, PSW_P);
    trial.gr[6] = PROT_ID(0x77);
    check_at("identifier, the same", 0, trial_run(&trial), V_BREAK, virtual(r_mtctl + 8 * 8 + 4), 0);
    trial.gr[6] = 0;
    check_at("identifier", 0, trial_run(&trial), V_INSTRUCTION_PROTECTION, virtual(r_mtctl + 8 * 8 + 4), 0);
    map(SPACE, BASE, 4096, address(trap_page), PROT_ALL);
    /* the recovery counter comes before external interrupts */
    SET_CR(0, 0x80000000);
    trial = trial_of(straight, 3, PSW_I | PSW_R);
    check("recovery and external", 0, trial_run(&trial)->vector, V_RECOVERY);
    SET_CR(0, 0);
    check("external, then recovery", 0, trial_run(&trial)->vector, V_EXTERNAL);
    check("external, then recovery", 0, GET_CR(0), 0);
    interrupts_clear(UINT32_MAX);
}

/* The interval timer ends a loop that has no other end, not before its time. */
static void timer(void)
{
    for (uint32_t distance = 3000; distance < 6000; distance += 311) {
        uint32_t alarm = timer_ticks() + distance;
        interrupts_enable(interrupt_mask(INTERRUPT_TIMER));
        timer_alarm(alarm);
        frame trial = trial_of(forever, 3, PSW_I);
        const frame *result = trial_run(&trial);
        check("timer", distance, result->vector, V_EXTERNAL);
        check("timer", distance, interrupts_pending(), interrupt_mask(INTERRUPT_TIMER));
        check("timer: in time", distance, (int32_t)(timer_ticks() - alarm) >= 0, true);
        check("timer: not early", distance, result->gr[6] > distance / 2 - 1000, true);
        interrupts_clear(UINT32_MAX);
    }
    interrupts_enable(0);
}

/* RFIR gives back what the interruption before put into the shadow registers; PSW[Q] = 0 keeps the old. */
static void returns(void)
{
    static const uint8_t shadowed[7] = {1, 8, 9, 16, 17, 24, 25};
    frame trial = trial_new(t_break, 0, 0);
    for (unsigned i = 1; i < 32; i++)
        trial.gr[i] = 0x1000 + i;
    trial.gr[30] = 0;
    trial_run(&trial);
    trial = trial_new(shadows, 0, 0);
    trial.gr[10] = address(shadows_end);
    trial.gr[11] = address(shadows_end) + 4;
    trial.gr[12] = PSW_Q;
    const frame *result = trial_run(&trial);
    check_at("rfir", 0, result, V_BREAK, shadows_end, 0);
    for (unsigned i = 0; i < 7; i++)
        check("rfir", shadowed[i], result->gr[shadowed[i]], 0x1000u + shadowed[i]);
    uint32_t iir = result->iir;
    trial = trial_new(straight, 0, 0);
    trial.ipsw = 0;
    result = trial_run(&trial);
    check("PSW[Q] = 0", 0, result->vector, V_BREAK);
    check("PSW[Q] = 0: it ran", 0, result->gr[7], 7);
    check("PSW[Q] = 0: IPSW", 0, result->ipsw, 0);
    check("PSW[Q] = 0: the queue as it was", 0, result->iaoq[0], address(straight));
    check("PSW[Q] = 0: IIR as it was", 0, result->iir, iir);
}

static unsigned depth, deepest;

static void nested(frame *interrupted)
{
    uint32_t back = interrupted->iaoq[1];
    if (++depth < 20) {
        __asm__ volatile("break 3,3" : : : "memory");
        check("nested: IIR", depth, interrupted->iir >> 26, 0);
    } else {
        deepest = depth;
    }
    depth--;
    interrupted->iaoq[0] = back;
    interrupted->iaoq[1] = back + 4;
}

int main(void)
{
    trial_start("trap_transfers");
    map(SPACE, BASE, 4096, address(trap_page), PROT_ALL);
    taken_branches();
    transfers();
    recovery();
    external();
    enabling();
    timer();
    returns();
    interruption_connect(VECTOR_BREAK, nested);
    __asm__ volatile("break 3,3" : : : "memory");
    check("nested", 0, deepest, 20);
    check("nested", 0, depth, 0);
    return trial_end();
}
