/* gdb.h - gdb's remote protocol: a gdb looks at the computers of a system and drives them (docs/gdb.md).
 *
 * For gdb a computer is a process - 1 is the computer that began as the primary, 2 the other - and a processor is a
 * thread of it. Everything is a call of ft/system.h or of the monitor's commands; nothing here knows how a computer
 * works. While gdb has the guest stopped nothing moves; when it lets any computer go, the system goes on as a whole,
 * and stops as a whole: both computers are at one virtual time.
 */
#ifndef US_MONITOR_GDB_GDB_H
#define US_MONITOR_GDB_GDB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/vec.h"
#include "monitor/gdb/gdb_link.h"
#include "monitor/session/monitor.h"

enum { GDB_COMPUTERS = 2, GDB_PROCESSORS = 8 };

/* How a session ended. */
enum gdb_over {
    GDB_GOES_ON, /* it has not */
    GDB_DETACHED,
    GDB_KILLED,
    GDB_LOST,   /* the connection was closed: everything is as gdb left it */
    GDB_SIGNAL, /* Ctrl-C here */
};

struct gdb_place {
    unsigned computer, processor;
};

/* A breakpoint or watchpoint that gdb has set in a process. */
struct gdb_point {
    unsigned computer;
    struct stop_point stop;
};

/* Instruction count + 1 of a processor where something was told that is not told there again: a breakpoint, a
 * reference that it is about to make, and one that it has made (when it goes back). */
struct gdb_told {
    uint64_t breakpoint, reference, reference_back;
};

struct gdb {
    struct monitor *monitor;
    struct gdb_link *link;
    struct gdb_reply reply;
    bool multiprocess;            /* gdb knows processes; else it sees the focused computer only */
    bool attached[GDB_COMPUTERS]; /* gdb has this process */
    bool gone[GDB_COMPUTERS];     /* it had, and was told that the process has ended */
    struct gdb_place general;     /* what g, p, m and their like mean */
    struct gdb_place stopped;     /* who was reported last */
    struct gdb_thread control;    /* what c and s mean */
    VEC(struct gdb_point) points;
    struct gdb_told told[GDB_COMPUTERS][GDB_PROCESSORS];
    struct stop_point hit; /* the point that ended the last run, and who came to it */
    uint32_t hit_address;  /* of a reference: where it was made */
    struct gdb_place hit_place;
    enum gdb_over over;
};

/* Serve the gdb at the other end of LINK until it leaves. The monitor has a system with an image in it. */
enum gdb_over gdb_session(struct monitor *monitor, struct gdb_link *link);
/* `understudy run --gdb`: wait for a gdb at LINK before the first instruction; after one has detached the guest runs
 * on, and the next may come; one that is lost is waited for again. Until the guest ends, gdb kills it, or Ctrl-C: true
 * if that was before the guest's end. */
bool gdb_run(struct monitor *monitor, struct gdb_link *link);

/* ---- inside of the server ---- */

enum {
    GDB_SIGINT = 2,
    GDB_SIGILL = 4,
    GDB_SIGTRAP = 5,
    GDB_SIGABRT = 6,
    GDB_SIGKILL = 9,
    GDB_SIGCHLD = 20,
    /* Numbers of E replies: the host's usual ones. */
    GDB_NO_THREAD = 3,
    GDB_NO_MEMORY = 14,
    GDB_MALFORMED = 22,
    GDB_NO_ROOM = 28,
};

void gdb_error(struct gdb *gdb, unsigned number);
/* Malformed: says so on stderr, too. */
void gdb_malformed(struct gdb *gdb, const char *packet);
/* Append the thread-id of PLACE. */
void gdb_add_thread(struct gdb *gdb, struct gdb_place place);
/* Does gdb have the process of COMPUTER? One that has failed is there until gdb has been told. */
bool gdb_has(const struct gdb *gdb, unsigned computer);
/* The first place that THREAD, as a packet gives it, means; "any" is where gdb is already. False if there is none. */
bool gdb_find_place(const struct gdb *gdb, const struct gdb_thread *thread, struct gdb_place *place);

/* A computer that had failed or a run that had ended is there again after going back, or a repair: so is its process.
 */
void gdb_look_again(struct gdb *gdb);
/* Show TEXT to the person at gdb: only while gdb waits for a stop or for the end of a command. */
void gdb_show(struct gdb *gdb, const char *text, size_t size);
struct cpu_state *gdb_state_at(const struct gdb *gdb, struct gdb_place place);

/* What gdb wants to run. */
struct gdb_resume {
    bool runs[GDB_COMPUTERS]; /* this process was let go */
    bool steps;               /* the thread `who` executes one instruction, or until it has left from..to */
    bool alone;               /* ... and nothing else was let go */
    struct gdb_place who;     /* ... or else whose stop is the system's */
    uint32_t from, to;
};

/* gdb_points.c: the process of COMPUTER is no longer gdb's, and it will not take its points out. */
void gdb_forget_points(struct gdb *gdb, unsigned computer);
/* Is a processor of COMPUTER about to execute at a breakpoint, and has that not been said? (A run does
 * not stop where it begins, and a slice may have ended just there.) */
bool gdb_stands_at_point(const struct gdb *gdb, unsigned computer, struct gdb_place *place);
/* Is the computer beside the one whose stop counts let go, too, and are both alive? */
bool gdb_both_run(const struct gdb *gdb, const struct gdb_resume *resume);
/* Run on for a slice at most, not beyond INSNS instructions (0: no limit) of the computer whose stop counts. After
 * STOP_BREAKPOINT gdb->hit and gdb->hit_place say where: the first point of any computer that was let go. */
enum stop_kind gdb_advance(struct gdb *gdb, const struct gdb_resume *resume, uint64_t insns);
/* Back: one instruction, or to the last point of any computer that was let go. Ctrl-C, there or here, ends it. After
 * TRAVEL_STOP gdb->hit and gdb->hit_place say where. Going back stops before a watched reference is undone: nothing has
 * moved then if the last instruction made it, and that has not been told. */
enum travel_result gdb_go_back(struct gdb *gdb, const struct gdb_resume *resume);

/* What is behind a packet's name, NUL at its end; SIZE bytes. Leaves the answer in gdb->reply. */
typedef void gdb_packet(struct gdb *gdb, const char *rest, size_t size);

/* gdb_query.c */
gdb_packet gdb_query_supported, gdb_query_attached, gdb_query_current, gdb_query_first_threads, gdb_query_next_threads;
gdb_packet gdb_query_thread_info, gdb_query_command, gdb_query_features, gdb_query_image;
/* gdb_resume.c */
gdb_packet gdb_why, gdb_continue, gdb_step, gdb_vcont, gdb_vcont_what, gdb_back_step, gdb_back_continue;
/* gdb_points.c */
gdb_packet gdb_add_point, gdb_remove_point;
/* gdb_state.c */
gdb_packet gdb_read_registers, gdb_write_registers, gdb_read_register, gdb_write_register;
gdb_packet gdb_read_memory, gdb_write_memory, gdb_write_binary;

#endif
