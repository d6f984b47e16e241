/* trap_resume.c - a program that is interrupted after every instruction, or every few, comes to the same result, and
 * the recovery counter counts every instruction once.
 *
 * Architecture manual, "Recovery Counter", "Interruptions" (state collection). The program (trap_code.S) runs at level
 * 3 in virtual memory with protection identifiers on; in half of the runs every translation is purged at every stop, so
 * that each instruction also misses. Status 0 if nothing differs.
 */
#include "mmu_support.h"

extern const char trap_page[], program[], program_end[];

enum {
    SPACE = 5,
    ROUNDS = 3,
    WORDS = 64,
    STOPS_MAX = 20000,
};
#define CODE UINT32_C(0x00700000)
#define DATA UINT32_C(0x40456000)

static _Alignas(4096) uint32_t memory[1024];
static uint32_t expected[WORDS], expected_result;

static frame start(uint32_t psw)
{
    uint32_t offset = address(program) - address(trap_page);
    frame trial = trial_new((const void *)(CODE + offset), 3, PSW_C | PSW_D | PSW_P | psw);
    trial.iasq[0] = trial.iasq[1] = SPACE;
    trial.gr[5] = DATA;
    trial.gr[10] = ROUNDS;
    memset(memory, 0, sizeof memory);
    return trial;
}

static void judge(uint32_t number, const frame *result)
{
    uint32_t end = CODE + (address(program_end) - address(trap_page));
    check_at("the end", number, result, V_BREAK, (const void *)end, 3);
    check("result", number, result->gr[28], expected_result);
    for (unsigned i = 0; i < WORDS; i++)
        check("memory", number, memory[i], expected[i]);
}

static void purge_all(void)
{
    for (uint32_t at = 0; at < 16; at++)
        __asm__ volatile("pdtlbe %0(%%sr1,%%r0)\n\tpitlbe %0(%%sr1,%%r0)" : : "r"(at * 4096) : "memory");
}

/* Stop after each DISTANCE instructions. Returns how often it stopped. */
static uint32_t stop_every(uint32_t distance, bool purge)
{
    frame now = start(PSW_R);
    uint32_t stops = 0;
    for (;;) {
        SET_CR(0, distance - 1);
        const frame *result = trial_run(&now);
        if (result->vector != V_RECOVERY || stops == STOPS_MAX) {
            judge(distance, result);
            return stops;
        }
        stops++;
        now = *result;
        if (purge)
            purge_all();
    }
}

int main(void)
{
    trial_start("trap_resume");
    SET_SR(5, SPACE);
    SET_CR(8, 0x77 << 1);
    map(SPACE, CODE, 4096, address(trap_page), PROT_ALL | PROT_ID(0x77));
    map(SPACE, DATA, 4096, address(memory), PROT_DATA | PROT_ID(0x77));
    frame trial = start(0);
    const frame *result = trial_run(&trial);
    expected_result = result->gr[28];
    memcpy(expected, memory, sizeof expected);
    judge(0, result);
    uint32_t instructions = stop_every(1, false);
    check("instructions, purged", 1, stop_every(1, true), instructions);
    for (uint32_t distance = 2; distance < 50; distance += distance < 8 ? 1 : 7)
        check("stops", distance, stop_every(distance, distance & 1), instructions / distance);
    printf("trap_resume: result %08x after %u instructions\n", expected_result, instructions);
    return trial_end();
}
