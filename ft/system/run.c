/* run.c - advancing the computers of a system: on one host thread or two, to the end or to a point.
 *
 * Virtual time orders everything, so which host thread does what, and when, shows nowhere. A computer that can do
 * nothing until the other has advanced sleeps until the other publishes something.
 */
#include "ft/system/system.h"

#include <stdio.h>
#include <unistd.h>

#include "ft/computer/await_text.h"
#include "ft/system/turns.h"
#include "ft/vmm/companion.h"
#include "mmu/base/vtime.h"

/* ---- what one thread shows the other ---- */

/* The other's host thread sleeps: is it worth waking it? Each epoch would cost more than the epoch, so a backup is let
 * fall behind by half of what it may, and then catches up at once. What waits for a clock or for all is woken always.
 */
static bool worth_waking(const struct computer *computer, enum advance result)
{
    const struct world *world = computer->world;
    const struct computer *peer = computer_peer(computer);
    uint64_t mine = atomic_load_explicit(&computer->published_epoch, memory_order_relaxed);
    uint64_t its = atomic_load_explicit(&peer->published_epoch, memory_order_relaxed);
    uint64_t half = world->config.settings.lag_epochs / 2;
    if (result != ADVANCE_MORE || atomic_load(&world->clock_wanted) || atomic_load(&world->backup_faults))
        return true;
    return computer->role == ROLE_PRIMARY ? mine >= its + half : its <= mine + half;
}

/* Before this time COMPUTER does nothing. */
static uint64_t acts_from(const struct computer *computer, enum advance result)
{
    uint64_t now = computer_now(computer);
    return result == ADVANCE_BLOCKED && computer->idle_until_ps > now ? computer->idle_until_ps : now;
}

/* Is it time to look whether the other thread sleeps? That costs both cores a word with each other, so it is done for
 * every few epochs of those that a sleeper is woken for, and always when somebody wants the clock or nothing comes
 * after this. A thread that does not sleep looks by itself. */
static bool looks_up(const struct computer *computer, enum advance result)
{
    const struct world *world = computer->world;
    uint64_t epoch = atomic_load_explicit(&computer->published_epoch, memory_order_relaxed);
    uint64_t quarter = world->config.settings.lag_epochs / 8;
    return result != ADVANCE_MORE || atomic_load(&world->clock_wanted) || atomic_load(&world->backup_faults) ||
           quarter < 2 || epoch % quarter == 0;
}

static void publish(struct computer *computer, enum advance result)
{
    struct computer *peer = computer_peer(computer);
    bool looks = looks_up(computer, result);
    if (!atomic_load(&computer->published_dead))
        atomic_store_explicit(&computer->published_ps, computer->over ? TIME_NEVER : acts_from(computer, result),
                              looks ? memory_order_seq_cst : memory_order_release);
    if (peer && looks && atomic_load(&peer->sleeper.asleep) && worth_waking(computer, result))
        computer_wake(peer);
}

/* Let the host see what every living computer has passed (docs/time.md). */
static void flush(struct system *system)
{
    uint64_t passed = TIME_NEVER;
    if (system->quiet)
        return;
    for (unsigned i = 0; i < system->world.computers; i++) {
        const struct computer *computer = system->computer[i];
        uint64_t at = atomic_load(&computer->published_ps);
        if (!atomic_load(&computer->published_dead) && at < passed)
            passed = at;
    }
    pthread_mutex_lock(&system->world.lock);
    if (terminal_flush(system->world.terminal, passed))
        atomic_store(&system->world.output_waits, true); /* for the computer that is behind */
    for (unsigned i = 0; i < system->world.computers; i++)
        companions_flush(system->computer[i], passed);
    for (; system->world.account_flushed < system->world.account.count; system->world.account_flushed++) {
        const struct account_line *line = &system->world.account.at[system->world.account_flushed];
        if (line->time_ps > passed)
            break;
        world_tell_host(&system->world, line->text);
    }
    if (!system_host_good(system, NULL))
        atomic_store(&system->world.interrupted, true);
    pthread_mutex_unlock(&system->world.lock);
}

static enum advance advance(struct system *system, struct computer *computer)
{
    /* A dead computer may be made new by the survivor's thread at this moment: look at nothing of it here. */
    enum advance result = computer->kind->advance(computer);
    publish(computer, result);
    if (atomic_load_explicit(&system->world.output_waits, memory_order_relaxed) &&
        atomic_exchange(&system->world.output_waits, false))
        flush(system);
    return result;
}

/* ---- to the end ---- */

struct host_thread {
    struct system *system;
    struct computer *computer;
};

static void *run_thread(void *arg)
{
    const struct host_thread *thread = arg;
    struct computer *computer = thread->computer;
    struct system *system = thread->system;
    double start = host_thread_seconds();
    for (;;) {
        if (atomic_load(&system->world.interrupted))
            computer_end(computer, END_STOPPED, 0, NULL);
        enum advance result = advance(system, computer);
        if (result == ADVANCE_BLOCKED) {
            uint64_t seen = atomic_load(&computer->sleeper.wakings);
            atomic_store(&computer->sleeper.asleep, true);
            result = advance(system, computer);
            if (result == ADVANCE_BLOCKED)
                world_sleep(&system->world, &computer->sleeper, seen);
            atomic_store(&computer->sleeper.asleep, false);
        }
        if (result == ADVANCE_OVER)
            break;
    }
    computer->cpu_seconds += host_thread_seconds() - start;
    return NULL;
}

/* False: the host has no memory or no place for a second thread, and nothing has happened. */
static bool run_threads(struct system *system)
{
    pthread_t second;
    struct host_thread threads[2] = {{system, system->computer[0]}, {system, system->computer[1]}};
    if (pthread_create(&second, NULL, run_thread, &threads[1]))
        return false;
    run_thread(&threads[0]);
    pthread_join(second, NULL);
    return true;
}

/* A number that changes whenever a computer gets anywhere. */
static uint64_t progress(const struct system *system)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < system->world.computers; i++) {
        const struct computer *computer = system->computer[i];
        sum += computer_now(computer) + computer_insns(computer) + computer->channel.messages +
               atomic_load(&computer->published_epoch) + computer->over;
    }
    return sum;
}

static void run_in_turn(struct system *system)
{
    double start = host_thread_seconds();
    unsigned over = 0;
    while (over < system->world.computers) {
        uint64_t before = progress(system);
        bool moved = false;
        over = 0;
        for (unsigned i = 0; i < system->world.computers; i++) {
            if (atomic_load(&system->world.interrupted))
                computer_end(system->computer[i], END_STOPPED, 0, NULL);
            enum advance result = ADVANCE_MORE;
            unsigned left = turn_length(i);
            for (moved |= !left; left && result == ADVANCE_MORE; left--) {
                result = advance(system, system->computer[i]);
                moved |= result == ADVANCE_MORE;
                if (atomic_load(&system->world.interrupted))
                    break;
            }
            over += result == ADVANCE_OVER;
        }
        assert(moved || over || progress(system) != before || !"both computers wait for each other");
    }
    system->computer[0]->cpu_seconds += host_thread_seconds() - start;
}

/* After the end: without a living computer the system is lost; two that have followed to the same end must be equal. */
static void conclude(struct system *system)
{
    bool alive = false;
    for (unsigned i = 0; i < system->world.computers; i++)
        alive |= system->computer[i]->alive;
    if (!alive && system->world.end == END_NONE)
        computer_end(system->computer[system_acting(system)], END_LOST, 0, "both computers have failed");
    struct computer **c = system->computer;
    if (system->world.computers == 2 && system->world.end == END_EXIT && (c[0]->followed || c[1]->followed) &&
        board_digest(c[0]->board) != board_digest(c[1]->board))
        computer_diverged(c[1], "their digests at the end are not equal");
    if (system->world.computers == 2 && system->world.end == END_EXIT && (c[0]->followed || c[1]->followed) &&
        companions_digest(c[0]) != companions_digest(c[1]))
        computer_diverged(c[1], "a virtual processor beside them is in another state at the end");
    flush(system);
}

bool system_run(struct system *system, struct error *error)
{
    double start = host_seconds();
    const struct system_config *config = &system->world.config;
    if (!system_make_files(system, error))
        return false;
    /* Two bare computers are never more than a channel's latency apart: they take turns (wire.h). So do those for which
     * the host has no second thread: it is slower, and the same run. */
    bool two = system->world.computers == 2 && config->threads == 2 && config->mode != MODE_BARE;
    if (!two || !run_threads(system))
        run_in_turn(system);
    conclude(system);
    system->host_seconds += host_seconds() - start;
    for (unsigned i = 0; i < system->world.computers; i++)
        companions_flush(system->computer[i], TIME_NEVER);
    return system_host_good(system, error);
}

bool system_host_good(const struct system *system, struct error *error)
{
    for (unsigned i = 0; i < system->world.computers; i++)
        if (!companions_host_good(system->computer[i], error))
            return false;
    return world_host_good(&system->world, error);
}

void system_interrupt(struct system *system)
{
    atomic_store(&system->world.interrupted, true);
}

void system_interrupt_forget(struct system *system)
{
    atomic_store(&system->world.interrupted, false);
}

/* ---- to a point ---- */

/* Let the other computer come up to the time of the focused one, but not past it. */
static enum advance follow(struct system *system, unsigned focus)
{
    struct computer *other = system->computer[1 - focus];
    if (!other || other->over)
        return ADVANCE_OVER;
    other->stop_time_ps = computer_now(system->computer[focus]) + 1;
    enum advance result;
    while ((result = advance(system, other)) == ADVANCE_MORE)
        ;
    other->stop_time_ps = TIME_NEVER;
    return result;
}

static enum stop_kind stopped(struct system *system, struct computer *focus, enum advance result, bool at_point)
{
    if (atomic_exchange(&system->world.interrupted, false))
        return STOP_INTERRUPTED;
    if (system->world.awaited_seen)
        return STOP_SHOWN;
    if (result == ADVANCE_REACHED)
        return at_point ? STOP_BREAKPOINT : STOP_REACHED;
    return focus->alive || system->world.end != END_NONE ? STOP_ENDED : STOP_DIED;
}

enum stop_kind system_run_until(struct system *system, const struct system_until *until)
{
    struct computer *focus = system->computer[until->computer];
    enum advance result = ADVANCE_OVER;
    system->world.stepping = true;
    focus->stop_insns = until->insns;
    focus->stop_epoch = until->epoch;
    focus->stop_time_ps = until->time_ps ? until->time_ps : TIME_NEVER;
    focus->stop_moment = until->moment;
    stops_arm(focus, until);
    system->world.awaited = until->text;
    system->world.awaited_seen = false;
    while (!focus->over && !system->world.awaited_seen && !atomic_load(&system->world.interrupted)) {
        result = advance(system, focus);
        if (result == ADVANCE_BLOCKED) {
            uint64_t before = progress(system);
            follow(system, until->computer);
            result = advance(system, focus);
            if (result == ADVANCE_BLOCKED && progress(system) == before)
                break; /* neither can go on: the end of the other is the end of this one */
        }
        if (result != ADVANCE_MORE && result != ADVANCE_BLOCKED)
            break;
    }
    focus->stop_insns = focus->stop_epoch = 0;
    focus->stop_time_ps = TIME_NEVER;
    focus->stop_moment = NULL;
    bool at_point = stops_disarm(focus, &system->stop_hit);
    follow(system, until->computer);
    system->world.stepping = false;
    system->world.awaited = NULL;
    if (system->world.end != END_NONE || !focus->alive)
        conclude(system);
    flush(system);
    return stopped(system, focus, result, at_point);
}

const struct stop_hit *system_stop_hit(const struct system *system)
{
    return &system->stop_hit;
}

void system_crash_now(struct system *system, unsigned computer)
{
    computer_die(system->computer[computer]);
    publish(system->computer[computer], ADVANCE_OVER);
}

void system_awaited_step(struct system *system, unsigned computer)
{
    awaited_step(system->computer[computer]);
}
