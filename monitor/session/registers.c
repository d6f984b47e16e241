/* registers.c - see registers.h. */
#include "monitor/session/registers.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#define MEMBER(member) offsetof(struct cpu_state, member)

/* Registers that come in numbers: prefix, how many, where. */
struct register_file {
    const char *prefix;
    unsigned count;
    size_t offset;
    bool wide;
};

static const struct register_file files[] = {
    {"r", 32, MEMBER(gr), false},  {"gr", 32, MEMBER(gr), false},  {"sr", 8, MEMBER(sr), false},
    {"cr", 32, MEMBER(cr), false}, {"shr", 7, MEMBER(shr), false}, {"fr", 32, MEMBER(fr), true},
};
enum { FILES = sizeof files / sizeof files[0] };

struct register_row {
    const char *name;
    size_t offset;
};

#define CONTROL(number) (MEMBER(cr) + (number) * sizeof(uint32_t))
#define GENERAL(number) (MEMBER(gr) + (number) * sizeof(uint32_t))

static const struct register_row single[] = {
    {"rp", GENERAL(2)},
    {"arg3", GENERAL(23)},
    {"arg2", GENERAL(24)},
    {"arg1", GENERAL(25)},
    {"arg0", GENERAL(26)},
    {"dp", GENERAL(27)},
    {"ret0", GENERAL(28)},
    {"ret1", GENERAL(29)},
    {"sp", GENERAL(30)},
    {"psw", MEMBER(psw)},
    {"iasq_front", MEMBER(iasq_front)},
    {"iasq_back", MEMBER(iasq_back)},
    {"iaoq_front", MEMBER(iaoq_front)},
    {"iaoq_back", MEMBER(iaoq_back)},
    {"pc", MEMBER(iaoq_front)}, /* as gdb calls it: without the privilege level */
    {"pcsqh", MEMBER(iasq_front)},
    {"pcsqt", MEMBER(iasq_back)},
    {"pcoqh", MEMBER(iaoq_front)},
    {"pcoqt", MEMBER(iaoq_back)},
    {"rctr", CONTROL(CR_RCTR)},
    {"pid1", CONTROL(CR_PID1)},
    {"pid2", CONTROL(CR_PID2)},
    {"pid3", CONTROL(CR_PID3)},
    {"pid4", CONTROL(CR_PID4)},
    {"ccr", CONTROL(CR_CCR)},
    {"sar", CONTROL(CR_SAR)},
    {"iva", CONTROL(CR_IVA)},
    {"eiem", CONTROL(CR_EIEM)},
    {"itmr", CONTROL(CR_ITMR)},
    {"iir", CONTROL(CR_IIR)},
    {"isr", CONTROL(CR_ISR)},
    {"ior", CONTROL(CR_IOR)},
    {"ipsw", CONTROL(CR_IPSW)},
    {"eirr", CONTROL(CR_EIRR)},
    {"v1", MEMBER(v1)},
    {"v2", MEMBER(v2)},
};
enum { SINGLE = sizeof single / sizeof single[0] };

static uint64_t word_at(const struct cpu_state *state, size_t offset, bool wide)
{
    uint32_t word;
    uint64_t value;
    if (wide) {
        memcpy(&value, (const char *)state + offset, sizeof value);
        return value;
    }
    memcpy(&word, (const char *)state + offset, sizeof word);
    return word;
}

bool register_name(unsigned index, char *text)
{
    for (unsigned i = 0; i < FILES; i++) {
        if (index < files[i].count) {
            snprintf(text, 16, "%s%u", files[i].prefix, index);
            return true;
        }
        index -= files[i].count;
    }
    if (index >= SINGLE)
        return false;
    snprintf(text, 16, "%s", single[index].name);
    return true;
}

/* Where register NAME is in the state. */
static bool find(const char *name, size_t *offset, bool *wide)
{
    char known[16];
    unsigned index = 0;
    while (register_name(index, known) && strcmp(known, name) != 0)
        index++;
    for (unsigned i = 0; i < FILES; i++) {
        if (index < files[i].count) {
            *wide = files[i].wide;
            *offset = files[i].offset + index * (files[i].wide ? 8 : 4);
            return true;
        }
        index -= files[i].count;
    }
    *wide = false;
    if (index < SINGLE)
        *offset = single[index].offset;
    return index < SINGLE;
}

bool register_value(const struct cpu_state *state, const char *name, uint64_t *value, bool *wide)
{
    size_t offset = 0;
    if (!find(name, &offset, wide))
        return false;
    *value = word_at(state, offset, *wide);
    if (strcmp(name, "pc") == 0)
        *value &= ~UINT64_C(3);
    return true;
}

bool register_set(struct cpu_state *state, const char *name, uint64_t value, struct error *error)
{
    size_t offset = 0;
    bool wide;
    if (!find(name, &offset, &wide))
        return error_set(error, "there is no register '%s'", name);
    if (offset == GENERAL(0))
        return error_set(error, "general register 0 is always 0");
    uint32_t word = (uint32_t)value;
    if (!wide && value > UINT32_MAX && value < UINT64_MAX - INT32_MAX)
        return error_set(error, "0x%" PRIx64 " does not fit into %s, which has 32 bits", value, name);
    if (strcmp(name, "pc") == 0) { /* go on there, at the present level, with nothing under way */
        if (word & 3)
            return error_set(error, "0x%08x is not the address of an instruction: a multiple of 4 is wanted", word);
        state->iaoq_front = word | (state->iaoq_front & 3);
        state->iaoq_back = state->iaoq_front + 4;
        state->iasq_back = state->iasq_front;
        state->psw &= ~(PSW_N | PSW_B);
    } else if (wide) {
        memcpy((char *)state + offset, &value, sizeof value);
    } else {
        memcpy((char *)state + offset, &word, sizeof word);
    }
    return true;
}

/* The manual's order. */
void psw_format(uint32_t psw, char *text, size_t size)
{
    char set[24];
    unsigned count = 0;
    static const struct {
        uint32_t mask;
        char letter;
    } letters[] = {{PSW_Y, 'Y'}, {PSW_Z, 'Z'}, {PSW_E, 'E'}, {PSW_S, 'S'}, {PSW_T, 'T'}, {PSW_H, 'H'}, {PSW_L, 'L'},
                   {PSW_N, 'N'}, {PSW_X, 'X'}, {PSW_B, 'B'}, {PSW_C, 'C'}, {PSW_V, 'V'}, {PSW_M, 'M'}, {PSW_G, 'G'},
                   {PSW_F, 'F'}, {PSW_R, 'R'}, {PSW_Q, 'Q'}, {PSW_P, 'P'}, {PSW_D, 'D'}, {PSW_I, 'I'}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (psw & letters[i].mask)
            set[count++] = letters[i].letter;
    set[count] = '\0';
    snprintf(text, size, "%08x  %s%sC/B=%02x", psw, set, count ? " " : "", pa_field(psw, 16, 23));
}

static void print_words(FILE *out, const char *prefix, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fprintf(out, "%s%s%-2u %08x%s", i % 4 ? "  " : "", prefix, i, words[i],
                i % 4 == 3 || i + 1 == count ? "\n" : "");
}

void registers_print(FILE *out, const struct cpu_state *state)
{
    char psw[48];
    fprintf(out, "iaoq %08x:%08x  %08x:%08x  privilege %u  instruction %" PRIu64 "\n", state->iasq_front,
            state->iaoq_front & ~3U, state->iasq_back, state->iaoq_back & ~3U, state->iaoq_front & 3, state->insns);
    psw_format(state->psw, psw, sizeof psw);
    fprintf(out, "psw  %s\n", psw);
    print_words(out, "r", state->gr, 32);
    print_words(out, "sr", state->sr, 8);
    fprintf(out, "rctr %08x  pid1 %08x  pid2 %08x  pid3 %08x  pid4 %08x\n", state->cr[CR_RCTR], state->cr[CR_PID1],
            state->cr[CR_PID2], state->cr[CR_PID3], state->cr[CR_PID4]);
    fprintf(out, "ccr  %08x  sar  %08x  iva  %08x  eiem %08x  eirr %08x\n", state->cr[CR_CCR], state->cr[CR_SAR],
            state->cr[CR_IVA], state->cr[CR_EIEM], state->cr[CR_EIRR]);
    fprintf(out, "iir  %08x  isr  %08x  ior  %08x  ipsw %08x\n", state->cr[CR_IIR], state->cr[CR_ISR],
            state->cr[CR_IOR], state->cr[CR_IPSW]);
    print_words(out, "tr", state->cr + CR_TR0, 8);
    fprintf(out, "v1   %08x:%08x  v2 %08x\n", state->v1[0], state->v1[1], state->v2);
}
