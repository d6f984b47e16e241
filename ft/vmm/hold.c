/* hold.c - see hold.h. */
#include "ft/vmm/hold.h"

#include <string.h>

#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"

static void entry_free(struct hold_entry *entry)
{
    free(entry->op.data);
    free(entry->bytes);
}

void hold_free(struct hold *hold)
{
    for (; QUEUE_COUNT(&hold->row); QUEUE_POP(&hold->row))
        entry_free(QUEUE_FRONT(&hold->row));
    QUEUE_FREE(&hold->row);
}

static void visit_entry(struct visit *visit, struct hold_entry *entry)
{
    VISIT(visit, entry->output);
    VISIT_MOMENT(visit, entry->since_ps);
    VISIT(visit, entry->place);
    VISIT(visit, entry->is_disk);
    VISIT(visit, entry->is_frame);
    disk_operation_visit(&entry->op, visit);
    VISIT(visit, entry->first_number);
    VISIT_BELOW(visit, entry->size, HOLD_BYTES_MAX + 1);
    visit_owned(visit, &entry->bytes, entry->size);
}

void hold_visit(struct hold *hold, struct visit *visit)
{
    if (visit->reading)
        hold_free(hold);
    VISIT_QUEUE(visit, &hold->row, visit_entry);
}

bool hold_wanted(const struct vmm *vmm)
{
    return vmm->protocol->output == OUTPUT_HOLD && !vmm->suppressed && vmm->linked && !vmm->alone &&
           vmm_output_commit(vmm);
}

bool hold_room(const struct vmm *vmm, bool released)
{
    return QUEUE_COUNT(&vmm->hold.row) < (released ? 1 : HOLD_MAX);
}

static struct hold_entry *add(struct vmm *vmm)
{
    vmm_send_waiting(vmm); /* what it may depend on is on its way before it */
    struct hold_entry *entry = QUEUE_PUSH(&vmm->hold.row);
    *entry = (struct hold_entry){.output = vmm->computer->board->state.outputs,
                                 .since_ps = vmm_output_since(vmm),
                                 .place = vmm->checkpoint.used ? HOLD_OPEN : peer_last_sent(&vmm->peer)};
    return entry;
}

void hold_bytes(struct vmm *vmm, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct hold_entry *entry = add(vmm);
    entry->first_number = first_number;
    entry->size = (uint32_t)size;
    entry->bytes = malloc(size);
    memory_need(entry->bytes);
    memcpy(entry->bytes, bytes, size);
}

void hold_frame(struct vmm *vmm, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    hold_bytes(vmm, number, bytes, size);
    vmm->hold.row.items.at[vmm->hold.row.items.count - 1].is_frame = true;
}

void hold_disk(struct vmm *vmm, const struct disk_operation *op)
{
    struct hold_entry *entry = add(vmm);
    entry->is_disk = true;
    entry->op = *op;
}

void hold_made(struct vmm *vmm)
{
    vmm->output_since_ps = 0;
    board_request_stop(vmm->computer->board); /* its release is due at a time that the present run does not know */
    computer_step_taken(vmm->computer, PROTOCOL_STEP_OUTPUT_HELD);
}

uint64_t hold_due_ps(const struct vmm *vmm)
{
    if (!QUEUE_COUNT(&vmm->hold.row))
        return TIME_NEVER;
    if (vmm->alone)
        return 0;
    uint64_t place = QUEUE_FRONT(&vmm->hold.row)->place;
    return place == HOLD_OPEN ? TIME_NEVER : peer_acknowledged_ps(&vmm->peer, place, computer_now(vmm->computer));
}

bool hold_is_open(const struct vmm *vmm)
{
    return QUEUE_COUNT(&vmm->hold.row) && vmm->hold.row.items.at[vmm->hold.row.items.count - 1].place == HOLD_OPEN;
}

void hold_close(struct vmm *vmm)
{
    for (size_t i = vmm->hold.row.first; i < vmm->hold.row.items.count; i++)
        if (vmm->hold.row.items.at[i].place == HOLD_OPEN)
            vmm->hold.row.items.at[i].place = peer_last_sent(&vmm->peer);
}

void hold_healed(struct vmm *vmm, uint64_t waited, uint64_t left)
{
    for (size_t i = vmm->hold.row.first; i < vmm->hold.row.items.count; i++)
        if (vmm->hold.row.items.at[i].place == waited)
            vmm->hold.row.items.at[i].place = left;
}

void hold_tell(struct vmm *vmm, uint64_t output)
{
    if (vmm->protocol->output != OUTPUT_HOLD || !vmm_logs(vmm))
        return;
    vmm_send(vmm, &(struct message){
                      .message_class = MESSAGE_OUT, .epoch = vmm->epoch, .index = output, .value = vmm->performed_out});
    computer_step_taken(vmm->computer, PROTOCOL_STEP_OUT_SENT);
}

/* All parts of output K, which is the first in the row. */
static void release_first(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    uint64_t output = QUEUE_FRONT(&vmm->hold.row)->output, since = QUEUE_FRONT(&vmm->hold.row)->since_ps;
    bool has_outcome = false;
    while (QUEUE_COUNT(&vmm->hold.row) && QUEUE_FRONT(&vmm->hold.row)->output == output) {
        struct hold_entry entry = *QUEUE_FRONT(&vmm->hold.row);
        QUEUE_POP(&vmm->hold.row);
        has_outcome |= entry.is_disk;
        if (entry.is_disk) {
            computer_disk_issue(computer, &entry.op, output);
        } else if (entry.is_frame) {
            computer_frame_put(computer, entry.first_number, entry.bytes, entry.size);
            computer->operations.issued++;
            vmm->performed_frames = entry.first_number;
            free(entry.bytes);
        } else if (entry.size) {
            computer_terminal_put(computer, entry.first_number, entry.bytes, entry.size);
            computer->operations.issued++;
            vmm->performed_out = entry.first_number + entry.size - 1;
            free(entry.bytes);
        }
    }
    lags_add(&computer->delays, computer_now(computer) - since);
    if (computer_step_taken(computer, PROTOCOL_STEP_OUTPUT_RELEASED))
        return;
    computer_output_issued(computer, output, has_outcome);
    if (computer->dying)
        return;
    hold_tell(vmm, output);
}

bool hold_release(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    while (!computer->dying && hold_due_ps(vmm) <= computer_now(computer)) {
        if (!computer_may_act(computer))
            return false;
        if (computer_fenced(computer))
            computer_lose(computer);
        else
            release_first(vmm);
    }
    return true;
}

void hold_forget_one(struct vmm *vmm, uint64_t number)
{
    for (size_t i = vmm->hold.row.first; i < vmm->hold.row.items.count; i++) {
        struct hold_entry *entry = &vmm->hold.row.items.at[i];
        if (!entry->is_disk || entry->op.number != number)
            continue;
        /* Its place in the row stays, with nothing in it: later parts of its output are released in their turn. */
        free(entry->op.data);
        *entry = (struct hold_entry){.output = entry->output, .since_ps = entry->since_ps, .place = entry->place};
        return;
    }
}
