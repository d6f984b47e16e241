/* node_process.h - `understudy node`: one computer as a process (docs/live.md). Its time is the host's; the world, and
 * the other computer of the pair, are other processes. It lies above ft/system, and may use what is below that.
 */
#ifndef US_FT_LIVE_NODE_PROCESS_H
#define US_FT_LIVE_NODE_PROCESS_H

#include <stdbool.h>
#include <stdio.h>

#include "ft/system.h"
#include "mmu/base/error.h"

/* One computer as a process; below is what a person at its monitor may know of it and do to it. */
struct node;

struct node_options {
    const char *world;         /* the address of the world */
    const char *listen;        /* where the other node comes; NULL: beside the world's socket, or any port */
    const char *monitor;       /* where a person comes; NULL: nowhere */
    bool trusted;              /* --trusted-network */
    size_t chronicle_rows;     /* of what it did lately (system_config.chronicle_rows), for who looks; 0: nothing */
    bool (*interrupted)(void); /* does a person want it to end? NULL: nobody can */
    /* Before it goes to the world. False with a line in ERROR: it is refused. NULL: there is nothing to be done. */
    bool (*begins)(void *arg, struct node *node, struct error *error);
    /* At its end, if it has been part of a run: SYSTEM is its one computer (NULL: it was a spare), RESULT its part, of
     * which nothing is judged, STATUS how it exits. NULL: nobody wants to know. */
    void (*ended)(void *arg, struct system *system, const struct system_result *result, int status);
    /* A person has said LINE, which is not empty, at the monitor; the answer, lines, goes to OUT. ACT is called in the
     * node, between two turns of its loop, and is to be quick. False: nothing was done, LINE is to be answered by LOOK,
     * which is called in a copy of the process and may take its time, but not change anything outside. NULL: none. */
    bool (*act)(void *arg, struct node *node, const char *line, FILE *out);
    void (*look)(void *arg, struct node *node, const char *line, FILE *out);
    /* Be the node's window, in a process of its own, until LINES ends, by which it says lines to the node as a person
     * does; what a person wants of it comes by ASKS. NULL: there are no windows. */
    void (*window)(void *arg, int lines, int asks);
    void *arg;
};

/* How a node ends: with the guest; without the world; fenced off, or its system lost. */
enum { NODE_ENDED = 0, NODE_WORLD_LOST = 74, NODE_FENCED = 75, NODE_REFUSED = 2 };

/* Be a node until its end. Returns its exit status, with one line in ERROR if it is not 0. */
int node_process(const struct node_options *options, struct error *error);

/* ---- for a person at its monitor ---- */

/* What it is, and what it hears of the world and of the other node: lines. */
void node_info(struct node *node, FILE *out);
/* "a spare", "the primary", "the backup", "joining". */
const char *node_role(const struct node *node);
/* Its number; 0: the world has not answered yet. */
unsigned node_number(const struct node *node);
/* Its one computer, to be looked at in a copy of the process (node_options.look), with the end of what its guest has
 * written on the terminal; and what it is built from. NULL: it has none yet. */
struct system *node_system(struct node *node, const struct system_config **config);
/* The image that its guest began with, as the world has given it; it lives as long as the node. NULL: none has come. */
const uint8_t *node_image(const struct node *node, const char **name, size_t *size);
/* It fails, as by kill -9: this does not return. */
void node_crash(const struct node *node);
/* Nothing goes or comes by that cable any more (CUT), or it does again. */
enum node_cable { CABLE_PEER, CABLE_WORLD };
void node_cut(struct node *node, enum node_cable cable, bool cut);
/* What is sent to the other node waits so long from now on. */
void node_delay(struct node *node, uint64_t delay_ps);
/* SIZE bytes are typed at the terminal. */
void node_type(struct node *node, const void *bytes, size_t size);
/* At its window key CODE (io/input_event.h) goes DOWN or up; the pointer is at X, Y of the display with BUTTONS down.
 */
void node_key(struct node *node, uint32_t code, bool down);
void node_pointer(struct node *node, uint32_t x, uint32_t y, uint32_t buttons);
/* Its window's process is there from now on. False with one line in ERROR: the host has none. */
bool node_window(struct node *node, struct error *error);
/* Where that process is told what a person wants of it, one at a time; -1: there is none. */
int node_window_asks(const struct node *node);

#endif
