/* native.h - the host's instructions as text, by the host's own objdump, where it is installed.
 */
#ifndef US_MONITOR_VIEW_NATIVE_H
#define US_MONITOR_VIEW_NATIVE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Print SIZE_BYTES at CODE, which are OFFSET bytes behind the beginning of their block's code, a line an instruction.
 * Without objdump: their bytes. */
void native_print(FILE *out, const uint8_t *code, size_t size_bytes, size_t offset);

#endif
