/* jit.c - the translator's memory, heat, links between blocks, and how they are undone.
 *
 * Code lives in one area for each processor, which is mapped twice: where it is written it cannot be executed, where it
 * is executed it cannot be written. It is filled from the front and never freed piece by piece: when it, or the arena
 * of blocks, is full, every block is forgotten. What always holds: a jump from a block leads to another block only
 * while that is in its page's table; whoever forgets a block points the jumps to it back to where they look it up.
 * Nothing of this is saved, digested or compared, and executions alone make heat: no host time decides anything.
 */
#include "cpu/jit/jit.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "cpu/interp/block.h"
#include "cpu/jit/block_translate.h"

enum {
    CODE_BYTES = HARD(32 << 20, 1 << 18),
    HEAT = HARD(64, 1), /* executions until a block is translated */
};

/* A jump in native code that leads to a block. In the arena of blocks, forgotten with it. */
struct incoming {
    struct incoming *next;
    uint8_t *jump; /* writable */
    const void *unlinked;
};

struct jit {
    uint8_t *code; /* writable */
    ptrdiff_t executable;
    size_t size, used, first; /* bytes: of the area, taken, those of the common pieces */
    unsigned heat;            /* executions until a block is translated */
    bool full;
    struct emit_common common;
    struct engine engine;
    struct translation *translation;
    struct cpu_engine counts;
};

static void *arena_take(struct cpu *cpu, size_t bytes)
{
    bytes = (bytes + 31) & ~(size_t)31;
    if (cpu->arena_used + bytes > ARENA_BYTES)
        return NULL;
    void *taken = cpu->arena + cpu->arena_used;
    cpu->arena_used += bytes;
    return taken;
}

/* ---- links ---- */

/* FROM, a jump of native code that goes to UNLINKED, leads to BLOCK from now on. */
static void link_jump(struct cpu *cpu, struct block *block, uint8_t *jump, const void *unlinked)
{
    struct incoming *incoming = arena_take(cpu, sizeof *incoming);
    if (!incoming)
        return;
    *incoming = (struct incoming){block->incoming, jump, unlinked};
    block->incoming = incoming;
    emit_link(jump, cpu->jit->executable, block->chain);
}

static void block_dropped(struct cpu *cpu, struct block *block)
{
    for (struct incoming *incoming = block->incoming; incoming; incoming = incoming->next)
        emit_link(incoming->jump, cpu->jit->executable, incoming->unlinked);
    block->incoming = NULL;
    block->chain = NULL;
}

static void blocks_forgotten(struct cpu *cpu)
{
    cpu->jit->used = cpu->jit->first;
    cpu->jit->full = false;
    cpu->jit->counts.forgotten++;
}

/* A sentinel of translated code whose jump is not linked. */
static EXEC(go_and_link)
{
    struct block *from = (struct block *)(uintptr_t)(const void *)block_of(op);
    struct block *to = cpu->blocks[(uint32_t)op->imm >> 2];
    for (unsigned i = 0; to && to->chain && from->links && i < from->links->count; i++)
        if (from->links->at[i].index == op->index)
            link_jump(cpu, to, from->links->at[i].jump, from->links->at[i].unlinked);
    return from->runs[op->index](cpu, op);
}

/* ---- heat ---- */

static bool translate(struct cpu *cpu, struct block *block)
{
    struct jit *jit = cpu->jit;
    struct translation *t = jit->translation;
    emit_begin(&t->emit, jit->code + jit->used, jit->code + jit->size, jit->executable);
    if (!translate_block(t, cpu, &jit->common, block)) {
        jit->full = (size_t)(jit->code + jit->size - t->emit.at) < 64;
        return false;
    }
    struct block_links *links = arena_take(cpu, sizeof *links);
    if (!links) {
        jit->full = true;
        return false;
    }
    jit->used = (size_t)(t->emit.at - jit->code + 15) & ~(size_t)15;
    jit->counts.blocks++;
    jit->counts.insns += block->count;
    jit->counts.bytes = jit->used;
    translate_install(t);
    links->count = t->link_count;
    block->links = links;
    for (unsigned i = 0; i < t->link_count; i++) {
        const void *unlinked = emit_label_address(&t->emit, t->links[i].unlinked);
        links->at[i].index = t->links[i].index;
        links->at[i].jump = t->links[i].jump;
        links->at[i].unlinked = unlinked;
        struct block *to = cpu->blocks[(uint32_t)block->ops[t->links[i].index].imm >> 2];
        if (to && to->chain)
            link_jump(cpu, to, t->links[i].jump, unlinked);
    }
    return true;
}

/* The first operation of a block that is not translated. */
static EXEC(warm_up)
{
    struct block *block = (struct block *)(uintptr_t)(const void *)block_of(op);
    struct jit *jit = cpu->jit;
    if (++block->heat < jit->heat || cpu->blocks[block->offset >> 2] != block)
        return block->runs[0](cpu, op);
    if (jit->full)
        return exec_leave_block(cpu, op); /* the loop forgets everything, and begins again */
    if (!translate(cpu, block)) {
        if (jit->full)
            return exec_leave_block(cpu, op);
        block->ops[0].run = block->runs[0]; /* it cannot be */
    }
    return block->ops[0].run(cpu, op);
}

/* The budget does not reach to the end of OP's block, which has been debited. */
static EXEC(leave_block)
{
    cpu->budget += block_of(op)->debit;
    return exec_short_of(cpu, op);
}

static EXEC(refill_and_go_on)
{
    soft_short_refill(cpu, cpu->miss_offset);
    return block_of(op)->runs[op->index](cpu, op);
}

static bool full(const struct cpu *cpu)
{
    return cpu->jit->full;
}

/* ---- memory ---- */

/* Shared memory without a name, so that it can be mapped a second time (mremap with an old size of 0): no file, which
 * a limit on files' sizes would concern. */
static bool map_code(struct jit *jit)
{
    void *writable = mmap(NULL, jit->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (writable == MAP_FAILED)
        return false;
    void *executable = mremap(writable, 0, jit->size, MREMAP_MAYMOVE);
    if (executable != MAP_FAILED && mprotect(executable, jit->size, PROT_READ | PROT_EXEC) == 0) {
        jit->code = writable;
        jit->executable = (uint8_t *)executable - jit->code;
        return true;
    }
    if (executable != MAP_FAILED)
        munmap(executable, jit->size);
    munmap(writable, jit->size);
    return false;
}

/* What every block uses. False: there is no room for it. */
static bool make_common(struct jit *jit)
{
    static op_run *const functions[EMIT_CALLS] = {
        [CALL_GO] = go_and_link, [CALL_LEAVE] = leave_block, [CALL_MISS] = refill_and_go_on};
    struct emit *e = &jit->translation->emit;
    emit_begin(e, jit->code, jit->code + jit->size, jit->executable);
    emit_common(e, &jit->common, functions);
    if (!emit_finish(e))
        return false;
    jit->first = jit->used = (size_t)(e->at - jit->code + 15) & ~(size_t)15;
    memcpy(&jit->engine.enter, &jit->common.enter, sizeof jit->engine.enter);
    return true;
}

bool jit_possible(void)
{
    return true;
}

/* CPU's translator, as far as there is one, is no more. */
static void jit_free(struct cpu *cpu, struct jit *jit)
{
    if (jit && jit->code) {
        munmap(jit->code, jit->size);
        munmap(jit->code + jit->executable, jit->size);
    }
    free(jit ? jit->translation : NULL);
    free(jit);
    free(cpu->short_tables);
    cpu->short_tables = NULL;
}

/* NULL, or why there is none. */
static const char *jit_make(struct cpu *cpu, struct jit *jit)
{
    if (jit)
        jit->translation = calloc(1, sizeof *jit->translation);
    if (!jit || !jit->translation || !soft_short_begin(cpu))
        return "the host has no memory for it";
    jit->size = cpu->config.translation_bytes ? cpu->config.translation_bytes : CODE_BYTES;
    jit->heat = cpu->config.translate_after ? cpu->config.translate_after : HEAT;
    if (!map_code(jit))
        return "the host gives no memory that may be executed";
    jit->engine.first = warm_up;
    jit->engine.block_dropped = block_dropped;
    jit->engine.blocks_forgotten = blocks_forgotten;
    jit->engine.full = full;
    return make_common(jit) ? NULL : "its memory is too small";
}

bool jit_begin(struct cpu *cpu, const char **why)
{
    struct jit *jit = calloc(1, sizeof *jit);
    *why = jit_make(cpu, jit);
    if (*why) {
        jit_free(cpu, jit);
        return false;
    }
    cpu->jit = jit;
    cpu->engine = &jit->engine;
    return true;
}

void jit_end(struct cpu *cpu)
{
    jit_free(cpu, cpu->jit);
}

/* A block of PAGE that has the instruction at INDEX, and is translated: if possible one that begins there. */
static struct block *translated_block(const struct code_page *page, unsigned index)
{
    for (unsigned back = 0; back <= index && back < BLOCK_INSNS_MAX; back++) {
        struct block *block = page->blocks[index - back];
        if (block && block->chain && back < block->count)
            return block;
    }
    return NULL;
}

/* Which bytes are whose is not kept: the block is translated once more, into memory that is thrown away. The code is
 * the same but for where its jumps lead. */
bool jit_native(struct cpu *cpu, uint32_t physical, void (*piece)(void *arg, const uint8_t *, size_t, size_t),
                void *arg)
{
    enum { AGAIN_BYTES = 1 << 16 };
    struct jit *jit = cpu->jit;
    unsigned index = (physical & (PHYS_PAGE_BYTES - 1)) / 4;
    struct code_page *page = jit ? block_page(cpu, physical >> PHYS_PAGE_SHIFT) : NULL;
    struct block *block = page ? translated_block(page, index) : NULL;
    uint8_t *again = block ? malloc(AGAIN_BYTES) : NULL;
    if (!again)
        return false;
    struct translation *t = jit->translation;
    emit_begin(&t->emit, again, again + AGAIN_BYTES, 0);
    bool good = translate_block(t, cpu, &jit->common, block);
    if (good)
        translate_pieces(t, index - block->offset / 4, piece, arg);
    free(again);
    return good;
}

void jit_counts(const struct cpu *cpu, struct cpu_engine *counts)
{
    *counts = (struct cpu_engine){0};
    if (cpu->jit)
        *counts = cpu->jit->counts;
}
