/* gdb_points.c - gdb's breakpoints and watchpoints (packets Z and z), and the runs that they end, forward and back.
 *
 * A run has the stops of one computer (stop.h), and gdb may have let both go. Then it is tried before it is made: from
 * a snapshot the slice is run for the one computer, and again for the other, up to where the first has come to. Whose
 * stop is the earlier one is the computer for which the slice is run in earnest, under the eyes of travel.h.
 */
#include "ft/snapshot.h"
#include "monitor/gdb/gdb.h"
#include "monitor/base/ctrl_c.h"

enum { ADDRESSES_MAX = 256, WATCHES_MAX = 64 }; /* as many as a processor takes (cpu.h) */
/* How long a run is, at most, before gdb's Ctrl-C is looked for; and how long one that is tried first. */
#define SLICE_PS      UINT64_C(20000000000)
#define SLICE_INSNS   UINT64_C(5000000)
#define SLICE_BOTH_PS UINT64_C(2000000000)

/* The one of COMPUTER that is the same as POINT, or NULL. */
static struct gdb_point *find_point(const struct gdb *gdb, unsigned computer, const struct stop_point *point)
{
    for (size_t i = 0; i < gdb->points.count; i++) {
        struct gdb_point *at = &gdb->points.at[i];
        if (at->computer == computer && at->stop.place == point->place && at->stop.offset == point->offset &&
            at->stop.size_bytes == point->size_bytes && at->stop.kinds == point->kinds)
            return at;
    }
    return NULL;
}

/* TYPE,ADDRESS,KIND of a Z or z packet. False, and the answer is there, if it is none of ours. */
static bool take_point(struct gdb *gdb, const char *rest, struct stop_point *point)
{
    static const unsigned kinds[] = {0, 0, ACCESS_WRITE, ACCESS_READ, ACCESS_READ | ACCESS_WRITE};
    uint64_t type, at, size;
    if (!gdb_take_number(&rest, 1, &type) || *rest++ != ',' || !gdb_take_number(&rest, 8, &at) || *rest++ != ',' ||
        !gdb_take_number(&rest, 8, &size) || *rest) {
        gdb_malformed(gdb, "Z");
        return false;
    }
    if (type >= sizeof kinds / sizeof kinds[0])
        return false; /* the empty answer: not supported */
    *point = (struct stop_point){.place = STOP_AT_ADDRESS, .offset = (uint32_t)at};
    if (type <= 1) {                   /* in memory or in hardware: the same here */
        point->offset &= ~UINT32_C(3); /* the low two bits are a privilege level */
    } else {
        point->place = STOP_AT_ACCESS;
        point->size_bytes = (uint32_t)size;
        point->kinds = kinds[type];
        if (size == 0 || size > UINT32_C(0x80000000) || at + size > UINT64_C(0x100000000)) {
            gdb_malformed(gdb, "Z");
            return false;
        }
    }
    return true;
}

/* How many points of PLACE a process has. */
static unsigned count_points(const struct gdb *gdb, unsigned computer, enum stop_place place)
{
    unsigned count = 0;
    for (size_t i = 0; i < gdb->points.count; i++)
        count += gdb->points.at[i].computer == computer && gdb->points.at[i].stop.place == place;
    return count;
}

void gdb_forget_points(struct gdb *gdb, unsigned computer)
{
    for (size_t i = gdb->points.count; i-- > 0;)
        if (gdb->points.at[i].computer == computer)
            gdb->points.at[i] = gdb->points.at[--gdb->points.count];
}

static bool has_points(const struct gdb *gdb, unsigned computer)
{
    return count_points(gdb, computer, STOP_AT_ADDRESS) || count_points(gdb, computer, STOP_AT_ACCESS);
}

void gdb_add_point(struct gdb *gdb, const char *rest, size_t size)
{
    struct stop_point point;
    if (!take_point(gdb, rest, &point))
        return;
    if (!find_point(gdb, gdb->general.computer, &point)) {
        unsigned room = point.place == STOP_AT_ADDRESS ? ADDRESSES_MAX : WATCHES_MAX;
        if (count_points(gdb, gdb->general.computer, point.place) == room) {
            gdb_error(gdb, GDB_NO_ROOM);
            return;
        }
        *VEC_PUSH(&gdb->points) = (struct gdb_point){gdb->general.computer, point};
    }
    gdb_reply_add(&gdb->reply, "OK");
}

void gdb_remove_point(struct gdb *gdb, const char *rest, size_t size)
{
    struct stop_point point;
    if (!take_point(gdb, rest, &point))
        return;
    struct gdb_point *found = find_point(gdb, gdb->general.computer, &point);
    if (found)
        *found = gdb->points.at[--gdb->points.count];
    gdb_reply_add(&gdb->reply, "OK");
}

bool gdb_stands_at_point(const struct gdb *gdb, unsigned computer, struct gdb_place *place)
{
    for (unsigned p = 0; p < computer_processors(gdb->monitor->system, computer); p++) {
        *place = (struct gdb_place){computer, p};
        const struct cpu_state *state = gdb_state_at(gdb, *place);
        struct stop_point point = {.place = STOP_AT_ADDRESS, .offset = state->iaoq_front & ~UINT32_C(3)};
        if (!(state->psw & PSW_N) && gdb->told[computer][p].breakpoint != state->insns + 1 &&
            find_point(gdb, computer, &point))
            return true;
    }
    return false;
}

/* ---- runs ---- */

/* The stop points of a run. */
struct points {
    struct stop_point at[ADDRESSES_MAX + WATCHES_MAX];
    unsigned count;
    uint64_t told[GDB_PROCESSORS]; /* of STOP_BEFORE_ACCESS */
};

/* What is watched stops before the access (STOP_BEFORE_ACCESS) or after it (STOP_AT_ACCESS). */
static void collect(const struct gdb *gdb, unsigned computer, enum stop_place access, struct points *points)
{
    points->count = 0;
    for (size_t i = 0; i < gdb->points.count; i++) {
        if (gdb->points.at[i].computer != computer)
            continue;
        struct stop_point *point = &points->at[points->count++];
        *point = gdb->points.at[i].stop;
        if (point->place != STOP_AT_ADDRESS)
            point->place = access;
    }
    for (unsigned p = 0; p < GDB_PROCESSORS; p++)
        points->told[p] = gdb->told[computer][p].reference;
}

/* How many of POINTS, which ACCESS is at, watch the byte at ADDRESS. */
static unsigned watching(const struct points *points, const struct cpu_access *access, uint32_t address)
{
    unsigned count = 0;
    for (unsigned i = 0; i < points->count; i++) {
        const struct stop_point *point = &points->at[i];
        count += point->place != STOP_AT_ADDRESS && (point->kinds & access->kinds) && address >= point->offset &&
                 address - point->offset < point->size_bytes;
    }
    return count;
}

/* The one address of ACCESS that gdb is told: of its watchpoints it takes those with this byte in them to be hit, so it
 * is the byte that most of them have. */
static uint32_t access_address(const struct points *points, const struct cpu_access *access)
{
    uint32_t best = access->offset;
    for (uint32_t i = 1; i < access->size_bytes; i++)
        if (watching(points, access, access->offset + i) > watching(points, access, best))
            best = access->offset + i;
    return best;
}

/* The run was for COMPUTER and has come to one of POINTS. */
static void take_hit(struct gdb *gdb, unsigned computer, const struct points *points)
{
    const struct stop_hit *hit = system_stop_hit(gdb->monitor->system);
    gdb->hit = *hit->point;
    gdb->hit_address = gdb->hit.place == STOP_AT_ADDRESS ? 0 : access_address(points, &hit->access);
    gdb->hit_place = (struct gdb_place){computer, hit->processor};
}

bool gdb_both_run(const struct gdb *gdb, const struct gdb_resume *resume)
{
    unsigned lead = resume->who.computer, other = 1 - lead;
    return system_computers(gdb->monitor->system) == 2 && resume->runs[other] && gdb->attached[other] &&
           computer_alive(gdb->monitor->system, lead) && computer_alive(gdb->monitor->system, other);
}

/* For whom a slice is run, and how far. */
struct slice {
    unsigned lead;
    uint64_t insns, time_ps;
};

static enum stop_kind try_slice(struct gdb *gdb, const struct slice *slice)
{
    struct points points;
    collect(gdb, slice->lead, STOP_BEFORE_ACCESS, &points);
    struct system_until until = {.computer = slice->lead,
                                 .insns = slice->insns,
                                 .time_ps = slice->time_ps,
                                 .points = points.at,
                                 .point_count = points.count,
                                 .told = points.told};
    return system_run_until(gdb->monitor->system, &until);
}

/* Make SLICE the one that ends with the first stop of either computer, or the failure of the one beside its lead. The
 * system is as before. */
static void choose(struct gdb *gdb, struct slice *slice)
{
    struct system *system = gdb->monitor->system;
    struct snapshot *before = system_snapshot(system);
    struct slice other = {.lead = 1 - slice->lead};
    try_slice(gdb, slice);
    other.time_ps = computer_time_ps(system, slice->lead);
    if (!computer_alive(system, other.lead) && computer_time_ps(system, other.lead) < other.time_ps)
        slice->time_ps = other.time_ps = computer_time_ps(system, other.lead);
    if (has_points(gdb, other.lead)) {
        system_restore(system, before);
        if (try_slice(gdb, &other) == STOP_BREAKPOINT)
            *slice = other;
    }
    system_restore(system, before);
    snapshot_free(before);
}

enum stop_kind gdb_advance(struct gdb *gdb, const struct gdb_resume *resume, uint64_t insns)
{
    struct system *system = gdb->monitor->system;
    struct points points;
    struct slice slice = {.lead = resume->who.computer};
    /* What could fail while one instruction is executed is seen soon enough after it. */
    bool both = gdb_both_run(gdb, resume) && (!resume->steps || has_points(gdb, 1 - slice.lead));
    slice.insns = cpu_state(computer_cpu(system, slice.lead))->insns + SLICE_INSNS;
    if (insns && insns < slice.insns)
        slice.insns = insns;
    slice.time_ps = computer_time_ps(system, slice.lead) + (both ? SLICE_BOTH_PS : SLICE_PS);
    if (both)
        choose(gdb, &slice);
    collect(gdb, slice.lead, STOP_BEFORE_ACCESS, &points);
    struct system_until until = {.computer = slice.lead,
                                 .insns = slice.insns,
                                 .time_ps = slice.time_ps,
                                 .points = points.at,
                                 .point_count = points.count,
                                 .told = points.told};
    enum stop_kind stop = travel_run(gdb->monitor->travel, &until, NULL, NULL);
    if (stop == STOP_BREAKPOINT)
        take_hit(gdb, slice.lead, &points);
    return stop;
}

/* Back to the last of COMPUTER's points. Of a breakpoint and an access before it the breakpoint comes first. */
static enum travel_result back_to_point(struct gdb *gdb, unsigned computer)
{
    struct points points;
    collect(gdb, computer, STOP_AT_ACCESS, &points);
    struct system_until until = {.computer = computer, .points = points.at, .point_count = points.count};
    enum travel_result result = travel_back_to_stop(gdb->monitor->travel, &until, NULL, NULL);
    if (result == TRAVEL_STOP)
        take_hit(gdb, computer, &points);
    if (result == TRAVEL_STOP && gdb_stands_at_point(gdb, computer, &gdb->hit_place))
        gdb->hit.place = STOP_AT_ADDRESS;
    return result;
}

/* TRAVEL_STOP if the instruction that COMPUTER has completed last accessed what is watched, and that has not been told:
 * it is executed once more. Else TRAVEL_REACHED; either way the system is where it was. */
static enum travel_result look_behind(struct gdb *gdb, unsigned computer)
{
    struct travel *travel = gdb->monitor->travel;
    uint64_t here = cpu_state(computer_cpu(gdb->monitor->system, computer))->insns;
    struct points points;
    if (!here || !count_points(gdb, computer, STOP_AT_ACCESS))
        return TRAVEL_REACHED;
    enum travel_result result = travel_back_insns(travel, computer, 1);
    if (result == TRAVEL_INTERRUPTED)
        return result;
    collect(gdb, computer, STOP_AT_ACCESS, &points);
    struct system_until until = {.computer = computer, .insns = here, .points = points.at, .point_count = points.count};
    enum stop_kind stop;
    while ((stop = travel_run(travel, &until, NULL, NULL)) == STOP_BREAKPOINT) {
        take_hit(gdb, computer, &points);
        struct gdb_place at = gdb->hit_place;
        if (gdb->hit.place == STOP_AT_ACCESS &&
            gdb->told[computer][at.processor].reference_back != gdb_state_at(gdb, at)->insns + 1)
            return TRAVEL_STOP;
        if (cpu_state(computer_cpu(gdb->monitor->system, computer))->insns >= here)
            break;
    }
    return stop == STOP_INTERRUPTED ? TRAVEL_INTERRUPTED : TRAVEL_REACHED;
}

/* Forward again to where COMPUTER's instruction count is INSNS. False: interrupted on the way. */
static bool forward_to(struct gdb *gdb, unsigned computer, uint64_t insns)
{
    struct system_until until = {.computer = computer, .insns = insns};
    return insns <= cpu_state(computer_cpu(gdb->monitor->system, computer))->insns ||
           travel_run(gdb->monitor->travel, &until, NULL, NULL) != STOP_INTERRUPTED;
}

/* Back to the last of both computers' points: first the other one's, then from here again those of the one that gdb
 * looks at, and forward to the other's if that was the later one. */
static enum travel_result back_to_either(struct gdb *gdb, unsigned lead)
{
    struct system *system = gdb->monitor->system;
    unsigned other = 1 - lead;
    uint64_t here = cpu_state(computer_cpu(system, lead))->insns;
    enum travel_result result = back_to_point(gdb, other);
    if (result == TRAVEL_INTERRUPTED)
        return result;
    bool others = result == TRAVEL_STOP;
    struct stop_point hit = gdb->hit;
    struct gdb_place place = gdb->hit_place;
    uint64_t there = cpu_state(computer_cpu(system, other))->insns, time_ps = computer_time_ps(system, other);
    if (!forward_to(gdb, lead, here))
        return TRAVEL_INTERRUPTED;
    result = back_to_point(gdb, lead);
    if (result == TRAVEL_INTERRUPTED || !others || computer_time_ps(system, lead) >= time_ps)
        return result;
    if (!forward_to(gdb, other, there))
        return TRAVEL_INTERRUPTED;
    gdb->hit = hit;
    gdb->hit_place = place;
    return TRAVEL_STOP;
}

enum travel_result gdb_go_back(struct gdb *gdb, const struct gdb_resume *resume)
{
    struct ctrl_c ctrl_c;
    enum travel_result result;
    unsigned lead = resume->who.computer;
    bool both = gdb_both_run(gdb, resume) && has_points(gdb, 1 - lead);
    ctrl_c_begin_input(&ctrl_c, gdb->monitor->system, gdb->link->fd);
    result = look_behind(gdb, lead);
    if (result == TRAVEL_REACHED && both && !resume->steps) {
        uint64_t here = cpu_state(computer_cpu(gdb->monitor->system, lead))->insns;
        result = look_behind(gdb, 1 - lead);
        if (result == TRAVEL_REACHED && !forward_to(gdb, lead, here))
            result = TRAVEL_INTERRUPTED;
    }
    if (result == TRAVEL_REACHED && resume->steps)
        result = travel_back_insns(gdb->monitor->travel, lead, 1);
    else if (result == TRAVEL_REACHED)
        result = both ? back_to_either(gdb, lead) : back_to_point(gdb, lead);
    ctrl_c_end(&ctrl_c);
    if (ctrl_c.signalled)
        gdb->over = GDB_SIGNAL;
    return result;
}
