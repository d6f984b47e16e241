/* tape_file.h - the recording of one member's virtual processor as a file that grows with the run. Private to ft/live/.
 *
 * The member that acts writes the file that was asked for; one that joins begins with a copy of that, up to where it
 * joins, in a file of its own beside it, which takes the other's place when it takes over. So at every moment the file
 * is that of who acts, without an end while the run has none, and nothing of it is in memory.
 */
#ifndef US_FT_LIVE_TAPE_FILE_H
#define US_FT_LIVE_TAPE_FILE_H

#include "ft/recording.h"

struct tape_file {
    char *path; /* without links; NULL: nothing is recorded */
    int fd;
    int cause; /* the errno of the first failure; from then on nothing is written */
    struct recording_stream stream;
};

/* TAPE, which is zero, begins at PATH, of what ABOUT says. */
void tape_file_begin(struct tape_file *tape, const char *path, const struct recording_about *about);
/* TAPE, which is zero, goes on where FROM is now, at PATH, or if something is there already at PATH.1 and so on. */
void tape_file_fork(struct tape_file *tape, const char *path, struct tape_file *from);
/* SIZE bytes of encoded messages. False: they are none. */
bool tape_file_add(struct tape_file *tape, const uint8_t *bytes, size_t size);
/* What waits is written. */
void tape_file_flush(struct tape_file *tape);
/* It takes the place of what is at PATH. */
void tape_file_become(struct tape_file *tape, const char *path);
/* The end of the run; the file is whole. */
void tape_file_end(struct tape_file *tape, const struct recording_end *end);
/* Forget it; the file stays, or goes if it is REMOVED. */
void tape_file_close(struct tape_file *tape, bool removed);

#endif
