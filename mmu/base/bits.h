/* bits.h - the PA-RISC way of counting bits, and big-endian memory.
 *
 * The architecture numbers bits from 0, the MOST significant, to 31. This is the only place where that numbering is
 * turned into C's shifts; everything else names bits as the manual does.
 */
#ifndef US_MMU_BASE_BITS_H
#define US_MMU_BASE_BITS_H

#include <stdint.h>
#include <string.h>

/* The mask of PA-RISC bit N (0 is the most significant) of a 32-bit word. */
#define PA_BIT(n) (UINT32_C(1) << (31 - (n)))

/* Bits FIRST..LAST (PA-RISC numbering, FIRST <= LAST) of WORD, right-justified. */
static inline uint32_t pa_field(uint32_t word, unsigned first, unsigned last)
{
    return (word >> (31 - last)) & (UINT32_MAX >> (31 - (last - first)));
}

/* VALUE's low BITS bits (1..32) as a signed number. */
static inline int32_t pa_sign_extend(uint32_t value, unsigned bits)
{
    return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

/* VALUE's low BITS bits (1..32), where bit 31 is the sign and the rest the magnitude field ("low sign extend"). */
static inline int32_t pa_low_sign_extend(uint32_t value, unsigned bits)
{
    uint32_t magnitude = (value >> 1) & (UINT32_MAX >> (33 - bits));
    return (int32_t)((value & 1) ? magnitude | (UINT32_MAX << (bits - 1)) : magnitude);
}

static inline uint16_t be16_load(const void *at)
{
    uint16_t v;
    memcpy(&v, at, 2);
    return __builtin_bswap16(v);
}

static inline uint32_t be32_load(const void *at)
{
    uint32_t v;
    memcpy(&v, at, 4);
    return __builtin_bswap32(v);
}

static inline uint64_t be64_load(const void *at)
{
    uint64_t v;
    memcpy(&v, at, 8);
    return __builtin_bswap64(v);
}

static inline void be16_store(void *at, uint16_t v)
{
    v = __builtin_bswap16(v);
    memcpy(at, &v, 2);
}

static inline void be32_store(void *at, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(at, &v, 4);
}

static inline void be64_store(void *at, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(at, &v, 8);
}

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the hosts are x86-64 and aarch64: little-endian"
#endif

#endif
