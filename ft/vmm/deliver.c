/* deliver.c - what comes into the VP - ends of disk operations, what a person does, frames, the timer, what a fail-over
 * tells - is buffered and sent when it becomes known, delivered at its epoch's end or discarded by a fail-over; and
 * what each kind of input (ft/channel/inputs.h) asks of the VMM then.
 */
#include "ft/vmm/vmm.h"

#include "ft/vmm/tape.h"

/* ---- what a person does or the network brings: a byte, an event of keyboard or pointer, a frame ---- */

static void keep_numbered(struct vmm *vmm, const struct interrupt *interrupt)
{
    enum input_stream stream = interrupt_input(interrupt)->stream;
    vmm->input[stream].buffered++;
    if (!vmm->replay) /* which asks nobody */
        vmm->input[stream].next = interrupt->number + 1;
}

/* It is not lost: the world repeats what no live VP's log has. */
static void discard_numbered(struct vmm *vmm, const struct interrupt *interrupt)
{
    enum input_stream stream = interrupt_input(interrupt)->stream;
    vmm->input[stream].buffered--;
    if (interrupt->number < vmm->input[stream].next)
        vmm->input[stream].next = interrupt->number;
}

static struct history_place delivers(struct vmm *vmm, enum input_stream stream)
{
    if (vmm->input[stream].buffered)
        vmm->input[stream].buffered--;
    return (struct history_place){vmm->epoch, computer_insns(vmm->computer)};
}

static void deliver_byte(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct computer *computer = vmm->computer;
    history_input(&computer->history, (uint8_t)interrupt->value, delivers(vmm, STREAM_TERMINAL));
    board_receive(computer->board, (uint8_t)interrupt->value);
}

static void deliver_event(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct computer *computer = vmm->computer;
    history_event(&computer->history, interrupt->value, delivers(vmm, STREAM_SEAT));
    board_receive_event(computer->board, interrupt->value);
}

static void deliver_network(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct computer *computer = vmm->computer;
    history_take(&computer->history,
                 &(struct history_frame){interrupt->number, network_content(interrupt->bytes, interrupt->size_bytes),
                                         delivers(vmm, STREAM_NETWORK)});
    board_receive_frame(computer->board, interrupt->number, interrupt->bytes, interrupt->size_bytes);
}

/* ---- the end of a disk operation ---- */

/* Is a completion that came out of a log of an operation that this VP has issued? */
static bool is_of_issued(const struct vmm *vmm, const struct disk_completion *end)
{
    const struct history_operation *op = history_operation(&vmm->computer->history, end->number);
    if (!op)
        return false;
    bool data = end->opcode == DISK_READ && end->status == DISK_COMPLETED;
    return op->opcode == end->opcode && end->size_bytes == (data ? op->count * DISK_BLOCK_BYTES : 0);
}

static void deliver_completion(struct vmm *vmm, const struct interrupt *interrupt)
{
    if (interrupt_logged(interrupt) && !is_of_issued(vmm, &interrupt->disk))
        vmm_differs(vmm, "a disk's interrupt in the log is of no operation that the guest has issued");
    else
        board_disk_complete(vmm->computer->board, &interrupt->disk);
}

/* ---- what has no data ---- */

static void deliver_timer(struct vmm *vmm, const struct interrupt *interrupt)
{
    cpu_post_external(vmm->computer->board->cpu, IRQ_TIMER);
}

static void deliver_rate(struct vmm *vmm, const struct interrupt *interrupt)
{
    vmm->thinning.rate = interrupt->value;
}

static void deliver_frame(struct vmm *vmm, const struct interrupt *interrupt)
{
    display_frame(&vmm->computer->board->display);
}

static void deliver_lost(struct vmm *vmm, const struct interrupt *interrupt)
{
    board_lose(vmm->computer->board);
}

static void deliver_uncertain(struct vmm *vmm, const struct interrupt *interrupt)
{
    board_uncertain(vmm->computer->board);
}

/* ---- the table ---- */

static void nothing(struct vmm *vmm, const struct interrupt *interrupt)
{
}

/* ROW(the kind, when it is buffered, when it is discarded instead of delivered, when it is delivered) */
#define ROWS(ROW)                                                                                                      \
    ROW(REFUSED, nothing, nothing, deliver_completion)                                                                 \
    ROW(DISK, nothing, nothing, deliver_completion)                                                                    \
    ROW(CONSOLE, keep_numbered, discard_numbered, deliver_byte)                                                        \
    ROW(DISPLAY, keep_numbered, discard_numbered, deliver_event)                                                       \
    ROW(NETWORK, keep_numbered, discard_numbered, deliver_network)                                                     \
    ROW(MATCH, nothing, nothing, deliver_timer)                                                                        \
    ROW(RATE, nothing, nothing, deliver_rate)                                                                          \
    ROW(LOST, nothing, nothing, deliver_lost)                                                                          \
    ROW(UNCERTAIN, nothing, nothing, deliver_uncertain)                                                                \
    ROW(TIMER, nothing, nothing, deliver_timer)                                                                        \
    ROW(FRAME, nothing, nothing, deliver_frame)

typedef void act(struct vmm *vmm, const struct interrupt *interrupt);

static const struct {
    act *keep, *discard, *deliver;
} acts[INTERRUPT_COUNT] = {
#define ROW(id, ...) [INTERRUPT_##id] = {__VA_ARGS__},
    ROWS(ROW)
#undef ROW
};

#define ROW(id, ...) +1
_Static_assert(0 ROWS(ROW) == INTERRUPT_COUNT, "each input has its row");
#undef ROW

/* ---- the buffer ---- */

/* Does A come before B, or may it? */
static bool in_order(const struct interrupt *a, const struct interrupt *b)
{
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch;
    return interrupt_input(a)->source <= interrupt_input(b)->source;
}

static void deliver_one(struct vmm *vmm, struct interrupt *interrupt)
{
    tape_delivery(vmm, interrupt);
    acts[interrupt->kind].deliver(vmm, interrupt);
    interrupt_free(interrupt);
}

/* The two assumptions that are broken where an interrupt becomes known. True if nothing is left to buffer. */
static bool deliver_early(struct vmm *vmm, const struct interrupt *interrupt)
{
    const struct world *world = vmm->computer->world;
    bool logged = interrupt_logged(interrupt);
    if (logged && interrupt->disk.size_bytes && broken(world, ASSUMPTION_DMA))
        board_disk_data(vmm->computer->board, &interrupt->disk);
    if (!logged || !broken(world, ASSUMPTION_DELIVERY))
        return false;
    struct interrupt early = *interrupt;
    deliver_one(vmm, &early);
    return true;
}

void vmm_buffer(struct vmm *vmm, const struct interrupt *interrupt)
{
    acts[interrupt->kind].keep(vmm, interrupt);
    if (vmm->computer->world->config.broken && deliver_early(vmm, interrupt))
        return;
    (void)QUEUE_PUSH(&vmm->buffered);
    struct interrupt *at = vmm->buffered.items.at;
    size_t i = vmm->buffered.items.count - 1;
    for (; i > vmm->buffered.first && !in_order(&at[i - 1], interrupt); i--)
        at[i] = at[i - 1];
    at[i] = *interrupt;
}

void vmm_deliver(struct vmm *vmm)
{
    while (QUEUE_COUNT(&vmm->buffered) && QUEUE_FRONT(&vmm->buffered)->epoch <= vmm->epoch) {
        struct interrupt interrupt = *QUEUE_FRONT(&vmm->buffered);
        QUEUE_POP(&vmm->buffered);
        deliver_one(vmm, &interrupt);
    }
}

void vmm_discard(struct vmm *vmm)
{
    size_t kept = vmm->buffered.first;
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++) {
        struct interrupt *interrupt = &vmm->buffered.items.at[i];
        if (interrupt->epoch <= vmm->epoch) {
            vmm->buffered.items.at[kept++] = *interrupt;
            continue;
        }
        acts[interrupt->kind].discard(vmm, interrupt);
        interrupt_free(interrupt);
    }
    vmm->buffered.items.count = kept;
    if (kept == vmm->buffered.first)
        vmm->buffered.items.count = vmm->buffered.first = 0;
}

bool vmm_knows_end(const struct vmm *vmm, uint64_t number)
{
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++) {
        const struct interrupt *interrupt = &vmm->buffered.items.at[i];
        if (interrupt_logged(interrupt) && interrupt_input(interrupt)->data == INPUT_COMPLETION &&
            interrupt->disk.number == number)
            return true;
    }
    return false;
}

uint32_t deliver_external_bits(const struct vmm *vmm, const struct interrupt *interrupt)
{
    struct board *board = vmm->computer->board;
    switch (interrupt->kind) {
    case INTERRUPT_MATCH:
    case INTERRUPT_TIMER:
        return PA_BIT(IRQ_TIMER);
    case INTERRUPT_REFUSED:
    case INTERRUPT_DISK:
        return interrupt->disk.device == DISK_DEVICE_CONTROLLER
                   ? PA_BIT(IRQ_DISK)
                   : PA_BIT(IRQ_VIRTIO + interrupt->disk.device - DISK_DEVICE_VIRTIO);
    case INTERRUPT_NETWORK:
        for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++)
            if (board->virtio.slot[slot].kind == VIRTIO_NET)
                return PA_BIT(IRQ_VIRTIO + slot);
        return 0;
    case INTERRUPT_CONSOLE:
        return board_input_external_bits(board);
    case INTERRUPT_DISPLAY:
    case INTERRUPT_FRAME:
        return PA_BIT(IRQ_INPUT);
    case INTERRUPT_LOST:
    case INTERRUPT_UNCERTAIN:
        return PA_BIT(IRQ_DISK);
    case INTERRUPT_RATE:
    case INTERRUPT_COUNT:
        break;
    }
    return 0;
}

/* ---- the log ---- */

/* Send [E, Int]. */
static void send_interrupt(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct message message = interrupt_to_message(interrupt);
    vmm_send(vmm, &message);
}

void vmm_send_buffered(struct vmm *vmm)
{
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++)
        if (interrupt_logged(&vmm->buffered.items.at[i]))
            send_interrupt(vmm, &vmm->buffered.items.at[i]);
}

void vmm_send_late(struct vmm *vmm)
{
    if (!vmm_logs(vmm))
        return;
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++)
        if (vmm->buffered.items.at[i].epoch == vmm->epoch && interrupt_logged(&vmm->buffered.items.at[i]))
            send_interrupt(vmm, &vmm->buffered.items.at[i]);
}

/* P1: buffer it for the end of this epoch and send [E, Int]. Where checkpoints are sent that is not known to anybody
 * until the next one. */
void vmm_interrupt(struct vmm *vmm, const struct interrupt *interrupt)
{
    bool early = broken(vmm->computer->world, ASSUMPTION_DELIVERY) && !vmm->checkpoint.used;
    if (vmm->delivered) {
        struct interrupt late = *interrupt;
        late.epoch = vmm->epoch + 1;
        vmm_buffer(vmm, &late);
        return;
    }
    if (!early)
        vmm_buffer(vmm, interrupt);
    if (computer_step_taken(vmm->computer, PROTOCOL_STEP_INTERRUPT_BUFFERED))
        return;
    if (vmm->checkpoint.used)
        return;
    send_interrupt(vmm, interrupt);
    if (early)
        vmm_buffer(vmm, interrupt);
    computer_step_taken(vmm->computer, PROTOCOL_STEP_INTERRUPT_SENT);
}
