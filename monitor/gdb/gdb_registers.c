/* gdb_registers.c - see gdb_registers.h. */
#include "monitor/gdb/gdb_registers.h"

#include <assert.h>
#include <stddef.h>

enum {
    FIRST_SPECIAL = 32, /* after the general registers */
    QUEUE_FRONT = 33,   /* the instruction address queue: gdb's pcoqh, pcoqt */
    QUEUE_BACK = 35,
    FIRST_FLOAT = 64, /* FR0 left, FR0 right, FR1 left, ...: gdb's fpsr, fpe1, fpe2, ... */
};

#define MEMBER(member)  ((uint16_t)offsetof(struct cpu_state, member))
#define CONTROL(number) ((uint16_t)(offsetof(struct cpu_state, cr) + (number) * sizeof(uint32_t)))
#define SPACE(number)   ((uint16_t)(offsetof(struct cpu_state, sr) + (number) * sizeof(uint32_t)))

/* Where numbers 32 to 63 are in struct cpu_state. */
static const uint16_t special[FIRST_FLOAT - FIRST_SPECIAL] = {
    CONTROL(CR_SAR),  MEMBER(iaoq_front), MEMBER(iasq_front), MEMBER(iaoq_back), MEMBER(iasq_back), CONTROL(CR_EIEM),
    CONTROL(CR_IIR),  CONTROL(CR_ISR),    CONTROL(CR_IOR),    MEMBER(psw),       CONTROL(31),       SPACE(4),
    SPACE(0),         SPACE(1),           SPACE(2),           SPACE(3),          SPACE(5),          SPACE(6),
    SPACE(7),         CONTROL(CR_RCTR),   CONTROL(CR_PID1),   CONTROL(CR_PID2),  CONTROL(CR_CCR),   CONTROL(CR_PID3),
    CONTROL(CR_PID4), CONTROL(24),        CONTROL(25),        CONTROL(26),       CONTROL(27),       CONTROL(28),
    CONTROL(29),      CONTROL(30),
};

/* Which half of a floating-point register: how far to shift it. */
static unsigned float_shift(unsigned number)
{
    return number % 2 ? 0 : 32;
}

uint32_t gdb_register_read(const struct cpu_state *state, unsigned number)
{
    assert(number < GDB_REGISTERS);
    if (number < FIRST_SPECIAL)
        return state->gr[number];
    if (number < FIRST_FLOAT)
        return *(const uint32_t *)(const void *)((const char *)state + special[number - FIRST_SPECIAL]);
    return (uint32_t)(state->fr[(number - FIRST_FLOAT) / 2] >> float_shift(number));
}

/* gdb knows user programs only: whatever address it is given, it says privilege level 3 with it. So an element of the
 * queue that is moved keeps the level of the instruction that is next. With the front moved, nothing is under way. */
static void move_queue(struct cpu_state *state, uint32_t *element, uint32_t value)
{
    if (((*element ^ value) & ~UINT32_C(3)) == 0)
        return;
    *element = (value & ~UINT32_C(3)) | (state->iaoq_front & 3);
    if (element == &state->iaoq_front)
        state->psw &= ~(PSW_N | PSW_B);
}

void gdb_register_write(struct cpu_state *state, unsigned number, uint32_t value)
{
    assert(number < GDB_REGISTERS);
    if (number < FIRST_SPECIAL) {
        if (number)
            state->gr[number] = value;
    } else if (number == QUEUE_FRONT || number == QUEUE_BACK) {
        move_queue(state, number == QUEUE_FRONT ? &state->iaoq_front : &state->iaoq_back, value);
    } else if (number < FIRST_FLOAT) {
        *(uint32_t *)(void *)((char *)state + special[number - FIRST_SPECIAL]) = value;
    } else {
        uint64_t *fr = &state->fr[(number - FIRST_FLOAT) / 2];
        unsigned shift = float_shift(number);
        *fr = (*fr & ~(UINT64_C(0xFFFFFFFF) << shift)) | (uint64_t)value << shift;
    }
}
