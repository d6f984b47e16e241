/* cpu.h - one PA-RISC 1.1 processor: its state, and how to run it.
 *
 * The processor knows no device and no monitor. It reaches memory through a `struct phys` and everything else that is
 * not its own (the interval timer's ticks, the hardware below a delayed trap) through a `struct cpu_env`. Whoever holds
 * the processor - a bare board, or a virtual machine monitor - decides when it runs and for how many instructions.
 *
 * INSTRUCTION COUNT (docs/board.md, "The instruction count"): goes up by one for each instruction completed, for each
 * nullified, and for each interruption taken. It is the unit of every limit here. Between cpu_run calls, and inside
 * every callback, the state is exact: `insns` counts what came before the current instruction, and iaoq_front is its
 * address.
 */
#ifndef US_CPU_CPU_H
#define US_CPU_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/position.h"
#include "mmu/base/bits.h"
#include "mmu/phys.h"
#include "mmu/base/state.h"
#include "mmu/tlb.h"
#include "mmu/base/visit.h"

/* Processor status word, the manual's letters (3rd edition, "Processor Status Word"). */
#define PSW_Y  PA_BIT(0) /* data debug trap disable */
#define PSW_Z  PA_BIT(1) /* instruction debug trap disable */
#define PSW_E  PA_BIT(5) /* little endian: absent, reads 0 */
#define PSW_S  PA_BIT(6)
#define PSW_T  PA_BIT(7)
#define PSW_H  PA_BIT(8)
#define PSW_L  PA_BIT(9)
#define PSW_N  PA_BIT(10)
#define PSW_X  PA_BIT(11)
#define PSW_B  PA_BIT(12)
#define PSW_C  PA_BIT(13)
#define PSW_V  PA_BIT(14)
#define PSW_M  PA_BIT(15)
#define PSW_CB (UINT32_C(0xFF00)) /* bits 16..23, carry/borrow of each nibble */
#define PSW_G  PA_BIT(25)
#define PSW_F  PA_BIT(26) /* performance monitor interrupt: absent */
#define PSW_R  PA_BIT(27)
#define PSW_Q  PA_BIT(28)
#define PSW_P  PA_BIT(29)
#define PSW_D  PA_BIT(30)
#define PSW_I  PA_BIT(31)

/* Control registers by the manual's names. */
enum {
    CR_RCTR = 0,
    CR_PID1 = 8,
    CR_PID2 = 9,
    CR_CCR = 10,
    CR_SAR = 11,
    CR_PID3 = 12,
    CR_PID4 = 13,
    CR_IVA = 14,
    CR_EIEM = 15,
    CR_ITMR = 16, /* cr[16] holds the compare value; the ticks come from the environment */
    CR_IIASQ = 17,
    CR_IIAOQ = 18,
    CR_IIR = 19,
    CR_ISR = 20,
    CR_IOR = 21,
    CR_IPSW = 22,
    CR_EIRR = 23,
    CR_TR0 = 24,
};

/* Interruption vectors 1..28 by the manual, 32 ours (docs/board.md, "The delayed-trap unit"). */
enum {
    VECTOR_HPMC = 1,
    VECTOR_POWER_FAIL,
    VECTOR_RECOVERY_COUNTER,
    VECTOR_EXTERNAL,
    VECTOR_LPMC,
    VECTOR_ITLB_MISS,
    VECTOR_INSTRUCTION_PROTECTION,
    VECTOR_ILLEGAL,
    VECTOR_BREAK,
    VECTOR_PRIVILEGED_OPERATION,
    VECTOR_PRIVILEGED_REGISTER,
    VECTOR_OVERFLOW,
    VECTOR_CONDITIONAL,
    VECTOR_ASSIST_EXCEPTION,
    VECTOR_DTLB_MISS,
    VECTOR_NA_ITLB_MISS,
    VECTOR_NA_DTLB_MISS,
    VECTOR_DATA_PROTECTION_UNALIGNED,
    VECTOR_DATA_BREAK,
    VECTOR_TLB_DIRTY,
    VECTOR_PAGE_REFERENCE,
    VECTOR_ASSIST_EMULATION,
    VECTOR_HIGHER_PRIVILEGE,
    VECTOR_LOWER_PRIVILEGE,
    VECTOR_TAKEN_BRANCH,
    VECTOR_DATA_ACCESS_RIGHTS,
    VECTOR_DATA_PROTECTION_ID,
    VECTOR_UNALIGNED,
    VECTOR_DELAYED_TRAP = 32,
};

/* The delayed-trap unit, SFU 7 (docs/board.md, "The delayed-trap unit"). */
enum {
    DTU_BUFFER_DEPTH = 8,
    DTU_CLASSES = 7,
};

struct dtu_pair {
    uint64_t due_insns;  /* instruction count at which the hardware will deliver it by itself */
    uint8_t destination; /* 0..31 general, 32..63 floating point */
    uint8_t trap_class;  /* 0..6 */
};

/* Everything that a processor is, without pointers: saved, compared and hashed by cpu_state_table. */
struct cpu_state {
    uint64_t insns;  /* the instruction count */
    uint32_t gr[32]; /* gr[0] is always 0 */
    uint32_t sr[8];
    uint32_t cr[32];                 /* 17, 18 hold the queue fronts; 16 the timer's compare value */
    uint32_t iiasq_back, iiaoq_back; /* the back elements of CR17 and CR18 */
    uint32_t shr[7];                 /* shadow registers of GR 1, 8, 9, 16, 17, 24, 25 */
    uint64_t fr[32];                 /* fr[0]'s high word is the status register; see fpu.h */
    uint32_t psw;                    /* exact between instructions, N, X, B, V and C/B included */
    uint32_t iasq_front, iasq_back;
    uint32_t iaoq_front, iaoq_back;  /* the low two bits are the privilege level */
    uint32_t interruptions_in_a_row; /* taken with nothing executed between */
    uint32_t transfer_trap;          /* group 4 vector (23, 24, 25) that the instruction just completed raised, or 0 */
    uint32_t v1[2], v2;              /* delayed-trap vectors of the guest */
    uint32_t dtu_class_mask, dtu_held;
    uint32_t dtu_count; /* pairs in the trap buffer, oldest first */
    struct dtu_pair dtu_buffer[DTU_BUFFER_DEPTH];
};
extern const struct state_table cpu_state_table;

/* What a processor asks of whatever is around and below it. */
struct cpu_env {
    /* MFCTL 16: the interval timer's low 32 bits now. An environment instruction: may stall. */
    enum phys_result (*timer_read)(void *env, uint32_t *ticks);
    /* MTCTL 16: the guest set a new compare value (already in cr[16]). */
    void (*timer_set)(void *env);
    /* DRAIN with Drain_Priv = 1: control enters the monitor. The trap buffer has been flushed into V1/V2 of *monitor*
     * (see cpu_dtu_flush); complete the delivery. May stall. NULL where Drain_Priv is always 0. */
    enum phys_result (*drain)(void *env);
    /* How many instructions later the hardware will deliver a trap: 0..trap-delay, from the machine's own seed. */
    uint32_t (*trap_delay)(void *env);
    /* A pair was delivered by the hardware while Drain_Priv = 1: it goes to the monitor's copies, not the guest's. */
    void (*trap_delivered)(void *env, unsigned destination, unsigned trap_class);
    /* With Drain_Priv = 1, at every interruption and on leaving user mode: the traps that the monitor holds are to be
     * given to the guest now (docs/protocols.md, "Delayed traps"). The trap buffer has been flushed. */
    void (*traps_due)(void *env);
    /* A line for a person, without newline: PSW[M] = 1 has hidden what would have been a machine check (every access;
     * how many are worth showing is the embedder's business). NULL: nobody wants it. */
    void (*log)(void *env, const char *line);
};

/* Why cpu_run came back. The state is exact, before the next instruction, in every case. */
enum cpu_stop {
    CPU_STOP_LIMIT,      /* the given number of instructions is done (the recovery register reached zero) */
    CPU_STOP_STALL,      /* an environment or I/O access said PHYS_STALL; the instruction has not happened */
    CPU_STOP_REQUEST,    /* cpu_request_stop() was called; the instruction that did it, or was observed, is complete */
    CPU_STOP_IDLE,       /* executed the idle hint `or r10,r10,r10` (only if config.stop_on_idle); it is complete */
    CPU_STOP_BREAKPOINT, /* about to execute at a breakpoint */
    CPU_STOP_WATCH,      /* the instruction just completed has accessed what is watched; see cpu_watch_hit */
    CPU_STOP_REFERENCE,  /* about to access what is watched with ACCESS_BEFORE; see cpu_watch_hit */
    CPU_STOP_TRAP,       /* an interruption has been taken that cpu_stop_at_traps asks for; see cpu_vector_taken */
    CPU_STOP_AWAITED,    /* before an instruction at which the guest can take what cpu_await_external says */
    CPU_STOP_HALTED,     /* cannot go on (docs/undefined.md, "Ends"); see cpu_halt_reason */
};

/* What executes. The guest cannot tell. */
enum cpu_engine_kind {
    CPU_ENGINE_AUTO, /* the one that is better here */
    CPU_ENGINE_INTERPRETER,
    CPU_ENGINE_TRANSLATOR, /* the interpreter where the host allows none */
};

struct cpu_config {
    enum cpu_engine_kind engine;
    /* Of a translator, for tests; 0: as usual. Nothing the guest sees depends on them. */
    unsigned translate_after;   /* executions of a block */
    uint32_t translation_bytes; /* memory for native code */
    unsigned translate_one_in;  /* instructions: the others are left to the interpreter */
    unsigned tlb_entries;       /* of each TLB, power of two not required, >= 2 */
    bool tlb_combined;          /* one TLB for both, else one each */
    uint64_t tlb_seed;          /* 0: replacement by a rule that knows no seed (a VP's TLB) */
    bool stop_on_idle;
    bool drain_priv;
    bool count_branches; /* cpu_branches means something */
    /* Assumptions of fault tolerance, broken (docs/faults.md, "Assumptions"); both 0 in a sound machine. */
    uint32_t undefined;     /* what an undefined result - a load of the reserved CR1 to CR7 - is on this machine */
    uint8_t privilege_leak; /* OR'd into link values: the level at which a monitor really runs its guest shows */
    unsigned index;         /* processor number: hard physical address 0xFFFB0000 + index * 0x1000 */
};

struct cpu;

/* A processor on PHYS at power-on: absolute mode, PSW 0, registers zero. ENV and its argument outlive it.
 * NULL if the host has no memory. */
struct cpu *cpu_new(const struct cpu_config *config, struct phys *phys, const struct cpu_env *env, void *env_arg);
void cpu_free(struct cpu *cpu);

/* The state, to read or change between runs. After changing anything, call cpu_state_changed. */
struct cpu_state *cpu_state(struct cpu *cpu);
void cpu_state_changed(struct cpu *cpu);
struct tlb *cpu_tlb(struct cpu *cpu);

/* What lasts from one run to the next and is in no table (mmu/base/visit.h). Reading: after cpu_state_changed. */
void cpu_visit(struct cpu *cpu, struct visit *visit);

/* Registers as at power-on, then start at ADDRESS (physical, absolute mode, privilege 0). */
void cpu_reset(struct cpu *cpu, uint32_t address);

/* Load the recovery register with LIMIT_INSNS (> 0) and run until it reaches zero or something above happens. */
enum cpu_stop cpu_run(struct cpu *cpu, uint64_t limit_insns);

/* From a callback or an observer: leave the run loop after the current instruction. After the idle hint that is
 * CPU_STOP_IDLE. */
void cpu_request_stop(struct cpu *cpu);

/* Post external interrupt NUMBER (EIRR bit NUMBER, 0 the most significant). Between runs or from a callback. */
void cpu_post_external(struct cpu *cpu, unsigned number);
/* True if an unmasked external interrupt or delayed trap is pending with PSW[I] = 1 or not (EIRR & EIEM nonzero). */
bool cpu_interrupt_pending(const struct cpu *cpu);

/* The external interrupts that a monitor holds for the guest, as bits of EIRR: the guest does not see them, but cpu_run
 * comes back with CPU_STOP_AWAITED where the guest could take one of them (PSW[I] = 1, and its bit of EIEM). 0: none,
 * as at power-on. Between runs. */
void cpu_await_external(struct cpu *cpu, uint32_t bits);

/* The branch counter, a register of the machine beside the recovery register and the monitor's alone: branches
 * completed (taken or not; nullified ones are not), RFIs and RFIRs, and interruptions taken, since it was cleared.
 * Between two executions of one place it changes. Only where cpu_config.count_branches is set. */
uint64_t cpu_branches(const struct cpu *cpu);
void cpu_branches_clear(struct cpu *cpu);
/* Where the processor is, since the branch counter was cleared. */
struct position cpu_position(const struct cpu *cpu);

/* Places that the next run passes without coming out: at each the processor notes its position and clears the branch
 * counter. */
struct cpu_places {
    uint64_t first_insns, every_insns; /* the instruction count at the first one, not yet reached, and between two */
    size_t count;
    struct position *noted;        /* room for COUNT; what is beyond those that cpu_places_end says is anything */
    const struct position *wanted; /* NULL, or COUNT: at a place where it is not there cpu_run comes back, as if that
                                      were its limit, and nothing is noted */
};
/* Only with cpu_config.count_branches. Between runs. */
void cpu_note_places(struct cpu *cpu, const struct cpu_places *places);
/* Between runs or from a callback: from now on nothing is noted. Returns how many places have been; HERE: with the one
 * where the processor is now, if there is one. */
size_t cpu_places_end(struct cpu *cpu, bool here);

/* The trap buffer's pairs are all delivered now (entry into the monitor): to the guest's V1/V2 if Drain_Priv is 0,
 * through env->trap_delivered if it is 1. */
void cpu_dtu_flush(struct cpu *cpu);

/* Privileged, environment and I/O instructions executed so far: what a VMM would have simulated (cost model). */
uint64_t cpu_simulated(const struct cpu *cpu);

/* Memory reference instructions completed (counted only while cpu_limit_references is in force), and the alternate
 * recovery register that counts them: cpu_run also comes back with CPU_STOP_LIMIT when LIMIT more are done. 0: off. */
uint64_t cpu_references(const struct cpu *cpu);
void cpu_limit_references(struct cpu *cpu, uint64_t limit);

/* ---- for a debugger (debug.c) ----
 *
 * Nothing here changes what the guest does, and what is not asked for costs nothing. All of it between runs only. */

/* Execution breakpoints on virtual offsets (any space); at most 256. A run that starts where a breakpoint was just
 * reported, or that follows cpu_breakpoint_pass at that place, goes on from it. Removing what is not there is no error.
 */
void cpu_breakpoint_add(struct cpu *cpu, uint32_t offset);
void cpu_breakpoint_remove(struct cpu *cpu, uint32_t offset);
/* The next run does not stop at the breakpoint that it begins at. */
void cpu_breakpoint_pass(struct cpu *cpu);

/* What an instruction did to memory; ACCESS_BEFORE is for watches alone. */
enum { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_BEFORE = 4 };
struct cpu_access {
    unsigned kinds;  /* ACCESS_... bits; 0: nothing */
    uint32_t offset; /* virtual, or physical where the reference was */
    uint32_t size_bytes;
    uint64_t value; /* read; or written, if it was not read alone */
};

/* Watch the SIZE_BYTES from virtual offset OFFSET on (any space) for references of KINDS by instructions (DMA is none);
 * at most 64. The run stops after the instruction; with ACCESS_BEFORE before it, when nothing of it has happened but
 * it is certain that it will, and a run that starts where this was just reported goes on from it. */
void cpu_watch_add(struct cpu *cpu, uint32_t offset, uint32_t size_bytes, unsigned kinds);
void cpu_watch_remove(struct cpu *cpu, uint32_t offset, uint32_t size_bytes, unsigned kinds);
/* No stop before the instruction whose number is PASSED - 1 (0: none is passed), wherever the last run stopped. */
void cpu_watch_pass(struct cpu *cpu, uint64_t passed);
/* After CPU_STOP_WATCH and CPU_STOP_REFERENCE (there is no value then): the reference that was watched for. */
const struct cpu_access *cpu_watch_hit(const struct cpu *cpu);

/* Stop after taking an interruption whose vector's bit in VECTORS is 1 (bit n, 0 the LEAST significant, is vector n);
 * the next instruction is the first of its handler. */
void cpu_stop_at_traps(struct cpu *cpu, uint64_t vectors);
/* The vector of the last interruption. */
unsigned cpu_vector_taken(const struct cpu *cpu);

/* What one count of the instruction count was. */
enum cpu_step_kind { CPU_STEP_EXECUTED, CPU_STEP_NULLIFIED, CPU_STEP_INTERRUPTION };
struct cpu_step {
    enum cpu_step_kind kind;
    unsigned vector; /* of the interruption */
    bool has_word;   /* the instruction could be fetched */
    uint32_t word;   /* at the front of the queue: executed, nullified, or interrupted */
    struct cpu_access access;
    const struct cpu_state *before, *after; /* exact; before->insns is the instruction's number */
};
typedef void cpu_observer(void *arg, const struct cpu_step *step);
/* From now on tell OBSERVER of every step (NULL: nobody), one instruction at a time. */
void cpu_observe(struct cpu *cpu, cpu_observer *observer, void *arg);

/* Translate for a debugger: no side effects, no traps. False if there is no translation. SPACE and OFFSET are virtual
 * if the PSW's C (CODE) or D bit says so, else OFFSET is physical. */
bool cpu_debug_translate(struct cpu *cpu, uint32_t space, uint32_t offset, bool code, uint32_t *physical);

/* The engine at work: never CPU_ENGINE_AUTO. */
struct cpu_engine {
    enum cpu_engine_kind kind;
    const char *why;          /* a translator is wanted, and there is none: why. Else NULL */
    const char *interpreting; /* there is one, and instructions are executed one at a time all the same: why */
    uint64_t blocks, insns;   /* translated so far */
    uint64_t bytes;           /* of native code now */
    uint64_t forgotten;       /* times that all of it was */
};
struct cpu_engine cpu_engine(const struct cpu *cpu);
/* The native code that the translator has made of the instruction at PHYSICAL: PIECE is called for each piece of it, in
 * order - one in a delay slot has two - with OFFSET, where it is in its block's code. The bytes are the host's, and may
 * change when the processor runs. False: there is none. */
bool cpu_native(struct cpu *cpu, uint32_t physical,
                void (*piece)(void *arg, const uint8_t *code, size_t size_bytes, size_t offset), void *arg);
/* "auto", "interpreter", "translator". */
const char *cpu_engine_name(enum cpu_engine_kind kind);
/* What CPU_ENGINE_AUTO is in this build. */
enum cpu_engine_kind cpu_engine_best(void);
/* The architecture of the host that this program was built for: "x86-64", "aarch64", ... */
const char *cpu_host_name(void);

/* After CPU_STOP_HALTED: one line, e.g. "interruption 8 (illegal instruction) at 0x00001000 has no vector ...". */
const char *cpu_halt_reason(const struct cpu *cpu);
/* The vector's name, e.g. "data TLB miss". */
const char *cpu_vector_name(unsigned vector);

#endif
