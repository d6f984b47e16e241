/* bench_qemu.h - qemu-system-hppa, where it is installed, executes a guest of `understudy bench --engines`.
 */
#ifndef US_MONITOR_PROGRAM_BENCH_QEMU_H
#define US_MONITOR_PROGRAM_BENCH_QEMU_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* Is it there? */
bool bench_qemu_installed(void);
/* Run IMAGE until its line "end SUM" is on the serial port; COUNTED: with -icount, which counts instructions. *SECONDS:
 * of the host's processors, of all its threads, since its line "begin". False with a line in ERROR. */
bool bench_qemu(const char *image, bool counted, double *seconds, uint32_t *sum, struct error *error);

#endif
