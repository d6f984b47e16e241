/* bytecode.c - an interpreter: one indirect branch for every few instructions. */
#include "work.h"

enum { PUSH, LOAD, STORE, ADD, SUB, XOR, DROP_IF_ZERO, LOOP, HALT };
enum { ROUNDS = 60, TIMES = 20000, SLOTS = 8 };

/* s1 = TIMES; do { s0 = (s0 + s1) ^ 0x55; s2 = s2 - s0; s1 = s1 - 1; } while (s1 != 0) */
static const uint8_t program[] = {LOAD,  0, LOAD, 1, ADD,  PUSH, 0x55, XOR,   STORE, 0,    LOAD, 2,    LOAD, 0,   SUB,
                                  STORE, 2, LOAD, 1, PUSH, 1,    SUB,  STORE, 1,     LOAD, 1,    LOOP, 0,    HALT};

static uint32_t interpret(uint32_t *slots)
{
    uint32_t stack[8], *top = stack;
    for (const uint8_t *at = program;;) {
        switch (*at++) {
        case PUSH:
            *top++ = *at++;
            break;
        case LOAD:
            *top++ = slots[*at++];
            break;
        case STORE:
            slots[*at++] = *--top;
            break;
        case ADD:
            top--;
            top[-1] += *top;
            break;
        case SUB:
            top--;
            top[-1] -= *top;
            break;
        case XOR:
            top--;
            top[-1] ^= *top;
            break;
        case DROP_IF_ZERO:
            if (!top[-1])
                top--;
            break;
        case LOOP:
            at = *--top ? program + *at : at + 1;
            break;
        case HALT:
            return slots[0] ^ slots[2];
        }
    }
}

uint32_t work(void)
{
    uint32_t slots[SLOTS] = {0}, sum = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        slots[1] = TIMES;
        sum = sum * 31 + interpret(slots);
    }
    return sum;
}
