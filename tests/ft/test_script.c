/* test_script.c - one virtual machine monitor whose peer is a script: what comes to it is put into its channel by hand,
 * the other computer's promises are made by hand, and what it does and sends is held against the protocol.
 *
 *   test_ft_script GUESTS
 *
 * The guest says a line and then executes one instruction after the other, so that an epoch takes 20 us of virtual
 * time, and instructions count epochs. A message takes 20 us, and 256 ns for its bits.
 */
#include <string.h>

#include "ft/computer/kind.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "tests/check.h"

#define US        PS_PER_US
#define EPOCH_PS  (EPOCH_INSNS * UINT64_C(20000))
#define LATENCY   (20 * US)
#define LINE      (MESSAGE_HEADER_BYTES * UINT64_C(8000))
#define BEAT      (1000 * US)
#define TIMEOUT   (5000 * US)
#define FOREVER   (TIME_REPORTED - 1)
#define FIRST_END UINT64_C(111111) /* a clock that no computer here has by itself */

enum { PRIMARY, BACKUP, EPOCH_INSNS = 1000, ADVANCES_MAX = 20000, SENT_MAX = 4000 };

struct script {
    struct system *system;
    struct computer *computer[2];
};

static void start(struct check *t, struct script *script, const char *guests, const char *protocol)
{
    char guest[4096];
    struct system_config config;
    struct error error = {{0}};
    snprintf(guest, sizeof guest, "%s/endless.elf", guests);
    system_config_defaults(&config);
    config.mode = MODE_PAIR;
    config.protocol = protocol;
    config.epoch_insns = EPOCH_INSNS;
    config.ram_bytes = 4 << 20;
    config.threads = 1;
    config.settings.drift_ppm = 0;
    config.chronicle_rows = 16; /* so that a turn is an epoch (ft/vmm/quiet.h) */
    script->system = system_new(&config, &error);
    CHECK(script->system && system_load(script->system, guest, &error));
    for (unsigned i = 0; i < 2; i++) {
        script->computer[i] = script->system->computer[i];
        order_begin(&script->system->world.order, i, 0);
    }
}

static void promise(struct script *script, unsigned number, uint64_t to_peer, uint64_t to_world)
{
    order_promise(&script->system->world.order, number, to_peer, to_world);
}

/* Let computer NUMBER go on until it can do nothing more; it publishes as ever. */
static void go_on(struct check *t, struct script *script, unsigned number)
{
    enum advance result = ADVANCE_MORE;
    for (unsigned i = 0; i < ADVANCES_MAX && result == ADVANCE_MORE; i++) {
        result = vmm_kind.advance(script->computer[number]);
        computer_publish(script->computer[number], result);
    }
    CHECK_EQ(result, ADVANCE_BLOCKED);
}

/* The script's primary sends MESSAGE at NOW_PS. Returns when it arrives. */
static uint64_t sends(struct script *script, const struct message *message, uint64_t now_ps)
{
    uint8_t bytes[MESSAGE_HEADER_BYTES];
    message_encode(message, bytes);
    return channel_send(&script->computer[PRIMARY]->channel, bytes, sizeof bytes, now_ps);
}

static uint64_t sends_end(struct script *script, uint64_t epoch, uint64_t clock_ps, uint64_t now_ps)
{
    if (!strcmp(script->system->world.config.protocol, "bs-revised"))
        sends(script, &(struct message){.message_class = MESSAGE_TIME, .epoch = epoch, .value = clock_ps}, now_ps);
    return sends(script, &(struct message){.message_class = MESSAGE_END, .epoch = epoch, .value = clock_ps}, now_ps);
}

static uint64_t sends_input(struct script *script, uint64_t epoch, uint64_t number, char byte, uint64_t now_ps)
{
    return sends(script,
                 &(struct message){.message_class = MESSAGE_INTERRUPT,
                                   .device = DEVICE_CONSOLE,
                                   .epoch = epoch,
                                   .index = number,
                                   .value = (uint8_t)byte},
                 now_ps);
}

/* ---- a backup ---- */

/* It executes epoch E when [end, E] has come, delivers what was tagged E at its end when [end, E+1] has, and sends
 * nothing; its clock is the primary's. Returns with two epochs executed and the second one's input not delivered. */
static uint64_t follow(struct check *t, struct script *script)
{
    struct computer *backup = script->computer[BACKUP];
    struct vmm *vmm = backup->vmm;
    bool times = !strcmp(script->system->world.config.protocol, "bs-revised");
    go_on(t, script, BACKUP);
    CHECK_EQ(computer_now(backup), 0); /* nothing has been promised yet */
    promise(script, PRIMARY, 100 * US, 80 * US);
    go_on(t, script, BACKUP);
    CHECK_EQ(computer_now(backup), 100 * US);
    CHECK_EQ(computer_insns(backup), 0);
    CHECK_EQ(order_to_peer(&script->system->world.order, BACKUP), TIME_REPORTED);

    uint64_t arrival = sends_end(script, 1, FIRST_END, 200 * US);
    CHECK_EQ(arrival, 220 * US + LINE * (times ? 2 : 1));
    promise(script, PRIMARY, 230 * US, 210 * US);
    go_on(t, script, BACKUP);
    CHECK_EQ(computer_insns(backup), EPOCH_INSNS);
    CHECK_EQ(computer_now(backup), arrival + EPOCH_PS);
    CHECK_EQ(vmm->epoch, 1);
    CHECK_EQ(vmm->peer.received_ps, arrival);
    CHECK_EQ(vmm->end_clock_ps, times ? FIRST_END : 0); /* dec takes it with what it delivers */

    sends_input(script, 2, 0, 'x', 300 * US);
    arrival = sends_end(script, 2, FIRST_END * 2, 301 * US);
    promise(script, PRIMARY, 400 * US, 380 * US);
    go_on(t, script, BACKUP);
    CHECK_EQ(computer_insns(backup), 2 * EPOCH_INSNS);
    CHECK_EQ(vmm->end_clock_ps, times ? FIRST_END * 2 : FIRST_END);
    CHECK_EQ(vmm->last_clock_ps, vmm->end_clock_ps);
    CHECK_EQ(computer_now(backup), 400 * US);
    CHECK_EQ(vmm->input[STREAM_TERMINAL].buffered, 1);
    CHECK_EQ(backup->history.input.count, 0);
    CHECK_EQ(backup->touches_from_ps, arrival + TIMEOUT);
    CHECK_EQ(backup->channel.messages, 0);
    CHECK(vmm->suppressed && !vmm->differs);
    return arrival;
}

static void test_backup_goes_on(struct check *t, const char *guests, const char *protocol)
{
    struct script script;
    start(t, &script, guests, protocol);
    follow(t, &script);
    struct computer *backup = script.computer[BACKUP];
    sends_end(&script, 3, FIRST_END * 3, 500 * US);
    promise(&script, PRIMARY, 600 * US, 580 * US);
    go_on(t, &script, BACKUP);
    CHECK_EQ(computer_insns(backup), 3 * EPOCH_INSNS);
    CHECK_EQ(backup->history.input.count, 1); /* at the end of epoch 2 */
    CHECK(backup->history.input.count && backup->history.input.at[0] == 'x' &&
          backup->history.input_at.at[0].insns == 2 * EPOCH_INSNS);
    /* The log of one epoch comes after that of another: this is not next. */
    sends_end(&script, 5, FIRST_END * 5, 700 * US);
    promise(&script, PRIMARY, 800 * US, 780 * US);
    go_on(t, &script, BACKUP);
    CHECK(backup->vmm->differs);
    CHECK_HAS(backup->vmm->how, "makes no sense");
    CHECK_EQ(computer_insns(backup), 3 * EPOCH_INSNS); /* it stands */
    CHECK_EQ(computer_now(backup), 800 * US);          /* and goes on receiving */
    system_free(script.system);
}

/* The primary dies in epoch 3, of which a byte of input had come. P7: bs executes 3 with it, suppressed, and is live in
 * epoch 4. Figure 7: dec discards it, and is live in epoch 3. */
static void test_failover(struct check *t, const char *guests, const char *protocol)
{
    struct script script;
    bool p7 = !strcmp(protocol, "bs-revised");
    start(t, &script, guests, protocol);
    follow(t, &script);
    struct computer *backup = script.computer[BACKUP];
    struct vmm *vmm = backup->vmm;
    struct world *world = &script.system->world;
    uint64_t last = sends_input(&script, 3, 1, 'y', 450 * US), deadline = last + TIMEOUT;
    /* Up to its deadline it only receives; there it waits for whoever may touch the world before. */
    promise(&script, PRIMARY, deadline, deadline - LATENCY);
    go_on(t, &script, BACKUP);
    CHECK_EQ(computer_now(backup), deadline);
    CHECK(!vmm->failing_over);
    CHECK_EQ(vmm->input[STREAM_TERMINAL].buffered, 2);
    CHECK_EQ(world->generation, 0);
    promise(&script, PRIMARY, deadline + LATENCY, deadline);
    go_on(t, &script, BACKUP);
    CHECK(!vmm->failing_over); /* at one time the first computer acts first */
    channel_silent(&script.computer[PRIMARY]->channel, 460 * US, NULL);
    promise(&script, PRIMARY, TIME_NEVER, TIME_NEVER);
    enum advance result = ADVANCE_MORE;
    backup->stop_epoch = p7 ? 4 : 3; /* just before it goes on, live */
    for (unsigned i = 0; i < ADVANCES_MAX && result == ADVANCE_MORE; i++) {
        result = vmm_kind.advance(backup);
        computer_publish(backup, result);
    }
    CHECK_EQ(result, ADVANCE_REACHED);
    CHECK(!vmm->suppressed && !vmm->linked && vmm->alone && backup->role == ROLE_PRIMARY);
    CHECK_EQ(world->generation, 1);
    CHECK_EQ(backup->generation, 1);
    CHECK_EQ(world->failovers, 1);
    CHECK_EQ(vmm->epoch, p7 ? 4 : 3);
    CHECK_EQ(computer_insns(backup), (p7 ? 3 : 2) * EPOCH_INSNS);
    /* The byte of the epoch that did not end: delivered, or asked for again. */
    CHECK_EQ(backup->history.input.count, p7 ? 2 : 1);
    CHECK_EQ(vmm->input[STREAM_TERMINAL].next, p7 ? 2 : 1);
    CHECK_EQ(vmm->input[STREAM_TERMINAL].buffered, 0);
    /* Its clock goes on from the last that it saw, plus the time since, and never back. */
    CHECK(vmm->last_clock_ps >= FIRST_END * 2);
    CHECK_EQ(vmm_clock(vmm), FIRST_END * 2 + computer_now(backup) - vmm->seen_at_ps);
    CHECK_EQ(backup->channel.messages, 0);
    system_free(script.system);
}

/* ---- a primary ---- */

/* The next message that the primary has sent, and when it arrives. False if there is none. */
static bool next_sent(struct script *script, struct message *message, struct frame *frame)
{
    uint64_t begin, arrival;
    if (!channel_peek(&script->computer[PRIMARY]->channel, &begin, &arrival))
        return false;
    channel_take(&script->computer[PRIMARY]->channel, frame);
    return message_decode(frame_bytes(frame), frame->size, message);
}

/* Each epoch's end is sent when the VP comes there, [E, Tme] before it if the protocol has one, a heartbeat each
 * millisecond; the primary runs as far as its backup's promises let it, and goes on alone when that falls silent. */
static void test_primary(struct check *t, const char *guests, const char *protocol)
{
    struct script script;
    bool times = !strcmp(protocol, "bs-revised");
    uint64_t epoch = 1, beats = 0, sent = 0, died = 2345 * US, now;
    struct message message;
    struct frame frame;
    bool timed = false;
    start(t, &script, guests, protocol);
    struct computer *primary = script.computer[PRIMARY];
    script.system->world.config.settings.lag_epochs = UINT64_MAX >> 1;
    promise(&script, BACKUP, 1500 * US, FOREVER);
    go_on(t, &script, PRIMARY);
    CHECK_EQ(computer_now(primary), 1500 * US); /* something might come then */
    promise(&script, BACKUP, died, FOREVER);
    go_on(t, &script, PRIMARY);
    channel_silent(&script.computer[BACKUP]->channel, died, NULL);
    promise(&script, BACKUP, TIME_NEVER, TIME_NEVER);
    for (unsigned i = 0; i < ADVANCES_MAX && !primary->vmm->alone; i++) {
        enum advance result = vmm_kind.advance(primary);
        CHECK_EQ(result, ADVANCE_MORE);
        computer_publish(primary, result);
    }
    now = computer_now(primary);
    for (; sent < SENT_MAX && next_sent(&script, &message, &frame); sent++) {
        uint64_t left = frame.arrival_ps - LATENCY - LINE;
        frame_free(&frame);
        if (message.message_class == MESSAGE_HEARTBEAT) {
            CHECK_EQ(message.value, ++beats * BEAT);
            CHECK(left >= beats * BEAT);
            continue;
        }
        CHECK_EQ(message.message_class, times && !timed ? MESSAGE_TIME : MESSAGE_END);
        CHECK_EQ(message.epoch, epoch);
        CHECK_EQ(message.value, epoch * EPOCH_PS); /* its clock is virtual time */
        CHECK(left >= epoch * EPOCH_PS && left <= epoch * EPOCH_PS + 2 * LINE);
        timed = message.message_class == MESSAGE_TIME;
        epoch += !timed;
    }
    /* The last sign of life is the acknowledgement of what arrived before the death, at the end of an epoch. */
    uint64_t sign = 2320 * US + LATENCY + LINE * (times ? 2 : 1), report = sign + LATENCY + TIMEOUT;
    CHECK(now >= report && now < report + 2 * EPOCH_PS);
    CHECK_EQ(beats, report / BEAT);
    CHECK_EQ(epoch - 1, report / EPOCH_PS);
    CHECK(!primary->vmm->linked);
    CHECK_EQ(script.system->world.generation, 1);
    system_free(script.system);
}

/* ---- a join ---- */

/* Both computers run until the survivor of a failure begins to send its VP; from then on the script holds the joining
 * one still. */
static void begin_join(struct check *t, struct script *script, const char *guests, const char *protocol)
{
    struct fault fault, repair;
    struct error error;
    start(t, script, guests, protocol);
    CHECK(fault_parse("backup@epoch=5", &fault, &error) && fault_parse_where("epoch=500", &repair, &error));
    CHECK(system_add_fault(script->system, &fault, &error) && system_add_repair(script->system, &repair, &error));
    struct system_until until = {.computer = PRIMARY, .epoch = 499};
    system_run_until(script->system, &until);
    struct computer *survivor = script->computer[PRIMARY];
    survivor->stop_epoch = 0;
    CHECK(survivor->vmm->alone && !survivor->vmm->linked);
    for (unsigned i = 0; i < ADVANCES_MAX && !survivor->vmm->join; i++)
        computer_publish(survivor, vmm_kind.advance(survivor));
    CHECK(survivor->vmm->join != NULL);
}

/* First the VP without memory, then the pages that are not zero, each once and in order, among the log; then that this
 * was all. */
static void test_survivor(struct check *t, const char *guests, const char *protocol)
{
    struct script script;
    struct message message;
    struct frame frame;
    unsigned states = 0, dones = 0, pages = 0, ends = 0;
    uint64_t next_page = 0, ended = 499;
    begin_join(t, &script, guests, protocol);
    struct computer *survivor = script.computer[PRIMARY];
    promise(&script, BACKUP, TIME_REPORTED, FOREVER);
    for (unsigned i = 0; i < ADVANCES_MAX && !dones; i++) {
        computer_publish(survivor, vmm_kind.advance(survivor));
        while (next_sent(&script, &message, &frame)) {
            const uint8_t *page = page_map_get(board_memory(survivor->board), (uint32_t)message.index);
            switch (message.message_class) {
            case MESSAGE_JOIN_STATE:
                CHECK(!states++ && !pages && !ends);
                CHECK_EQ(message.epoch, 500);
                break;
            case MESSAGE_JOIN_PAGE:
                CHECK(states == 1 && message.index >= next_page);
                CHECK(page && message.bulk_bytes == PHYS_PAGE_BYTES && !memcmp(page, message.bulk, PHYS_PAGE_BYTES));
                next_page = message.index + 1;
                pages++;
                break;
            case MESSAGE_JOIN_DONE:
                CHECK(states == 1 && pages > 0);
                dones++;
                break;
            case MESSAGE_END:
                CHECK_EQ(message.epoch, ++ended);
                ends++;
                break;
            default:
                CHECK(message.message_class == MESSAGE_TIME || message.message_class == MESSAGE_HEARTBEAT);
            }
            frame_free(&frame);
        }
    }
    CHECK_EQ(dones, 1);
    unsigned full = 0;
    for (uint32_t i = 0; i < board_memory(survivor->board)->pages; i++)
        full += page_map_get(board_memory(survivor->board), i) != NULL;
    CHECK_EQ(pages, full);
    CHECK(ends > 0);              /* the survivor executes meanwhile */
    CHECK(survivor->vmm->join);   /* and has no backup before that is known to keep up, */
    CHECK(!survivor->vmm->alone); /* but puts out nothing that a computer with the whole VP does not know */
    system_free(script.system);
}

/* What the survivor has sent comes to the joining computer: it has the VP, then executes the epochs since. Something
 * that does not belong there (WRONG: a message of that class, first) is refused. */
static void test_joiner(struct check *t, const char *guests, const char *protocol, enum message_class wrong)
{
    struct script script;
    begin_join(t, &script, guests, protocol);
    struct computer *survivor = script.computer[PRIMARY], *joiner = script.computer[BACKUP];
    struct channel *channel = &survivor->channel;
    if (wrong) {
        static const uint8_t page[PHYS_PAGE_BYTES] = {1};
        struct message message = {.message_class = wrong, .epoch = 500, .index = UINT32_MAX};
        message.bulk = message_is_bulk(wrong) ? page : NULL;
        message.bulk_bytes = message_is_bulk(wrong) ? sizeof page : 0;
        uint8_t bytes[MESSAGE_HEADER_BYTES + sizeof page];
        message_encode(&message, bytes);
        channel_free(channel); /* what the survivor has sent */
        channel_renew(channel, &script.system->world.config.settings);
        channel_send(channel, bytes, message_size(&message), computer_now(survivor));
    }
    CHECK(!joiner->vmm->joined);
    for (unsigned i = 0; i < 200; i++) {
        if (!wrong)
            computer_publish(survivor, vmm_kind.advance(survivor));
        else
            promise(&script, PRIMARY, channel->last_arrival_ps + US, channel->last_arrival_ps);
        computer_publish(joiner, vmm_kind.advance(joiner));
    }
    go_on(t, &script, BACKUP);
    CHECK_EQ(joiner->vmm->joined, !wrong);
    CHECK_EQ(joiner->vmm->differs, wrong != 0);
    if (wrong) {
        CHECK_HAS(joiner->vmm->how, "joining computer's state makes no sense");
        CHECK_EQ(computer_insns(joiner), 0);
    } else {
        CHECK(joiner->vmm->epoch > 500);
        CHECK_EQ(joiner->vmm->epoch, survivor->vmm->epoch - 1); /* all that has ended */
        CHECK_EQ(computer_insns(joiner), joiner->vmm->epoch * EPOCH_INSNS);
    }
    CHECK(joiner->vmm->suppressed);
    system_free(script.system);
}

int main(int argc, char **argv)
{
    static const char *const protocols[] = {"bs-revised", "dec"};
    struct check t = check_begin("ft.script", argc, argv);
    if (!check_needs(&t, argv[1], "endless.elf"))
        return 2;
    for (unsigned i = 0; i < 2; i++) {
        test_backup_goes_on(&t, argv[1], protocols[i]);
        test_failover(&t, argv[1], protocols[i]);
        test_primary(&t, argv[1], protocols[i]);
        test_survivor(&t, argv[1], protocols[i]);
        test_joiner(&t, argv[1], protocols[i], 0);
        test_joiner(&t, argv[1], protocols[i], MESSAGE_JOIN_PAGE);
        test_joiner(&t, argv[1], protocols[i], MESSAGE_JOIN_STATE);
        test_joiner(&t, argv[1], protocols[i], MESSAGE_JOIN_DONE);
    }
    return check_end(&t);
}
