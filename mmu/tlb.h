/* tlb.h - the architectural TLBs of one processor: software-filled, 4 KiB pages and block entries, and the checks of an
 * access against an entry (access type, privilege level, protection identifiers, T, D, B, U bits; manual chapter 3,
 * "Virtual Memory and Access Control").
 *
 * Knows no processor: an access is described to it, and the answer names the fault. One TLB for both instructions and
 * data, or one each. Everything that is saved is in struct tlb_state, described by tlb_state_table; the index beside it
 * is rebuilt from it.
 *
 * What always holds: at most one entry of a TLB translates a page, block entries first.
 */
#ifndef US_MMU_TLB_H
#define US_MMU_TLB_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/state.h"

enum {
    TLB_ENTRIES_MAX = 512,
    TLB_BLOCKS_MAX = 8, /* block entries of each TLB */
};

enum tlb_side {
    TLB_DATA,
    TLB_INSTRUCTION,
};

/* Flags of an entry. */
enum {
    TLB_USED = 1,  /* the address part was inserted */
    TLB_VALID = 2, /* and the protection part: it translates */
    TLB_T = 4,     /* page reference trap */
    TLB_D = 8,     /* dirty */
    TLB_B = 16,    /* data memory break */
    TLB_U = 32,    /* uncacheable: kept, no effect */
};

struct tlb_entry {
    uint32_t space;
    uint32_t page;  /* virtual offset >> 12 */
    uint32_t frame; /* physical address >> 12 */
    uint32_t pages; /* 1, or a power of two for a block entry */
    uint32_t access_id;
    uint8_t type; /* access rights field, type 0..7 */
    uint8_t pl1, pl2;
    uint8_t flags;
};

struct tlb_side_state {
    struct tlb_entry entries[TLB_ENTRIES_MAX];
    struct tlb_entry blocks[TLB_BLOCKS_MAX];
    uint32_t next; /* victim of the next insertion when no entry is free (round robin) */
};

/* What is saved. With a combined TLB only sides[TLB_DATA] is used. */
struct tlb_state {
    struct tlb_side_state sides[2];
    uint64_t random; /* state of the replacement generator; 0: round robin */
};
/* Describes struct tlb_state; an entry is saved whole (24 bytes, no padding). */
extern const struct state_table tlb_state_table;

struct tlb;

/* ENTRIES (2..TLB_ENTRIES_MAX) in each TLB; SEED 0: round-robin replacement, else drawn from it. NULL: no memory. */
struct tlb *tlb_new(unsigned entries, bool combined, uint64_t seed);
void tlb_free(struct tlb *tlb);
/* The saved part, to read or change; after a change call tlb_state_changed. */
struct tlb_state *tlb_state(struct tlb *tlb);
void tlb_state_changed(struct tlb *tlb);
/* Purge everything (power-on; the replacement state stays). */
void tlb_clear(struct tlb *tlb);

/* IITLBA/IDTLBA: start an entry for the page of (SPACE, OFFSET); OPERAND is the instruction's register (frame in bits
 * 7..26). It does not translate until tlb_insert_protection. Any older translation of the page is gone. Returns the
 * entry of another page that had to make room (flags 0: none). */
struct tlb_entry tlb_insert_address(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset,
                                    uint32_t operand);
/* IITLBP/IDTLBP: complete the entry. Nothing happens if none was started. */
void tlb_insert_protection(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset, uint32_t operand);
/* A block entry (firmware): slot 0..TLB_BLOCKS_MAX-1 translates ENTRY->pages pages; false if it is not aligned. */
bool tlb_insert_block(struct tlb *tlb, enum tlb_side which, unsigned slot, const struct tlb_entry *entry);
/* PITLB/PDTLB: purge the page. PITLBE/PDTLBE: purge every page entry of the side. */
void tlb_purge(struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset);
void tlb_purge_all(struct tlb *tlb, enum tlb_side which);

/* The valid entry that translates (SPACE, OFFSET), or NULL. */
const struct tlb_entry *tlb_find(const struct tlb *tlb, enum tlb_side which, uint32_t space, uint32_t offset);

static inline uint32_t tlb_physical(const struct tlb_entry *entry, uint32_t offset)
{
    return ((entry->frame + ((offset >> 12) & (entry->pages - 1))) << 12) | (offset & 0xFFF);
}

enum tlb_access {
    TLB_READ,
    TLB_WRITE,
    TLB_EXECUTE,
};

/* Do the access rights field and PRIVILEGE (0..3) allow ACCESS? */
bool tlb_rights(const struct tlb_entry *entry, enum tlb_access access, unsigned privilege);
/* Does one of the four protection identifier registers PIDS match (write-disable bits honoured for TLB_WRITE)? */
bool tlb_identifier(const struct tlb_entry *entry, enum tlb_access access, const uint32_t pids[4]);

#endif
