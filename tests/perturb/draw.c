/* draw.c - see draw.h. */
#include "tests/perturb/draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/assumption.h"
#include "ft/fault.h"
#include "ft/message.h"
#include "ft/protocol/protocol.h"
#include "ft/protocols.h"
#include "ft/settings.h"
#include "ft/system.h"
#include "mmu/base/rng.h"

/* So many epochs at most, so many faults, and so many repairs. */
enum { EPOCHS_MAX = 6000, FAULTS_DRAWN_MAX = 6, NS_PER_INSTRUCTION = 20 };
/* A run that mostly waits takes minutes of virtual time, each heartbeat of which is executed. So a channel has room for
 * something beside its heartbeats, and epochs that may each wait for a delay wait for so many heartbeats in all. And a
 * guest has to set its timer before that matches, or it waits for its clock to wrap: so an instruction costs no more
 * than a microsecond of what each epoch takes, and there are no checkpoints of less, or over a channel slower, than
 * this. */
enum { HEARTBEATS_MAX = 100000, CHECKPOINT_EPOCH_MIN = 30, CHECKPOINT_BITS_PER_S_MIN = 1000000000 };
enum { HEARTBEAT_BITS = 8 * MESSAGE_HEADER_BYTES };

struct guest {
    const char *name, *typed;
    uint64_t insns; /* that it takes, about */
    bool bare;      /* it knows the channel port, and runs on two bare computers */
};

static const struct guest guests[] = {
    {"hello", NULL, 900, false},          {"ticker", NULL, 65000, false},
    {"increment", NULL, 240000, false},   {"overflow", NULL, 27000, false},
    {"deadline", NULL, 560000, false},    {"eight", NULL, 3200000, false},
    {"ledger", NULL, 8900000, false},     {"kernel", NULL, 5300000, false},
    {"reserved", NULL, 13000, false},     {"surfacing", NULL, 2900000, false},
    {"traps", NULL, 13000, false},        {"trap_transfers", NULL, 700000, false},
    {"mmu_faults", NULL, 3300000, false}, {"interrupted", NULL, 17000000, false},
    {"neighbour", NULL, 99000000, false}, {"port", NULL, 44000, true},
    {"alternate", "Ada", 126000, true},
};
enum { GUESTS = sizeof guests / sizeof guests[0] };

const char *draw_guest(unsigned number)
{
    return number < GUESTS ? guests[number].name : NULL;
}

struct drawing {
    struct rng rng;
    struct command *command;
    uint64_t insns, epoch; /* the run's length and an epoch's, about */
    uint64_t latency_us, heartbeat_us, bits_per_s;
    bool broken, both_beside, backup_executes;
    bool waits;   /* perhaps for ever: an interrupt that it waits for may have been delivered too early */
    bool bounded; /* it has a --timeout */
    /* Of a computer; the highest of those that are no spares is named by nobody, so that there is a pool. */
    unsigned processors, spares;
    const char *vms[2]; /* the virtual machines beside the first that are not called beside-N */
};

static uint64_t upto(struct drawing *drawing, uint64_t limit)
{
    return rng_upto(&drawing->rng, limit);
}

static bool one_in(struct drawing *drawing, uint64_t many)
{
    return upto(drawing, many - 1) == 0;
}

/* From MINIMUM to MAXIMUM, each order of magnitude as likely as another. */
static uint64_t magnitude(struct drawing *drawing, uint64_t minimum, uint64_t maximum)
{
    uint64_t top = minimum;
    unsigned doublings = 0;
    while (top * 2 <= maximum && ++doublings)
        top *= 2;
    top = minimum << upto(drawing, doublings);
    uint64_t value = top + upto(drawing, top);
    return value < maximum ? value : maximum;
}

#define ADD(...) command_add(drawing->command, __VA_ARGS__)

/* ---- where ---- */

static void draw_where(struct drawing *drawing, bool primary, bool bare, char *text, size_t size)
{
    static const char *const phases[] = {"", ".before", ".issued", ".partial:0x5", ".performed", ".completed"};
    enum protocol_step first = primary ? PROTOCOL_STEP_RUN : PROTOCOL_STEP_B_MESSAGE_RECEIVED;
    enum protocol_step last = primary ? PROTOCOL_STEP_OPERATION_ISSUED : PROTOCOL_STEP_JOIN_DONE;
    uint64_t epochs = drawing->insns / drawing->epoch + 1;
    switch (upto(drawing, bare ? 2 : 4)) {
    case 0:
        snprintf(text, size, "instruction=%" PRIu64, upto(drawing, drawing->insns));
        return;
    case 1:
        snprintf(text, size, "time=%.12f", (double)upto(drawing, drawing->insns * NS_PER_INSTRUCTION * 2) * 1e-9);
        return;
    case 2:
        snprintf(text, size, "operation=%" PRIu64 "%s", magnitude(drawing, 1, 64), phases[upto(drawing, 5)]);
        return;
    case 3:
        snprintf(text, size, "epoch=%" PRIu64, 1 + upto(drawing, epochs));
        return;
    default:
        snprintf(text, size, "step=%s:%" PRIu64,
                 protocol_step_name(first + (enum protocol_step)upto(drawing, last - first)),
                 magnitude(drawing, 1, epochs));
    }
}

/* ---- what ---- */

static void draw_crash(struct drawing *drawing, bool bare)
{
    char where[96];
    bool primary = one_in(drawing, 2);
    draw_where(drawing, primary, bare, where, sizeof where);
    ADD("--crash %s@%s", primary ? "primary" : "backup", where);
}

static void draw_flip(struct drawing *drawing, bool bare)
{
    char where[96];
    bool primary = one_in(drawing, 2);
    draw_where(drawing, primary, bare, where, sizeof where);
    ADD("--fault flip=gr%" PRIu64 ":%" PRIu64 ",%s@%s", 1 + upto(drawing, 30), upto(drawing, 31),
        primary ? "primary" : "backup", where);
}

/* What happens to the channel or the disk. */
static void draw_disturbance(struct drawing *drawing, bool bare)
{
    char where[96];
    draw_where(drawing, true, bare, where, sizeof where);
    switch (upto(drawing, bare ? 1 : 4)) {
    case 0:
        ADD("--fault cut,primary@%s", where);
        if (bare || one_in(drawing, 2))
            return;
        draw_where(drawing, true, bare, where, sizeof where);
        ADD("--fault heal,primary@%s", where);
        return;
    case 1:
        ADD("--fault medium=%" PRIu64 ",primary@%s", upto(drawing, 64), where);
        return;
    case 2:
        ADD("--fault ack-loss,primary@%s", where);
        return;
    default: { /* more than the time-out: a false detection */
        uint64_t most = HEARTBEATS_MAX * drawing->heartbeat_us / (drawing->insns / drawing->epoch + 1);
        ADD("--fault delay=%" PRIu64 ",primary@%s", magnitude(drawing, 1, most < 20000 ? most : 20000), where);
    }
    }
}

/* A processor fails, or the one of a virtual machine does. */
static void draw_processor_fault(struct drawing *drawing)
{
    static const char *const kinds[] = {"soft", "hard", "damage", "hang"};
    const char *kind = kinds[upto(drawing, 3)];
    char where[96];
    bool primary = !one_in(drawing, 3);
    unsigned vm = (unsigned)upto(drawing, 1);
    draw_where(drawing, primary, false, where, sizeof where);
    if (one_in(drawing, 4))
        snprintf(
            where, sizeof where, "step=%s:%" PRIu64,
            protocol_step_name(PROTOCOL_STEP_FAULT_DETECTED +
                               (enum protocol_step)upto(drawing, PROTOCOL_STEP_RESUMED - PROTOCOL_STEP_FAULT_DETECTED)),
            magnitude(drawing, 1, 4));
    if (drawing->vms[vm] && one_in(drawing, 2))
        ADD("--fault %s,%s@%s", kind, drawing->vms[vm], where);
    else
        ADD("--fault %s,%s.cpu%" PRIu64 "@%s", kind, primary ? "primary" : "backup",
            upto(drawing, drawing->processors - 1), where);
}

static void draw_faults(struct drawing *drawing, bool bare)
{
    uint64_t faults = one_in(drawing, 6) ? 0 : magnitude(drawing, 1, FAULTS_DRAWN_MAX);
    for (uint64_t i = 0; i < faults; i++) {
        uint64_t kind = upto(drawing, 9);
        if (drawing->processors && one_in(drawing, 2))
            draw_processor_fault(drawing);
        else if (kind < 6)
            draw_crash(drawing, bare);
        else if (kind < 7)
            draw_flip(drawing, bare);
        else
            draw_disturbance(drawing, bare);
        if (!bare && !drawing->both_beside && one_in(drawing, 2)) {
            char where[96];
            draw_where(drawing, true, false, where, sizeof where);
            ADD("--repair %s", where);
        }
    }
}

/* ---- how ---- */

static void draw_channel(struct drawing *drawing)
{
    uint64_t latency = magnitude(drawing, 1, 1000), heartbeat = magnitude(drawing, 10, 4000), speed;
    switch (upto(drawing, 3)) {
    case 0:
        return;
    case 1: /* short: a death is known, and a fail-over done, within a few epochs */
        latency = 2;
        heartbeat = 10;
        drawing->bits_per_s = UINT64_C(100000000000);
        ADD("--set channel-bits-per-s=%" PRIu64, drawing->bits_per_s);
        ADD("--set disk-latency-us=20");
        ADD("--set disk-spread-us=4");
        break;
    case 2:
        speed = magnitude(drawing, 4000000, 10000000000);
        while (speed * heartbeat <= 2 * HEARTBEAT_BITS * UINT64_C(1000000)) /* with no room at all it is refused */
            heartbeat *= 2;
        ADD("--set channel-bits-per-s=%" PRIu64, speed);
        drawing->bits_per_s = speed;
        break;
    default:
        ADD("--set disk-latency-us=%" PRIu64, upto(drawing, 1000));
        ADD("--set disk-spread-us=%" PRIu64, upto(drawing, 100));
    }
    uint64_t least = heartbeat + 2 * latency + 1;
    drawing->latency_us = latency;
    drawing->heartbeat_us = heartbeat;
    ADD("--set channel-latency-us=%" PRIu64, latency);
    ADD("--set heartbeat-us=%" PRIu64, heartbeat);
    ADD("--set timeout-us=%" PRIu64, (least < 20 ? 20 : least) + magnitude(drawing, 1, 4000) - 1);
}

static void draw_settings(struct drawing *drawing)
{
    if (one_in(drawing, 3))
        ADD("--set channel-crash=1");
    if (one_in(drawing, 2))
        ADD("--set digest-epochs=%" PRIu64, magnitude(drawing, 1, 64));
    if (one_in(drawing, 4))
        ADD("--set lag-epochs=%" PRIu64, magnitude(drawing, 2, 256));
    if (one_in(drawing, 8) || drawing->waits) /* then waiting takes instructions, which --timeout counts */
        ADD("--set epoch-on-idle=0");
    if (one_in(drawing, 16))
        ADD("--set epoch-counts=1");
    if (one_in(drawing, 16))
        ADD("--set epoch-on-drain=1");
    if (one_in(drawing, 8))
        ADD("--set drift-ppm=%" PRIu64, upto(drawing, 1000));
    if (one_in(drawing, 8))
        ADD("--set cost-epoch-us=%" PRIu64, magnitude(drawing, 1, drawing->epoch < 100 ? drawing->epoch : 100));
    if (one_in(drawing, 8))
        ADD("--set cost-simulate-us=%" PRIu64, magnitude(drawing, 1, 20));
}

/* A bound on the backup's lag: none, or more than what it always is. */
static void draw_lag(struct drawing *drawing)
{
    uint64_t report_us = magnitude(drawing, 100, 50000), reports = report_us / drawing->heartbeat_us + 1;
    uint64_t least = drawing->epoch * NS_PER_INSTRUCTION / 1000 + 1 + 2 * drawing->latency_us +
                     (reports + 1) * drawing->heartbeat_us;
    if (!one_in(drawing, 4))
        return;
    ADD("--set lag-report-us=%" PRIu64, report_us);
    ADD("--set lag-max-us=%" PRIu64, one_in(drawing, 4) ? 0 : least + magnitude(drawing, 1, 10000));
}

static void draw_protocol(struct drawing *drawing)
{
    static const char *const policies[] = {"disconnect", "uncertain", "reissue"};
    unsigned protocols = 0;
    while (protocol_name(protocols))
        protocols++;
    const char *name;
    do {
        struct error error;
        name = protocol_name((unsigned)upto(drawing, protocols - 1));
        drawing->backup_executes = !protocol_has_checkpoints(protocol_find(name, &error));
    } while (!drawing->backup_executes &&
             (drawing->epoch < CHECKPOINT_EPOCH_MIN || drawing->bits_per_s < CHECKPOINT_BITS_PER_S_MIN));
    ADD("--protocol %s", name);
    if (one_in(drawing, 2))
        ADD("--failover %s", policies[upto(drawing, 2)]);
    if (one_in(drawing, 8))
        ADD("--console plain");
    drawing->broken = one_in(drawing, 12);
    if (drawing->broken) {
        enum assumption assumption = (enum assumption)upto(drawing, ASSUMPTION_COUNT - 1);
        drawing->waits = assumption == ASSUMPTION_DELIVERY;
        ADD("--break-assumption %s", assumption_name(assumption));
    } else if (one_in(drawing, 4))
        ADD("--record log");
}

/* Where a virtual machine is, and what becomes of it, each with a comma before it. */
static void draw_attributes(struct drawing *drawing, char *text, size_t size)
{
    static const char *const recoveries[] = {"none", "spare", "share", "take"};
    unsigned present = drawing->processors - drawing->spares;
    char on[16] = "shared";
    if (present == 1 || one_in(drawing, 2))
        snprintf(on, sizeof on, "%" PRIu64, present == 1 ? 0 : upto(drawing, present - 2));
    snprintf(text, size, ",on=%s,recovery=%s,unsaved=%s,priority=%" PRIu64, on, recoveries[upto(drawing, 3)],
             one_in(drawing, 2) ? "restart" : "end", 126 + upto(drawing, 4));
}

static void draw_processors(struct drawing *drawing)
{
    char attributes[96];
    if (!one_in(drawing, 3))
        return;
    drawing->processors = (unsigned)magnitude(drawing, 1, 4);
    drawing->spares = one_in(drawing, 2) ? (unsigned)upto(drawing, drawing->processors - 1) : 0;
    ADD("--set processors=%u", drawing->processors);
    ADD("--set spares=%u", drawing->spares);
    draw_attributes(drawing, attributes, sizeof attributes);
    if (one_in(drawing, 2))
        ADD("--vm first%s", attributes);
}

static void draw_beside(struct drawing *drawing)
{
    static const char *const where[] = {"primary", "backup", "both"}, *const names[] = {"vm-1", "vm-2"};
    uint64_t seldom = drawing->processors ? 2 : 6;
    for (unsigned i = 0; i < 2 && one_in(drawing, seldom); i++) {
        uint64_t computer = upto(drawing, drawing->backup_executes ? 2 : 1);
        const char *image = one_in(drawing, 4) ? "increment" : one_in(drawing, 4) ? "ticker" : "neighbour";
        char attributes[96];
        drawing->both_beside |= computer == 2;
        if (!drawing->processors) {
            ADD("--beside @%s.elf@%s", image, where[computer]);
            continue;
        }
        drawing->vms[i] = names[i];
        draw_attributes(drawing, attributes, sizeof attributes);
        ADD("--vm %s,image=@%s.elf,ram=4M,terminal=beside-%u.txt,at=%s%s", names[i], image, i + 1, where[computer],
            attributes);
    }
}

static void draw_length(struct drawing *drawing, const struct guest *guest)
{
    uint64_t limit = magnitude(drawing, 1000, 2000000);
    drawing->epoch = one_in(drawing, 6)   ? magnitude(drawing, 1, 30)
                     : one_in(drawing, 3) ? 4096
                                          : magnitude(drawing, 30, 30000);
    if (limit > drawing->epoch * EPOCHS_MAX)
        limit = drawing->epoch * EPOCHS_MAX;
    drawing->insns = guest->insns < limit ? guest->insns : limit;
    if (drawing->epoch != 4096)
        ADD("--epoch %" PRIu64, drawing->epoch);
    if (drawing->insns == limit || one_in(drawing, 8)) {
        ADD("--timeout %" PRIu64, limit);
        drawing->bounded = true;
    }
}

void draw_command(uint64_t seed, uint64_t index, struct command *command)
{
    struct settings usual;
    settings_defaults(&usual);
    struct drawing drawn = {.rng = rng_new(seed, index),
                            .command = command,
                            .latency_us = usual.channel_latency_us,
                            .heartbeat_us = usual.heartbeat_us,
                            .bits_per_s = usual.channel_bits_per_s},
                   *drawing = &drawn;
    const struct guest *guest = &guests[upto(drawing, GUESTS - 1)];
    bool bare = guest->bare && one_in(drawing, 2);
    memset(command, 0, sizeof *command);
    command->guest = guest->name;
    command->typed = guest->typed;
    ADD(bare ? "--mode bare" : "--mode pair");
    if (bare)
        ADD("--set computers=2");
    if (!one_in(drawing, 8))
        ADD("--disk disk,create=128K%s", one_in(drawing, 8) ? ",snapshot" : "");
    ADD("--seed %" PRIu64, upto(drawing, 99));
    draw_length(drawing, guest);
    draw_channel(drawing);
    if (!bare) {
        draw_protocol(drawing);
        draw_settings(drawing);
        draw_processors(drawing);
        draw_beside(drawing);
    }
    draw_faults(drawing, bare);
    if (!bare)
        draw_lag(drawing);
    if (!drawing->bounded) /* a guest may never end: where a bit flips, say, or its timer is faster than its epochs */
        ADD("--timeout %" PRIu64, drawing->insns < 500000 ? 2 * drawing->insns + 100000 : UINT64_C(2000000));
}
