/* shared_devices.c - a computer's end of the shared devices: its disk controller's way to the disk, and its terminal
 * line, and the network. Every access is at one virtual time, and in the order of virtual time (computer_may_act).
 */
#include "ft/computer/computer.h"

#include <assert.h>
#include <string.h>

#include "ft/computer/await_text.h"
#include "ft/config/config.h"
#include "ft/computer/kind.h"
#include "ft/computer/timeline_ring.h"
#include "ft/computer/crash_trail.h"
#include "ft/computer/world_calls.h"
#include "mmu/base/vtime.h"

void computer_output_issued(struct computer *computer, uint64_t output, bool has_outcome)
{
    computer_step_taken(computer, PROTOCOL_STEP_OPERATION_ISSUED);
    computer_fault_at(computer, output, OPERATION_ISSUED, NULL);
    if (!has_outcome)
        for (enum operation_phase phase = OPERATION_PARTIAL; phase <= OPERATION_COMPLETED; phase++)
            computer_fault_at(computer, output, phase, NULL);
    if (computer->dying)
        board_request_stop(computer->board);
}

uint64_t computer_output_of(const struct computer *computer, uint64_t number)
{
    for (size_t i = 0; i < computer->in_flight.count; i++)
        if (computer->in_flight.at[i].op.number == number)
            return computer->in_flight.at[i].output;
    return 0;
}

/* It will be performed when it ends. */
static void issue_here(struct computer *computer, struct in_flight *flight)
{
    const struct system_config *config = &computer->world->config;
    const struct settings *settings = &config->settings;
    const struct disk_operation *op = &flight->op;
    unsigned index = computer->index & 1;
    uint64_t own_us = config_own(config, index, OWN_DISK_LATENCY, settings->disk_latency_us);
    uint64_t other_us = config_own(config, 1 - index, OWN_DISK_LATENCY, settings->disk_latency_us);
    uint64_t spread_us = config_own(config, index, OWN_DISK_SPREAD, settings->disk_spread_us);
    uint64_t latency_us = own_us + rng_upto(&computer->disk_rng, spread_us);
    if (!broken(computer->world, ASSUMPTION_EQUALIZE) && latency_us < other_us)
        latency_us = other_us; /* not before the larger of both latencies */
    uint64_t now = flight->start_ps, end = op->refused ? now : now + latency_us * PS_PER_US;
    flight->end_ps = end;
    for (uint32_t i = 1; op->opcode == DISK_WRITE && i <= op->count; i++) /* when it dies, that much is performed */
        trail_due(computer, now + ((end - now) * i + op->count - 1) / op->count);
    events_add(&computer->events, end, EVENT_DISK, op->number);
}

void computer_disk_issue(struct computer *computer, const struct disk_operation *op, uint64_t output)
{
    struct in_flight *flight = VEC_PUSH(&computer->in_flight);
    *flight = (struct in_flight){.op = *op, .output = output, .start_ps = computer_now(computer)};
    computer->calls->issue(computer, flight);
    computer->operations.issued += !op->refused; /* that one comes to no disk */
    board_request_stop(computer->board);         /* there is an event that the present run does not know of */
    chronicle_disk(computer, CHRONICLE_ISSUED, op->number);
}

void computer_disk_forget(struct computer *computer)
{
    for (size_t i = 0; i < computer->in_flight.count; i++)
        free(computer->in_flight.at[i].op.data);
    computer->in_flight.count = 0;
    events_cancel(&computer->events, EVENT_DISK);
}

static size_t find_in_flight(const struct computer *computer, uint64_t number)
{
    size_t i = 0;
    while (i < computer->in_flight.count && computer->in_flight.at[i].op.number != number)
        i++;
    return i;
}

static struct in_flight take_in_flight(struct computer *computer, uint64_t number)
{
    size_t i = find_in_flight(computer, number);
    assert(i < computer->in_flight.count);
    struct in_flight flight = computer->in_flight.at[i];
    computer->in_flight.at[i] = computer->in_flight.at[--computer->in_flight.count];
    return flight;
}

void computer_disk_forget_one(struct computer *computer, uint64_t number)
{
    if (find_in_flight(computer, number) == computer->in_flight.count)
        return;
    free(take_in_flight(computer, number).op.data);
    events_cancel_one(&computer->events, EVENT_DISK, number);
}

/* Ask the disk, as of now. False if the computer dies of it: a fault strikes, or it has been fenced off. */
static bool ask_disk(struct computer *computer, struct in_flight *flight, struct disk_completion *end)
{
    struct world *world = computer->world;
    uint64_t mask = 0, now = computer_now(computer);
    if (flight->op.opcode == DISK_WRITE)
        trail_point(
            computer,
            &(struct fault){
                .role = computer->role, .place = FAULT_OPERATION, .number = flight->output, .phase = OPERATION_PARTIAL},
            flight->op.count);
    bool in_part = computer_fault_at(computer, flight->output, OPERATION_PARTIAL, &mask);
    if (in_part)
        computer_tell_part(computer, &flight->op, mask);
    if (in_part && !mask)
        return false;
    pthread_mutex_lock(&world->lock);
    enum disk_performance done = shared_disk_perform(computer_disk(computer, flight->op.device), computer->generation,
                                                     &flight->op, in_part ? &mask : NULL, now);
    pthread_mutex_unlock(&world->lock);
    trail_effect(computer);
    if (done == DISK_FENCED)
        computer_lose(computer);
    if (done == DISK_FAILED_HOST) {
        computer_end(computer, END_STOPPED, 0, "the host could not read or write the disk");
        return false;
    }
    end->status = done == DISK_FAILED_MEDIUM ? DISK_ERROR : DISK_COMPLETED;
    end->detail = done == DISK_FAILED_MEDIUM ? DISK_MEDIUM_ERROR : DISK_DETAIL_NONE;
    if (!computer->dying)
        computer_fault_at(computer, flight->output, OPERATION_PERFORMED, NULL);
    return !computer->dying;
}

bool computer_disk_perform(struct computer *computer, uint64_t number, struct disk_operation *op,
                           struct disk_completion *end)
{
    struct in_flight flight = take_in_flight(computer, number);
    *op = flight.op;
    *end = (struct disk_completion){.number = op->number,
                                    .device = op->device,
                                    .command = op->command,
                                    .opcode = op->opcode,
                                    .buffer = op->buffer,
                                    .status = DISK_ERROR,
                                    .detail = op->refused};
    if (!op->refused && !ask_disk(computer, &flight, end)) {
        free(op->data);
        return false;
    }
    chronicle_disk(computer, CHRONICLE_PERFORMED, number);
    if (op->opcode == DISK_READ && end->status == DISK_COMPLETED) {
        end->size_bytes = disk_data_bytes(op);
        end->data = op->data;
    }
    return true;
}

static void put_here(struct computer *computer, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct world *world = world_shows(computer->world);
    pthread_mutex_lock(&world->lock);
    for (size_t i = 0; i < size; i++)
        terminal_output(world->terminal, computer->generation, first_number + i, bytes[i], computer_now(computer));
    awaited_terminal(computer, size);
    pthread_mutex_unlock(&world->lock);
    atomic_store(&world->output_waits, true);
}

static uint64_t performed_here(const struct computer *computer)
{
    return computer->board->state.terminal_out; /* a put is done when it returns */
}

void computer_terminal_put(struct computer *computer, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    computer->calls->put(computer, first_number, bytes, size);
    chronicle_terminal(computer, CHRONICLE_SHOWN, first_number + size - 1, (uint32_t)size);
    trail_effect(computer);
}

uint64_t computer_terminal_performed(const struct computer *computer)
{
    return computer->calls->performed(computer);
}

static uint32_t disk_blocks_here(const struct computer *computer, unsigned device)
{
    return shared_disk_blocks(computer_disk(computer, device));
}

uint32_t computer_disk_blocks(const struct computer *computer, unsigned device)
{
    return computer->calls->disk_blocks(computer, device);
}

/* ---- what comes from there ---- */

void computer_disk_event(struct computer *computer, uint64_t number)
{
    struct disk_operation op;
    struct disk_completion end;
    uint64_t output = computer_output_of(computer, number);
    if (!computer_disk_perform(computer, number, &op, &end))
        return;
    if (!end.size_bytes) {
        free(op.data);
        end.data = NULL;
    }
    computer->kind->disk_ended(computer, &end);
    computer_fault_at(computer, output, OPERATION_COMPLETED, NULL);
}

void computer_disk_answered(struct computer *computer, uint64_t number, enum disk_status status,
                            enum disk_detail detail, const uint8_t *data)
{
    if (find_in_flight(computer, number) == computer->in_flight.count)
        return; /* its guest has been told otherwise */
    struct in_flight flight = take_in_flight(computer, number);
    struct disk_operation *op = &flight.op;
    struct disk_completion end = {.number = op->number,
                                  .device = op->device,
                                  .command = op->command,
                                  .opcode = op->opcode,
                                  .buffer = op->buffer,
                                  .status = status,
                                  .detail = detail};
    if (op->opcode == DISK_READ && status == DISK_COMPLETED) {
        end.size_bytes = disk_data_bytes(op);
        memcpy(op->data, data, end.size_bytes);
        end.data = op->data;
    } else {
        free(op->data);
    }
    computer->kind->disk_ended(computer, &end);
}

static enum terminal_input take_here(struct computer *computer, uint64_t number, uint8_t *byte)
{
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    enum terminal_input what = terminal_input(world->terminal, number, byte);
    pthread_mutex_unlock(&world->lock);
    return what;
}

/* The terminal sends a byte if there is room for it, and the next one ten bit times later. */
void computer_input_event(struct computer *computer)
{
    enum terminal_input what = TERMINAL_NOTHING_YET;
    uint64_t number;
    uint8_t byte = 0;
    if (computer->kind->input_room(computer, STREAM_TERMINAL, &number))
        what = computer->calls->take(computer, number, &byte);
    if (what == TERMINAL_BYTE)
        computer->kind->input(computer, STREAM_TERMINAL, byte);
    if (what != TERMINAL_END && what != TERMINAL_LATER)
        events_add(&computer->events, computer_now(computer) + board_byte_time_ps(computer->board), EVENT_INPUT, 0);
}

void computer_expect_input(struct computer *computer)
{
    if (!board_listening(computer->board))
        return;
    events_cancel(&computer->events, EVENT_INPUT);
    events_add(&computer->events, computer_now(computer) + board_input_delay_ps(computer->board), EVENT_INPUT, 0);
    board_request_stop(computer->board);
}

static bool take_event_here(struct computer *computer, uint64_t number, uint32_t *event)
{
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    bool found = seat_event(&world->seat, number, event);
    pthread_mutex_unlock(&world->lock);
    return found;
}

static bool next_event(struct computer *computer, uint32_t *event)
{
    uint64_t number;
    return !computer->dying && computer->kind->input_room(computer, STREAM_SEAT, &number) &&
           computer->calls->take_event(computer, number, event);
}

static void expect_next_frame(struct computer *computer)
{
    uint64_t clock = computer_hardware_clock(computer, computer_now(computer));
    events_add(&computer->events, computer_clock_to_time(computer, display_next_frame_ps(clock)), EVENT_SEAT, 0);
}

/* Everything that was done since the last frame. The row ends: the seat has what a person did. */
void computer_seat_event(struct computer *computer)
{
    uint32_t event;
    if (!board_listening_to_events(computer->board))
        return;
    while (next_event(computer, &event))
        computer->kind->input(computer, STREAM_SEAT, event);
    expect_next_frame(computer);
}

void computer_expect_events(struct computer *computer)
{
    if (!board_listening_to_events(computer->board))
        return;
    events_cancel(&computer->events, EVENT_SEAT);
    expect_next_frame(computer);
    board_request_stop(computer->board);
}

/* ---- network ---- */

static void send_here(struct computer *computer, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    network_send(&world->network, computer->generation, number, bytes, size, computer_now(computer));
    pthread_mutex_unlock(&world->lock);
}

static uint64_t sent_here(const struct computer *computer)
{
    return computer->board->state.frames_out; /* done when it returns */
}

static uint64_t look_here(struct computer *computer)
{
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    uint64_t again = network_look(&world->network, computer_now(computer));
    pthread_mutex_unlock(&world->lock);
    return again;
}

/* It lives as long as nobody takes another, and only who may act on what is shared does. */
static const struct network_frame *take_frame_here(struct computer *computer, uint64_t number)
{
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    const struct network_frame *frame = network_take(&world->network, number, computer_now(computer));
    pthread_mutex_unlock(&world->lock);
    return frame;
}

static void expect_frames_at(struct computer *computer, uint64_t time_ps)
{
    events_cancel(&computer->events, EVENT_NETWORK);
    if (time_ps != TIME_NEVER)
        events_add(&computer->events, time_ps, EVENT_NETWORK, 0);
    board_request_stop(computer->board);
}

void computer_expect_frames(struct computer *computer)
{
    if (board_listening_to_frames(computer->board))
        expect_frames_at(computer, computer_now(computer));
}

/* An answer may come before the network would have been looked at next. */
void computer_frame_put(struct computer *computer, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    computer->calls->send(computer, number, bytes, size);
    trail_effect(computer);
    computer_expect_frames(computer);
}

uint64_t computer_frames_performed(const struct computer *computer)
{
    return computer->calls->sent(computer);
}

/* Everything that is here and for which there is room. Where there is none, it is asked again after a while. */
void computer_network_event(struct computer *computer)
{
    const struct network_frame *frame;
    uint64_t number, again, now = computer_now(computer);
    bool room = true;
    if (!board_listening_to_frames(computer->board))
        return;
    again = computer->calls->look(computer);
    while (!computer->dying && (room = computer->kind->input_room(computer, STREAM_NETWORK, &number)) &&
           (frame = computer->calls->take_frame(computer, number)))
        computer->kind->frame(computer, frame);
    if (!room)
        again = smallest(again, now + computer->world->config.settings.net_latency_us * PS_PER_US);
    expect_frames_at(computer, again);
}

/* ---- in this process ---- */

static enum arbiter_answer arbitrate_here(struct computer *computer)
{
    return world_arbitrate(computer->world, &computer->generation) ? ARBITER_WON : ARBITER_LOST;
}

const struct world_calls world_calls_here = {
    .issue = issue_here,
    .put = put_here,
    .performed = performed_here,
    .take = take_here,
    .take_event = take_event_here,
    .send = send_here,
    .sent = sent_here,
    .look = look_here,
    .take_frame = take_frame_here,
    .arbitrate = arbitrate_here,
    .disk_blocks = disk_blocks_here,
};
