/* adjust.c - see adjust.h. */
#include "ft/vmm/adjust.h"

#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

void timer_thinning_visit(struct timer_thinning *thinning, struct visit *visit)
{
    VISIT(visit, thinning->rate);
    VISIT(visit, thinning->given_ticks);
    VISIT(visit, thinning->period_ticks);
    VISIT(visit, thinning->withheld);
    VISIT(visit, thinning->match_ticks);
    VISIT(visit, thinning->due_ticks);
    if (thinning->rate < 1 || thinning->rate > THIN_TIMER_MAX)
        visit_refuse(visit);
}

void gathering_visit(struct gathering *gathering, struct visit *visit)
{
    if (visit->reading)
        gathering_free(gathering);
    for (unsigned i = 0; i < GATHERED_KINDS; i++)
        VISIT_QUEUE(visit, &gathering->of[i], interrupt_visit);
}

void gathering_free(struct gathering *gathering)
{
    for (unsigned i = 0; i < GATHERED_KINDS; i++) {
        for (; QUEUE_COUNT(&gathering->of[i]); QUEUE_POP(&gathering->of[i]))
            interrupt_free(QUEUE_FRONT(&gathering->of[i]));
        QUEUE_FREE(&gathering->of[i]);
    }
    *gathering = (struct gathering){0};
}

static const struct settings *settings_of(const struct vmm *vmm)
{
    return &vmm->computer->world->config.settings;
}

void adjust_begin(struct vmm *vmm)
{
    vmm->thinning.rate = vmm->rate_logged = settings_of(vmm)->thin_timer;
}

void adjust_log_rate(struct vmm *vmm)
{
    uint64_t wanted = settings_of(vmm)->thin_timer;
    if (wanted == vmm->rate_logged)
        return;
    vmm->rate_logged = wanted;
    vmm_interrupt(vmm, &(struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_RATE, .value = (uint32_t)wanted});
}

/* ---- what is counted ---- */

static enum interrupt_class class_of(const struct interrupt *interrupt)
{
    switch (interrupt->kind) {
    case INTERRUPT_CONSOLE:
        return CLASS_CONSOLE;
    case INTERRUPT_DISK:
        return interrupt->disk.device == DISK_DEVICE_CONTROLLER ? CLASS_DISK : CLASS_VIRTIO;
    case INTERRUPT_NETWORK:
        return CLASS_NET;
    default:
        return CLASS_TIMER;
    }
}

/* EXTERNAL interrupts are given as one; all but the last have been withheld, and the last one too if it was LATE. */
static void count(struct vmm *vmm, enum interrupt_class class, uint64_t external, bool late, uint64_t longest_ps)
{
    struct interrupt_counts *counts = &vmm->computer->interrupts[class];
    uint64_t withheld = external - !late;
    if (vmm->suppressed)
        return;
    counts->external += external;
    counts->given++;
    counts->withheld += withheld;
    counts->longest_ps = longest_ps > counts->longest_ps ? longest_ps : counts->longest_ps;
    if (withheld)
        computer_step_taken(vmm->computer, PROTOCOL_STEP_ADJUSTED);
}

/* ---- fixed period ---- */

/* When is the match at MATCH_TICKS due? */
static uint64_t due_of(const struct vmm *vmm, uint64_t match_ticks)
{
    const struct timer_thinning *thinning = &vmm->thinning;
    uint64_t before = thinning->period_ticks, clock_hz = vmm->computer->board->clock_hz;
    if (thinning->rate == 1 || !thinning->given_ticks || match_ticks <= thinning->given_ticks)
        return match_ticks;
    uint64_t period = match_ticks - thinning->given_ticks;
    uint64_t differs = period > before ? period - before : before - period;
    unsigned __int128 delay = (unsigned __int128)(thinning->rate - 1) * period;
    bool short_enough = delay * (PS_PER_S / PS_PER_US) <= (unsigned __int128)settings_of(vmm)->thin_max_us * clock_hz;
    return differs <= before / 8 && short_enough ? match_ticks + (uint64_t)delay : match_ticks;
}

uint64_t adjust_timer_due_ticks(const struct vmm *vmm)
{
    if (vmm->thinning.withheld)
        return vmm->thinning.due_ticks;
    return due_of(vmm, board_timer_match(vmm->computer->board, 0, vmm->timer_seen_ticks));
}

/* A match that has passed by CLOCK_PS is withheld from now on. Returns the tick of the clock. What was looked at moves
 * on at an END only: a backup that is sent the interrupts looks at nothing between two ends, and must see the same. */
static uint64_t look(struct vmm *vmm, uint64_t clock_ps, bool end)
{
    struct timer_thinning *thinning = &vmm->thinning;
    const struct board *board = vmm->computer->board;
    uint64_t seen = vmm->timer_seen_ticks, ticks = time_to_ticks(clock_ps, board->clock_hz);
    uint64_t match = board_timer_match(board, 0, seen);
    if (!thinning->withheld && ticks > seen && match <= ticks) {
        thinning->withheld = true;
        thinning->match_ticks = match;
        thinning->due_ticks = due_of(vmm, match);
    }
    if (end && ticks > seen)
        vmm->timer_seen_ticks = ticks;
    return ticks;
}

/* The match at MATCH_TICKS is given, as of DUE_TICKS. */
static void give(struct vmm *vmm, uint64_t match_ticks, uint64_t due_ticks)
{
    struct timer_thinning *thinning = &vmm->thinning;
    thinning->period_ticks = thinning->given_ticks ? match_ticks - thinning->given_ticks : 0;
    thinning->given_ticks = due_ticks;
    thinning->withheld = false;
    if (match_ticks > vmm->timer_seen_ticks)
        vmm->timer_seen_ticks = match_ticks;
}

bool adjust_timer_due(struct vmm *vmm, uint64_t clock_ps, bool end, struct interrupt *given)
{
    struct timer_thinning *thinning = &vmm->thinning;
    uint64_t ticks = look(vmm, clock_ps, end);
    if (!thinning->withheld || thinning->due_ticks > ticks)
        return false;
    uint64_t match = thinning->match_ticks, delay = thinning->due_ticks - match;
    uint64_t period = match - thinning->given_ticks, hz = vmm->computer->board->clock_hz;
    *given =
        (struct interrupt){.epoch = vmm->epoch, .kind = INTERRUPT_MATCH, .number = match, .value = (uint32_t)delay};
    give(vmm, match, thinning->due_ticks);
    count(vmm, CLASS_TIMER, 1 + (delay ? delay / period : 0), false, ticks_to_time(delay, hz));
    return true;
}

void adjust_timer_follow(struct vmm *vmm, uint64_t clock_ps)
{
    for (size_t i = vmm->buffered.first; i < vmm->buffered.items.count; i++) {
        const struct interrupt *given = &vmm->buffered.items.at[i];
        if (given->epoch == vmm->epoch && given->kind == INTERRUPT_MATCH)
            give(vmm, given->number, given->number + given->value);
    }
    look(vmm, clock_ps, true);
}

void adjust_timer_set(struct vmm *vmm)
{
    struct timer_thinning *thinning = &vmm->thinning;
    uint64_t now = time_to_ticks(vmm_clock(vmm), vmm->computer->board->clock_hz);
    if (thinning->withheld && thinning->due_ticks > now)
        thinning->due_ticks = now > thinning->match_ticks ? now : thinning->match_ticks;
    else if (!thinning->withheld && now > vmm->timer_seen_ticks)
        vmm->timer_seen_ticks = now; /* an alarm that has gone by when it is set matches when the counter comes round */
}

/* ---- unfixed ---- */

static bool ends_a_line(uint32_t byte)
{
    return byte == 0x0A || byte == 0x0D || byte == 0x04;
}

/* All that is gathered of KIND is given now: the last of it just came, or is LATE, too. */
static void release(struct vmm *vmm, enum gathered_kind kind, bool late)
{
    uint64_t given = 0, first_ps = 0, now = computer_now(vmm->computer);
    enum interrupt_class class = CLASS_TIMER;
    events_cancel_one(&vmm->computer->events, EVENT_GATHERED, kind);
    for (; QUEUE_COUNT(&vmm->gathering.of[kind]) && !vmm->computer->dying; given++) {
        struct interrupt interrupt = *QUEUE_FRONT(&vmm->gathering.of[kind]);
        QUEUE_POP(&vmm->gathering.of[kind]);
        class = class_of(&interrupt);
        first_ps = given ? first_ps : interrupt.since_ps;
        interrupt.epoch = vmm->epoch;
        vmm_interrupt(vmm, &interrupt);
    }
    if (given)
        count(vmm, class, given, late, now - first_ps);
}

void adjust_gathered(struct vmm *vmm, enum gathered_kind kind)
{
    release(vmm, kind, true);
}

uint64_t adjust_waiting(const struct vmm *vmm, enum input_stream stream)
{
    if (stream == STREAM_SEAT)
        return 0;
    return QUEUE_COUNT(&vmm->gathering.of[stream == STREAM_TERMINAL ? GATHERED_BYTES : GATHERED_FRAMES]);
}

/* Is nothing more to be waited for than what has come? A line has ended, or the guest's port has as much as it wants to
 * be interrupted for, or no room; no command is outstanding. */
static bool complete(struct vmm *vmm, const struct interrupt *last)
{
    struct board *board = vmm->computer->board;
    const struct input *input = interrupt_input(last);
    if (last->kind == INTERRUPT_DISK)
        return vmm->computer->in_flight.count == 0;
    uint64_t come = adjust_waiting(vmm, input->stream) + vmm->input[input->stream].buffered;
    if (last->kind == INTERRUPT_NETWORK)
        return 2 * come >= board_frames_room(board); /* its ring is half full */
    return ends_a_line(last->value) || come >= board_input_wanted(board) || come >= board_input_room(board);
}

/* What KIND of gathered INTERRUPT is; GATHERED_KINDS: none. */
static enum gathered_kind kind_of(const struct interrupt *interrupt)
{
    switch (interrupt->kind) {
    case INTERRUPT_CONSOLE:
        return GATHERED_BYTES;
    case INTERRUPT_NETWORK:
        return GATHERED_FRAMES;
    case INTERRUPT_DISK:
        return GATHERED_COMPLETIONS;
    default:
        return GATHERED_KINDS;
    }
}

void adjust_interrupt(struct vmm *vmm, const struct interrupt *interrupt)
{
    struct computer *computer = vmm->computer;
    uint64_t wait_ps = settings_of(vmm)->gather_us * PS_PER_US, now = computer_now(computer);
    enum gathered_kind kind = kind_of(interrupt);
    bool first = kind == GATHERED_KINDS || !QUEUE_COUNT(&vmm->gathering.of[kind]);
    if (kind == GATHERED_KINDS || (!wait_ps && first)) {
        vmm_interrupt(vmm, interrupt);
        if (kind != GATHERED_KINDS)
            count(vmm, class_of(interrupt), 1, false, 0);
        return;
    }
    struct interrupt *last = QUEUE_PUSH(&vmm->gathering.of[kind]);
    *last = *interrupt;
    last->since_ps = now;
    if (complete(vmm, interrupt)) {
        release(vmm, kind, false);
        return;
    }
    /* US without another byte; or US after the first frame or completion. */
    if (kind == GATHERED_BYTES)
        events_cancel_one(&computer->events, EVENT_GATHERED, kind);
    if (kind == GATHERED_BYTES || first)
        events_add(&computer->events, now + wait_ps, EVENT_GATHERED, kind);
}

void adjust_forget(struct vmm *vmm)
{
    for (; QUEUE_COUNT(&vmm->gathering.of[GATHERED_COMPLETIONS]); QUEUE_POP(&vmm->gathering.of[GATHERED_COMPLETIONS]))
        interrupt_free(QUEUE_FRONT(&vmm->gathering.of[GATHERED_COMPLETIONS]));
    events_cancel_one(&vmm->computer->events, EVENT_GATHERED, GATHERED_COMPLETIONS);
}
