/* mixed.c - what CoreMark does, in small: a list that is searched and turned round, a matrix, a state machine that
 * reads numbers, and a checksum over all of it.
 */
#include "work.h"

enum { ROUNDS = 1500, ITEMS = 256, SIDE = 16 };

struct item {
    struct item *next;
    int16_t value, index;
};

static struct item items[ITEMS];
static int16_t a[SIDE][SIDE], b[SIDE][SIDE];

static uint16_t checksum(uint16_t sum, uint32_t word)
{
    for (unsigned i = 0; i < 32; i++, word >>= 1)
        sum = (uint16_t)((sum >> 1) ^ ((sum ^ word) & 1 ? 0xA001 : 0));
    return sum;
}

static struct item *make_list(uint32_t *random)
{
    for (int i = 0; i < ITEMS; i++)
        items[i] = (struct item){i + 1 < ITEMS ? &items[i + 1] : NULL, (int16_t)next_random(random), (int16_t)i};
    return items;
}

static struct item *turn_round(struct item *list)
{
    struct item *turned = NULL;
    while (list) {
        struct item *next = list->next;
        list->next = turned;
        turned = list;
        list = next;
    }
    return turned;
}

static int find(const struct item *list, int16_t value)
{
    while (list && list->value != value)
        list = list->next;
    return list ? list->index : -1;
}

static uint32_t matrix(void)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned k = 0; k < SIDE; k++) {
            int32_t cell = 0;
            for (unsigned n = 0; n < SIDE; n++)
                cell += a[i][n] * b[n][k];
            sum += (uint32_t)(cell >> 3);
        }
    return sum;
}

/* How many numbers TEXT has: digits, perhaps a sign before and a fraction behind. */
static uint32_t count_numbers(const char *text)
{
    enum { BETWEEN, SIGN, DIGITS, FRACTION, WORD } state = BETWEEN;
    uint32_t count = 0;
    for (; *text; text++) {
        bool digit = *text >= '0' && *text <= '9';
        if (*text == ' ') {
            count += state == DIGITS || state == FRACTION;
            state = BETWEEN;
        } else if (state == BETWEEN && (*text == '-' || *text == '+')) {
            state = SIGN;
        } else if (state <= DIGITS && digit) {
            state = DIGITS;
        } else if (state == DIGITS && *text == '.') {
            state = FRACTION;
        } else if (state != FRACTION || !digit) {
            state = WORD;
        }
    }
    return count;
}

uint32_t work(void)
{
    uint32_t random = 7;
    uint16_t sum = 0;
    for (unsigned i = 0; i < SIDE * SIDE; i++) {
        a[i / SIDE][i % SIDE] = (int16_t)(next_random(&random) & 0xFF);
        b[i / SIDE][i % SIDE] = (int16_t)(next_random(&random) & 0xFF);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct item *list = turn_round(make_list(&random));
        for (unsigned i = 0; i < 16; i++)
            sum = checksum(sum, (uint32_t)find(list, items[next_random(&random) % ITEMS].value));
        a[round % SIDE][3] = (int16_t)(random & 0xFF);
        sum = checksum(sum, matrix());
        sum = checksum(sum, count_numbers("5012 -31.5 +7 x12 8.8.8 1 12a 874 -0.25 word 9 "));
    }
    return sum;
}
