/* difference.c - see difference.h. */
#include "ft/board/difference.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/board/digest.h"

static uint64_t element_value(const uint8_t *at, unsigned size_bytes)
{
    uint64_t value = 0;
    memcpy(&value, at, size_bytes < 8 ? size_bytes : 8);
    return value;
}

static void describe_field(const char *part, const struct state_field *field, unsigned index, const uint8_t *a,
                           const uint8_t *b, const struct replica *as, const struct replica *bs,
                           struct difference *difference)
{
    char name[80], element[16] = "";
    if (field->count > 1)
        snprintf(element, sizeof element, "[%u]", index);
    snprintf(name, sizeof name, "%s %s%s", part, field->name, element);
    if (field->size_bytes <= 8) {
        int digits = field->size_bytes * 2;
        snprintf(difference->text, sizeof difference->text, "%s is 0x%0*" PRIx64 " at %s and 0x%0*" PRIx64 " at %s",
                 name, digits, element_value(a, field->size_bytes), as->name, digits,
                 element_value(b, field->size_bytes), bs->name);
        return;
    }
    unsigned byte = 0; /* raw bytes: the first that differs */
    while (a[byte] == b[byte])
        byte++;
    snprintf(difference->text, sizeof difference->text, "%s, byte %u is 0x%02x at %s and 0x%02x at %s", name, byte,
             a[byte], as->name, b[byte], bs->name);
}

/* What the hardware holds of delayed traps is not the VP's before the epoch ends. */
static bool is_trap_buffer(const struct state_field *field)
{
    return strncmp(field->name, "dtu_buffer", 10) == 0 || strcmp(field->name, "dtu_count") == 0;
}

static void compare_fields(struct board *board, const struct replica *a, const struct replica *b, bool trap_buffer,
                           struct difference *difference)
{
    struct board_part parts[BOARD_PARTS];
    size_t at = 0;
    for (unsigned p = 0, count = board_parts(board, parts); p < count; p++) {
        for (size_t f = 0; f < parts[p].table->count; f++) {
            const struct state_field *field = &parts[p].table->fields[f];
            for (unsigned i = 0; i < field->count && field_is_shared(field); i++, at += field->size_bytes) {
                if (!memcmp(a->flat + at, b->flat + at, field->size_bytes) || (!trap_buffer && is_trap_buffer(field)))
                    continue;
                if (!difference->fields++)
                    describe_field(parts[p].table->name, field, i, a->flat + at, b->flat + at, a, b, difference);
            }
        }
    }
}

/* Page INDEX, which is at ADDRESS. */
static void compare_page(uint32_t index, uint32_t address, const struct replica *a, const struct replica *b,
                         struct difference *difference)
{
    const uint8_t *at_a = a->memory + (size_t)index * PHYS_PAGE_BYTES;
    const uint8_t *at_b = b->memory + (size_t)index * PHYS_PAGE_BYTES;
    for (uint32_t i = 0; i < PHYS_PAGE_BYTES; i++) {
        if (at_a[i] == at_b[i])
            continue;
        if (!difference->bytes++ && !difference->fields)
            snprintf(difference->text, sizeof difference->text,
                     "the memory byte at 0x%08" PRIx32 " is 0x%02x at %s and 0x%02x at %s", address + i, at_a[i],
                     a->name, at_b[i], b->name);
    }
}

/* Say how many there are. True: none. */
static bool conclude(struct difference *difference)
{
    uint64_t all = difference->fields + difference->bytes;
    if (all > 1) {
        size_t used = strlen(difference->text);
        snprintf(difference->text + used, sizeof difference->text - used,
                 " (the first of %" PRIu64 " differences in registers and %" PRIu64 " in bytes of memory)",
                 difference->fields, difference->bytes);
    }
    return all == 0;
}

bool replicas_equal(struct board *board, const struct replica *a, const struct replica *b, bool trap_buffer,
                    struct difference *difference)
{
    *difference = (struct difference){0};
    compare_fields(board, a, b, trap_buffer, difference);
    for (uint32_t i = 0; i < phys_pages(board->phys); i++) {
        size_t at = (size_t)i * PHYS_PAGE_BYTES;
        if (memcmp(a->memory + at, b->memory + at, PHYS_PAGE_BYTES) != 0)
            compare_page(i, phys_page_address(board->phys, i), a, b, difference);
    }
    return conclude(difference);
}

/* As above, but pages whose hashes are equal are not looked at. */
bool boards_equal(struct board *a, const char *a_name, struct board *b, const char *b_name, bool trap_buffer,
                  struct difference *difference)
{
    struct replica as = {a_name, a->digest->flat, phys_page(a->phys, 0)};
    struct replica bs = {b_name, b->digest->flat, phys_page(b->phys, 0)};
    uint32_t pages = phys_pages(a->phys);
    assert(a->digest->flat_bytes == b->digest->flat_bytes && phys_pages(b->phys) == pages);
    *difference = (struct difference){0};
    board_flatten(a, a->digest->flat);
    board_flatten(b, b->digest->flat);
    if (memcmp(as.flat, bs.flat, a->digest->flat_bytes) != 0)
        compare_fields(a, &as, &bs, trap_buffer, difference);
    digest_look(a->digest);
    digest_look(b->digest);
    for (uint32_t i = 0; a->digest->sum != b->digest->sum && i < pages; i++)
        if (a->digest->page[i] != b->digest->page[i])
            compare_page(i, phys_page_address(a->phys, i), &as, &bs, difference);
    return conclude(difference);
}
