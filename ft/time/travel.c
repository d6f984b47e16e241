/* travel.c - see travel.h. */
#include "ft/travel.h"

#include <string.h>

#include "ft/hosts.h"
#include "ft/snapshot.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

enum {
    SPACING_INSNS = HARD(1 << 20, 1 << 8), /* between two snapshots while a run goes on */
    DENSE_INSNS = 128,                     /* on the way back: no denser than this */
    LOOKS_PER_S = 60,
    LONGER = 4,      /* pieces between two looks at a guest that works: host threads begin less often */
    AGE_TO_GAP = 16, /* a snapshot goes when its neighbours are nearer to each other than its age through this */
};

/* A snapshot and where it is. WORK is what the host has to do to come there from the start: instructions of all
 * computers. */
struct keep {
    struct snapshot *snapshot;
    struct travel_place place;
    uint64_t work;
    size_t deeds; /* how many lie before it */
    bool works;
};

struct deed {
    struct moment when;
    struct snapshot *patch;
};

struct travel {
    struct system *system;
    uint64_t budget_bytes, kept_bytes;
    VEC(struct keep) ring; /* oldest first; the last one is the present, as the last run left it */
    VEC(struct deed) deeds;
    size_t applied; /* of the deeds, those that lie before the present */
    uint64_t work, furthest;
    uint64_t seen_insns[2];
    enum travel_look (*look)(void *arg);
    void *look_arg;
    bool ahead; /* on two host threads */
    bool works; /* it has done little else in the last piece */
    void (*tell)(void *arg, uint64_t done, uint64_t of);
    void *tell_arg;
    struct moment stopped; /* the present, as the last run left it */
};

struct travel *travel_new(struct system *system, uint64_t budget_bytes)
{
    struct travel *travel = calloc(1, sizeof *travel);
    memory_need(travel);
    travel->system = system;
    travel->budget_bytes = budget_bytes;
    return travel;
}

void travel_watch(struct travel *travel, enum travel_look (*look)(void *arg), void *arg)
{
    travel->look = look;
    travel->look_arg = arg;
}

void travel_ahead(struct travel *travel, bool ahead)
{
    travel->ahead = ahead;
}

void travel_told(struct travel *travel, void (*tell)(void *arg, uint64_t done, uint64_t of), void *arg)
{
    travel->tell = tell;
    travel->tell_arg = arg;
}

static void drop_keeps(struct travel *travel, size_t count)
{
    while (travel->ring.count > count) {
        struct keep *keep = &travel->ring.at[--travel->ring.count];
        travel->kept_bytes -= keep->place.bytes;
        snapshot_free(keep->snapshot);
    }
}

static void drop_deeds(struct travel *travel, size_t count)
{
    while (travel->deeds.count > count) {
        struct deed *deed = &travel->deeds.at[--travel->deeds.count];
        travel->kept_bytes -= snapshot_bytes(deed->patch);
        snapshot_free(deed->patch);
    }
}

void travel_free(struct travel *travel)
{
    if (!travel)
        return;
    drop_keeps(travel, 0);
    drop_deeds(travel, 0);
    VEC_FREE(&travel->ring);
    VEC_FREE(&travel->deeds);
    free(travel);
}

/* ---- the ring ---- */

static uint64_t insns_of(const struct travel *travel, unsigned computer)
{
    return computer_insns(travel->system->computer[computer]);
}

/* Of what is looked at: the same, or another virtual machine of that computer. The ways back are the first one's. */
static uint64_t looked_insns(const struct travel *travel, unsigned computer)
{
    return computer_insns(system_looked(travel->system, computer));
}

static void see_insns(struct travel *travel)
{
    for (unsigned i = 0; i < travel->system->world.computers; i++)
        travel->seen_insns[i] = insns_of(travel, i);
}

/* Count what has been run since the last look. */
static void count_work(struct travel *travel)
{
    for (unsigned i = 0; i < travel->system->world.computers; i++)
        if (insns_of(travel, i) > travel->seen_insns[i])
            travel->work += insns_of(travel, i) - travel->seen_insns[i];
    see_insns(travel);
    if (travel->work > travel->furthest)
        travel->furthest = travel->work;
}

static void remove_keep(struct travel *travel, size_t index)
{
    struct keep *keep = &travel->ring.at[index];
    travel->kept_bytes -= keep->place.bytes;
    snapshot_free(keep->snapshot);
    memmove(keep, keep + 1, (--travel->ring.count - index) * sizeof *keep);
}

/* How much nearer its neighbours are than its age asks for: the larger, the less it is missed. */
static bool is_too_near(const struct travel *travel, size_t index, uint64_t age_to_gap)
{
    const struct keep *keep = &travel->ring.at[index];
    uint64_t gap = keep[1].work - keep[-1].work, age = travel->work - keep[1].work;
    return gap <= age / age_to_gap;
}

uint64_t travel_bytes(const struct travel *travel)
{
    return travel->kept_bytes + system_pages_bytes(travel->system);
}

/* The first and the last stay; a deed's state is a snapshot like others, because deeds are kept by themselves. */
static void thin(struct travel *travel)
{
    for (size_t i = 1; i + 1 < travel->ring.count;)
        if (is_too_near(travel, i, AGE_TO_GAP))
            remove_keep(travel, i);
        else
            i++;
    while (travel_bytes(travel) > travel->budget_bytes && travel->ring.count > 2) {
        size_t worst = 1;
        double least = -1;
        for (size_t i = 1; i + 1 < travel->ring.count; i++) {
            const struct keep *keep = &travel->ring.at[i];
            double gap = (double)(keep[1].work - keep[-1].work) / (double)(travel->work - keep->work + 1);
            if (least < 0 || gap < least) {
                least = gap;
                worst = i;
            }
        }
        remove_keep(travel, worst);
    }
}

/* The present becomes a snapshot, the last one. */
static void keep_present(struct travel *travel)
{
    struct system *system = travel->system;
    struct keep keep = {.snapshot = system_snapshot(system), .deeds = travel->applied, .works = travel->works};
    count_work(travel);
    keep.work = travel->work;
    for (unsigned i = 0; i < system->world.computers; i++) {
        keep.place.insns[i] = insns_of(travel, i);
        keep.place.epoch[i] = computer_place(system->computer[i]).epoch;
        keep.place.alive[i] = computer_alive(system, i);
        if (computer_now(system->computer[i]) > keep.place.time_ps)
            keep.place.time_ps = computer_now(system->computer[i]);
    }
    keep.place.bytes = snapshot_bytes(keep.snapshot);
    const struct keep *last = travel->ring.count ? &travel->ring.at[travel->ring.count - 1] : NULL;
    if (travel->ring.count > 1 && last->work == keep.work && last->deeds == keep.deeds)
        drop_keeps(travel, travel->ring.count - 1); /* of the same place: the newer one */
    *VEC_PUSH(&travel->ring) = keep;
    travel->kept_bytes += keep.place.bytes;
    thin(travel);
}

unsigned travel_places(const struct travel *travel, unsigned index, struct travel_place *place)
{
    if (place && index < travel->ring.count)
        *place = travel->ring.at[index].place;
    return (unsigned)travel->ring.count;
}

uint64_t travel_budget_bytes(const struct travel *travel)
{
    return travel->budget_bytes;
}

/* The system becomes as it was at snapshot INDEX; what came after it is no longer in the ring. */
static void go(struct travel *travel, size_t index)
{
    const struct keep *keep = &travel->ring.at[index];
    system_restore(travel->system, keep->snapshot);
    travel->applied = keep->deeds;
    travel->work = keep->work;
    travel->works = keep->works;
    see_insns(travel);
    drop_keeps(travel, index + 1);
}

/* ---- deeds ---- */

bool travel_note_deeds(struct travel *travel)
{
    struct system *system = travel->system;
    if (!travel->ring.count) {
        keep_present(travel); /* whatever was done before belongs to the start */
        travel->stopped = system_moment(system, 0);
        return false;
    }
    const struct snapshot *left = travel->ring.at[travel->ring.count - 1].snapshot;
    struct snapshot *now = system_snapshot(system);
    bool same = snapshot_equal(now, left);
    snapshot_free(now);
    if (same)
        return false;
    bool ahead = travel->work < travel->furthest || travel->applied < travel->deeds.count;
    drop_deeds(travel, travel->applied);
    if (ahead)
        system_forget_future(system);
    *VEC_PUSH(&travel->deeds) = (struct deed){travel->stopped, system_patch(system, left)};
    travel->kept_bytes += snapshot_bytes(travel->deeds.at[travel->applied].patch);
    travel->applied++;
    keep_present(travel);
    travel->furthest = travel->work;
    return ahead;
}

/* The deeds that are due at the time of COMPUTER: run to their very moments, and let them happen again. */
static void do_again(struct travel *travel, unsigned computer)
{
    size_t before = travel->applied;
    bool interrupted = false;
    for (; travel->applied < travel->deeds.count; travel->applied++) {
        const struct deed *deed = &travel->deeds.at[travel->applied];
        struct system_until until = {.computer = deed->when.computer, .goes_on = true, .moment = &deed->when};
        if (computer_time_ps(travel->system, computer) < deed->when.time_ps)
            break;
        while (system_run_until(travel->system, &until) == STOP_INTERRUPTED)
            interrupted = true; /* it is not far, and the deed belongs there and nowhere else */
        count_work(travel);
        system_restore(travel->system, deed->patch);
        see_insns(travel);
    }
    if (interrupted)
        system_interrupt(travel->system); /* whoever goes on from here comes to hear of it */
    if (travel->applied != before)
        keep_present(travel);
}

/* ---- forward ---- */

static bool reached(const struct travel *travel, const struct system_until *until)
{
    const struct system *system = travel->system;
    unsigned computer = until->computer;
    return (until->insns && looked_insns(travel, computer) >= until->insns) ||
           (until->epoch && computer_epoch(system, computer) >= until->epoch) ||
           (until->time_ps && computer_time_ps(system, computer) >= until->time_ps);
}

/* A run as a person asked for it. */
struct course {
    struct system_until until;
    travel_predicate *stops;
    void *arg;
};

/* Run until PIECE, past the stop points at which COURSE does not stop. */
static enum stop_kind run_past(struct system *system, struct system_until *piece, const struct course *course)
{
    enum stop_kind stop;
    while ((stop = system_run_until(system, piece)) == STOP_BREAKPOINT && course->stops && !course->stops(course->arg))
        piece->goes_on = false;
    return stop;
}

/* Some of the way to UNTIL on two host threads, from where the last snapshot was taken. What comes first then - an end,
 * a death - is for one thread alone, from there again: so both computers stand where they always do. */
static void run_ahead(struct travel *travel, const struct system_until *until)
{
    bool stops = until->point_count || until->text || until->moment || until->epoch || until->told;
    if (!travel->ahead || stops || !until->time_ps || !system_can_run_ahead(travel->system))
        return;
    if (!system_run_ahead(travel->system, until))
        go(travel, travel->ring.count - 1);
}

/* May the next piece be longer? Not if somebody waits for what is typed, or for a picture. */
static bool may_be_longer(const struct travel *travel, const struct display *display)
{
    return travel->look && travel->works && !display_listening(display);
}

/* Has COMPUTER worked most of the time since it was at BEFORE? */
static bool has_worked(const struct computer *computer, struct moment before)
{
    struct moment now = computer_moment(computer);
    return (now.insns - before.insns) * 2 * computer->insn_ps >= now.time_ps - before.time_ps;
}

/* Run to COURSE's end, or for SPACING instructions, or to where the next deed was done. */
static enum stop_kind run_piece(struct travel *travel, const struct course *course, uint64_t spacing)
{
    struct system *system = travel->system;
    struct system_until piece = course->until;
    const struct deed *deed = travel->applied < travel->deeds.count ? &travel->deeds.at[travel->applied] : NULL;
    const struct moment before = computer_moment(system->computer[piece.computer]);
    unsigned longer = may_be_longer(travel, computer_display(system, system_acting(system))) ? LONGER : 1;
    uint64_t end = looked_insns(travel, piece.computer) + spacing * longer;
    if (!piece.insns || piece.insns > end)
        piece.insns = end;
    uint64_t glance_ps = computer_time_ps(system, piece.computer) + PS_PER_S / LOOKS_PER_S * longer;
    if (travel->look && (!piece.time_ps || piece.time_ps > glance_ps))
        piece.time_ps = glance_ps;
    if (deed && (!piece.time_ps || piece.time_ps > deed->when.time_ps))
        piece.time_ps = deed->when.time_ps;
    if (travel->look && !deed)
        run_ahead(travel, &piece);
    enum stop_kind stop = run_past(system, &piece, course);
    if (stop != STOP_INTERRUPTED)
        do_again(travel, piece.computer);
    count_work(travel);
    travel->works = has_worked(system->computer[piece.computer], before);
    return stop;
}

/* Let who watches look. Does he want to stop here? */
static bool pauses(struct travel *travel, unsigned computer)
{
    travel->stopped = system_moment(travel->system, computer);
    enum travel_look look = travel->look(travel->look_arg);
    if (look == TRAVEL_DID)
        travel_note_deeds(travel);
    return look == TRAVEL_PAUSE;
}

/* Who is looked at waits for a processor: nothing comes of that but a time, or what is to be done again. */
static bool waits(const struct travel *travel, const struct system_until *until)
{
    return system_waits(travel->system, until->computer) && !until->time_ps && travel->applied == travel->deeds.count;
}

static enum stop_kind forward(struct travel *travel, struct course course)
{
    enum stop_kind stop;
    while ((stop = run_piece(travel, &course, SPACING_INSNS)) == STOP_REACHED && !reached(travel, &course.until)) {
        if (waits(travel, &course.until)) {
            stop = STOP_WAITS;
            break;
        }
        keep_present(travel);
        course.until.goes_on = true;
        if (travel->look && pauses(travel, course.until.computer)) {
            stop = STOP_INTERRUPTED;
            break;
        }
    }
    keep_present(travel);
    travel->stopped = system_moment(travel->system, course.until.computer);
    return stop;
}

enum stop_kind travel_run(struct travel *travel, const struct system_until *until, travel_predicate *stops, void *arg)
{
    travel_note_deeds(travel);
    return forward(travel, (struct course){*until, stops, arg});
}

/* ---- back ---- */

/* Run to instruction INSNS of COMPUTER, with snapshots denser and denser, so that the next way back is short. */
static enum travel_result approach(struct travel *travel, unsigned computer, uint64_t insns)
{
    struct course course = {.until = {.computer = computer, .goes_on = true, .insns = insns}};
    enum stop_kind stop = STOP_REACHED;
    uint64_t begin = insns_of(travel, computer);
    do_again(travel, computer); /* what was done at this very place */
    while (stop == STOP_REACHED && insns_of(travel, computer) < insns) {
        uint64_t left = insns - insns_of(travel, computer);
        stop = run_piece(travel, &course, left / 2 < DENSE_INSNS ? left : left / 2);
        keep_present(travel);
        if (travel->tell)
            travel->tell(travel->tell_arg, insns_of(travel, computer) - begin, insns - begin);
    }
    travel->stopped = system_moment(travel->system, computer);
    return stop == STOP_INTERRUPTED ? TRAVEL_INTERRUPTED : TRAVEL_REACHED;
}

/* To the first snapshot. */
static enum travel_result go_to_start(struct travel *travel, unsigned computer)
{
    go(travel, 0);
    travel->stopped = system_moment(travel->system, computer);
    return TRAVEL_START;
}

/* The latest snapshot at which COMPUTER had executed no more than INSNS instructions; false: there is none. */
static bool latest_before(const struct travel *travel, unsigned computer, uint64_t insns, size_t *index)
{
    for (*index = travel->ring.count; (*index)-- > 0;)
        if (travel->ring.at[*index].place.insns[computer] <= insns)
            return true;
    return false;
}

enum travel_result travel_back_insns(struct travel *travel, unsigned computer, uint64_t count)
{
    travel_note_deeds(travel);
    uint64_t insns = insns_of(travel, computer);
    size_t index;
    if (count > insns || !latest_before(travel, computer, insns - count, &index))
        return go_to_start(travel, computer);
    go(travel, index);
    return approach(travel, computer, insns - count);
}

enum travel_result travel_back_epochs(struct travel *travel, unsigned computer, uint64_t count)
{
    struct system *system = travel->system;
    const struct vmm *vmm = system->computer[computer]->vmm;
    travel_note_deeds(travel);
    bool inside = vmm->in_epoch && insns_of(travel, computer) > vmm->epoch_start_insns;
    uint64_t epoch = vmm->epoch + inside;
    size_t index = travel->ring.count;
    epoch = epoch > count ? epoch - count : 0;
    while (index > 0 && travel->ring.at[index - 1].place.epoch[computer] >= epoch)
        index--;
    if (!index)
        return go_to_start(travel, computer);
    go(travel, index - 1);
    struct course course = {.until = {.computer = computer, .goes_on = true, .epoch = epoch}};
    return forward(travel, course) == STOP_INTERRUPTED ? TRAVEL_INTERRUPTED : TRAVEL_REACHED;
}

/* ---- back to a stop ---- */

struct search {
    struct travel *travel;
    const struct course *course;
    uint64_t before; /* stops from this instruction on do not count */
    bool found, interrupted;
    uint64_t insns; /* of the last stop found */
};

/* Look for stops from the present, which may be one, until instruction END. */
static void look(struct search *search, uint64_t end)
{
    struct travel *travel = search->travel;
    struct course course = *search->course;
    unsigned computer = course.until.computer;
    course.until.goes_on = true;
    course.until.insns = end;
    for (;;) {
        enum stop_kind stop = forward(travel, course);
        uint64_t insns = insns_of(travel, computer);
        search->interrupted = stop == STOP_INTERRUPTED;
        if (stop != STOP_BREAKPOINT || insns >= search->before)
            return;
        search->found = true;
        search->insns = insns;
        if (insns >= end)
            return;
        course.until.goes_on = false;
    }
}

/* The stop that was found, as a run stops there. */
static enum travel_result go_to_stop(const struct search *search)
{
    struct travel *travel = search->travel;
    struct course course = *search->course;
    unsigned computer = course.until.computer;
    uint64_t shortly = search->insns ? search->insns - 1 : 0;
    size_t index;
    if (!latest_before(travel, computer, shortly, &index))
        index = 0;
    go(travel, index);
    if (approach(travel, computer, shortly) == TRAVEL_INTERRUPTED)
        return TRAVEL_INTERRUPTED;
    enum stop_kind stop;
    course.until.goes_on = true;
    while ((stop = forward(travel, course)) == STOP_BREAKPOINT && insns_of(travel, computer) < search->insns)
        course.until.goes_on = false;
    return stop == STOP_INTERRUPTED ? TRAVEL_INTERRUPTED : TRAVEL_STOP;
}

enum travel_result travel_back_to_stop(struct travel *travel, const struct system_until *until, travel_predicate *stops,
                                       void *arg)
{
    travel_note_deeds(travel);
    const struct course course = {*until, stops, arg};
    struct search search = {.travel = travel, .course = &course, .before = insns_of(travel, until->computer)};
    uint64_t end = search.before;
    size_t index;
    while (end && latest_before(travel, until->computer, end - 1, &index)) {
        uint64_t begin = travel->ring.at[index].place.insns[until->computer];
        go(travel, index);
        look(&search, end);
        if (search.interrupted)
            return TRAVEL_INTERRUPTED;
        if (search.found)
            return go_to_stop(&search);
        end = begin;
        if (travel->tell)
            travel->tell(travel->tell_arg, search.before - begin, search.before);
    }
    return go_to_start(travel, until->computer);
}
