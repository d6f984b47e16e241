/* disk.h - the disk, by the rules a guest may rely on (hardware manual section 7, Rules 0 to 3).
 *
 * A command is started, and waited for later; up to DISK_COMMANDS_MAX run at a time, in any order (Rule 2), so never
 * start two that touch the same blocks unless both read. A buffer is 4-byte aligned and must not change (write) or be
 * looked at (read) before its command was waited for. A write of several blocks is atomic by block only.
 *
 * What happens to the connection is the driver's business. When it is lost, or a command comes back "may or may not
 * have been performed" (Rule 3), the driver connects again and issues the command again, with the same content: the
 * caller sees nothing. So a write may be performed twice, and programs must not mind (they do not, if nobody else
 * writes). Medium errors are tried again DISK_TRIES times.
 *
 * Completion is noticed by interrupt while PSW[I] is 1 (external interrupt 5), and by polling inside the waiting
 * functions while it is 0. Both work with the same calls.
 */
#ifndef UNDERSTUDY_DISK_H
#define UNDERSTUDY_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    DISK_BLOCK_BYTES = 512,
    DISK_COMMANDS_MAX = 32,
    DISK_COUNT_MAX = 2048, /* blocks in one command */
    DISK_TRIES = 8,
};

/* How a command ended. */
enum disk_result {
    DISK_OK = 0,
    DISK_BAD_BLOCK = 2,     /* beyond the capacity, or a count not in 1..2048 */
    DISK_BAD_ADDRESS = 3,   /* the buffer is not in RAM */
    DISK_MEDIUM_ERROR = 4,  /* DISK_TRIES times */
    DISK_NO_CONNECTION = 6, /* the controller refuses to connect */
};

/* Attach to the disk. Returns its capacity in blocks, 0 if there is none (then nothing below may be called). */
uint32_t disk_open(void);
/* Wait for everything outstanding and disconnect. */
void disk_close(void);

/* Start a command; returns its slot (0..31), or -1 if DISK_COMMANDS_MAX are running. */
int disk_start_read(uint32_t block, uint32_t count, void *buffer);
int disk_start_write(uint32_t block, uint32_t count, const void *buffer);
int disk_start_flush(void);
/* Has the command in SLOT ended? Never waits. */
bool disk_done(int slot);
/* Wait until the command in SLOT has ended; frees the slot. */
enum disk_result disk_wait(int slot);
/* Wait until some command has ended; returns its slot, still to be given to disk_wait, or -1 if none is running. */
int disk_wait_any(void);

/* Start and wait. */
enum disk_result disk_read(uint32_t block, uint32_t count, void *buffer);
enum disk_result disk_write(uint32_t block, uint32_t count, const void *buffer);
/* When it returns, all writes that had completed before are on the medium. */
enum disk_result disk_flush(void);

/* Disk interrupts taken, and commands issued again because their fate was uncertain. For measuring, not for output
 * that must not depend on faults. */
uint32_t disk_interrupts_taken(void);
uint32_t disk_reissued(void);

#endif
