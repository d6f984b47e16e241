/* node_monitor.h - a person at a node (--monitor ADDR): a line is a command, and an answer ends with an empty line.
 *
 * What the commands are, the program above knows (node_options.act, .look). What acts on this node is done at once.
 * What looks is done by a copy of this process, which shares nothing with it but the connection: whatever it does, and
 * however long it takes, the run goes on. A window is a process of its own, and to the node one who says lines, as a
 * person does. Private to ft/live/.
 */
#ifndef US_FT_LIVE_NODE_MONITOR_H
#define US_FT_LIVE_NODE_MONITOR_H

#include <stdint.h>
#include <sys/types.h>

#include "ft/live/address.h"
#include "mmu/base/vec.h"

struct node;

enum { MONITOR_LINE_MAX = 512 };

/* Who says lines: the person who has come to ADDR, or this node's window. */
struct node_visitor {
    int fd; /* -1: nobody is there */
    char line[MONITOR_LINE_MAX];
    size_t length;
    bool too_long;
    bool ended;    /* says no more, and reads the answers */
    VEC(char) in;  /* lines that wait, because a copy of this process still answers the one before */
    pid_t answers; /* that copy; 0: none */
};

struct node_monitor {
    struct address address;
    int listener; /* -1: none */
    struct node_visitor person, window;
    pid_t window_process; /* 0: none */
    int window_asks;      /* copies of this process tell that process by this what the person wants of it; -1: none */
    /* What the person has done to this node. */
    bool cut_peer, cut_world;
    uint64_t delay_ps; /* what is sent to the other node waits so long */
};

/* Of nobody. */
void node_monitor_init(struct node_monitor *monitor);
/* Listen at TEXT; NULL: nowhere. MONITOR is of nobody. False with one line in ERROR. */
bool node_monitor_open(struct node_monitor *monitor, const char *text, bool trusted, struct error *error);
void node_monitor_close(struct node_monitor *monitor);
/* Do what has been said since. */
void node_monitor_serve(struct node *node);

#endif
