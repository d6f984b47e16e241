/* fuzz.h - what a fuzz target is: a function that must survive any bytes, and one that makes promising ones.
 *
 * A target is a file fuzz_NAME.c. With libFuzzer (tests/fuzz/run) the library's main drives it; in the ordinary build
 * smoke.c does, over inputs made from a seed. A target fails by assert, by a sanitizer's report, or by not ending: its
 * work is bounded by its input's size and a constant, never by what the bytes say.
 */
#ifndef US_TESTS_FUZZ_H
#define US_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "tests/isa/insn_random.h"

enum { FUZZ_INPUT_MAX = 4096 };

/* libFuzzer's own name. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Draw an input that gets past the first checks into BYTES (FUZZ_INPUT_MAX). Returns its size. */
size_t fuzz_make(struct insn_random *random, uint8_t *bytes);

/* Of fuzz_cpu.c: the digest of processor and memory after an input was executed, PORTION instructions at a time. */
uint64_t fuzz_cpu_execute(const uint8_t *bytes, size_t size, uint64_t portion);

#endif
