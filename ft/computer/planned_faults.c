/* planned_faults.c - where a planned fault strikes: the plan's faults, held against what a computer does. A crash is
 * its death, which is here too; the others are in other_faults.c.
 */
#include "ft/computer/computer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/computer/crash_trail.h"
#include "ft/computer/kind.h"
#include "ft/computer/other_faults.h"
#include "mmu/base/vtime.h"

/* A write under way when its computer dies: how much of it the disk has performed, block by block in seeded order.
 * Returns the blocks, as the mask of a partial performance. */
static uint64_t perform_in_part(struct computer *computer, struct in_flight *flight)
{
    struct disk_operation *op = &flight->op;
    if (op->opcode != DISK_WRITE || op->refused)
        return 0;
    uint64_t span = flight->end_ps - flight->start_ps; /* it may be overdue, where the clock jumps */
    uint64_t done = smallest(computer->died_ps - flight->start_ps, span);
    uint64_t blocks = span ? (uint64_t)((unsigned __int128)op->count * done / span) : 0;
    uint64_t mask = 0;
    uint32_t groups = op->count < 64 ? op->count : 64;
    for (uint64_t placed = 0; placed < blocks * groups / op->count; placed++) {
        uint64_t at = rng_upto(&computer->crash_rng, groups - 1);
        while (mask >> at & 1)
            at = (at + 1) % groups;
        mask |= UINT64_C(1) << at;
    }
    if (mask)
        shared_disk_perform(computer_disk(computer, op->device), computer->generation, op, &mask, computer->died_ps);
    return mask;
}

void computer_tell_part(struct computer *computer, const struct disk_operation *op, uint64_t mask)
{
    char name[DISK_NAME_BYTES];
    unsigned performed = 0;
    for (uint32_t i = 0; i < op->count && op->opcode == DISK_WRITE; i++)
        performed += mask >> (i % 64) & 1;
    disk_describe(history_operation(&computer->history, op->number), name);
    if (op->opcode == DISK_WRITE)
        computer_tell(computer, "%s was under way: %u of %u blocks performed", name, performed, op->count);
    else
        computer_tell(computer, "%s was under way: not performed", name);
}

void computer_lose(struct computer *computer)
{
    computer->dying = computer->fenced = true;
}

/* For the operator: who dies, where, and if it is of no fault, what of. */
static void tell_death(struct computer *computer)
{
    const char *who = computer->role == ROLE_PRIMARY ? "primary" : "backup";
    char epoch[40] = "";
    if (computer->vmm)
        snprintf(epoch, sizeof epoch, "in epoch %" PRIu64 " ", computer_place(computer).epoch);
    if (computer->fenced)
        computer_tell(computer,
                      "the %s is fenced: it lost the arbiter (generation %u is another's, its own is %u), and halts "
                      "%sbefore instruction %" PRIu64 ", before output %" PRIu64,
                      who, computer->world->generation, computer->generation, epoch, computer_insns(computer),
                      computer->board->state.outputs + 1);
    else if (computer->vp_lost)
        computer_tell(computer,
                      "the %s's virtual processor is lost, %sbefore instruction %" PRIu64 ": [lost] is sent, and the "
                      "computer goes on without",
                      who, epoch, computer_insns(computer));
    else
        computer_tell(computer, "the %s fails, %sbefore instruction %" PRIu64, who, epoch, computer_insns(computer));
}

void computer_die(struct computer *computer)
{
    struct world *world = computer->world;
    if (!computer->alive)
        return;
    computer_sleep_until(computer, 0);
    computer->alive = false;
    computer->over = true;
    computer->died_ps = computer->clock_ps;
    tell_death(computer);
    for (size_t i = 0; i < computer->in_flight.count; i++) {
        pthread_mutex_lock(&world->lock);
        uint64_t mask = perform_in_part(computer, &computer->in_flight.at[i]);
        pthread_mutex_unlock(&world->lock);
        computer_tell_part(computer, &computer->in_flight.at[i].op, mask);
    }
    computer_disk_forget(computer);
    computer->kind->die(computer);
    events_free(&computer->events);
    bool loses = computer->channel.losing && !computer->vp_lost;
    channel_silent(&computer->channel, computer->died_ps, loses ? &computer->crash_rng : NULL);
}

void computer_lose_vp(struct computer *computer)
{
    computer->vp_lost = computer->channel.says_lost = true;
    computer_die(computer);
}

/* Does PLANNED strike COMPUTER, or the real processor that executes it? */
static bool concerns(const struct computer *computer, const struct planned_fault *planned)
{
    const struct fault *fault = &planned->fault;
    switch (fault->who) {
    case FAULT_OF_PROCESSOR:
        return computer->seat.taken && fault->processor == computer->seat.processor &&
               planned_for(planned, computer->carrier->planned_role);
    case FAULT_OF_VM:
        return !strcmp(fault->vm, computer->vm_name ? computer->vm_name : VM_FIRST) &&
               planned_for(planned, computer->carrier->planned_role);
    case FAULT_OF_COMPUTER:
        break;
    }
    return computer->carrier == computer && fault->role == computer->role;
}

/* The number in FAULT's place, as COMPUTER's guest counts: a processor has counted another sum. */
static uint64_t number_here(const struct computer *computer, const struct fault *fault)
{
    const struct processor_seat *seat = &computer->seat;
    uint64_t more = fault->place == FAULT_INSTRUCTION ? seat->insns
                    : fault->place == FAULT_EPOCH     ? seat->slices
                    : fault->place == FAULT_OPERATION ? seat->outputs
                                                      : 0;
    /* It may be less than none: it was done by another guest. */
    if (fault->who != FAULT_OF_PROCESSOR || !more)
        return fault->number;
    return (int64_t)(fault->number - more) > 0 ? fault->number - more : 0;
}

/* One that dies lays itself down in its next turn (its kind's `advance`, which calls computer_die). */
void computer_strike_planned(struct computer *computer, struct planned_fault *planned)
{
    planned->struck = true;
    struct world *world = world_whole(computer->world);
    if (!fault_is_of_processor(planned->fault.kind)) /* what comes of that, its host decides later: a death, perhaps */
        world_count_fault(world, planned, false);
    if (planned->fault.kind == FAULT_CRASH)
        computer->dying = true;
    else
        strike(computer, &planned->fault);
}

/* The fault that strikes at the COUNT-th time of STEP, if there is one. */
static struct planned_fault *fault_of_step(struct computer *computer, enum protocol_step step, uint64_t count)
{
    struct world *world = world_whole(computer->world);
    for (size_t i = 0; i < world->faults.count; i++) {
        struct planned_fault *planned = &world->faults.at[i];
        bool of_host = step >= PROTOCOL_STEP_FAULT_DETECTED && fault_is_of_processor(planned->fault.kind);
        if (concerns(computer, planned) && planned->fault.place == FAULT_STEP && planned->fault.step == step &&
            planned->fault.number == count && !planned->struck && !of_host)
            return planned;
    }
    return NULL;
}

bool computer_step_taken(struct computer *computer, enum protocol_step step)
{
    struct world *world = computer->world;
    struct planned_fault *planned;
    if (!world_whole(world)->faults.count && !world->repairs.count && !world->config.trails && !world->stepping)
        return false;                           /* nobody wants to know how often it has been taken */
    uint64_t count = ++world->step_count[step]; /* in the order of those that take it (computer_in_order) */
    trail_point(computer, &(struct fault){.role = computer->role, .place = FAULT_STEP, .number = count, .step = step},
                0);
    while ((planned = fault_of_step(computer, step, count)) != NULL)
        computer_strike_planned(computer, planned);
    stops_at_step(computer, step, count);
    return computer->dying;
}

bool computer_fault_at_step(const struct computer *computer, enum protocol_step step)
{
    const struct world *world = world_whole(computer->world);
    for (size_t i = 0; i < world->faults.count; i++) {
        const struct planned_fault *planned = &world->faults.at[i];
        if (concerns(computer, planned) && planned->fault.place == FAULT_STEP && planned->fault.step == step &&
            !planned->struck)
            return true;
    }
    return false;
}

bool computer_fault_due(struct computer *computer, uint64_t insns, uint64_t epoch)
{
    struct world *world = world_whole(computer->world);
    trail_mark(computer);
    for (size_t i = 0; i < world->faults.count; i++) {
        struct planned_fault *planned = &world->faults.at[i];
        const struct fault *fault = &planned->fault;
        if (!concerns(computer, planned) || planned->struck)
            continue;
        if ((fault->place == FAULT_INSTRUCTION && number_here(computer, fault) <= insns) ||
            (fault->place == FAULT_EPOCH && epoch && number_here(computer, fault) <= epoch) ||
            (fault->place == FAULT_TIME && fault->number <= computer_now(computer)))
            computer_strike_planned(computer, planned);
    }
    return computer->dying;
}

uint64_t computer_next_fault_time(const struct computer *computer)
{
    const struct world *world = world_whole(computer->world);
    uint64_t time_ps = UINT64_MAX;
    for (size_t i = 0; i < world->faults.count; i++) {
        const struct planned_fault *planned = &world->faults.at[i];
        if (concerns(computer, planned) && planned->fault.place == FAULT_TIME && planned->fault.number < time_ps &&
            !planned->struck)
            time_ps = planned->fault.number;
    }
    return time_ps;
}

uint64_t computer_insns_until_fault(const struct computer *computer)
{
    const struct world *world = world_whole(computer->world);
    uint64_t insns = computer_insns(computer), nearest = UINT64_MAX;
    for (size_t i = 0; i < world->faults.count; i++) {
        const struct planned_fault *planned = &world->faults.at[i];
        uint64_t distance = UINT64_MAX;
        if (!concerns(computer, planned) || planned->struck)
            continue;
        uint64_t number = number_here(computer, &planned->fault);
        if (planned->fault.place == FAULT_INSTRUCTION)
            distance = number > insns ? number - insns : 0;
        else if (planned->fault.place == FAULT_TIME)
            distance = computer_insns_until(computer, planned->fault.number);
        if (distance < nearest)
            nearest = distance;
    }
    return nearest;
}

bool computer_fault_at(struct computer *computer, uint64_t output, enum operation_phase phase, uint64_t *mask)
{
    struct world *world = world_whole(computer->world);
    bool dies = false;
    if (phase != OPERATION_PARTIAL)
        trail_point(computer,
                    &(struct fault){.role = computer->role, .place = FAULT_OPERATION, .number = output, .phase = phase},
                    0);
    for (size_t i = 0; i < world->faults.count; i++) {
        struct planned_fault *planned = &world->faults.at[i];
        const struct fault *fault = &planned->fault;
        if (!concerns(computer, planned) || fault->place != FAULT_OPERATION || number_here(computer, fault) != output ||
            fault->phase != phase || planned->struck)
            continue;
        computer_strike_planned(computer, planned); /* and what else is planned for this place: it is passed once */
        dies |= fault->kind == FAULT_CRASH;
        if (mask && fault->kind == FAULT_CRASH)
            *mask = fault->mask;
    }
    return dies;
}
