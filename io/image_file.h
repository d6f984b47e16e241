/* image_file.h - disk images as files of the host: open, and locked for as long as a disk has them.
 *
 * Who may write an image has it alone; those who only read it share it among themselves. Locks are those of an open
 * file description, so that another process, or another program that asks, sees them, and nothing is left of them when
 * a process dies. Within a process a set of files is one holder with one lock for each file: the next system of a
 * monitor is built while the last one is still there. A file system that knows no locks is used without.
 */
#ifndef US_IO_IMAGE_FILE_H
#define US_IO_IMAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* One holder. */
struct image_files;
struct image_files *image_files_new(void);
void image_files_free(struct image_files *files); /* after all of its files */

struct image_file;

/* Open PATH, a whole, positive number of blocks, for reading, and WRITABLE as well. NULL with one line in ERROR: there
 * is no such file, or it is in use. */
struct image_file *image_file_open(struct image_files *files, const char *path, bool writable, struct error *error);
/* Has anybody locked the file PATH, another run or one of this process? False as well if nobody can say. */
bool image_file_in_use(const char *path);
/* Could PATH be made, with SIZE_BYTES zeros? Changes nothing. False with one line in ERROR. */
bool image_file_possible(const char *path, uint64_t size_bytes, struct error *error);
/* Make it, writable, sparse; or leave nothing there. NULL with one line in ERROR. */
struct image_file *image_file_create(struct image_files *files, const char *path, uint64_t size_bytes,
                                     struct error *error);
void image_file_close(struct image_file *file); /* or NULL */

int image_file_descriptor(const struct image_file *file);
uint64_t image_file_bytes(const struct image_file *file); /* when it was opened */
/* From byte AT on, where is the next one that is not in a hole? At or behind the end: there is none. */
uint64_t image_file_next_data(const struct image_file *file, uint64_t at);
/* And the next one that is in a hole, or the end. */
uint64_t image_file_next_hole(const struct image_file *file, uint64_t at);

#endif
