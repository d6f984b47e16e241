/* values.h - values of environment instructions as the log has them, and several of them packed into one message.
 *
 * Packed, a value is a number in groups of seven bits, the lowest first, each but the last with the top bit set: twice
 * the distance from the instruction before (from the first of the epoch for the first value), plus its kind. Then
 * its value: of a clock the difference from the value before, zigzag, in the same way; random bits as 8 bytes.
 */
#ifndef US_FT_LOG_VALUES_H
#define US_FT_LOG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ft/message.h"
#include "mmu/base/vec.h"

/* [E, Val], and [E, Tme] or [end, E] with their clock. */
struct logged_value {
    uint64_t epoch, index, value; /* of a clock: picoseconds */
    enum value_kind kind;
};

enum { VALUES_MAX = 4096 }; /* in one message */

typedef VEC(uint8_t) packed_values;

/* Add VALUE behind BEFORE, which is of the same epoch and not a later instruction, or NULL. */
void values_pack(packed_values *packed, const struct logged_value *before, const struct logged_value *value);
/* Read the next of SIZE bytes from *AT on, behind *VALUE as it is, whose epoch stays; {epoch, 0, 0} before the first.
 * False if they are no value. */
bool values_unpack(const uint8_t *bytes, size_t size, size_t *at, struct logged_value *value);

#endif
