/* wire.h - what joins two bare computers: the line between their channel ports, the fault monitor and the arbiter.
 * No virtual machine monitor is in it: what the guests make of it is theirs (docs/protocols.md, "Without a monitor").
 *
 * Time. What one computer does can be noticed by the other one channel latency later at the earliest, so neither runs
 * further ahead of the other than that (wire_horizon). The two take turns on one host thread.
 */
#ifndef US_FT_BARE_WIRE_H
#define US_FT_BARE_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

struct computer;
struct board;

/* One computer's part of it. */
struct wire {
    uint64_t sent;       /* words, ever */
    uint64_t sent_taken; /* of them, those that this computer knows to have been taken */
    uint64_t heard_ps;   /* when the last word arrived here */
    bool silence_known;  /* the other has fallen silent; the report is an event */
};

/* COMPUTER's board gets its port. Without another computer that one has failed from the start. False if the host has
 * no memory. */
bool wire_attach(struct computer *computer);
void wire_free(struct computer *computer);
void wire_visit(struct wire *wire, struct visit *visit);
/* The time up to which COMPUTER may run: nothing of the other can be noticed before. */
uint64_t wire_horizon(const struct computer *computer);
/* When does the next word arrive here? TIME_NEVER: none is on its way. */
uint64_t wire_next_arrival(struct computer *computer);
/* Let the words that have arrived by now into the port. False if it is not certain yet that the next one arrives. */
bool wire_receive(struct computer *computer);
/* Has the other computer fallen silent? Then the fault monitor's report becomes an event. */
void wire_watch(struct computer *computer);
/* EVENT_PEER_LOST. */
void wire_report(struct computer *computer);

#endif
