/* block_translate.c - the way through a block: which words are in which registers, where control comes together, what
 * is left to the semantic functions, and the code out of the way.
 *
 * Operations are translated in their order in the block (core/op.h, LAYOUT), which is that of execution: all jumps lead
 * forward. Where two ways meet, only what both have in registers counts. An operation that is not translated is left to
 * its semantic function, which goes on to one of the operations after it; there native code is arrived at again.
 */
#include "cpu/jit/block_translate.h"

#include <string.h>

/* ---- registers ---- */

static void cache_clear(struct cache *cache)
{
    for (unsigned i = 0; i < POOL_REGS; i++)
        cache->word[i] = NO_WORD;
    cache->floating = 0;
}

static void cache_meet(struct cache *cache, const struct cache *other)
{
    for (unsigned i = 0; i < POOL_REGS; i++)
        if (cache->word[i] != other->word[i])
            cache->word[i] = NO_WORD;
    cache->floating &= other->floating;
}

static unsigned pool_choose(struct translation *t)
{
    unsigned best = POOL_REGS;
    for (unsigned i = 0; i < POOL_REGS; i++) {
        if (t->locked >> i & 1 || t->cache.word[i] == CARRY_BIT)
            continue;
        if (t->cache.word[i] == NO_WORD)
            return i;
        if (best == POOL_REGS || t->used[i] < t->used[best])
            best = i;
    }
    assert(best < POOL_REGS);
    return best;
}

static enum reg pool_lock(struct translation *t, unsigned i)
{
    t->locked |= 1u << i;
    t->used[i] = ++t->clock;
    return (enum reg)(REG_POOL + i);
}

enum reg translate_fresh(struct translation *t)
{
    unsigned i = pool_choose(t);
    t->cache.word[i] = NO_WORD;
    return pool_lock(t, i);
}

bool translate_is_zero(unsigned offset)
{
    return offset == source_gr(0);
}

enum reg translate_use(struct translation *t, unsigned offset)
{
    for (unsigned i = 0; i < POOL_REGS; i++)
        if (t->cache.word[i] == offset)
            return pool_lock(t, i);
    enum reg r = translate_fresh(t);
    if (translate_is_zero(offset))
        emit_constant(&t->emit, r, 0);
    else
        emit_load(&t->emit, r, offset);
    t->cache.word[r - REG_POOL] = (uint16_t)offset;
    return r;
}

void translate_define(struct translation *t, unsigned offset, enum reg r)
{
    if (offset == offsetof(struct cpu, sink))
        return;
    emit_store(&t->emit, offset, r);
    for (unsigned i = 0; i < POOL_REGS; i++)
        if (t->cache.word[i] == offset)
            t->cache.word[i] = NO_WORD;
    t->cache.word[r - REG_POOL] = (uint16_t)offset;
}

/* ---- jumps ---- */

static void join_add(struct translation *t, unsigned index)
{
    struct join *join = &t->joins[index];
    if (join->used) {
        cache_meet(&join->cache, &t->cache);
        return;
    }
    join->used = true;
    join->here = emit_label(&t->emit);
    join->cache = t->cache;
}

void translate_jump(struct translation *t, unsigned index)
{
    join_add(t, index);
    emit_jump(&t->emit, t->joins[index].here);
    t->reachable = false;
}

void translate_jump_if(struct translation *t, enum condition condition, unsigned index)
{
    join_add(t, index);
    emit_jump_if(&t->emit, condition, t->joins[index].here);
}

label translate_cold(struct translation *t, enum cold_kind kind, unsigned index)
{
    if (t->cold_count == COLDS) {
        t->emit.full = true;
        return 0;
    }
    struct cold *cold = &t->colds[t->cold_count++];
    cold->kind = kind;
    cold->index = index;
    cold->here = emit_label(&t->emit);
    cold->cache = t->cache;
    return cold->here;
}

label translate_original(struct translation *t)
{
    if (!t->has_original) {
        t->original = translate_cold(t, COLD_ORIGINAL, t->at);
        t->has_original = true;
    }
    return t->original;
}

/* C may go on at operation INDEX, natively, with nothing in registers. */
static void arrive_at(struct translation *t, unsigned index)
{
    struct cache before = t->cache;
    cache_clear(&t->cache);
    join_add(t, index);
    translate_cold(t, COLD_ARRIVE, index);
    t->colds[t->cold_count - 1].back = t->joins[index].here;
    t->cache = before;
}

/* ---- operations ---- */

/* The semantic function does it; where it goes on, native code is there again. */
static void leave_to_original(struct translation *t)
{
    unsigned at = t->at, insn_class = t->insn->id == INSN_ILLEGAL ? 0 : insn_rows[t->insn->id].insn_class;
    emit_jump(&t->emit, translate_original(t));
    t->reachable = false;
    if (t->block->runs[at] == exec_idle || t->insn->id == INSN_ILLEGAL)
        return;
    if (insn_class & CLASS_BRANCH) {
        arrive_at(t, at + t->op->sub);
        if (t->op->sub2 != t->op->sub)
            arrive_at(t, at + t->op->sub2);
        return;
    }
    arrive_at(t, at + 1);
    if (insn_class & CLASS_NULLIFY)
        arrive_at(t, at + 2);
}

/* For tests: one in ONE_IN instructions is translated, by its place. */
static bool left_by_choice(const struct translation *t, unsigned one_in)
{
    uint32_t mixed = (t->block->offset + 4 * t->at) * UINT32_C(2654435761);
    return (mixed >> 16) % one_in != 0;
}

static bool translate_one(struct translation *t)
{
    unsigned id = t->insn->id;
    unsigned one_in = t->cpu->config.translate_one_in;
    if (id == INSN_ILLEGAL || t->block->runs[t->at] == exec_idle || (one_in && left_by_choice(t, one_in)))
        return false;
    translate_row *row = translate_integer_rows[id] ? translate_integer_rows[id] : translate_other_rows[id];
    return row && row(t);
}

static void go_near(struct translation *t)
{
    label unlinked = translate_cold(t, COLD_GO, t->at);
    if (t->link_count == BLOCK_LINKS) {
        emit_jump(&t->emit, unlinked);
        return;
    }
    t->links[t->link_count].index = t->at;
    t->links[t->link_count].unlinked = unlinked;
    t->links[t->link_count++].jump = emit_jump_linked(&t->emit, unlinked);
}

static void go_far(struct translation *t, bool computed)
{
    struct emit *e = &t->emit;
    if (computed) {
        emit_load(e, REG_A, offsetof(struct cpu, branch_target));
        emit_load(e, REG_C, offsetof(struct cpu, branch_space));
    } else {
        emit_load(e, REG_A, offsetof(struct cpu, code_base));
        emit_add_constant(e, REG_A, REG_A, (uint32_t)t->op->imm);
        emit_load(e, REG_C, offsetof(struct cpu, code_space));
    }
    emit_go_far(e, translate_original(t));
}

/* A sentinel: control leaves the block, or a branch that was nullified is not counted. */
static void translate_sentinel(struct translation *t)
{
    op_run *run = t->block->runs[t->at];
    if (run == exec_branch_nullified) {
        emit_uncount_branch(&t->emit);
        return;
    }
    if (run == exec_go)
        go_near(t);
    else if (run == exec_go_far || run == exec_go_computed)
        go_far(t, run == exec_go_computed);
    else
        emit_jump(&t->emit, translate_original(t));
    t->reachable = false;
}

static void begin_operation(struct translation *t, unsigned at)
{
    struct join *join = &t->joins[at];
    t->at = at;
    t->op = &t->block->ops[at];
    t->insn = &t->insns[at];
    t->has_original = false;
    t->locked = 0;
    t->starts[at] = at ? (uint32_t)(t->emit.at - t->emit.base) : 0;
    if (!join->used)
        return;
    if (t->reachable)
        cache_meet(&t->cache, &join->cache);
    else
        t->cache = join->cache;
    t->reachable = true;
    emit_bind(&t->emit, join->here);
}

/* Is the operation at INDEX an instruction? Sentinels have no word; their functions are few. */
static bool is_sentinel(const struct block *block, unsigned index)
{
    op_run *run = block->runs[index];
    return run == exec_branch_nullified || run == exec_go || run == exec_go_far || run == exec_go_computed ||
           run == exec_go_nullify || run == exec_exit || run == exec_exit_nullify || run == exec_exit_taken ||
           run == exec_exit_taken_nullify;
}

bool translate_again(struct translation *t)
{
    label here = emit_label(&t->emit);
    emit_bind(&t->emit, here);
    translate_cold(t, COLD_ARRIVE, t->at + 1);
    t->colds[t->cold_count - 1].back = here;
    return true;
}

/* Native code goes on here as one that has checked: is it still so? Else the interpreter goes on. */
static void check_floating(struct translation *t, const struct cold *cold, uint32_t offset)
{
    label otherwise = emit_label(&t->emit), fine = emit_label(&t->emit);
    translate_float_checks(&t->emit, cold->cache.floating, otherwise);
    emit_jump(&t->emit, fine);
    emit_bind(&t->emit, otherwise);
    emit_leave(&t->emit, offset, t->common->original);
    emit_bind(&t->emit, fine);
}

static void finish_cold(struct translation *t, struct cold *cold)
{
    struct emit *e = &t->emit;
    const struct op *op = &t->block->ops[cold->index];
    uint32_t offset = (uint32_t)((const uint8_t *)op - t->cpu->arena);
    emit_bind(e, cold->here);
    switch (cold->kind) {
    case COLD_ORIGINAL:
        emit_leave(e, offset, t->common->original);
        break;
    case COLD_MISS:
        emit_leave(e, offset, t->common->call[CALL_MISS]);
        break;
    case COLD_GO:
        emit_leave(e, offset, t->common->call[CALL_GO]);
        break;
    case COLD_BROKE:
        emit_leave(e, offset, t->common->call[CALL_LEAVE]);
        break;
    case COLD_ARRIVE:
        emit_arrive(e);
        if (cold->cache.floating)
            check_floating(t, cold, offset);
        for (unsigned i = 0; i < POOL_REGS; i++)
            if (translate_is_zero(cold->cache.word[i]))
                emit_constant(e, (enum reg)(REG_POOL + i), 0);
            else if (cold->cache.word[i] != NO_WORD)
                emit_load(e, (enum reg)(REG_POOL + i), cold->cache.word[i]);
        emit_jump(e, cold->back);
        break;
    }
}

bool translate_block(struct translation *t, struct cpu *cpu, const struct emit_common *common, struct block *block)
{
    t->cpu = cpu;
    t->common = common;
    t->block = block;
    t->cold_count = t->link_count = 0;
    t->clock = 0;
    memset(t->used, 0, sizeof t->used);
    memset(t->joins, 0, sizeof t->joins);
    for (unsigned i = 0; i < block->ops_count; i++)
        if (!is_sentinel(block, i))
            insn_decode(block->ops[i].word, &t->insns[i]);
    cache_clear(&t->cache);
    t->reachable = true;
    label broke = translate_cold(t, COLD_BROKE, 0);
    emit_debit(&t->emit, block->debit, broke);
    arrive_at(t, 0);
    for (unsigned i = 0; i < block->ops_count && !t->emit.full; i++) {
        begin_operation(t, i);
        if (!t->reachable)
            continue;
        if (is_sentinel(block, i))
            translate_sentinel(t);
        else if (!translate_one(t))
            leave_to_original(t);
    }
    t->starts[block->ops_count] = (uint32_t)(t->emit.at - t->emit.base);
    for (unsigned i = 0; i < t->cold_count && !t->emit.full; i++)
        finish_cold(t, &t->colds[i]);
    return emit_finish(&t->emit);
}

void translate_install(struct translation *t)
{
    for (unsigned i = 0; i < t->cold_count; i++) {
        const struct cold *cold = &t->colds[i];
        const void *at = emit_label_address(&t->emit, cold->here);
        if (cold->kind == COLD_ARRIVE)
            memcpy(&t->block->ops[cold->index].run, &at, sizeof at);
    }
    t->block->chain = t->emit.base + t->emit.executable;
}

void translate_pieces(const struct translation *t, unsigned pos, translate_piece *piece, void *arg)
{
    const struct block *block = t->block;
    for (unsigned i = 0; i < block->ops_count; i++)
        if (!is_sentinel(block, i) && block->ops[i].pos == pos && t->starts[i + 1] > t->starts[i])
            piece(arg, (const uint8_t *)block->chain + t->starts[i], t->starts[i + 1] - t->starts[i], t->starts[i]);
}
