/* show.c - what a virtual machine monitor, its log and its channel are doing, in lines for a person (see system.h,
 * "looking"). Between runs only.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ft/protocol/protocol.h"
#include "ft/config/config.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "io/input_event.h"
#include "mmu/base/vtime.h"

struct printer {
    void (*row)(void *arg, const char *text);
    void *arg;
};

static void print(const struct printer *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void print(const struct printer *to, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    to->row(to->arg, text);
}

static double seconds(uint64_t time_ps)
{
    return (double)time_ps / (double)PS_PER_S;
}

static void show_place(const struct vmm *vmm, const struct printer *to)
{
    const struct computer *computer = vmm->computer;
    uint64_t insns = computer_insns(computer);
    if (vmm->in_epoch)
        print(to, "epoch %" PRIu64 ", at instruction %" PRIu64 " of it", vmm->epoch, insns - vmm->epoch_start_insns);
    else
        print(to, "epoch %" PRIu64 ", between its instructions and the next one's", vmm->epoch);
    const struct recording_file *replay = computer->world->config.replay;
    if (replay && *replay->about.protocol)
        print(to, "recorded under protocol %s; action: %s", replay->about.protocol, action_name(vmm->program[vmm->at]));
    else
        print(to, "protocol %s, action: %s", vmm->protocol->name, action_name(vmm->program[vmm->at]));
}

static double million_a_second(uint64_t insn_ps)
{
    return (double)(PS_PER_S / 1000000) / (double)insn_ps;
}

/* What executes the virtual processor, how fast, and what the other computer has said of itself ([perf]). */
static void show_speed(const struct vmm *vmm, const struct printer *to)
{
    const struct computer *computer = vmm->computer;
    const struct perf *other = &vmm->peer.perf;
    print(to, "host: %s, engine: %s", cpu_host_name(), cpu_engine_name(cpu_engine(computer->board->cpu).kind));
    if (computer->insn_ps)
        print(to, "million instructions a second: this computer %.3f, the virtual processor %.3f",
              million_a_second(computer_own_insn_ps(computer)), million_a_second(computer->insn_ps));
    if (!vmm->linked || vmm->suppressed)
        return;
    if (other->host[0])
        print(to, "the other computer's host: %s, engine: %s", other->host, other->engine);
    if (other->insn_ps)
        print(to, "million instructions a second: the other computer %.3f", million_a_second(other->insn_ps));
}

static void show_monitor(const struct vmm *vmm, const struct printer *to)
{
    const struct computer *computer = vmm->computer;
    print(to, "%s, outputs are %s, %s", computer->role == ROLE_PRIMARY ? "primary" : "backup",
          vmm->suppressed ? "suppressed" : "issued",
          vmm->alone    ? "alone"
          : vmm->joined ? "with another computer"
                        : "joining");
    show_place(vmm, to);
    show_speed(vmm, to);
    print(to, "fail-over policy: %s", failover_policy_name(vmm->policy));
    print(to, "generation at the arbiter: %u", computer->generation);
    print(to, "clock of the virtual processor: offset %" PRId64 " ps, last value %.9f s", vmm->clock_offset_ps,
          seconds(vmm->last_clock_ps));
    print(to, "delayed traps held for the virtual processor: V1 %08x:%08x, V2 %08x", vmm->traps.v1[0], vmm->traps.v1[1],
          vmm->traps.v2);
    if (vmm->peer.await_arrival_ps)
        print(to, "awaits the acknowledgement of what arrives at %.9f s", seconds(vmm->peer.await_arrival_ps));
    if (vmm->failing_over)
        print(to, "the primary has been declared failed");
    if (vmm->suppressed)
        print(to, "last end of epoch received: %" PRIu64 "; last message at %.9f s", vmm->ended_epoch,
              seconds(vmm->peer.received_ps));
    print(to, "next input byte from the terminal: %" PRIu64, vmm->input[STREAM_TERMINAL].next);
    if (board_listening_to_events(computer->board))
        print(to, "next event of keyboard and pointer: %" PRIu64, vmm->input[STREAM_SEAT].next);
    if (board_listening_to_frames(computer->board))
        print(to, "next frame from the network: %" PRIu64 "; frames held: %zu", vmm->input[STREAM_NETWORK].next,
              QUEUE_COUNT(&vmm->held_frames));
    print(to, "outputs: %" PRIu64 " issued, %" PRIu64 " suppressed", computer->operations.issued,
          computer->operations.suppressed);
}

/* ---- the log ---- */

static void show_numbered(const struct interrupt *interrupt, const struct printer *to)
{
    char event[INPUT_EVENT_TEXT_BYTES];
    if (interrupt_input(interrupt)->stream == STREAM_TERMINAL) {
        print(to, "[%" PRIu64 ", Int] input byte %" PRIu64 ", 0x%02x", interrupt->epoch, interrupt->number,
              interrupt->value);
        return;
    }
    input_event_describe(interrupt->value, event);
    print(to, "[%" PRIu64 ", Int] input event %" PRIu64 ", %s", interrupt->epoch, interrupt->number, event);
}

static void show_interrupt(const struct interrupt *interrupt, const struct printer *to)
{
    const struct input *input = interrupt_input(interrupt);
    switch (input->data) {
    case INPUT_NUMBERED:
        show_numbered(interrupt, to);
        break;
    case INPUT_BYTES:
        print(to, "[%" PRIu64 ", Int] frame %" PRIu64 " of %u bytes", interrupt->epoch, interrupt->number,
              interrupt->size_bytes);
        break;
    case INPUT_COMPLETION:
        print(to, "[%" PRIu64 ", Int] disk operation %" PRIu64 " ends with status %u, detail %u, %u bytes",
              interrupt->epoch, interrupt->disk.number, interrupt->disk.status, interrupt->disk.detail,
              interrupt->disk.size_bytes);
        break;
    case INPUT_NUMBERS:
    case INPUT_NOTHING:
        print(to, "[%" PRIu64 "] %s", interrupt->epoch, input->text);
        break;
    }
}

static void show_log(const struct vmm *vmm, const struct printer *to)
{
    print(to, "buffered for the end of an epoch: %zu", QUEUE_COUNT(&vmm->buffered));
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++)
        show_interrupt(&vmm->buffered.items.at[i], to);
    print(to, "environment values not yet used: %zu", QUEUE_COUNT(&vmm->values));
    for (size_t i = vmm->values.first; i < vmm->values.items.count; i++) {
        const struct logged_value *value = &vmm->values.items.at[i];
        print(to, "[%" PRIu64 ", Val] instruction %" PRIu64 " of it: %" PRIu64, value->epoch, value->index,
              value->value);
    }
    print(to, "clocks of epoch ends not yet used: %zu", QUEUE_COUNT(&vmm->clocks));
    for (size_t i = vmm->clocks.first; i < vmm->clocks.items.count; i++)
        print(to, "[%" PRIu64 ", Tme] %.9f s", vmm->clocks.items.at[i].epoch, seconds(vmm->clocks.items.at[i].value));
    if (vmm->suppressed)
        print(to, "outputs suppressed and held until their epoch's end: %zu", QUEUE_COUNT(&vmm->held));
}

/* ---- the channel ---- */

/* NOW: a computer that has failed stands, and what it has sent arrives all the same. */
static void show_channel(const struct computer *computer, uint64_t now, const struct printer *to)
{
    const struct channel *channel = &computer->channel;
    print(to, "sent %" PRIu64 " messages, %" PRIu64 " bytes; %s", channel->messages, channel->bytes,
          channel->last_arrival_ps > now ? "the last is under way" : "none is under way");
    print(to, "latency %.6f s%s, %" PRIu64 " bit/s", seconds(channel->latency_ps + channel->delay_ps),
          channel->delay_ps ? " (delayed)" : "", channel->bits_per_s);
    print(to, "the last message arrives at %.9f s; now it is %.9f s", seconds(channel->last_arrival_ps), seconds(now));
    if (channel->cut)
        print(to, "cut since %.9f s: %zu messages wait", seconds(channel->cut_ps), (size_t)channel->waiting.count);
}

void computer_show(struct system *system, unsigned computer, enum show what, void (*row)(void *arg, const char *text),
                   void *arg)
{
    const struct computer *at = system_looked(system, computer);
    const struct printer to = {row, arg};
    bool two = system->world.computers == 2;
    uint64_t now = computer_now(at), peer = two ? computer_now(system->computer[!computer]) : 0;
    if (what == SHOW_CHANNEL && two)
        show_channel(at, !at->alive && peer > now ? peer : now, &to);
    else if (what == SHOW_CHANNEL)
        row(arg, "there is one computer, and no channel");
    else if (!at->vmm)
        row(arg, "a bare computer has no virtual machine monitor");
    else if (what == SHOW_MONITOR)
        show_monitor(at->vmm, &to);
    else
        show_log(at->vmm, &to);
}

enum condition computer_condition(const struct system *system, unsigned computer)
{
    const struct computer *at = system->computer[computer];
    if (!at->alive)
        return at->fenced ? CONDITION_FENCED : CONDITION_FAILED;
    bool joins = at->vmm && at->role == ROLE_BACKUP && !at->vmm->alone && !at->vmm->joined;
    return joins ? CONDITION_JOINING : CONDITION_ALIVE;
}

void computer_parts(struct system *system, unsigned computer,
                    void (*part)(void *arg, const struct state_table *table, const void *at), void *arg)
{
    struct board_part parts[BOARD_PARTS];
    unsigned count = board_parts(system_looked(system, computer)->board, parts);
    for (unsigned i = 0; i < count; i++)
        part(arg, parts[i].table, parts[i].at);
}
