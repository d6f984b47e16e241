/* op.h - decoded operations, and the blocks in which they lie.
 *
 * A block is a run of instructions of one physical page, decoded once, in the order in which they are
 * executed, with one branch and its delay slot at the end at most. Blocks know physical addresses only, so one block
 * serves every virtual alias of its page; the virtual address of an operation is cpu->code_base (the virtual page and
 * the privilege level) plus its offset in the page. Who makes blocks is the interpreter (interp/block.h); that there is
 * a way from an operation back to the exact state (leave.c) is why their layout is here.
 *
 * LAYOUT. After a block's last instruction come sentinels, operations that are no instruction:
 *
 *     [..][last] [go] [go, nullify]                               falls through to the next block
 *     [..][branch] [slot] [go f] [go f, nullify] [slot'] [go t] [go t, nullify]
 *          +0       +1     +2     +3              +4      +5     +6
 *     [..][branch] [exit] [exit, nullify] [exit] [exit taken] [exit taken, nullify]   its slot is not in the block
 *     [..][branch] [nullified] and so on, one later: branches are counted, and the instruction before may nullify it
 *
 * A branch goes to +1 when not taken, +2 not taken and nullifying, +4 taken, +5 taken and nullifying. The delay slot is
 * there twice, because its successor and the back of the address queue differ (OP_DELAY marks the second). A nullifying
 * instruction goes to +2, past the next one; the nullify sentinels are for the one whose victim is in no block: they
 * leave with PSW[N] = 1. So nothing in a block ever tests or sets N, B or X: these are 0 but in the sentinels' exits.
 *
 * COUNTING. cpu->budget is debited by block->debit at the entry: its instructions, and where branches are counted its
 * branch (core.h, THE BUDGET); whoever leaves early pays back. So a branch counts nothing when it is executed, and
 * where it is nullified an operation that is in nobody else's way takes it back. A block with more instructions than
 * the budget has left is not entered: as many of its instructions as are left are copied to step_block and closed with
 * sentinels (block_head). Where the state is not a block's (the queue is not sequential, PSW bits that act on each
 * instruction), one instruction is executed alone in step_block. Always by the same semantic functions.
 */
#ifndef US_CPU_CORE_OP_H
#define US_CPU_CORE_OP_H

#include <stddef.h>
#include <stdint.h>

#include "mmu/base/hard.h"

struct cpu;
struct op;

typedef const struct op *op_run(struct cpu *cpu, const struct op *op);

/* A decoded instruction. 32 bytes. */
struct op {
    op_run *run;
    uint32_t word;     /* the instruction word (IIR) */
    int32_t imm;       /* immediate or displacement */
    uint32_t extra;    /* row's own */
    uint16_t t, a, b;  /* byte offsets in struct cpu */
    uint8_t sub, sub2; /* row's own: condition, sub-operation, ... */
    uint8_t index;     /* position in its block's ops[] */
    uint8_t pos;       /* instructions of its block that come before it */
    uint8_t flags;     /* OP_... */
    uint8_t spare;     /* row's own */
};
_Static_assert(sizeof(struct op) == 32, "two operations to a cache line");

enum {
    OP_DELAY = 1, /* in the delay slot of a taken branch: the back of the queue is the branch's target */
};

enum {
    BLOCK_INSNS_MAX = HARD(48, 3),
    BLOCK_OPS_MAX = BLOCK_INSNS_MAX + 16,
    BRANCH_UNTAKEN = 1,
    BRANCH_UNTAKEN_NULLIFY = 2,
    BRANCH_TAKEN = 4,
    BRANCH_TAKEN_NULLIFY = 5,
    BRANCH_EXITS = 5,    /* operations after a branch whose slot is not in the block */
    BRANCH_TAIL_OPS = 6, /* and after one whose slot is */
};

struct block {
    uint32_t count;  /* instructions */
    uint32_t offset; /* of the first in its page, bytes */
    uint32_t ops_count;
    uint32_t has_slot; /* ends with a branch and its delay slot: the branch is the last but one */
    uint32_t heat;     /* times executed, until it is translated */
    uint32_t debit;    /* from the budget, for all of it */
    op_run **runs;     /* with a translator: the semantic functions, which ops[].run may no longer be; else NULL */
    const void *chain; /* where translated blocks jump to; NULL: not translated */
    struct incoming *incoming; /* who does */
    struct block_links *links; /* its own such jumps */
    uint32_t counted; /* after so many of its instructions its branch is complete; 0: it has none that is counted */
    uint32_t spare;
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

#endif
