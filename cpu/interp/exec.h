/* exec.h - how an instruction is executed: decoded operations, and what a semantic function may do.
 *
 * An instruction word is decoded once (isa/insn.h) and turned by its row's PREPARE function into a `struct op`
 * (core/op.h): a semantic function (RUN) and operands in the shape which that function likes best. Operations live in
 * blocks (block.h); the same semantic functions run in a block and when one instruction is executed at a time.
 *
 * WRITING A SEMANTIC FUNCTION (exec_alu.c is the example)
 *
 *     EXEC(exec_add)                       // const struct op *exec_add(struct cpu *cpu, const struct op *op)
 *     {
 *         ... R32(op->t) = R32(op->a) + R32(op->b) ...
 *         NEXT();                          // the instruction is complete
 *     }
 *
 *  - Registers are named by their byte offset in struct cpu, put into op->t, op->a, op->b at decode time with
 *    source_gr(), target_gr() (GR 0 as a target becomes a sink, so nothing tests for it), offset_fr(), ...; R32(offset)
 *    and R64(offset) are lvalues.
 *  - op->word is the instruction word; op->imm, op->extra, op->sub, op->sub2 are the prepare function's to use.
 *  - Every path ends in exactly one of
 *        NEXT();              complete, go on
 *        NULLIFY();           complete, and the next instruction is nullified (CLASS_NULLIFY rows)
 *        NEXT_IF(condition);  NULLIFY() if CONDITION else NEXT()
 *        LEAVE();             complete, and the processor must look at everything again before the next instruction
 *                             (CLASS_ENDS_BLOCK rows: PSW, translation, pending interruptions may have changed)
 *        RAISE(vector);       interruption instead of completion. Nothing the guest can see may have been changed
 *                             before. For data traps put the address into cpu->trap_isr / cpu->trap_ior first
 *                             (exec_data_fault does).
 *        STALL();             the environment said PHYS_STALL: leave cpu_run before this instruction
 *  - A local variable whose address is passed on spoils the tail call: keep such code in a separate noinline function.
 *  - Arithmetic traps that the delayed-trap unit may take over: `if (dtu_delayed(cpu, cls)) { write the defined result;
 *    dtu_record(cpu, op, destination, cls); NEXT(); } else RAISE(...)` (dtu.c).
 *
 * FLOATING POINT lives in exec_fpu.c: exec_fpu_prepare() is the prepare function of all rows that compute; loads and
 * stores of floating-point registers are in exec_memory.c. Both test `cpu->fpu_gate` (0 = nothing in the way) before
 * they do anything; when it is not 0, exec_fpu_check() says which vector to raise, or 0 to go on.
 */
#ifndef US_CPU_INTERP_EXEC_H
#define US_CPU_INTERP_EXEC_H

#include "cpu/core/core.h"
#include "cpu/isa/insn.h"

#define EXEC(name) const struct op *name(struct cpu *cpu, const struct op *op)
/* How one operation goes to the next: a jump in optimized builds (US_TAIL_CALLS: the compiler turns the call into one,
 * because both functions have one signature), else a return to the loop that calls whatever operation it is given until
 * that is NULL. The loop serves both. */
#if defined(US_TAIL_CALLS) && US_TAIL_CALLS
#define CONTINUE(next)                                                                                                 \
    do {                                                                                                               \
        const struct op *next_ = (next);                                                                               \
        return next_->run(cpu, next_);                                                                                 \
    } while (0)
#else
#define CONTINUE(next) return (next)
#endif

#define NEXT()    CONTINUE(op + 1)
#define NULLIFY() CONTINUE(op + 2)
#define NEXT_IF(nullify_condition)                                                                                     \
    do {                                                                                                               \
        if (nullify_condition)                                                                                         \
            NULLIFY();                                                                                                 \
        NEXT();                                                                                                        \
    } while (0)
#define LEAVE()       return exec_leave(cpu, op)
#define STALL()       return exec_stall(cpu, op)
#define RAISE(vector) return exec_raise(cpu, op, (vector))

/* Operands. */
static inline uint16_t source_gr(unsigned r)
{
    return (uint16_t)(offsetof(struct cpu, state.gr) + 4 * r);
}
static inline uint16_t target_gr(unsigned r)
{
    return r ? source_gr(r) : (uint16_t)offsetof(struct cpu, sink);
}
/* A double floating-point register, host order. */
static inline uint16_t offset_fr(unsigned r)
{
    return (uint16_t)(offsetof(struct cpu, state.fr) + 8 * r);
}
/* Half a floating-point register: HALF 0 is the left (high) word, 1 the right. */
static inline uint16_t offset_fr_half(unsigned r, unsigned half)
{
    return (uint16_t)(offset_fr(r) + (half ? 0 : 4));
}

/* A row's prepare function: fill OP (run, operands, imm, sub; word, index, pos, flags are already there). */
typedef void op_prepare(struct op *op, const struct insn *insn);
/* By enum insn_id; NULL: illegal instruction. exec_table.c. */
extern op_prepare *const exec_prepare_table[INSN_COUNT];

/* exec_alu.c */
op_prepare exec_alu_prepare, exec_alui_prepare, exec_ldo_prepare;
/* exec_shift.c */
op_prepare exec_shd_prepare, exec_extract_prepare, exec_deposit_prepare;
/* exec_branch.c */
op_prepare exec_branch_prepare, exec_branch_if_prepare;
/* exec_memory.c */
op_prepare exec_load_prepare, exec_store_prepare, exec_special_memory_prepare, exec_float_memory_prepare;
/* exec_system.c */
op_prepare exec_illegal_prepare, exec_system_prepare, exec_probe_prepare, exec_tlb_prepare;
/* exec_assist.c */
op_prepare exec_special_unit_prepare, exec_coprocessor_prepare;

/* exec_fpu.c */
op_prepare exec_fpu_prepare;
/* What exec_fpu_prepare makes of a word; op->sub says it. */
enum fpu_operation {
    FPU_OPERATION_IDENTIFY,
    FPU_OPERATION_CPY,
    FPU_OPERATION_ABS,
    FPU_OPERATION_SQRT,
    FPU_OPERATION_RND,
    FPU_OPERATION_CNVFF,
    FPU_OPERATION_CNVXF,
    FPU_OPERATION_CNVFX,
    FPU_OPERATION_CNVFXT,
    FPU_OPERATION_CMP,
    FPU_OPERATION_ADD,
    FPU_OPERATION_SUB,
    FPU_OPERATION_MPY,
    FPU_OPERATION_DIV,
    FPU_OPERATION_REM,
    FPU_OPERATION_XMPYU,
    FPU_OPERATION_MULTIPLE,
    FPU_OPERATION_UNIMPLEMENTED,
    FPU_OPERATION_TEST,     /* has a semantic function of its own */
    FPU_OPERATION_RESERVED, /* likewise */
};
/* The operation of OP, whose semantic function is RUN, and its formats. FPU_OPERATION_RESERVED: what is none. */
enum fpu_operation exec_fpu_operation(op_run *run, const struct op *op, bool *from_dbl, bool *to_dbl);
/* cpu->fpu_gate is not 0: the vector to raise for OP (an FP load, store or operation; op->word is the word), or 0. */
unsigned exec_fpu_check(struct cpu *cpu, const struct op *op);
/* A load has just written FR 0 (either word): apply the status register's rules to what is now in state.fr[0]. */
void exec_fpu_status_loaded(struct cpu *cpu);
/* A store of FR 0 (SIZE_BYTES 4 or 8) has completed. */
void exec_fpu_status_stored(struct cpu *cpu, unsigned size_bytes);
/* FR 0 or CCR changed by other means (reset, MTCTL 10, cpu_state_changed): recompute cpu->fpu_gate. */
void exec_fpu_gate_update(struct cpu *cpu);

#endif
