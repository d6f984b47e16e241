/* snapshot.h - a whole system as it was at a quiet point: both computers stopped at one virtual time, as
 * system_run_until leaves them.
 *
 * A snapshot is cheap: pages of memory and of the disk's overlay are shared with every other moment at which they were
 * the same, and rows that only grow (the history H, the record D, the terminal's output, a recording) go along as their
 * length. So snapshots are of one past: restoring one ends the validity of those that were taken after it (they may
 * only be freed), until the system has been run again over the same ground.
 *
 * What a snapshot does not have: what can be derived (decoded code, software TLBs, page hashes), what belongs to the
 * host (descriptors, threads, what was written to the terminal already), and a primary's states kept for comparison.
 */
#ifndef US_FT_SNAPSHOT_H
#define US_FT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/system.h"

struct snapshot;

/* The system as it is now. */
struct snapshot *system_snapshot(struct system *system);
/* The system as it is now, after something was done to it from outside at the moment BASE: can be restored whenever the
 * system has come to that moment again, without what was done. */
struct snapshot *system_patch(struct system *system, const struct snapshot *base);
/* The system becomes as it was. */
void system_restore(struct system *system, const struct snapshot *snapshot);
/* Before the system itself is freed. */
void snapshot_free(struct snapshot *snapshot);
/* Are they of the same state? */
bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);
/* What it takes by itself, bytes; and all that the pages of a system take, those of its snapshots included. */
uint64_t snapshot_bytes(const struct snapshot *snapshot);
uint64_t system_pages_bytes(const struct system *system);

#endif
