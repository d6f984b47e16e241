/* screen_gate.c - see screen_gate.h. */
#include "monitor/window/screen_gate.h"

#include <stdbool.h>

enum { ESCAPE = 0x1B, CANCEL = 0x18, SUBSTITUTE = 0x1A, DELETE = 0x7F };
enum {
    SEPARATORS_MOST = 14, /* of parameters: libvterm has room for sixteen */
    DIGITS_MOST = 4,      /* of a parameter: more than any screen has rows or columns */
    REPEAT_DIGITS_MOST = 2,
};

/* The sequence ends with FINAL. Of too many digits the first ones pass. */
static size_t pass(const struct screen_gate *gate, char final, char out[GATE_BYTES])
{
    unsigned separators = 0, digits = 0, most = final == 'b' ? REPEAT_DIGITS_MOST : DIGITS_MOST;
    size_t size = 0;
    if (gate->count + 3 > GATE_BYTES || final == 'm') /* a colour: only letters are looked at */
        return 0;
    out[size++] = ESCAPE;
    out[size++] = '[';
    for (size_t i = 0; i < gate->count; i++) {
        char byte = gate->held[i];
        digits = byte >= '0' && byte <= '9' ? digits + 1 : 0;
        separators += byte == ';' || byte == ':';
        if (digits <= most)
            out[size++] = byte;
    }
    out[size++] = final;
    return separators > SEPARATORS_MOST ? 0 : size;
}

static size_t take_in_sequence(struct screen_gate *gate, uint8_t byte, char out[GATE_BYTES])
{
    if (byte >= ' ' && byte < '@') {
        if (gate->count < GATE_BYTES)
            gate->held[gate->count++] = (char)byte;
        return 0;
    }
    if (byte < ' ' && byte != ESCAPE && byte != CANCEL && byte != SUBSTITUTE) { /* done at once, in its middle */
        out[0] = (char)byte;
        return 1;
    }
    gate->state = byte == ESCAPE ? GATE_ESCAPE : GATE_TEXT;
    if (byte >= '@' && byte < DELETE)
        return pass(gate, (char)byte, out);
    if (byte < DELETE)
        return 0; /* it is given up */
    out[0] = (char)byte;
    return 1;
}

size_t screen_gate_take(struct screen_gate *gate, uint8_t byte, char out[GATE_BYTES])
{
    if (gate->state == GATE_SEQUENCE)
        return take_in_sequence(gate, byte, out);
    if (gate->state == GATE_ESCAPE && byte == '[') {
        gate->state = GATE_SEQUENCE;
        gate->count = 0;
        return 0;
    }
    bool escaped = gate->state == GATE_ESCAPE;
    gate->state = byte == ESCAPE ? GATE_ESCAPE : GATE_TEXT;
    if (byte == ESCAPE)
        return 0; /* what follows says what it is; of two the first is nothing */
    out[0] = ESCAPE;
    out[escaped] = (char)byte;
    return escaped ? 2 : 1;
}
