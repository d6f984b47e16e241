/* dispatch.c - the host dispatches: which processor can go on earliest, whom it executes, for how long, and what it
 * comes back with.
 *
 * A piece of a slice is one call of the virtual machine's own `advance`. Usually it is the whole slice. It is cut where
 * something must not happen too late: where a recovery has its next step, where a fault is planned at a time, and at
 * the clock of a processor at which one is planned at an instruction, so that whoever is alerted has not gone on
 * beyond.
 */
#include "ft/host/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ft/computer/await_text.h"
#include "ft/computer/kind.h"
#include "ft/computer/pace.h"
#include "ft/computer/timeline_ring.h"
#include "ft/vmm/follower.h"
#include "mmu/base/vtime.h"

/* Processor PROCESSOR can go on with VM at `at_ps`. */
struct turn {
    int processor, vm;
    uint64_t at_ps;
};

/* ---- who is next ---- */

/* Is it not VM's turn, but that of another one of those that are fault tolerant (ft/vmm/follower.h)? */
static bool stands_by(const struct vm *vm)
{
    const struct vmm *vmm = vm->computer->vmm;
    return followers_in_turn(vmm) || !follower_may_run(vmm);
}

/* Since when is it VM's turn? A follower's began when it was given; its leader's, when they have had theirs. */
static uint64_t turn_begins_ps(const struct vm *vm)
{
    const struct following *following = &vm->computer->vmm->following;
    uint64_t begins_ps = following->leader ? following->leader->following.given_ps : 0;
    for (size_t i = 0; i < following->followers.count; i++) {
        uint64_t over_ps = computer_now(following->followers.at[i]->computer);
        begins_ps = over_ps > begins_ps ? over_ps : begins_ps;
    }
    return begins_ps;
}

/* Since when, or from when on, VM wants a processor. */
static uint64_t ready_ps(const struct vm *vm)
{
    uint64_t event = vm->asleep ? events_next_time(&vm->computer->events) : TIME_NEVER;
    uint64_t turn_ps = turn_begins_ps(vm), wants_ps = event < vm->ready_ps ? event : vm->ready_ps;
    return wants_ps > turn_ps ? wants_ps : turn_ps;
}

/* May processor NUMBER take VM? */
static bool may_take(const struct vm_host *host, unsigned number, const struct vm *vm)
{
    bool here = vm->on == VM_SHARED ? host_in_pool(host, number) : vm->on == (int)number;
    bool elsewhere = vm->first_at >= 0 && vm->first_at != (int)number && host_in_pool(host, (unsigned)vm->first_at);
    return here && !elsewhere && vm->state == VM_READY && vm->processor < 0 && !stands_by(vm);
}

/* Of several of one processor: those that are ready have their turns; else who is ready first. Of the pool: who has
 * waited longest. Of equals the first in the options. */
static int next_vm(const struct vm_host *host, unsigned number)
{
    const struct processor *processor = &host->processor[number];
    int best = HOST_NONE;
    bool best_waits = false;
    for (unsigned k = 0; k < host->vms; k++) {
        unsigned i = processor->pool ? k : ((unsigned)(processor->turn + 1) + k) % host->vms;
        const struct vm *vm = &host->vm[i];
        if (!may_take(host, number, vm))
            continue;
        bool waits = !processor->pool && ready_ps(vm) <= processor->clock_ps;
        bool better =
            best < 0 || (waits && !best_waits) || (!waits && !best_waits && ready_ps(vm) < ready_ps(&host->vm[best]));
        if (better) {
            best = (int)i;
            best_waits = waits;
        }
    }
    return best;
}

static struct turn turn_of(const struct vm_host *host, unsigned number)
{
    const struct processor *processor = &host->processor[number];
    struct turn turn = {HOST_NONE, processor->vm, TIME_NEVER};
    if (processor->state != PROCESSOR_WORKING)
        return turn;
    if (turn.vm < 0)
        turn.vm = next_vm(host, number);
    if (turn.vm < 0)
        return turn;
    turn.processor = (int)number;
    turn.at_ps = processor->clock_ps;
    if (processor->vm < 0 && ready_ps(&host->vm[turn.vm]) > turn.at_ps)
        turn.at_ps = ready_ps(&host->vm[turn.vm]);
    return turn;
}

/* Is a fault planned that strikes processor NUMBER, or the virtual machine that is there, at an instruction or right
 * now; or does a person look at that, who may stop the run at any instruction? Then nobody goes on beyond it. */
static bool leads(const struct vm_host *host, unsigned number)
{
    const struct world *world = host->computer->world;
    const struct turn turn = turn_of(host, number);
    int vm = turn.vm;
    if (world->stepping && vm >= 0 && host->vm[vm].computer == host->looked)
        return true;
    for (size_t i = 0; i < world->faults.count && world->processor_faults; i++) {
        const struct planned_fault *planned = &world->faults.at[i];
        const struct fault *fault = &planned->fault;
        bool later = fault->place == FAULT_TIME && fault->number > turn.at_ps;
        if (!planned_for(planned, host->computer->planned_role) || !fault_is_of_processor(fault->kind) || later ||
            planned->struck)
            continue;
        if (fault->who == FAULT_OF_PROCESSOR ? fault->processor == number
                                             : vm >= 0 && !strcmp(fault->vm, host_vm_name(host, (unsigned)vm)))
            return true;
    }
    return false;
}

/* Who must not be overtaken. Behind those that lead, whose pieces are whole slices, it is the first of a pair: how far
 * one advance of it goes depends on what is known of the other computer, and where it ends, or fails, the others are to
 * be as far as it. */
enum rank { RANK_FOLLOWS, RANK_OF_PAIR, RANK_LEADS };

static enum rank rank_of(const struct vm_host *host, unsigned number)
{
    if (!turn_of(host, number).vm && host_is_fault_tolerant(host, 0))
        return RANK_OF_PAIR;
    return leads(host, number) ? RANK_LEADS : RANK_FOLLOWS;
}

/* At one time the highest rank goes first, then the lowest number. */
static struct turn earliest(const struct vm_host *host)
{
    struct turn first = {HOST_NONE, HOST_NONE, TIME_NEVER};
    enum rank highest = RANK_FOLLOWS;
    for (unsigned n = 0; n < host->processors; n++) {
        struct turn turn = turn_of(host, n);
        if (turn.processor < 0 || turn.at_ps > first.at_ps)
            continue;
        enum rank rank = rank_of(host, n);
        if (first.processor < 0 || turn.at_ps < first.at_ps || rank > highest) {
            first = turn;
            highest = rank;
        }
    }
    return first;
}

uint64_t host_now(const struct vm_host *host)
{
    struct turn turn = earliest(host);
    uint64_t now = 0;
    if (turn.processor >= 0)
        return turn.at_ps;
    for (unsigned n = 0; n < host->processors; n++)
        if (host->processor[n].clock_ps > now)
            now = host->processor[n].clock_ps;
    return now;
}

/* ---- for how long ---- */

/* The first time after AFTER_PS at which a fault of a processor is planned. */
static uint64_t next_fault_ps(const struct vm_host *host, uint64_t after_ps)
{
    const struct world *world = host->computer->world;
    uint64_t first = TIME_NEVER;
    for (size_t i = 0; i < world->faults.count && world->processor_faults; i++) {
        const struct planned_fault *planned = &world->faults.at[i];
        const struct fault *fault = &planned->fault;
        if (planned_for(planned, host->computer->planned_role) && fault_is_of_processor(fault->kind) &&
            fault->place == FAULT_TIME && !planned->struck && fault->number > after_ps)
            first = smallest(first, fault->number);
    }
    return first;
}

/* The fault-tolerant virtual machine is on no processor: when does its monitor want one, whichever that is? So the
 * other computer hears of this one while a processor of it works. */
static uint64_t monitor_ps(const struct vm_host *host)
{
    const struct vm *first = &host->vm[0];
    bool waits = host_is_fault_tolerant(host, 0) && first->processor < 0 && first->state != VM_OVER;
    return waits && host_lowest_working(host) >= 0 ? vmm_attention_ps(first->computer->vmm) : TIME_NEVER;
}

/* Until when TURN may be executed. */
static uint64_t bound(const struct vm_host *host, const struct turn *turn)
{
    const struct recovering *recovering = &host->recovering;
    uint64_t until = recovering->active ? recovering->due_ps : TIME_NEVER;
    until = smallest(until, next_fault_ps(host, turn->at_ps));
    if (turn->vm)
        until = smallest(until, monitor_ps(host));
    enum rank mine = rank_of(host, (unsigned)turn->processor);
    for (unsigned n = 0; n < host->processors; n++) {
        struct turn other = turn_of(host, n);
        if (other.processor < 0 || (int)n == turn->processor || other.at_ps <= turn->at_ps)
            continue;
        enum rank rank = rank_of(host, n);
        if (rank > mine || (rank == RANK_LEADS && mine == RANK_LEADS && (int)n < turn->processor))
            until = smallest(until, other.at_ps);
    }
    return until;
}

/* Before this time nobody else wants the processor of TURN. */
static uint64_t alone_until_ps(const struct vm_host *host, const struct turn *turn)
{
    const struct vm *mine = &host->vm[turn->vm];
    uint64_t until = TIME_NEVER;
    unsigned others = 0;
    for (unsigned i = 0; i < host->vms; i++) {
        const struct vm *vm = &host->vm[i];
        if ((int)i == turn->vm || vm->on != mine->on || vm->state != VM_READY)
            continue;
        others++;
        until = smallest(until, vm->processor < 0 ? ready_ps(vm) : computer_now(vm->computer));
    }
    return mine->on == VM_SHARED && others < host_pool_size(host) ? TIME_NEVER : until;
}

/* ---- a piece ---- */

static void dispatch(struct vm_host *host, const struct turn *turn)
{
    struct processor *processor = &host->processor[turn->processor];
    struct vm *vm = &host->vm[turn->vm];
    struct computer *computer = vm->computer;
    uint64_t before = computer_now(computer);
    processor->vm = turn->vm;
    processor->turn = turn->vm;
    vm->processor = vm->last = turn->processor;
    vm->waited_ps += turn->at_ps > ready_ps(vm) ? turn->at_ps - ready_ps(vm) : 0;
    computer_sleep_until(computer, turn->at_ps);
    if (vm->asleep && !turn->vm)
        pace_idle(computer, before);
    vm->asleep = false;
    vm->first_at = HOST_NONE;
    computer->seat = (struct processor_seat){.taken = true,
                                             .processor = (unsigned)turn->processor,
                                             .insns = processor->insns - computer_insns(computer),
                                             .outputs = processor->outputs - computer->board->state.outputs,
                                             .slices = processor->slices + 1 - vmm_turns(computer->vmm)};
    if (vm->recovery != HOST_NONE)
        recovery_resumed(host, (unsigned)turn->vm, (unsigned)turn->processor, turn->at_ps);
}

void host_take_off(struct vm_host *host, unsigned number)
{
    struct vm *vm = &host->vm[number];
    if (vm->processor >= 0)
        host->processor[vm->processor].vm = HOST_NONE;
    vm->processor = HOST_NONE;
    vm->computer->seat.taken = false;
    vm->ready_ps = computer_now(vm->computer);
    vm->asleep = false;
}

/* The soft faults that it has just had are counted, for the processor. */
static void count_soft(struct vm_host *host, struct processor *processor, struct computer *computer)
{
    for (; computer->soft_checks; computer->soft_checks--) {
        processor->soft++;
        host_tell(host, computer_now(computer), "processor %u: an instruction was retried and succeeded (LPMC %u)",
                  (unsigned)(processor - host->processor), (unsigned)processor->soft);
    }
}

static enum advance execute(struct vm_host *host, const struct turn *turn, uint64_t most_ps);
static enum advance attend(struct vm_host *host, uint64_t time_ps);

/* Something has happened to the first that is everybody's: the others come up to that. */
static void come_up(struct vm_host *host)
{
    uint64_t now = computer_now(host->computer);
    for (struct turn turn = earliest(host); turn.at_ps < now; turn = earliest(host))
        if (execute(host, &turn, now) != ADVANCE_MORE)
            return;
}

/* The first has failed, and with it the computer. */
static void die(struct vm_host *host)
{
    come_up(host);
    host_die(host);
}

/* The computer has another role, perhaps: other faults are planned for its processors from now on. */
static void follow_role(struct vm_host *host)
{
    struct computer *first = host->computer;
    if (first->planned_role == first->role || !first->alive)
        return;
    come_up(host);
    host_takes_role(host);
}

/* What RESULT of a piece of TURN means to the host; and to whoever drives the first virtual machine. */
static enum advance come_back(struct vm_host *host, const struct turn *turn, enum advance result)
{
    struct processor *processor = &host->processor[turn->processor];
    struct vm *vm = &host->vm[turn->vm];
    struct computer *computer = vm->computer;
    uint64_t before = processor->slices, now = computer_now(computer);
    bool waits = result == ADVANCE_BLOCKED && !computer->yield_until_ps;
    processor->insns = computer_insns(computer) + computer->seat.insns;
    processor->outputs = computer->board->state.outputs + computer->seat.outputs;
    processor->slices = vmm_turns(computer->vmm) + computer->seat.slices - 1;
    bool ended = processor->slices != before && points_turn(computer->vmm, &vm->turn_insns); /* its slice has */
    ended |= stands_by(vm);
    if (!computer->dying || result == ADVANCE_OVER) /* how long it dies is the host's business */
        count_soft(host, processor, computer);
    if (result == ADVANCE_STRUCK && computer->check) {
        host_strike(host, (unsigned)turn->processor, computer->check, now);
        return ADVANCE_MORE;
    }
    if (result == ADVANCE_STRUCK) /* it was retried */
        result = ADVANCE_MORE;
    if (result == ADVANCE_OVER) {
        host_take_off(host, (unsigned)turn->vm);
        vm->state = VM_OVER;
        if (!turn->vm && !computer->alive)
            die(host);
    } else if (ended || (result == ADVANCE_BLOCKED && !waits)) {
        host_take_off(host, (unsigned)turn->vm);
        vm->asleep = !ended;
        if (vm->asleep)
            vm->ready_ps = computer->yield_until_ps;
        if (ended && processor->soft >= SOFT_FAULTS_MAX && host_working(host) > 1 && !host->recovering.active)
            recovery_begin(host, (unsigned)turn->processor, true);
    }
    if (!turn->vm)
        follow_role(host);
    if (result == ADVANCE_REACHED && computer == host->looked)
        return result;
    /* An output of a follower may have to wait for the other computer, as one of the first. */
    bool follows = turn->vm && host_is_fault_tolerant(host, (unsigned)turn->vm) && !stands_by(vm);
    if (turn->vm)
        return follows && waits && !follower_wants_leader(computer->vmm) ? ADVANCE_BLOCKED : ADVANCE_MORE;
    return result == ADVANCE_BLOCKED && !waits ? ADVANCE_MORE : result;
}

/* Not beyond MOST_PS. */
static enum advance execute(struct vm_host *host, const struct turn *turn, uint64_t most_ps)
{
    struct processor *processor = &host->processor[turn->processor];
    struct computer *computer = host->vm[turn->vm].computer;
    if (processor->vm < 0)
        dispatch(host, turn);
    if (processor->vm != turn->vm) /* it has failed at the step `resumed` */
        return ADVANCE_MORE;
    computer_sleep_until(computer, turn->at_ps);
    if (follower_wants_leader(computer->vmm)) {
        enum advance attended = attend(host, turn->at_ps);
        if (attended != ADVANCE_MORE && attended != ADVANCE_STRUCK)
            return attended;
        follower_attended(computer->vmm);
    }
    /* Now, because who has its processor is nobody else's next. */
    const uint64_t until_ps = smallest(bound(host, turn), most_ps);
    const uint64_t from = computer_now(computer), wanted = computer->stop_time_ps, cut = smallest(wanted, until_ps);
    /* How far one of a pair may sleep is known to its host thread only bit by bit: it keeps its processor meanwhile. */
    computer->yields = !host_is_fault_tolerant(host, (unsigned)turn->vm);
    computer->alone_until_ps = host->computer->world->stepping ? 0 : alone_until_ps(host, turn);
    computer->stop_time_ps = cut;
    enum advance result = computer->kind->advance(computer);
    if (computer->stop_time_ps == cut)
        computer->stop_time_ps = wanted;
    processor->clock_ps = computer_now(computer);
    processor->busy_ps += processor->clock_ps - from;
    if (processor->clock_ps > from)
        chronicle_host(host->computer, &(struct chronicle_row){.kind = CHRONICLE_SLICE,
                                                               .time_ps = from,
                                                               .epoch = computer_place(computer).epoch,
                                                               .number = processor->clock_ps,
                                                               .processor = turn->processor,
                                                               .vm = turn->vm});
    bool is_cut = result == ADVANCE_REACHED && processor->clock_ps >= until_ps && !stops_hit(computer);
    return come_back(host, turn, is_cut ? ADVANCE_MORE : result);
}

/* ---- faults that find no guest ---- */

void host_strike(struct vm_host *host, unsigned number, enum fault_kind kind, uint64_t time_ps)
{
    struct processor *processor = &host->processor[number];
    int vm = processor->vm;
    if (kind == FAULT_SOFT) {
        processor->soft++;
        host_tell(host, time_ps, "processor %u: an instruction was retried and succeeded (LPMC %u)", number,
                  (unsigned)processor->soft);
        return;
    }
    chronicle_host(
        host->computer,
        &(struct chronicle_row){
            .kind = CHRONICLE_FAILED, .time_ps = time_ps, .number = kind, .processor = (int)number, .vm = vm});
    processor->state = PROCESSOR_FAILED;
    processor->fault = kind;
    processor->failed_ps = time_ps;
    processor->struck = HOST_NONE;
    if (processor->clock_ps < time_ps)
        processor->clock_ps = time_ps;
    if (vm < 0)
        return;
    struct computer *computer = host->vm[vm].computer;
    computer->check = 0;                                                   /* it was the processor's */
    if (computer->vmm->in_epoch && host->recovering.healer != (int)number) /* else it is in its block, all of it */
        processor->struck = vm;
    host_take_off(host, (unsigned)vm);
    host->vm[vm].state = VM_LOST;
}

/* Which processor PLANNED strikes, if that is there; HOST_NONE: none now. */
static int struck_by(const struct vm_host *host, const struct fault *fault)
{
    int number = (int)fault->processor, vm = host_find(host, fault->vm);
    if (fault->who == FAULT_OF_VM)
        number = vm < 0 ? HOST_NONE : host->vm[vm].processor >= 0 ? host->vm[vm].processor : host->vm[vm].on;
    if (number < 0 || host->processor[number].state == PROCESSOR_FAILED ||
        host->processor[number].state == PROCESSOR_OFF)
        return HOST_NONE;
    return number;
}

static void strike_planned_now(struct vm_host *host, struct planned_fault *planned, uint64_t time_ps)
{
    int number = struck_by(host, &planned->fault);
    if (number < 0)
        return;
    planned->struck = true;
    host_strike(host, (unsigned)number, planned->fault.kind, time_ps);
}

/* PLANNED is for a step that has been taken at TIME_PS: it is a processor's, or another virtual machine's than the
 * first, whom its own step strikes. */
static void strike_at_step(struct vm_host *host, struct planned_fault *planned, uint64_t time_ps)
{
    int vm = planned->fault.who == FAULT_OF_VM ? host_find(host, planned->fault.vm) : HOST_NONE;
    if (fault_is_of_processor(planned->fault.kind))
        strike_planned_now(host, planned, time_ps);
    else if (vm > 0)
        computer_strike_planned(host->vm[vm].computer, planned);
}

void host_step(struct vm_host *host, enum protocol_step step, uint64_t time_ps)
{
    struct world *world = host->computer->world;
    computer_step_taken(host->computer, step);
    if (host->looked && host->looked != host->computer)
        stops_at_step(host->looked, step, world->step_count[step]);
    for (size_t i = 0; i < world->faults.count; i++) {
        struct planned_fault *planned = &world->faults.at[i];
        if (planned_for(planned, host->computer->planned_role) && planned->fault.place == FAULT_STEP &&
            planned->fault.step == step && !planned->struck && planned->fault.number == world->step_count[step])
            strike_at_step(host, planned, time_ps);
    }
}

/* The first fault planned at a time by AT_PS whose processor is in the host; NULL: none. At a processor that executes a
 * guest it strikes there. */
static struct planned_fault *due_in_host(const struct vm_host *host, uint64_t at_ps)
{
    const struct world *world = host->computer->world;
    struct planned_fault *first = NULL;
    for (size_t i = 0; i < world->faults.count && world->processor_faults; i++) {
        struct planned_fault *planned = &world->faults.at[i];
        const struct fault *fault = &planned->fault;
        if (!planned_for(planned, host->computer->planned_role) || !fault_is_of_processor(fault->kind) ||
            fault->place != FAULT_TIME || planned->struck || fault->number > at_ps)
            continue;
        int number = struck_by(host, fault);
        bool in_guest = number >= 0 && host->processor[number].vm >= 0 && host->recovering.healer != number;
        if (number < 0 || in_guest)
            continue;
        bool before = first && (fault->number < first->fault.number ||
                                (fault->number == first->fault.number && number < struck_by(host, &first->fault)));
        if (!first || before)
            first = planned;
    }
    return first;
}

static bool strike_in_host(struct vm_host *host, uint64_t at_ps)
{
    struct planned_fault *planned = at_ps == TIME_NEVER ? NULL : due_in_host(host, at_ps);
    if (planned)
        strike_planned_now(host, planned,
                           planned->fault.number > host->role_ps ? planned->fault.number : host->role_ps);
    return planned != NULL;
}

/* ---- going on ---- */

void host_tell(struct vm_host *host, uint64_t time_ps, const char *format, ...)
{
    char text[400], line[480];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(line, sizeof line, "[%.6f s, computer %u] %s", (double)time_ps / (double)PS_PER_S, host->computer->number,
             text);
    world_tell(host->computer->world, host->computer->index,
               &(struct account_line){time_ps, computer_place(host->computer).epoch, RULE_NONE, line});
    awaited_operator(host->computer, line);
}

void host_follow(struct vm_host *host)
{
    uint64_t now = host->looked ? computer_now(host->looked) : 0;
    for (;;) {
        struct turn turn = earliest(host);
        bool waits = host->recovering.active && turn.at_ps >= host->recovering.due_ps;
        if (turn.processor < 0 || turn.at_ps >= now || waits || host->computer->over ||
            host->vm[turn.vm].computer == host->looked)
            return;
        if (execute(host, &turn, now) != ADVANCE_MORE)
            return;
    }
}

/* The first virtual machine will never go on: nothing that could happen would give it a processor. */
static enum advance first_is_lost(struct vm_host *host)
{
    struct computer *first = host->computer;
    if (!first->over)
        computer_end(first, END_LOST, 0,
                     host_lowest_working(host) < 0 ? "every processor has failed" : "no processor is left for it");
    return ADVANCE_OVER;
}

/* The monitor of the first, which is on no processor, goes on at TIME_PS. */
static enum advance attend(struct vm_host *host, uint64_t time_ps)
{
    enum advance result = vmm_attend(host->computer->vmm, time_ps);
    if (result == ADVANCE_OVER) {
        host->vm[0].state = VM_OVER;
        if (!host->computer->alive)
            die(host);
    }
    follow_role(host);
    return result;
}

/* Is something due at the monitor of the first before anything else, TURN or a step of a recovery, happens? */
static bool attends(struct vm_host *host, const struct turn *turn, enum advance *result)
{
    uint64_t next_ps = host->recovering.active ? smallest(turn->at_ps, host->recovering.due_ps) : turn->at_ps;
    uint64_t due_ps = monitor_ps(host);
    if (due_ps == TIME_NEVER || due_ps > next_ps || (due_ps == next_ps && !turn->vm))
        return false;
    *result = attend(host, due_ps);
    return true;
}

/* The next step of a recovery ends the first of a pair, or its computer, at TIME_PS: is it there, and has all that was
 * sent to it by then been heard? Else *RESULT, and it is to be asked again. */
static bool comes_to_end(struct vm_host *host, uint64_t time_ps, enum advance *result)
{
    struct vmm *vmm = host->computer->vmm;
    *result = attend(host, time_ps);
    if (*result != ADVANCE_MORE && *result != ADVANCE_STRUCK)
        return false;
    *result = ADVANCE_BLOCKED;
    return !vmm->suppressed || !vmm->linked || vmm->failing_over || vmm_has_heard_all(vmm);
}

/* Of several that have failed, the lowest number first. */
static void begin_recovery(struct vm_host *host)
{
    for (unsigned n = 0; n < host->processors && !host->recovering.active && !host->failed; n++)
        if (host->processor[n].state == PROCESSOR_FAILED)
            recovery_begin(host, n, false);
}

/* A person wants COMPUTER, a virtual machine that is on no processor, to stop by AT_PS, before which nobody goes on: it
 * is there. */
static bool stops_off(const struct vm_host *host, struct computer *computer, uint64_t at_ps)
{
    uint64_t stop_ps = computer_stop_time(computer, TIME_NEVER);
    if (computer->over || host->vm[computer->vm].processor >= 0 || stop_ps == TIME_NEVER || stop_ps > at_ps)
        return false;
    computer_sleep_until(computer, stop_ps);
    return computer->stop_time_ps <= stop_ps || computer_at_moment(computer);
}

/* From when on may the host have something to say? */
static uint64_t says_from_ps(const struct vm_host *host)
{
    uint64_t from_ps = host->recovering.active ? host->recovering.due_ps : TIME_NEVER;
    for (unsigned n = 0; n < host->processors; n++) {
        const struct processor *processor = &host->processor[n];
        from_ps =
            smallest(from_ps, processor->state == PROCESSOR_FAILED ? processor->failed_ps : turn_of(host, n).at_ps);
    }
    return from_ps;
}

/* Is there nothing to come for the first, or for who is looked at, until a processor is repaired? A person may have it
 * wait until a time. */
static bool waits_for_person(const struct vm_host *host)
{
    const struct computer *looked = host->looked;
    if (!host->computer->world->stepping || !looked)
        return host_waits(host, host->computer);
    bool until = looked->stop_time_ps != TIME_NEVER || (looked->stop_moment && !computer_at_moment(looked));
    return host_waits(host, looked) && !until;
}

static enum advance go_on(struct vm_host *host)
{
    struct computer *first = host->computer;
    if (atomic_load(&first->world->ended))
        return ADVANCE_OVER;
    if (host->vm[0].state == VM_OVER && first->alive && !first->over)
        host_revive(host);
    begin_recovery(host);
    struct turn turn = earliest(host);
    uint64_t end_ps = first->over ? computer_now(first) : TIME_NEVER;
    if (!first->alive)
        return ADVANCE_OVER;
    bool recovers = host->recovering.active && host->recovering.due_ps < end_ps;
    if (first->over && turn.at_ps >= end_ps && !recovers) { /* those on other processors have come up to the end */
        for (unsigned i = 0; i < host->vms; i++)
            recovery_give_back(&host->vm[i]);
        return ADVANCE_OVER;
    }
    enum advance result;
    if (attends(host, &turn, &result))
        return result;
    if (strike_in_host(host, host->recovering.active ? smallest(turn.at_ps, host->recovering.due_ps) : turn.at_ps))
        return ADVANCE_MORE;
    if (host->recovering.active && (turn.processor < 0 || turn.at_ps >= host->recovering.due_ps)) {
        uint64_t last_ps = recovery_ends_first_ps(host);
        if (last_ps != TIME_NEVER && !comes_to_end(host, last_ps, &result))
            return result;
        do {
            recovery_step(host);
            if (!first->alive) /* what comes again must not die of what was before */
                begin_recovery(host);
        } while (!first->alive && host->recovering.active); /* no time passes, and nobody would tell of it later */
        if (!first->alive)
            return ADVANCE_OVER;
        return host->looked && stops_hit(host->looked) ? ADVANCE_REACHED : ADVANCE_MORE;
    }
    if (stops_off(host, first, turn.at_ps) || (host->looked && stops_off(host, host->looked, turn.at_ps)))
        return ADVANCE_REACHED;
    if (host_waits(host, first) && turn.processor >= 0) /* its clock goes on */
        computer_sleep_until(first, turn.at_ps);
    if (turn.processor < 0 || waits_for_person(host))
        return first->world->stepping && host_lowest_working(host) >= 0 ? ADVANCE_REACHED : first_is_lost(host);
    return execute(host, &turn, end_ps);
}

enum advance host_advance(struct vm_host *host)
{
    struct computer *first = host->computer;
    if (host_is_plain(host))
        return first->kind->advance(first);
    enum advance result = go_on(host);
    first->says_from_ps = first->alive || atomic_load(&first->rejoins) ? says_from_ps(host) : TIME_NEVER;
    return result;
}
