/* gdb_run.c - gdb lets the guest go, and is told why it stopped: packets ? c s vCont Z z and the stop replies (GDB
 * manual, "Stop Reply Packets").
 *
 * The system goes on as a whole whichever processes gdb has let go; but only those are reported, because gdb takes the
 * others to stand still: their breakpoints do not count, and what became of them is told when they are let go. The run
 * is taken in slices of virtual time, between which gdb's Ctrl-C is looked for; that shows nowhere in it.
 */
#include <stdio.h>
#include <string.h>

#include "ft/snapshot.h"
#include "monitor/gdb.h"
#include "monitor/subcommand.h"

enum { ADDRESSES_MAX = 256, WATCHES_MAX = 64 }; /* as many as a processor takes (cpu.h) */
#define SLICE_PS    UINT64_C(20000000000)
#define SLICE_INSNS UINT64_C(5000000)

/* What gdb wants. */
struct resume {
    bool runs[GDB_COMPUTERS]; /* this process was let go */
    bool steps;               /* the thread `who` executes one instruction, or until it has left from..to */
    bool alone;               /* ... and nothing else was let go */
    struct gdb_place who;     /* ... or else whose stop is the system's */
    uint32_t from, to;
};

static struct cpu_state *state_at(const struct gdb *gdb, struct gdb_place place)
{
    return cpu_state(computer_processor(gdb->monitor->system, place.computer, place.processor));
}

/* ---- breakpoints and watchpoints ---- */

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

/* Is a processor of COMPUTER about to execute at a breakpoint, and has that not been said? (A run does not stop where
 * it begins, and a slice may have ended just there.) */
static bool stands_at_point(const struct gdb *gdb, unsigned computer, struct gdb_place *place)
{
    for (unsigned p = 0; p < computer_processors(gdb->monitor->system, computer); p++) {
        *place = (struct gdb_place){computer, p};
        const struct cpu_state *state = state_at(gdb, *place);
        struct stop_point point = {.place = STOP_AT_ADDRESS, .offset = state->iaoq_front & ~UINT32_C(3)};
        if (!(state->psw & PSW_N) && gdb->reported[computer][p] != state->insns + 1 &&
            find_point(gdb, computer, &point))
            return true;
    }
    return false;
}

/* ---- stop replies ---- */

/* The end of a stop reply: who it is. gdb looks at that one now. */
static void stopped_at(struct gdb *gdb, struct gdb_place place)
{
    gdb->general = place;
    gdb->monitor->focus = place.computer;
    gdb_reply_add(&gdb->reply, "thread:");
    gdb_add_thread(gdb, place);
    gdb_reply_add(&gdb->reply, ";");
}

static void stopped_by(struct gdb *gdb, unsigned signal, struct gdb_place place)
{
    gdb_reply_add(&gdb->reply, "T%02x", signal);
    stopped_at(gdb, place);
}

/* At one of gdb's points: an instruction that is about to be executed, or one that has accessed watched memory. */
static void stopped_at_point(struct gdb *gdb, struct gdb_place place, const struct stop_hit *hit)
{
    static const char *const names[] = {"", "rwatch", "watch", "awatch"};
    gdb->reported[place.computer][place.processor] = state_at(gdb, place)->insns + 1;
    gdb_reply_add(&gdb->reply, "T%02x", GDB_SIGTRAP);
    if (hit && hit->point->place == STOP_AT_ACCESS)
        gdb_reply_add(&gdb->reply, "%s:%x;", names[hit->point->kinds], hit->point->offset);
    stopped_at(gdb, place);
}

/* The process of COMPUTER is gone: KIND W with an exit status, X with a signal. */
static void gone(struct gdb *gdb, char kind, unsigned value, unsigned computer)
{
    gdb->attached[computer] = false;
    gdb_reply_add(&gdb->reply, "%c%02x", kind, value & 0xFF);
    if (gdb->multiprocess)
        gdb_reply_add(&gdb->reply, ";process:%x", computer + 1);
}

/* The run is over: a process that was let go ends with the status that `understudy run` would have. */
static void report_end(struct gdb *gdb, const struct resume *resume)
{
    struct system_result result;
    unsigned status = EXIT_HALTED;
    system_result(gdb->monitor->system, &result);
    if (!result.explainable)
        status = EXIT_UNEXPLAINABLE;
    else if (result.end == END_EXIT)
        status = (unsigned)result.status;
    else if (result.end == END_TIMEOUT)
        status = EXIT_TIMEOUT;
    for (unsigned c = 0; c < GDB_COMPUTERS; c++) {
        if (gdb->attached[c] && resume->runs[c]) {
            gone(gdb, 'W', status, c);
            return;
        }
    }
    gdb_error(gdb, GDB_NO_THREAD);
}

/* Is the run over? Where there is something to look at, gdb is stopped there first. */
static bool find_end(struct gdb *gdb, const struct resume *resume)
{
    struct system_result result;
    system_result(gdb->monitor->system, &result);
    if (result.end == END_NONE)
        return false;
    bool known = gdb->monitor->ended;
    gdb->monitor->ended = true;
    if (!known && (result.violation || result.why))
        fprintf(stderr, "understudy: %s\n", result.violation ? result.violation : result.why);
    if (result.end == END_HALTED && !known)
        stopped_by(gdb, GDB_SIGILL, resume->who);
    else if (result.digests_differ && !known)
        stopped_by(gdb, GDB_SIGABRT, resume->who);
    else
        report_end(gdb, resume);
    return true;
}

void gdb_why(struct gdb *gdb, const char *rest, size_t size)
{
    struct gdb_thread any = {0};
    struct gdb_place place;
    if (gdb_find_place(gdb, &any, &place))
        stopped_by(gdb, GDB_SIGTRAP, place);
    else
        gdb_reply_add(&gdb->reply, "W00");
}

/* ---- running ---- */

/* Run on, not beyond TIME_PS and INSNS (0: no such limit) of computer LEAD, or to one of its points. Then *HIT says
 * which; its point is gdb's own. */
static enum stop_kind run_one(struct gdb *gdb, unsigned lead, uint64_t time_ps, uint64_t insns, struct stop_hit *hit)
{
    struct system *system = gdb->monitor->system;
    struct stop_point points[ADDRESSES_MAX + WATCHES_MAX];
    const struct gdb_point *from[ADDRESSES_MAX + WATCHES_MAX];
    unsigned count = 0;
    for (size_t i = 0; i < gdb->points.count; i++) {
        if (gdb->points.at[i].computer == lead) {
            from[count] = &gdb->points.at[i];
            points[count++] = gdb->points.at[i].stop;
        }
    }
    struct system_until until = {
        .computer = lead, .insns = insns, .time_ps = time_ps, .points = points, .point_count = count};
    enum stop_kind stop = system_run_until(system, &until);
    *hit = *system_stop_hit(system);
    if (stop == STOP_BREAKPOINT)
        hit->point = &from[hit->point - points]->stop;
    return stop;
}

/* Is the computer beside LEAD one that gdb has let go, too? */
static bool both_run(const struct gdb *gdb, const struct resume *resume, unsigned lead)
{
    unsigned other = 1 - lead;
    return system_computers(gdb->monitor->system) == 2 && resume->runs[other] && gdb->attached[other] &&
           computer_alive(gdb->monitor->system, lead) && computer_alive(gdb->monitor->system, other);
}

/* Run on for at most a slice, not beyond INSNS instructions (0: no limit) of the computer whose stop counts.
 *
 * A run has the stops of one computer only. So where both count, the slice is run for the one, and then - after going
 * back to its beginning - for the other up to where the first came to: the earlier of two stops is the system's, and
 * both computers are at its time. */
static enum stop_kind run_slice(struct gdb *gdb, const struct resume *resume, uint64_t insns)
{
    struct system *system = gdb->monitor->system;
    struct stop_hit hit;
    unsigned lead = resume->who.computer, other = 1 - lead;
    bool both = both_run(gdb, resume, lead);
    struct snapshot *before = both ? system_snapshot(system) : NULL;
    uint64_t now = cpu_state(computer_cpu(system, lead))->insns, time_ps = computer_time_ps(system, lead) + SLICE_PS;
    insns = insns && insns < now + SLICE_INSNS ? insns : now + SLICE_INSNS;
    enum stop_kind stop = run_one(gdb, lead, time_ps, insns, &hit);
    if (both && !computer_alive(system, other) && computer_time_ps(system, other) < computer_time_ps(system, lead)) {
        time_ps = computer_time_ps(system, other); /* it has failed on the way: that is where both stop */
        system_restore(system, before);
        stop = run_one(gdb, lead, time_ps, insns, &hit);
    }
    if (both && has_points(gdb, other)) {
        uint64_t end_ps = computer_time_ps(system, lead);
        struct stop_hit others;
        system_restore(system, before);
        if (run_one(gdb, other, end_ps, 0, &others) == STOP_BREAKPOINT) {
            stop = STOP_BREAKPOINT;
            hit = others;
            lead = other;
        } else {
            system_restore(system, before);
            stop = run_one(gdb, lead, time_ps, insns, &hit);
        }
    }
    if (stop == STOP_BREAKPOINT)
        stopped_at_point(gdb, (struct gdb_place){lead, hit.processor}, &hit);
    if (before)
        snapshot_free(before);
    return stop;
}

/* A computer whose process was let go has failed since. gdb (13) does not survive that news while it steps a thread
 * off a breakpoint, for which it lets go that one thread alone. A signal that it shows nobody makes it give up the step
 * and let all go; then it is told. */
static bool report_failure(struct gdb *gdb, const struct resume *resume)
{
    for (unsigned c = 0; c < system_computers(gdb->monitor->system); c++) {
        if (!gdb->attached[c] || !resume->runs[c] || computer_alive(gdb->monitor->system, c))
            continue;
        if (resume->alone) {
            stopped_by(gdb, GDB_SIGCHLD, resume->who);
        } else {
            gone(gdb, 'X', GDB_SIGKILL, c);
            gdb->failed[c] = true;
        }
        return true;
    }
    return false;
}

/* Has the thread that steps come to where it was to come? */
static bool stepped(const struct gdb *gdb, const struct resume *resume, uint64_t start)
{
    const struct cpu_state *state = state_at(gdb, resume->who);
    uint32_t at = state->iaoq_front & ~UINT32_C(3);
    return resume->steps && state->insns != start && !(at >= resume->from && at < resume->to);
}

/* Nothing more to do for gdb: what came from it, or from here? */
static bool report_request(struct gdb *gdb, const struct resume *resume)
{
    switch (gdb_link_look(gdb->link)) {
    case GDB_CAME_INTERRUPT:
        stopped_by(gdb, GDB_SIGINT, resume->who);
        return true;
    case GDB_CAME_LOST:
        gdb->over = GDB_LOST;
        return true;
    case GDB_CAME_SIGNAL:
        gdb->over = GDB_SIGNAL;
        return true;
    default:
        return false;
    }
}

/* Does a computer that was let go stand at a breakpoint that gdb has not been told of? */
static bool find_place(const struct gdb *gdb, const struct resume *resume, struct gdb_place *place)
{
    unsigned lead = resume->who.computer;
    return stands_at_point(gdb, lead, place) || (both_run(gdb, resume, lead) && stands_at_point(gdb, 1 - lead, place));
}

static void run(struct gdb *gdb, const struct resume *resume)
{
    struct system *system = gdb->monitor->system;
    struct gdb_place place;
    uint64_t start = state_at(gdb, resume->who)->insns;
    fflush(gdb->monitor->out); /* the guest writes to the same descriptor */
    for (;;) {
        if (report_failure(gdb, resume))
            return;
        if (find_place(gdb, resume, &place)) {
            stopped_at_point(gdb, place, NULL);
            return;
        }
        if (stepped(gdb, resume, start)) {
            stopped_by(gdb, GDB_SIGTRAP, resume->who);
            return;
        }
        if (report_request(gdb, resume))
            return;
        uint64_t next = resume->steps ? cpu_state(computer_cpu(system, resume->who.computer))->insns + 1 : 0;
        enum stop_kind stop = run_slice(gdb, resume, next);
        if (stop == STOP_BREAKPOINT || (stop == STOP_ENDED && find_end(gdb, resume)))
            return;
    }
}

/* Let go what RESUME says. One of its processes may have failed before. */
static void let_go(struct gdb *gdb, struct resume *resume)
{
    unsigned acting = system_acting(gdb->monitor->system);
    if (!resume->steps)
        resume->who = (struct gdb_place){resume->runs[acting] ? acting : 1 - acting, 0};
    run(gdb, resume);
}

/* ---- packets ---- */

/* Packets c and s: what they mean was said by Hc. */
static void resume_plainly(struct gdb *gdb, bool steps)
{
    struct resume resume = {.steps = steps, .who = gdb->general};
    bool all = gdb->control.process <= 0;
    if ((!all || gdb->control.thread > 0) && !gdb_find_place(gdb, &gdb->control, &resume.who)) {
        gdb_error(gdb, GDB_NO_THREAD);
        return;
    }
    for (unsigned c = 0; c < GDB_COMPUTERS; c++)
        resume.runs[c] = gdb->attached[c] && (all || gdb->control.process == c + 1);
    let_go(gdb, &resume);
}

void gdb_continue(struct gdb *gdb, const char *rest, size_t size)
{
    resume_plainly(gdb, false);
}

void gdb_step(struct gdb *gdb, const char *rest, size_t size)
{
    resume_plainly(gdb, true);
}

void gdb_vcont_what(struct gdb *gdb, const char *rest, size_t size)
{
    gdb_reply_add(&gdb->reply, "vCont;c;C;s;S;r");
}

struct action {
    char kind; /* c, s; r is an s with a range */
    uint32_t from, to;
    struct gdb_thread thread;
};

/* One ACTION[:THREAD]. A signal is taken and forgotten: a computer has none. */
static bool take_action(const char **text, struct action *action)
{
    uint64_t from = 0, to = 0;
    char kind = *(*text)++;
    *action = (struct action){.thread = {-1, -1}};
    if ((kind == 'C' || kind == 'S') && !gdb_take_number(text, 2, &from))
        return false;
    if (kind == 'r') {
        if (!gdb_take_number(text, 8, &from) || *(*text)++ != ',' || !gdb_take_number(text, 8, &to))
            return false;
        action->from = (uint32_t)from;
        action->to = (uint32_t)to;
    } else if (!kind || !strchr("cCsS", kind)) {
        return false;
    }
    action->kind = kind == 'c' || kind == 'C' ? 'c' : 's';
    if (**text != ':')
        return true;
    ++*text;
    return gdb_take_thread(text, &action->thread);
}

static bool means(const struct gdb *gdb, const struct gdb_thread *thread, struct gdb_place place)
{
    return (!gdb->multiprocess || thread->process <= 0 || thread->process == place.computer + 1) &&
           (thread->thread <= 0 || thread->thread == place.processor + 1);
}

/* Every thread follows the first action that means it; TAKEN has those that have got one. */
static void apply(const struct gdb *gdb, const struct action *action, struct resume *resume,
                  bool taken[GDB_COMPUTERS][GDB_PROCESSORS])
{
    for (unsigned c = 0; c < system_computers(gdb->monitor->system); c++) {
        for (unsigned p = 0; gdb->attached[c] && p < computer_processors(gdb->monitor->system, c); p++) {
            struct gdb_place place = {c, p};
            if (taken[c][p] || !means(gdb, &action->thread, place))
                continue;
            taken[c][p] = true;
            resume->runs[c] = true;
            if (action->kind == 's' && !resume->steps) {
                resume->steps = true;
                resume->who = place;
                resume->from = action->from;
                resume->to = action->to;
            }
        }
    }
}

void gdb_vcont(struct gdb *gdb, const char *rest, size_t size)
{
    struct resume resume = {.who = gdb->general};
    bool first = true, taken[GDB_COMPUTERS][GDB_PROCESSORS] = {{false}};
    for (;;) {
        struct action action;
        if (!take_action(&rest, &action) || (*rest && *rest != ';')) {
            gdb_malformed(gdb, "vCont");
            return;
        }
        resume.alone = first && action.kind == 's' && !*rest;
        first = false;
        apply(gdb, &action, &resume, taken);
        if (!*rest++)
            break;
    }
    if (resume.runs[0] || resume.runs[1])
        let_go(gdb, &resume);
    else
        gdb_error(gdb, GDB_NO_THREAD);
}
