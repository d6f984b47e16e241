/* counts.c - see counts.h. */
#include "ft/live/counts.h"

#include "ft/board/digest.h"
#include "ft/live/node.h"
#include "ft/world/host_time.h"
#include "mmu/base/vtime.h"

enum { NUMBERS = sizeof(struct node_counts) / sizeof(uint64_t) };
_Static_assert(sizeof(struct node_counts) == NUMBERS * sizeof(uint64_t), "they are all numbers of 64 bits");

/* What the guest has issued, here and where its VP was before, as it knows itself: but what its controller refused. */
static uint64_t issued(const struct computer *computer)
{
    uint64_t outputs = computer->board->state.outputs;
    if (!computer->operations.suppressed) /* it has been here all the time */
        return computer->operations.issued;
    for (size_t i = 0; i < computer->history.operations.count; i++)
        outputs -= computer->history.operations.at[i].refused;
    return outputs;
}

struct node_counts node_counts_of(const struct node *node)
{
    const struct computer *computer = node->computer;
    struct node_counts counts = {
        .messages = computer->channel.messages,
        .bytes = computer->channel.bytes,
        .issued = issued(computer),
        .suppressed = computer->operations.suppressed,
        .processor_ns = (uint64_t)(host_thread_seconds() * 1e9),
        .lags = computer->lags,
        .points = computer->points,
    };
    memcpy(counts.interrupts, computer->interrupts, sizeof counts.interrupts);
    return counts;
}

void node_counts_say(const struct node_counts *counts, struct frame_writer *writer)
{
    uint64_t numbers[NUMBERS];
    memcpy(numbers, counts, sizeof numbers);
    for (unsigned i = 0; i < NUMBERS; i++)
        frame_u64(writer, numbers[i]);
}

void node_counts_take(struct node_counts *counts, struct frame_reader *frame)
{
    uint64_t numbers[NUMBERS] = {0};
    for (unsigned i = 0; i < NUMBERS; i++)
        numbers[i] = frame_take_u64(frame);
    memcpy(counts, numbers, sizeof numbers);
}

void node_counts_add(const struct node_counts *counts, enum role role, struct system_result *result)
{
    result->messages += counts->messages;
    result->bytes += counts->bytes;
    result->operations.suppressed += counts->suppressed;
    result->cpu_seconds[role] = (double)counts->processor_ns / 1e9;
    interrupts_add(result->interrupts, counts->interrupts);
    points_add(&result->points, &counts->points);
    if (!counts->lags.count)
        return;
    result->lag_us_mean = (double)counts->lags.sum_ps / (double)counts->lags.count / PS_PER_US;
    result->lag_us_max = (double)counts->lags.max_ps / PS_PER_US;
}

void node_result(struct node *node, struct system_result *result)
{
    enum system_end end = node->end;
    if (end == END_NONE)
        end = node->status == NODE_FENCED ? END_HALTED : END_LOST;
    *result = (struct system_result){
        .end = end,
        .end_name = system_end_name(end),
        .status = node->guest_status,
        .failovers = node->system.world.failovers,
        .explainable = true,
        .engine = cpu_engine_name(cpu_engine_best()),
        .host_seconds = (double)node_clock_ps(node) / (double)PS_PER_S,
    };
    if (!node->computer)
        return;
    struct node_counts counts = node_counts_of(node);
    node_counts_add(&counts, node->computer->role, result);
    result->operations.issued = counts.issued;
    result->instructions = computer_insns(node->computer);
    result->epochs = node->computer->vmm->epoch;
    result->digest = board_digest(node->computer->board);
    result->engine = cpu_engine_name(cpu_engine(node->computer->board->cpu).kind);
}
