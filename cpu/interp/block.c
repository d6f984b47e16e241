/* block.c - the cache of decoded instructions (core/op.h has the layout of a block).
 *
 * What always holds: a word that a block was decoded from is in a line noted with phys_note_code, so that a store or
 * DMA into it drops the block before the next instruction is looked for. A dropped block's memory stays until the arena
 * is full, because the processor may still be executing in it.
 */
#include "cpu/interp/block.h"

#include "cpu/interp/interp.h"
#include "mmu/base/memory.h"

#include <stdlib.h>

enum {
    IDLE_HINT = 0x094A024A, /* or r10,r10,r10: Linux/parisc says with it that it has nothing to do */
};

/* A block under construction. */
struct builder {
    struct cpu *cpu;
    const uint8_t *host; /* the page */
    unsigned count;      /* instructions */
    unsigned ops_count;
    uint32_t counted; /* as in struct block */
    bool has_slot;
    bool nullifies; /* the last instruction may nullify what comes after it */
    uint32_t start; /* page offset of the first instruction */
    struct op ops[BLOCK_OPS_MAX];
};

bool interp_init(struct cpu *cpu)
{
    size_t pages = (phys_ram_bytes(cpu->phys) >> PHYS_PAGE_SHIFT) + (PHYS_ROM_BYTES >> PHYS_PAGE_SHIFT);
    cpu->pages = calloc(pages, sizeof(struct code_page *));
    cpu->arena = malloc(ARENA_BYTES);
    cpu->step_block = calloc(1, sizeof(struct block) + BLOCK_OPS_MAX * sizeof(struct op));
    return cpu->pages && cpu->arena && cpu->step_block;
}

void interp_free(struct cpu *cpu)
{
    while (cpu->page_list) {
        struct code_page *page = cpu->page_list;
        cpu->page_list = page->next;
        free(page);
    }
    free(cpu->pages);
    free(cpu->arena);
    free(cpu->step_block);
}

/* Index into cpu->pages, or -1. */
static int64_t page_slot(const struct cpu *cpu, uint32_t page_index)
{
    uint32_t ram_pages = phys_ram_bytes(cpu->phys) >> PHYS_PAGE_SHIFT;
    if (page_index < ram_pages)
        return page_index;
    uint32_t rom_index = page_index - (PHYS_ROM_BASE >> PHYS_PAGE_SHIFT);
    if (rom_index < PHYS_ROM_BYTES >> PHYS_PAGE_SHIFT)
        return (int64_t)ram_pages + rom_index;
    return -1;
}

struct code_page *block_page(struct cpu *cpu, uint32_t page_index)
{
    int64_t slot = page_slot(cpu, page_index);
    if (slot < 0)
        return NULL;
    if (cpu->pages[slot])
        return cpu->pages[slot];
    struct code_page *page = calloc(1, sizeof *page);
    memory_need(page);
    page->page_index = page_index;
    page->host = phys_page_load(cpu->phys, page_index << PHYS_PAGE_SHIFT);
    page->next = cpu->page_list;
    cpu->page_list = page;
    cpu->pages[slot] = page;
    return page;
}

void interp_forget_all(struct cpu *cpu)
{
    for (struct code_page *page = cpu->page_list; page; page = page->next)
        memset(page->blocks, 0, sizeof page->blocks);
    cpu->arena_used = 0;
    if (cpu->engine)
        cpu->engine->blocks_forgotten(cpu);
}

void interp_forget_lines(struct cpu *cpu, uint32_t page_index, uint64_t lines)
{
    int64_t slot = page_slot(cpu, page_index);
    if (slot < 0 || !cpu->pages[slot])
        return;
    struct code_page *page = cpu->pages[slot];
    for (unsigned i = 0; i < 1024; i++) {
        struct block *block = page->blocks[i];
        if (!block)
            continue;
        unsigned first = block->offset / PHYS_LINE_BYTES;
        unsigned last = (block->offset + 4 * block->count - 1) / PHYS_LINE_BYTES;
        if (lines & (UINT64_MAX << first) & (UINT64_MAX >> (63 - last)))
            page->blocks[i] = NULL;
        if (!page->blocks[i] && cpu->engine)
            cpu->engine->block_dropped(cpu, block);
    }
}

/* Could a breakpoint be at this offset of a page? (Breakpoints are virtual, blocks physical: the low bits decide.) */
static bool breakpoint_near(const struct cpu *cpu, uint32_t offset)
{
    for (unsigned i = 0; i < cpu->breakpoint_count; i++) {
        if (((cpu->breakpoints[i] ^ offset) & 0xFFC) == 0)
            return true;
    }
    return false;
}

static void begin(struct builder *b, struct cpu *cpu, uint32_t start)
{
    b->cpu = cpu;
    b->start = start;
    b->count = b->ops_count = 0;
    b->counted = 0;
    b->has_slot = b->nullifies = false;
}

/* BLOCK has room for what was made. */
static void finish(const struct builder *b, struct block *block)
{
    block->count = b->count;
    block->offset = b->start;
    block->ops_count = b->ops_count;
    block->has_slot = b->has_slot;
    block->counted = b->counted;
    block->debit = (uint32_t)budget_of(b->cpu, b->count) - (b->counted > 0);
    memcpy(block->ops, b->ops, b->ops_count * sizeof(struct op));
}

static struct op *add_op(struct builder *b, op_run *run)
{
    assert(b->ops_count < BLOCK_OPS_MAX);
    struct op *op = &b->ops[b->ops_count];
    *op = (struct op){.run = run, .index = (uint8_t)b->ops_count, .pos = (uint8_t)b->count};
    b->ops_count++;
    return op;
}

/* The operation of an instruction, wherever it is executed. */
static struct op *add_insn(struct builder *b, const struct insn *insn)
{
    struct op *op = add_op(b, NULL);
    op->word = insn->word;
    op_prepare *prepare = exec_prepare_table[insn->id];
    if (prepare)
        prepare(op, insn);
    else
        exec_illegal_prepare(op, insn);
    if (insn->word == IDLE_HINT && b->cpu->config.stop_on_idle)
        op->run = exec_idle;
    return op;
}

/* Sentinels towards the static offset TARGET (bytes from the page's start). */
static void add_go(struct builder *b, int64_t target)
{
    bool near = target >= 0 && target < PHYS_PAGE_BYTES;
    struct op *op = add_op(b, near ? exec_go : exec_go_far);
    op->imm = (int32_t)target;
    op = add_op(b, exec_go_nullify);
    op->imm = (int32_t)target;
}

static void add_go_computed(struct builder *b)
{
    add_op(b, exec_go_computed)->sub = TARGET_DYNAMIC;
    add_op(b, exec_go_nullify)->sub = TARGET_DYNAMIC;
}

/* May INSN nullify the next instruction? */
static bool may_nullify(const struct insn *insn)
{
    unsigned insn_class = insn_rows[insn->id].insn_class;
    return (insn_class & CLASS_NULLIFY) && (insn->cond || (insn_class & CLASS_ASSIST));
}

/* The branch that has just been added completes, and is counted, or the instruction before it nullifies it. */
static void count_branch(struct builder *b)
{
    if (!b->cpu->config.count_branches)
        return;
    b->counted = b->count;
    if (!b->nullifies)
        return;
    struct op *branch = &b->ops[b->ops_count - 1];
    branch->sub++;
    branch->sub2++;
    add_op(b, exec_branch_nullified);
}

/* Sentinels after a branch whose delay slot is elsewhere. */
static void add_exits(struct builder *b, bool branch, bool dynamic, int32_t target)
{
    add_op(b, exec_exit);
    add_op(b, exec_exit_nullify);
    if (!branch)
        return;
    add_op(b, exec_exit);
    for (unsigned nullify = 0; nullify < 2; nullify++) {
        struct op *op = add_op(b, nullify ? exec_exit_taken_nullify : exec_exit_taken);
        op->sub = dynamic ? TARGET_DYNAMIC : TARGET_STATIC;
        op->imm = target;
    }
}

/* INSN is a branch at page offset AT, already added. Add its delay slot if it can be in the block, and the sentinels.
 */
static void add_branch_tail(struct builder *b, uint32_t at, bool dynamic, int32_t distance)
{
    uint32_t slot_at = at + 4;
    struct insn slot;
    bool unused_dynamic;
    int32_t unused_distance;
    bool inside = slot_at < PHYS_PAGE_BYTES && !breakpoint_near(b->cpu, slot_at);
    if (inside) {
        insn_decode(be32_load(b->host + slot_at), &slot);
        inside = !branch_is(&slot, &unused_dynamic, &unused_distance);
    }
    if (!inside) {
        add_exits(b, true, dynamic, (int32_t)at + distance);
        return;
    }
    b->has_slot = true;
    add_insn(b, &slot);
    b->count++;
    add_go(b, (int64_t)at + 8);
    b->count--;
    add_insn(b, &slot)->flags |= OP_DELAY;
    b->count++;
    if (dynamic)
        add_go_computed(b);
    else
        add_go(b, (int64_t)at + distance);
}

/* Decode from b->start on until the block ends. */
static void build(struct builder *b)
{
    for (uint32_t at = b->start;; at += 4) {
        bool full = b->count >= BLOCK_INSNS_MAX || at >= PHYS_PAGE_BYTES;
        if (full || (b->count > 0 && breakpoint_near(b->cpu, at))) {
            add_go(b, at);
            return;
        }
        struct insn insn;
        bool dynamic;
        int32_t distance;
        insn_decode(be32_load(b->host + at), &insn);
        add_insn(b, &insn);
        b->count++;
        if (branch_is(&insn, &dynamic, &distance)) {
            count_branch(b);
            add_branch_tail(b, at, dynamic, distance);
            return;
        }
        b->nullifies = may_nullify(&insn);
        if (insn_rows[insn.id].insn_class & CLASS_ENDS_BLOCK) {
            add_go(b, (int64_t)at + 4);
            return;
        }
    }
}

/* The translator's first operation in the place of BLOCK's, and its semantic functions aside. */
static void give_to_engine(struct cpu *cpu, struct block *block)
{
    block->runs = (op_run **)(void *)&block->ops[block->ops_count];
    for (unsigned i = 0; i < block->ops_count; i++)
        block->runs[i] = block->ops[i].run;
    block->ops[0].run = cpu->engine->first;
}

struct block *block_get(struct cpu *cpu, struct code_page *page, uint32_t offset)
{
    struct block *block = page->blocks[offset >> 2];
    if (block)
        return block;
    if (cpu->breakpoint_count && breakpoint_near(cpu, offset))
        return NULL;
    struct builder b;
    begin(&b, cpu, offset);
    b.host = page->host;
    build(&b);
    size_t bytes = sizeof *block + b.ops_count * sizeof(struct op);
    if (cpu->engine)
        bytes += (b.ops_count + 3) / 4 * (4 * sizeof(op_run *));
    if (cpu->arena_used + bytes > ARENA_BYTES)
        interp_forget_all(cpu);
    block = (struct block *)(void *)(cpu->arena + cpu->arena_used);
    cpu->arena_used += bytes;
    memset(block, 0, sizeof *block);
    finish(&b, block);
    if (cpu->engine)
        give_to_engine(cpu, block);
    page->blocks[offset >> 2] = block;
    unsigned first = offset / PHYS_LINE_BYTES, last = (offset + 4 * b.count - 1) / PHYS_LINE_BYTES;
    phys_note_code(cpu->phys, page->page_index, (UINT64_MAX << first) & (UINT64_MAX >> (63 - last)));
    return block;
}

const struct block *block_head(struct cpu *cpu, const struct block *block, unsigned count)
{
    struct builder b;
    assert(count > 0 && count < block->count);
    bool to_slot = block->has_slot && count == block->count - 1;
    begin(&b, cpu, block->offset);
    b.count = count;
    b.counted = to_slot ? block->counted : 0;
    b.ops_count = to_slot ? block->ops_count - BRANCH_TAIL_OPS : count;
    memcpy(b.ops, block->ops, b.ops_count * sizeof(struct op));
    for (unsigned i = 0; block->runs && i < b.ops_count; i++)
        b.ops[i].run = block->runs[i];
    if (to_slot) {
        const struct op *taken = &block->ops[block->ops_count - 1];
        add_exits(&b, true, taken->sub == TARGET_DYNAMIC, taken->imm);
    } else {
        add_go(&b, (int64_t)block->offset + 4 * count);
    }
    finish(&b, cpu->step_block);
    return cpu->step_block;
}

const struct op *block_step(struct cpu *cpu, uint32_t word)
{
    struct builder b;
    struct insn insn;
    bool dynamic = false;
    int32_t distance = 0;
    begin(&b, cpu, 0);
    insn_decode(word, &insn);
    add_insn(&b, &insn);
    b.count++;
    bool branch = branch_is(&insn, &dynamic, &distance);
    if (branch)
        count_branch(&b);
    add_exits(&b, branch, dynamic, distance);
    finish(&b, cpu->step_block);
    return cpu->step_block->ops;
}
