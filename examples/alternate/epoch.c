/* epoch.c - epochs without a monitor (WO 93/09494, "Alternate Embodiments"; figures 3, 5 and 7).
 *
 * The program's instructions are counted by the recovery counter CR0 (PSW[R] is 1 while it runs). When CR0 is negative,
 * vector 3 brings the kernel here: what was buffered is delivered, and the next epoch begins. The same happens when the
 * program waits, which both computers do at the same instruction. A backup runs an epoch after its [end, E] has come.
 */
#include "alternate.h"

static struct {
    bool live, alone;
    uint32_t epoch;
    struct interrupts *buffered; /* for the end of this epoch */
    struct interrupts *next;     /* a backup's: received with [end, E+1] */
    uint32_t v1, v2;             /* delayed traps that the hardware has delivered to the kernel (figure 5) */
    uint32_t hash;               /* in [end, E] of this epoch, at a backup */
} state;
static struct interrupts lists[2];

bool is_live(void)
{
    return state.live;
}

uint32_t epoch_now(void)
{
    return state.epoch;
}

/* ---- buffering ---- */

/* The console's interrupt: the next byte typed, if there is one. */
static const struct interrupt *console_received(struct interrupts *interrupts)
{
    if (!(load8(CONSOLE_BASE + UART_LSR) & 1))
        return NULL;
    struct interrupt *interrupt = &interrupts->at[interrupts->count++];
    *interrupt = (struct interrupt){.interrupt_class = CLASS_CONSOLE, .byte = load8(CONSOLE_BASE + UART_RBR)};
    return interrupt;
}

static void listen_to_terminal(void)
{
    store8(CONSOLE_BASE + UART_FCR, 1);
    store8(CONSOLE_BASE + UART_MCR, 8);
    store8(CONSOLE_BASE + UART_IER, 1);
}

/* Ask the arbiter: from here on this computer is alone, or, if the other was first, it halts. */
static void take_over(void)
{
    store32(CHANNEL_BASE + CHANNEL_ARBITER, 1);
    if (load32(CHANNEL_BASE + CHANNEL_ARBITER) != 1)
        power_off(1); /* an output: the computer halts before it */
    state.alone = true;
    send_to_nobody();
}

void epoch_look_at_hardware(void)
{
    const struct interrupt *interrupt;
    interrupts_clear(UINT32_MAX);
    receive_words();
    if (!state.live)
        return; /* its own devices' interrupts are ignored, and it has none */
    if (!state.alone && load32(CHANNEL_BASE + CHANNEL_FAILED))
        take_over();
    while (state.buffered->count < INTERRUPTS_MAX &&
           ((interrupt = console_received(state.buffered)) || (interrupt = controller_ended(state.buffered)))) {
        if (!state.alone)
            send_interrupt(state.epoch, interrupt, state.buffered->data[interrupt->slot % SLOTS]);
    }
}

void epoch_await_interrupt(void)
{
    epoch_look_at_hardware();
    while (state.live && !state.buffered->count) {
        idle();
        epoch_look_at_hardware();
    }
}

void epoch_buffer_traps(void)
{
    uint32_t v1 = dtu_v1_general(), v2 = dtu_v2();
    state.v1 |= v1;
    state.v2 |= v2;
    dtu_clear_v1_general(v1);
    dtu_clear_v2(v2);
}

/* ---- delivering ---- */

void epoch_deliver_traps(void)
{
    process()->v1 |= state.v1;
    process()->v2 |= state.v2;
    state.v1 = state.v2 = 0;
}

static void console_interrupt(uint8_t byte)
{
    struct process *p = process();
    p->typed++;
    if (p->input_count < INPUT_BYTES)
        p->input[(p->input_first + p->input_count++) % INPUT_BYTES] = byte;
}

static void deliver(void)
{
    for (uint32_t i = 0; i < state.buffered->count; i++) {
        const struct interrupt *interrupt = &state.buffered->at[i];
        if (interrupt->interrupt_class == CLASS_CONSOLE)
            console_interrupt(interrupt->byte);
        else
            driver_interrupt(interrupt, state.buffered->data[interrupt->slot % SLOTS]);
    }
    state.buffered->count = 0;
    epoch_deliver_traps();
}

/* What must be the same on both computers at the end of an epoch: the program's registers, and what it has seen. */
static uint32_t hash_of(const struct interruption_frame *frame)
{
    const struct process *p = process();
    uint32_t words[] = {frame->iaoq[0], frame->iaoq[1], frame->sar, p->v1, p->v2, p->shown, p->typed};
    uint32_t hash = UINT32_C(2166136261);
    for (unsigned i = 1; i < 32; i++)
        hash = (hash ^ frame->gr[i]) * UINT32_C(16777619);
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        hash = (hash ^ words[i]) * UINT32_C(16777619);
    return hash;
}

/* ---- the end of an epoch ---- */

/* Figure 7: the primary has failed in X+1, where X is the epoch that ends here. What was received of X+1 is deleted
 * (step 312), "disconnected" is added (314), and I/O is live from here on (308). */
static void fail_over(void)
{
    take_over();
    state.next->count = 0;
    state.live = true;
    store32(CHANNEL_BASE + CHANNEL_SHOWN, process()->shown);
    interrupts_enable(interrupt_mask(INTERRUPT_DISK) | interrupt_mask(INTERRUPT_CONSOLE));
    state.buffered->at[state.buffered->count++] = (struct interrupt){.interrupt_class = CLASS_DISCONNECTED};
    deliver();
    /* The terminal repeats what was typed and not delivered. */
    store32(CHANNEL_BASE + CHANNEL_TYPED, process()->typed);
    listen_to_terminal();
}

static void backup_end(const struct interruption_frame *frame)
{
    if (!receive_epoch(state.epoch + 1, state.next)) {
        fail_over();
        return;
    }
    uint32_t hash = state.hash;
    state.hash = received_hash();
    deliver();
    if (state.epoch && hash_of(frame) != hash)
        power_off(STATUS_DIFFER);
    struct interrupts *delivered = state.buffered;
    state.buffered = state.next;
    state.next = delivered;
}

static void primary_end(const struct interruption_frame *frame)
{
    epoch_look_at_hardware();
    deliver();
    if (!state.alone)
        send_end(state.epoch, hash_of(frame));
}

static void load_recovery_counter(void)
{
    __asm__ volatile("mtctl %0,%%cr0" : : "r"(EPOCH_INSNS - 1));
}

void epoch_end(const struct interruption_frame *frame)
{
    epoch_buffer_traps();
    if (state.live)
        primary_end(frame);
    else
        backup_end(frame);
    state.epoch++;
    load_recovery_counter();
}

void epoch_start(void)
{
    state.buffered = &lists[0];
    state.next = &lists[1];
    state.live = load32(CHANNEL_BASE + CHANNEL_END) == 0;
    state.epoch = state.live ? 1 : 0;
    interrupts_enable(interrupt_mask(INTERRUPT_CHANNEL) |
                      (state.live ? interrupt_mask(INTERRUPT_DISK) | interrupt_mask(INTERRUPT_CONSOLE) : 0));
    if (state.live)
        listen_to_terminal();
    load_recovery_counter();
}
