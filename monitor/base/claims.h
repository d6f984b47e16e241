/* claims.h - which files a program reads and which it writes: nothing that it reads may be written by it, by whatever
 * name (another path, a link, a redirection), and no two kinds of output may be one file.
 *
 * Whoever opens a file says so here before anything is opened for writing. A file is compared as it is at that moment,
 * so that nothing goes wrong when one has been replaced. What is no regular file (a pipe, a terminal, /dev/null) is
 * nobody's.
 */
#ifndef US_MONITOR_BASE_CLAIMS_H
#define US_MONITOR_BASE_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "mmu/base/error.h"
#include "mmu/base/vec.h"

struct claim {
    char *path; /* whole, without links; NULL: an open descriptor */
    int fd;     /* that one */
    char *what; /* "the image" */
    bool reads, writes;
    bool written; /* by us: what it holds is ours, and may be read */
    bool refused; /* something was not read because of this one */
};

struct claims {
    VEC(struct claim) rows;
};

/* Our own input and output, as we were started with. */
void claims_begin(struct claims *claims);
void claims_free(struct claims *claims);
/* What FROM has of files with a name is claimed in CLAIMS as well. */
void claims_copy(struct claims *claims, const struct claims *from);

/* PATH (or NULL: none) is read, as WHAT. False with one line in ERROR: it is or will be written. */
bool claims_read(struct claims *claims, const char *path, const char *what, struct error *error);
/* PATH (or NULL) will be written, as WHAT. False with one line in ERROR: it is read, or something else is written
 * there, or it is a disk of another run. */
bool claims_write(struct claims *claims, const char *path, const char *what, struct error *error);
/* PATH (or NULL) is a disk that is read and written. */
bool claims_change(struct claims *claims, const char *path, const char *what, struct error *error);
/* Was something not read, because it will be written as WHAT? */
bool claims_refused(const struct claims *claims, const char *what);
/* What was claimed to be written as WHAT has been. */
void claims_written(struct claims *claims, const char *what);

/* What has been claimed since claims->rows.count was COUNT was not done after all. */
void claims_cut(struct claims *claims, size_t count);

#endif
