/* await_text.h - a run that stops for a person when the terminal, or the operator's console, has shown some text, or
 * when an instruction's trace has it in it (system_awaited_step, system.h).
 *
 * Looked at where a byte or a line appears, so the run stops after the very instruction that made it, whichever
 * computer that was. Only system_run_until awaits, so there is one host thread.
 */
#ifndef US_FT_COMPUTER_AWAIT_TEXT_H
#define US_FT_COMPUTER_AWAIT_TEXT_H

#include "ft/computer/computer.h"

/* COMPUTER has put COUNT bytes on the terminal; the system's lock is held. */
void awaited_terminal(struct computer *computer, size_t count);
/* COMPUTER has told the operator LINE. */
void awaited_operator(struct computer *computer, const char *line);
/* The text that is awaited is in a step of COMPUTER, says who observes it. */
void awaited_step(struct computer *computer);

#endif
