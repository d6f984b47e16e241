/* checkpoint.c - see checkpoint.h. */
#include "ft/vmm/actions.h"

#include <stdlib.h>
#include <string.h>

#include "ft/computer/crash_trail.h"
#include "ft/computer/timeline_ring.h"
#include "ft/log/notes.h"
#include "ft/recording.h"
#include "ft/vmm/state_digest.h"
#include "ft/vmm/transfer.h"
#include "mmu/base/memory.h"

/* ---- its life ---- */

void checkpoint_init(struct vmm *vmm)
{
    const struct world *world = vmm->computer->world;
    vmm->checkpoint.used = protocol_has_checkpoints(vmm->protocol) && !world->config.replay;
    page_map_init(&vmm->checkpoint.memory, world->pages, phys_pages(vmm->computer->board->phys));
    checkpoint_attach(vmm);
}

static void received_free(struct received_checkpoint *received)
{
    free(received->state);
    page_map_free(&received->pages);
}

static void drop_received(struct checkpointing *checkpoint)
{
    for (; QUEUE_COUNT(&checkpoint->received); QUEUE_POP(&checkpoint->received))
        received_free(QUEUE_FRONT(&checkpoint->received));
}

void checkpoint_free(struct vmm *vmm)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    page_map_free(&checkpoint->memory);
    VEC_FREE(&checkpoint->notes);
    drop_received(checkpoint);
    QUEUE_FREE(&checkpoint->received);
}

void checkpoint_attach(struct vmm *vmm)
{
    if (vmm->checkpoint.used)
        vmm->computer->history.notes = &vmm->checkpoint.notes;
}

static void visit_byte_row(struct visit *visit, note_bytes *bytes)
{
    size_t count = visit_count(visit, bytes->count, 1);
    if (visit->reading)
        for (bytes->count = 0; bytes->count < count;)
            *VEC_PUSH(bytes) = 0;
    visit_bytes(visit, "bytes", bytes->at, bytes->count);
}

void checkpoint_visit(struct vmm *vmm, struct visit *visit)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    if (!checkpoint->used)
        return;
    visit_begin(visit, "checkpoints");
    VISIT(visit, checkpoint->begun);
    visit_pages(visit, &checkpoint->memory);
    visit_byte_row(visit, &checkpoint->notes);
    VISIT(visit, checkpoint->copied_pages);
    VISIT_MOMENT(visit, checkpoint->taped_bytes);
    VISIT_MOMENT(visit, checkpoint->taped_entries);
    size_t count = visit_count(visit, QUEUE_COUNT(&checkpoint->received), 1);
    if (visit->reading)
        drop_received(checkpoint);
    for (size_t i = 0; i < count; i++) {
        if (visit->reading) {
            struct received_checkpoint *received = QUEUE_PUSH(&checkpoint->received);
            memset(received, 0, sizeof *received);
            page_map_empty(&received->pages, &checkpoint->memory);
        }
        struct received_checkpoint *received = &checkpoint->received.items.at[checkpoint->received.first + i];
        VISIT_MOMENT(visit, received->epoch);
        VISIT_MOMENT(visit, received->arrival_ps);
        VISIT(visit, received->digest);
        VISIT(visit, received->whole);
        VISIT(visit, received->state_bytes);
        visit_owned(visit, &received->state, received->state_bytes);
        VISIT(visit, received->page_count);
        visit_pages(visit, &received->pages);
    }
    visit_end(visit);
    if (visit->reading)
        checkpoint_attach(vmm);
}

/* ---- the primary ---- */

static void note_sent(struct vmm *vmm)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    page_map_free(&checkpoint->memory);
    page_map_copy(&checkpoint->memory, board_memory(vmm->computer->board));
    checkpoint->notes.count = 0;
    if (vmm->recording) {
        checkpoint->taped_bytes = vmm->recording->bytes.count;
        checkpoint->taped_entries = vmm->recording->entries;
    }
}

void checkpoint_begin(struct vmm *vmm)
{
    if (!vmm->checkpoint.used)
        return;
    vmm->checkpoint.begun = true;
    note_sent(vmm);
}

void checkpoint_end(struct vmm *vmm)
{
    vmm->checkpoint.begun = false;
    vmm->checkpoint.notes.count = 0;
    if (vmm->checkpoint.used)
        page_map_free(&vmm->checkpoint.memory);
}

void checkpoint_epoch_begins(struct vmm *vmm)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    if (!checkpoint->used || vmm->suppressed || !vmm->linked || checkpoint->begun)
        return;
    checkpoint->taped_bytes = checkpoint->taped_entries = 0;
    checkpoint_begin(vmm);
}

bool checkpoint_wanted(const struct vmm *vmm)
{
    return vmm->checkpoint.used && vmm->linked && !vmm->suppressed && (hold_is_open(vmm) || join_waits(vmm));
}

/* What goes along behind the state: numbers, what is buffered, and the outputs that wait. */
static void visit_monitor(struct vmm *vmm, struct visit *visit)
{
    visit_begin(visit, "checkpoint");
    VISIT(visit, vmm->input);
    VISIT(visit, vmm->performed_out);
    VISIT(visit, vmm->performed_frames);
    VISIT_QUEUE(visit, &vmm->buffered, interrupt_visit);
    gathering_visit(&vmm->gathering, visit);
    hold_visit(&vmm->hold, visit);
    visit_end(visit);
}

/* What H and the recording have grown by. */
static void write_growth(struct vmm *vmm, struct visit *visit)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    note_bytes taped = {0};
    uint64_t entries = 0;
    if (vmm->recording) {
        taped.at = vmm->recording->bytes.at + checkpoint->taped_bytes;
        taped.count = vmm->recording->bytes.count - checkpoint->taped_bytes;
        entries = vmm->recording->entries - checkpoint->taped_entries;
    }
    visit_byte_row(visit, &checkpoint->notes);
    VISIT(visit, entries);
    visit_byte_row(visit, &taped);
}

struct page_sender {
    struct vmm *vmm;
    const struct page_map *memory;
    uint32_t sent;
};

static void send_page(void *arg, uint32_t index)
{
    static const uint8_t zeros[PHYS_PAGE_BYTES];
    struct page_sender *sender = arg;
    const uint8_t *page = page_map_get(sender->memory, index);
    if (sender->vmm->computer->dying)
        return;
    vmm_send_bulk(sender->vmm, MESSAGE_CHECKPOINT_PAGE, index, page ? page : zeros, PHYS_PAGE_BYTES);
    sender->sent++;
    sender->vmm->checkpoint.copied_pages++;
    computer_step_taken(sender->vmm->computer, PROTOCOL_STEP_CHECKPOINT_PAGE);
}

enum outcome act_send_checkpoint(struct vmm *vmm)
{
    struct visit visit;
    if (!vmm->linked) {
        checkpoint_end(vmm);
        return OUTCOME_DONE;
    }
    visit_write(&visit, true);
    transfer_write(vmm, vmm->epoch, &visit);
    visit_monitor(vmm, &visit);
    write_growth(vmm, &visit);
    vmm_send_bulk(vmm, MESSAGE_CHECKPOINT_STATE, 0, visit.bytes, (uint32_t)visit.count);
    visit_free(&visit);
    struct page_sender sender = {vmm, board_memory(vmm->computer->board), 0};
    page_map_compare(&vmm->checkpoint.memory, sender.memory, send_page, &sender);
    if (vmm->computer->dying)
        return OUTCOME_AGAIN;
    vmm_send(vmm, &(struct message){.message_class = MESSAGE_CHECKPOINT_DONE,
                                    .epoch = vmm->epoch,
                                    .index = sender.sent,
                                    .value = vmm_digest(vmm)});
    note_sent(vmm);
    hold_close(vmm);
    join_finish(vmm);
    return vmm_step_done(vmm, PROTOCOL_STEP_CHECKPOINT_SENT);
}

/* ---- the backup ---- */

static struct received_checkpoint *last_received(struct vmm *vmm)
{
    struct checkpointing *checkpoint = &vmm->checkpoint;
    return QUEUE_COUNT(&checkpoint->received) ? &checkpoint->received.items.at[checkpoint->received.items.count - 1]
                                              : NULL;
}

static bool receive_state(struct vmm *vmm, const struct message *message)
{
    struct received_checkpoint *last = last_received(vmm);
    if (last && !last->whole)
        return false;
    struct received_checkpoint *received = QUEUE_PUSH(&vmm->checkpoint.received);
    *received = (struct received_checkpoint){
        .epoch = message->epoch, .state_bytes = message->bulk_bytes, .state = malloc(message->bulk_bytes)};
    memory_need(received->state);
    memcpy(received->state, message->bulk, message->bulk_bytes);
    page_map_empty(&received->pages, &vmm->checkpoint.memory);
    return true;
}

bool checkpoint_receive(struct vmm *vmm, const struct message *message, uint64_t arrival_ps)
{
    if (message->message_class == MESSAGE_CHECKPOINT_STATE)
        return receive_state(vmm, message);
    struct received_checkpoint *last = last_received(vmm);
    if (!last || last->whole || last->epoch != message->epoch)
        return false;
    if (message->message_class == MESSAGE_CHECKPOINT_PAGE) {
        if (message->bulk_bytes != PHYS_PAGE_BYTES || message->index >= page_map_pages(&last->pages))
            return false;
        page_map_set(&last->pages, (uint32_t)message->index, message->bulk);
        last->page_count++;
        return true;
    }
    if (message->index != last->page_count)
        return false;
    last->whole = true;
    last->digest = message->value;
    last->arrival_ps = arrival_ps;
    return true;
}

bool checkpoint_is_here(const struct vmm *vmm)
{
    return QUEUE_COUNT(&vmm->checkpoint.received) && QUEUE_FRONT(&vmm->checkpoint.received)->whole;
}

void checkpoint_drop_partial(struct vmm *vmm)
{
    struct received_checkpoint *last = last_received(vmm);
    if (!last || last->whole)
        return;
    received_free(last);
    vmm->checkpoint.received.items.count--;
}

/* It is here, or the primary has turned itself off. */
static bool checkpoint_or_off(const struct vmm *vmm)
{
    return checkpoint_is_here(vmm) || vmm->off_known;
}

enum outcome act_await_checkpoint(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t insns = computer_insns(computer), epoch = vmm->epoch + 1; /* it is before the first instruction of that */
    if (computer_fault_due(computer, insns, epoch) || computer_stands(computer))
        return OUTCOME_AGAIN;
    bool asked = (computer->stop_epoch && epoch >= computer->stop_epoch) ||
                 (computer->stop_insns && insns >= computer->stop_insns);
    if (asked || stops_at_epoch(computer, epoch))
        return OUTCOME_REACHED;
    enum outcome outcome = vmm_await(vmm, checkpoint_or_off);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (checkpoint_is_here(vmm))
        return vmm_step_done(vmm, PROTOCOL_STEP_B_CHECKPOINT_AWAITED);
    computer->over = true;
    return OUTCOME_AGAIN;
}

/* The outputs that wait at the primary are the backup's to issue if that fails, with their numbers, whether or not they
 * have been released since. */
static void take_held(struct vmm *vmm)
{
    const struct history *history = &vmm->computer->history;
    while (QUEUE_COUNT(&vmm->held))
        QUEUE_POP(&vmm->held);
    held_frames_performed(&vmm->held_frames, UINT64_MAX);
    for (size_t i = vmm->hold.row.first; i < vmm->hold.row.items.count; i++) {
        struct hold_entry *entry = &vmm->hold.row.items.at[i];
        if (entry->is_disk) {
            transfer_outstanding(vmm, &entry->op);
            entry->op.data = NULL;
        } else if (entry->is_frame) {
            held_frame_add(&vmm->held_frames, history_frame_epoch(history, entry->first_number), entry->first_number,
                           entry->bytes, entry->size);
        }
        for (uint32_t k = 0; k < entry->size && !entry->is_frame; k++)
            *QUEUE_PUSH(&vmm->held) = (struct held_output){history_output_epoch(history, entry->first_number + k),
                                                           entry->first_number + k, entry->bytes[k]};
    }
    hold_free(&vmm->hold);
}

static bool read_growth(struct vmm *vmm, struct visit *visit)
{
    note_bytes notes = {0}, taped = {0};
    uint64_t entries = 0;
    visit_byte_row(visit, &notes);
    VISIT(visit, entries);
    visit_byte_row(visit, &taped);
    bool good = visit->good && notes_follow(&vmm->computer->history, notes.at, notes.count);
    if (good && vmm->recording)
        recording_grow(vmm->recording, taped.at, taped.count, entries);
    vmm->checkpoint.notes.count = 0; /* nobody is to be sent what it follows */
    VEC_FREE(&notes);
    VEC_FREE(&taped);
    return good;
}

/* Memory, and everything else; what was buffered before is the primary's past. */
static bool apply(struct vmm *vmm, struct received_checkpoint *received)
{
    struct phys *phys = vmm->computer->board->phys;
    struct visit visit;
    uint32_t pages = page_map_pages(&received->pages);
    for (uint32_t i = page_map_next(&received->pages, 0); i < pages; i = page_map_next(&received->pages, i + 1))
        phys_page_write(phys, i, 0, page_map_get(&received->pages, i), PHYS_PAGE_BYTES);
    visit_read(&visit, true, received->state, received->state_bytes, NULL, 0);
    vmm_drop_buffers(vmm);
    if (!transfer_read(vmm, &visit, received->arrival_ps))
        return false;
    visit_monitor(vmm, &visit);
    if (!read_growth(vmm, &visit) || visit.at != visit.count || vmm->epoch != received->epoch)
        return false;
    take_held(vmm);
    trail_came(vmm->computer);
    vmm->simulated_seen = cpu_simulated(vmm->computer->board->cpu);
    return computer_has_its_history(vmm->computer);
}

enum outcome act_apply_checkpoint(struct vmm *vmm)
{
    struct received_checkpoint received = *QUEUE_FRONT(&vmm->checkpoint.received);
    QUEUE_POP(&vmm->checkpoint.received);
    if (!apply(vmm, &received))
        vmm_differs(vmm, "a checkpoint makes no sense");
    else if (vmm_digest(vmm) != received.digest)
        vmm_differs(vmm, "the state digest after the checkpoint was applied is not the primary's");
    chronicle_epoch(vmm->computer, CHRONICLE_APPLIED, received.epoch);
    peer_executed(&vmm->peer, received.epoch, computer_now(vmm->computer));
    received_free(&received);
    return vmm_step_done(vmm, PROTOCOL_STEP_B_CHECKPOINT_APPLIED);
}
