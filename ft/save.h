/* save.h - a whole system as a file: what it takes to build it, and its state (snapshot.h says at which points).
 *
 * The file stands for itself: the image, all of memory, and the content of every disk are in it, so that the disk's
 * image file may have changed since, as long as its size has not. All numbers of the header are big-endian:
 *   "USTSAVE" and a zero, 32-bit version, 32 bits of zero, 64-bit size of the body, 64-bit size of it as packed,
 *   64-bit XXH3 of the header up to here and of the packed body; then the body, packed with zstd.
 * The body is what the visits write (mmu/base/visit.h): first what the system was built from, then its state, in the
 * host's own order of bytes, which is the same for all of them. A file of a build that describes a struct otherwise is
 * refused.
 */
#ifndef US_FT_SAVE_H
#define US_FT_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/system.h"
#include "mmu/base/visit.h"

enum { SAVE_VERSION = 7 };

/* What a system is built from, besides its state: words, whose meaning is the caller's, the settings, the image. */
struct save_about {
    char **words;
    unsigned word_count;
    struct settings settings;
    bool record;                        /* a recording is kept */
    uint32_t disk_blocks[DISK_DEVICES]; /* 0: no disk */
    char *protocol;                     /* what was in its file (protocols.h); "": it is one that has a name */
    char *image_name;
    uint8_t *image;
    size_t image_bytes;
};

/* Who waits for a long file: told how far it is; false: it is to stop. */
struct save_watch {
    bool (*tell)(void *arg, uint64_t done, uint64_t of);
    void *arg;
};
/* SYSTEM as a file: *BYTES is to be freed. WATCH may be NULL. False with one line in ERROR: it follows a recording, is
 * too large, or was stopped. */
bool system_save(struct system *system, char *const *words, unsigned word_count, const struct save_watch *watch,
                 uint8_t **bytes, size_t *size, struct error *error);

/* A file that is being read. */
struct save {
    struct save_about about; /* belongs to this struct */
    char name[256];
    uint8_t *body;
    struct visit visit;
};

/* Check the SIZE bytes at BYTES, and read what they are about. False with one line in ERROR: no such file, another
 * version, cut, altered, of another build. NAME is for messages. Free SAVE with save_close in either case. */
bool save_open(struct save *save, const uint8_t *bytes, size_t size, const char *name, struct error *error);
/* Give SYSTEM, which is new and was built from what the file says, the state. False with one line in ERROR: SYSTEM can
 * then only be freed. */
bool save_read(struct save *save, struct system *system, struct error *error);
void save_close(struct save *save);

#endif
