/* block.h - blocks of decoded instructions (core/op.h has their layout): how one is found, and made. */
#ifndef US_CPU_INTERP_BLOCK_H
#define US_CPU_INTERP_BLOCK_H

#include "cpu/interp/exec.h"

enum { ARENA_BYTES = HARD(SANITIZED(24 << 20, 2 << 20), 1 << 17) };

/* The code page of physical page PAGE_INDEX (RAM or ROM), made if need be; NULL if nothing is there. */
struct code_page *block_page(struct cpu *cpu, uint32_t page_index);
/* The block at byte OFFSET of PAGE, decoded if need be; NULL where a breakpoint may be (step instead). */
struct block *block_get(struct cpu *cpu, struct code_page *page, uint32_t offset);
/* The first COUNT instructions of BLOCK (fewer than it has), in cpu->step_block. */
const struct block *block_head(struct cpu *cpu, const struct block *block, unsigned count);
/* Put the instruction WORD into cpu->step_block. */
const struct op *block_step(struct cpu *cpu, uint32_t word);
/* Is WORD a branch, and if its target is static, where (bytes from the branch)? */
bool branch_is(const struct insn *insn, bool *dynamic, int32_t *distance);

/* interp.c: leave before OP, the first of a block that is already paid for. */
const struct op *exec_leave_block(struct cpu *cpu, const struct op *op);
/* interp.c: OP's block is next, its page is current, it has not been debited, and the budget does not reach to its end.
 */
EXEC(exec_short_of);

/* passing.c: BLOCK, which is next, whose page is current and which has not been debited, is longer than the budget,
 * which ends at a place (places_end_budget). If the places in it can be noted on the way, they are, and cpu->budget and
 * insns_end have been moved so far that it is long enough. Returns the operation to go on with, in BLOCK or in a copy
 * of it, when it has been debited; NULL: nothing has changed.
 */
const struct op *passing_enter(struct cpu *cpu, const struct block *block);

EXEC(exec_branch_nullified); /* behind a branch: core/op.h, LAYOUT; exec_branch.c */

/* interp.c: sentinels */
EXEC(exec_go);          /* static, the same page */
EXEC(exec_go_far);      /* static, another page */
EXEC(exec_go_computed); /* dynamic */
EXEC(exec_go_nullify);  /* any of these with PSW[N] = 1 */
EXEC(exec_exit);
EXEC(exec_exit_nullify);
EXEC(exec_exit_taken);
EXEC(exec_exit_taken_nullify);
EXEC(exec_idle); /* the idle hint, when it stops the processor */

#endif
