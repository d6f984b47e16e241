/* terminal.h - the terminal, which belongs to the world and not to a computer (docs/explainability.md, rules 5 and 6).
 *
 * Output comes with numbers (from 1): `sequenced`, the terminal drops a number that it has and compares its byte;
 * `plain` shows whatever comes. Input is numbered by the terminal: whoever serves asks for byte N, and may ask again.
 * From the moment a generation is fenced off, output of an older one is refused.
 *
 * Virtual time orders what is shown: bytes reach the host descriptor only up to a time that every computer has passed.
 */
#ifndef US_IO_TERMINAL_H
#define US_IO_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/visit.h"

struct terminal;

/* INPUT_FD, OUTPUT_FD: -1 for none. */
struct terminal *terminal_new(int input_fd, int output_fd, bool plain);
void terminal_free(struct terminal *terminal);
/* What is shown goes to OUTPUT_FD; nothing was shown before. */
void terminal_connect(struct terminal *terminal, int output_fd);

/* Output number NUMBER is BYTE, from a computer of GENERATION at TIME_PS. */
void terminal_output(struct terminal *terminal, uint32_t generation, uint64_t number, uint8_t byte, uint64_t time_ps);
/* Refuse everything older than GENERATION from now on. */
void terminal_fence(struct terminal *terminal, uint32_t generation);

/* TERMINAL_LATER, of a terminal in another process: it will be said when there is more; until then nobody asks. */
enum terminal_input { TERMINAL_BYTE, TERMINAL_NOTHING_YET, TERMINAL_LATER, TERMINAL_END };

/* What is typed as byte NUMBER (from 0). A pipe or file is waited for (its bytes have no time of their own); a person
 * at a host terminal is not: TERMINAL_NOTHING_YET. */
enum terminal_input terminal_input(struct terminal *terminal, uint64_t number, uint8_t *byte);
/* Let the host sleep for that long, or until a person types: true, and terminal_take keeps what was typed. */
bool terminal_wait(const struct terminal *terminal, unsigned milliseconds);
void terminal_take(struct terminal *terminal);
/* Add typed bytes after what was typed so far (the monitor's `send`). */
void terminal_type(struct terminal *terminal, const void *bytes, size_t size);

/* What was shown and typed. Bytes that the host has stay with it: after going back in time they are not written again
 * when the same future comes again. Bytes that came from a host descriptor cannot be read again: they stay typed. */
void terminal_visit(struct terminal *terminal, struct visit *visit);
/* Another future begins here: what is shown from now on is new to the host. */
void terminal_forget_future(struct terminal *terminal);

/* Let bytes shown up to TIME_PS reach the host descriptor. True if later ones wait. */
bool terminal_flush(struct terminal *terminal, uint64_t time_ps);

/* Let at most MOST bytes more reach the host descriptor, whatever their time, if it takes any at once. Returns how many
 * wait then. */
uint64_t terminal_flush_some(struct terminal *terminal, uint64_t most);

/* Has the host the beginning of a line of the guest's without its end? Then whoever asks breaks it off: this is true
 * once. */
bool terminal_break_line(struct terminal *terminal);

/* All that was shown, and how many bytes. */
const uint8_t *terminal_shown(const struct terminal *terminal, uint64_t *size);
/* The first SHOWN of these, which the host has, and the first TYPED bytes of input are not kept any more. Numbers go
 * on: `shown` and `typed` are what is kept, and terminal_before says how many came before. */
void terminal_forget(struct terminal *terminal, uint64_t shown, uint64_t typed);
void terminal_before(const struct terminal *terminal, uint64_t *shown, uint64_t *typed);
/* The first number whose byte came again and differed; 0 if none. */
uint64_t terminal_mismatch(const struct terminal *terminal);
/* Has the host said that no more will be typed? */
bool terminal_ended(const struct terminal *terminal);
/* Host bytes typed so far, and how many the computers have asked for. */
const uint8_t *terminal_typed(const struct terminal *terminal, uint64_t *size);
/* Was anything not written because the host descriptor failed? Its errno, or 0. */
int terminal_host_error(const struct terminal *terminal);

#endif
