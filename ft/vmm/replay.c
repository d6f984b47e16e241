/* replay.c - see replay.h. */
#include "ft/vmm/replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ft/vmm/state_digest.h"
#include "ft/vmm/tape.h"
#include "ft/computer/kind.h"
#include "ft/recording.h"
#include "ft/world/world.h"
#include "mmu/base/memory.h"

struct replay {
    const struct recording_file *file;
    size_t offset; /* of what follows `next` */
    size_t taken;  /* of `next` */
    bool more;     /* `next` is the next entry */
    struct message next;
};

/* One epoch of a VP that follows a recording; it begins at the end of the epoch before the first. */
const enum action replay_program[] = {
    ACTION_RUN,         ACTION_FOLLOW,  ACTION_TAKE_CLOCK, ACTION_ADD_DUE, ACTION_DELIVER,
    ACTION_FOLLOW_LATE, ACTION_DELIVER, ACTION_NEXT_EPOCH, ACTION_LOOP,
};
enum { PROGRAM_START = 5 };

/* The next entry is behind us. What the machine itself was like is taken over at once. */
static void take(struct vmm *vmm)
{
    struct replay *replay = vmm->replay;
    do {
        replay->taken = replay->offset;
        replay->more = recording_next(replay->file, &replay->offset, &replay->next);
        if (replay->more && replay->next.message_class == MESSAGE_HARDWARE)
            vmm->computer->trap_rng.state = replay->next.value;
    } while (replay->more && replay->next.message_class == MESSAGE_HARDWARE);
}

void replay_visit(struct vmm *vmm, struct visit *visit)
{
    struct replay *replay = vmm->replay;
    VISIT(visit, replay->taken);
    if (!visit->reading)
        return;
    replay->offset = replay->taken;
    replay->more = recording_next(replay->file, &replay->offset, &replay->next);
}

void replay_begin(struct vmm *vmm)
{
    const struct recording_file *file = vmm->computer->world->config.replay;
    if (!file)
        return;
    vmm->replay = calloc(1, sizeof *vmm->replay);
    memory_need(vmm->replay);
    vmm->replay->file = file;
    vmm->replay->offset = file->first;
    vmm->computer->role = ROLE_BACKUP;
    vmm->suppressed = true;
    vmm->linked = false;
    vmm->alone = true;
    vmm->ended_epoch = vmm->performed_out = UINT64_MAX; /* no output is held for a fail-over */
    vmm->epoch = 0;
    vmm->program = replay_program;
    vmm->at = PROGRAM_START;
    take(vmm);
}

static uint64_t epoch_index(const struct vmm *vmm)
{
    return computer_insns(vmm->computer) - vmm->epoch_start_insns;
}

/* "a clock value at instruction 17 of epoch 4". */
static void describe(const struct replay *replay, char *text, size_t size)
{
    static const char *const names[MESSAGE_CLASS_END] = {
        [MESSAGE_INTERRUPT] = "an interrupt",   [MESSAGE_VALUE] = "an environment value",
        [MESSAGE_END] = "the end of the epoch", [MESSAGE_OFF] = "the power-off",
        [MESSAGE_DIGEST] = "a state digest",    [MESSAGE_RESET] = "a reset from outside",
    };
    const struct message *next = &replay->next;
    if (!replay->more)
        snprintf(text, size, "the end of the run at instruction %" PRIu64, replay->file->end.insns);
    else if (next->message_class == MESSAGE_INTERRUPT || next->message_class == MESSAGE_DIGEST)
        snprintf(text, size, "%s of epoch %" PRIu64, names[next->message_class], next->epoch);
    else
        snprintf(text, size, "%s at instruction %" PRIu64 " of epoch %" PRIu64, names[next->message_class], next->index,
                 next->epoch);
}

/* Guest and recording do not agree: the guest WHAT, and the recording has another entry next. */
static void differ(struct vmm *vmm, const char *what)
{
    struct computer *computer = vmm->computer;
    struct world *world = computer->world;
    char next[96];
    describe(vmm->replay, next, sizeof next);
    if (!world->digests_differ)
        snprintf(world->divergence, sizeof world->divergence,
                 "the replay differs from the recording in epoch %" PRIu64 ", at instruction %" PRIu64 " (%" PRIu64
                 " of the epoch): %s; the recording has %s",
                 vmm->epoch, computer_insns(computer), epoch_index(vmm), what, next);
    world->digests_differ = true;
    computer_end(computer, END_STOPPED, 0, NULL);
}

static bool next_is(const struct vmm *vmm, enum message_class message_class)
{
    const struct replay *replay = vmm->replay;
    return replay->more && replay->next.message_class == message_class && replay->next.epoch == vmm->epoch;
}

static bool next_is_here(const struct vmm *vmm, enum message_class message_class)
{
    return next_is(vmm, message_class) && vmm->replay->next.index == epoch_index(vmm);
}

/* ---- inside an epoch ---- */

static enum phys_result stall(struct vmm *vmm, enum stall why)
{
    vmm->stall = why;
    return PHYS_STALL;
}

enum phys_result replay_value(struct vmm *vmm, enum value_kind kind, uint64_t *value)
{
    if (!next_is_here(vmm, MESSAGE_VALUE) || vmm->replay->next.value_kind != kind) {
        differ(vmm, kind == VALUE_CLOCK ? "the guest reads its clock" : "the guest asks for random bits");
        return stall(vmm, STALL_NONE);
    }
    *value = vmm->replay->next.value;
    take(vmm);
    if (next_is(vmm, MESSAGE_RESET)) /* the present run does not know of that */
        board_request_stop(vmm->computer->board);
    return PHYS_OK;
}

bool replay_reset(struct vmm *vmm)
{
    bool here = next_is_here(vmm, MESSAGE_RESET);
    for (; next_is_here(vmm, MESSAGE_RESET); take(vmm))
        vmm->computer->kind->reset(vmm->computer);
    return here;
}

enum phys_result replay_off_ready(struct vmm *vmm)
{
    const struct replay *replay = vmm->replay;
    const struct recording_end *end = &replay->file->end;
    if (next_is_here(vmm, MESSAGE_OFF))
        return PHYS_OK;
    /* A suppressed VP's epoch ends before that store if nobody is known to have performed it (a failover epoch). */
    if (next_is_here(vmm, MESSAGE_END) || (!replay->more && end->ran && end->insns == computer_insns(vmm->computer)))
        return stall(vmm, STALL_OFF);
    differ(vmm, "the guest turns itself off");
    return stall(vmm, STALL_NONE);
}

void replay_off(struct vmm *vmm, uint8_t status)
{
    if (vmm->replay->next.value != status) {
        differ(vmm, "the guest turns itself off with another status");
        return;
    }
    take(vmm);
    computer_end(vmm->computer, END_EXIT, status, NULL);
}

/* ---- at its end ---- */

/* The recorded run ended here, not by the guest's doing. */
static void finish(struct vmm *vmm)
{
    const struct recording_end *end = &vmm->replay->file->end;
    if (end->end == END_EXIT || end->end == END_HALTED || end->end == END_NONE)
        differ(vmm, "the guest goes on");
    else
        computer_end(vmm->computer, end->end, 0, end->end == END_LOST ? "both computers have failed" : NULL);
}

bool replay_over(struct vmm *vmm)
{
    const struct recording_end *end = &vmm->replay->file->end;
    uint64_t insns = computer_insns(vmm->computer);
    if (vmm->computer->over)
        return true;
    if (insns > end->insns)
        differ(vmm, "the guest goes on");
    else if (!vmm->replay->more && insns == end->insns && end->end != END_EXIT && end->end != END_HALTED &&
             (!end->ran || !vmm->in_epoch))
        finish(vmm);
    else
        return false;
    return true;
}

void replay_beyond(struct vmm *vmm)
{
    differ(vmm, "the recorded run has ended");
}

uint64_t replay_limit(const struct vmm *vmm)
{
    const struct recording_end *end = &vmm->replay->file->end;
    uint64_t insns = computer_insns(vmm->computer);
    bool by_itself = end->end == END_EXIT || end->end == END_HALTED || end->ran;
    /* One more than the guest needs, so that one that does not end by itself is seen to go on. */
    uint64_t limit = end->insns - insns + by_itself, index = vmm->replay->next.index, done = epoch_index(vmm);
    return next_is(vmm, MESSAGE_RESET) && index > done ? smallest(limit, index - done) : limit;
}

bool replay_has_points(const struct recording_file *file)
{
    struct message message;
    size_t offset = file->first;
    while (recording_next(file, &offset, &message))
        if (message.message_class == MESSAGE_END)
            return message.point.reason != POINT_NONE;
    return false;
}

uint64_t replay_epoch_left(const struct vmm *vmm)
{
    uint64_t done = epoch_index(vmm), index = vmm->replay->next.index;
    bool ends = next_is(vmm, MESSAGE_END) || next_is(vmm, MESSAGE_RESET);
    if (!ends && !next_is(vmm, MESSAGE_VALUE))
        return UINT64_MAX; /* the power-off, or the end of the run */
    uint64_t until = ends ? index : index + 1;
    return until > done ? until - done : 0;
}

enum point_reason replay_reason(const struct vmm *vmm)
{
    return next_is(vmm, MESSAGE_END) ? vmm->replay->next.point.reason : POINT_NONE;
}

/* Buffer the interrupt that is next. False: it cannot have been one of this guest's. */
static bool buffer_next(struct vmm *vmm)
{
    const struct message *next = &vmm->replay->next;
    bool completion = input_of_device(next->device)->data == INPUT_COMPLETION;
    if (completion && (!next->index || next->index >= vmm->computer->board->state.disk_operations + 1))
        return false;
    struct interrupt interrupt = interrupt_from_message(next);
    vmm_buffer(vmm, &interrupt);
    return true;
}

enum outcome replay_follow_late(struct vmm *vmm)
{
    for (; next_is(vmm, MESSAGE_INTERRUPT); take(vmm)) {
        if (buffer_next(vmm))
            continue;
        differ(vmm, "the guest has issued no such command");
        return OUTCOME_AGAIN;
    }
    return OUTCOME_DONE;
}

enum outcome replay_follow(struct vmm *vmm)
{
    const struct recording_end *end = &vmm->replay->file->end;
    if (!vmm->replay->more && end->ran && end->insns == computer_insns(vmm->computer)) {
        finish(vmm);
        return OUTCOME_AGAIN;
    }
    if (!next_is_here(vmm, MESSAGE_END) ||
        (vmm->points.used && !position_is(&vmm->replay->next.point.position, &vmm->points.last.position))) {
        differ(vmm, "the epoch ends");
        return OUTCOME_AGAIN;
    }
    *QUEUE_PUSH(&vmm->clocks) = (struct logged_value){vmm->epoch, 0, vmm->replay->next.value, VALUE_CLOCK};
    take(vmm);
    return replay_follow_late(vmm);
}

void replay_digest(struct vmm *vmm)
{
    if (!next_is(vmm, MESSAGE_DIGEST))
        return;
    if (vmm_digest(vmm) != vmm->replay->next.value)
        differ(vmm, "the state at the end of the epoch is another one");
    else
        take(vmm);
}
