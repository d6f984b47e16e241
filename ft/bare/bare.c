/* bare.c - a computer without a virtual machine monitor: the board's devices are attached to the world, and everything
 * becomes visible to the guest when it happens. The machine to compare with; and two of them, joined by their channel
 * ports (wire.h), for guests that are fault tolerant by themselves.
 */
#include "ft/bare/bare.h"

#include <assert.h>
#include <string.h>

#include "ft/bare/wire.h"
#include "ft/computer/kind.h"
#include "ft/computer/pace.h"
#include "ft/world/image.h"
#include "mmu/base/vtime.h"

enum { SLICE_INSNS = 4000000 };

static enum phys_result bare_clock_read(void *arg, uint64_t *time_ps)
{
    struct computer *computer = arg;
    *time_ps = computer_hardware_clock(computer, computer_now(computer));
    return PHYS_OK;
}

static void set_timer(struct computer *computer, unsigned processor)
{
    uint64_t hz = computer->board->clock_hz;
    uint64_t ticks = time_to_ticks(computer_hardware_clock(computer, computer_now(computer)), hz);
    uint64_t match = board_timer_match(computer->board, processor, ticks);
    events_cancel_one(&computer->events, EVENT_TIMER, processor);
    events_add(&computer->events, computer_clock_to_time(computer, ticks_to_time(match, hz)), EVENT_TIMER, processor);
}

static void every_timer_set(struct computer *computer)
{
    for (unsigned i = 0; i < computer->board->processors; i++)
        set_timer(computer, i);
}

static void timer_set(void *arg, unsigned processor)
{
    struct computer *computer = arg;
    set_timer(computer, processor);
    board_request_stop(computer->board);
}

static enum phys_result output_ready(void *arg, enum output_kind kind)
{
    struct computer *computer = arg;
    if (stops_at_output(computer) ||
        computer_fault_at(computer, computer->board->state.outputs + 1, OPERATION_BEFORE, NULL) ||
        !computer_may_act(computer))
        return PHYS_STALL;
    if (!computer_fenced(computer))
        return PHYS_OK;
    computer_lose(computer); /* the other took over: this one halts before its next output */
    return PHYS_STALL;
}

static void terminal_put(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct computer *computer = arg;
    for (size_t i = 0; i < size; i++)
        history_output(&computer->history, bytes[i], (struct history_place){0, computer_insns(computer)});
    computer_terminal_put(computer, first_number, bytes, size);
    computer->operations.issued++;
}

static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct computer *computer = arg;
    history_issue(&computer->history, op, 0, computer_insns(computer));
    computer_disk_issue(computer, op, computer->board->state.outputs);
}

static void output_issued(void *arg, bool has_outcome)
{
    struct computer *computer = arg;
    computer_output_issued(computer, computer->board->state.outputs, has_outcome);
}

static void disk_told(void *arg, const struct disk_completion *end)
{
    struct computer *computer = arg;
    history_told(&computer->history, end);
    if (end->status == DISK_DISCONNECTED)
        computer_disk_forget_one(computer, end->number);
}

static void power_off(void *arg, uint8_t status)
{
    struct computer *computer = arg;
    computer_end(computer, END_EXIT, status, NULL);
    channel_silent(&computer->channel, computer_now(computer), NULL);
    board_request_stop(computer->board);
}

static void reset(void *arg)
{
    struct computer *computer = arg;
    computer->resetting = true;
    board_request_stop(computer->board);
}

static void input_wanted(void *arg)
{
    computer_expect_input(arg);
}

static void net_mac(void *arg, uint8_t *bytes)
{
    const struct computer *computer = arg;
    memcpy(bytes, computer->world->config.network.mac, NETWORK_MAC_BYTES);
}

static void frame_put(void *arg, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct computer *computer = arg;
    history_send(&computer->history,
                 &(struct history_frame){number, network_content(bytes, size), {0, computer_insns(computer)}});
    computer_frame_put(computer, number, bytes, size);
    computer->operations.issued++;
}

static void frames_wanted(void *arg)
{
    computer_expect_frames(arg);
}

static void set_frame(struct computer *computer)
{
    uint64_t clock = computer_hardware_clock(computer, computer_now(computer));
    events_add(&computer->events, computer_clock_to_time(computer, display_next_frame_ps(clock)), EVENT_FRAME, 0);
}

static void display_wanted(void *arg)
{
    struct computer *computer = arg;
    computer_expect_events(computer);
    events_cancel(&computer->events, EVENT_FRAME);
    if (computer->board->display.state.frames_wanted)
        set_frame(computer);
    board_request_stop(computer->board);
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct computer *computer = arg;
    *value = rng_next(&computer->entropy_rng);
    return PHYS_OK;
}

static void later(void *arg, unsigned slot)
{
    struct computer *computer = arg;
    events_add(&computer->events, computer_now(computer), EVENT_VIRTIO, slot);
    board_request_stop(computer->board);
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    return shared_disk_blocks(computer_disk(arg, device));
}

static uint32_t trap_delay(void *arg)
{
    struct computer *computer = arg;
    return (uint32_t)rng_upto(&computer->trap_rng, computer->world->config.settings.trap_delay);
}

static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    assert(!"Drain_Priv is 0 on a bare computer: traps are delivered to the guest");
}

static void traps_due(void *arg)
{
    assert(!"no monitor holds traps of a bare computer");
}

static enum phys_result drain(void *arg)
{
    assert(!"Drain_Priv is 0 on a bare computer: DRAIN does not leave the guest");
    return PHYS_OK;
}

static void log_line(void *arg, const char *line)
{
    computer_tell(arg, "%s", line);
}

static const struct host bare_host = {
    .clock_read = bare_clock_read,
    .entropy = entropy,
    .timer_set = timer_set,
    .output_ready = output_ready,
    .terminal_put = terminal_put,
    .disk_issue = disk_issue,
    .output_issued = output_issued,
    .power_off = power_off,
    .reset = reset,
    .disk_told = disk_told,
    .input_wanted = input_wanted,
    .display_wanted = display_wanted,
    .disk_blocks = disk_blocks,
    .net_mac = net_mac,
    .frame_put = frame_put,
    .frames_wanted = frames_wanted,
    .virtio_later = later,
    .trap_delay = trap_delay,
    .trap_delivered = trap_delivered,
    .traps_due = traps_due,
    .drain = drain,
    .log = log_line,
};

static bool input_room(const struct computer *computer, enum input_stream stream, uint64_t *number)
{
    struct board *board = computer->board;
    const uint64_t next[INPUT_STREAMS] = {board->state.terminal_in, board->state.events_in, board->state.frames_in};
    *number = next[stream];
    const unsigned room[INPUT_STREAMS] = {board_input_room(board), board_events_room(board), board_frames_room(board)};
    return room[stream] > 0;
}

static void input(struct computer *computer, enum input_stream stream, uint32_t value)
{
    const struct history_place here = {0, computer_insns(computer)};
    if (stream == STREAM_TERMINAL) {
        history_input(&computer->history, (uint8_t)value, here);
        board_receive(computer->board, (uint8_t)value);
    } else {
        history_event(&computer->history, value, here);
        board_receive_event(computer->board, value);
    }
}

static void frame(struct computer *computer, const struct network_frame *frame)
{
    history_take(&computer->history, &(struct history_frame){frame->number,
                                                             network_content(frame->bytes, frame->size_bytes),
                                                             {0, computer_insns(computer)}});
    board_receive_frame(computer->board, frame->number, frame->bytes, frame->size_bytes);
}

static void disk_ended(struct computer *computer, const struct disk_completion *end)
{
    board_disk_complete(computer->board, end);
    completion_free(end);
}

/* As long as the guest wants to know. */
static void frame_event(struct computer *computer)
{
    if (!computer->board->display.state.frames_wanted)
        return;
    display_frame(&computer->board->display);
    set_frame(computer);
}

static void handle_event(struct computer *computer, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISK:
        computer_disk_event(computer, event->number);
        break;
    case EVENT_INPUT:
        computer_input_event(computer);
        break;
    case EVENT_VIRTIO:
        virtio_finish(&computer->board->virtio.slot[event->number].virtio);
        break;
    case EVENT_TIMER:
        cpu_post_external(computer->board->processor[event->number].cpu, IRQ_TIMER);
        set_timer(computer, (unsigned)event->number);
        break;
    case EVENT_SEAT:
        computer_seat_event(computer);
        break;
    case EVENT_FRAME:
        frame_event(computer);
        break;
    case EVENT_NETWORK:
        computer_network_event(computer);
        break;
    case EVENT_PEER_LOST:
        wire_report(computer);
        break;
    default:
        assert(!"a bare computer has no such event");
    }
}

/* Until then nothing of the other computer can be noticed, and the run goes on. */
static uint64_t horizon(struct computer *computer)
{
    return smallest(wire_horizon(computer), computer_run_bound(computer));
}

/* How many instructions to run before something must be looked at; 0: the other computer must come up first. */
static uint64_t slice(struct computer *computer)
{
    uint64_t insns = computer_insns(computer), timeout = computer->world->config.timeout_insns;
    uint64_t limit = SLICE_INSNS;
    limit = smallest(limit, computer_insns_until(computer, events_next_time(&computer->events)));
    limit = smallest(limit, computer_insns_until(computer, wire_next_arrival(computer)));
    limit = smallest(limit, computer_insns_until(computer, horizon(computer)));
    limit = smallest(limit, computer_insns_until_fault(computer));
    if (timeout)
        limit = smallest(limit, timeout - insns);
    return computer_stop_insns(computer, limit);
}

static void reset_now(struct computer *computer)
{
    struct error error;
    computer->resetting = false;
    computer_disk_forget(computer);
    world_enter_image(computer->world, computer->board, &error);
    every_timer_set(computer);
}

/* The run is over: that is a touch of the world. */
static enum advance ends(struct computer *computer, enum system_end end, const char *why)
{
    if (!computer_may_act(computer))
        return computer->over ? ADVANCE_OVER : ADVANCE_BLOCKED;
    computer_end(computer, end, 0, why);
    return ADVANCE_OVER;
}

static enum advance after_run(struct computer *computer, enum cpu_stop stop)
{
    switch (stop) {
    case CPU_STOP_IDLE:
        computer->idle = !cpu_interrupt_pending(computer->board->cpu);
        return ADVANCE_MORE;
    case CPU_STOP_STALL:
        return computer->dying ? ADVANCE_MORE : stops_hit(computer) ? ADVANCE_REACHED : ADVANCE_BLOCKED;
    case CPU_STOP_BREAKPOINT:
    case CPU_STOP_WATCH:
    case CPU_STOP_REFERENCE:
    case CPU_STOP_TRAP:
        stops_processor(computer, stop);
        return ADVANCE_REACHED;
    case CPU_STOP_HALTED:
        return ends(computer, END_HALTED, cpu_halt_reason(computer->board->running));
    default:
        return stops_hit(computer) ? ADVANCE_REACHED : ADVANCE_MORE;
    }
}

/* The guest waits for the next event or word. Virtual time goes on to that, as far as it may; true if it is there. What
 * stops the wait on the way, the horizon or a person, shows nowhere. */
static bool doze(struct computer *computer)
{
    uint64_t wake = smallest(events_next_time(&computer->events), wire_next_arrival(computer)), until = wake;
    until = smallest(until, horizon(computer));
    until = computer_stop_time(computer, until);
    until = smallest(until, computer_next_fault_time(computer));
    uint64_t before = computer_now(computer);
    computer_sleep_until(computer, pace_limit(computer, until));
    pace_idle(computer, before);
    computer->idle = computer_now(computer) < wake;
    return !computer->idle;
}

/* What has happened by now. False if one must wait for the other computer. */
static bool catch_up(struct computer *computer)
{
    wire_watch(computer);
    if (computer->idle && !doze(computer))
        return true;
    if (!wire_receive(computer))
        return false;
    while (!computer->dying && events_next_time(&computer->events) <= computer_now(computer)) {
        struct event event = events_pop(&computer->events);
        bool shared = event.kind == EVENT_DISK || event.kind == EVENT_INPUT || event.kind == EVENT_SEAT ||
                      event.kind == EVENT_NETWORK;
        if (shared && !computer_may_act(computer)) {
            *VEC_PUSH(&computer->events.queue) = event; /* back to where it was: it is the next one */
            return false;
        }
        handle_event(computer, &event);
    }
    return true;
}

/* Is this where a person asked to stop? */
static bool reached(const struct computer *computer)
{
    return (computer->stop_insns && computer_insns(computer) >= computer->stop_insns) ||
           computer_now(computer) >= computer->stop_time_ps || computer_at_moment(computer);
}

static enum advance advance(struct computer *computer)
{
    uint64_t timeout = computer->world->config.timeout_insns;
    computer->sleep = SLEEP_LIGHT;
    if (computer->over || atomic_load(&computer->world->ended) || computer_cut_off(computer))
        return ADVANCE_OVER;
    if (computer->resetting)
        reset_now(computer);
    if (!catch_up(computer))
        return ADVANCE_BLOCKED;
    if (!computer->dying && !computer_in_order(computer))
        return computer->over ? ADVANCE_OVER : ADVANCE_BLOCKED;
    if (computer_fault_due(computer, computer_insns(computer), 0) || computer->dying) {
        computer_die(computer);
        return ADVANCE_OVER;
    }
    if (timeout && computer_insns(computer) >= timeout)
        return ends(computer, END_TIMEOUT, NULL);
    if (reached(computer))
        return ADVANCE_REACHED;
    if (computer->idle)
        return computer_now(computer) >= horizon(computer) ? ADVANCE_BLOCKED : ADVANCE_MORE;
    uint64_t limit = slice(computer);
    if (!limit)
        return ADVANCE_BLOCKED;
    enum advance result = after_run(computer, board_run(computer->board, limit));
    return computer->over ? ADVANCE_OVER : result;
}

/* ---- a computer of this kind ---- */

static struct place place(const struct computer *computer)
{
    return (struct place){.in_epoch = computer->idle};
}

static void die(struct computer *computer)
{
}

/* A bare computer still hears the other: only what it sends does not leave. */
static void cut(struct computer *computer, const struct fault *fault)
{
    if (fault->kind != FAULT_CUT || computer->channel.cut)
        return;
    channel_cut(&computer->channel, computer_now(computer));
    computer_tell(computer, "the channel is cut");
}

static void press_reset(struct computer *computer)
{
    computer->resetting = true;
}

static void visit_wire(struct computer *computer, struct visit *visit)
{
    wire_visit(computer->wire, visit);
    if (visit->reading && visit->whole && !computer_has_its_history(computer))
        visit_refuse(visit);
}

static const struct computer_kind bare = {
    .advance = advance,
    .place = place,
    .die = die,
    .input_room = input_room,
    .input = input,
    .frame = frame,
    .disk_ended = disk_ended,
    .strike = cut,
    .reset = press_reset,
    .visit = visit_wire,
    .free = wire_free,
};

bool bare_init(struct computer *computer, struct error *error)
{
    const struct system_config *config = &computer->world->config;
    struct cpu_config cpu;
    computer->kind = &bare;
    computer->sends = computer->world->computers > 1;
    computer_power_on(computer, &cpu);
    computer->board = board_new(config->ram_bytes, &config->settings, computer->world->virtio, &cpu, &bare_host,
                                computer, computer->world->pages);
    if (!computer->board || !wire_attach(computer))
        return error_set(error, "no memory for a computer with %u bytes of RAM", config->ram_bytes);
    every_timer_set(computer);
    return true;
}
