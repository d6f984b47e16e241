/* block_translate.h - from a block to its native code. Private to cpu/jit/. */
#ifndef US_CPU_JIT_BLOCK_TRANSLATE_H
#define US_CPU_JIT_BLOCK_TRANSLATE_H

#include "cpu/jit/translate.h"

/* The jumps of a translated block that lead to blocks of its page. */
struct block_links {
    unsigned count;
    struct {
        unsigned index; /* of the sentinel */
        uint8_t *jump;  /* writable */
        const void *unlinked;
    } at[BLOCK_LINKS];
};

/* Emit BLOCK's code into t->emit, which has begun. False: it did not fit. Nothing is changed but T and what it emits.
 */
bool translate_block(struct translation *t, struct cpu *cpu, const struct emit_common *common, struct block *block);
/* T has translated its block again: where the code is of its instruction POS, one piece for each time that the block
 * has it (cpu.h, cpu_native). */
typedef void translate_piece(void *arg, const uint8_t *code, size_t size_bytes, size_t offset);
void translate_pieces(const struct translation *t, unsigned pos, translate_piece *piece, void *arg);
/* Let the block run as what was emitted. */
void translate_install(struct translation *t);

#endif
