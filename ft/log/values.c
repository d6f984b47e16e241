/* values.c - see values.h. */
#include "ft/log/values.h"

#include "mmu/base/bits.h"

static void put_number(packed_values *packed, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *VEC_PUSH(packed) = (uint8_t)(number | 0x80);
    *VEC_PUSH(packed) = (uint8_t)number;
}

static bool get_number(const uint8_t *bytes, size_t size, size_t *at, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; *at < size && shift < 64; shift += 7) {
        uint8_t byte = bytes[(*at)++];
        *number |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static uint64_t zigzag(uint64_t difference)
{
    return difference << 1 ^ -(difference >> 63);
}

static uint64_t zagzig(uint64_t number)
{
    return number >> 1 ^ -(number & 1);
}

void values_pack(packed_values *packed, const struct logged_value *before, const struct logged_value *value)
{
    uint64_t distance = value->index - (before ? before->index : 0);
    put_number(packed, distance << 1 | (value->kind != VALUE_CLOCK));
    if (value->kind == VALUE_CLOCK) {
        put_number(packed, zigzag(value->value - (before ? before->value : 0)));
        return;
    }
    uint8_t bytes[8];
    be64_store(bytes, value->value);
    for (unsigned i = 0; i < sizeof bytes; i++)
        *VEC_PUSH(packed) = bytes[i];
}

bool values_unpack(const uint8_t *bytes, size_t size, size_t *at, struct logged_value *value)
{
    uint64_t number;
    if (!get_number(bytes, size, at, &number))
        return false;
    value->index += number >> 1;
    value->kind = number & 1 ? VALUE_ENTROPY : VALUE_CLOCK;
    if (value->kind == VALUE_CLOCK) {
        if (!get_number(bytes, size, at, &number))
            return false;
        value->value += zagzig(number);
        return true;
    }
    if (size - *at < 8)
        return false;
    value->value = be64_load(bytes + *at);
    *at += 8;
    return true;
}
