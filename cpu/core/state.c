/* state.c - the table that describes struct cpu_state (mmu/base/state.h). */
#include "cpu/cpu.h"

#define SCALAR(member, title) STATE_SCALAR(struct cpu_state, member, title)
#define ARRAY(member, title)  STATE_ARRAY(struct cpu_state, member, title)
#define PAIRS(member, title)  STATE_MEMBERS(struct cpu_state, dtu_buffer, member, title)

static const struct state_field fields[] = {
    SCALAR(insns, "instruction count"),
    ARRAY(gr, "general registers"),
    ARRAY(sr, "space registers"),
    ARRAY(cr, "control registers"),
    SCALAR(iiasq_back, "interruption instruction address space queue, back"),
    SCALAR(iiaoq_back, "interruption instruction address offset queue, back"),
    ARRAY(shr, "shadow registers of GR 1, 8, 9, 16, 17, 24, 25"),
    ARRAY(fr, "floating-point registers"),
    SCALAR(psw, "processor status word"),
    SCALAR(iasq_front, "instruction address space queue, front"),
    SCALAR(iasq_back, "instruction address space queue, back"),
    SCALAR(iaoq_front, "instruction address offset queue, front"),
    SCALAR(iaoq_back, "instruction address offset queue, back"),
    SCALAR(interruptions_in_a_row, "interruptions taken with nothing executed between"),
    STATE_SCALAR_BELOW(struct cpu_state, transfer_trap, VECTOR_TAKEN_BRANCH + 1,
                       "group 4 trap raised by the instruction just completed"),
    ARRAY(v1, "delayed-trap vector V1: destinations"),
    SCALAR(v2, "delayed-trap vector V2: classes"),
    SCALAR(dtu_class_mask, "classes that are delayed"),
    SCALAR(dtu_held, "classes that software polls"),
    STATE_SCALAR_BELOW(struct cpu_state, dtu_count, DTU_BUFFER_DEPTH + 1, "pairs in the trap buffer"),
    PAIRS(due_insns, "instruction counts of their delivery"),
    STATE_MEMBERS_BELOW(struct cpu_state, dtu_buffer, destination, 64, "their destinations"),
    STATE_MEMBERS_BELOW(struct cpu_state, dtu_buffer, trap_class, DTU_CLASSES, "their classes"),
};

const struct state_table cpu_state_table = {"processor", fields, sizeof fields / sizeof fields[0]};
