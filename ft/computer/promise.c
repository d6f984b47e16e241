/* promise.c - a computer as a logical process (ft/order/process.h): what it promises the others after each turn, and
 * until when it may act. docs/time.md has the rule.
 */
#include "ft/computer/computer.h"

#include "ft/computer/crash_trail.h"
#include "ft/computer/kind.h"
#include "mmu/base/vtime.h"

/* ---- what it promises ---- */

bool computer_may_be_struck(const struct computer *computer)
{
    return computer->dying ||
           atomic_load_explicit(&computer->world->faults_left[computer->role], memory_order_relaxed) > 0;
}

/* Before this time nothing more of it reaches its peer than what lies in the queue. */
static uint64_t promise_to_peer(const struct computer *computer, uint64_t next_ps)
{
    const struct channel *channel = &computer->channel;
    bool struck = computer->role == ROLE_BACKUP && computer_may_be_struck(computer);
    bool may_heal = channel->cut && channel->waiting.count; /* what waits leaves then, whether or not it still sends */
    if (!computer->sends && !struck && !may_heal)
        return TIME_REPORTED;
    /* Where what is under way may be lost with its sender, this is just the time to which it certainly lives. */
    bool exact = !computer->sends || channel->losing || broken(computer->world, ASSUMPTION_DETECTION);
    return (exact ? computer_now(computer) : next_ps) + channel->latency_ps;
}

/* It will touch nothing that is shared before this time. Its death is a touch where somebody is to repair it. */
static uint64_t promise_to_world(const struct computer *computer, uint64_t now)
{
    bool death_matters = computer_may_be_struck(computer) && atomic_load(&computer->world->repairs_left) > 0;
    return computer->touches_from_ps > now && !death_matters ? computer->touches_from_ps : now;
}

/* How many epochs of work are worth waking the other's host thread: half of what it may be behind, in epochs or in
 * virtual time (its reports bound that), so that two that are equally fast do not stop each other. Where it may be
 * further behind, a quarter: the primary has room to go on while the other catches up. */
static uint64_t wake_epochs(const struct computer *computer)
{
    const struct system_config *config = &computer->world->config;
    uint64_t epoch_ps = config->epoch_insns * computer->insn_ps;
    uint64_t reported_ps = config->settings.lag_report_us * PS_PER_US + computer->ahead_ps;
    uint64_t reported = reported_ps / (epoch_ps ? epoch_ps : 1);
    return smallest(config->settings.lag_epochs, reported) / (computer->ahead_ps ? 4 : 2);
}

void computer_publish(struct computer *computer, enum advance result)
{
    struct order *order = &computer->world->order;
    struct process *process = &order->process[computer->index];
    bool waits = result != ADVANCE_MORE; /* or does nothing any more */
    uint64_t to_peer = TIME_NEVER, to_world = TIME_NEVER, passed = computer->says_from_ps;
    if (atomic_load_explicit(&process->waits, memory_order_relaxed) != waits)
        atomic_store(&process->waits, waits);
    if (!computer->over) {
        uint64_t now = computer_now(computer);
        bool sleeps = result == ADVANCE_BLOCKED && computer->idle_until_ps > now;
        to_peer = promise_to_peer(computer, sleeps ? computer->idle_until_ps : now);
        to_world = promise_to_world(computer, now);
        passed = smallest(passed, now);
    }
    atomic_store_explicit(&process->executed, computer->executed, memory_order_release);
    atomic_store_explicit(&process->passed_ps, passed, memory_order_release);
    bool news = order_promise(order, computer->index, to_peer, to_world) || computer->reported;
    computer->reported = false;
    uint64_t epochs = wake_epochs(computer);
    if (!computer->alive) /* from here on a survivor may make it new: nothing of it is looked at here any more */
        atomic_store(&computer->dead, true);
    order_publish_wake(order, computer->index, news, result != ADVANCE_MORE, epochs);
}

/* Less work than that is done within a nap: its host thread is woken for it. */
#define NAP_WORK_PS (1000 * PS_PER_US)

uint64_t computer_doze(const struct computer *computer)
{
    struct order *order = &computer->world->order;
    if (atomic_load(&computer->dead)) /* a survivor may make it new: nothing of it is looked at */
        return order_doze(order, computer->index, SLEEP_LIGHT, 0);
    uint64_t epochs = wake_epochs(computer);
    uint64_t work_ps = epochs * computer->world->config.epoch_insns * computer->insn_ps;
    return order_doze(order, computer->index, computer->sleep, work_ps >= NAP_WORK_PS ? epochs : 0);
}

void computer_begin_run(struct computer *computer)
{
    order_begin(&computer->world->order, computer->index, 0);
    computer_publish(computer, ADVANCE_MORE);
}

/* ---- until when it may act ---- */

/* Its peer, a backup, must first have heard nothing for the time-out. */
static uint64_t known_bound(const struct computer *computer)
{
    bool backed = computer->sends && computer->kind->has_backup && computer->role == ROLE_PRIMARY;
    return backed ? channel_detects_ps(&computer->channel) : 0;
}

uint64_t computer_act_bound(const struct computer *computer)
{
    return order_bound(&computer->world->order, computer->index, known_bound(computer));
}

/* Has the run ended, for all? A bare computer that powers off leaves the other one to its own end. */
static bool finished(const struct world *world)
{
    return atomic_load(&world->finished) && (world->config.mode != MODE_BARE || world->end != END_EXIT);
}

/* Has it ended before AT_PS at this computer? */
static bool ended_before(const struct computer *computer, uint64_t at_ps)
{
    const struct world *world = computer->world;
    if (!finished(world))
        return false;
    return world->end_ps < at_ps || (world->end_ps == at_ps && world->ender < computer->index);
}

bool computer_may_act(struct computer *computer)
{
    uint64_t now = computer_now(computer);
    if (now >= known_bound(computer) && now >= computer_act_bound(computer))
        return false;
    if (ended_before(computer, now))
        computer->over = true;
    return !computer->over;
}

/* One that acts may be so far ahead of what the others can still do, without doing it: at an end it is cut off there.
 */
static uint64_t beyond_ps(const struct computer *computer)
{
    return computer->kind->has_backup ? computer->channel.timeout_ps : computer->channel.latency_ps;
}

uint64_t computer_run_bound(const struct computer *computer)
{
    uint64_t known = known_bound(computer), beyond = beyond_ps(computer);
    if (computer_now(computer) < known)
        return known + beyond;
    uint64_t bound = computer_act_bound(computer);
    if (bound == TIME_NEVER && finished(computer->world))
        bound = computer->world->end_ps;
    return bound == TIME_NEVER ? TIME_NEVER : bound + beyond;
}

bool computer_cut_off(struct computer *computer)
{
    const struct world *world = computer->world;
    if (computer_act_bound(computer) == TIME_NEVER && finished(world) &&
        computer_now(computer) >= world->end_ps + beyond_ps(computer))
        computer->over = true;
    return computer->over;
}

bool computer_counts_step(const struct computer *computer, enum protocol_step step)
{
    const struct world *world = computer->world;
    for (size_t i = 0; i < world->repairs.count; i++)
        if (world->repairs.at[i].fault.place == FAULT_STEP && world->repairs.at[i].fault.step == step)
            return true;
    return computer_fault_at_step(computer, step) || world->config.trails || stops_at_a_step(computer, step);
}

/* Are its protocol steps counted, or may a fault strike it? */
static bool counts(const struct computer *computer)
{
    const struct world *world = computer->world;
    return computer_may_be_struck(computer) || atomic_load_explicit(&world->repairs_left, memory_order_relaxed) ||
           world->config.trails || (world->stepping && !world->ahead);
}

bool computer_in_order(struct computer *computer)
{
    return computer->role != ROLE_PRIMARY || !counts(computer) || computer_may_act(computer);
}

bool computer_waits_for_other(const struct computer *computer, uint64_t epochs)
{
    const struct order *order = &computer->world->order;
    return order->count > 1 && order_executed(order, computer->peer_number) < epochs &&
           !atomic_load_explicit(&order->process[computer->peer_number].waits, memory_order_acquire);
}

uint64_t computer_other_executed(const struct computer *computer)
{
    return order_executed(&computer->world->order, computer->peer_number);
}
