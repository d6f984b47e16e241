/* world_process.c - see world_process.h: the loop of the world, and who comes and goes.
 *
 * A node that has come is a member. The first that comes is the primary; the next that is free joins whoever acts and
 * has no backup; others wait. A node that is not heard for long is gone. What always holds: at most one member acts,
 * and only what it asks under the present generation is done.
 */
#include "ft/live/world_process.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ft/config/config.h"
#include "ft/live/host.h"
#include "ft/live/world_parts.h"
#include "ft/protocol/protocol.h"
#include "ft/system/system.h"
#include "ft/world/host_time.h"
#include "ft/world/image.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

#define HELLO_TIMEOUT_PS (5 * PS_PER_S)
/* How old what a recording's file does not have yet may be. */
#define RECORD_PS (PS_PER_S / 5)
/* How long nobody is listened for when the host could not take who came. */
#define DEAF_PS PS_PER_S
/* How much may wait for one node before nothing more is read of it. */
enum { WAITING_MAX = 8 << 20, OPERATOR_LINE_MAX = 600 };
/* What standard output takes without waiting where it takes anything (a pipe: PIPE_BUF); and how much may wait for it
 * before nothing more is read. */
enum { SHOW_BYTES = 4096, UNSHOWN_MAX = 1 << 20 };

/* ---- the operator ---- */

void world_process_say(struct live_world *hub, const char *line)
{
    world_tell_host(&hub->world, line);
}

void hub_tell(struct live_world *hub, const char *format, ...)
{
    char line[OPERATOR_LINE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    world_tell_host(&hub->world, line);
}

/* ---- its life ---- */

static bool open_world(struct live_world *hub, struct error *error)
{
    const struct system_config *config = hub->options->config;
    uint32_t blocks[DISK_DEVICES];
    uint8_t *image = NULL;
    size_t size = 0;
    const struct protocol *protocol = protocol_of(config, error);
    if (protocol && protocol_has_checkpoints(protocol))
        return error_set(
            error, "protocol %s sends checkpoints, and a live pair a log: only in virtual time ('understudy run')",
            protocol_called(protocol));
    if (!protocol || !system_config_check(config, error) || !world_init(&hub->world, config, 0, error) ||
        !world_open(&hub->world, error) ||
        !guest_files_read(hub->options->files, config->ram_bytes, &image, &size, error))
        return false;
    world_set_image(&hub->world, guest_files_name(hub->options->files), image, size);
    free(image);
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        blocks[i] = shared_disk_blocks(hub->world.disks[i]);
    describe_config(&hub->description, config, blocks);
    if (config->network.user && !(hub->user = user_network_new(&hub->world.network, config->network.user, error)))
        return false;
    hub->listener = address_listen("--listen", &hub->address, error);
    return hub->listener >= 0 && world_make(&hub->world, error);
}

struct live_world *world_process_new(const struct world_options *options, struct error *error)
{
    struct live_world *hub = calloc(1, sizeof *hub);
    memory_need(hub);
    hub->options = options;
    hub->listener = -1;
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        hub->members[i].link.fd = -1;
    hub->begin_seconds = host_seconds();
    hub->now_ps = hub->first_ps = host_clock_ps();
    if (address_parse("--listen", options->listen, options->trusted, &hub->address, error) && open_world(hub, error))
        return hub;
    world_process_free(hub);
    return NULL;
}

const char *world_process_address(const struct live_world *hub)
{
    return hub->address.text;
}

static void empty_member(struct member *member)
{
    link_close(&member->link);
    history_free(&member->history);
    tape_file_close(&member->tape, true);
    VEC_FREE(&member->early_notes);
    VEC_FREE(&member->early_tape);
    *member = (struct member){.link.fd = -1};
}

void world_process_free(struct live_world *hub)
{
    if (hub->last)
        tape_file_close(&hub->last->tape, false); /* as far as it came */
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        empty_member(&hub->members[i]);
    for (size_t i = 0; i < hub->rules.count; i++)
        free(hub->rule_texts.at[i]);
    VEC_FREE(&hub->rules);
    VEC_FREE(&hub->rule_texts);
    address_close(hub->listener, &hub->address);
    user_network_free(hub->user);
    if (hub->world.order.count == 0 && hub->world.pages)
        world_free(&hub->world);
    free(hub->recording);
    free(hub);
}

/* ---- who comes ---- */

static void send_image(struct live_world *hub, struct member *member)
{
    const struct world *world = &hub->world;
    struct frame_writer writer;
    link_begin(&member->link, &writer, FRAME_WELCOME);
    frame_u32(&writer, member->number);
    frame_u64(&writer, world->config.seed * MEMBERS_MAX + member->number);
    frame_text(&writer, hub->description.text);
    frame_text(&writer, world->image_name);
    frame_u64(&writer, world->image_bytes);
    if (world->config.written) {
        char *text = protocol_text(world->config.written);
        frame_data(&writer, text, strlen(text));
        free(text);
    }
    frame_end(&writer);
    for (size_t at = 0, part; at < world->image_bytes; at += part) {
        part = world->image_bytes - at < FRAME_PART_BYTES ? world->image_bytes - at : FRAME_PART_BYTES;
        link_begin(&member->link, &writer, FRAME_IMAGE);
        frame_data(&writer, world->image + at, part);
        frame_end(&writer);
    }
}

/* Is it listened for who comes? Not for a while after the host could not take one. */
static bool listens(const struct live_world *hub)
{
    return !hub->deaf_ps || hub->now_ps >= hub->deaf_ps + DEAF_PS;
}

/* Somebody has come, and the host has no descriptor or no memory for him. Before the guest starts that is the end: it
 * starts when a node has come; a pair whose survivor is alone goes on, and waits until there is room. */
static void cannot_take(struct live_world *hub, int cause)
{
    if (!hub->deaf_ps)
        hub_tell(hub, "a node that comes cannot be taken: %s", strerror(cause));
    hub->deaf_ps = hub->now_ps;
    if (!hub->guest_starts)
        hub_over(hub, END_LOST, 0, "a node could not be taken before the guest has started");
}

static void accept_one(struct live_world *hub)
{
    if (!listens(hub))
        return;
    int fd = address_accept(hub->listener);
    if (fd < 0 && !address_later(errno)) {
        cannot_take(hub, errno);
        return;
    }
    hub->deaf_ps = 0;
    if (fd < 0)
        return;
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        struct member *member = &hub->members[i];
        if (member->state != MEMBER_FREE || member == hub->last)
            continue;
        link_open(&member->link, fd, FRAME_HELLO_MAX, hub->now_ps);
        member->state = MEMBER_HELLO;
        member->came_ps = hub->now_ps;
        return;
    }
    close(fd);
    hub_tell(hub, "a connection is refused: %u are there already", MEMBERS_MAX);
}

void hub_refuse(struct live_world *hub, struct member *member, const char *why)
{
    if (member->state == MEMBER_HELLO)
        hub_tell(hub, "a connection is refused: it %s", why);
    else
        hub_tell(hub, "node %u is not heard any more: it %s", member->number, why);
    member->link.ended = true;
    member->link.in_at = member->link.in.count = 0;
}

/* Why the hello FRAME is not accepted; NULL: it is, and SEAT knows where the node listens. */
static const char *hello_fault(struct member *member, struct frame_reader *frame)
{
    char key[64];
    if (frame->kind != FRAME_HELLO)
        return "says something else before a hello";
    uint16_t version = frame_take_u16(frame);
    if (version != LIVE_VERSION)
        return "is of another version: nodes and world of one version are wanted";
    bool node = frame_take_u8(frame) == HELLO_NODE;
    frame_take_text(frame, key, sizeof key);
    frame_take_u64(frame);
    member->process = frame_take_u32(frame);
    frame_take_text(frame, member->address, sizeof member->address);
    return node && frame_is_whole(frame) ? NULL : "says a hello that makes no sense";
}

static void take_hello(struct live_world *hub, struct member *member, struct frame_reader *frame)
{
    const char *fault = hello_fault(member, frame);
    if (fault) {
        hub_refuse(hub, member, fault);
        return;
    }
    member->state = MEMBER_SPARE;
    member->number = ++hub->numbers;
    member->link.most = FRAME_MAX;
    hub_tell(hub, "node %u is process %u", member->number, member->process);
    send_image(hub, member);
}

/* ---- who does what ---- */

static struct member *member_in(struct live_world *hub, enum seat_state state)
{
    struct member *found = NULL;
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        struct member *member = &hub->members[i];
        if (member->state == state && !member->link.ended && (!found || member->number < found->number))
            found = member;
    }
    return found;
}

void hub_acts(struct live_world *hub, struct member *member)
{
    struct member *before = hub->last;
    member->state = MEMBER_ACTING;
    hub->acting = hub->last = member;
    if (hub->recording)
        tape_file_become(&member->tape, hub->recording);
    if (before && before != member)
        tape_file_close(&before->tape, false); /* its place is taken */
    if (before && before != member && before->link.fd < 0)
        empty_member(before);
    hub_tell(hub, "node %u is the primary", member->number);
}

static void say_meet(struct member *to, const struct member *other, bool it_comes, const char *key)
{
    struct frame_writer writer;
    link_begin(&to->link, &writer, FRAME_MEET);
    frame_u32(&writer, other->number);
    frame_u8(&writer, it_comes);
    frame_text(&writer, key);
    frame_text(&writer, other->address);
    frame_end(&writer);
}

/* JOINER is to join the one that acts: each is told of the other, with a key that nobody else knows. */
static void bring_together(struct live_world *hub, struct member *joiner)
{
    char key[HOST_KEY_MAX];
    if (!host_key(key)) {
        hub_tell(hub, "the host has no random numbers for a session: node %u waits", joiner->number);
        return;
    }
    joiner->state = MEMBER_JOINS;
    hub->paired = true;
    say_meet(hub->acting, joiner, true, key);
    say_meet(joiner, hub->acting, false, key);
}

/* Of MEMBER, which is the first. */
static void begin_recording(struct live_world *hub, struct member *member)
{
    const struct world *world = &hub->world;
    const struct protocol *protocol = protocol_of(&world->config, NULL);
    struct recording_about about = {
        .ram_bytes = world->config.ram_bytes,
        .epoch_insns = world->config.epoch_insns,
        .settings = world->config.settings,
        .image_name = world->image_name,
        .image = world->image,
        .image_bytes = world->image_bytes,
    };
    if (!hub->options->record_path)
        return;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        about.disk_blocks[i] = shared_disk_blocks(world->disks[i]);
    memcpy(about.virtio, world->virtio, sizeof about.virtio);
    memcpy(about.mac, world->config.network.mac, sizeof about.mac);
    snprintf(about.protocol, sizeof about.protocol, "%s,%016" PRIx64, protocol_called(protocol),
             protocol_hash(protocol));
    tape_file_begin(&member->tape, hub->options->record_path, &about);
    hub->recording = strdup(member->tape.path);
    memory_need(hub->recording);
}

/* The guest starts when two nodes are there, or the first one alone after a time. */
static void start_guest(struct live_world *hub)
{
    struct member *first = member_in(hub, MEMBER_SPARE);
    struct frame_writer writer;
    unsigned there = 0;
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        there += hub->members[i].state == MEMBER_SPARE && !hub->members[i].link.ended;
    uint64_t after = hub->options->alone_after;
    bool alone = first && after != ALONE_NEVER && hub->now_ps >= first->came_ps + after * PS_PER_S;
    if (!first || (there < 2 && !alone))
        return;
    hub->guest_starts = true;
    first->forked = true;
    begin_recording(hub, first);
    link_begin(&first->link, &writer, FRAME_START);
    frame_u32(&writer, hub->world.generation);
    frame_u8(&writer, there >= 2);
    frame_end(&writer);
    hub_acts(hub, first);
}

static void give_roles(struct live_world *hub)
{
    if (!hub->guest_starts)
        start_guest(hub);
    /* One that has failed is replaced when the survivor has taken the arbiter: until then it may be heard there. */
    if (!hub->acting || hub->acting->link.ended || hub->paired)
        return;
    struct member *spare = member_in(hub, MEMBER_SPARE);
    if (spare)
        bring_together(hub, spare);
}

/* ---- the end ---- */

void hub_over(struct live_world *hub, enum system_end end, int status, const char *why)
{
    struct frame_writer writer;
    if (hub->over)
        return;
    world_end(&hub->world, 0, hub->now_ps, end, status, why);
    hub->over = true;
    hub->over_ps = hub->now_ps;
    hub->end.end = end;
    bool by_guest = hub->end.insns != 0;
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        struct member *member = &hub->members[i];
        if (member->state < MEMBER_SPARE || member->state == MEMBER_GONE)
            continue;
        link_begin(&member->link, &writer, FRAME_OVER);
        frame_u8(&writer, (uint8_t)end);
        frame_u8(&writer, (uint8_t)status);
        frame_text(&writer, by_guest ? "" : why ? why : "the run is over");
        frame_end(&writer);
    }
}

/* When everybody has said what there is to say. */
static bool has_ended(const struct live_world *hub)
{
    uint64_t patience = 2 * hub->world.config.settings.timeout_us * PS_PER_US;
    if (!hub->over)
        return false;
    if (hub->end.end == END_STOPPED && hub->acting && !hub->acting->link.ended && !hub->end.insns &&
        hub->now_ps < hub->over_ps + patience)
        return false; /* it says where it has stopped */
    bool backup = false;
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        const struct member *member = &hub->members[i];
        backup |= member->state == MEMBER_BACKUP && !member->link.ended;
        if (link_waiting(&member->link) && !member->link.ended && hub->now_ps < hub->over_ps + patience)
            return false;
    }
    return !backup || hub->followed || hub->end.end != END_EXIT || hub->now_ps > hub->over_ps + patience;
}

/* Nobody is left that could go on. */
static void judge_loss(struct live_world *hub)
{
    bool backup = member_in(hub, MEMBER_BACKUP) != NULL;
    if (hub->over || !hub->guest_starts || backup || (hub->acting && !hub->acting->link.ended))
        return;
    uint64_t epoch = hub->last->epoch ? hub->last->epoch - 1 : 0;
    char why[128];
    snprintf(why, sizeof why, "both computers have failed: not judged after epoch %" PRIu64, epoch);
    hub_over(hub, END_LOST, 0, why);
}

/* ---- the loop ---- */

/* Does so much of what MEMBER has put wait for the terminal that nothing more is read of it? When the run is over, what
 * it has said by then is. */
static bool is_held_up(const struct live_world *hub, const struct member *member)
{
    return member == hub->acting && hub->unshown > UNSHOWN_MAX && !hub->over;
}

/* Is anything more read of MEMBER now? */
static bool is_heard(const struct live_world *hub, const struct member *member)
{
    return !is_held_up(hub, member) && link_waiting(&member->link) < WAITING_MAX;
}

static void read_member(struct live_world *hub, struct member *member)
{
    struct frame_reader frame;
    enum frame_found found = FRAME_NOT_YET;
    if (is_heard(hub, member))
        link_read(&member->link);
    else if (is_held_up(hub, member))
        member->link.heard = hub->now_ps; /* it is not silent: nobody hears it */
    while (!member->link.ended || member->link.in.count > member->link.in_at) {
        found = link_next(&member->link, hub->now_ps, &frame);
        if (found != FRAME_FOUND || member->state == MEMBER_GONE)
            break;
        if (member->state == MEMBER_HELLO)
            take_hello(hub, member, &frame);
        else if (!hub_request(hub, member, &frame))
            hub_refuse(hub, member, "says what makes no sense");
    }
    if (found == FRAME_NONSENSE)
        hub_refuse(hub, member, "speaks something else");
}

static void look_after(struct live_world *hub, struct member *member)
{
    uint64_t beat = hub->world.config.settings.heartbeat_us * PS_PER_US;
    uint64_t patience = hub->world.config.settings.world_timeout_s * PS_PER_S;
    struct frame_writer writer;
    if (member->state == MEMBER_HELLO && !member->link.ended && hub->now_ps > member->came_ps + HELLO_TIMEOUT_PS)
        hub_refuse(hub, member, "has said no hello for 5 seconds");
    else if (!member->link.ended && hub->now_ps > member->link.heard + patience)
        hub_refuse(hub, member, "was silent for as long as world-timeout");
    if (member->state > MEMBER_HELLO && hub->now_ps >= member->link.beaten + beat &&
        link_waiting(&member->link) < WAITING_MAX) {
        link_begin(&member->link, &writer, FRAME_BEAT);
        frame_u8(&writer, 1);
        frame_end(&writer);
        member->link.beaten = hub->now_ps;
    }
    size_t waits = link_waiting(&member->link);
    link_flush(&member->link);
    if (waits >= WAITING_MAX && link_waiting(&member->link) < waits)
        member->link.heard = hub->now_ps; /* nor one that takes a long image */
    if (member->state == MEMBER_GONE && !link_waiting(&member->link))
        member->link.ended = true;
    if (!member->link.ended)
        return;
    if (member->state > MEMBER_HELLO)
        hub_tell(hub, "node %u is gone", member->number);
    hub_let_go(hub, member);
    bool keeps = member == hub->last; /* its H and recording are the run's until another acts */
    link_close(&member->link);
    if (member == hub->acting)
        hub->acting = NULL;
    if (member->state == MEMBER_JOINS && !member->forked) /* it has never come there */
        hub->paired = false;
    member->state = MEMBER_FREE;
    if (!keeps)
        empty_member(member);
}

static void sleep_now(struct live_world *hub)
{
    enum { LISTENER, INPUT, OUTPUT, LINKS, USER = LINKS + MEMBERS_MAX };
    struct pollfd at[USER + USER_NETWORK_FDS_MAX];
    unsigned count = LINKS;
    const struct member *acting = hub->acting;
    uint64_t typed, shown_before, before;
    terminal_typed(hub->world.terminal, &typed);
    terminal_before(hub->world.terminal, &shown_before, &before);
    bool wants = acting && acting->takes && acting->take >= before + typed && !terminal_ended(hub->world.terminal);
    at[LISTENER] = (struct pollfd){.fd = listens(hub) ? hub->listener : -1, .events = POLLIN};
    at[INPUT] = (struct pollfd){.fd = wants ? hub->world.config.input_fd : -1, .events = POLLIN};
    at[OUTPUT] = (struct pollfd){.fd = hub->unshown ? hub->world.config.output_fd : -1, .events = POLLOUT};
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        const struct member *member = &hub->members[i];
        int events = (is_heard(hub, member) ? POLLIN : 0) | (link_waiting(&member->link) ? POLLOUT : 0);
        at[count++] = (struct pollfd){.fd = member->link.fd, .events = (short)events};
    }
    int wait_ms = (int)(hub->world.config.settings.heartbeat_us / 2000 + 1);
    if (hub->user)
        count += user_network_before(hub->user, hub->now_ps - hub->first_ps, at + USER, &wait_ms);
    bool woken = poll(at, count, wait_ms) > 0;
    if (woken && at[INPUT].revents)
        terminal_take(hub->world.terminal);
    if (hub->user)
        user_network_after(hub->user, host_clock_ps() - hub->first_ps, at + USER);
}

static void serve(struct live_world *hub)
{
    hub->now_ps = host_clock_ps();
    if (hub->options->interrupted && hub->options->interrupted())
        hub_over(hub, END_STOPPED, 0, "stopped from outside");
    if (hub->options->forsaken && hub->options->forsaken() && !hub->guest_starts)
        hub_over(hub, END_LOST, 0, "no node is left that could come: the guest has not started");
    accept_one(hub);
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (hub->members[i].state != MEMBER_FREE)
            read_member(hub, &hub->members[i]);
    hub_give_input(hub);
    hub_give_events(hub);
    network_look(&hub->world.network, hub->now_ps - hub->first_ps);
    hub_give_frames(hub);
    if (!hub->over)
        give_roles(hub);
    judge_loss(hub);
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        if (hub->members[i].state != MEMBER_FREE)
            look_after(hub, &hub->members[i]);
    hub->unshown = terminal_flush_some(hub->world.terminal, SHOW_BYTES);
    hub_judge_prefix(hub);
    if (hub->now_ps >= hub->recorded_ps + RECORD_PS) {
        hub->recorded_ps = hub->now_ps;
        for (unsigned i = 0; i < MEMBERS_MAX; i++)
            tape_file_flush(&hub->members[i].tape);
    }
}

bool world_process_run(struct live_world *hub, struct error *error)
{
    while (!has_ended(hub) && world_host_good(&hub->world, NULL)) {
        serve(hub);
        if (!has_ended(hub))
            sleep_now(hub);
    }
    terminal_flush_some(hub->world.terminal, UINT64_MAX); /* the last ones may be waited for */
    return world_host_good(&hub->world, error);
}

/* ---- what came of it ---- */

void world_process_result(struct live_world *hub, struct system_result *result)
{
    *result = (struct system_result){
        .end = hub->world.end,
        .end_name = system_end_name(hub->world.end),
        .status = hub->world.status,
        .instructions = hub->end.insns,
        .epochs = hub->end.epoch,
        .failovers = hub->world.failovers,
        .digest = hub->end.digest,
        .why = hub->world.why[0] ? hub->world.why : NULL,
        .host_seconds = host_seconds() - hub->begin_seconds,
        .engine = cpu_engine_name(hub->world.config.engine ? hub->world.config.engine : cpu_engine_best()),
    };
    hub_judge(hub, result);
    for (enum role role = ROLE_PRIMARY; role <= ROLE_BACKUP; role++)
        node_counts_add(&hub->counts[role], role, result);
    result->rules = hub->rules.at;
    result->rule_count = hub->rules.count;
}

bool world_process_recorded(struct live_world *hub, struct error *error)
{
    const char *path = hub->options->record_path;
    struct tape_file *tape = hub->last ? &hub->last->tape : NULL;
    if (!path)
        return true;
    if (!tape || !tape->path || !hub->end.insns)
        return error_set(error, "'%s' has no end: no node has told how its guest's run ended", path);
    tape_file_end(tape, &hub->end);
    int cause = tape->cause;
    tape_file_close(tape, false);
    return !cause || error_set(error, "'%s' cannot be written: %s", path, strerror(cause));
}
