/* describe.h - what a live system is built from, as the world tells it to every node: text, a line for each thing, in
 * which a node must find everything and nothing else. Two nodes so cannot differ.
 */
#ifndef US_FT_LIVE_DESCRIBE_H
#define US_FT_LIVE_DESCRIBE_H

#include "ft/system.h"
#include "io/disk_operation.h"

enum { DESCRIPTION_MAX = 8192 };

struct description {
    char text[DESCRIPTION_MAX];
};

/* CONFIG, with disks of so many blocks. */
void describe_config(struct description *description, const struct system_config *config,
                     const uint32_t blocks[DISK_DEVICES]);
/* Read it. False: it is of another version, or altered. PROTOCOL has the name that config->protocol becomes; *WRITTEN
 * is the hash of the protocol's text if it is one out of a file (config->written is NULL all the same), else 0. */
enum { DESCRIPTION_NAME_BYTES = 64 };
bool describe_read(const char *text, struct system_config *config, uint32_t blocks[DISK_DEVICES],
                   char protocol[DESCRIPTION_NAME_BYTES], uint64_t *written);
/* A number that two different descriptions hardly have in common. */
uint64_t describe_digest(const char *text);

#endif
