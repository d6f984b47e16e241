/* world_requests.c - what a node can ask of the world, and say to it: one function for each kind of frame.
 *
 * Requests are done one after the other, each wholly: so when the arbiter grants a generation, every request before it
 * is finished and in the record, and what an older generation asks after it is refused.
 */
#include "ft/live/world_parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ft/log/notes.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

/* So many lines that follow a rule are kept for the result. */
enum { RULES_MAX = 10000 };

/* A request of GENERATION by SEAT: may it be done? One of an older generation is answered with that. */
static bool is_current(struct live_world *hub, struct member *member, uint32_t generation)
{
    if (member == hub->acting && generation == hub->world.generation)
        return true;
    link_say(&member->link, FRAME_FENCED);
    member->state = MEMBER_GONE;
    return false;
}

/* ---- disk ---- */

static bool moves(const struct disk_operation *op)
{
    return op->opcode == DISK_READ || op->opcode == DISK_WRITE;
}

static bool take_operation(struct live_world *hub, struct frame_reader *frame, struct disk_operation *op)
{
    size_t size;
    op->number = frame_take_u64(frame);
    op->device = frame_take_u32(frame);
    op->opcode = frame_take_u32(frame);
    op->block = frame_take_u32(frame);
    op->count = frame_take_u32(frame);
    const uint8_t *data = frame_take_rest(frame, &size);
    if (!data || !op->number || op->device >= DISK_DEVICES || op->opcode > DISK_DISCONNECT)
        return false;
    uint32_t blocks = shared_disk_blocks(hub->world.disks[op->device]);
    if (moves(op) &&
        (!op->count || op->count > DISK_COUNT_MAX || op->block >= blocks || op->count > blocks - op->block))
        return false;
    if (size != (op->opcode == DISK_WRITE ? disk_data_bytes(op) : 0))
        return false;
    if (moves(op)) {
        op->data = malloc(disk_data_bytes(op));
        memory_need(op->data);
        memcpy(op->data, data, size);
    }
    return true;
}

static bool issue(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t generation = frame_take_u32(frame);
    struct disk_operation op = {0};
    struct frame_writer writer;
    if (!take_operation(hub, frame, &op))
        return false;
    if (is_current(hub, member, generation)) {
        enum disk_performance done =
            shared_disk_perform(hub->world.disks[op.device], generation, &op, NULL, hub->now_ps - hub->first_ps);
        bool good = done == DISK_PERFORMED;
        if (done == DISK_FAILED_HOST)
            hub_over(hub, END_STOPPED, 0, "the host could not read or write the disk");
        link_begin(&member->link, &writer, FRAME_ENDED);
        frame_u64(&writer, op.number);
        frame_u8(&writer, good ? DISK_COMPLETED : DISK_ERROR);
        frame_u8(&writer, good ? DISK_DETAIL_NONE : DISK_MEDIUM_ERROR);
        if (good && op.opcode == DISK_READ)
            frame_data(&writer, op.data, disk_data_bytes(&op));
        frame_end(&writer);
    }
    free(op.data);
    return true;
}

/* ---- terminal ---- */

static bool put(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t generation = frame_take_u32(frame);
    uint64_t first = frame_take_u64(frame);
    struct frame_writer writer;
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!size || !first)
        return false;
    if (!is_current(hub, member, generation))
        return true;
    for (size_t i = 0; i < size; i++)
        terminal_output(hub->world.terminal, generation, first + i, bytes[i], hub->now_ps);
    link_begin(&member->link, &writer, FRAME_SHOWN);
    frame_u64(&writer, first + size - 1);
    frame_end(&writer);
    return true;
}

void hub_give_input(struct live_world *hub)
{
    enum { PART_BYTES = 4096 };
    struct member *member = hub->acting;
    struct frame_writer writer;
    uint64_t typed, shown_before, before;
    const uint8_t *bytes = terminal_typed(hub->world.terminal, &typed);
    bool ended = terminal_ended(hub->world.terminal);
    terminal_before(hub->world.terminal, &shown_before, &before);
    if (!member || !member->takes || member->take < before)
        return; /* what was judged has been taken by whoever may act */
    uint64_t at = member->take - before;
    if (at > typed || (at == typed && !ended))
        return;
    uint64_t count = typed - at < PART_BYTES ? typed - at : PART_BYTES;
    link_begin(&member->link, &writer, FRAME_INPUT);
    frame_u64(&writer, member->take);
    frame_u8(&writer, ended && at + count == typed);
    frame_data(&writer, bytes + at, count);
    frame_end(&writer);
    member->takes = false;
}

static bool take(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    member->take = frame_take_u64(frame);
    member->takes = true;
    hub_give_input(hub);
    return frame_is_whole(frame);
}

/* ---- keyboard and pointer ---- */

void hub_give_events(struct live_world *hub)
{
    enum { AT_ONCE = 1024 };
    struct member *member = hub->acting;
    struct frame_writer writer;
    uint32_t event;
    if (!member || !member->watches || !seat_event(&hub->world.seat, member->watch, &event))
        return;
    link_begin(&member->link, &writer, FRAME_EVENTS);
    frame_u64(&writer, member->watch);
    for (unsigned i = 0; i < AT_ONCE && seat_event(&hub->world.seat, member->watch + i, &event); i++)
        frame_u32(&writer, event);
    frame_end(&writer);
    member->watches = false;
}

static bool watch(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    member->watch = frame_take_u64(frame);
    member->watches = true;
    hub_give_events(hub);
    return frame_is_whole(frame);
}

/* Who holds more keys than it is remembered of has more than ten fingers: of those it is not said that they go up when
 * the node is gone. */
static bool key(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t code = frame_take_u32(frame);
    uint8_t down = frame_take_u8(frame);
    unsigned at = 0;
    if (!frame_is_whole(frame) || code > INPUT_CODE_MAX || down > 1)
        return false;
    while (at < member->held_count && member->held[at] != code)
        at++;
    if (!down && at < member->held_count)
        member->held[at] = member->held[--member->held_count];
    else if (down && at == member->held_count && at < HELD_KEYS_MAX)
        member->held[member->held_count++] = code;
    seat_key(&hub->world.seat, code, down);
    return true;
}

static bool pointer(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t x = frame_take_u32(frame), y = frame_take_u32(frame), buttons = frame_take_u32(frame);
    if (!frame_is_whole(frame) || buttons > INPUT_BUTTONS_ALL)
        return false;
    member->buttons = buttons;
    seat_pointer(&hub->world.seat, x, y, buttons);
    return true;
}

void hub_let_go(struct live_world *hub, struct member *member)
{
    struct seat *seat = &hub->world.seat;
    while (member->held_count)
        seat_key(seat, member->held[--member->held_count], false);
    if (member->buttons)
        seat_pointer(seat, seat->x, seat->y, member->buttons = 0);
}

/* ---- network ---- */

static bool send_frame(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t generation = frame_take_u32(frame);
    uint64_t number = frame_take_u64(frame);
    struct frame_writer writer;
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!bytes || !number || size < NETWORK_FRAME_MIN || size > NETWORK_FRAME_MAX)
        return false;
    if (!is_current(hub, member, generation))
        return true;
    network_send(&hub->world.network, generation, number, bytes, (uint32_t)size, hub->now_ps - hub->first_ps);
    link_begin(&member->link, &writer, FRAME_SENT);
    frame_u64(&writer, number);
    frame_end(&writer);
    return true;
}

void hub_give_frames(struct live_world *hub)
{
    enum { AT_ONCE = 64 };
    struct member *member = hub->acting;
    struct network *network = &hub->world.network;
    struct frame_writer writer;
    uint64_t now = hub->now_ps - hub->first_ps;
    const struct network_frame *came = member && member->receives ? network_take(network, member->receive, now) : NULL;
    if (!came)
        return;
    uint64_t next = came->number;
    link_begin(&member->link, &writer, FRAME_ARRIVED);
    frame_u64(&writer, next);
    for (unsigned i = 0; came && came->number == next && i < AT_ONCE; i++, next++) {
        frame_u16(&writer, (uint16_t)came->size_bytes);
        frame_data(&writer, came->bytes, came->size_bytes);
        came = network_take(network, next + 1, now);
    }
    frame_end(&writer);
    member->receives = false;
}

static bool receive(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    member->receive = frame_take_u64(frame);
    member->receives = true;
    hub_give_frames(hub);
    return frame_is_whole(frame);
}

/* ---- arbiter ---- */

/* All others that had a VP are of an older generation from now on. */
static void fence_others(struct live_world *hub, const struct member *winner)
{
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        struct member *member = &hub->members[i];
        if (member == winner || member->state < MEMBER_ACTING || member->state == MEMBER_GONE)
            continue;
        link_say(&member->link, FRAME_FENCED);
        member->state = MEMBER_GONE;
    }
}

static bool arbitrate(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    uint32_t generation = frame_take_u32(frame);
    struct frame_writer writer;
    uint64_t shown, before, typed_before;
    frame_take_u64(frame);
    if (!frame_is_whole(frame))
        return false;
    if (hub->over)
        return true; /* whoever has it ended has ended it for all, and has been told so */
    if ((member->state != MEMBER_ACTING && member->state != MEMBER_BACKUP) ||
        !world_arbitrate(&hub->world, &generation)) {
        link_say(&member->link, FRAME_FENCED);
        member->state = MEMBER_GONE;
        return true;
    }
    world_fence(&hub->world, 0, generation);
    hub->world.failovers += member->state == MEMBER_BACKUP;
    terminal_shown(hub->world.terminal, &shown);
    terminal_before(hub->world.terminal, &before, &typed_before);
    link_begin(&member->link, &writer, FRAME_GRANT);
    frame_u32(&writer, generation);
    frame_u64(&writer, before + shown);
    frame_u64(&writer, hub->world.network.performed);
    frame_end(&writer);
    fence_others(hub, member);
    hub->paired = false;
    if (member != hub->acting)
        hub_acts(hub, member);
    return true;
}

/* ---- who has what ---- */

static struct member *member_of(struct live_world *hub, unsigned number, enum seat_state state)
{
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (hub->members[i].state == state && hub->members[i].number == number)
            return &hub->members[i];
    return NULL;
}

/* In a file beside that of who acts. */
static void fork_recording(struct live_world *hub, struct member *joiner, struct member *survivor)
{
    char path[PATH_MAX];
    if (!survivor->tape.path)
        return;
    snprintf(path, sizeof path, "%s.node-%u", hub->recording, joiner->number);
    tape_file_fork(&joiner->tape, path, &survivor->tape);
}

/* What follows of the one that joins comes behind what its survivor has said so far. */
static bool forks(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    struct member *joiner = member_of(hub, frame_take_u32(frame), MEMBER_JOINS);
    if (!frame_is_whole(frame) || member != hub->acting)
        return false;
    if (!joiner)
        return true; /* it is gone already */
    history_free(&joiner->history);
    history_copy(&joiner->history, &member->history);
    fork_recording(hub, joiner, member);
    joiner->forked = true;
    bool good = notes_follow(&joiner->history, joiner->early_notes.at, joiner->early_notes.count) &&
                tape_file_add(&joiner->tape, joiner->early_tape.at, joiner->early_tape.count);
    VEC_FREE(&joiner->early_tape);
    VEC_FREE(&joiner->early_notes);
    if (!good)
        hub_refuse(hub, joiner, "tells of its guest what makes no sense");
    return true;
}

static bool joined(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    struct member *joiner = member_of(hub, frame_take_u32(frame), MEMBER_JOINS);
    if (!frame_is_whole(frame) || member != hub->acting)
        return false;
    if (!joiner)
        return true;
    joiner->state = MEMBER_BACKUP;
    hub_tell(hub, "node %u is the backup", joiner->number);
    return true;
}

static bool take_notes(struct member *member, struct frame_reader *frame)
{
    size_t size;
    member->epoch = frame_take_u64(frame);
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (member->forked)
        return bytes && notes_follow(&member->history, bytes, size);
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&member->early_notes) = bytes[i];
    return member->early_notes.count < FRAME_MAX;
}

static bool take_tape(struct member *member, struct frame_reader *frame)
{
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (member->forked)
        return bytes && tape_file_add(&member->tape, bytes, size);
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&member->early_tape) = bytes[i];
    return member->early_tape.count < FRAME_MAX;
}

/* ---- what a node says ---- */

/* A line that follows a rule is one of the result's. */
static void note_rule(struct live_world *hub, uint8_t rule, uint64_t epoch, const char *line)
{
    const char *end = strrchr(line, '[');
    size_t size = end && end > line ? (size_t)(end - 1 - line) : strlen(line);
    if (rule == RULE_NONE || hub->rules.count == RULES_MAX)
        return;
    char *text = strdup(line);
    memory_need(text);
    *VEC_PUSH(&hub->rule_texts) = text;
    *VEC_PUSH(&hub->rules) = (struct system_rule){.rule = rule, .epoch = epoch, .text = text, .size = size};
}

static bool tell(struct live_world *hub, struct frame_reader *frame)
{
    char line[600];
    uint8_t rule = frame_take_u8(frame);
    uint64_t epoch = frame_take_u64(frame);
    frame_take_text(frame, line, sizeof line);
    if (!frame_is_whole(frame) || rule >= RULE_COUNT)
        return false;
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = '?';
    note_rule(hub, rule, epoch, line);
    world_tell_host(&hub->world, line);
    return true;
}

static bool stop(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    char why[256];
    struct node_counts counts;
    struct recording_end end = {.end = frame_take_u8(frame), .status = frame_take_u8(frame)};
    end.insns = frame_take_u64(frame);
    end.epoch = frame_take_u64(frame);
    end.ran = frame_take_u8(frame);
    end.digest = frame_take_u64(frame);
    node_counts_take(&counts, frame);
    frame_take_text(frame, why, sizeof why);
    if (!frame_is_whole(frame) || end.end == END_NONE || end.end > END_LOST)
        return false;
    if (member != hub->acting && !hub->over) {
        link_say(&member->link, FRAME_FENCED);
        member->state = MEMBER_GONE;
    }
    if (member != hub->acting || hub->end.insns) /* it has told already */
        return true;
    if (hub->over)
        end.end = hub->end.end; /* that it has been stopped: it says where */
    hub->end = end;
    hub->counts[ROLE_PRIMARY] = counts;
    hub_over(hub, (enum system_end)end.end, (int)end.status, why);
    return true;
}

static bool followed(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    struct node_counts counts;
    uint64_t digest = frame_take_u64(frame);
    node_counts_take(&counts, frame);
    if (!frame_is_whole(frame) || member->state < MEMBER_ACTING)
        return false;
    if (!hub->followed)
        hub->counts[ROLE_BACKUP] = counts;
    hub->followed = true;
    if (hub->over && digest != hub->end.digest)
        world_diverged(&hub->world, "the computers differ: their digests at the end are not equal");
    return true;
}

static bool differs(struct live_world *hub, struct frame_reader *frame)
{
    char how[512];
    frame_take_text(frame, how, sizeof how);
    if (frame_is_whole(frame))
        world_diverged(&hub->world, how);
    return frame_is_whole(frame);
}

static bool type(struct live_world *hub, struct frame_reader *frame)
{
    size_t size;
    const uint8_t *bytes = frame_take_rest(frame, &size);
    if (!size)
        return false;
    terminal_type(hub->world.terminal, bytes, size);
    return true;
}

bool hub_request(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    bool has_vp = member->state >= MEMBER_ACTING;
    switch (frame->kind) {
    case FRAME_BEAT:
        return frame_take_u8(frame) <= 1 && frame_is_whole(frame);
    case FRAME_TELL:
        return tell(hub, frame);
    case FRAME_TYPE:
        return type(hub, frame);
    case FRAME_KEY:
        return key(hub, member, frame);
    case FRAME_POINTER:
        return pointer(hub, member, frame);
    case FRAME_ISSUE:
        return has_vp && issue(hub, member, frame);
    case FRAME_PUT:
        return has_vp && put(hub, member, frame);
    case FRAME_TAKE:
        return has_vp && take(hub, member, frame);
    case FRAME_WATCH:
        return has_vp && watch(hub, member, frame);
    case FRAME_SEND:
        return has_vp && send_frame(hub, member, frame);
    case FRAME_RECEIVE:
        return has_vp && receive(hub, member, frame);
    case FRAME_ARBITRATE:
        return has_vp && arbitrate(hub, member, frame);
    case FRAME_FORK:
        return has_vp && forks(hub, member, frame);
    case FRAME_JOINED:
        return has_vp && joined(hub, member, frame);
    case FRAME_NOTES:
        return has_vp && take_notes(member, frame);
    case FRAME_TAPE:
        return has_vp && take_tape(member, frame);
    case FRAME_STOP:
        return has_vp && stop(hub, member, frame);
    case FRAME_FOLLOWED:
        return has_vp && followed(hub, member, frame);
    case FRAME_DIFFERS:
        return has_vp && differs(hub, frame);
    default:
        return false;
    }
}
