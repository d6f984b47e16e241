/* save_area.h - a real processor's save areas in the host's storage: its real machine save area, and the virtual
 * machine save area behind it (US 5,805,790). Big-endian, laid out as the 600 bytes that PDC keeps of a PA-RISC
 * processor after a check (PIM: struct pdc_hpmc_pim_11 of Linux's uapi header for PDC), then ours (docs/hitachi.md).
 */
#ifndef US_FT_HOST_SAVE_AREA_H
#define US_FT_HOST_SAVE_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"

enum { SAVE_AREA_BYTES = 0x400 };

struct save_areas {
    uint8_t real[SAVE_AREA_BYTES], vm[SAVE_AREA_BYTES]; /* at base + n * 0x800, and + 0x400 */
};

/* Where things are in either. */
enum {
    AREA_GR = 0x000,
    AREA_CR = 0x080,
    AREA_SR = 0x100,
    AREA_IIASQ_BACK = 0x120,
    AREA_IIAOQ_BACK = 0x124,
    AREA_CHECK_TYPE = 0x128, /* bit 0 cache, 1 TLB, 2 bus, 3 assists */
    AREA_CPU_STATE = 0x12C,
    AREA_FR = 0x158,
    AREA_VALID = 0x258, /* JP 8-263454 */
    AREA_FAULT = 0x25C, /* the fault information: 1 soft, 2 hard, 3 damage, 4 hang */
    AREA_RETRIES = 0x260,
    AREA_PROCESSOR = 0x264,
    AREA_VM = 0x268, /* its number from 1; 0: in the host */
    AREA_INSNS = 0x270,
    AREA_TIME = 0x278,
    AREA_V1 = 0x280,
    AREA_V2 = 0x288,
    AREA_CLASS_MASK = 0x28C,
    AREA_HELD = 0x290,
    AREA_COUNT = 0x294,
    AREA_PAIRS = 0x298,
    AREA_SHADOW = 0x320,
    AREA_OWN_QUEUE = 0x33C, /* the guest's own IIASQ front, back, IIAOQ front, back */
    AREA_IPSW = 0x34C,
    AREA_COMPARE = 0x350,
    AREA_RECOVERY = 0x354, /* the rest of the recovery register */
    AREA_IN_A_ROW = 0x358,
    AREA_TRANSFER = 0x35C,
};

/* A processor writes the state that it has, of before the instruction that it has backed out, into AREA. REST: of the
 * recovery register. */
void save_area_store(uint8_t area[SAVE_AREA_BYTES], const struct cpu_state *state, uint64_t time_ps, uint32_t rest);
/* The registers of a virtual machine as AREA has them. */
void save_area_load(const uint8_t area[SAVE_AREA_BYTES], struct cpu_state *state);
/* A processor that has failed has lost what it had: what its registers are now means nothing. */
void save_area_scramble(struct cpu_state *state);
/* The first register that differs, for a person; false: none does. */
bool save_area_difference(const struct cpu_state *is, const struct cpu_state *was, char *text, unsigned size);

static inline uint32_t area_word(const uint8_t *area, unsigned offset)
{
    return be32_load(area + offset);
}

static inline void area_set(uint8_t *area, unsigned offset, uint32_t word)
{
    be32_store(area + offset, word);
}

#endif
