/* run.c - advancing the computers of a system: on one host thread or two, to the end or to a point.
 *
 * Virtual time orders everything, so which host thread does what, and when, shows nowhere. A computer that can do
 * nothing until the other has advanced sleeps until the other publishes something.
 */
#include "ft/world/world.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "ft/search/first_difference.h"
#include "ft/system/turns.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double system_thread_clock(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

/* ---- what one thread shows the other ---- */

/* The other's host thread sleeps: is it worth waking it? Each epoch would cost more than the epoch, so a backup is let
 * fall behind by half of what it may, and then catches up at once. What waits for a clock or for all is woken always.
 */
static bool worth_waking(const struct computer *computer, enum advance result)
{
    const struct system *system = computer->system;
    const struct computer *peer = system->computer[1 - computer->index];
    uint64_t mine = atomic_load_explicit(&computer->published_epoch, memory_order_relaxed);
    uint64_t its = atomic_load_explicit(&peer->published_epoch, memory_order_relaxed);
    uint64_t half = system->config.settings.lag_epochs / 2;
    if (result != ADVANCE_MORE || atomic_load(&system->clock_wanted) || atomic_load(&system->backup_faults))
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
    const struct system *system = computer->system;
    uint64_t epoch = atomic_load_explicit(&computer->published_epoch, memory_order_relaxed);
    uint64_t quarter = system->config.settings.lag_epochs / 8;
    return result != ADVANCE_MORE || atomic_load(&system->clock_wanted) || atomic_load(&system->backup_faults) ||
           quarter < 2 || epoch % quarter == 0;
}

static void publish(struct computer *computer, enum advance result)
{
    struct computer *peer = system_peer(computer);
    bool looks = looks_up(computer, result);
    if (!atomic_load(&computer->published_dead))
        atomic_store_explicit(&computer->published_ps, computer->over ? TIME_NEVER : acts_from(computer, result),
                              looks ? memory_order_seq_cst : memory_order_release);
    if (peer && looks && atomic_load(&peer->asleep) && worth_waking(computer, result))
        system_wake(peer);
}

void system_wake(struct computer *computer)
{
    struct system *system = computer->system;
    if (!atomic_load(&computer->asleep))
        return;
    pthread_mutex_lock(&system->sleep_lock);
    atomic_fetch_add(&computer->wakings, 1);
    pthread_cond_broadcast(&system->wake);
    pthread_mutex_unlock(&system->sleep_lock);
}

/* Sleep until the other computer has woken this one since SEEN. The sleeper has said that it sleeps, and has looked
 * once more after that: what was published before it said so is not missed. */
static void sleep_until_woken(struct computer *computer, uint64_t seen)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->sleep_lock);
    while (atomic_load(&computer->wakings) == seen && !atomic_load(&system->interrupted)) {
        struct timespec until; /* a signal handler cannot wake us: look again now and then */
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 50000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&system->wake, &system->sleep_lock, &until);
    }
    pthread_mutex_unlock(&system->sleep_lock);
}

/* Let the host see what every living computer has passed (protocol.md section 2, d). */
static void flush(struct system *system)
{
    uint64_t passed = TIME_NEVER;
    if (system->quiet)
        return;
    for (unsigned i = 0; i < system->computers; i++) {
        const struct computer *computer = system->computer[i];
        uint64_t at = atomic_load(&computer->published_ps);
        if (!atomic_load(&computer->published_dead) && at < passed)
            passed = at;
    }
    pthread_mutex_lock(&system->lock);
    if (terminal_flush(system->terminal, passed))
        atomic_store(&system->output_waits, true); /* for the computer that is behind */
    for (unsigned i = 0; i < system->computers; i++)
        besides_flush(system->computer[i], passed);
    for (; system->account_flushed < system->account.count; system->account_flushed++) {
        const struct account_line *line = &system->account.at[system->account_flushed];
        if (line->time_ps > passed)
            break;
        if (system->config.operator_fd >= 0)
            dprintf(system->config.operator_fd, "understudy: %s\n", line->text);
    }
    pthread_mutex_unlock(&system->lock);
}

static enum advance advance(struct computer *computer)
{
    struct system *system = computer->system;
    /* A dead computer may be made new by the survivor's thread at this moment: look at nothing of it here. */
    enum advance result = system->config.mode == MODE_BARE ? bare_advance(computer) : vmm_advance(computer);
    publish(computer, result);
    if (atomic_load_explicit(&system->output_waits, memory_order_relaxed) &&
        atomic_exchange(&system->output_waits, false))
        flush(system);
    return result;
}

/* ---- to the end ---- */

static void *run_thread(void *arg)
{
    struct computer *computer = arg;
    struct system *system = computer->system;
    double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (;;) {
        if (atomic_load(&system->interrupted))
            system_end(computer, END_STOPPED, 0, NULL);
        enum advance result = advance(computer);
        if (result == ADVANCE_BLOCKED) {
            uint64_t seen = atomic_load(&computer->wakings);
            atomic_store(&computer->asleep, true);
            result = advance(computer);
            if (result == ADVANCE_BLOCKED)
                sleep_until_woken(computer, seen);
            atomic_store(&computer->asleep, false);
        }
        if (result == ADVANCE_OVER)
            break;
    }
    computer->cpu_seconds += clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    return NULL;
}

static void run_threads(struct system *system)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_thread, system->computer[1])) {
        assert(!"the host has no second thread");
        return;
    }
    run_thread(system->computer[0]);
    pthread_join(thread, NULL);
}

/* A number that changes whenever a computer gets anywhere. */
static uint64_t progress(const struct system *system)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < system->computers; i++) {
        const struct computer *computer = system->computer[i];
        sum += computer_now(computer) + computer_insns(computer) + computer->channel.messages +
               atomic_load(&computer->published_epoch) + computer->over;
    }
    return sum;
}

static void run_in_turn(struct system *system)
{
    double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    unsigned over = 0;
    while (over < system->computers) {
        uint64_t before = progress(system);
        bool moved = false;
        over = 0;
        for (unsigned i = 0; i < system->computers; i++) {
            if (atomic_load(&system->interrupted))
                system_end(system->computer[i], END_STOPPED, 0, NULL);
            enum advance result = ADVANCE_MORE;
            unsigned left = turn_length(i);
            for (moved |= !left; left && result == ADVANCE_MORE; left--) {
                result = advance(system->computer[i]);
                moved |= result == ADVANCE_MORE;
                if (atomic_load(&system->interrupted))
                    break;
            }
            over += result == ADVANCE_OVER;
        }
        assert(moved || over || progress(system) != before || !"both computers wait for each other");
    }
    system->computer[0]->cpu_seconds += clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

/* After the end: without a living computer the system is lost; two that have followed to the same end must be equal. */
static void conclude(struct system *system)
{
    bool alive = false;
    for (unsigned i = 0; i < system->computers; i++)
        alive |= system->computer[i]->alive;
    if (!alive && system->end == END_NONE)
        system_end(system->computer[system_acting(system)], END_LOST, 0, "both computers have failed");
    struct computer **c = system->computer;
    if (system->computers == 2 && system->end == END_EXIT && (c[0]->followed || c[1]->followed) &&
        board_digest(c[0]->board) != board_digest(c[1]->board))
        system_diverged(c[1], "their digests at the end are not equal");
    if (system->computers == 2 && system->end == END_EXIT && (c[0]->followed || c[1]->followed) &&
        besides_digest(c[0]) != besides_digest(c[1]))
        system_diverged(c[1], "a virtual processor beside them is in another state at the end");
    system_locate(system);
    flush(system);
}

bool system_run(struct system *system, struct error *error)
{
    double start = clock_seconds(CLOCK_MONOTONIC);
    /* Two bare computers are never more than a channel's latency apart: they take turns (wire.h). */
    if (system->computers == 2 && system->config.threads == 2 && system->config.mode != MODE_BARE)
        run_threads(system);
    else
        run_in_turn(system);
    conclude(system);
    system->host_seconds += clock_seconds(CLOCK_MONOTONIC) - start;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        if (!shared_disk_host_good(system->disks[i], error))
            return false;
    if (terminal_host_error(system->terminal))
        return error_set(error, "the terminal's output could not be written");
    for (unsigned i = 0; i < system->computers; i++)
        if (!besides_flush(system->computer[i], TIME_NEVER))
            return error_set(error, "a terminal file of --beside could not be written");
    return system->config.disk_overlay || system_disk_commit(system, error);
}

void system_interrupt(struct system *system)
{
    atomic_store(&system->interrupted, true);
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
    while ((result = advance(other)) == ADVANCE_MORE)
        ;
    other->stop_time_ps = TIME_NEVER;
    return result;
}

static enum stop_kind stopped(struct system *system, struct computer *focus, enum advance result, bool at_point)
{
    if (atomic_exchange(&system->interrupted, false))
        return STOP_INTERRUPTED;
    if (system->awaited_seen)
        return STOP_SHOWN;
    if (result == ADVANCE_REACHED)
        return at_point ? STOP_BREAKPOINT : STOP_REACHED;
    return focus->alive || system->end != END_NONE ? STOP_ENDED : STOP_DIED;
}

enum stop_kind system_run_until(struct system *system, const struct system_until *until)
{
    struct computer *focus = system->computer[until->computer];
    enum advance result = ADVANCE_OVER;
    system->stepping = true;
    focus->stop_insns = until->insns;
    focus->stop_epoch = until->epoch;
    focus->stop_time_ps = until->time_ps ? until->time_ps : TIME_NEVER;
    focus->stop_moment = until->moment;
    stops_arm(focus, until);
    system->awaited = until->text;
    system->awaited_seen = false;
    while (!focus->over && !system->awaited_seen && !atomic_load(&system->interrupted)) {
        result = advance(focus);
        if (result == ADVANCE_BLOCKED) {
            uint64_t before = progress(system);
            follow(system, until->computer);
            result = advance(focus);
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
    system->stepping = false;
    system->awaited = NULL;
    if (system->end != END_NONE || !focus->alive)
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
