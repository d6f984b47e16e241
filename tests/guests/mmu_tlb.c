/* mmu_tlb.c - what a TLB is for: spaces, aliases, more pages than entries, purging, gateways, pages' edges.
 *
 * Architecture manual, "Virtual Memory", "TLB Instructions", GATE; the queues of an interruption in a delay slot.
 * Status 0 if all is as it says, whatever the size of the TLBs, separate or combined.
 */
#include "mmu_support.h"

extern const char mmu_page[], do_ldw[], do_stw[], do_ldw_sr0[], do_ldw_sr1[], do_ldw_sr2[], do_ldw_sr3[], do_lpa[],
    do_fdc[], do_fic_m[], do_pdtlb[], do_pitlb[], do_pdtlb_m[], do_pdtlbe[], do_pitlbe[], do_gate[], gate_target[],
    do_gate_in_slot[], gate_in_slot[], do_demote[], demoted[], edge_page[], edge_target[], edge_nullify[], edge_plain[],
    edge_branch[], edge_slot[];

enum {
    PAGES = 40,
    PAGE_WORDS = 1024,
    SPACE = 9,
    INSERTIONS = 16384, /* replace everything even where the victim is drawn by lot: 512 entries at most */
};
static _Alignas(4096) uint32_t pages[PAGES][PAGE_WORDS];

static uint32_t load(const char *label, uint32_t offset)
{
    frame trial = trial_new(label, 0, PSW_D);
    trial.gr[5] = offset;
    const frame *result = trial_run(&trial);
    check("load", offset, result->vector, V_BREAK);
    return result->gr[6];
}

/* One offset in each quadrant is in the space of SR 4 to 7, by the base's top bits; SR 1 to 3 when they are named. */
static void spaces(void)
{
    for (unsigned i = 0; i < 8; i++)
        pages[i][5] = 0x1000 + i;
    for (unsigned quadrant = 0; quadrant < 4; quadrant++)
        map(100 + quadrant, quadrant << 30 | 0x2000, 4096, address(pages[quadrant]), PROT_DATA);
    for (unsigned i = 1; i < 4; i++)
        map(200 + i, 0xC0002000, 4096, address(pages[3 + i]), PROT_DATA);
    SET_SR(4, 100);
    SET_SR(5, 101);
    SET_SR(6, 102);
    SET_SR(7, 103);
    SET_SR(0, 666);
    for (unsigned quadrant = 0; quadrant < 4; quadrant++)
        check("quadrant", quadrant, load(do_ldw, quadrant << 30 | 0x2014), 0x1000 + quadrant);
    SET_SR(1, 201);
    SET_SR(2, 202);
    SET_SR(3, 203);
    check("sr1", 0, load(do_ldw_sr1, 0xC0002014), 0x1004);
    check("sr2", 0, load(do_ldw_sr2, 0xC0002014), 0x1005);
    check("sr3", 0, load(do_ldw_sr3, 0xC0002014), 0x1006);
    /* The base's top bits choose, not the sum's. */
    frame trial = trial_new(do_ldw_sr0, 0, PSW_D);
    trial.gr[5] = 0x3FFFF000;
    trial.gr[8] = 0x3014;
    check_data("quadrant of the base", 0, trial_run(&trial), V_DTLB_MISS, do_ldw_sr0, 0, 100, 0x40002014);
    map_nothing();
}

/* More pages than a TLB holds, forward and backward; then each page's frame changes places with another's. */
static void many(void)
{
    SET_SR(5, SPACE);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < PAGES; i++)
            pages[i][7] = i * 3 + round;
        map(SPACE, 0x40000000, sizeof pages, address(pages), PROT_DATA);
        for (unsigned i = 0; i < PAGES; i++)
            check("page", i, load(do_ldw, 0x4000001C + i * 4096), i * 3 + round);
        for (unsigned i = PAGES; i-- > 0;)
            check("page backward", i, load(do_ldw, 0x4000001C + i * 4096), i * 3 + round);
        map_nothing();
        for (unsigned i = 0; i + 1 < PAGES && i < RANGES_MAX; i++)
            map(SPACE, 0x40000000 + i * 4096, 4096, address(pages[i ^ 1]), PROT_DATA);
        for (unsigned i = 0; i < RANGES_MAX - 1; i++)
            check("page exchanged", i, load(do_ldw, 0x4000001C + i * 4096), (i ^ 1) * 3 + round);
        map_nothing();
    }
}

/* Two addresses of one frame; a store through one is seen through the other, and a changed translation at once. */
static void aliases(void)
{
    SET_SR(5, SPACE);
    map(SPACE, 0x40000000, 4096, address(pages[0]), PROT_DATA);
    map(SPACE, 0x40555000, 4096, address(pages[0]), PROT_DATA);
    for (uint32_t value = 1; value < 20; value++) {
        frame trial = trial_new(do_stw, 0, PSW_D);
        trial.gr[5] = 0x40000010;
        trial.gr[7] = value;
        check("store", value, trial_run(&trial)->vector, V_BREAK);
        check("alias", value, load(do_ldw, 0x40555010), value);
        check("memory", value, pages[0][4], value);
    }
    pages[1][4] = 0x4321;
    map(SPACE, 0x40555000, 4096, address(pages[1]), PROT_DATA);
    check("another frame", 0, load(do_ldw, 0x40555010), 0x4321);
    check("the other address", 0, load(do_ldw, 0x40000010), 19);
    /* a range without write access for level 3: what was allowed before no longer is */
    map(SPACE, 0x40000000, 4096, address(pages[0]), PROT_D | PROT_RIGHTS(1, 3, 0));
    frame trial = trial_new((const void *)(0x7000 + (address(do_stw) - address(mmu_page))), 3, PSW_C | PSW_D);
    map(0, 0x7000, 4096, address(mmu_page), PROT_ALL);
    trial.gr[5] = 0x40000010;
    check("no longer writable", 0, trial_run(&trial)->vector, V_ACCESS_RIGHTS);
    map_nothing();
}

static void insert(bool instruction, uint32_t offset, uint32_t physical)
{
    uint32_t operand = physical >> 12 << 5, protection = PROT_DATA;
    SET_SR(2, SPACE);
    if (instruction)
        __asm__ volatile("iitlba %0,(%%sr2,%1)\n\tiitlbp %2,(%%sr2,%1)" : : "r"(operand), "r"(offset), "r"(protection));
    else
        __asm__ volatile("idtlba %0,(%%sr2,%1)\n\tidtlbp %2,(%%sr2,%1)" : : "r"(operand), "r"(offset), "r"(protection));
}

/* Is there a translation? FDC and FIC ask and change nothing. */
static bool present(bool instruction, uint32_t offset)
{
    frame trial = trial_new(instruction ? do_fic_m : do_fdc, 0, PSW_D);
    trial.gr[5] = offset;
    return trial_run(&trial)->vector == V_BREAK;
}

static void do_one(const char *label, uint32_t offset, uint32_t index, uint32_t base_after)
{
    frame trial = trial_new(label, 0, PSW_D);
    trial.gr[5] = offset;
    trial.gr[8] = index;
    const frame *result = trial_run(&trial);
    check_at("purge", address(label), result, V_BREAK, label + 4, 0);
    check("purge's base", address(label), result->gr[5], base_after);
}

/* No range is mapped, so nothing comes back by itself. Two entries, of one side at a time: any TLB has room. */
static void purges(void)
{
    uint32_t a = 0x40003000, b = 0x40009000;
    SET_SR(5, SPACE);
    for (unsigned side = 0; side < 2; side++) {
        const char *page = side ? do_pitlb : do_pdtlb, *all = side ? do_pitlbe : do_pdtlbe;
        check("empty", side, present(side, a) || present(side, b), false);
        insert(side, a, address(pages[0]));
        insert(side, b, address(pages[1]));
        check("both", side, present(side, a) && present(side, b), true);
        do_one(page, a + 0xABC, 0, a + 0xABC);
        check("one purged", side, present(side, a), false);
        check("the other is there", side, present(side, b), true);
        do_one(page, 0x40010000, 0, 0x40010000); /* not there: nothing happens */
        check("still there", side, present(side, b), true);
        SET_SR(2, SPACE + 1);
        do_one(page, b, 0, b); /* another space */
        SET_SR(2, SPACE);
        check("of another space", side, present(side, b), true);
        insert(side, a, address(pages[2]));
        do_one(all, 0, 0, 0);
        for (unsigned i = 0; i < 512; i++) /* PxTLBE may purge one entry only, but each in its turn */
            __asm__ volatile("pdtlbe %0(%%sr1,%%r0)\n\tpitlbe %0(%%sr1,%%r0)" : : "r"(i * 4096) : "memory");
        check("all purged", side, present(side, a) || present(side, b), false);
    }
    insert(false, b, address(pages[1]));
    SET_SR(2, SPACE);
    do_one(do_pdtlb_m, b, 0x40, b + 0x40);
    check("purged,m", 0, present(false, b), false);
    insert(false, a, address(pages[0])); /* inserted again with another frame: replaced */
    insert(false, a, address(pages[1]));
    pages[1][0] = 0xBEEF;
    check("replaced", 0, load(do_ldw, a), 0xBEEF);
    do_one(do_pdtlb, a, 0, a);
    check("replaced and purged", 0, present(false, a), false);
}

static void run(uint32_t offset)
{
    frame trial = trial_new((const void *)offset, 3, PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    check("run", offset, trial_run(&trial)->vector, V_BREAK);
}

/* What is no longer in the TLBs misses again, and is served again, however recently it was used: after it was purged
 * with everything, or far more entries than any TLB has were inserted. */
static void forgotten(void)
{
    uint32_t data = 0x40003000, code = 0x00700000;
    map_nothing();
    map(SPACE, data, 4096, address(pages[0]), PROT_DATA);
    map(SPACE, code, 4096, address(edge_page), PROT_ALL);
    for (unsigned number = 0; number < 8; number++) {
        load(do_ldw, data);
        run(code);
        if (number & 1) {
            for (unsigned i = 0; i < 16; i++)
                __asm__ volatile("pdtlbe %0(%%sr1,%%r0)\n\tpitlbe %0(%%sr1,%%r0)" : : "r"(i * 4096) : "memory");
        } else {
            for (unsigned i = 0; i < INSERTIONS; i++)
                insert(number & 2, 0x50000000 + i * 4096, 0);
            for (unsigned i = 0; i < INSERTIONS; i++)
                insert(!(number & 2), 0x58000000 + i * 4096, 0);
        }
        uint32_t served[2] = {mmu_served[0], mmu_served[1]};
        load(do_ldw, data);
        run(code);
        check("forgotten, data", number, mmu_served[1] - served[1], 1);
        check("forgotten, code", number, mmu_served[0] - served[0], 1);
    }
    map_nothing();
}

/* GATE from LEVEL on a page of TYPE: the delay slot is at the old level, the target at the new. */
static void gateway(unsigned type, unsigned level)
{
    uint32_t base = 0x00500000, offset = address(do_gate) - address(mmu_page);
    map(SPACE, base, 4096, address(mmu_page), PROT_D | PROT_RIGHTS(type, 3, 0));
    unsigned promoted = type >= 4 && type - 4 < level ? type - 4 : level;
    frame trial = trial_new((const void *)(base + offset), level, PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    trial.gr[6] = 0xABCDEF03;
    const frame *result = trial_run(&trial);
    uint32_t number = type << 4 | level, target = base + (address(gate_target) - address(mmu_page));
    check_at("gate", number, result, V_BREAK, (const void *)target, promoted);
    check("gate: the back of the queue", number, result->iaoq[1], (target + 4) | promoted);
    check("gate: link", number, result->gr[6], 0xABCDEF00 | level);
    check("gate: IIR", number, result->iir, word_of(gate_target));
}

static void gateways(void)
{
    for (unsigned type = 2; type < 8; type++) {
        for (unsigned level = 0; level < 4; level++)
            gateway(type, level);
    }
    /* after a taken branch: illegal instruction */
    uint32_t base = 0x00500000, offset = address(do_gate_in_slot) - address(mmu_page);
    frame trial = trial_new((const void *)(base + offset), 3, PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    const frame *result = trial_run(&trial);
    check_at("gate in a slot", 0, result, V_ILLEGAL, (const void *)(base + offset + 4), 3);
    check("gate in a slot", 0, result->iir, word_of(gate_in_slot));
    check("gate in a slot", 0, result->ipsw, PSW_C | PSW_Q | PSW_B);
    /* BV goes to a less privileged level, never to a more privileged one */
    map(SPACE, base, 4096, address(mmu_page), PROT_ALL);
    for (unsigned number = 0; number < 16; number++) {
        unsigned level = number >> 2, asked = number & 3;
        uint32_t target = base + (address(demoted) - address(mmu_page));
        trial = trial_new((const void *)(base + (address(do_demote) - address(mmu_page))), level, PSW_C);
        trial.iasq[0] = trial.iasq[1] = SPACE;
        trial.gr[8] = target | asked;
        check_at("bv", number, trial_run(&trial), V_BREAK, (const void *)target, asked > level ? asked : level);
    }
    map_nothing();
}

/* The code that crosses from a page to the next, which is not there at first. */
static void edge(const char *name, const char *label, bool branches)
{
    uint32_t base = 0x00900000, slot = base + 4096, back = slot + 4;
    frame trial = trial_new((const void *)(base + (address(label) - address(edge_page))), 3, PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    trial.gr[6] = 0x66;
    map(SPACE, slot, 4096, 0, 0);
    const frame *result = trial_run(&trial);
    if (branches)
        back = base + (address(edge_target) - address(edge_page));
    check_at(name, 0, result, V_ITLB_MISS, (const void *)slot, 3);
    check(name, 0, result->iasq[0], SPACE);
    check(name, 0, result->iasq[1], SPACE);
    check(name, 0, result->iaoq[1], back | 3);
    check(name, 0, result->ipsw, PSW_C | PSW_Q | (branches ? PSW_B : 0));
    check(name, 0, result->gr[6], 0x66);
    /* from there on with the page there: as if nothing had been */
    frame resumed = *result;
    map(SPACE, slot, 4096, address(edge_page) + 4096, PROT_ALL);
    result = trial_run(&resumed);
    uint32_t end = branches ? base + (address(edge_target) - address(edge_page)) : slot + 4;
    check_at(name, 1, result, V_BREAK, (const void *)end, 3);
    check(name, 1, result->gr[6], 5);
}

static void edges(void)
{
    map(SPACE, 0x00900000, 4096, address(edge_page), PROT_ALL);
    edge("the last branch", edge_branch, true);
    edge("a branch to it", edge_plain, true);
    edge("past a nullified branch", edge_nullify, false);
    map_nothing();
}

int main(void)
{
    trial_start("mmu_tlb");
    spaces();
    many();
    aliases();
    purges();
    forgotten();
    gateways();
    edges();
    check("misses were served", 0, mmu_served[0] && mmu_served[1], true);
    return trial_end();
}
