/* stop.h - where a person has a run stop (struct stop_point), and which of these places it came to (struct stop_hit).
 *
 * Stop points are given to system_run_until (system.h) and hold for that run and for its computer only: between runs
 * nothing is set anywhere, so nothing has to follow a repair, a restored snapshot or a change of focus. Stopping
 * changes nothing that the guests or the two computers do. A run never stops at the place at which it begins, unless
 * it goes on from one that stopped there for other reasons (system_until.goes_on).
 */
#ifndef US_FT_STOP_H
#define US_FT_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/cpu.h"
#include "ft/fault.h"
#include "ft/message.h"

enum stop_place {
    STOP_AT_ADDRESS,    /* `offset`: before the instruction there is executed (virtual, any space) */
    STOP_AT_ACCESS,     /* after an instruction that made a reference of `kinds` to [offset, offset + size_bytes) */
    STOP_BEFORE_ACCESS, /* before such an instruction; also where the run begins, but for system_until.told */
    STOP_AT_TRAP,       /* after an interruption in `vectors` is taken, before its handler's first instruction */
    STOP_AT_EPOCH,      /* before the first instruction of epoch `number` */
    STOP_AT_OPERATION,  /* before the store that is output `number` of the guest (the first is 1); 0: every one */
    STOP_AT_STEP,       /* when protocol step `step` is taken the `number`-th time; 0: every time */
    STOP_AT_MESSAGE,    /* when a message of a class in `classes` is sent or taken from the channel */
};

struct stop_point {
    enum stop_place place;
    uint32_t offset, size_bytes;
    unsigned kinds;   /* ACCESS_... bits (cpu.h) */
    uint64_t vectors; /* bit n, 0 the least significant: vector n */
    uint32_t classes; /* bit n, 0 the least significant: enum message_class n */
    uint64_t number;
    enum protocol_step step;
};

/* What the run came to. Members that do not belong to the point's place mean nothing. */
struct stop_hit {
    const struct stop_point *point; /* one of system_until's; NULL: none of them */
    unsigned processor;             /* of a board with several: who it was */
    struct cpu_access access;
    unsigned vector;
    uint64_t count;         /* of the operation or the step */
    struct message message; /* its data is gone */
    bool sent;
};

#endif
