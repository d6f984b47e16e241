/* shared_disk.h - the disk itself, which outlives the computers: blocks (disk_content.h), the generation that fences,
 * and the record D.
 *
 * Every performance is recorded (docs/explainability.md, D: operation, blocks performed, content as taken at issue);
 * from the moment a generation is fenced off, the disk refuses whatever an older one asks.
 */
#ifndef US_IO_SHARED_DISK_H
#define US_IO_SHARED_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/disk_content.h"
#include "io/disk_operation.h"
#include "mmu/base/error.h"
#include "mmu/base/visit.h"

/* One performance. */
struct disk_record {
    uint64_t number;  /* the operation's, as its computer counted */
    uint64_t content; /* hash of the data written or read; 0 for the rest */
    uint64_t time_ps; /* virtual */
    uint64_t mask;    /* blocks performed, bit i % 64, if not full */
    uint32_t reached; /* and only those before this one: fewer than count if the host could write no more */
    uint32_t device, opcode, block, count;
    uint32_t generation; /* of the computer that asked */
    bool full;
};

struct shared_disk;

/* Open the disk; its file is locked as a file of FILES, which outlive it (image_file.h). A file that is to be created
 * is not made yet (shared_disk_make). NULL with one line in ERROR. */
struct shared_disk *shared_disk_open(const struct shared_disk_config *config, struct image_files *files,
                                     struct error *error);
/* The same disk as it was when FIRST was opened, a snapshot: FIRST outlives it, and nobody writes to it meanwhile, or
 * only under the same lock as this one is used. */
struct shared_disk *shared_disk_again(const struct shared_disk *first);
/* Everything else is accepted: make the file if there is to be one and is none (that of an overlay: at its first
 * commit). False with one line in ERROR. */
bool shared_disk_make(struct shared_disk *disk, struct error *error);
/* That was too early: it goes if it was made. */
void shared_disk_unmake(struct shared_disk *disk);
void shared_disk_close(struct shared_disk *disk); /* does not commit */

uint32_t shared_disk_blocks(const struct shared_disk *disk);

/* DISK_FAILED_HOST: the image file could not be read or written: no guest may go on with that (shared_disk_host_good).
 * What was written before that is in the record. */
enum disk_performance { DISK_PERFORMED, DISK_FENCED, DISK_FAILED_MEDIUM, DISK_FAILED_HOST };

/* Perform OP for a computer of GENERATION at TIME_PS. MASK NULL: all of it; else only the blocks i with bit i % 64 set
 * (a crash in the middle of a write). A read fills op->data. */
enum disk_performance shared_disk_perform(struct shared_disk *disk, uint32_t generation, struct disk_operation *op,
                                          const uint64_t *mask, uint64_t time_ps);

/* Block BLOCK cannot be read or written from now on: commands that touch it fail with a medium error. */
void shared_disk_fail_block(struct shared_disk *disk, uint32_t block);

/* Refuse everything older than GENERATION from now on. */
void shared_disk_fence(struct shared_disk *disk, uint32_t generation);

/* The record D so far, in the order of performance. */
const struct disk_record *shared_disk_records(const struct shared_disk *disk, size_t *count);

/* The records of operations up to number LAST are not kept any more. */
void shared_disk_forget(struct shared_disk *disk, uint64_t last);

/* Copy block BLOCK as it is now; zeros if the host fails (shared_disk_host_good). */
void shared_disk_peek(struct shared_disk *disk, uint32_t block, uint8_t *to);

/* Has the image file been readable and writable so far? False with one line in ERROR. */
bool shared_disk_host_good(const struct shared_disk *disk, struct error *error);

/* The disk as it is now: the overlay and the record; in a save file its whole content, which then is the overlay of a
 * disk of the same size. */
void shared_disk_visit(struct shared_disk *disk, struct visit *visit);

/* How many bytes of host memory the overlay takes, with all moments of it that are kept. */
uint64_t shared_disk_overlay_bytes(const struct shared_disk *disk);

/* Blocks from BLOCK on that are zero, as is known without reading them; 0: that one may be anything. */
uint32_t shared_disk_zeros(const struct shared_disk *disk, uint32_t block);

/* How many blocks an overlay has that are not what the file has: a commit would write them. */
uint64_t shared_disk_uncommitted(struct shared_disk *disk);
/* The path, or NULL. */
const char *shared_disk_path(const struct shared_disk *disk);
/* Write the overlay's changes to the image file (of other kinds of disks there are none). Refused before anything is
 * written if the host has no room for them. */
bool shared_disk_commit(struct shared_disk *disk, struct error *error);

#endif
