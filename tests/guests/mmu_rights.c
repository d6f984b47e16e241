/* mmu_rights.c - access rights: every type, PL1, PL2 and privilege level, for every kind of access and PROBE.
 *
 * Architecture manual, "Access Control": the table of the access rights field. The table is written down here again, as
 * what each type permits; a PL1 bounds reading and executing, PL2 writing, and from the other side executing.
 * Status 0 if all is as the table says.
 */
#include "mmu_support.h"

extern const char mmu_page[], do_break[], do_ldw[], do_stw[], do_ldcw[], do_prober[], do_probew[], do_proberi0[],
    do_proberi1[], do_proberi2[], do_proberi3[], do_probewi0[], do_probewi1[], do_probewi2[], do_probewi3[];

/* The trial's code and data, virtual: spaces 5 and 9, the code in quadrant 0 and the data in quadrant 2 (SR 6). */
#define CODE_SPACE 5
#define CODE_BASE  UINT32_C(0x00700000)
#define DATA_SPACE 9
#define DATA_BASE  UINT32_C(0x80123000)

enum {
    READ = 4,
    WRITE = 2,
    EXECUTE = 1,
};

static _Alignas(4096) uint32_t page[1024];

/* What the types permit at all. */
static const uint8_t permitted[8] = {READ,    READ | WRITE, READ | EXECUTE, READ | WRITE | EXECUTE,
                                     EXECUTE, EXECUTE,      EXECUTE,        EXECUTE};

static bool right(unsigned kind, unsigned type, unsigned pl1, unsigned pl2, unsigned level)
{
    if (!(permitted[type] & kind))
        return false;
    if (kind == READ)
        return level <= pl1;
    if (kind == WRITE)
        return level <= pl2;
    return pl2 <= level && level <= pl1;
}

static const void *at_virtual(const char *label)
{
    return (const void *)(CODE_BASE + (address(label) - address(mmu_page)));
}

static frame trial_at(const char *label, unsigned level)
{
    frame trial = trial_new(at_virtual(label), level, PSW_C | PSW_D);
    trial.iasq[0] = trial.iasq[1] = CODE_SPACE;
    trial.gr[5] = DATA_BASE + 8;
    trial.gr[6] = 0x66;
    trial.gr[7] = 0x77;
    trial.gr[8] = level;
    return trial;
}

/* A memory reference is done, or is an access rights trap with nothing changed. */
static void reference(const char *what, uint32_t number, const char *label, unsigned level, bool allowed, bool writes)
{
    page[2] = 0x12345678;
    frame trial = trial_at(label, level);
    const frame *result = trial_run(&trial);
    uint32_t front = (uint32_t)at_virtual(label) + (allowed ? 4 : 0);
    check(what, number, result->vector, allowed ? V_BREAK : V_ACCESS_RIGHTS);
    check(what, number, result->iasq[0], CODE_SPACE);
    check(what, number, result->iaoq[0], front | level);
    check(what, number, result->iaoq[1], (front + 4) | level);
    check(what, number, result->ipsw, PSW_C | PSW_D | PSW_Q);
    check(what, number, result->iir, word_of(label + (allowed ? 4 : 0)));
    if (!allowed) {
        check(what, number, result->isr, DATA_SPACE);
        check(what, number, result->ior, DATA_BASE + 8);
    }
    check(what, number, page[2], !allowed || !writes ? 0x12345678 : label == do_ldcw ? 0 : 0x77);
    check(what, number, result->gr[6], allowed && label != do_stw ? 0x12345678 : 0x66);
}

/* PROBE asks for a level: in a register, or immediate. The answer is the same at every level it is asked from. */
static void probe(const char *what, uint32_t number, const char *label, unsigned asked, unsigned from, bool allowed)
{
    frame trial = trial_at(label, from);
    trial.gr[8] = asked;
    const frame *result = trial_run(&trial);
    check(what, number, result->vector, V_BREAK);
    check(what, number, result->gr[6], allowed);
}

static void probes(uint32_t number, unsigned level, bool reads, bool writes)
{
    static const char *const immediate[2][4] = {{do_proberi0, do_proberi1, do_proberi2, do_proberi3},
                                                {do_probewi0, do_probewi1, do_probewi2, do_probewi3}};
    probe("prober", number, do_prober, level, 0, reads);
    probe("probew", number, do_probew, level, 0, writes);
    probe("prober from below", number, do_prober, level | 0x70, level, reads);
    probe("proberi", number, immediate[0][level], 0, 0, reads);
    probe("probewi", number, immediate[1][level], 0, level, writes);
}

static void execution(uint32_t number, unsigned level, bool allowed, uint32_t protection)
{
    map(CODE_SPACE, CODE_BASE, 4096, address(mmu_page), protection);
    frame trial = trial_at(do_break, level);
    const frame *result = trial_run(&trial);
    check("execute", number, result->vector, allowed ? V_BREAK : V_INSTRUCTION_PROTECTION);
    check("execute", number, result->iasq[0], CODE_SPACE);
    check("execute", number, result->iaoq[0], (uint32_t)at_virtual(do_break) | level);
    if (allowed)
        check("execute", number, result->iir, word_of(do_break));
    map(CODE_SPACE, CODE_BASE, 4096, address(mmu_page), PROT_ALL);
}

static void rights(unsigned type, unsigned pl1, unsigned pl2, unsigned level)
{
    uint32_t number = type << 12 | pl1 << 8 | pl2 << 4 | level;
    bool reads = right(READ, type, pl1, pl2, level), writes = right(WRITE, type, pl1, pl2, level);
    reference("load", number, do_ldw, level, reads, false);
    reference("store", number, do_stw, level, writes, true);
    reference("load and clear", number, do_ldcw, level, reads && writes, true);
    probes(number, level, reads, writes);
    execution(number, level, right(EXECUTE, type, pl1, pl2, level), PROT_D | PROT_RIGHTS(type, pl1, pl2));
}

int main(void)
{
    trial_start("mmu_rights");
    SET_SR(6, DATA_SPACE);
    map(CODE_SPACE, CODE_BASE, 4096, address(mmu_page), PROT_ALL);
    for (unsigned type = 0; type < 8; type++) {
        for (unsigned levels = 0; levels < 16; levels++) {
            map(DATA_SPACE, DATA_BASE, 4096, address(page), PROT_D | PROT_RIGHTS(type, levels >> 2, levels & 3));
            for (unsigned level = 0; level < 4; level++)
                rights(type, levels >> 2, levels & 3, level);
        }
    }
    return trial_end();
}
