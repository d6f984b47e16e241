/* join.c - re-integration: a repaired computer joins as the backup of the survivor while that runs on (docs/faults.md,
 * "Repair").
 *
 * At the beginning of an epoch the survivor takes a picture of its memory and sends, over the channel like everything
 * else, first its VP and VMM without memory, then the pages of the picture that are not zero, in the gaps that the log
 * leaves. The log from that epoch on is sent as to any backup; the joining computer keeps it, begins when it has the
 * last page, and catches up. Until then the survivor waits for nobody; from the epoch's end at which it knows that the
 * last page has been received, it has a backup again. Where checkpoints are sent instead of a log, each of them goes
 * between the pages, and the joining computer applies those that have come when it has the last page; that is said at
 * the end of an epoch only, behind its checkpoint, because what is put out after it is in no earlier one.
 *
 * The histories that explainability judges are the simulator's, not the computers', and are copied beside the channel.
 */
#include "ft/vmm/vmm.h"

#include <inttypes.h>
#include <string.h>

#include "ft/vmm/tape.h"
#include "ft/vmm/transfer.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

enum { PAGES_AT_ONCE = 8 };

struct join {
    struct page_map picture; /* of memory when the join began */
    uint32_t next;
    uint64_t last_arrival_ps; /* of MESSAGE_JOIN_DONE; 0: not sent yet */
};

const enum action join_program[] = {ACTION_JOIN};

/* ---- the survivor ---- */

/* The VP is as at the end of the epoch before. */
static void send_state(struct vmm *vmm)
{
    struct visit visit;
    visit_write(&visit, true);
    transfer_write(vmm, vmm->epoch - 1, &visit);
    vmm_send_bulk(vmm, MESSAGE_JOIN_STATE, 0, visit.bytes, (uint32_t)visit.count);
    visit_free(&visit);
}

static struct join *take_picture(struct board *board)
{
    struct join *join = calloc(1, sizeof *join);
    memory_need(join);
    page_map_copy(&join->picture, board_memory(board));
    return join;
}

void join_begin(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t now = computer_now(computer);
    vmm_link(vmm, true);
    vmm->join = take_picture(computer->board);
    computer_tell(computer, "a repaired computer begins to join at epoch %" PRIu64, vmm->epoch);
    send_state(vmm);
    if (vmm_logs(vmm))
        vmm_send_buffered(vmm);
    checkpoint_begin(vmm);
    events_add(&computer->events, now, EVENT_JOIN, 0);
    events_add(&computer->events, now + computer->world->config.settings.heartbeat_us * PS_PER_US, EVENT_HEARTBEAT, 0);
    computer_step_taken(computer, PROTOCOL_STEP_JOIN_STARTED);
}

/* The first repair that is due, or NULL. */
static struct planned_fault *repair_due(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct world *world = computer->world;
    for (size_t i = 0; i < world->repairs.count; i++) {
        struct planned_fault *planned = &world->repairs.at[i];
        const struct fault *fault = &planned->fault;
        if (planned->struck)
            continue;
        bool due = (fault->place == FAULT_INSTRUCTION && fault->number <= computer_insns(computer)) ||
                   (fault->place == FAULT_EPOCH && fault->number <= vmm->epoch) ||
                   (fault->place == FAULT_TIME && fault->number <= computer_now(computer)) ||
                   (fault->place == FAULT_OPERATION && fault->number <= computer->board->state.outputs) ||
                   (fault->place == FAULT_STEP && fault->number <= world->step_count[fault->step]);
        if (due)
            return planned;
    }
    return NULL;
}

/* What only grows of a computer that is about to be new is kept for the snapshots that count on it. */
static void keep_former(struct computer *computer)
{
    struct world *world = computer->world;
    if (!world->has_snapshots)
        return;
    *VEC_PUSH(&world->formers) = (struct former){computer->index, computer->history, computer->vmm->recording};
    memset(&computer->history, 0, sizeof computer->history);
    computer->vmm->recording = NULL;
}

/* Make COMPUTER, which is dead, new for a survivor of GENERATION at time NOW_PS: empty memory, no VP yet, its hardware
 * another one's. */
static bool renew(struct computer *computer, uint64_t generation, uint64_t now_ps)
{
    struct error error;
    keep_former(computer);
    vmm_free(computer->vmm);
    computer->vmm = NULL;
    computer_clear(computer);
    computer_seed(computer, generation);
    computer->role = ROLE_BACKUP;
    computer->speed_percent = 100;
    computer->equal_insn_ps = 0;
    computer->insn_ps = computer->hardware_insn_ps;
    computer->clock_ps = now_ps;
    computer->base_insns = 0;
    if (!vmm_init(computer, &error))
        return false;
    join_await(computer->vmm);
    return true;
}

/* New incarnations of both: the survivor's promise to its peer was that it sends nothing any more, the other's was that
 * of a dead one. Nobody but the survivor reads them now. */
static void begin_promises(struct computer *survivor, struct computer *joiner)
{
    uint64_t now = computer_now(survivor);
    order_begin(&survivor->world->order, survivor->index, now);
    order_begin(&survivor->world->order, joiner->index, now);
    computer_publish(joiner, ADVANCE_MORE);
}

/* JOINER is made new, by a repair or, AGAIN, without; the survivor sends it its VP. */
static void begin_repaired(struct vmm *vmm, struct computer *joiner, bool again)
{
    struct computer *computer = vmm->computer;
    uint64_t now = computer_now(computer);
    const struct settings *settings = &computer->world->config.settings;
    channel_free(&computer->channel); /* what the dead computer had not received */
    channel_renew(&computer->channel, settings);
    computer->channel.heard_ps = computer->channel.last_arrival_ps = now; /* its fault monitor begins to listen now */
    memory_need(renew(joiner, computer->generation, now));
    history_copy(&joiner->history, &computer->history);
    checkpoint_attach(joiner->vmm);
    tape_join(joiner->vmm, vmm);
    joiner->vmm->ended_epoch = joiner->vmm->start_epoch = joiner->executed = vmm->epoch - 1;
    joiner->touches_from_ps = peer_deadline_ps(&joiner->vmm->peer);
    if (computer->world->config.settings.processors > 1)
        joiner->touches_from_ps = 0;
    begin_promises(computer, joiner);
    peer_free(&vmm->peer);
    peer_init(&vmm->peer, &computer->world->order, joiner->index, &computer->channel, &joiner->channel, settings, now);
    join_begin(vmm);
    atomic_store(&joiner->dead, false); /* its host thread may go on from here */
    if (!again)
        atomic_fetch_sub(&computer->world->repairs_left, 1);
    order_wake(&computer->world->order, joiner->index);
}

/* Another computer that has lost its VP only, and joins without a repair? */
static bool rejoins(const struct computer *other)
{
    return other && atomic_load(&other->rejoins);
}

bool join_if_repaired(struct vmm *vmm)
{
    struct computer *computer = vmm->computer, *other = computer->other;
    struct world *world = computer->world;
    uint64_t now = computer_now(computer);
    bool again = !vmm->linked && rejoins(other);
    if (vmm->linked || !other || !(again || atomic_load(&world->repairs_left)))
        return true;
    struct planned_fault *repair = again ? NULL : repair_due(vmm);
    if (!repair && !again)
        return true;
    /* One that has been declared failed and lives halts at its own time, which may be before now. */
    if (now >= computer_act_bound(computer))
        return false;
    if (!order_has_ended(&world->order, other->index))
        return true;
    if (!atomic_load(&other->dead))
        return atomic_load(&world->finished);     /* its host thread is about to lay it down */
    if (other->died_ps < now + computer->index) { /* at one time the first computer acts first */
        double begin = host_thread_seconds();
        if (repair)
            repair->struck = true;
        begin_repaired(vmm, other, again);
        double seconds = host_thread_seconds() - begin;
        computer->join_seconds = seconds > computer->join_seconds ? seconds : computer->join_seconds;
    }
    return true;
}

void join_event(struct vmm *vmm)
{
    struct join *join = vmm->join;
    struct computer *computer = vmm->computer;
    if (!join || join->last_arrival_ps)
        return;
    bool waits = peer_pages_wait(&vmm->peer);
    for (unsigned sent = 0; !waits && sent < PAGES_AT_ONCE && join->next < join->picture.pages; join->next++) {
        const uint8_t *page = page_map_get(&join->picture, join->next);
        if (!page)
            continue; /* zeros */
        vmm_send_bulk(vmm, MESSAGE_JOIN_PAGE, join->next, page, PHYS_PAGE_BYTES);
        sent++;
        if (computer_step_taken(computer, PROTOCOL_STEP_JOIN_PAGE))
            return;
    }
    if (join->next < join->picture.pages) {
        events_add(&computer->events, peer_line_free_ps(&vmm->peer, computer_now(computer)), EVENT_JOIN, 0);
        return;
    }
    if (!vmm->checkpoint.used)
        join_finish(vmm);
}

bool join_waits(const struct vmm *vmm)
{
    const struct join *join = vmm->join;
    return join && !join->last_arrival_ps && join->next == join->picture.pages;
}

void join_finish(struct vmm *vmm)
{
    if (!join_waits(vmm))
        return;
    vmm_send_bulk(vmm, MESSAGE_JOIN_DONE, 0, NULL, 0);
    vmm->join->last_arrival_ps = peer_last_sent(&vmm->peer);
    vmm->alone = false; /* who has received that may have to take over: what is put out from now on it must know */
    page_map_free(&vmm->join->picture);
}

bool join_all_sent(const struct vmm *vmm)
{
    const struct join *join = vmm->join;
    return !join || (join->last_arrival_ps && vmm->peer.lag_at_ps >= join->last_arrival_ps);
}

void join_healed(struct vmm *vmm, uint64_t waited, uint64_t left)
{
    if (vmm->join && vmm->join->last_arrival_ps == waited)
        vmm->join->last_arrival_ps = left;
}

void join_complete(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!vmm->join || !vmm->join->last_arrival_ps)
        return;
    vmm->peer.await_arrival_ps = vmm->join->last_arrival_ps;
    bool received = vmm_await_acks(vmm) == OUTCOME_DONE;
    vmm->peer.await_arrival_ps = 0;
    if (!received || !vmm_keeps_up(vmm))
        return;
    join_abandon(vmm);
    computer->world->joins++;
    computer_tell(computer, "the repaired computer has joined at the end of epoch %" PRIu64, vmm->epoch - 1);
    computer_step_taken(computer, PROTOCOL_STEP_JOIN_DONE);
}

void join_abandon(struct vmm *vmm)
{
    if (!vmm->join)
        return;
    page_map_free(&vmm->join->picture);
    free(vmm->join);
    vmm->join = NULL;
}

void join_visit(struct vmm *vmm, struct visit *visit)
{
    bool joining = vmm->join != NULL;
    visit_begin(visit, "join");
    VISIT(visit, joining);
    if (visit->reading) {
        join_abandon(vmm);
        vmm->join = joining ? take_picture(vmm->computer->board) : NULL;
    }
    if (vmm->join) {
        visit_pages(visit, &vmm->join->picture);
        VISIT(visit, vmm->join->next);
        VISIT(visit, vmm->join->last_arrival_ps);
    }
    visit_end(visit);
}

/* ---- the joining computer ---- */

void join_await(struct vmm *vmm)
{
    vmm->program = join_program;
    vmm->at = 0;
    vmm->joined = false;
}

static bool take_state(struct vmm *vmm, const struct message *message)
{
    union {
        const uint8_t *sent;
        uint8_t *read; /* visits that read do not write */
    } bytes = {.sent = message->bulk};
    struct visit visit;
    visit_read(&visit, true, bytes.read, message->bulk_bytes, NULL, 0);
    if (!transfer_read(vmm, &visit, vmm->peer.received_ps) || visit.at != visit.count)
        return false;
    vmm->ended_epoch = vmm->epoch;
    /* The instruction before which it fails may have come: that is now, however long it sleeps for the next message. */
    computer_fault_due(vmm->computer, computer_insns(vmm->computer), 0);
    return true;
}

bool join_receive(struct vmm *vmm, const struct message *message)
{
    struct phys *phys = vmm->computer->board->phys;
    switch (message->message_class) {
    case MESSAGE_JOIN_STATE:
        return !vmm->joined && take_state(vmm, message);
    case MESSAGE_JOIN_PAGE:
        if (vmm->joined || message->bulk_bytes != PHYS_PAGE_BYTES || message->index >= phys_pages(phys))
            return false;
        phys_page_write(phys, (uint32_t)message->index, 0, message->bulk, PHYS_PAGE_BYTES);
        return true;
    case MESSAGE_JOIN_DONE:
        /* The state has come, and is that of the history. */
        if (vmm->joined || vmm->epoch != vmm->start_epoch || !computer_has_its_history(vmm->computer))
            return false;
        return vmm->joined = true;
    default:
        return false;
    }
}
