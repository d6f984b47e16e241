/* exec.h - how an instruction is executed: decoded operations, and what a semantic function may do.
 *
 * Private to cpu/. An instruction word is decoded once (insn.h) and turned by its row's PREPARE function into a `struct
 * op`: a semantic function (RUN) and operands in the shape which that function likes best. Operations live in blocks
 * (block.h); the same semantic functions run in a block and when one instruction is executed at a time.
 *
 * WRITING A SEMANTIC FUNCTION (exec_alu.c is the example)
 *
 *     EXEC(exec_add)                       // const struct op *exec_add(struct cpu *cpu, const struct op *op)
 *     {
 *         ... R32(op->t) = R32(op->a) + R32(op->b) ...
 *         NEXT();                          // the instruction is complete
 *     }
 *
 *  - Registers are named by their byte offset in struct cpu, put into op->t, op->a, op->b at decode time with
 *    source_gr(), target_gr() (GR 0 as a target becomes a sink, so nothing tests for it), offset_fr(), ...; R32(offset)
 *    and R64(offset) are lvalues.
 *  - op->word is the instruction word; op->imm, op->extra, op->sub, op->sub2 are the prepare function's to use.
 *  - Every path ends in exactly one of
 *        NEXT();              complete, go on
 *        NULLIFY();           complete, and the next instruction is nullified (CLASS_NULLIFY rows)
 *        NEXT_IF(condition);  NULLIFY() if CONDITION else NEXT()
 *        LEAVE();             complete, and the processor must look at everything again before the next instruction
 *                             (CLASS_ENDS_BLOCK rows: PSW, translation, pending interruptions may have changed)
 *        RAISE(vector);       interruption instead of completion. Nothing the guest can see may have been changed
 *                             before. For data traps put the address into cpu->trap_isr / cpu->trap_ior first
 *                             (exec_data_fault does).
 *        STALL();             the environment said PHYS_STALL: leave cpu_run before this instruction
 *  - A local variable whose address is passed on spoils the tail call: keep such code in a separate noinline function.
 *  - Arithmetic traps that the delayed-trap unit may take over: `if (dtu_delayed(cpu, cls)) { write the defined result;
 *    dtu_record(cpu, op, destination, cls); NEXT(); } else RAISE(...)` (dtu.c).
 *
 * FLOATING POINT lives in exec_fpu.c: exec_fpu_prepare() is the prepare function of all rows that compute; loads and
 * stores of floating-point registers are in exec_memory.c. Both test `cpu->fpu_gate` (0 = nothing in the way) before
 * they do anything; when it is not 0, exec_fpu_check() says which vector to raise, or 0 to go on.
 */
#ifndef US_CPU_INTERP_EXEC_H
#define US_CPU_INTERP_EXEC_H

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "cpu/cpu.h"
#include "cpu/isa/insn.h"
#include "mmu/base/hard.h"
#include "mmu/tlb.h"

struct op;
struct block;
struct code_page;

typedef const struct op *op_run(struct cpu *cpu, const struct op *op);

/* A decoded instruction. 32 bytes. */
struct op {
    op_run *run;
    uint32_t word;     /* the instruction word (IIR) */
    int32_t imm;       /* immediate or displacement */
    uint32_t extra;    /* row's own */
    uint16_t t, a, b;  /* byte offsets in struct cpu */
    uint8_t sub, sub2; /* row's own: condition, sub-operation, ... */
    uint8_t index;     /* position in its block's ops[] */
    uint8_t pos;       /* instructions of its block that come before it */
    uint8_t flags;     /* OP_... */
    uint8_t spare;     /* row's own */
};
_Static_assert(sizeof(struct op) == 32, "two operations to a cache line");

enum {
    OP_DELAY = 1, /* in the delay slot of a taken branch: the back of the queue is the branch's target */
};

/* One direct-mapped table of the software TLB: virtual page -> host page, for one mode (absolute, or translated at one
 * privilege level). A tag is the space in the high half, the page's offset in the low half; TAG_NONE matches nothing
 * because its low bits are set. */
enum {
    SOFT_ENTRIES = HARD(256, 4),
    SOFT_MODES = 5, /* translated at privilege 0..3; absolute */
    SOFT_ABSOLUTE = 4,
};
#define TAG_NONE UINT64_MAX

struct soft_entry {
    uint64_t load_tag, store_tag;
    uintptr_t addend; /* host address of the page minus its virtual offset */
    uintptr_t spare;
};

/* The fetch side: virtual page (privilege in the low bits of the tag) -> decoded code of the physical page. */
struct fetch_entry {
    uint64_t tag; /* space : page offset | mode+1 */
    struct code_page *page;
};
enum {
    FETCH_ENTRIES = HARD(256, 4),
};

/* Why the run loop has to come out or look around. Bits of cpu->attention. */
enum {
    ATTENTION_STOP = 1,   /* cpu_request_stop */
    ATTENTION_LOOK = 2,   /* interruptions may have become pending; code or translation changed */
    ATTENTION_IDLE = 4,   /* the idle hint was executed */
    ATTENTION_STALL = 8,  /* leave before the instruction */
    ATTENTION_WATCH = 16, /* a watched reference was made */
    ATTENTION_TRAP = 32,  /* an interruption was taken that a debugger waits for */
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

struct cpu {
    struct cpu_state state;  /* first: op operands are byte offsets from here */
    uint64_t sink;           /* where results for GR 0 go */
    uint32_t carry;          /* carry out of each bit of the last addition; PSW[C/B] are bits 31, 27, ... of it */
    uint32_t v;              /* PSW[V], 0 or 1 */
    int64_t budget;          /* instructions that may still be started */
    uint64_t insns_end;      /* instruction count at which budget is 0 */
    uint32_t space[8];       /* SRs as data accesses see them: all 0 while PSW[D] = 0 */
    struct soft_entry *soft; /* the table of the current mode and privilege level */
    uint32_t branch_target;  /* of a computed branch that is in its delay slot: IAOQ and IASQ values */
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
    char halt_reason[160];

    struct code_page **pages;    /* by physical page number; ROM after RAM */
    struct code_page *page_list; /* every code page that exists */
    uint8_t *arena;              /* blocks live here until it is full; then everything is forgotten */
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
    struct cpu_access access; /* of the instruction being observed */
    uint64_t trap_stops;      /* bit n: stop after interruption n */
    unsigned vector_taken;
    cpu_observer *observer;
    void *observer_arg;
    uint64_t quiet_insns;      /* instruction count just after the last interruption */
    uint64_t run_start;        /* instruction count when cpu_run was entered */
    uint64_t references_limit; /* cpu_limit_references */
    bool count_references;

    struct fetch_entry fetch[FETCH_ENTRIES];
    struct soft_entry soft_tables[SOFT_MODES][SOFT_ENTRIES];
};
_Static_assert(offsetof(struct cpu, space) + 32 < UINT16_MAX, "operands are 16-bit offsets");

#define EXEC(name)  const struct op *name(struct cpu *cpu, const struct op *op)
#define R32(offset) (*(uint32_t *)(void *)((char *)cpu + (offset)))
#define R64(offset) (*(uint64_t *)(void *)((char *)cpu + (offset)))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NOINLINE    __attribute__((noinline))
#define INLINE      static inline __attribute__((always_inline))

/* How one operation goes to the next: a jump in optimized builds (US_TAIL_CALLS: the compiler turns the call into one,
 * because both functions have one signature), else a return to the loop that calls whatever operation it is given until
 * that is NULL. The loop serves both. */
#if defined(US_TAIL_CALLS) && US_TAIL_CALLS
#define CONTINUE(next)                                                                                                 \
    do {                                                                                                               \
        const struct op *next_ = (next);                                                                               \
        return next_->run(cpu, next_);                                                                                 \
    } while (0)
#else
#define CONTINUE(next) return (next)
#endif

#define NEXT()    CONTINUE(op + 1)
#define NULLIFY() CONTINUE(op + 2)
#define NEXT_IF(nullify_condition)                                                                                     \
    do {                                                                                                               \
        if (nullify_condition)                                                                                         \
            NULLIFY();                                                                                                 \
        NEXT();                                                                                                        \
    } while (0)
#define LEAVE()       return exec_leave(cpu, op)
#define STALL()       return exec_stall(cpu, op)
#define RAISE(vector) return exec_raise(cpu, op, (vector))

/* After OP: the state becomes that of the instruction after it, and the run loop looks around. Returns NULL. */
const struct op *exec_leave(struct cpu *cpu, const struct op *op);
/* The same, and PSW[N] = 1: the next instruction is nullified. */
const struct op *exec_leave_nullify(struct cpu *cpu, const struct op *op);
/* Before OP: the state becomes exact and cpu_run returns CPU_STOP_STALL. Returns NULL. */
const struct op *exec_stall(struct cpu *cpu, const struct op *op);
/* At OP: take interruption VECTOR (group 3). Returns NULL. */
const struct op *exec_raise(struct cpu *cpu, const struct op *op, unsigned vector);
/* Make cpu->state exact as of before OP, without leaving (for callbacks into env and devices). */
void exec_materialize(struct cpu *cpu, const struct op *op);

/* Operands. */
static inline uint16_t source_gr(unsigned r)
{
    return (uint16_t)(offsetof(struct cpu, state.gr) + 4 * r);
}
static inline uint16_t target_gr(unsigned r)
{
    return r ? source_gr(r) : (uint16_t)offsetof(struct cpu, sink);
}
/* A double floating-point register, host order. */
static inline uint16_t offset_fr(unsigned r)
{
    return (uint16_t)(offsetof(struct cpu, state.fr) + 8 * r);
}
/* Half a floating-point register: HALF 0 is the left (high) word, 1 the right. */
static inline uint16_t offset_fr_half(unsigned r, unsigned half)
{
    return (uint16_t)(offset_fr(r) + (half ? 0 : 4));
}

/* PSW as the guest would see it now, N and B excepted (those belong to a position in the instruction stream). */
uint32_t exec_psw(const struct cpu *cpu);
/* Take PSW apart into the lazy parts (carry, v) and what depends on it (space[], soft table). */
void exec_psw_set(struct cpu *cpu, uint32_t psw);

/* The data path (soft_tlb.c). Where the software TLB has SPACE:OFFSET for an access of SIZE bytes, the host address,
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

/* debug.c: an instruction that is about to complete made a reference of KINDS to SIZE bytes at OFFSET. */
void debug_note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value);
INLINE void note_access(struct cpu *cpu, uint32_t offset, unsigned size, unsigned kinds, uint64_t value)
{
    if (UNLIKELY(cpu->noting))
        debug_note_access(cpu, offset, size, kinds, value);
}

/* A row's prepare function: fill OP (run, operands, imm, sub; word, index, pos, flags are already there). */
typedef void op_prepare(struct op *op, const struct insn *insn);
/* By enum insn_id; NULL: illegal instruction. exec_table.c. */
extern op_prepare *const exec_prepare_table[INSN_COUNT];

/* exec_alu.c */
op_prepare exec_alu_prepare, exec_alui_prepare, exec_ldo_prepare;
/* exec_shift.c */
op_prepare exec_shd_prepare, exec_extract_prepare, exec_deposit_prepare;
/* exec_branch.c */
op_prepare exec_branch_prepare, exec_branch_if_prepare;
/* exec_memory.c */
op_prepare exec_load_prepare, exec_store_prepare, exec_special_memory_prepare, exec_float_memory_prepare;
/* exec_system.c */
op_prepare exec_illegal_prepare, exec_system_prepare, exec_probe_prepare, exec_tlb_prepare;
/* exec_assist.c */
op_prepare exec_special_unit_prepare, exec_coprocessor_prepare;

/* Delayed-trap unit (dtu.c). Is CLASS delayed now (unit on and the class's mask bit 1)? */
INLINE bool dtu_delayed(const struct cpu *cpu, unsigned trap_class)
{
    return (cpu->state.cr[CR_CCR] & 0x0100) != 0 && (cpu->state.dtu_class_mask & PA_BIT(trap_class)) != 0;
}
/* The instruction OP completed although it raised delayed class TRAP_CLASS with DESTINATION (0..31 general, 32..63
 * floating point): put the pair into the trap buffer. Delivery may make vector 32 pending: returns true if the caller
 * must LEAVE() instead of NEXT(). */
bool dtu_record(struct cpu *cpu, const struct op *op, unsigned destination, unsigned trap_class);

/* exec_fpu.c */
op_prepare exec_fpu_prepare;
/* cpu->fpu_gate is not 0: the vector to raise for OP (an FP load, store or operation; op->word is the word), or 0. */
unsigned exec_fpu_check(struct cpu *cpu, const struct op *op);
/* A load has just written FR 0 (either word): apply the status register's rules to what is now in state.fr[0]. */
void exec_fpu_status_loaded(struct cpu *cpu);
/* A store of FR 0 (SIZE_BYTES 4 or 8) has completed. */
void exec_fpu_status_stored(struct cpu *cpu, unsigned size_bytes);
/* FR 0 or CCR changed by other means (reset, MTCTL 10, cpu_state_changed): recompute cpu->fpu_gate. */
void exec_fpu_gate_update(struct cpu *cpu);

#endif
