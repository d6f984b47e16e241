/* test_values.c - values of environment instructions in one message: what is packed comes out again, and bytes that are
 * no value are refused without one being read beyond their end.
 *
 *   test_ft_values [--seed N]
 */
#include "ft/log/values.h"

#include "mmu/base/rng.h"
#include "tests/check.h"

enum { ROUNDS = 500, ROUND_VALUES_MAX = 60, GROUPS_MAX = 10, NONSENSE = 20000, NONSENSE_BYTES_MAX = 40 };

/* All sizes of numbers alike: as many bits as are drawn. */
static uint64_t any_bits(struct rng *rng, unsigned bits_max)
{
    unsigned bits = 1 + (unsigned)rng_upto(rng, bits_max - 1);
    return rng_next(rng) >> (64 - bits);
}

static bool same(const struct logged_value *a, const struct logged_value *b)
{
    return a->epoch == b->epoch && a->index == b->index && a->value == b->value && a->kind == b->kind;
}

/* Bytes in memory of just their size, so that a sanitizer sees what is read beyond them. */
static uint8_t *exactly(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    return copy;
}

/* The first SIZE bytes of PACKED: the values that lie whole in them, and no more. */
static void check_prefix(struct check *t, const packed_values *packed, size_t size, const struct logged_value *values,
                         const size_t *ends, unsigned count)
{
    struct logged_value value = {.epoch = values[0].epoch};
    uint8_t *bytes = exactly(packed->at, size);
    size_t at = 0;
    unsigned whole = 0;
    while (whole < count && ends[whole] <= size)
        whole++;
    for (unsigned i = 0; i < whole; i++) {
        CHECK(values_unpack(bytes, size, &at, &value));
        CHECK(same(&value, &values[i]));
        CHECK_EQ(at, ends[i]);
    }
    CHECK(!values_unpack(bytes, size, &at, &value));
    CHECK(at <= size);
    free(bytes);
}

static void test_round_trips(struct check *t)
{
    struct rng rng = rng_new(t->seed, 1);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct logged_value values[ROUND_VALUES_MAX], before = {.epoch = rng_next(&rng)};
        size_t ends[ROUND_VALUES_MAX];
        packed_values packed = {0};
        unsigned count = 1 + (unsigned)rng_upto(&rng, ROUND_VALUES_MAX - 1);
        for (unsigned i = 0; i < count; i++) {
            values[i] = before;
            values[i].index += any_bits(&rng, 56); /* never beyond 2^63, from which on distances have no room */
            values[i].value += any_bits(&rng, 64);
            values[i].value -= any_bits(&rng, 64);
            values[i].kind = rng_upto(&rng, 2) ? VALUE_CLOCK : VALUE_ENTROPY;
            values_pack(&packed, i ? &before : NULL, &values[i]);
            before = values[i];
            ends[i] = packed.count;
        }
        check_prefix(t, &packed, packed.count, values, ends, count);
        check_prefix(t, &packed, (size_t)rng_upto(&rng, packed.count), values, ends, count);
        VEC_FREE(&packed);
    }
}

/* What the comment of values.h says, to the byte. */
static void test_format(struct check *t)
{
    static const struct logged_value values[] = {{7, 3, 5, VALUE_CLOCK},
                                                 {7, 3, 4, VALUE_CLOCK},
                                                 {7, 163, UINT64_C(0x0102030405060708), VALUE_ENTROPY},
                                                 {7, 163, UINT64_C(0x0102030405060708) + 64, VALUE_CLOCK}};
    static const uint8_t wanted[] = {6, 10, 0, 1, 0xC1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0x80, 1};
    packed_values packed = {0};
    for (unsigned i = 0; i < 4; i++)
        values_pack(&packed, i ? &values[i - 1] : NULL, &values[i]);
    CHECK_EQ(packed.count, sizeof wanted);
    CHECK(packed.count == sizeof wanted && !memcmp(packed.at, wanted, sizeof wanted));
    VEC_FREE(&packed);
}

static bool unpack(const uint8_t *bytes, size_t size, size_t *at)
{
    struct logged_value value = {.epoch = 1};
    uint8_t *copy = exactly(bytes, size);
    *at = 0;
    bool good = values_unpack(copy, size, at, &value);
    free(copy);
    return good;
}

static void test_bounds(struct check *t)
{
    struct logged_value last = {1, UINT64_MAX >> 1, UINT64_MAX, VALUE_CLOCK};
    struct logged_value first = {.epoch = 1};
    packed_values packed = {0};
    size_t at = 0;
    /* The last instruction and the greatest difference that there is room for. */
    last.value = UINT64_C(1) << 63;
    values_pack(&packed, NULL, &last);
    CHECK(values_unpack(packed.at, packed.count, &at, &first));
    CHECK(same(&first, &last));
    CHECK_EQ(at, 2 * GROUPS_MAX);
    VEC_FREE(&packed);

    /* A number of more groups than 64 bits have does not end: not for the distance, nor for a clock behind it. */
    uint8_t endless[200];
    memset(endless, 0x80, sizeof endless);
    CHECK(!unpack(endless, sizeof endless, &at));
    CHECK_EQ(at, GROUPS_MAX);
    endless[0] = 2;
    CHECK(!unpack(endless, sizeof endless, &at));
    CHECK_EQ(at, 1 + GROUPS_MAX);
    endless[1 + GROUPS_MAX] = 0; /* its end comes one group too late */
    CHECK(!unpack(endless, sizeof endless, &at));
    endless[GROUPS_MAX] = 0;
    CHECK(unpack(endless, sizeof endless, &at));

    /* Random bits are 8 bytes, not 7. */
    static const uint8_t entropy[9] = {1};
    CHECK(unpack(entropy, 9, &at));
    CHECK_EQ(at, 9);
    for (size_t size = 0; size < sizeof entropy; size++)
        CHECK(!unpack(entropy, size, &at));
}

/* Any bytes: read in order to their end, or refused. */
static void test_nonsense(struct check *t)
{
    struct rng rng = rng_new(t->seed, 2);
    unsigned good = 0, refused = 0;
    for (unsigned i = 0; i < NONSENSE; i++) {
        uint8_t drawn[NONSENSE_BYTES_MAX];
        size_t size = (size_t)rng_upto(&rng, sizeof drawn), at = 0, before = 0;
        for (size_t k = 0; k < size; k++) {
            drawn[k] = (uint8_t)rng_next(&rng);
            drawn[k] |= rng_upto(&rng, 2) ? 0x80 : 0;
        }
        uint8_t *bytes = exactly(drawn, size);
        struct logged_value value = {.epoch = 9};
        while (at < size && values_unpack(bytes, size, &at, &value)) {
            CHECK(at >= before + 2 && at <= size && value.epoch == 9 && value.kind < VALUE_KINDS);
            before = at;
            good++;
        }
        CHECK(at <= size);
        refused += before < size;
        free(bytes);
    }
    CHECK(good > NONSENSE / 4 && refused > NONSENSE / 4);
}

int main(int argc, char **argv)
{
    struct check t = check_begin("ft.values", argc, argv);
    test_format(&t);
    test_round_trips(&t);
    test_bounds(&t);
    test_nonsense(&t);
    return check_end(&t);
}
