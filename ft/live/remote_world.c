/* remote_world.c - the world, where it is another process: requests go to it and answers come, and nobody waits.
 *
 * A terminal byte counts as put when the world says so; until then a backup holds it. A broken connection is never
 * resumed: requests would be performed twice or never.
 */
#include "ft/live/counts.h"
#include "ft/live/node.h"

#include <inttypes.h>
#include <string.h>

#include "ft/board/digest.h"
#include "ft/computer/kind.h"
#include "ft/computer/world_calls.h"
#include "ft/recording.h"
#include "ft/world/image.h"
#include "mmu/base/bits.h"
#include "mmu/base/hard.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* So many settled disk commands are forgotten at once. */
enum { SETTLED_KEPT = HARD(256, 1) };

static struct remote_world *remote(const struct computer *computer)
{
    struct node *node = computer->remote;
    return &node->world;
}

/* H so far. It goes before what the world is asked to do, so that whatever it has performed is in H, whenever the node
 * dies. */
static void send_notes(struct node *node)
{
    struct frame_writer writer;
    if (!node->notes.count)
        return;
    link_begin(&node->world.link, &writer, FRAME_NOTES);
    frame_u64(&writer, node->computer->vmm->epoch);
    frame_data(&writer, node->notes.at, node->notes.count);
    frame_end(&writer);
    node->notes.count = 0;
    node->noted = true;
}

/* ---- struct world_calls ---- */

static void issue(struct computer *computer, struct in_flight *flight)
{
    struct frame_writer writer;
    const struct disk_operation *op = &flight->op;
    send_notes(computer->remote);
    link_begin(&remote(computer)->link, &writer, FRAME_ISSUE);
    frame_u32(&writer, computer->generation);
    frame_u64(&writer, op->number);
    frame_u32(&writer, op->device);
    frame_u32(&writer, op->opcode);
    frame_u32(&writer, op->block);
    frame_u32(&writer, op->count);
    if (op->opcode == DISK_WRITE)
        frame_data(&writer, op->data, disk_data_bytes(op));
    frame_end(&writer);
}

static void put(struct computer *computer, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct remote_world *world = remote(computer);
    struct frame_writer writer;
    send_notes(computer->remote);
    link_begin(&world->link, &writer, FRAME_PUT);
    frame_u32(&writer, computer->generation);
    frame_u64(&writer, first_number);
    frame_data(&writer, bytes, size);
    frame_end(&writer);
    world->put = first_number + size - 1;
}

static uint64_t performed(const struct computer *computer)
{
    return remote(computer)->shown;
}

static enum terminal_input take(struct computer *computer, uint64_t number, uint8_t *byte)
{
    struct remote_world *world = remote(computer);
    struct frame_writer writer;
    uint64_t at = number - world->input_first;
    if (number >= world->input_first && at < world->input.count) {
        *byte = world->input.at[at];
        return TERMINAL_BYTE;
    }
    if (world->input_ended && at == world->input.count)
        return TERMINAL_END;
    if (!world->input_asked) {
        world->input.count = 0;
        world->input_first = number;
        world->input_asked = true;
        link_begin(&world->link, &writer, FRAME_TAKE);
        frame_u64(&writer, number);
        frame_end(&writer);
    }
    return TERMINAL_LATER;
}

/* Whoever serves asks on every frame of its display, and once at most: so moves of the pointer between two frames are
 * one (io/seat.h). */
static bool take_event(struct computer *computer, uint64_t number, uint32_t *event)
{
    struct remote_world *world = remote(computer);
    struct frame_writer writer;
    uint64_t at = number - world->events_first;
    if (number >= world->events_first && at < world->events.count) {
        *event = world->events.at[at];
        return true;
    }
    if (!world->events_asked) {
        world->events.count = 0;
        world->events_first = number;
        world->events_asked = true;
        link_begin(&world->link, &writer, FRAME_WATCH);
        frame_u64(&writer, number);
        frame_end(&writer);
    }
    return false;
}

static enum arbiter_answer arbitrate(struct computer *computer)
{
    struct remote_world *world = remote(computer);
    struct vmm *vmm = computer->vmm;
    struct frame_writer writer;
    if (world->arbiter == ARBITER_IDLE) {
        link_begin(&world->link, &writer, FRAME_ARBITRATE);
        frame_u32(&writer, computer->generation);
        frame_u64(&writer, vmm->ended_epoch);
        frame_end(&writer);
        world->arbiter = ARBITER_ASKED;
    }
    if (world->arbiter != ARBITER_GRANTED)
        return ARBITER_NOT_YET;
    world->arbiter = ARBITER_IDLE;
    computer->generation = computer->world->generation = world->granted;
    if (vmm->suppressed) { /* what the terminal has need not be issued again */
        world->shown = world->put = vmm->performed_out = world->granted_shown;
        held_performed(&vmm->held, world->granted_shown);
        world->frames_sent = world->frames_put = world->granted_sent;
        vmm_see_frames_performed(vmm, world->granted_sent);
    }
    return ARBITER_WON;
}

static void send_frame(struct computer *computer, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct remote_world *world = remote(computer);
    struct frame_writer writer;
    send_notes(computer->remote);
    link_begin(&world->link, &writer, FRAME_SEND);
    frame_u32(&writer, computer->generation);
    frame_u64(&writer, number);
    frame_data(&writer, bytes, size);
    frame_end(&writer);
    world->frames_put = number;
}

static uint64_t frames_sent(const struct computer *computer)
{
    return remote(computer)->frames_sent;
}

static uint64_t look(struct computer *computer)
{
    return TIME_NEVER; /* the world says so */
}

static void drop_frame(struct remote_world *world)
{
    free(QUEUE_FRONT(&world->frames)->bytes);
    QUEUE_POP(&world->frames);
}

static const struct network_frame *next_frame(struct computer *computer, uint64_t number)
{
    struct remote_world *world = remote(computer);
    struct frame_writer writer;
    while (QUEUE_COUNT(&world->frames) && QUEUE_FRONT(&world->frames)->number < number)
        drop_frame(world);
    if (QUEUE_COUNT(&world->frames))
        return QUEUE_FRONT(&world->frames);
    if (!world->frames_asked) {
        world->frames_asked = true;
        link_begin(&world->link, &writer, FRAME_RECEIVE);
        frame_u64(&writer, number);
        frame_end(&writer);
    }
    return NULL;
}

static uint32_t disk_blocks(const struct computer *computer, unsigned device)
{
    return remote(computer)->blocks[device];
}

const struct world_calls remote_world_calls = {
    .issue = issue,
    .put = put,
    .performed = performed,
    .take = take,
    .take_event = take_event,
    .send = send_frame,
    .sent = frames_sent,
    .look = look,
    .take_frame = next_frame,
    .arbitrate = arbitrate,
    .disk_blocks = disk_blocks,
};

/* ---- what comes ---- */

/* The protocol is one out of a file, with this HASH (0: it is not), and TEXT is what is in it. */
static bool take_protocol(struct node *node, uint64_t hash, const char *text, size_t size)
{
    if (!hash)
        return !size;
    node->written = protocol_read(text, size, node->protocol, node->error);
    return node->written && protocol_hash(node->written) == hash;
}

static bool take_welcome(struct node *node, struct frame_reader *frame)
{
    struct system_config config;
    node->number = frame_take_u32(frame);
    node->seed = frame_take_u64(frame);
    frame_take_text(frame, node->description.text, sizeof node->description.text);
    frame_take_text(frame, node->image_name, sizeof node->image_name);
    uint64_t size = frame_take_u64(frame), hash;
    size_t text_bytes;
    const uint8_t *text = frame_take_rest(frame, &text_bytes);
    if (!text || node->image || !size || size > UINT32_MAX ||
        !describe_read(node->description.text, &config, node->world.blocks, node->protocol, &hash) ||
        !take_protocol(node, hash, (const char *)text, text_bytes))
        return false;
    node->system.world.config.settings = config.settings;
    node->image_bytes = (size_t)size;
    node->image = malloc(node->image_bytes);
    memory_need(node->image);
    return true;
}

static bool take_image(struct node *node, struct frame_reader *frame)
{
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!size || size > node->image_bytes - node->image_come)
        return false;
    memcpy(node->image + node->image_come, bytes, size);
    node->image_come += size;
    return true;
}

static bool has_image(const struct node *node)
{
    return node->image && node->image_come == node->image_bytes;
}

static bool take_start(struct node *node, struct frame_reader *frame)
{
    uint32_t generation = frame_take_u32(frame);
    node->awaits_partner = frame_take_u8(frame);
    if (!frame_is_whole(frame) || node->built || !has_image(node))
        return false;
    if (!node_build(node, true))
        return true;
    node->computer->generation = node->system.world.generation = generation;
    node->started_ps = node->now_ps;
    node->started = true;
    return true;
}

static bool take_meet(struct node *node, struct frame_reader *frame)
{
    char address[ADDRESS_TEXT_MAX];
    node->partner = frame_take_u32(frame);
    bool comes = frame_take_u8(frame);
    frame_take_text(frame, node->key, sizeof node->key);
    frame_take_text(frame, address, sizeof address);
    if (!frame_is_whole(frame) || comes != node->built || !has_image(node))
        return false;
    if (comes) {
        node->partner_joins = true;
        node->prepared = false;
        node->prepared_from = 0;
        return true;
    }
    if (!address_parse("the other node's address", address, node->options->trusted, &node->partner_address,
                       node->error)) {
        node_ends(node, NODE_REFUSED, NULL);
        return true;
    }
    node->met = true;
    return true;
}

static bool take_ended(struct node *node, struct frame_reader *frame)
{
    uint64_t number = frame_take_u64(frame);
    uint8_t status = frame_take_u8(frame), detail = frame_take_u8(frame);
    size_t size;
    const uint8_t *data = frame_take_rest(frame, &size);
    struct computer *computer = node->computer;
    if (!data || status < DISK_COMPLETED || status > DISK_ERROR || detail > DISK_CANCELLED)
        return false;
    for (size_t i = 0; i < computer->in_flight.count; i++) {
        const struct disk_operation *op = &computer->in_flight.at[i].op;
        bool reads = op->opcode == DISK_READ && status == DISK_COMPLETED;
        if (op->number == number && size != (reads ? disk_data_bytes(op) : 0))
            return false;
    }
    computer_disk_answered(computer, number, status, detail, data);
    return true;
}

static bool take_input(struct node *node, struct frame_reader *frame)
{
    struct remote_world *world = &node->world;
    uint64_t first = frame_take_u64(frame);
    bool ended = frame_take_u8(frame);
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!bytes || !world->input_asked || first != world->input_first)
        return false;
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&world->input) = bytes[i];
    world->input_asked = false;
    world->input_ended = ended;
    if (!node->computer->vmm->suppressed)
        computer_expect_input(node->computer);
    return true;
}

/* The computer takes them on its display's next frame. */
static bool take_events(struct node *node, struct frame_reader *frame)
{
    struct remote_world *world = &node->world;
    uint64_t first = frame_take_u64(frame);
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!size || size % 4 || !world->events_asked || first != world->events_first)
        return false;
    for (size_t at = 0; at < size; at += 4) {
        uint32_t event = be32_load(bytes + at);
        if (!input_event_good(event))
            return false;
        *VEC_PUSH(&world->events) = event;
    }
    world->events_asked = false;
    return true;
}

/* The number of the first frame; frames in a row, each behind its length. */
static bool take_arrived(struct node *node, struct frame_reader *frame)
{
    struct remote_world *world = &node->world;
    uint64_t number = frame_take_u64(frame);
    size_t size, at = 0;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!size || !world->frames_asked)
        return false;
    world->frames_asked = false;
    for (uint32_t length; at < size; at += 2 + length, number++) {
        length = size - at > 2 ? be16_load(bytes + at) : 0;
        if (length < NETWORK_FRAME_MIN || length > NETWORK_FRAME_MAX || length > size - at - 2)
            return false;
        struct network_frame *came = QUEUE_PUSH(&world->frames);
        *came = (struct network_frame){.number = number, .size_bytes = length, .bytes = malloc(length)};
        memory_need(came->bytes);
        memcpy(came->bytes, bytes + at + 2, length);
    }
    if (!node->computer->vmm->suppressed)
        computer_expect_frames(node->computer);
    return true;
}

void reach_forget_frames(struct node *node)
{
    while (QUEUE_COUNT(&node->world.frames))
        drop_frame(&node->world);
    QUEUE_FREE(&node->world.frames);
}

static bool take_over(struct node *node, struct frame_reader *frame)
{
    char why[256];
    uint8_t end = frame_take_u8(frame), status = frame_take_u8(frame);
    frame_take_text(frame, why, sizeof why);
    if (!frame_is_whole(frame) || !node->image || end == END_NONE || end > END_LOST)
        return false;
    node->end = (enum system_end)end;
    node->guest_status = status;
    partner_send_off(node);
    node->closing = true;
    node->stopped = why[0] != '\0';
    memcpy(node->why, why, sizeof why);
    if (node->stopped && node->computer && !node->computer->vmm->suppressed && node->system.world.end == END_NONE)
        world_end(&node->system.world, 0, node->now_ps, node->end, 0, why); /* the recording ends here */
    node->closes_by_ps = node->now_ps + 4 * node->system.world.config.settings.timeout_us * PS_PER_US;
    return true;
}

/* False: it makes no sense. */
static bool take_frame(struct node *node, struct frame_reader *frame)
{
    struct remote_world *world = &node->world;
    switch (frame->kind) {
    case FRAME_WELCOME:
        return take_welcome(node, frame);
    case FRAME_IMAGE:
        return node->image && take_image(node, frame);
    case FRAME_START:
        return take_start(node, frame);
    case FRAME_MEET:
        return take_meet(node, frame);
    case FRAME_BEAT:
        return frame_take_u8(frame) <= 1 && frame_is_whole(frame);
    case FRAME_FENCED:
        node_ends(node, NODE_FENCED, "fenced off: another computer was first at the arbiter");
        return true;
    case FRAME_OVER:
        return take_over(node, frame);
    case FRAME_ENDED:
        return node->built && take_ended(node, frame);
    case FRAME_SHOWN:
        world->shown = frame_take_u64(frame);
        return frame_is_whole(frame) && world->shown <= world->put;
    case FRAME_SENT:
        world->frames_sent = frame_take_u64(frame);
        return frame_is_whole(frame) && world->frames_sent <= world->frames_put;
    case FRAME_ARRIVED:
        return node->built && take_arrived(node, frame);
    case FRAME_INPUT:
        return node->built && take_input(node, frame);
    case FRAME_EVENTS:
        return node->built && take_events(node, frame);
    case FRAME_GRANT:
        world->granted = frame_take_u32(frame);
        world->granted_shown = frame_take_u64(frame);
        world->granted_sent = frame_take_u64(frame);
        if (!frame_is_whole(frame) || world->arbiter != ARBITER_ASKED)
            return false;
        world->arbiter = ARBITER_GRANTED;
        return true;
    default:
        return false;
    }
}

void reach_read(struct node *node)
{
    struct link *link = &node->world.link;
    struct frame_reader frame;
    enum frame_found found = FRAME_NOT_YET;
    if (node->monitor.cut_world)
        return;
    for (bool more = true; more && !node->over;) {
        more = link_read(link);
        while (!node->over && (found = link_next(link, node->now_ps, &frame)) == FRAME_FOUND)
            if (!take_frame(node, &frame)) {
                node_ends(node, NODE_WORLD_LOST,
                          "the world says what makes no sense (frame %d): of one version "
                          "they are wanted",
                          frame.kind);
                return;
            }
        if (found == FRAME_NONSENSE) {
            node_ends(node, NODE_WORLD_LOST, "what listens at %s is no world of this version", node->options->world);
            return;
        }
    }
    bool closes = node->closing && (link->ended || node->now_ps > node->closes_by_ps);
    if (closes && node->stopped)
        node_ends(node, NODE_WORLD_LOST, "the world ends: %s", node->why);
    else if (closes)
        node->over = true;
    else if (link->ended && !node->over)
        node_ends(node, NODE_WORLD_LOST, "the world is lost: its connection has ended");
}

/* ---- what is said ---- */

/* Of disk commands that are settled nobody asks any more. */
static void forget_settled(struct history *history)
{
    struct history_before to = history->before;
    to.operations = history_settled(history);
    if (to.operations - history->before.operations >= SETTLED_KEPT)
        history_forget(history, &to);
}

static void say_notes(struct node *node)
{
    struct link *link = &node->world.link;
    struct frame_writer writer;
    struct history *history = &node->computer->history;
    struct recording *tape = node->computer->vmm->recording;
    send_notes(node);
    if (node->noted) {
        node->noted = false;
        node_wrote(node, history->output.at, history->output.count);
        history->output.count = history->output_at.count = 0; /* only the judge wants to know */
        history->input.count = history->input_at.count = 0;
        history->events.count = history->events_at.count = 0;
        history->before.sent += history->sent.count;
        history->sent.count = history->taken.count = 0;
        forget_settled(history);
    }
    for (size_t at = 0, part; tape && at < tape->bytes.count; at += part) {
        part = tape->bytes.count - at < FRAME_PART_BYTES ? tape->bytes.count - at : FRAME_PART_BYTES;
        link_begin(link, &writer, FRAME_TAPE);
        frame_data(&writer, tape->bytes.at + at, part);
        frame_end(&writer);
    }
    if (tape)
        tape->bytes.count = tape->entries = 0;
}

static void say_text(struct node *node, enum frame_kind kind, const char *text)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, kind);
    frame_text(&writer, text);
    frame_end(&writer);
}

static void say_line(struct node *node, const struct account_line *line)
{
    struct frame_writer writer;
    link_begin(&node->world.link, &writer, FRAME_TELL);
    frame_u8(&writer, (uint8_t)line->rule);
    frame_u64(&writer, line->epoch);
    frame_text(&writer, line->text);
    frame_end(&writer);
}

/* The guest's run is over here. */
static void say_stop(struct node *node)
{
    const struct computer *computer = node->computer;
    const struct world *here = &node->system.world;
    const struct node_counts counts = node_counts_of(node);
    struct frame_writer writer;
    node->end = here->end;
    node->guest_status = here->status;
    link_begin(&node->world.link, &writer, FRAME_STOP);
    frame_u8(&writer, (uint8_t)here->end);
    frame_u8(&writer, (uint8_t)here->status);
    frame_u64(&writer, computer_insns(computer));
    frame_u64(&writer, computer->vmm->epoch);
    frame_u8(&writer, !computer->vmm->in_epoch);
    frame_u64(&writer, board_digest(computer->board));
    node_counts_say(&counts, &writer);
    frame_text(&writer, here->why);
    frame_end(&writer);
    node->stop_told = true;
}

/* Another has joined when it has everything that was sent until the join was complete. */
static void say_joined(struct node *node)
{
    const struct vmm *vmm = node->computer->vmm;
    struct frame_writer writer;
    if (node->join_told || vmm->alone || !vmm->linked || vmm->suppressed)
        return;
    if (!node->join_place)
        node->join_place = node->peer.sent;
    if (node->peer.acked < node->join_place)
        return;
    link_begin(&node->world.link, &writer, FRAME_JOINED);
    frame_u32(&writer, node->came);
    frame_end(&writer);
    node->join_told = true;
    node->join_place = 0;
}

void reach_say(struct node *node)
{
    struct link *link = &node->world.link;
    struct frame_writer writer;
    const struct account_line *line;
    if (node->computer) {
        const struct vmm *vmm = node->computer->vmm;
        say_notes(node);
        say_joined(node);
        while ((line = world_next_line(&node->system.world, node->told, TIME_NEVER)) != NULL)
            say_line(node, line);
        if (vmm->differs && !node->differs_told) {
            say_text(node, FRAME_DIFFERS, vmm->how);
            node->differs_told = true;
        }
        if (node->system.world.end != END_NONE && !node->stop_told && !node->computer->followed)
            say_stop(node);
        if (node->computer->followed && !node->followed_told) {
            const struct node_counts counts = node_counts_of(node);
            link_begin(link, &writer, FRAME_FOLLOWED);
            frame_u64(&writer, board_digest(node->computer->board));
            node_counts_say(&counts, &writer);
            frame_end(&writer);
            node->followed_told = true;
        }
    }
    uint64_t beat = node->system.world.config.settings.heartbeat_us * PS_PER_US;
    if (node->image && node->now_ps >= link->beaten + beat) {
        link_begin(link, &writer, FRAME_BEAT);
        frame_u8(&writer, 1);
        frame_end(&writer);
        link->beaten = node->now_ps;
    }
}
