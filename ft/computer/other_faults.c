/* other_faults.c - see other_faults.h. */
#include "ft/computer/other_faults.h"

#include <inttypes.h>

#include "ft/computer/computer.h"
#include "ft/computer/kind.h"
#include "mmu/base/vtime.h"

static void flip(struct computer *computer, const struct fault *fault)
{
    struct board *board = computer->board;
    uint8_t byte;
    if (!fault->memory) {
        cpu_state(board->cpu)->gr[fault->argument] ^= UINT32_C(1) << (31 - fault->bit);
        cpu_state_changed(board->cpu);
    } else if (phys_dma_read(board->phys, (uint32_t)fault->argument, &byte, 1)) {
        byte ^= (uint8_t)(0x80 >> fault->bit);
        phys_dma_write(board->phys, (uint32_t)fault->argument, &byte, 1);
    }
    computer_tell(computer, "a bit flips: %s%" PRIu64 ", bit %u", fault->memory ? "memory at " : "gr", fault->argument,
                  fault->bit);
}

void strike(struct computer *computer, const struct fault *fault)
{
    struct world *world = computer->world;
    switch (fault->kind) {
    case FAULT_CRASH: /* planned_faults.c */
        break;
    case FAULT_CUT:
    case FAULT_HEAL:
    case FAULT_ACK_LOSS:
        computer->kind->strike(computer, fault);
        break;
    case FAULT_DELAY:
        computer->channel.delay_ps = fault->argument * PS_PER_US;
        computer_tell(computer, "messages are delayed by %" PRIu64 " us", fault->argument);
        break;
    case FAULT_MEDIUM:
        pthread_mutex_lock(&world->lock);
        for (unsigned i = 0; i < DISK_DEVICES; i++)
            shared_disk_fail_block(computer_disk(computer, i), (uint32_t)fault->argument);
        pthread_mutex_unlock(&world->lock);
        computer_tell(computer, "block %" PRIu64 " of every disk fails", fault->argument);
        break;
    case FAULT_SLOW:
        computer_slow(computer, (unsigned)fault->argument);
        computer_tell(computer, "works at %" PRIu64 " %% of its speed", fault->argument);
        break;
    case FAULT_FLIP:
        flip(computer, fault);
        break;
    case FAULT_SOFT:
        computer->soft_checks++;
        break;
    case FAULT_HARD:
    case FAULT_DAMAGE:
    case FAULT_HANG:
        computer->check = fault->kind; /* the first counts: a processor that stands cannot fail again */
        break;
    }
    if (computer->board->cpu)
        cpu_request_stop(computer->board->cpu);
}
