/* state.h - how saved state is described.
 *
 * What is saved, compared and hashed has no pointers in it and is described by a table of fields, one table for each
 * struct. Snapshots, digests, `compare`, the monitor and the documentation all read the same table. A field that is
 * not in its table is scratch and must not influence what a guest sees.
 */
#ifndef US_MMU_BASE_STATE_H
#define US_MMU_BASE_STATE_H

#include <stddef.h>
#include <stdint.h>

struct state_field {
    const char *name;    /* the manual's own, e.g. "gr", "psw", "iaoq_front" */
    uint32_t offset;     /* of the first element in the struct, bytes */
    uint16_t size_bytes; /* of one element: 1, 2, 4 or 8 (host order), or any size for raw bytes */
    uint16_t count;      /* elements; 1 for a scalar */
    uint32_t stride;     /* bytes from one element to the next */
    const char *title;   /* one line for a person */
    uint32_t limit;      /* elements of 1 or 4 bytes are below it: an index, a fill level; 0: any value is one */
};

struct state_table {
    const char *name; /* "processor", "uart", ... */
    const struct state_field *fields;
    size_t count;
};

/* A row for a scalar, for an array, and for one member of each element of an array of structs. */
#define STATE_SCALAR(type, member, title)                                                                              \
    {                                                                                                                  \
#member, offsetof(type, member), sizeof(((type *)0)->member), 1, sizeof(((type *)0)->member), title, 0         \
    }
#define STATE_ARRAY(type, member, title)                                                                               \
    {                                                                                                                  \
#member, offsetof(type, member), sizeof(((type *)0)->member[0]),                                               \
            sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0]), sizeof(((type *)0)->member[0]), title, 0     \
    }
#define STATE_MEMBERS(type, array, member, title)                                                                      \
    {                                                                                                                  \
#array "." #member, offsetof(type, array[0].member), sizeof(((type *)0)->array[0].member),                     \
            sizeof(((type *)0)->array) / sizeof(((type *)0)->array[0]), sizeof(((type *)0)->array[0]), title, 0        \
    }
/* The same with a limit. */
#define STATE_SCALAR_BELOW(type, member, end, title)                                                                   \
    {                                                                                                                  \
#member, offsetof(type, member), sizeof(((type *)0)->member), 1, sizeof(((type *)0)->member), title, end       \
    }
#define STATE_MEMBERS_BELOW(type, array, member, end, title)                                                           \
    {                                                                                                                  \
#array "." #member, offsetof(type, array[0].member), sizeof(((type *)0)->array[0].member),                     \
            sizeof(((type *)0)->array) / sizeof(((type *)0)->array[0]), sizeof(((type *)0)->array[0]), title, end      \
    }

#endif
