/* strike.c - see strike.h. */
#include "ft/computer/strike.h"

#include <inttypes.h>

#include "ft/world/world.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

/* From now on the backup hears nothing, and nothing is heard of it: its last heartbeat that came through was at the
 * last beat before now. What was acknowledged before counts as well; a heartbeat is never older than that by more than
 * one beat. */
static void cut(struct computer *computer)
{
    const struct settings *settings = &computer->system->config.settings;
    uint64_t now = computer_now(computer), beat = settings->heartbeat_us * PS_PER_US;
    if (computer->channel.cut || (computer->vmm && !computer->vmm->linked))
        return;
    channel_cut(&computer->channel, now);
    if (computer->vmm) {
        events_cancel(&computer->events, EVENT_PEER_LOST);
        events_add(&computer->events,
                   now / beat * beat + computer->channel.latency_ps + settings->timeout_us * PS_PER_US, EVENT_PEER_LOST,
                   0);
    } /* a bare computer still hears the other: only what it sends does not leave */
    system_tell(computer, "the channel is cut");
}

static void heal(struct computer *computer)
{
    if (!computer->channel.cut)
        return;
    if (!computer->vmm->peer_loss_known)
        events_cancel(&computer->events, EVENT_PEER_LOST);
    channel_heal(&computer->channel, computer_now(computer));
    system_tell(computer, "the channel is healed");
}

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
    system_tell(computer, "a bit flips: %s%" PRIu64 ", bit %u", fault->memory ? "memory at " : "gr", fault->argument,
                fault->bit);
}

void disturb(struct computer *computer, const struct fault *fault)
{
    struct system *system = computer->system;
    switch (fault->kind) {
    case FAULT_CRASH:
        break;
    case FAULT_CUT:
        cut(computer);
        break;
    case FAULT_HEAL:
        heal(computer);
        break;
    case FAULT_DELAY:
        computer->channel.delay_ps = fault->argument * PS_PER_US;
        system_tell(computer, "messages are delayed by %" PRIu64 " us", fault->argument);
        break;
    case FAULT_ACK_LOSS:
        computer->vmm->acks_lost_to_ps = computer->channel.last_arrival_ps;
        computer->vmm->ack_instead_ps = 0;
        system_tell(computer, "the acknowledgements under way are lost");
        break;
    case FAULT_MEDIUM:
        pthread_mutex_lock(&system->lock);
        for (unsigned i = 0; i < DISK_DEVICES; i++)
            shared_disk_fail_block(disk_of(computer, i), (uint32_t)fault->argument);
        pthread_mutex_unlock(&system->lock);
        system_tell(computer, "block %" PRIu64 " of every disk fails", fault->argument);
        break;
    case FAULT_FLIP:
        flip(computer, fault);
        break;
    }
    if (computer->board->cpu)
        cpu_request_stop(computer->board->cpu);
}

bool system_fault_now(struct system *system, const struct fault *fault, struct error *error)
{
    for (unsigned i = 0; i < system->computers; i++) {
        struct computer *computer = system->computer[i];
        if (!computer->alive || computer->role != fault->role)
            continue;
        disturb(computer, fault);
        return true;
    }
    return error_set(error, "there is no %s now: it has failed", fault->role == ROLE_PRIMARY ? "primary" : "backup");
}

bool system_assume(struct system *system, enum assumption which, bool holds)
{
    static const uint32_t at_any_time = 1U << ASSUMPTION_CLOCK | 1U << ASSUMPTION_DELIVERY | 1U << ASSUMPTION_DMA |
                                        1U << ASSUMPTION_DETECTION | 1U << ASSUMPTION_FENCING |
                                        1U << ASSUMPTION_ARBITER;
    if (!(at_any_time >> which & 1))
        return false;
    uint32_t bit = UINT32_C(1) << which;
    system->config.broken = holds ? system->config.broken & ~bit : system->config.broken | bit;
    return true;
}
