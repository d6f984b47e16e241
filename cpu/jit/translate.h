/* translate.h - a block under translation: what its instructions share.
 *
 * Private to cpu/jit/. Guest words are kept in host registers within a block and written through to struct cpu at
 * once, so every place may be left for a semantic function without saving anything. The one exception is the carry
 * vector, which is not computed where nobody can see it (translate_carry).
 */
#ifndef US_CPU_JIT_TRANSLATE_H
#define US_CPU_JIT_TRANSLATE_H

#include "cpu/interp/block.h"
#include "cpu/jit/emit.h"

/* Which word of struct cpu each register of the pool holds: its offset, or NO_WORD. */
enum {
    NO_WORD = 0xFFFF,
    CARRY_BIT = 0xFFFE, /* the carry out of the last addition, 0 or 1; not in struct cpu */
};
struct cache {
    uint16_t word[POOL_REGS];
    uint8_t floating; /* what is known of the floating-point coprocessor (translate_float.c) */
};

/* Where control comes to an operation from somewhere else than the operation before it. */
struct join {
    bool used;
    label here;
    struct cache cache; /* what all of them have in registers */
};

/* Code out of the way, made after the block's last operation. */
enum cold_kind {
    COLD_ORIGINAL, /* the semantic function does it */
    COLD_MISS,     /* the same, after looking the reference up again (REG_B) */
    COLD_GO,       /* find the block that the sentinel leads to, and link */
    COLD_BROKE,    /* the budget does not reach */
    COLD_ARRIVE,   /* from C into the middle of the block */
};
struct cold {
    enum cold_kind kind;
    unsigned index; /* of the operation */
    label here, back;
    struct cache cache; /* COLD_ARRIVE: what native code expects in registers */
};

enum {
    COLDS = 4 * BLOCK_OPS_MAX,
    BLOCK_LINKS = 2, /* sentinels that lead to a block of the same page */
};

struct translation {
    struct cpu *cpu;
    const struct emit_common *common;
    struct block *block;
    struct emit emit;
    struct cache cache;
    bool reachable;
    uint32_t clock; /* of uses, for choosing a register to give up */
    uint32_t used[POOL_REGS];
    uint32_t locked; /* bit: in use by the current operation */
    struct join joins[BLOCK_OPS_MAX + 8];
    struct cold colds[COLDS];
    unsigned cold_count;
    unsigned link_count;
    struct {
        unsigned index; /* of the sentinel */
        uint8_t *jump;
        label unlinked;
    } links[BLOCK_LINKS];
    struct insn insns[BLOCK_OPS_MAX];
    uint32_t starts[BLOCK_OPS_MAX + 1]; /* bytes of code before each operation's, and before what is out of the way */
    /* the current operation */
    unsigned at;
    const struct op *op;
    const struct insn *insn;
    label original; /* its COLD_ORIGINAL, if has_original */
    bool has_original;
};

/* A row's translation of t->op. False, before anything was emitted: leave it to the semantic function. */
typedef bool translate_row(struct translation *t);
extern translate_row *const translate_integer_rows[INSN_COUNT];
extern translate_row *const translate_other_rows[INSN_COUNT];
translate_row translate_branch, translate_branch_if, translate_load, translate_store, translate_float_memory;
translate_row translate_float; /* every row that exec_fpu_prepare prepares */

/* Registers. USE: the word at OFFSET; FRESH: one with nothing; both stay until the operation's end. DEFINE: the word at
 * OFFSET is now what R (used or fresh) holds, and R is its register. */
enum reg translate_use(struct translation *t, unsigned offset);
enum reg translate_fresh(struct translation *t);
void translate_define(struct translation *t, unsigned offset, enum reg r);
bool translate_is_zero(unsigned offset); /* GR 0 */

/* Jumps: to operation INDEX of the block; to the semantic function of this one. */
void translate_jump(struct translation *t, unsigned index);
void translate_jump_if(struct translation *t, enum condition condition, unsigned index);
label translate_original(struct translation *t);
label translate_cold(struct translation *t, enum cold_kind kind, unsigned index);

/* A condition (insn.h's COND) that is decided by flags, or by nothing. */
struct verdict {
    enum { NEVER, ALWAYS, FLAGS } when;
    enum condition condition;
};
/* After a flag-setting addition into T, or comparison of A and B (A - B; REG_A is spoilt), or a test of T. */
struct verdict translate_add_verdict(struct translation *t, unsigned cond, enum reg sum);
struct verdict translate_compare_verdict(struct translation *t, unsigned cond, enum reg a, enum reg b);
struct verdict translate_logical_verdict(struct translation *t, unsigned cond, enum reg r);
/* Nullify the next instruction by it. */
void translate_nullify(struct translation *t, struct verdict verdict);

/* The operation is done, here or by its semantic function: from there C comes back to here. True. */
bool translate_again(struct translation *t);

/* Floating-point instructions may be executed: else its semantic function. */
void translate_float_gate(struct translation *t);
/* What CHECKS, of a cache's FLOATING, says is so; else go to OTHERWISE. Spoils REG_A. */
void translate_float_checks(struct emit *e, unsigned checks, label otherwise);

/* Who will look at the carries of the current operation. */
enum carry_use { CARRY_DEAD, CARRY_AS_BIT, CARRY_SEEN };
enum carry_use translate_carry_use(const struct translation *t);
/* A register with the carry of now, 0 or 1. */
enum reg translate_carry_bit(struct translation *t);

#endif
