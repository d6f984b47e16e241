/* computer.c - see computer.h. */
#include "ft/computer/computer.h"

#include <inttypes.h>
#include <string.h>

#include "ft/config/config.h"
#include "ft/computer/other_faults.h"
#include "ft/world/world.h"
#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/computer/kind.h"
#include "ft/computer/world_calls.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* ---- its life ---- */

enum { PURPOSES = 1000 }; /* more than a computer has generators */

/* Each computer has its own hardware. */
static uint64_t own_seed(const struct world *world, unsigned index)
{
    return world->config.seed * 2 + index;
}

void computer_seed(struct computer *computer, uint64_t generation)
{
    uint64_t seed = own_seed(computer->world, computer->index), first = generation * PURPOSES;
    computer->disk_rng = rng_new(seed, first + 1);
    computer->trap_rng = rng_new(seed, first + 2);
    computer->crash_rng = rng_new(seed, first + 3);
    computer->entropy_rng = rng_new(seed, first + 6);
    computer->skid_rng = rng_new(seed, first + 7);
}

struct computer *computer_new(struct world *world, unsigned index)
{
    const struct settings *settings = &world->config.settings;
    struct computer *computer = calloc(1, sizeof *computer);
    memory_need(computer);
    uint64_t seed = own_seed(world, index);
    computer->world = world;
    computer->calls = &world_calls_here;
    computer->index = index;
    computer->number = index + 1;
    computer->peer_number = index ? 0 : 1;
    computer->role = computer->planned_role = index ? ROLE_BACKUP : ROLE_PRIMARY;
    computer->insn_ps = config_own_instruction_ps(&world->config, index);
    computer->hardware_insn_ps = computer->insn_ps;
    computer->speed_percent = 100;
    if (world->config.mode == MODE_PAIR && world->computers == 2) /* each has told the other */
        computer_equalize(computer, config_own_instruction_ps(&world->config, 1 - index));
    computer_seed(computer, 0);
    struct rng drift = rng_new(seed, 4);
    /* The first computer's oscillator defines virtual time; the other's is measured against it. */
    if (index)
        computer->drift_ppm = (int64_t)rng_upto(&drift, 2 * settings->drift_ppm) - (int64_t)settings->drift_ppm;
    computer->turn_insns = UINT64_MAX;
    computer->alone_until_ps = computer->says_from_ps = TIME_NEVER;
    computer->carrier = computer;
    channel_init(&computer->channel, settings);
    computer->chronicle = chronicle_new(world->config.chronicle_rows);
    computer->channel.overtaking = broken(world, ASSUMPTION_FIFO);
    computer->channel.rng = rng_new(seed, 5);
    return computer;
}

void computer_power_on(struct computer *computer, struct cpu_config *cpu)
{
    const struct world *world = computer->world;
    const struct settings *settings = &world->config.settings;
    bool bare = world->config.mode == MODE_BARE;
    *cpu = (struct cpu_config){
        .engine = world->config.engine,
        .tlb_entries = (unsigned)settings->tlb_entries,
        .tlb_combined = settings->tlb_combined,
        /* A VP's TLB is replaced by a rule that knows no seed. */
        .tlb_seed = bare || broken(world, ASSUMPTION_TLB) ? world->config.seed * 2 + computer->index + 1 : 0,
        /* Of several on a bare board, one that waits does not stop the others. */
        .stop_on_idle = !bare || settings->processors == 1,
        .drain_priv = !bare && settings->drain_priv && !broken(world, ASSUMPTION_TRAPS),
        .undefined = broken(world, ASSUMPTION_UNDEFINED) ? computer->index + 1 : 0,
        .privilege_leak = broken(world, ASSUMPTION_PRIVILEGE) ? (uint8_t)(computer->index + 1) : 0,
    };
    computer->alive = true;
    computer->over = computer->dying = computer->fenced = computer->resetting = computer->followed = computer->idle =
        false;
    computer->vp_lost = false;
    computer->check = 0;
    computer->seat.taken = false;
    computer->stop_time_ps = TIME_NEVER;
}

void computer_clear(struct computer *computer)
{
    board_free(computer->board);
    computer->board = NULL;
    history_free(&computer->history);
    events_free(&computer->events);
    channel_free(&computer->channel);
    channel_renew(&computer->channel, &computer->world->config.settings);
}

void computer_free(struct computer *computer)
{
    if (!computer)
        return;
    computer_disk_forget(computer);
    VEC_FREE(&computer->in_flight);
    events_free(&computer->events);
    history_free(&computer->history);
    chronicle_free(computer->chronicle);
    channel_free(&computer->channel);
    if (computer->kind)
        computer->kind->free(computer);
    board_free(computer->board);
    free(computer);
}

bool computer_may_repair(const struct computer *computer)
{
    const struct world *world = computer->world;
    bool may = atomic_load(&world->repairs_left) || atomic_load(&computer->rejoins);
    return order_bound(&world->order, computer->index, 0) != TIME_NEVER && may && !atomic_load(&world->finished);
}

static void visit_flight(struct visit *visit, struct in_flight *flight)
{
    disk_operation_visit(&flight->op, visit);
    VISIT(visit, flight->output);
    VISIT_MOMENT(visit, flight->start_ps);
    VISIT_MOMENT(visit, flight->end_ps);
}

/* Is EVENT, which was read, one that can happen to COMPUTER? */
static bool can_happen(const struct computer *computer, const struct event *event)
{
    bool found = false;
    switch (event->kind) {
    case EVENT_DISK:
        for (size_t i = 0; i < computer->in_flight.count; i++)
            found |= computer->in_flight.at[i].op.number == event->number;
        return found;
    case EVENT_VIRTIO:
        return !computer->vmm && event->number < VIRTIO_SLOTS;
    case EVENT_TIMER:
        return !computer->vmm && event->number < computer->board->processors;
    case EVENT_FRAME:
        return !computer->vmm;
    case EVENT_HEARTBEAT:
    case EVENT_LINE:
    case EVENT_JOIN:
    case EVENT_GATHERED:
        return computer->vmm != NULL;
    default:
        return true;
    }
}

bool computer_has_its_history(const struct computer *computer)
{
    return computer->board->state.disk_operations == history_operations(&computer->history);
}

/* What was read, as a whole: each event has its cause, and the clock does not run from a place that comes later. */
static void check_read(struct computer *computer, struct visit *visit)
{
    const struct history *history = &computer->history;
    if (history->output.count != history->output_at.count || history->input.count != history->input_at.count ||
        history->events.count != history->events_at.count)
        visit_refuse(visit);
    for (size_t i = 0; i < computer->events.queue.count; i++)
        if (!can_happen(computer, &computer->events.queue.at[i]))
            visit_refuse(visit);
    if (computer->base_insns > computer_insns(computer))
        visit_refuse(visit);
}

/* Only who reads the result looks at them. */
static void visit_counts(struct computer *computer, struct visit *visit)
{
    VISIT(visit, computer->operations);
    VISIT(visit, computer->points);
    VISIT(visit, computer->lags);
    VISIT(visit, computer->delays);
    VISIT_MOMENT(visit, computer->live_from_insns);
    VISIT(visit, computer->interrupts);
}

void computer_visit(struct computer *computer, struct visit *visit)
{
    visit_begin(visit, "computer");
    VISIT_BELOW(visit, computer->role, ROLE_BACKUP + 1);
    VISIT(visit, computer->alive);
    VISIT(visit, computer->over);
    VISIT(visit, computer->followed);
    VISIT(visit, computer->resetting);
    VISIT(visit, computer->dying);
    VISIT(visit, computer->fenced);
    VISIT(visit, computer->vp_lost);
    VISIT_ATOMIC(visit, bool, computer->rejoins);
    VISIT_MOMENT(visit, computer->died_ps);
    VISIT_MOMENT(visit, computer->clock_ps);
    VISIT_MOMENT(visit, computer->base_insns);
    VISIT(visit, computer->insn_ps);
    VISIT_BELOW(visit, computer->speed_percent, 101);
    VISIT(visit, computer->equal_insn_ps);
    VISIT(visit, computer->generation);
    VISIT(visit, computer->disk_rng);
    VISIT(visit, computer->trap_rng);
    VISIT(visit, computer->crash_rng);
    VISIT(visit, computer->entropy_rng);
    VISIT(visit, computer->skid_rng);
    if (!visit->future)
        visit_counts(computer, visit);
    VISIT(visit, computer->idle);
    VISIT_BELOW(visit, computer->check, FAULT_HANG + 1);
    VISIT(visit, computer->soft_checks);
    VISIT(visit, computer->seat.taken);
    VISIT_BELOW(visit, computer->seat.processor, BOARD_PROCESSORS_MAX);
    VISIT(visit, computer->seat.insns);
    VISIT(visit, computer->seat.outputs);
    VISIT(visit, computer->seat.slices);
    VISIT(visit, computer->sends);
    VISIT_MOMENT(visit, computer->touches_from_ps);
    VISIT_MOMENT(visit, computer->executed);
    VISIT_ATOMIC(visit, bool, computer->dead);
    for (size_t i = 0; i < computer->in_flight.count && visit->reading; i++)
        free(computer->in_flight.at[i].op.data);
    VISIT_ROW(visit, &computer->in_flight, visit_flight);
    visit_end(visit);
    events_visit(&computer->events, visit);
    history_visit(&computer->history, visit);
    if (!visit->future || computer->sends)
        channel_visit(&computer->channel, visit);
    board_visit(computer->board, visit);
    computer->kind->visit(computer, visit);
    if (visit->reading && visit->whole)
        check_read(computer, visit);
}

/* ---- its clock ---- */

uint64_t computer_hardware_clock(const struct computer *computer, uint64_t time_ps)
{
    return time_ps + (uint64_t)((__int128)time_ps * computer->drift_ppm / 1000000);
}

uint64_t computer_clock_to_time(const struct computer *computer, uint64_t clock_ps)
{
    uint64_t time_ps = (uint64_t)((unsigned __int128)clock_ps * 1000000 / (uint64_t)(1000000 + computer->drift_ppm));
    while (computer_hardware_clock(computer, time_ps) < clock_ps)
        time_ps++;
    return time_ps;
}

void computer_sleep_until(struct computer *computer, uint64_t time_ps)
{
    computer->clock_ps = computer_now(computer);
    computer->base_insns = computer->clocked ? computer->clocked->insns : computer_insns(computer);
    if (time_ps > computer->clock_ps)
        computer->clock_ps = time_ps;
}

uint64_t computer_own_insn_ps(const struct computer *computer)
{
    return computer->speed_percent ? computer->hardware_insn_ps * 100 / computer->speed_percent : 0;
}

/* The virtual processor's speed is that of the slower computer; of one whose clock is the host's it is none's. */
static void choose_speed(struct computer *computer)
{
    uint64_t own = computer_own_insn_ps(computer), equal = computer->equal_insn_ps;
    if (computer->led)
        return;
    if (computer->board)
        computer_sleep_until(computer, 0); /* what was executed took what it took */
    uint64_t before = computer->insn_ps;
    computer->insn_ps = !broken(computer->world, ASSUMPTION_EQUALIZE) && equal > own ? equal : own;
    if (computer->insn_ps != before)
        chronicle_speed(computer);
}

void computer_slow(struct computer *computer, unsigned percent)
{
    computer->speed_percent = percent;
    choose_speed(computer);
    if (computer->kind->slowed)
        computer->kind->slowed(computer);
}

void computer_equalize(struct computer *computer, uint64_t insn_ps)
{
    if (insn_ps == computer->equal_insn_ps)
        return;
    computer->equal_insn_ps = insn_ps;
    choose_speed(computer);
}

void computer_be_led(struct computer *computer)
{
    if (computer->led)
        computer_sleep_until(computer, computer->led(computer));
}

void computer_give_clock(struct computer *computer, const struct cpu_state *state)
{
    computer->clock_ps = computer_now(computer);
    computer->clocked = state;
    computer->base_insns = state ? state->insns : computer_insns(computer);
}

uint64_t computer_insns_until(const struct computer *computer, uint64_t time_ps)
{
    uint64_t now = computer_now(computer);
    if (time_ps <= now)
        return 0;
    if (time_ps == TIME_NEVER || !computer->insn_ps)
        return UINT64_MAX;
    return (time_ps - now + computer->insn_ps - 1) / computer->insn_ps;
}

struct place computer_place(const struct computer *computer)
{
    return computer->kind->place(computer);
}

struct moment computer_moment(const struct computer *computer)
{
    struct place place = computer_place(computer);
    return (struct moment){.computer = computer->index,
                           .over = computer->over,
                           .insns = computer_insns(computer),
                           .time_ps = computer_now(computer),
                           .epoch = place.epoch,
                           .program = place.program,
                           .at = place.at,
                           .in_epoch = place.in_epoch};
}

bool computer_at_moment(const struct computer *computer)
{
    const struct moment *wanted = computer->stop_moment;
    if (!wanted || wanted->over)
        return false;
    struct moment now = computer_moment(computer);
    if (now.insns != wanted->insns || now.time_ps != wanted->time_ps)
        return now.insns > wanted->insns || now.time_ps > wanted->time_ps;
    return now.epoch == wanted->epoch && now.program == wanted->program && now.at == wanted->at &&
           now.in_epoch == wanted->in_epoch;
}

uint64_t computer_stop_time(const struct computer *computer, uint64_t most_ps)
{
    const struct moment *wanted = computer->stop_moment;
    if (computer->stop_time_ps < most_ps)
        most_ps = computer->stop_time_ps;
    return wanted && !wanted->over && wanted->time_ps < most_ps && wanted->time_ps > computer_now(computer)
               ? wanted->time_ps
               : most_ps;
}

uint64_t computer_stop_insns(const struct computer *computer, uint64_t most)
{
    const struct moment *wanted = computer->stop_moment;
    uint64_t insns = computer_insns(computer), by_time = computer_insns_until(computer, computer->stop_time_ps);
    if (computer->stop_insns && computer->stop_insns - insns < most)
        most = computer->stop_insns - insns;
    if (wanted && !wanted->over && wanted->insns > insns && wanted->insns - insns < most)
        most = wanted->insns - insns;
    return by_time < most ? by_time : most;
}
