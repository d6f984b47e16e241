/* engine.h - blocks of decoded instructions, and what the parts of the engine call of each other.
 *
 * Private to cpu/. A block is a run of instructions of one physical page, decoded once, in the order in which they are
 * executed, with one branch and its delay slot at the end at most. Blocks know physical addresses only, so one block
 * serves every virtual alias of its page; the virtual address of an operation is cpu->code_base (the virtual page and
 * the privilege level) plus its offset in the page.
 *
 * LAYOUT. After a block's last instruction come sentinels, operations that are no instruction:
 *
 *     [..][last] [go] [go, nullify]                               falls through to the next block
 *     [..][branch] [slot] [go f] [go f, nullify] [slot'] [go t] [go t, nullify]
 *          +0       +1     +2     +3              +4      +5     +6
 *     [..][branch] [exit] [exit, nullify] [exit] [exit taken] [exit taken, nullify]   its slot is not in the block
 *
 * A branch goes to +1 when not taken, +2 not taken and nullifying, +4 taken, +5 taken and nullifying. The delay slot is
 * there twice, because its successor and the back of the address queue differ (OP_DELAY marks the second). A nullifying
 * instruction goes to +2, past the next one; the nullify sentinels are for the one whose victim is in no block: they
 * leave with PSW[N] = 1. So nothing in a block ever tests or sets N, B or X: these are 0 but in the sentinels' exits.
 *
 * COUNTING. cpu->budget is debited by block->count at the entry; whoever leaves early pays back. A block with more
 * instructions than the budget has left is not entered: as many of its instructions as are left are copied to
 * step_block and closed with sentinels (block_head). Where the state is not a block's (the queue is not sequential, PSW
 * bits that act on each instruction), one instruction is executed alone in step_block. Always by the same semantic
 * functions.
 */
#ifndef US_CPU_INTERP_ENGINE_H
#define US_CPU_INTERP_ENGINE_H

#include "cpu/interp/exec.h"
#include "mmu/base/hard.h"

enum {
    BLOCK_INSNS_MAX = HARD(48, 3),
    BLOCK_OPS_MAX = BLOCK_INSNS_MAX + 16,
    BRANCH_UNTAKEN = 1,
    BRANCH_UNTAKEN_NULLIFY = 2,
    BRANCH_TAKEN = 4,
    BRANCH_TAKEN_NULLIFY = 5,
    ARENA_BYTES = HARD(24 << 20, 1 << 17),
};

struct block {
    uint32_t count;  /* instructions */
    uint32_t offset; /* of the first in its page, bytes */
    uint32_t ops_count;
    uint32_t has_slot; /* ends with a branch and its delay slot: the branch is the last but one */
    uint32_t spare[4];
    struct op ops[];
};

struct code_page {
    struct block *blocks[1024]; /* by word offset in the page */
    uint32_t page_index;
    const uint8_t *host;
    struct code_page *next;
};

/* Sentinels keep this in op->sub. */
enum {
    TARGET_STATIC,  /* op->imm: bytes from the page's start (in step_block: from the branch's own address) */
    TARGET_DYNAMIC, /* cpu->branch_target, cpu->branch_space */
};

static inline const struct block *block_of(const struct op *op)
{
    return (const struct block *)(const void *)((const char *)(op - op->index) - offsetof(struct block, ops));
}

/* Offset of OP's instruction in its page (a sentinel: of the instruction after the block). */
static inline uint32_t op_offset(const struct op *op)
{
    return block_of(op)->offset + 4u * op->pos;
}

/* block.c */
bool block_init(struct cpu *cpu);
void block_free_all(struct cpu *cpu);
/* The code page of physical page PAGE_INDEX (RAM or ROM), made if need be; NULL if nothing is there. */
struct code_page *block_page(struct cpu *cpu, uint32_t page_index);
/* The block at byte OFFSET of PAGE, decoded if need be; NULL where a breakpoint may be (step instead). */
struct block *block_get(struct cpu *cpu, struct code_page *page, uint32_t offset);
/* The first COUNT instructions of BLOCK (fewer than it has), in cpu->step_block. */
const struct block *block_head(struct cpu *cpu, const struct block *block, unsigned count);
/* Put the instruction WORD into cpu->step_block. */
const struct op *block_step(struct cpu *cpu, uint32_t word);
/* Forget every block; only between blocks. */
void block_forget_all(struct cpu *cpu);
/* Forget the blocks of a page that touch LINES. */
void block_forget_lines(struct cpu *cpu, uint32_t page_index, uint64_t lines);
/* Is WORD a branch, and if its target is static, where (bytes from the branch)? */
bool branch_is(const struct insn *insn, bool *dynamic, int32_t *distance);

/* run.c: sentinels */
EXEC(exec_go);          /* static, the same page */
EXEC(exec_go_far);      /* static, another page */
EXEC(exec_go_computed); /* dynamic */
EXEC(exec_go_nullify);  /* any of these with PSW[N] = 1 */
EXEC(exec_exit);
EXEC(exec_exit_nullify);
EXEC(exec_exit_taken);
EXEC(exec_exit_taken_nullify);
EXEC(exec_idle); /* the idle hint, when it stops the processor */

/* run.c: state->insns becomes exact: the instructions of OP's block before OP, and EXECUTED more, are done. */
void exec_settle(struct cpu *cpu, const struct op *op, unsigned executed);

/* soft_tlb.c */
/* Physical address of a fetch, or the vector of its fault. */
unsigned translate_fetch(struct cpu *cpu, uint32_t space, uint32_t iaoq, uint32_t *physical);
/* Protection identifiers: true if PSW[P] is 0, or one of them allows ACCESS. */
bool translate_identifier(const struct cpu *cpu, const struct tlb_entry *entry, enum tlb_access access);
/* Drop what the software TLBs know: of one page, of everything translated, of everything. */
void soft_drop_page(struct cpu *cpu, uint32_t space, uint32_t offset);
void soft_drop_translated(struct cpu *cpu);
void soft_drop_all(struct cpu *cpu);
void soft_drop_stores(struct cpu *cpu);
/* PSW, SRs, PIDs or the privilege level changed: recompute space[], soft, fetch_mode. */
void soft_sync(struct cpu *cpu);

/* interruption.c: the state is exact. Collect, vector, count; may halt. */
void interruption_take(struct cpu *cpu, unsigned vector);
/* The group 2 interruption (or delayed trap) that must be taken before the next instruction, or 0. */
unsigned interruption_pending(const struct cpu *cpu);

/* debug.c: may the software TLB know the page of OFFSET, so that references to it are not seen? */
bool debug_may_cache(const struct cpu *cpu, uint32_t offset);

/* dtu.c */
void dtu_deliver_due(struct cpu *cpu);
/* The processor enters the monitor: everything that is delayed is delivered. */
void dtu_enter_monitor(struct cpu *cpu);

#endif
