/* alternate.h - what the parts of the alternate embodiment agree about (WO 93/09494, "Alternate Embodiments"; claims 5
 * to 8 and 13 to 16): an operating system that is fault tolerant by itself, on two bare computers, with no monitor.
 *
 * Its story is docs/protocols.md, "Without a monitor". Its parts:
 *
 *   alternate.c     the kernel: interruptions of its one program, system calls, address translation
 *   epoch.c         epochs counted by CR0; buffered interrupts and traps; the end of an epoch; fail-over (figure 7)
 *   message.c       [E, Int], [E, Val], [end, E] and [off, E] over the channel port
 *   driver.c        the disk's driver, equal on both computers, and the controller under it, which is each one's own
 *   user_program.c  the program, at privilege level 3
 *
 * What always holds: the program, and the kernel's state that it can see (`struct process`, the driver's commands), are
 * a function of the program's instructions and of what is delivered at the ends of epochs. The kernel itself runs with
 * PSW[R] = 0, uncounted, and may do different things on the two computers.
 */
#ifndef EXAMPLES_ALTERNATE_H
#define EXAMPLES_ALTERNATE_H

/* System calls: BREAK 0,number; arguments in %r26 to %r23, results in %r28 and %r29. */
#define CALL_EXIT      1 /* (status) */
#define CALL_WRITE     2 /* (bytes, count): count, or -1 */
#define CALL_READ      3 /* (bytes, count): waits for a byte typed; how many */
#define CALL_DISK      4 /* (opcode, block, count, buffer): the command's slot, or -1 */
#define CALL_DISK_WAIT 5 /* (slot): waits until it has ended; 0, or the controller's error */
#define CALL_TIME      6 /* (): microseconds of the world's clock, low word; high word in %r29 */
#define CALL_DRAIN     7 /* (): the delayed traps delivered until now: V2, and V1 of general registers in %r29 */

#ifndef __ASSEMBLER__
#include <understudy.h>

enum {
    EPOCH_INSNS = 2000, /* of the program, counted by CR0 */
    SLOTS = 6,          /* commands of the program at the disk */
    SLOT_CONNECT = SLOTS,
    SLOT_BLOCKS_MAX = 8,
    INTERRUPTS_MAX = 64, /* in one epoch */
    INPUT_BYTES = 256,
    STATUS_DIFFER = 99, /* the two computers did not do the same */
};

/* ---- message.c ---- */

enum interrupt_class { CLASS_DISK = 1, CLASS_CONSOLE, CLASS_DISCONNECTED };

struct interrupt {
    enum interrupt_class interrupt_class;
    uint32_t slot, status, detail;
    uint32_t words; /* that a read brought: in the list's data[slot] */
    uint8_t byte;
};

/* Interrupts with their data, buffered for the end of an epoch. A slot ends at most once in an epoch. */

struct interrupts {
    uint32_t count;
    struct interrupt at[INTERRUPTS_MAX + 1]; /* and "disconnected" at a fail-over */
    uint32_t data[SLOTS][SLOT_BLOCKS_MAX * DISK_BLOCK_BYTES / 4];
};

/* DATA: of interrupt->words words. */
void send_interrupt(uint32_t epoch, const struct interrupt *interrupt, const uint32_t *data);
void send_value(uint32_t epoch, uint64_t value);
void send_end(uint32_t epoch, uint32_t hash);
void send_off(uint32_t epoch, uint32_t status);
/* Nobody hears us any more. */
void send_to_nobody(void);
/* Take from the port what has arrived: called on every channel interrupt, so that the sender has room. */
void receive_words(void);
/* Wait for [end, EPOCH] or [off, EPOCH]; the interrupts of that epoch go into INTERRUPTS. False: the primary has been
 * reported failed before. */
bool receive_epoch(uint32_t epoch, struct interrupts *interrupts);
/* The next [E, Val] of the epoch received last. False if there is none. */
bool receive_value(uint64_t *value);
/* The hash in [end, E] of the epoch received last; was it [off, E]? */
uint32_t received_hash(void);
bool received_off(void);

/* ---- driver.c ---- */

/* Begin to use the disk. */
void driver_start(void);
/* A command for the program; its slot or -1. */
int driver_command(uint32_t opcode, uint32_t block, uint32_t count, uint32_t buffer);
/* Has the command in SLOT ended? Then the slot is free again and RESULT says how. */
bool driver_ended(uint32_t slot, uint32_t *result);
/* An interrupt of class CLASS_DISK or CLASS_DISCONNECTED is delivered, with the data of a read. */
void driver_interrupt(const struct interrupt *interrupt, const uint32_t *data);
/* Below: the next command that this computer's controller has ended since the last call is added to INTERRUPTS; NULL if
 * there is none. */
const struct interrupt *controller_ended(struct interrupts *interrupts);

/* ---- epoch.c ---- */

/* The computer's part in it: Processor_Type of the patent. */
bool is_live(void);
uint32_t epoch_now(void);
void epoch_start(void);
/* What the hardware has: interrupts are buffered and sent, words of the channel taken. */
void epoch_look_at_hardware(void);
/* The hardware's vectors V1 and V2 are added to the kernel's and cleared. */
void epoch_buffer_traps(void);
/* Deliver the traps buffered so far to the program now (figure 6). */
void epoch_deliver_traps(void);
/* The epoch is over: CR0 has run out, or the program waits. FRAME is the program's, for the comparison. */
void epoch_end(const struct interruption_frame *frame);
/* Nothing to do before an interrupt: at the primary, wait for one. */
void epoch_await_interrupt(void);

/* ---- alternate.c ---- */

/* What the program can see of the kernel: the same on both computers. */
struct process {
    uint32_t v1, v2;            /* delayed traps delivered and not yet asked for */
    uint32_t shown, typed;      /* bytes output and input so far */
    uint8_t input[INPUT_BYTES]; /* delivered and not yet read, a ring */
    uint32_t input_first, input_count;
    uint64_t last_time;
};
struct process *process(void);

#endif
#endif
