/* gdb_resume.c - gdb lets the guest go, forward or back, and is told why it stopped: packets ? c s vCont bs bc and the
 * stop replies (GDB manual, "Stop Reply Packets").
 *
 * The system goes on as a whole whichever processes gdb has let go; but only those are reported, because gdb takes the
 * others to stand still: their breakpoints do not count, and what became of them is told when they are let go. The run
 * is taken in slices of virtual time, between which gdb's Ctrl-C is looked for; that shows nowhere in it.
 */
#include <stdio.h>
#include <string.h>

#include "ft/compare.h"
#include "monitor/gdb/gdb.h"
#include "monitor/session/drive.h"
#include "monitor/base/exit_status.h"

struct cpu_state *gdb_state_at(const struct gdb *gdb, struct gdb_place place)
{
    return cpu_state(computer_processor(gdb->monitor->system, place.computer, place.processor));
}

/* ---- stop replies ---- */

/* The end of a stop reply: who it is. gdb looks at that one now. */
static void stopped_at(struct gdb *gdb, struct gdb_place place)
{
    gdb->general = gdb->stopped = place;
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

/* At gdb->hit: an instruction that is about to be executed, or one that is about to access watched memory, or (going
 * back) to take back that it did. gdb knows that of a PA-RISC: it steps over the access before it looks at memory. */
static void stopped_at_point(struct gdb *gdb)
{
    static const char *const names[] = {"", "rwatch", "watch", "awatch"};
    struct gdb_place place = gdb->hit_place;
    struct gdb_told *told = &gdb->told[place.computer][place.processor];
    uint64_t here = gdb_state_at(gdb, place)->insns + 1;
    gdb_reply_add(&gdb->reply, "T%02x", GDB_SIGTRAP);
    if (gdb->hit.place == STOP_AT_ADDRESS) {
        told->breakpoint = here;
    } else {
        *(gdb->hit.place == STOP_BEFORE_ACCESS ? &told->reference : &told->reference_back) = here;
        gdb_reply_add(&gdb->reply, "%s:%x;", names[gdb->hit.kinds], gdb->hit_address);
    }
    stopped_at(gdb, place);
}

/* The process of COMPUTER is gone: KIND W with an exit status, X with a signal. */
static void gone(struct gdb *gdb, char kind, unsigned value, unsigned computer)
{
    gdb->attached[computer] = false;
    gdb->gone[computer] = true;
    gdb_forget_points(gdb, computer);
    gdb_reply_add(&gdb->reply, "%c%02x", kind, value & 0xFF);
    if (gdb->multiprocess)
        gdb_reply_add(&gdb->reply, ";process:%x", computer + 1);
}

/* The run is over: a process that was let go ends with the status that `understudy run` would have. */
static void report_end(struct gdb *gdb, const struct gdb_resume *resume)
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

static void say(struct gdb *gdb, const char *text)
{
    char line[1024];
    int length = snprintf(line, sizeof line, "understudy: %.1000s\n", text);
    gdb_show(gdb, line, (size_t)length);
}

/* Is the run over? Where there is something to look at, gdb is stopped there first. */
static bool find_end(struct gdb *gdb, const struct gdb_resume *resume)
{
    struct system_result result;
    system_locate(gdb->monitor->system);
    system_result(gdb->monitor->system, &result);
    if (result.end == END_NONE)
        return false;
    bool known = gdb->monitor->ended;
    gdb->monitor->ended = true;
    if (!known && (result.violation || result.why))
        say(gdb, result.violation ? result.violation : result.why);
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

/* A computer whose process was let go has failed since. gdb (13) does not survive that news while it steps a thread
 * off a breakpoint, for which it lets go that one thread alone. A signal that it shows nobody makes it give up the step
 * and let all go; then it is told. */
static bool report_failure(struct gdb *gdb, const struct gdb_resume *resume)
{
    for (unsigned c = 0; c < system_computers(gdb->monitor->system); c++) {
        if (!gdb->attached[c] || !resume->runs[c] || computer_alive(gdb->monitor->system, c))
            continue;
        if (resume->alone)
            stopped_by(gdb, GDB_SIGCHLD, resume->who);
        else
            gone(gdb, 'X', GDB_SIGKILL, c);
        return true;
    }
    return false;
}

/* Does a computer that was let go stand at a breakpoint that gdb has not been told of? */
static bool stands_at_point(struct gdb *gdb, const struct gdb_resume *resume)
{
    unsigned lead = resume->who.computer;
    gdb->hit = (struct stop_point){.place = STOP_AT_ADDRESS};
    return gdb_stands_at_point(gdb, lead, &gdb->hit_place) ||
           (gdb_both_run(gdb, resume) && gdb_stands_at_point(gdb, 1 - lead, &gdb->hit_place));
}

/* Has the thread that steps come to where it was to come? */
static bool stepped(const struct gdb *gdb, const struct gdb_resume *resume, uint64_t start)
{
    const struct cpu_state *state = gdb_state_at(gdb, resume->who);
    uint32_t at = state->iaoq_front & ~UINT32_C(3);
    return resume->steps && state->insns != start && !(at >= resume->from && at < resume->to);
}

/* Does gdb, or someone here, want an end of it? */
static bool report_request(struct gdb *gdb, const struct gdb_resume *resume)
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

/* Has the host not taken or given something? The guest cannot go on with that. */
static bool report_host(struct gdb *gdb, const struct gdb_resume *resume)
{
    struct error error = {""};
    if (gdb->monitor->host_failed || system_host_good(gdb->monitor->system, &error))
        return false;
    gdb->monitor->host_failed = true;
    say(gdb, error.text);
    stopped_by(gdb, GDB_SIGABRT, resume->who);
    return true;
}

static void run(struct gdb *gdb, const struct gdb_resume *resume)
{
    uint64_t start = gdb_state_at(gdb, resume->who)->insns;
    for (;;) {
        if (report_failure(gdb, resume))
            return;
        if (stands_at_point(gdb, resume)) {
            stopped_at_point(gdb);
            return;
        }
        if (stepped(gdb, resume, start)) {
            stopped_by(gdb, GDB_SIGTRAP, resume->who);
            return;
        }
        if (report_request(gdb, resume) || report_host(gdb, resume))
            return;
        struct cpu *first = computer_cpu(gdb->monitor->system, resume->who.computer);
        enum stop_kind stop = gdb_advance(gdb, resume, resume->steps ? cpu_state(first)->insns + 1 : 0);
        if (stop == STOP_BREAKPOINT) {
            stopped_at_point(gdb);
            return;
        }
        if (stop == STOP_WAITS) {
            say(gdb, "it waits for a processor to be repaired");
            stopped_by(gdb, GDB_SIGINT, resume->who);
            return;
        }
        if (stop == STOP_ENDED && find_end(gdb, resume))
            return;
    }
}

/* What was done from outside since the last run may have begun another future (travel.h). */
static void note_deeds(struct gdb *gdb)
{
    fflush(gdb->monitor->out); /* the guest writes to the same descriptor */
    if (travel_note_deeds(gdb->monitor->travel))
        say(gdb, "a new future begins here: what came after is forgotten");
}

static void let_go(struct gdb *gdb, struct gdb_resume *resume)
{
    unsigned acting = system_acting(gdb->monitor->system);
    if (!resume->steps)
        resume->who = (struct gdb_place){resume->runs[acting] ? acting : 1 - acting, 0};
    for (unsigned c = 0; c < GDB_COMPUTERS; c++)
        for (unsigned p = 0; p < GDB_PROCESSORS; p++)
            gdb->told[c][p].reference_back = 0;
    note_deeds(gdb);
    run(gdb, resume);
}

/* ---- packets ---- */

/* Whom c, s, bc and bs mean: said by Hc; else all, and then what steps is who has stopped last (gdb looks at others in
 * between, to set their breakpoints). False, and the answer is there, if there is no such thread. */
static bool take_control(struct gdb *gdb, struct gdb_resume *resume)
{
    bool all = gdb->control.process <= 0;
    resume->who = gdb_has(gdb, gdb->stopped.computer) ? gdb->stopped : gdb->general;
    if ((!all || gdb->control.thread > 0) && !gdb_find_place(gdb, &gdb->control, &resume->who)) {
        gdb_error(gdb, GDB_NO_THREAD);
        return false;
    }
    for (unsigned c = 0; c < GDB_COMPUTERS; c++)
        resume->runs[c] = gdb->attached[c] && (all || gdb->control.process == c + 1);
    return true;
}

void gdb_continue(struct gdb *gdb, const char *rest, size_t size)
{
    struct gdb_resume resume = {.steps = false};
    if (take_control(gdb, &resume))
        let_go(gdb, &resume);
}

void gdb_step(struct gdb *gdb, const char *rest, size_t size)
{
    struct gdb_resume resume = {.steps = true};
    if (take_control(gdb, &resume))
        let_go(gdb, &resume);
}

/* Packets bs, bc: the system goes back to where that computer has been. */
static void go_back(struct gdb *gdb, bool steps)
{
    struct gdb_resume resume = {.steps = steps};
    if (!take_control(gdb, &resume))
        return;
    for (unsigned c = 0; c < GDB_COMPUTERS; c++)
        for (unsigned p = 0; p < GDB_PROCESSORS; p++)
            gdb->told[c][p].breakpoint = gdb->told[c][p].reference = 0;
    note_deeds(gdb);
    enum travel_result result = gdb_go_back(gdb, &resume);
    drive_forget_future(gdb->monitor);
    gdb_look_again(gdb);
    switch (result) {
    case TRAVEL_REACHED:
        stopped_by(gdb, GDB_SIGTRAP, resume.who);
        break;
    case TRAVEL_STOP:
        stopped_at_point(gdb);
        break;
    case TRAVEL_START:
        gdb_reply_add(&gdb->reply, "T%02xreplaylog:begin;", GDB_SIGTRAP);
        stopped_at(gdb, resume.who);
        break;
    case TRAVEL_INTERRUPTED:
        stopped_by(gdb, GDB_SIGINT, resume.who);
        break;
    }
}

void gdb_back_step(struct gdb *gdb, const char *rest, size_t size)
{
    go_back(gdb, true);
}

void gdb_back_continue(struct gdb *gdb, const char *rest, size_t size)
{
    go_back(gdb, false);
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
static void apply(const struct gdb *gdb, const struct action *action, struct gdb_resume *resume,
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
    struct gdb_resume resume = {.who = gdb->general};
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
