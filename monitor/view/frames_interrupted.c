/* frames_interrupted.c - see frames.h: from an interruption's handler to what it has interrupted.
 *
 * Two ways lead there. The guests' runtime keeps the interrupted program in a frame that its function us_interruption
 * has in r3 (roms/start.S, roms/include/board.h). And while PSW[Q] is 0 the interrupted instruction's address stands in
 * IIAOQ, whatever the guest is (architecture manual, "Interruptions").
 */
#include "monitor/view/frames.h"

#include <string.h>

/* What the runtime keeps and where: FRAME_GR and FRAME_IAOQ of roms/include/board.h. */
enum { KEPT_GR = 0, KEPT_IAOQ = 136, VECTORS = 33 };
enum {
    R1 = 1,
    RP = 2,
    R3 = 3,
    SP = 30,
    MRP = 31,
    TEMPORARY_R1 = 28,
    TEMPORARY_SP = 29,
    TEMPORARY_MRP = 30,
    VECTOR_BYTES = 32
};

/* The words of what the runtime keeps, at FRAME: those of general registers and others at their offsets. */
static bool load(const struct monitor *monitor, uint32_t frame, unsigned offset, uint32_t *word)
{
    uint64_t value;
    if (!monitor_load(monitor, (struct place){frame + offset, false}, 4, &value, NULL))
        return false;
    *word = (uint32_t)value;
    return true;
}

/* Is FRAME the runtime's, behind the point where everything is kept? Its own calls return there. */
static bool is_kept(const struct monitor *monitor, const struct frame *frame)
{
    const struct symbol *inside = symbols_at(&monitor->symbols, frame->pc);
    return inside && !strcmp(inside->name, "us_interruption") && !frame->exact;
}

static bool from_kept(const struct monitor *monitor, struct frame *frame, struct frame *caller)
{
    uint32_t kept = frame->r3, vector, word;
    *caller = (struct frame){.level = frame->level + 1, .exact = true, .rp_live = true};
    bool good =
        load(monitor, kept, KEPT_GR, &vector) && load(monitor, kept, KEPT_IAOQ, &caller->pc) &&
        load(monitor, kept, KEPT_GR + 4 * R1, &caller->r1) && load(monitor, kept, KEPT_GR + 4 * RP, &caller->rp) &&
        load(monitor, kept, KEPT_GR + 4 * R3, &caller->r3) && load(monitor, kept, KEPT_GR + 4 * SP, &caller->sp) &&
        load(monitor, kept, KEPT_GR + 4 * MRP, &caller->mrp);
    caller->pc &= ~UINT32_C(3);
    if (!good || !monitor_fetch(monitor, (struct place){caller->pc, false}, &word))
        return false;
    frame->vector = vector < VECTORS ? vector : 0;
    return true;
}

/* Do A and B lie in one function? Where nobody knows of one, they do not. */
static bool same_function(const struct monitor *monitor, uint32_t a, uint32_t b)
{
    const struct symbol *one = symbols_at(&monitor->symbols, a);
    return one && one == symbols_at(&monitor->symbols, b);
}

/* The innermost frame is in code that runs with PSW[Q] = 0: a handler's first or last instructions, or the machine's
 * start, which nothing has interrupted. */
static bool from_iiaoq(const struct monitor *monitor, struct frame *frame, struct frame *caller)
{
    const struct cpu_state *state = monitor_cpu_state(monitor);
    uint32_t from = state->cr[CR_IIAOQ] & ~UINT32_C(3), word;
    if (!frame->exact || frame->level || (state->psw & PSW_Q) || !from || same_function(monitor, frame->pc, from) ||
        !monitor_fetch(monitor, (struct place){from, false}, &word))
        return false;
    *caller = *frame;
    caller->level++;
    caller->pc = from;
    uint32_t vector = (frame->pc - state->cr[CR_IVA]) / VECTOR_BYTES; /* while it is there */
    frame->vector = vector < VECTORS ? vector : 0;
    const struct symbol *inside = symbols_at(&monitor->symbols, frame->pc);
    if (inside && !strcmp(inside->name, "us_interruption") && frame->pc != inside->address) {
        caller->r1 = state->cr[TEMPORARY_R1];
        caller->sp = state->cr[TEMPORARY_SP];
        caller->mrp = state->cr[TEMPORARY_MRP];
    }
    return true;
}

bool frame_interrupted(const struct monitor *monitor, struct frame *frame, struct frame *caller)
{
    frame->interrupts =
        is_kept(monitor, frame) ? from_kept(monitor, frame, caller) : from_iiaoq(monitor, frame, caller);
    return frame->interrupts;
}
