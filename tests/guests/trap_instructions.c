/* trap_instructions.c - interruptions that instructions cause by themselves: what is left in IIR, ISR, IOR, IPSW and
 * the queues, and that nothing else has changed.
 *
 * Architecture manual, "Interruptions" (vectors 1, 8 to 14, 22, 28), privileged instructions and registers, PSW[M],
 * PSW[S], CCR. Status 0 if all is so.
 */
#include "mmu_support.h"

extern const char trap_page[], t_break[], t_illegal[], t_illegal2[], t_addo[], t_subo[], t_sh1addo[], t_sh3addo[],
    t_addco[], t_addio[], t_subio[], t_addit[], t_addito[], t_sub_tc[], t_copr2[], t_sfu1[], t_fadd[], t_fldd[],
    p_rfi[], p_rfir[], p_ssm[], p_rsm[], p_mtsm[], p_lpa[], p_lci[], p_idtlba[], p_idtlbp[], p_iitlba[], p_iitlbp[],
    p_pdtlb[], p_pitlb[], p_pdtlbe[], p_pitlbe[], p_ldwas[], p_ldwax[], p_stwas[], r_mtctl[], r_mfctl[], r_mtsp[],
    r_mfsp[], p_diag[], s_branch[], s_slot[], s_target[], n_break[], n_end[], n_branch[], n_target[];

#define SPACE   5
#define BASE    UINT32_C(0x00700000)
#define NOTHING UINT32_C(0xFFF70000)

static uint32_t word = 0x01020304;

static const void *virtual(const char *label)
{
    return (const void *)(BASE + (address(label) - address(trap_page)));
}

static frame trial_of(const char *label, unsigned level, uint32_t psw)
{
    frame trial = trial_new(psw & PSW_C ? virtual(label) : label, level, psw);
    if (psw & PSW_C)
        trial.iasq[0] = trial.iasq[1] = SPACE;
    trial.gr[6] = 0x66;
    trial.gr[5] = address(&word);
    return trial;
}

/* The instruction at LABEL, untranslated and translated, at each level, is VECTOR; %r6 keeps its value. */
static void trap(const char *what, const char *label, unsigned vector, uint32_t r7, uint32_t r8)
{
    for (unsigned number = 0; number < 8; number++) {
        uint32_t psw = number & 4 ? PSW_C : 0;
        frame trial = trial_of(label, number & 3, psw);
        trial.gr[7] = r7;
        trial.gr[8] = r8;
        const frame *result = trial_run(&trial);
        const void *front = psw ? virtual(label) : label;
        check_at(what, number, result, vector, front, number & 3);
        check(what, number, result->iaoq[1], (address(front) + 4) | (number & 3));
        check(what, number, result->iasq[0], psw ? SPACE : 0);
        check(what, number, result->iir, word_of(label));
        check(what, number, result->ipsw, psw | PSW_Q);
        check(what, number, result->gr[6], 0x66);
    }
}

/* The same operation does not trap, and its result is WANTED. */
static void no_trap(const char *what, const char *label, uint32_t r7, uint32_t r8, uint32_t wanted)
{
    frame trial = trial_of(label, 3, PSW_C);
    trial.gr[7] = r7;
    trial.gr[8] = r8;
    const frame *result = trial_run(&trial);
    check_at(what, 0, result, V_BREAK, (const char *)virtual(label) + 4, 3);
    check(what, 0, result->gr[6], wanted);
}

static void arithmetic(void)
{
    trap("break", t_break, V_BREAK, 0, 0);
    trap("illegal instruction", t_illegal, V_ILLEGAL, 0, 0);
    trap("illegal instruction, major opcode 63", t_illegal2, V_ILLEGAL, 0, 0);
    trap("addo", t_addo, V_OVERFLOW, 0x7FFFFFFF, 1);
    trap("addo, negative", t_addo, V_OVERFLOW, 0x80000000, 0xFFFFFFFF);
    no_trap("addo", t_addo, 0x7FFFFFFE, 1, 0x7FFFFFFF);
    no_trap("addo, carry", t_addo, 0xFFFFFFFF, 1, 0);
    trap("subo", t_subo, V_OVERFLOW, 0x80000000, 1);
    no_trap("subo", t_subo, 0x80000001, 1, 0x80000000);
    trap("sh1addo, sum", t_sh1addo, V_OVERFLOW, 0x3FFFFFFF, 2);
    trap("sh1addo, shift", t_sh1addo, V_OVERFLOW, 0x40000000, 0);
    trap("sh1addo, shift, a sum that would fit", t_sh1addo, V_OVERFLOW, 0x40000000, 0xFFFFFFFF);
    no_trap("sh1addo", t_sh1addo, 0x3FFFFFFF, 1, 0x7FFFFFFF);
    trap("sh3addo, shift", t_sh3addo, V_OVERFLOW, 0xEFFFFFFF, 0);
    no_trap("sh3addo", t_sh3addo, 0xF0000000, 5, 0x80000005);
    trap("addco", t_addco, V_OVERFLOW, 0x7FFFFFFF, 1); /* the carry is 0 */
    trap("addio", t_addio, V_OVERFLOW, 0x7FFFFFFF, 0);
    no_trap("addio", t_addio, 0xFFFFFFFF, 0, 0);
    trap("subio", t_subio, V_OVERFLOW, 0x80000000, 0);
    no_trap("subio", t_subio, 0x7FFFFFFF, 0, 0x80000002);
    trap("addit", t_addit, V_CONDITIONAL, 5, 0);
    no_trap("addit", t_addit, 6, 0, 1);
    trap("addito, condition", t_addito, V_CONDITIONAL, 0xFFFFFFFF, 0);
    trap("addito, overflow", t_addito, V_OVERFLOW, 0x7FFFFFFF, 0);
    trap("sub,t", t_sub_tc, V_CONDITIONAL, 3, 4);
    no_trap("sub,t", t_sub_tc, 4, 3, 1);
}

/* Assists: a coprocessor and a unit that are not there; floating point switched off; an exception that waits. */
static void assists(void)
{
    uint32_t ccr = GET_CR(10);
    trap("coprocessor 2", t_copr2, V_EMULATION, 0, 0);
    trap("special function unit 1", t_sfu1, V_EMULATION, 0, 0);
    for (unsigned enabled = 0; enabled < 4; enabled++) {
        SET_CR(10, enabled << 6); /* bits 0 and 1 of CCR, in bits 24 and 25 of CR 10 */
        frame trial = trial_of(t_fadd, 3, PSW_C);
        const frame *result = trial_run(&trial);
        check("floating point off", enabled, result->vector, enabled == 3 ? V_BREAK : V_EMULATION);
        if (enabled != 3)
            check("floating point off", enabled, result->iir, word_of(t_fadd));
        trial = trial_of(t_fldd, 0, 0);
        trial.gr[5] = NOTHING; /* the unit comes first */
        check("floating-point load", enabled, trial_run(&trial)->vector, enabled == 3 ? V_HPMC : V_EMULATION);
    }
    SET_CR(10, ccr);
}

/* Privileged operations: at level 0 they are done, at the others they are vector 10. */
static void privileged(void)
{
    static const struct {
        const char *name, *label;
    } cases[] = {
        {"rfi", p_rfi},       {"rfir", p_rfir},   {"ssm", p_ssm},       {"rsm", p_rsm},       {"mtsm", p_mtsm},
        {"lpa", p_lpa},       {"lci", p_lci},     {"idtlba", p_idtlba}, {"idtlbp", p_idtlbp}, {"iitlba", p_iitlba},
        {"iitlbp", p_iitlbp}, {"pdtlb", p_pdtlb}, {"pitlb", p_pitlb},   {"pdtlbe", p_pdtlbe}, {"pitlbe", p_pitlbe},
        {"ldwas", p_ldwas},   {"ldwax", p_ldwax}, {"stwas", p_stwas},   {"diag", p_diag},
    };
    map(0, address(&word) & ~0xFFFu, 4096, address(&word) & ~0xFFFu, PROT_ALL); /* for LPA */
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned level = i < 2; level < 4; level++) { /* RFI itself is not for a trial's level 0 */
            frame trial = trial_of(cases[i].label, level, PSW_C);
            trial.gr[6] = PSW_Q;
            const frame *result = trial_run(&trial);
            if (level == 0) {
                check_at(cases[i].name, level, result, V_BREAK, (const char *)virtual(cases[i].label) + 4, 0);
                continue;
            }
            check_at(cases[i].name, level, result, V_PRIVILEGED_OPERATION, virtual(cases[i].label), level);
            check(cases[i].name, level, result->iir, word_of(cases[i].label));
            check(cases[i].name, level, result->gr[6], PSW_Q);
        }
    }
    check("stwas at level 0", 0, word, 0);
    word = 0x01020304;
}

/* Which registers a level may read and write. */
static void registers(void)
{
    for (unsigned number = 0; number < 32; number++) {
        const char *write = r_mtctl + 8 * number, *read = r_mfctl + 8 * number;
        frame trial = trial_of(write, 3, PSW_C);
        trial.gr[6] = 7;
        const frame *result = trial_run(&trial);
        check("mtctl", number, result->vector, number == 11 ? V_BREAK : V_PRIVILEGED_REGISTER);
        if (number != 11)
            check("mtctl", number, result->iir, word_of(write));
        for (unsigned secure = 0; secure < 2; secure++) {
            bool free = number == 11 || number == 26 || number == 27 || (number == 16 && !secure);
            trial = trial_of(read, 3, PSW_C | (secure ? PSW_S : 0));
            result = trial_run(&trial);
            check("mfctl", secure << 8 | number, result->vector, free ? V_BREAK : V_PRIVILEGED_REGISTER);
            check("mfctl", secure << 8 | number, result->iir, word_of(read + (free ? 4 : 0)));
            if (!free)
                check("mfctl", number, result->gr[6], 0x66);
        }
        trial = trial_of(read, 0, PSW_S);
        check("mfctl at level 0", number, trial_run(&trial)->vector, V_BREAK);
    }
    for (unsigned number = 0; number < 8; number++) {
        for (unsigned level = 0; level < 4; level++) {
            bool free = number < 5 || level == 0;
            frame trial = trial_of(r_mtsp + 8 * number, level, PSW_C);
            trial.gr[6] = 0x10 + number;
            const frame *result = trial_run(&trial);
            check("mtsp", number, result->vector, free ? V_BREAK : V_PRIVILEGED_REGISTER);
            trial = trial_of(r_mfsp + 8 * number, level, PSW_C);
            result = trial_run(&trial);
            check("mfsp", number, result->vector, V_BREAK);
            if (free && number > 0) /* SR 0 is loaded with the trial */
                check("mfsp", number, result->gr[6], 0x10 + number);
        }
    }
}

/* A trap in the slot of a taken branch; instructions that are nullified do not trap. */
static void slots(void)
{
    frame trial = trial_of(s_branch, 3, PSW_C);
    const frame *result = trial_run(&trial);
    check_at("in a slot", 0, result, V_BREAK, virtual(s_slot), 3);
    check("in a slot", 0, result->iaoq[1], address(virtual(s_target)) | 3);
    check("in a slot", 0, result->ipsw, PSW_C | PSW_Q | PSW_B);
    check("in a slot", 0, result->iir, word_of(s_slot));
    check("in a slot", 0, result->gr[2], (address(virtual(s_slot)) + 4) | 3);
    trial = trial_of(n_break, 3, PSW_C);
    check_at("nullified", 0, trial_run(&trial), V_BREAK, virtual(n_end), 3);
    trial = trial_of(n_branch, 3, PSW_C);
    check_at("nullified slot", 0, trial_run(&trial), V_BREAK, virtual(n_target), 3);
    /* a trial that begins with PSW[N] = 1: the first instruction is not executed */
    trial = trial_of(t_addo, 3, PSW_C | PSW_N);
    trial.gr[7] = 0x7FFFFFFF;
    trial.gr[8] = 1;
    result = trial_run(&trial);
    check_at("PSW[N]", 0, result, V_BREAK, (const char *)virtual(t_addo) + 4, 3);
    check("PSW[N]", 0, result->ipsw, PSW_C | PSW_Q);
    /* the queue's back is wherever it says: two instructions far apart */
    trial = trial_of(t_addio, 3, PSW_C);
    trial.iaoq[1] = address(virtual(s_target)) | 3;
    result = trial_run(&trial);
    check_at("the back of the queue", 0, result, V_BREAK, virtual(s_target), 3);
    check("the back of the queue", 0, result->gr[6], 1);
}

/* An access to nothing: HPMC, with PSW[M] = 1 in the handler; with PSW[M] = 1 loads give 0 and stores vanish. */
static void machine_checks(void)
{
    frame trial = trial_of(p_ldwas, 0, 0);
    trial.gr[5] = NOTHING;
    const frame *result = trial_run(&trial);
    check_at("load from nothing", 0, result, V_HPMC, p_ldwas, 0);
    check("load from nothing", 0, result->iir, word_of(p_ldwas));
    check("load from nothing", 0, result->ior, NOTHING);
    check("load from nothing", 0, result->gr[6], 0x66);
    trial = trial_of(p_stwas, 0, 0);
    trial.gr[5] = NOTHING;
    check_at("store to nothing", 0, trial_run(&trial), V_HPMC, p_stwas, 0);
    trial.gr[5] = 0xF0000000;
    check_at("store to ROM", 0, trial_run(&trial), V_HPMC, p_stwas, 0);
    trial.ipsw = PSW_Q | PSW_M;
    check_at("store to nothing, PSW[M]", 0, trial_run(&trial), V_BREAK, p_stwas + 4, 0);
    trial = trial_of(p_ldwas, 0, PSW_M);
    trial.gr[5] = NOTHING;
    result = trial_run(&trial);
    check_at("load from nothing, PSW[M]", 0, result, V_BREAK, p_ldwas + 4, 0);
    check("load from nothing, PSW[M]", 0, result->gr[6], 0);
    /* its handler begins with PSW[M] = 1, all else 0: a BREAK there shows it */
    mmu_break_in_machine_check = 1;
    trial = trial_of(p_ldwas, 0, 0);
    trial.gr[5] = NOTHING;
    result = trial_run(&trial);
    check_at("PSW in the handler", 0, result, V_BREAK, p_ldwas, 0);
    check("PSW in the handler", 0, result->ipsw, PSW_M);
    mmu_break_in_machine_check = 0;
    trial = trial_new((const void *)NOTHING, 0, 0);
    check_at("fetch from nothing", 0, trial_run(&trial), V_HPMC, (const void *)NOTHING, 0);
}

int main(void)
{
    trial_start("trap_instructions");
    map(SPACE, BASE, 4096, address(trap_page), PROT_ALL);
    arithmetic();
    assists();
    privileged();
    registers();
    slots();
    machine_checks();
    return trial_end();
}
