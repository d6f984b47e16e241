/* disk_content.h - the blocks of a disk, and where what is written to them is kept.
 *
 * THROUGH: it is in the image file when the write has been made, so that what a guest is told complete is there
 * whatever becomes of this process; what the file had before is kept as well if anybody may want to run again from it
 * (disk_content_again). OVERLAY: changes live in memory until they are committed, so that a run can be thrown away or
 * gone back in; the overlay is a map of pages (mmu/base/pages.h), and after a commit it stays, with what the file had
 * there before. FOLLOWED: both: a write is in the file when it has been made, and in the overlay, so that a run can be
 * gone back in; the file then goes back, too. SNAPSHOT: an overlay without a commit; the file is only read.
 *
 * What always holds: after the host has failed once, the first cause is kept, and what was read since is zeros.
 */
#ifndef US_IO_DISK_CONTENT_H
#define US_IO_DISK_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "io/image_file.h"
#include "mmu/base/error.h"
#include "mmu/base/pages.h"
#include "mmu/base/visit.h"

enum disk_keeping { DISK_THROUGH, DISK_OVERLAY, DISK_FOLLOWED, DISK_SNAPSHOT };

struct shared_disk_config {
    const char *path;      /* NULL: none; the disk has no blocks then */
    uint64_t create_bytes; /* if there is no such file, and this is not 0: the disk has that many zero bytes */
    enum disk_keeping keeping;
    bool keeps_before; /* through: shared_disk_again will be wanted */
    bool syncs;        /* a flush waits until the host has the file's content on its own disk (fdatasync) */
};

struct disk_content {
    struct shared_disk_config config;
    struct image_files *files;
    struct image_file *file;          /* NULL: none (no disk, or it is not made) */
    const struct disk_content *first; /* the same once more, read through that one; NULL: no */
    char *path;
    bool made; /* by disk_content_make */
    uint32_t blocks;
    struct page_store *store;
    struct page_map overlay;
    struct page_map before; /* what the file had where it was written */
    int host_error;         /* the errno of the first read or write of the image file that failed; 0: none */
    const char *host_deed;  /* what that was to do */
};

/* See shared_disk.h for what is said no more of here. CONTENT can be closed whatever this returns. */
bool disk_content_open(struct disk_content *content, const struct shared_disk_config *config, struct image_files *files,
                       struct error *error);
void disk_content_again(struct disk_content *content, const struct disk_content *first);
bool disk_content_make(struct disk_content *content, struct error *error);
void disk_content_unmake(struct disk_content *content);
void disk_content_close(struct disk_content *content);

/* COUNT blocks from BLOCK on, as they are now. False: the host failed. */
bool disk_content_read(struct disk_content *content, uint32_t block, uint32_t count, uint8_t *to);
/* Write them; with MASK only the blocks i with bit i % 64 set. *REACHED is COUNT, or the first that was not written. */
bool disk_content_write(struct disk_content *content, uint32_t block, uint32_t count, const uint8_t *from,
                        const uint64_t *mask, uint32_t *reached);
/* What was written is to survive the host's power as well, if that was asked for. */
bool disk_content_flush(struct disk_content *content);
bool disk_content_good(const struct disk_content *content, struct error *error);

uint32_t disk_content_zeros(const struct disk_content *content, uint32_t block);
uint64_t disk_content_uncommitted(struct disk_content *content);
bool disk_content_commit(struct disk_content *content, struct error *error);
void disk_content_visit(struct disk_content *content, struct visit *visit);

#endif
