/* mmu_faults.c - the faults of a translated reference one by one, and which comes first when there are several.
 *
 * Architecture manual, "Interruptions" (vectors 6, 7, 15 to 21, 26 to 28; ISR and IOR), "Access Control" (protection
 * identifiers, the T, D and B bits, PSW[P] and PSW[X]). A fault leaves everything as it was before the instruction,
 * modified base registers included. Status 0 if all is so.
 */
#include "mmu_support.h"

extern const char mmu_page[], do_break[], do_ldw[], do_stw[], do_ldcw[], do_ldh[], do_sth[], do_stbys[], do_fldd[],
    do_fstd[], do_ldwm[], do_stwm[], do_ldws_ma[], do_ldwx[], do_prober[], do_probew[], do_lpa[], do_lpa_m[], do_lci[],
    do_fdc[], do_fdc_m[], do_pdc_m[], do_fic_m[], do_stores[], do_stores_second[];

/* The code runs untranslated, at level 0; the data is in space 9, through SR 6. */
#define SPACE 9
#define BASE  UINT32_C(0x80123000)
#define AT    (BASE + 8)

static _Alignas(4096) uint32_t page[1024];

static frame trial_of(const char *label, uint32_t psw)
{
    frame trial = trial_new(label, 0, psw | PSW_D);
    trial.gr[5] = AT;
    trial.gr[6] = 0x66;
    trial.gr[7] = 0x77;
    trial.gr[8] = 1;
    return trial;
}

/* Every kind of reference, and what it is. */
enum {
    READS = 1,
    WRITES = 2,
    PROBES = 4, /* non-access: vector 17 (16 for FIC), no T, D or B */
    FETCHES = 8,
    PURGES = 16, /* non-access that needs write access (PDC) */
};
static const struct {
    const char *name, *label;
    unsigned kind, align;
    uint32_t base_after, distance; /* of %r5; of the address from %r5 */
} references[] = {
    {"ldw", do_ldw, READS, 4, AT, 0},
    {"stw", do_stw, WRITES, 4, AT, 0},
    {"ldcw", do_ldcw, READS | WRITES, 4, AT, 0},
    {"ldh", do_ldh, READS, 2, AT, 0},
    {"sth", do_sth, WRITES, 2, AT, 0},
    {"stbys", do_stbys, WRITES, 1, AT, 0},
    {"fldd", do_fldd, READS, 8, AT, 0},
    {"fstd", do_fstd, WRITES, 8, AT, 0},
    {"ldwm", do_ldwm, READS, 4, AT + 8, 0},
    {"stwm", do_stwm, WRITES, 4, AT + 8, 0},
    {"ldws,ma", do_ldws_ma, READS, 4, AT + 4, 0},
    {"ldwx,s", do_ldwx, READS, 4, AT, 4},
    {"prober", do_prober, PROBES, 1, AT, 0},
    {"probew", do_probew, PROBES, 1, AT, 0},
    {"lpa", do_lpa, PROBES, 1, AT, 1},
    {"lpa,m", do_lpa_m, PROBES, 1, AT + 1, 0},
    {"fdc", do_fdc, PROBES, 1, AT, 1},
    {"fdc,m", do_fdc_m, PROBES, 1, AT + 1, 0},
    {"pdc,m", do_pdc_m, PROBES | PURGES, 1, AT + 1, 0},
    {"fic,m", do_fic_m, PROBES | FETCHES, 1, AT + 1, 0},
};
enum { REFERENCES = sizeof references / sizeof references[0] };

/* FDC, PDC and LPA with ",m" use the base alone as the address; without, base + index. */
static uint32_t offset_of(unsigned r)
{
    return AT + references[r].distance;
}

static void expect_fault(unsigned r, uint32_t number, const frame *result, unsigned vector)
{
    const char *what = references[r].name;
    check_data(what, number, result, vector, references[r].label, 0, SPACE, offset_of(r));
    check(what, number, result->gr[5], AT);
    check(what, number, result->gr[6], 0x66);
    check(what, number, page[2], 0x12345678);
}

static void expect_done(unsigned r, uint32_t number, const frame *result)
{
    check_at(references[r].name, number, result, V_BREAK, references[r].label + 4, 0);
    check(references[r].name, number, result->gr[5], references[r].base_after);
}

/* Run reference R; VECTOR is what it must end with, 0: nothing. */
static void expect(unsigned r, uint32_t number, uint32_t psw, unsigned vector)
{
    page[2] = page[3] = 0x12345678;
    frame trial = trial_of(references[r].label, psw);
    const frame *result = trial_run(&trial);
    if (vector)
        expect_fault(r, number, result, vector);
    else
        expect_done(r, number, result);
}

static void misses(void)
{
    map_nothing();
    for (unsigned r = 0; r < REFERENCES; r++) {
        unsigned kind = references[r].kind;
        expect(r, 0, 0, kind & FETCHES ? V_NA_ITLB_MISS : kind & PROBES ? V_NA_DTLB_MISS : V_DTLB_MISS);
    }
    map(SPACE, BASE, 4096, address(page), PROT_DATA);
    for (unsigned r = 0; r < REFERENCES; r++)
        expect(r, 1, 0, 0);
}

/* T, D and B in every combination; and PSW[X], which hides B for one instruction. */
static void page_bits(void)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        uint32_t t = bits & 1 ? PROT_T : 0, d = bits & 2 ? PROT_D : 0, b = bits & 4 ? PROT_B : 0;
        map(SPACE, BASE, 4096, address(page), PROT_RIGHTS(1, 3, 3) | t | d | b);
        for (unsigned r = 0; r < REFERENCES; r++) {
            unsigned kind = references[r].kind, vector = 0;
            if ((kind & WRITES) && b && !(bits & 8))
                vector = V_DATA_BREAK;
            else if ((kind & WRITES) && !d)
                vector = V_DIRTY;
            else if ((kind & (READS | WRITES)) && t)
                vector = V_REFERENCE;
            expect(r, bits, bits & 8 ? PSW_X : 0, vector);
        }
    }
    /* PSW[X] is 1 for one instruction only */
    map(SPACE, BASE, 4096, address(page), PROT_DATA | PROT_B);
    page[2] = 0;
    frame trial = trial_of(do_stores, PSW_X);
    const frame *result = trial_run(&trial);
    check_data("second store", 0, result, V_DATA_BREAK, do_stores_second, 0, SPACE, AT + 4);
    check("second store", 0, result->ipsw, PSW_D | PSW_Q);
    check("first store", 0, page[2], 0x77);
}

static void set_pids(unsigned which, uint32_t value)
{
    uint32_t pids[4] = {0x1111 << 1, 0x2222 << 1, 0x3333 << 1, 0x3FFFF << 1};
    if (which < 4)
        pids[which] = value;
    SET_CR(8, pids[0]);
    SET_CR(9, pids[1]);
    SET_CR(12, pids[2]);
    SET_CR(13, pids[3]);
}

static void identifier_case(uint32_t number, uint32_t psw, uint32_t protection, bool reads, bool writes)
{
    map(SPACE, BASE, 4096, address(page), PROT_DATA | protection);
    for (unsigned r = 0; r < REFERENCES; r++) {
        unsigned kind = references[r].kind;
        bool good = kind & (WRITES | PURGES) ? writes : reads;
        if ((kind & PROBES) && !(kind & PURGES)) /* PROBE answers; the others do not look at identifiers */
            good = true;
        expect(r, number, psw, good ? 0 : V_PROTECTION_ID);
    }
    frame trial = trial_of(do_prober, psw);
    check("prober, identifiers", number, trial_run(&trial)->gr[6], reads);
    trial = trial_of(do_probew, psw);
    check("probew, identifiers", number, trial_run(&trial)->gr[6], writes);
    map(SPACE, BASE, 4096, address(mmu_page), PROT_ALL | protection);
    trial = trial_new((const void *)(BASE + (address(do_break) - address(mmu_page))), 3, psw | PSW_C);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    check("execute, identifiers", number, trial_run(&trial)->vector, reads ? V_BREAK : V_INSTRUCTION_PROTECTION);
}

/* Each of the four registers, with and without its write-disable bit. */
static void identifiers(void)
{
    static const uint32_t ids[] = {0x155, 0x10155, 0x20155, 0x2AAAA};
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned which = 0; which < 5; which++) {
            bool has = which < 4;
            set_pids(which, ids[i] << 1);
            identifier_case(i << 4 | which, PSW_P, PROT_ID(ids[i]), has, has);
            set_pids(which, ids[i] << 1 | 1);
            identifier_case(i << 4 | which | 0x100, PSW_P, PROT_ID(ids[i]), has, false);
        }
    }
    set_pids(4, 0);
    identifier_case(0x200, PSW_P, PROT_ID(0), true, true); /* a public page */
    identifier_case(0x201, 0, PROT_ID(0x777), true, true); /* PSW[P] = 0: not looked at */
    identifier_case(0x202, PSW_P, PROT_ID(0x777), false, false);
    set_pids(0, 0); /* identifier 0 in a register matches no other page */
    identifier_case(0x203, PSW_P, PROT_ID(0x777), false, false);
    set_pids(1, 0x777 << 1 | 1); /* write-disabled in one, not in another: allowed */
    SET_CR(13, 0x777 << 1);
    identifier_case(0x204, PSW_P, PROT_ID(0x777), true, true);
}

/* A page that was just in use is no longer when the identifiers or PSW[P] change, with no purge between. */
static void changed_identifiers(void)
{
    for (unsigned number = 0; number < 16; number++) {
        bool matches = number & 1, checked = number & 2, writes = number & 4, executes = number & 8;
        bool good = matches || !checked;
        set_pids(0, PROT_ID(0x777));
        if (number == 0) {
            map(SPACE, BASE, 4096, address(page), PROT_DATA | PROT_ID(0x777));
            map(SPACE, BASE + 4096, 4096, address(mmu_page), PROT_ALL | PROT_ID(0x777));
        }
        frame code = trial_new((const void *)(BASE + 4096 + (address(do_break) - address(mmu_page))), 0, PSW_C | PSW_P);
        code.iasq[0] = code.iasq[1] = SPACE;
        frame data = trial_of(writes ? do_stw : do_ldw, PSW_P);
        frame *trial = executes ? &code : &data;
        check("identifier there", number, trial_run(trial)->vector, V_BREAK);
        trial->ipsw &= ~(uint32_t)PSW_P;
        set_pids(0, matches ? PROT_ID(0x777) : PROT_ID(0x778));
        check("identifier not looked at", number, trial_run(trial)->vector, V_BREAK);
        trial->ipsw |= checked ? PSW_P : 0;
        unsigned vector = good ? V_BREAK : executes ? V_INSTRUCTION_PROTECTION : V_PROTECTION_ID;
        check("identifier changed", number, trial_run(trial)->vector, vector);
        if (!checked)
            continue;
        set_pids(0, PROT_ID(0x777));
        check("identifier back", number, trial_run(trial)->vector, V_BREAK);
        set_pids(0, matches ? PROT_ID(0x777) : PROT_ID(0x778)); /* PSW[P] stays 1 this time */
        check("identifier changed again", number, trial_run(trial)->vector, vector);
    }
    map_nothing();
}

/* A reference that has everything wrong with it; then one thing after the other is put right. */
static void priorities(void)
{
    static const unsigned order[] = {V_DTLB_MISS,  V_ACCESS_RIGHTS, V_PROTECTION_ID, V_UNALIGNED,
                                     V_DATA_BREAK, V_DIRTY,         V_REFERENCE,     V_BREAK};
    set_pids(4, 0);
    for (unsigned right = 0; right < 8; right++) {
        map_nothing();
        uint32_t protection = right >= 2 ? PROT_RIGHTS(1, 0, 0) : PROT_RIGHTS(0, 0, 0);
        protection |= right >= 3 ? 0 : PROT_ID(0x999);
        protection |= right >= 5 ? 0 : PROT_B;
        protection |= right >= 6 ? PROT_D : 0;
        protection |= right >= 7 ? 0 : PROT_T;
        if (right >= 1)
            map(SPACE, BASE, 4096, address(page), protection);
        frame trial = trial_of(do_stw, PSW_P);
        trial.gr[5] = right >= 4 ? AT : AT + 2;
        const frame *result = trial_run(&trial);
        check("priority", right, result->vector, order[right]);
        if (right < 7)
            check_data("priority", right, result, order[right], do_stw, 0, SPACE, trial.gr[5]);
    }
}

/* Alignment of each size, translated and not. */
static void alignment(void)
{
    map(SPACE, BASE, 4096, address(page), PROT_DATA);
    for (unsigned r = 0; r < REFERENCES; r++) {
        if (references[r].kind & PROBES)
            continue;
        for (unsigned low = 0; low < 8; low++) {
            uint32_t distance = references[r].distance;
            bool aligned = (low & (references[r].align - 1)) == 0;
            for (unsigned translated = 0; translated < 2; translated++) {
                frame trial = trial_of(references[r].label, 0);
                trial.ipsw = PSW_Q | (translated ? PSW_D : 0);
                trial.gr[5] = (translated ? AT : address(page) + 8) + low;
                const frame *result = trial_run(&trial);
                check_at(references[r].name, low, result, aligned ? V_BREAK : V_UNALIGNED,
                         references[r].label + (aligned ? 4 : 0), 0);
                if (!aligned)
                    check(references[r].name, low, result->ior, trial.gr[5] + distance);
                if (!aligned && translated)
                    check(references[r].name, low, result->isr, SPACE);
            }
        }
    }
}

/* What PROBE, LPA and LCI say. */
static void answers(void)
{
    map(SPACE, BASE, 4096, address(page), PROT_DATA);
    frame trial = trial_of(do_lpa, 0);
    trial.gr[8] = 0x123;
    check("lpa", 0, trial_run(&trial)->gr[6], address(page) + 8 + 0x123);
    trial = trial_of(do_lpa_m, 0);
    trial.gr[8] = 0x123;
    check("lpa,m", 0, trial_run(&trial)->gr[6], address(page) + 8);
    /* The coherence index is the same for aliases; a computer may have one for all (it is not looked at). */
    trial = trial_of(do_lci, 0);
    uint32_t index = trial_run(&trial)->gr[6];
    map(SPACE, BASE + 0x10000, 4096, address(page), PROT_DATA);
    trial.gr[5] += 0x10000;
    check("lci", 0, trial_run(&trial)->gr[6], index);
}

int main(void)
{
    trial_start("mmu_faults");
    SET_SR(6, SPACE);
    SET_SR(2, SPACE);
    misses();
    page_bits();
    identifiers();
    changed_identifiers();
    priorities();
    alignment();
    answers();
    return trial_end();
}
