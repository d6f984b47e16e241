/* passing.c - how a block is executed in which there are places to be noted (core/places.c).
 *
 * A block is entered only if the budget reaches to its end, and the budget ends at the next place. But within a block
 * the instruction address goes up by one instruction at a time, and no branch completes before the last instructions:
 * where the processor will be at a place in it is known when it is entered. So that is noted then, and the budget goes
 * on to the place after it. An interruption, a stall or a request to stop on the way leaves the block, and takes back
 * what was not passed. Between a branch and its delay slot the position depends on the branch: to such a place a copy
 * of the block is executed whose sentinels note it, and go on in the block.
 */
#include "cpu/interp/block.h"
#include "mmu/base/vtime.h"

/* A sentinel of the copy: the branch has completed, and its delay slot is next. */
static EXEC(exec_place)
{
    static op_run *const exits[] = {[BRANCH_UNTAKEN] = exec_exit,
                                    [BRANCH_UNTAKEN_NULLIFY] = exec_exit_nullify,
                                    [BRANCH_TAKEN] = exec_exit_taken,
                                    [BRANCH_TAKEN_NULLIFY] = exec_exit_taken_nullify};
    unsigned way = op->index + 1 + BRANCH_EXITS - block_of(op)->ops_count;
    uint32_t front = cpu->code_base + op_offset(op), back = front + 4, back_space = cpu->code_space;
    if (way >= BRANCH_TAKEN)
        back = go_target(cpu, op, &back_space);
    exec_count(cpu, budget_of(cpu, 1)); /* the slot has not been executed */
    if (!places_note(cpu, (struct position){cpu_branches(cpu), cpu->code_space, front, back_space, back}))
        return exits[way](cpu, op);
    CONTINUE(&cpu->places.passing->ops[op->index]);
}

static const struct op *copy_to_slot(struct cpu *cpu, const struct block *block)
{
    struct block *copy = cpu->step_block;
    block_head(cpu, block, block->count - 1);
    copy->count = block->count; /* all of them are paid for */
    copy->debit = block->debit;
    for (unsigned i = copy->ops_count - BRANCH_EXITS; i < copy->ops_count; i++)
        copy->ops[i].run = exec_place;
    cpu->places.passing = block;
    return copy->ops;
}

const struct op *passing_enter(struct cpu *cpu, const struct block *block)
{
    struct places *places = &cpu->places;
    exec_count(cpu, 0);
    uint64_t begin = cpu->state.insns, end = begin + block->count;
    uint64_t known = end - block->has_slot; /* up to there */
    size_t before = places->noted;
    if (end > places->slice_insns)
        return NULL;
    while (places->next_insns < known) {
        uint32_t space = cpu->code_space, at = (uint32_t)(places->next_insns - begin);
        uint32_t front = cpu->code_base + block->offset + 4 * at;
        if (!places_note(cpu, (struct position){cpu_branches(cpu), space, front, space, front + 4})) {
            while (places->noted > before)
                places_take_back_one(cpu);
            return NULL;
        }
    }
    bool to_slot = places->next_insns < end;
    uint64_t more = smallest(places->slice_insns, places_insns(cpu, places->noted + to_slot)) - cpu->insns_end;
    cpu->insns_end += more;
    cpu->budget += budget_of(cpu, more);
    return to_slot ? copy_to_slot(cpu, block) : block->ops;
}
