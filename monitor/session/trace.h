/* trace.h - what the guest has executed: a ring of the last instructions with their effects (history), and the same to
 * a file (trace; docs/trace.md has the format), or looked through for some text (expect trace).
 *
 * Off, it costs nothing; on, the processor is observed (cpu_observe) while the monitor runs it, which changes nothing
 * that the guest does.
 */
#ifndef US_MONITOR_SESSION_TRACE_H
#define US_MONITOR_SESSION_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cpu/cpu.h"
#include "ft/settings.h"
#include "ft/system.h"
#include "io/stream.h"
#include "mmu/base/error.h"

struct monitor;

enum { TRACE_RING_MAX = 100000, TRACE_CHANGES_MAX = 24, TRACE_LINE_BYTES = 900 };

/* A register that a step has changed. */
struct trace_change {
    uint64_t value;
    uint8_t file, number; /* which (trace.c) */
};

struct trace_step {
    uint64_t insns;
    uint32_t space, offset, word;
    bool has_word;
    uint8_t kind, vector, processor, count; /* enum cpu_step_kind; count: of changes */
    struct cpu_access access;
    struct trace_change changes[TRACE_CHANGES_MAX];
};

struct trace_processor {
    struct trace *trace;
    unsigned index;
};

struct trace {
    struct trace_step *ring; /* NULL: no history is kept */
    uint64_t capacity, seen; /* steps: room for, ever put in */
    struct stream stream;    /* no file in it: no trace is written */
    char *path;
    unsigned computer;                  /* whose steps the last lines were; 2: nobody's yet */
    const struct awaited_text *awaited; /* of the present run: the text to stop at; NULL: none */
    char line[TRACE_LINE_BYTES];        /* the last one that was made */
    struct system *system;              /* of the present run */
    unsigned processors;
    struct trace_processor processor[BOARD_PROCESSORS_MAX];
};

void trace_free(struct trace *trace);
/* Keep the last COUNT steps from now on; 0: none. What was kept is forgotten. */
void trace_keep(struct trace *trace, uint64_t count);
/* Write to the file PATH from now on (made new). False with one line in ERROR. */
bool trace_open(struct trace *trace, const char *path, struct error *error);
/* Stop that. False with one line in ERROR if something could not be written. */
bool trace_close(struct trace *trace, struct error *error);

/* Before and after a run of the focused computer. AWAITED (or NULL) is what that run awaits; if that is text in a step,
 * the run stops after the first step whose line has it in it. */
void trace_arm(struct monitor *monitor, const struct awaited_text *awaited);
void trace_disarm(struct monitor *monitor);

/* The kept step number BACK from the last (0), as a line of the trace without newline; false if so many are not kept.
 */
bool trace_line(const struct trace *trace, uint64_t back, char *text);

#endif
