/* screen_gate.h - what a guest writes, on its way to a library that interprets it: control sequences (ESC [ ...) pass
 * if they are such as programs send. One with more parameters than libvterm has room for writes beyond that room
 * (0.1.4), and one that repeats a letter two thousand million times takes as long; a guest may be hostile, and the host
 * is not to suffer.
 */
#ifndef US_MONITOR_WINDOW_SCREEN_GATE_H
#define US_MONITOR_WINDOW_SCREEN_GATE_H

#include <stddef.h>
#include <stdint.h>

enum { GATE_BYTES = 64 };

struct screen_gate { /* zero: nothing has come */
    enum { GATE_TEXT, GATE_ESCAPE, GATE_SEQUENCE } state;
    char held[GATE_BYTES]; /* of the sequence, behind ESC [ */
    size_t count;          /* GATE_BYTES: it is longer, and will not pass */
};

/* BYTE comes. Returns how many bytes, in OUT, are to be interpreted now. */
size_t screen_gate_take(struct screen_gate *gate, uint8_t byte, char out[GATE_BYTES]);

#endif
