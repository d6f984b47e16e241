/* runtime.h - what the runtime's own files ask of each other; not for guests.
 */
#ifndef UNDERSTUDY_RUNTIME_H
#define UNDERSTUDY_RUNTIME_H

#include <stdint.h>

struct interruption_frame;

/* Called by start.S. */
_Noreturn void us_main(void);
void us_interruption_dispatch(struct interruption_frame *frame);

/* The console port: FIFOs on, 8 bits. */
void us_console_start(void);

#endif
