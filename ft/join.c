/* join.c - re-integration: a repaired computer joins as the backup of the survivor while that runs on (protocol.md
 * section 6).
 *
 * At the beginning of an epoch the survivor takes a picture of its memory and sends, over the channel like everything
 * else, first its VP and VMM without memory, then the pages of the picture that are not zero, in the gaps that the log
 * leaves. The log from that epoch on is sent as to any backup; the joining computer keeps it, begins when it has the
 * last page, and catches up. Until then the survivor waits for nobody; from the epoch's end at which it knows that the
 * last page has been received, it has a backup again.
 *
 * The histories that explainability judges are the simulator's, not the computers', and are copied beside the channel.
 */
#include "ft/vmm.h"

#include <inttypes.h>
#include <string.h>

#include "ft/record.h"
#include "ft/system_private.h"
#include "ft/vtime.h"

enum { PAGES_AT_ONCE = 8 };

struct join {
    uint8_t *picture; /* of RAM when the join began */
    uint32_t pages, next;
    uint64_t last_arrival_ps; /* of MESSAGE_JOIN_DONE; 0: not sent yet */
};

/* What goes along of the VMM (protocol.md section 6: V1/V2, terminal numbers, clock, epoch, generation). */
struct vmm_part {
    uint64_t epoch, last_clock_ps, end_clock_ps, timer_seen_ticks, input_number;
    uint32_t v1[2], v2, generation, entry, outstanding;
};

/* ---- bytes ---- */

struct packer {
    VEC(uint8_t) bytes;
};

static void pack(struct packer *packer, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&packer->bytes) = ((const uint8_t *)from)[i]; /* NOLINT: padding, too, which nobody reads */
}

struct unpacker {
    const uint8_t *at;
    size_t left;
    bool good;
};

static void unpack(struct unpacker *unpacker, void *to, size_t size)
{
    if (unpacker->left < size)
        unpacker->good = false;
    if (!unpacker->good)
        return;
    memcpy(to, unpacker->at, size);
    unpacker->at += size;
    unpacker->left -= size;
}

/* Every field of the board's state tables, in their order. */
static void pack_board(struct packer *packer, struct board *board)
{
    struct board_part parts[BOARD_PARTS];
    for (unsigned p = 0, count = board_parts(board, parts); p < count; p++)
        for (size_t f = 0; f < parts[p].table->count; f++) {
            const struct state_field *field = &parts[p].table->fields[f];
            for (unsigned i = 0; i < field->count; i++)
                pack(packer, (const char *)parts[p].at + field->offset + (size_t)i * field->stride, field->size_bytes);
        }
}

static void unpack_board(struct unpacker *unpacker, struct board *board)
{
    struct board_part parts[BOARD_PARTS];
    for (unsigned p = 0, count = board_parts(board, parts); p < count; p++)
        for (size_t f = 0; f < parts[p].table->count; f++) {
            const struct state_field *field = &parts[p].table->fields[f];
            for (unsigned i = 0; i < field->count; i++)
                unpack(unpacker, (char *)parts[p].at + field->offset + (size_t)i * field->stride, field->size_bytes);
        }
}

/* ---- the survivor ---- */

static void send_bulk(struct vmm *vmm, enum message_class message_class, uint64_t index, const uint8_t *bytes,
                      uint32_t size)
{
    struct message message = {
        .message_class = message_class, .epoch = vmm->epoch, .index = index, .bulk = bytes, .bulk_bytes = size};
    vmm_send(vmm, &message);
}

/* The commands under way at the survivor are outstanding at the joining computer, with their data. */
static void pack_outstanding(struct packer *packer, const struct computer *computer)
{
    for (size_t i = 0; i < computer->in_flight.count; i++) {
        const struct disk_operation *op = &computer->in_flight.at[i].op;
        pack(packer, op, sizeof *op);
        if (op->opcode == DISK_WRITE)
            pack(packer, op->data, disk_data_bytes(op));
    }
}

static void send_state(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct packer packer = {0};
    struct vmm_part part = {.epoch = vmm->epoch - 1, /* the VP is as at the end of the epoch before */
                            .last_clock_ps = vmm->last_clock_ps,
                            .end_clock_ps = vmm->end_clock_ps,
                            .timer_seen_ticks = vmm->timer_seen_ticks,
                            .input_number = vmm->input_number,
                            .v1 = {vmm->v1[0], vmm->v1[1]},
                            .v2 = vmm->v2,
                            .generation = computer->generation,
                            .entry = computer->board->entry,
                            .outstanding = (uint32_t)computer->in_flight.count};
    pack(&packer, &part, sizeof part);
    pack_board(&packer, computer->board);
    pack_outstanding(&packer, computer);
    send_bulk(vmm, MESSAGE_JOIN_STATE, 0, packer.bytes.at, (uint32_t)packer.bytes.count);
    VEC_FREE(&packer.bytes);
}

static struct join *take_picture(struct board *board)
{
    struct join *join = calloc(1, sizeof *join);
    assert(join);
    uint32_t size = phys_ram_bytes(board->phys);
    join->picture = malloc(size);
    assert(join->picture);
    memcpy(join->picture, phys_ram(board->phys), size);
    join->pages = size / PHYS_PAGE_BYTES;
    return join;
}

static bool repair_due(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct system *system = computer->system;
    for (size_t i = 0; i < system->repairs.count; i++) {
        struct planned_fault *planned = &system->repairs.at[i];
        const struct fault *fault = &planned->fault;
        if (planned->struck)
            continue;
        bool due = (fault->place == FAULT_INSTRUCTION && fault->number <= computer_insns(computer)) ||
                   (fault->place == FAULT_EPOCH && fault->number <= vmm->epoch) ||
                   (fault->place == FAULT_TIME && fault->number <= computer_now(computer)) ||
                   (fault->place == FAULT_OPERATION && fault->number <= computer->board->state.outputs) ||
                   (fault->place == FAULT_STEP && fault->number <= system->step_count[fault->step]);
        if (!due)
            continue;
        planned->struck = true;
        return true;
    }
    return false;
}

void join_if_due(struct vmm *vmm)
{
    struct computer *computer = vmm->computer, *peer = system_peer(computer);
    if (vmm->linked || !peer || !atomic_load(&computer->system->repairs_left) || !atomic_load(&peer->published_dead) ||
        !repair_due(vmm))
        return;
    uint64_t now = computer_now(computer);
    channel_free(&computer->channel); /* what the dead computer had not received */
    channel_renew(&computer->channel, &computer->system->config.settings);
    if (!system_renew(peer, now)) {
        system_tell(computer, "no memory for a repaired computer");
        atomic_fetch_sub(&computer->system->repairs_left, 1);
        return;
    }
    history_copy(&peer->history, &computer->history);
    record_join(peer->vmm, vmm);
    peer->vmm->ended_epoch = peer->vmm->start_epoch = vmm->epoch - 1;
    atomic_store(&peer->published_epoch, vmm->epoch - 1);
    vmm->linked = true;
    vmm->peer_loss_known = false;
    vmm->join = take_picture(computer->board);
    system_tell(computer, "a repaired computer begins to join at epoch %" PRIu64, vmm->epoch);
    send_state(vmm);
    vmm_send_buffered(vmm);
    events_add(&computer->events, now, EVENT_JOIN, 0);
    events_add(&computer->events, now + computer->system->config.settings.heartbeat_us * PS_PER_US, EVENT_HEARTBEAT, 0);
    computer_step_taken(computer, PROTOCOL_STEP_JOIN_STARTED);
    atomic_store(&peer->published_dead, false); /* its host thread may go on from here */
    atomic_fetch_sub(&computer->system->repairs_left, 1);
}

static bool is_zero(const uint8_t *page)
{
    return page[0] == 0 && !memcmp(page, page + 1, PHYS_PAGE_BYTES - 1);
}

void join_event(struct vmm *vmm)
{
    struct join *join = vmm->join;
    struct computer *computer = vmm->computer;
    if (!join || join->last_arrival_ps)
        return;
    for (unsigned sent = 0; sent < PAGES_AT_ONCE && join->next < join->pages; join->next++) {
        const uint8_t *page = join->picture + (size_t)join->next * PHYS_PAGE_BYTES;
        if (is_zero(page))
            continue;
        send_bulk(vmm, MESSAGE_JOIN_PAGE, join->next, page, PHYS_PAGE_BYTES);
        sent++;
        if (computer_step_taken(computer, PROTOCOL_STEP_JOIN_PAGE))
            return;
    }
    if (join->next < join->pages) {
        events_add(&computer->events, computer->channel.busy_until_ps, EVENT_JOIN, 0);
        return;
    }
    send_bulk(vmm, MESSAGE_JOIN_DONE, 0, NULL, 0);
    join->last_arrival_ps = computer->channel.last_arrival_ps;
    free(join->picture);
    join->picture = NULL;
}

void join_complete(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    if (!vmm->join || !vmm->join->last_arrival_ps)
        return;
    vmm->await_arrival_ps = vmm->join->last_arrival_ps;
    vmm->alone = false;
    bool received = vmm_await_acks(vmm) == OUTCOME_DONE;
    vmm->await_arrival_ps = 0;
    if (!received) {
        vmm->alone = true;
        return;
    }
    join_abandon(vmm);
    system_tell(computer, "the repaired computer has joined at the end of epoch %" PRIu64, vmm->epoch);
    computer_step_taken(computer, PROTOCOL_STEP_JOIN_DONE);
}

void join_abandon(struct vmm *vmm)
{
    if (!vmm->join)
        return;
    free(vmm->join->picture);
    free(vmm->join);
    vmm->join = NULL;
}

/* ---- the joining computer ---- */

static void unpack_outstanding(struct unpacker *unpacker, struct vmm *vmm, uint32_t count)
{
    for (uint32_t i = 0; i < count && unpacker->good; i++) {
        struct disk_operation op = {0};
        unpack(unpacker, &op, sizeof op);
        op.data = NULL;
        if (op.count > DISK_COUNT_MAX)
            unpacker->good = false;
        uint32_t size = unpacker->good ? disk_data_bytes(&op) : 0;
        if (size) {
            op.data = calloc(1, size);
            assert(op.data);
            if (op.opcode == DISK_WRITE)
                unpack(unpacker, op.data, size);
        }
        (void)VEC_PUSH(&vmm->unperformed);
        size_t at = vmm->unperformed.count - 1;
        for (; at > 0 && vmm->unperformed.at[at - 1].number > op.number; at--) /* in order of issue */
            vmm->unperformed.at[at] = vmm->unperformed.at[at - 1];
        vmm->unperformed.at[at] = op;
    }
}

static bool take_state(struct vmm *vmm, const struct message *message)
{
    struct board *board = vmm->computer->board;
    struct unpacker unpacker = {message->bulk, message->bulk_bytes, true};
    struct vmm_part part = {0};
    unpack(&unpacker, &part, sizeof part);
    unpack_board(&unpacker, board);
    unpack_outstanding(&unpacker, vmm, part.outstanding);
    if (!unpacker.good || unpacker.left)
        return false;
    vmm->epoch = part.epoch;
    vmm->last_clock_ps = vmm->seen_clock_ps = part.last_clock_ps;
    vmm->seen_at_ps = vmm->received_ps;
    vmm->end_clock_ps = part.end_clock_ps;
    vmm->timer_seen_ticks = part.timer_seen_ticks;
    vmm->input_number = part.input_number;
    memcpy(vmm->v1, part.v1, sizeof vmm->v1);
    vmm->v2 = part.v2;
    vmm->computer->generation = part.generation;
    board->entry = part.entry;
    cpu_state_changed(board->cpu);
    tlb_state_changed(cpu_tlb(board->cpu));
    /* The instruction count came with the processor: the clock goes on from here. */
    vmm->computer->base_insns = computer_insns(vmm->computer);
    return true;
}

bool join_receive(struct vmm *vmm, const struct message *message)
{
    struct phys *phys = vmm->computer->board->phys;
    switch (message->message_class) {
    case MESSAGE_JOIN_STATE:
        return !vmm->joined && take_state(vmm, message);
    case MESSAGE_JOIN_PAGE:
        if (vmm->joined || message->bulk_bytes != PHYS_PAGE_BYTES || message->index > UINT32_MAX / PHYS_PAGE_BYTES)
            return false;
        return phys_dma_write(phys, (uint32_t)message->index * PHYS_PAGE_BYTES, message->bulk, PHYS_PAGE_BYTES);
    case MESSAGE_JOIN_DONE:
        vmm->joined = true;
        return true;
    default:
        return false;
    }
}
