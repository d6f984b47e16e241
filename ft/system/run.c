/* run.c - advancing the computers of a system: on one host thread or two, to the end or to a point.
 *
 * Virtual time orders everything, so which host thread does what, and when, shows nowhere. A computer that can do
 * nothing until the other has advanced sleeps until the other publishes something.
 */
#include "ft/system/system.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ft/computer/await_text.h"
#include "ft/computer/crash_trail.h"
#include "ft/hosts.h"
#include "ft/system/network_peer.h"
#include "ft/system/turns.h"
#include "ft/vmm/follower.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

/* Let the host see what nobody can come before any more: of the terminal what nobody touches any more, of the
 * operator's console what every computer has passed. */
static void flush(struct system *system)
{
    struct world *world = &system->world;
    uint64_t passed = order_passed(&world->order);
    if (system->quiet)
        return;
    if (world->stepping && !world->ahead && passed != TIME_NEVER)
        passed++; /* who stops for a person has said all that it says at that time */
    pthread_mutex_lock(&world->lock);
    vms_flush(system);
    const struct account_line *line;
    while ((line = world_next_line(world, world->account_flushed, passed)) != NULL) {
        terminal_flush(world->terminal, line->time_ps);
        world_tell_host(world, line->text);
    }
    if (terminal_flush(world->terminal, order_touched(&world->order)))
        atomic_store(&world->output_waits, true); /* for the computer that is behind */
    if (!system_host_good(system, NULL))
        atomic_store(&world->interrupted, true);
    pthread_mutex_unlock(&world->lock);
}

/* The turn of a dead computer. It may be made new by its survivor's thread at this moment: nothing of it is looked at.
 */
static enum advance turn_of_dead(struct computer *computer)
{
    bool may = computer_may_repair(computer);
    if (!atomic_load(
            &computer->dead)) /* it has been repaired, and perhaps the survivor has died, since the first look */
        return ADVANCE_MORE;
    return may ? ADVANCE_BLOCKED : ADVANCE_OVER;
}

/* One turn of COMPUTER, on whatever host thread. */
static enum advance turn(struct system *system, struct computer *computer)
{
    if (atomic_load(&computer->dead))
        return turn_of_dead(computer);
    struct vm_host *host = system->host[computer->index];
    enum advance result = host ? host_advance(host) : computer->kind->advance(computer);
    bool dies = !computer->alive;
    computer_publish(computer, result);
    if (atomic_load_explicit(&system->world.output_waits, memory_order_relaxed) &&
        atomic_exchange(&system->world.output_waits, false))
        flush(system);
    return dies ? turn_of_dead(computer) : result;
}

/* No promise of a run before holds any more: in between anything may have been changed. */
static void begin_run(struct system *system)
{
    for (unsigned i = 0; i < system->world.computers; i++)
        computer_begin_run(system->computer[i]);
    for (unsigned i = 0; i < system->vms; i++)
        begin_run(system->vm[i]);
}

/* ---- to the end ---- */

struct host_thread {
    struct system *system;
    struct computer *computer;
};

/* A person has interrupted the run. */
static void stop_all(struct system *system, struct computer *computer)
{
    world_end(&system->world, computer->index, 0, END_STOPPED, 0, NULL);
    world_stop(&system->world);
}

static void *run_thread(void *arg)
{
    const struct host_thread *thread = arg;
    struct computer *computer = thread->computer;
    struct system *system = thread->system;
    struct world *world = &system->world;
    double start = host_thread_seconds();
    for (;;) {
        if (atomic_load(&world->interrupted))
            stop_all(system, computer);
        enum advance result = turn(system, computer);
        if (result == ADVANCE_BLOCKED) {
            uint64_t seen = computer_doze(computer);
            result = turn(system, computer);
            if (result == ADVANCE_BLOCKED)
                order_sleep(&world->order, computer->index, seen, &world->interrupted);
            order_awake(&world->order, computer->index);
        }
        if (result == ADVANCE_OVER)
            break;
    }
    computer->cpu_seconds += host_thread_seconds() - start;
    return NULL;
}

/* May the computers have a host thread each? Two bare ones are never more than a channel's latency apart: they take
 * turns (wire.h). */
static bool may_use_two(const struct system *system)
{
    const struct system_config *config = &system->world.config;
    return system->world.computers == 2 && config->threads == 2 && config->mode != MODE_BARE;
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
               atomic_load(&computer->channel.sent) + computer->executed + computer->over +
               atomic_load(&computer->dead);
    }
    return sum;
}

static void run_in_turn(struct system *system)
{
    double start = host_thread_seconds();
    unsigned over = 0, still = 0;
    while (over < system->world.computers) {
        uint64_t before = progress(system);
        bool moved = false;
        over = 0;
        for (unsigned i = 0; i < system->world.computers; i++) {
            if (atomic_load(&system->world.interrupted))
                stop_all(system, system->computer[i]);
            enum advance result = ADVANCE_MORE;
            unsigned left = turn_length(i);
            for (moved |= !left; left && result == ADVANCE_MORE; left--) {
                result = turn(system, system->computer[i]);
                moved |= result == ADVANCE_MORE;
                if (atomic_load(&system->world.interrupted))
                    break;
            }
            over += result == ADVANCE_OVER;
        }
        /* That one waits may be all that a round brings: it lifts the host's bound on the other (docs/time.md). */
        still = moved || over || progress(system) != before ? 0 : still + 1;
        assert(still < 2 || !"both computers wait for each other");
    }
    system->computer[0]->cpu_seconds += host_thread_seconds() - start;
}

/* What a backup has found that stands: it is told here, when nobody runs any more. */
static void tell_differences(struct system *system)
{
    for (unsigned i = 0; i < system->world.computers; i++) {
        const struct vmm *vmm = system->computer[i]->vmm;
        if (!vmm || !vmm->differs || system->world.digests_differ)
            continue;
        world_diverged(&system->world, vmm->how);
        system->world.differing = vmm->by_digest ? (int)i : -1;
    }
}

/* After the end: without a living computer the system is lost; two that have followed to the same end must be equal. */
static void conclude(struct system *system)
{
    struct computer **c = system->computer;
    bool alive = false, followed = false;
    for (unsigned i = 0; i < system->world.computers; i++) /* the other virtual machines come up to the end */
        while (system->host[i] && c[i]->over && c[i]->alive && host_advance(system->host[i]) == ADVANCE_MORE)
            continue;
    for (unsigned i = 0; i < system->world.computers; i++) {
        if (c[i]->over) {
            order_is_silent(&system->world.order, i);
            trail_end(c[i]);
        }
        if (c[i]->vmm)
            vmm_hear_rest(c[i]->vmm);
        alive |= c[i]->alive;
        followed |= c[i]->followed;
    }
    if (!alive && system->world.end == END_NONE)
        computer_end(c[system_acting(system)], END_LOST, 0, "both computers have failed");
    network_peer_conclude(system);
    tell_differences(system);
    followed = followed && system->world.computers == 2 && system->world.end == END_EXIT;
    if (followed && board_digest(c[0]->board) != board_digest(c[1]->board))
        computer_diverged(c[1], "their digests at the end are not equal");
    if (followed && followers_digest(c[0]->vmm) != followers_digest(c[1]->vmm))
        computer_diverged(c[1], "a virtual processor beside them is in another state at the end");
    flush(system);
}

bool system_run(struct system *system, struct error *error)
{
    double start = host_seconds();
    if (!system_make_files(system, error))
        return false;
    begin_run(system);
    /* Those for which the host has no second thread take turns, too: it is slower, and the same run. */
    if (!may_use_two(system) || !run_threads(system))
        run_in_turn(system);
    conclude(system);
    system->host_seconds += host_seconds() - start;
    vms_flush(system);
    return system_host_good(system, error);
}

bool system_host_good(const struct system *system, struct error *error)
{
    for (unsigned i = 0; i < system->vms; i++)
        if (!system_host_good(system->vm[i], error))
            return false;
    int cause = system->terminal_path ? terminal_host_error(system->world.terminal) : 0;
    if (cause)
        return error_set(error, "'%s', the terminal file of VM '%s', cannot be written: %s", system->terminal_path,
                         system->name, strerror(cause));
    return (!system->network_peer || network_peer_host_good(system->network_peer, error)) &&
           world_host_good(&system->world, error);
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

/* A run once more (ft/compare.h) is interrupted with the system that it is made for. */
static bool was_interrupted(const struct world *world)
{
    return atomic_load(&world->interrupted) || (world->config.again && atomic_load(&world->config.again->interrupted));
}

/* How far the other computer may be ahead of the focused one: not at all, unless that waits for it. Where a death is
 * known at once, a backup waits to see its primary live to a time. */
static uint64_t lead_ps(const struct system *system, unsigned focus)
{
    const struct computer *other = system->computer[1 - focus];
    return other && broken(&system->world, ASSUMPTION_DETECTION) ? other->channel.latency_ps : 0;
}

/* Let the other computer come up to the time of the focused one, and LEAD_PS further. */
static enum advance follow(struct system *system, unsigned focus, uint64_t lead_ps)
{
    struct computer *other = system->computer[1 - focus];
    if (!other || other->over)
        return ADVANCE_OVER;
    other->stop_time_ps = computer_now(system->computer[focus]) + lead_ps + 1;
    enum advance result;
    while ((result = turn(system, other)) == ADVANCE_MORE)
        ;
    other->stop_time_ps = TIME_NEVER;
    return result;
}

static enum stop_kind stopped(struct system *system, const struct system_until *until, enum advance result,
                              bool at_point)
{
    const struct computer *focus = system_looked(system, until->computer);
    bool waits = !until->time_ps && !until->moment && system_waits(system, until->computer);
    if (atomic_exchange(&system->world.interrupted, false) || was_interrupted(&system->world))
        return STOP_INTERRUPTED;
    if (system->world.awaited_seen)
        return STOP_SHOWN;
    if (result == ADVANCE_REACHED)
        return at_point ? STOP_BREAKPOINT : waits ? STOP_WAITS : STOP_REACHED;
    const struct computer *carrier = system->computer[until->computer];
    if (focus != carrier && focus->over && carrier->alive && system->world.end == END_NONE)
        return STOP_OVER;
    return carrier->alive || system->world.end != END_NONE ? STOP_ENDED : STOP_DIED;
}

enum stop_kind system_run_until(struct system *system, const struct system_until *until)
{
    struct computer *carrier = system->computer[until->computer], *focus = system_looked(system, until->computer);
    enum advance result = ADVANCE_OVER;
    system->world.stepping = true;
    begin_run(system);
    focus->stop_insns = until->insns;
    focus->stop_epoch = until->epoch;
    focus->stop_time_ps = until->time_ps ? until->time_ps : TIME_NEVER;
    focus->stop_moment = until->moment;
    stops_arm(focus, until);
    if (system->host[until->computer])
        system->host[until->computer]->looked = focus;
    system->world.awaited = until->text;
    system->world.awaited_seen = false;
    while (!focus->over && !carrier->over && !system->world.awaited_seen && !was_interrupted(&system->world)) {
        result = turn(system, carrier);
        if (result == ADVANCE_BLOCKED) {
            uint64_t before = progress(system);
            follow(system, until->computer, lead_ps(system, until->computer));
            result = turn(system, carrier);
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
    if (system->host[until->computer])
        host_follow(system->host[until->computer]);
    follow(system, until->computer, 0);
    system->world.awaited = NULL;
    if (system->world.end != END_NONE || !carrier->alive)
        conclude(system);
    flush(system);
    system->world.stepping = false;
    return stopped(system, until, result, at_point);
}

/* ---- on the way to a point, on two host threads ---- */

/* A computer that is run ahead; whether its thread has done all that it can, and how it came to that. */
struct ahead {
    struct system *system;
    struct computer *computer;
    _Atomic bool over;
    const _Atomic bool *other_over;
    enum advance result;
};

static void *ahead_thread(void *arg)
{
    struct ahead *ahead = arg;
    struct computer *computer = ahead->computer;
    struct world *world = computer->world;
    bool last = false; /* nothing comes from the other any more: what it has published is seen in the next turn */
    while (!atomic_load(&world->interrupted)) {
        ahead->result = turn(ahead->system, computer);
        if (ahead->result == ADVANCE_BLOCKED && !last) {
            uint64_t seen = computer_doze(computer);
            last = atomic_load(ahead->other_over);
            ahead->result = turn(ahead->system, computer);
            if (ahead->result == ADVANCE_BLOCKED && !last)
                order_sleep(&world->order, computer->index, seen, &world->interrupted);
            order_awake(&world->order, computer->index);
        } else if (ahead->result != ADVANCE_MORE) {
            break;
        }
    }
    atomic_store(&ahead->over, true);
    order_wake(&world->order, computer->peer_number);
    return NULL;
}

/* Nothing but lockstep: a primary and its backup, neither of which joins, fails over or has an end. (The order among
 * two primaries is not looked at on the way.) */
static bool both_work(const struct system *system)
{
    const struct world *world = &system->world;
    unsigned primaries = 0;
    for (unsigned i = 0; i < world->computers; i++) {
        const struct computer *computer = system->computer[i];
        const struct vmm *vmm = computer->vmm;
        if (computer->over || !computer->alive || atomic_load(&computer->dead) || !vmm || !vmm->linked || vmm->join ||
            !vmm->joined || vmm->failing_over || vmm->differs)
            return false;
        primaries += computer->role == ROLE_PRIMARY;
    }
    return primaries == 1 && world->end == END_NONE && !atomic_load(&world->interrupted);
}

/* How much the operator was told: nothing that disturbs a pair passes without a line. */
static size_t lines_told(const struct world *world)
{
    return world->account[0].count + world->account[1].count;
}

/* Has it come to its time, or is it where it needs another that goes on? */
static bool is_on_the_way(const struct ahead *ahead)
{
    return ahead->result == ADVANCE_REACHED || ahead->result == ADVANCE_BLOCKED;
}

bool system_can_run_ahead(const struct system *system)
{
    for (unsigned i = 0; i < system->world.computers; i++)
        if (system->host[i] && !host_is_plain(system->host[i]))
            return false;
    return may_use_two(system) && both_work(system);
}

bool system_run_ahead(struct system *system, const struct system_until *until)
{
    struct computer *focus = system->computer[until->computer], *other = system->computer[1 - until->computer];
    struct ahead own = {.system = system, .computer = focus}, others = {.system = system, .computer = other};
    uint64_t now = computer_now(focus), left = until->insns ? until->insns - computer_insns(focus) : UINT64_MAX;
    uint64_t time_ps = until->time_ps ? until->time_ps : TIME_NEVER;
    size_t told = lines_told(&system->world);
    pthread_t second;
    /* No sooner can its instructions be executed. */
    if (focus->insn_ps && left < (time_ps - now) / focus->insn_ps)
        time_ps = now + left * focus->insn_ps;
    own.other_over = &others.over;
    others.other_over = &own.over;
    focus->stop_time_ps = other->stop_time_ps = time_ps;
    focus->stop_insns = until->insns;
    system->world.stepping = system->world.ahead = true;
    begin_run(system);
    bool good = pthread_create(&second, NULL, ahead_thread, &others) == 0;
    if (good) {
        ahead_thread(&own);
        pthread_join(second, NULL);
    }
    focus->stop_time_ps = other->stop_time_ps = TIME_NEVER;
    focus->stop_insns = 0;
    system->world.stepping = system->world.ahead = false;
    return good && is_on_the_way(&own) && is_on_the_way(&others) && both_work(system) &&
           lines_told(&system->world) == told;
}

const struct stop_hit *system_stop_hit(const struct system *system)
{
    return &system->stop_hit;
}

void system_crash_now(struct system *system, unsigned computer)
{
    computer_die(system->computer[computer]);
    if (system->host[computer])
        host_die(system->host[computer]);
    computer_publish(system->computer[computer], ADVANCE_OVER);
}

void system_awaited_step(struct system *system, unsigned computer)
{
    awaited_step(system->computer[computer]);
}
