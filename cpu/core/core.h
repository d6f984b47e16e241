/* core.h - the processor's inside, whoever executes: its state as execution needs it, and what may happen to it.
 *
 * Here are references through the software TLB, interruptions, the delayed-trap unit, and the way back from an
 * operation (op.h) to the exact state. It may use mmu/ and cpu.h. Nothing here executes an instruction or knows who
 * made an operation: that is interp/. What always holds: whatever leaves this room for the outside - a callback, a
 * device, a return from cpu_run - finds the state exact.
 */
#ifndef US_CPU_CORE_CORE_H
#define US_CPU_CORE_CORE_H

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "cpu/core/op.h"
#include "cpu/cpu.h"
#include "mmu/base/hard.h"
#include "mmu/tlb.h"

/* One direct-mapped table of the software TLB: virtual page -> host page, for one mode (absolute, or translated at one
 * privilege level). A tag is the space in the high half, the page's offset in the low half; TAG_NONE matches nothing
 * because its low bits are set. */
enum {
    SOFT_ENTRIES = HARD(1024, 4),
    SOFT_FILLED = HARD(128, 2),
    SOFT_MODES = 5, /* translated at privilege 0..3; absolute */
    SOFT_ABSOLUTE = 4,
};
#define TAG_NONE UINT64_MAX

struct soft_entry {
    uint64_t load_tag, store_tag;
    uintptr_t addend; /* host address of the page minus its virtual offset */
    uintptr_t spare;
};

/* Which entries of a table are not empty, so that emptying it costs what was filled; more than SOFT_FILLED: any. */
struct soft_filled {
    uint32_t count;
    uint16_t at[SOFT_FILLED];
};

/* The same for references whose space is that of a short address (SR 4 to 7 by the base's top bits) while those four
 * are equal: then 32 bits of tag do. A table belongs to one space at one privilege level, or to absolute mode. The
 * translator's loads and stores look there and nowhere else. */
struct short_entry {
    uint32_t load_tag, store_tag; /* the page's offset, or SHORT_NONE */
    uintptr_t addend;
};
#define SHORT_NONE UINT32_C(0xFFFFFFFF)
enum {
    SHORT_ENTRIES = HARD(1024, 4),
    SHORT_TABLES = HARD(8, 2), /* of translated mode */
};
struct short_table {
    uint32_t space;
    uint8_t privilege;
    bool used;
    struct soft_filled filled;
    struct short_entry entries[SHORT_ENTRIES];
};

/* The fetch side: virtual page (privilege in the low bits of the tag) -> decoded code of the physical page. */
struct fetch_entry {
    uint64_t tag; /* space : page offset | mode+1 */
    struct code_page *page;
};
enum {
    FETCH_ENTRIES = HARD(1024, 4),
};

/* Why the run loop has to come out or look around. Bits of cpu->attention. */
enum {
    ATTENTION_STOP = 1,   /* cpu_request_stop */
    ATTENTION_LOOK = 2,   /* interruptions may have become pending; code or translation changed */
    ATTENTION_IDLE = 4,   /* the idle hint was executed */
    ATTENTION_STALL = 8,  /* leave before the instruction */
    ATTENTION_WATCH = 16, /* a watched reference was made */
    ATTENTION_TRAP = 32,  /* an interruption was taken that a debugger waits for */
    ATTENTION_HOLD = 64,  /* leave before the instruction, because a debugger waits for its reference */
};

/* fpu_gate bits. */
enum {
    FPU_DISABLED = 1,     /* CCR bits 0 and 1 are not both 1: assist emulation trap */
    FPU_TRAP_PENDING = 2, /* the T bit of the floating-point status register is 1 */
};

enum {
    MAX_BREAKPOINTS = 256,
    MAX_WATCHES = 64,
};

struct watched {
    uint32_t offset, last; /* the last byte: offset + size - 1 */
    unsigned kinds;
};

/* Places to be noted (places.c). */
struct places {
    struct cpu_places asked;
    size_t noted;
    uint64_t next_insns;         /* where the next one is; UINT64_MAX: there is none */
    uint64_t cleared;            /* the branch counter's count at the last one */
    uint64_t slice_insns;        /* how far the interpreter may run, but for places */
    const struct block *passing; /* to the place between its branch and its delay slot (interp/passing.c) */
};

struct cpu {
    struct cpu_state state;  /* first: op operands are byte offsets from here */
    uint64_t sink;           /* where results for GR 0 go */
    uint32_t carry;          /* carry out of each bit of the last addition; PSW[C/B] are bits 31, 27, ... of it */
    uint32_t v;              /* PSW[V], 0 or 1 */
    int64_t budget;          /* instructions that may still be started (THE BUDGET) */
    uint64_t insns_end;      /* instruction count at which budget is 0 */
    uint32_t space[8];       /* SRs as data accesses see them: all 0 while PSW[D] = 0 */
    struct soft_entry *soft; /* the table of the current mode and privilege level */
    struct short_entry *short_table; /* likewise; where short addresses have none, a table of nothing */
    uint32_t branch_target;          /* of a computed branch that is in its delay slot: IAOQ and IASQ values */
    uint32_t branch_space;
    uint32_t code_base; /* IAOQ value of the current page's first byte (privilege included) */
    uint32_t code_space;
    uint32_t link_delta; /* link value minus the branch's own IAOQ: 8 in a block */
    uint32_t link_space; /* space of the link: IASQ_Back */
    uint32_t fetch_mode; /* 0 translated, 4 absolute: part of fetch tags */
    uint8_t fpu_gate;
    uint8_t stepping;  /* one instruction at a time: state's queues are exact, blocks' positions are not */
    uint8_t attention; /* ATTENTION_... */
    uint8_t privilege; /* of the instruction being executed */
    bool halted;
    bool step_done; /* the instruction stepped was completed, and was a taken branch */
    bool step_taken;
    struct block **blocks; /* of the current physical page: 1024 entries, NULL where nothing is decoded */

    uint32_t trap_isr, trap_ior; /* parameters of the next RAISE of a data trap */
    uint64_t value;              /* what a slow load got */
    uint32_t physical;           /* what exec_translate found */

    struct phys *phys;
    struct tlb *tlb;
    const struct cpu_env *env;
    void *env_arg;
    struct cpu_config config;
    uint64_t simulated;
    uint64_t references; /* memory references so far */
    uint64_t branches; /* the branch counter (cpu_branches), but for those in the budget; and what it was cleared of at
                          places */
    int64_t branch_mask; /* of those in the budget: its lowest bits, so many */
    uint8_t branch_bits;
    bool branch_ahead; /* one in the budget is still to be executed, because the state was made exact within a block */
    struct places places;
    uint32_t awaited; /* external interrupts that the monitor holds, as bits of EIRR */
    char halt_reason[160];

    const struct engine *engine; /* NULL: the interpreter alone */
    struct jit *jit;
    const char *no_translator;        /* why, where one was asked for */
    uint32_t miss_offset;             /* of the reference that translated code did not find in short_table */
    struct short_table *short_tables; /* SHORT_TABLES, then absolute mode's, then that of nothing; NULL: not in use */
    unsigned short_next;              /* which one is given to another space next */
    struct code_page **pages;         /* by physical page number; ROM after RAM */
    struct code_page *page_list;      /* every code page that exists */
    uint8_t *arena;                   /* blocks live here until it is full; then everything is forgotten */
    size_t arena_used;
    struct block *step_block; /* where single instructions are decoded to */
    uint32_t soft_key;        /* PSW[P] for which the translated tables were filled */
    unsigned breakpoint_count;
    uint32_t breakpoints[MAX_BREAKPOINTS];
    uint64_t breakpoint_passed; /* instruction count at which a breakpoint was reported, + 1 */
    bool noting; /* memory references are told to debug_note_access: something is watched, or an observer is there */
    unsigned watch_count;
    struct watched watches[MAX_WATCHES];
    struct cpu_access watch_hit;
    uint64_t watch_passed;    /* instruction count at which a reference was reported before it was made, + 1 */
    struct cpu_access access; /* of the instruction being observed */
    uint64_t trap_stops;      /* bit n: stop after interruption n */
    unsigned vector_taken;
    cpu_observer *observer;
    void *observer_arg;
    uint64_t quiet_insns;      /* instruction count just after the last interruption */
    uint64_t run_start;        /* instruction count when cpu_run was entered */
    uint64_t references_limit; /* cpu_limit_references */
    bool count_references;

    struct soft_filled fetch_filled;
    struct fetch_entry fetch[FETCH_ENTRIES];
    struct soft_filled soft_filled[SOFT_MODES];
    struct soft_entry soft_tables[SOFT_MODES][SOFT_ENTRIES];
};
_Static_assert(offsetof(struct cpu, space) + 32 < UINT16_MAX, "operands are 16-bit offsets");

/* What a translator does for blocks. */
struct engine {
    op_run *first; /* runs a new block's first operation: counts, and some day translates the block */
    const struct op *(*enter)(struct cpu *cpu, const struct op *op);
    void (*block_dropped)(struct cpu *cpu, struct block *block);
    void (*blocks_forgotten)(struct cpu *cpu);
    bool (*full)(const struct cpu *cpu); /* nothing can be translated any more until all blocks are forgotten */
};

#define R32(offset) (*(uint32_t *)(void *)((char *)cpu + (offset)))
#define R64(offset) (*(uint64_t *)(void *)((char *)cpu + (offset)))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NOINLINE    __attribute__((noinline))
#define INLINE      static inline __attribute__((always_inline))

/* THE BUDGET is a number of instructions << branch_bits; below it are the branches that are not yet in cpu->branches:
 * so one subtraction debits a block's instructions and counts its branch. They do not overflow: before there can be so
 * many, they are moved there (cpu/run.c:run_legs). Where branches are not counted (cpu_config.count_branches)
 * branch_bits is 0. Nothing asks which it is, so that the ways in and out of blocks are the same and short. */
enum {
    BRANCH_BITS = HARD(24, 8),
    BRANCHES_MAX = (1 << BRANCH_BITS) - 1,
};
_Static_assert((INT64_C(1) + BLOCK_INSNS_MAX) << BRANCH_BITS <= INT32_MAX, "a debit is an immediate operand");

/* INSNS instructions as a part of the budget. */
INLINE int64_t budget_of(const struct cpu *cpu, uint64_t insns)
{
    return (int64_t)(insns << cpu->branch_bits);
}
/* The branches that are in it. */
INLINE int64_t budget_branches(const struct cpu *cpu)
{
    return cpu->budget & cpu->branch_mask;
}

/* ---- leave.c: from an operation back to the exact state ---- */

static inline void set_queue(struct cpu *cpu, uint32_t front_space, uint32_t front, uint32_t back_space, uint32_t back)
{
    cpu->state.iasq_front = front_space;
    cpu->state.iaoq_front = front;
    cpu->state.iasq_back = back_space;
    cpu->state.iaoq_back = back;
}

/* Where the sentinel GO leads. */
static inline uint32_t go_target(const struct cpu *cpu, const struct op *go, uint32_t *space)
{
    bool dynamic = go->sub == TARGET_DYNAMIC;
    *space = dynamic ? cpu->branch_space : cpu->code_space;
    return dynamic ? cpu->branch_target : cpu->code_base + (uint32_t)go->imm;
}

/* After OP: the state becomes that of the instruction after it, and the run loop looks around. Returns NULL. */
const struct op *exec_leave(struct cpu *cpu, const struct op *op);
/* The same, and PSW[N] = 1: the next instruction is nullified. */
const struct op *exec_leave_nullify(struct cpu *cpu, const struct op *op);
/* Before OP: the state becomes exact, and the block is left. */
void exec_leave_before(struct cpu *cpu, const struct op *op);
/* The same, and cpu_run returns CPU_STOP_STALL. Returns NULL. */
const struct op *exec_stall(struct cpu *cpu, const struct op *op);
/* Make cpu->state exact as of before OP, without leaving (for callbacks into env and devices). */
void exec_materialize(struct cpu *cpu, const struct op *op);
/* state->insns and the branch counter become exact. UNUSED is what the budget was debited for and is not done. */
INLINE void exec_count(struct cpu *cpu, int64_t unused)
{
    cpu->state.insns = cpu->insns_end - (uint64_t)((cpu->budget + unused) >> cpu->branch_bits);
    cpu->branch_ahead = false;
}
/* The same: the instructions of OP's block before OP, and EXECUTED more, are done; the others are paid back. */
void exec_settle(struct cpu *cpu, const struct op *op, unsigned executed);

/* ---- psw.c ---- */

/* PSW as the guest would see it now, N and B excepted (those belong to a position in the instruction stream). */
uint32_t exec_psw(const struct cpu *cpu);
/* Take PSW apart into the lazy parts (carry, v) and what depends on it (space[], soft table). */
void exec_psw_set(struct cpu *cpu, uint32_t psw);

/* ---- soft_tlb.c: the data path, and the way of a fetch ---- */

/* Where the software TLB has SPACE:OFFSET for an access of SIZE bytes, the host address,
 * else NULL. */
INLINE uint8_t *soft_load(const struct cpu *cpu, uint32_t space, uint32_t offset, unsigned size)
{
    const struct soft_entry *entry = &cpu->soft[(offset >> 12) % SOFT_ENTRIES];
    uint64_t tag = (uint64_t)space << 32 | (offset & (UINT32_C(0xFFFFF000) | (size - 1)));
    return LIKELY(entry->load_tag == tag) ? (uint8_t *)(entry->addend + offset) : NULL;
}
INLINE uint8_t *soft_store(const struct cpu *cpu, uint32_t space, uint32_t offset, unsigned size)
{
    const struct soft_entry *entry = &cpu->soft[(offset >> 12) % SOFT_ENTRIES];
    uint64_t tag = (uint64_t)space << 32 | (offset & (UINT32_C(0xFFFFF000) | (size - 1)));
    return LIKELY(entry->store_tag == tag) ? (uint8_t *)(entry->addend + offset) : NULL;
}
/* The whole access, checks and all. Load: the value is in cpu->value. False: OP is over (interruption or stall), return
 * NULL. After true the caller completes the instruction and leaves if cpu->attention is not 0. */
bool exec_load_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset, unsigned size);
bool exec_store_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset, unsigned size,
                     uint64_t value);
/* The same for a physical address. */
bool exec_load_physical(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size);
bool exec_store_physical(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned size, uint64_t value);
/* Check a data reference (READ and/or WRITE: bits 1 and 2) without doing it. 0 and cpu->physical, or the vector
 * (trap_isr and trap_ior are set). */
enum {
    REFERENCE_READ = 1,
    REFERENCE_WRITE = 2,
};
unsigned exec_translate(struct cpu *cpu, uint32_t space, uint32_t offset, unsigned references, unsigned align);

/* Physical address of a fetch, or the vector of its fault. */
unsigned translate_fetch(struct cpu *cpu, uint32_t space, uint32_t iaoq, uint32_t *physical);
/* Protection identifiers: true if PSW[P] is 0, or one of them allows ACCESS. */
bool translate_identifier(const struct cpu *cpu, const struct tlb_entry *entry, enum tlb_access access);
/* Let the fetch side know that the code at IAOQ is in PAGE. */
void soft_fill_fetch(struct cpu *cpu, uint32_t iaoq, uint64_t tag, struct code_page *page);
/* Drop what the software TLBs know: of one page, of everything translated, of everything. */
void soft_drop_page(struct cpu *cpu, uint32_t space, uint32_t offset);
void soft_drop_translated(struct cpu *cpu);
void soft_drop_all(struct cpu *cpu);
void soft_drop_stores(struct cpu *cpu);
/* At power-on: nothing is known. */
void soft_begin(struct cpu *cpu);
/* Tables for short addresses from now on. False: no host memory. */
bool soft_short_begin(struct cpu *cpu);
/* OFFSET, a reference by a short address, was not in short_table: put there what the general table knows. */
void soft_short_refill(struct cpu *cpu, uint32_t offset);
/* SR 4 to 7, the privilege level or PSW[D] changed. */
void soft_short_choose(struct cpu *cpu);
/* PSW, SRs, PIDs or the privilege level changed: recompute space[], soft, fetch_mode. */
void soft_sync(struct cpu *cpu);

/* ---- noting.c: references that somebody wants to hear of ---- */

/* Will the instruction OP, which nothing can stop any more, make a reference before which a debugger waits? Then the
 * state is as before OP, and the caller returns NULL. */
bool debug_holds_access(struct cpu *cpu, const struct op *op, uint32_t offset, unsigned size, unsigned kinds);
INLINE bool holds_access(struct cpu *cpu, const struct op *op, uint32_t offset, unsigned size, unsigned kinds)
{
    return UNLIKELY(cpu->noting) && debug_holds_access(cpu, op, offset, size, kinds);
}
/* An instruction that is about to complete made a reference of KINDS to SIZE bytes at OFFSET. */
void debug_note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value);
INLINE void note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value)
{
    if (UNLIKELY(cpu->noting))
        debug_note_access(cpu, offset, size, kinds, value);
}
/* May the software TLB know the page of OFFSET, so that references to it are not seen? */
bool debug_may_cache(const struct cpu *cpu, uint32_t offset);

/* ---- interruption.c ---- */

/* At OP: take interruption VECTOR (group 3). Returns NULL. */
const struct op *exec_raise(struct cpu *cpu, const struct op *op, unsigned vector);
/* The state is exact. Collect, vector, count; may halt. */
void interruption_take(struct cpu *cpu, unsigned vector);
/* The group 2 interruption (or delayed trap) that must be taken before the next instruction, or 0. */
unsigned interruption_pending(const struct cpu *cpu);
/* Could the guest take one of the external interrupts that its monitor holds (cpu_await_external) before the next
 * instruction? */
bool interruption_awaited(const struct cpu *cpu);

/* ---- places.c: places that are noted on the way ---- */

void places_begin(struct cpu *cpu);
/* The state is exact. Is this a place where the processor comes out? Else, if it is one, it is noted. */
bool places_stop(struct cpu *cpu);
/* The instruction count at the place with this NUMBER, from 0 on; UINT64_MAX: there is none. */
static inline uint64_t places_insns(const struct cpu *cpu, size_t number)
{
    const struct cpu_places *asked = &cpu->places.asked;
    return number < asked->count ? asked->first_insns + number * asked->every_insns : UINT64_MAX;
}
/* Does the budget end at one, and not where the interpreter comes back to the loop? Where traps are due often most ends
 * are of the latter kind, so that is asked before anything is done for a place. */
INLINE bool places_end_budget(const struct cpu *cpu)
{
    return cpu->insns_end != cpu->places.slice_insns;
}
/* So many have been noted. */
static inline void places_have(struct cpu *cpu, size_t noted)
{
    cpu->places.noted = noted;
    cpu->places.next_insns = places_insns(cpu, noted);
}
/* The next place is at POSITION. False: it should be elsewhere, and is not noted. */
INLINE bool places_note(struct cpu *cpu, struct position position)
{
    struct places *places = &cpu->places;
    const struct cpu_places *asked = &places->asked;
    if (asked->wanted && !position_is(&asked->wanted[places->noted], &position))
        return false;
    asked->noted[places->noted] = position;
    places->cleared += position.branches;
    places_have(cpu, places->noted + 1);
    return true;
}
/* The last place that was noted has not been passed. */
static inline void places_take_back_one(struct cpu *cpu)
{
    places_have(cpu, cpu->places.noted - 1);
    cpu->places.cleared -= cpu->places.asked.noted[cpu->places.noted].branches;
}
/* The state is exact: places that the processor has not passed are taken back. HERE: the one where it is stays. */
void places_take_back(struct cpu *cpu, bool here);

/* ---- dtu.c: the delayed-trap unit ---- */

/* Is CLASS delayed now (unit on and the class's mask bit 1)? */
INLINE bool dtu_delayed(const struct cpu *cpu, unsigned trap_class)
{
    return (cpu->state.cr[CR_CCR] & 0x0100) != 0 && (cpu->state.dtu_class_mask & PA_BIT(trap_class)) != 0;
}
/* The instruction OP completed although it raised delayed class TRAP_CLASS with DESTINATION (0..31 general, 32..63
 * floating point): put the pair into the trap buffer. Delivery may make vector 32 pending: returns true if the caller
 * must LEAVE() instead of NEXT(). */
bool dtu_record(struct cpu *cpu, const struct op *op, unsigned destination, unsigned trap_class);
/* Deliver the pairs that are due at the present instruction count. */
void dtu_deliver_due(struct cpu *cpu);
/* The processor enters the monitor: everything that is delayed is delivered. */
void dtu_enter_monitor(struct cpu *cpu);

#endif
