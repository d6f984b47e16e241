/* timeline_ring.h - writing what a computer did lately (ft/timeline_ring.h). */
#ifndef US_FT_COMPUTER_TIMELINE_RING_H
#define US_FT_COMPUTER_TIMELINE_RING_H

#include "ft/timeline_ring.h"

struct computer;

/* With ROOM rows. NULL: for 0, or the host has no memory for them. */
struct chronicle *chronicle_new(size_t room);
void chronicle_free(struct chronicle *chronicle);
/* How far CHRONICLE (NULL: none) has come: its rows in all, and what is in the newest, which may still grow. */
struct chronicle_mark {
    uint64_t count;
    struct chronicle_row newest;
};
struct chronicle_mark chronicle_mark(const struct chronicle *chronicle);
/* The computer has gone back to where its chronicle (NULL: none) was at MARK: the rows since have not happened. */
void chronicle_forget(struct chronicle *chronicle, const struct chronicle_mark *mark);

/* COMPUTER did that now. All do nothing if there is no chronicle. */
void chronicle_epoch(struct computer *computer, enum chronicle_kind kind, uint64_t epoch);
void chronicle_sent(struct computer *computer, const struct message *message, uint64_t arrival_ps);
void chronicle_received(struct computer *computer, const struct message *message, uint64_t arrival_ps);
/* Until UNTIL_PS. */
void chronicle_awaits(struct computer *computer, uint64_t until_ps);
void chronicle_disk(struct computer *computer, enum chronicle_kind kind, uint64_t number);
void chronicle_terminal(struct computer *computer, enum chronicle_kind kind, uint64_t last, uint32_t bytes);
/* An instruction takes its VP insn_ps from now on. */
void chronicle_speed(struct computer *computer);
/* What its host did at TIME_PS: see struct chronicle_row. A slice that goes on is the same row. */
void chronicle_host(struct computer *computer, const struct chronicle_row *row);

#endif
