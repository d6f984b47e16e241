/* save_area.c - see save_area.h. One table says what of a processor lies where; both directions read it. */
#include "ft/host/save_area.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mmu/base/bits.h"

struct part {
    const char *name;
    unsigned offset;       /* in the area */
    size_t member;         /* in struct cpu_state */
    unsigned count, bytes; /* of words, or of doublewords */
};

#define WORDS(name, offset, member, count)                                                                             \
    {                                                                                                                  \
        name, offset, offsetof(struct cpu_state, member), count, 4                                                     \
    }
#define LONGS(name, offset, member, count)                                                                             \
    {                                                                                                                  \
        name, offset, offsetof(struct cpu_state, member), count, 8                                                     \
    }

/* The control registers come first: of what PIM keeps in their places - the interrupted queue, the PSW - the guest's
 * own are behind (CR17, 18, 22; CR16's compare value). */
static const struct part parts[] = {
    WORDS("gr", AREA_GR, gr, 32),
    WORDS("cr", AREA_CR, cr, 32),
    WORDS("sr", AREA_SR, sr, 8),
    WORDS("iasq front", AREA_CR + 4 * CR_IIASQ, iasq_front, 1),
    WORDS("iaoq front", AREA_CR + 4 * CR_IIAOQ, iaoq_front, 1),
    WORDS("psw", AREA_CR + 4 * CR_IPSW, psw, 1),
    WORDS("iasq back", AREA_IIASQ_BACK, iasq_back, 1),
    WORDS("iaoq back", AREA_IIAOQ_BACK, iaoq_back, 1),
    LONGS("fr", AREA_FR, fr, 32),
    LONGS("instruction count", AREA_INSNS, insns, 1),
    WORDS("v1", AREA_V1, v1, 2),
    WORDS("v2", AREA_V2, v2, 1),
    WORDS("class mask", AREA_CLASS_MASK, dtu_class_mask, 1),
    WORDS("held", AREA_HELD, dtu_held, 1),
    WORDS("pairs", AREA_COUNT, dtu_count, 1),
    WORDS("shadow", AREA_SHADOW, shr, 7),
    WORDS("iiasq front", AREA_OWN_QUEUE, cr[CR_IIASQ], 1),
    WORDS("iiasq back", AREA_OWN_QUEUE + 4, iiasq_back, 1),
    WORDS("iiaoq front", AREA_OWN_QUEUE + 8, cr[CR_IIAOQ], 1),
    WORDS("iiaoq back", AREA_OWN_QUEUE + 12, iiaoq_back, 1),
    WORDS("ipsw", AREA_IPSW, cr[CR_IPSW], 1),
    WORDS("compare", AREA_COMPARE, cr[CR_ITMR], 1),
    WORDS("in a row", AREA_IN_A_ROW, interruptions_in_a_row, 1),
    WORDS("transfer trap", AREA_TRANSFER, transfer_trap, 1),
};

enum { PARTS = sizeof parts / sizeof parts[0], PAIR_BYTES = 16 };

/* Element INDEX of PART in a state, and in an area. */
static uint64_t state_get(const struct cpu_state *state, const struct part *part, unsigned index)
{
    const char *at = (const char *)state + part->member + (size_t)index * part->bytes;
    uint32_t word;
    uint64_t both;
    memcpy(&both, at, part->bytes == 8 ? 8 : 4);
    memcpy(&word, at, 4);
    return part->bytes == 8 ? both : word;
}

static void state_set(struct cpu_state *state, const struct part *part, unsigned index, uint64_t value)
{
    char *at = (char *)state + part->member + (size_t)index * part->bytes;
    uint32_t word = (uint32_t)value;
    memcpy(at, part->bytes == 8 ? (const void *)&value : (const void *)&word, part->bytes);
}

void save_area_store(uint8_t area[SAVE_AREA_BYTES], const struct cpu_state *state, uint64_t time_ps, uint32_t rest)
{
    for (unsigned i = 0; i < PARTS; i++)
        for (unsigned k = 0; k < parts[i].count; k++) {
            uint8_t *at = area + parts[i].offset + (size_t)k * parts[i].bytes;
            uint64_t value = state_get(state, &parts[i], k);
            if (parts[i].bytes == 8)
                be64_store(at, value);
            else
                be32_store(at, (uint32_t)value);
        }
    for (unsigned i = 0; i < DTU_BUFFER_DEPTH; i++) {
        uint8_t *at = area + AREA_PAIRS + (size_t)i * PAIR_BYTES;
        be64_store(at, state->dtu_buffer[i].due_insns);
        be32_store(at + 8, state->dtu_buffer[i].destination);
        be32_store(at + 12, state->dtu_buffer[i].trap_class);
    }
    be64_store(area + AREA_TIME, time_ps);
    be32_store(area + AREA_RECOVERY, rest);
}

void save_area_load(const uint8_t area[SAVE_AREA_BYTES], struct cpu_state *state)
{
    for (unsigned i = 0; i < PARTS; i++)
        for (unsigned k = 0; k < parts[i].count; k++) {
            const uint8_t *at = area + parts[i].offset + (size_t)k * parts[i].bytes;
            state_set(state, &parts[i], k, parts[i].bytes == 8 ? be64_load(at) : be32_load(at));
        }
    for (unsigned i = 0; i < DTU_BUFFER_DEPTH; i++) {
        const uint8_t *at = area + AREA_PAIRS + (size_t)i * PAIR_BYTES;
        state->dtu_buffer[i].due_insns = be64_load(at);
        state->dtu_buffer[i].destination = (uint8_t)(be32_load(at + 8) & 63);
        state->dtu_buffer[i].trap_class = (uint8_t)(be32_load(at + 12) % DTU_CLASSES);
    }
    if (state->dtu_count > DTU_BUFFER_DEPTH)
        state->dtu_count = 0;
}

/* The instruction count is no register of the guest's: it stays, because clocks run by it. */
void save_area_scramble(struct cpu_state *state)
{
    uint64_t insns = state->insns;
    memset(state, 0x5A, sizeof *state);
    state->insns = insns;
    state->gr[0] = state->psw = state->interruptions_in_a_row = state->transfer_trap = state->dtu_count = 0;
    for (unsigned i = 0; i < DTU_BUFFER_DEPTH; i++)
        state->dtu_buffer[i] = (struct dtu_pair){0};
}

bool save_area_difference(const struct cpu_state *is, const struct cpu_state *was, char *text, unsigned size)
{
    for (unsigned i = 0; i < PARTS; i++)
        for (unsigned k = 0; k < parts[i].count; k++) {
            uint64_t now = state_get(is, &parts[i], k), then = state_get(was, &parts[i], k);
            char index[16] = "";
            if (now == then)
                continue;
            if (parts[i].count > 1)
                snprintf(index, sizeof index, "%u", k);
            snprintf(text, size, "%s%s is 0x%" PRIx64 ", and was 0x%" PRIx64, parts[i].name, index, now, then);
            return true;
        }
    return false;
}
