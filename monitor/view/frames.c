/* frames.c - see frames.h. */
#include "monitor/view/frames.h"

#include <string.h>

#include "cpu/isa/insn.h"
#include "monitor/image/unwind.h"

enum {
    R1 = 1,
    RP = 2,
    R3 = 3,
    SP = 30,
    MRP = 31,                   /* millicode's return pointer */
    PROLOGUE_INSNS_MAX = 64,    /* looked at from a function's beginning on */
    BACKWARDS_INSNS_MAX = 1024, /* looked at for the beginning of a function that nothing names */
    STORE_RP = 0x6BC23FD9,      /* stw rp,-20(sp) */
    RETURN = 0xE840C000,        /* bv r0(rp), with or without nullification (bit 30) */
};

/* What the instructions of a prologue have done. Offsets are from the stack pointer at the function's entry. */
struct prologue {
    int32_t sp;              /* of the stack pointer now */
    bool rp_saved, r3_saved; /* and where */
    int32_t rp_at, r3_at;
    bool frame_pointer; /* r3 is the stack pointer at `r3_is` */
    int32_t r3_is;
    bool r1_is_r3, r1_is_sp; /* r1 is a copy of r3; r1 is the stack pointer at `r1_sp` */
    int32_t r1_sp;
};

static void note_store(struct prologue *p, unsigned stored, int32_t at)
{
    if (stored == RP) {
        p->rp_saved = true;
        p->rp_at = at;
    } else if ((stored == R3 && !p->frame_pointer) || (stored == R1 && p->r1_is_r3)) {
        p->r3_saved = true;
        p->r3_at = at;
    }
}

static void note_store_modify(struct prologue *p, const struct insn *insn)
{
    if (insn->imm < 0)
        p->sp += insn->imm; /* before */
    note_store(p, insn->x, p->sp);
    if (insn->imm >= 0)
        p->sp += insn->imm; /* after */
}

static void note_ldo(struct prologue *p, const struct insn *insn)
{
    if (insn->t == SP && insn->b == SP)
        p->sp += insn->imm;
    else if (insn->t == SP && insn->b == R1 && p->r1_is_sp)
        p->sp = p->r1_sp + insn->imm;
}

static void note_copy(struct prologue *p, const struct insn *insn)
{
    unsigned from = insn->x ? insn->x : insn->b;
    if ((insn->x && insn->b) || insn->cond)
        return;
    if (insn->t == R1) {
        p->r1_is_r3 = from == R3;
        p->r1_is_sp = false;
    } else if (insn->t == R3 && from == SP) {
        p->frame_pointer = true;
        p->r3_is = p->sp;
    }
}

static void note(struct prologue *p, const struct insn *insn)
{
    switch (insn->id) {
    case INSN_STW:
    case INSN_STWS:
        if (insn->b == SP && !insn->m)
            note_store(p, insn->x, p->sp + insn->imm);
        break;
    case INSN_STWM:
        if (insn->b == SP)
            note_store_modify(p, insn);
        break;
    case INSN_LDO:
        note_ldo(p, insn);
        break;
    case INSN_ADDIL:
        p->r1_is_r3 = false;
        p->r1_is_sp = insn->b == SP;
        p->r1_sp = p->sp + insn->imm;
        break;
    case INSN_OR:
        note_copy(p, insn);
        break;
    default:
        break;
    }
}

/* What the function that begins at START has done to its frame before PC: its instructions up to the first branch, and
 * that one's delay slot. */
static struct prologue scan(const struct monitor *monitor, uint32_t start, uint32_t pc)
{
    struct prologue prologue = {0};
    bool slot = false;
    for (unsigned i = 0; i < PROLOGUE_INSNS_MAX; i++) {
        uint32_t at = start + 4 * i, word;
        struct insn insn;
        if (at == pc || !monitor_fetch(monitor, (struct place){at, false}, &word))
            break;
        insn_decode(word, &insn);
        note(&prologue, &insn);
        if (slot)
            break;
        slot = insn_rows[insn.id].insn_class & CLASS_BRANCH;
    }
    return prologue;
}

/* The beginning of a function that neither the unwind table nor a symbol knows: the nearest store of RP before PC, with
 * no return between. */
static bool search_start(const struct monitor *monitor, uint32_t pc, uint32_t *start)
{
    for (unsigned i = 0; i < BACKWARDS_INSNS_MAX && pc >= 4 * i; i++) {
        uint32_t word, at = pc - 4 * i;
        if (!monitor_fetch(monitor, (struct place){at, false}, &word) || (i > 1 && (word & ~UINT32_C(2)) == RETURN))
            return false;
        *start = at;
        if (word == STORE_RP)
            return true;
    }
    return false;
}

/* Where the function that PC lies in begins, and what the table says of it (*KNOWN). */
static bool find_start(const struct monitor *monitor, uint32_t pc, uint32_t *start, struct unwind_entry *entry,
                       bool *known)
{
    *entry = (struct unwind_entry){0};
    *known = unwind_find(&monitor->symbols, pc, entry);
    if (*known) {
        *start = entry->start;
        return true;
    }
    const struct symbol *symbol = symbols_at(&monitor->symbols, pc);
    if (symbol) {
        *start = symbol->address & ~UINT32_C(3);
        entry->millicode = strncmp(symbol->name, "$$", 2) == 0;
        return true;
    }
    return search_start(monitor, pc, start);
}

struct frame frame_innermost(const struct monitor *monitor)
{
    const struct cpu_state *state = monitor_cpu_state(monitor);
    return (struct frame){.pc = state->iaoq_front & ~UINT32_C(3),
                          .sp = state->gr[SP],
                          .r3 = state->gr[R3],
                          .exact = true,
                          .r1 = state->gr[R1],
                          .rp_live = true,
                          .rp = state->gr[RP],
                          .mrp = state->gr[MRP]};
}

static bool load_word(const struct monitor *monitor, uint32_t address, uint32_t *word)
{
    uint64_t value;
    if (!monitor_load(monitor, (struct place){address, false}, 4, &value, NULL))
        return false;
    *word = (uint32_t)value;
    return true;
}

static bool changes_sp(const struct insn *insn)
{
    bool modifies_base = insn->id == INSN_LDWM || insn->id == INSN_STWM || (insn->id == INSN_LDWS && insn->m);
    return (modifies_base && insn->b == SP) || ((insn_rows[insn->id].insn_class & CLASS_COMPUTE) && insn->t == SP);
}

/* Is PC in an epilogue that has given the frame back already: nothing up to the return changes the stack pointer? */
static bool frame_is_gone(const struct monitor *monitor, uint32_t pc)
{
    enum { INSNS_MAX = 8 };
    bool slot = false;
    for (unsigned i = 0; i < INSNS_MAX; i++, pc += 4) {
        uint32_t word;
        struct insn insn;
        if (!monitor_fetch(monitor, (struct place){pc, false}, &word))
            return false;
        insn_decode(word, &insn);
        if (changes_sp(&insn))
            return false;
        if (slot || word == (RETURN | 2))
            return true;
        slot = word == RETURN;
        if (!slot && (insn_rows[insn.id].insn_class & CLASS_BRANCH))
            return false;
    }
    return false;
}

/* The stack pointer when FRAME's function was called, from what its PROLOGUE did and the table says (ENTRY). */
static uint32_t entry_sp_of(const struct monitor *monitor, const struct frame *frame, const struct prologue *prologue,
                            const struct unwind_entry *entry, bool known)
{
    if (frame->exact && frame_is_gone(monitor, frame->pc))
        return frame->sp;
    bool whole = known && (!frame->exact || prologue->sp == (int32_t)entry->frame_bytes);
    if (prologue->frame_pointer)
        return frame->r3 - (uint32_t)prologue->r3_is;
    if (whole && entry->save_sp)
        return frame->r3;
    return frame->sp - (whole ? entry->frame_bytes : (uint32_t)prologue->sp);
}

static bool sane(const struct monitor *monitor, const struct frame *frame, struct error *error)
{
    uint32_t word;
    if (frame->entry_sp > frame->sp || frame->sp - frame->entry_sp > UINT32_C(0x01000000))
        return error_set(error, "the frame makes no sense: its stack pointer is 0x%08x, at its entry 0x%08x", frame->sp,
                         frame->entry_sp);
    if (frame->return_address == 0 || !monitor_fetch(monitor, (struct place){frame->return_address, false}, &word))
        return error_set(error, "it would return to 0x%08x, where no memory is", frame->return_address);
    return true;
}

bool frame_caller(const struct monitor *monitor, struct frame *frame, struct frame *caller, struct error *error)
{
    struct unwind_entry entry;
    uint32_t start;
    bool known;
    if (frame_interrupted(monitor, frame, caller))
        return true;
    if (!find_start(monitor, frame->pc, &start, &entry, &known))
        return error_set(error, "nobody knows which function 0x%08x lies in", frame->pc);
    struct prologue prologue = scan(monitor, start, frame->pc);
    frame->entry_sp = entry_sp_of(monitor, frame, &prologue, &entry, known);
    if (known && entry.save_rp && !frame->exact) {
        prologue.rp_saved = true;
        prologue.rp_at = -20;
    }
    if (prologue.rp_saved) {
        if (!load_word(monitor, frame->entry_sp + (uint32_t)prologue.rp_at, &frame->return_address))
            return error_set(error, "there is no memory at its stack pointer 0x%08x", frame->entry_sp);
    } else if (frame->rp_live) {
        frame->return_address = entry.millicode ? frame->mrp : frame->rp;
    } else {
        return error_set(error, "it has not saved where it returns to: it is the first");
    }
    frame->return_address &= ~UINT32_C(3);
    if (!sane(monitor, frame, error))
        return false;
    *caller = (struct frame){.level = frame->level + 1,
                             .pc = frame->return_address,
                             .sp = frame->entry_sp,
                             .r3 = frame->r3,
                             .rp_live = frame->rp_live && entry.millicode,
                             .rp = frame->rp};
    if (frame->exact && prologue.frame_pointer && prologue.r1_is_r3 && !prologue.r3_saved)
        caller->r3 = frame->r1; /* on its way there */
    return !prologue.r3_saved || load_word(monitor, frame->entry_sp + (uint32_t)prologue.r3_at, &caller->r3) ||
           error_set(error, "there is no memory at its stack pointer 0x%08x", frame->entry_sp);
}

void frame_print(const struct monitor *monitor, const struct frame *frame)
{
    char symbol[128];
    /* An outer frame is named by its call, because what that returns to may be another function already. */
    uint32_t named = frame->pc - (frame->exact ? 0 : 4);
    const struct symbol *inside = symbols_at(&monitor->symbols, named);
    const char *file;
    unsigned line;
    if (inside)
        snprintf(symbol, sizeof symbol, " <%s+0x%x>", inside->name, frame->pc - inside->address);
    fprintf(monitor->out, "#%-2u 0x%08x%s  sp 0x%08x", frame->level, frame->pc, inside ? symbol : "", frame->sp);
    if (lines_find(monitor->symbols.lines, named, &file, &line)) {
        const char *slash = strrchr(file, '/');
        fprintf(monitor->out, "  %.80s:%u", slash ? slash + 1 : file, line);
    }
    fprintf(monitor->out, "\n");
}

void frames_print(const struct monitor *monitor, uint64_t count)
{
    struct error why;
    struct frame frame = frame_innermost(monitor), caller;
    for (;;) {
        frame_print(monitor, &frame);
        bool more = frame_caller(monitor, &frame, &caller, &why);
        if (!more && frame.level == 0)
            fprintf(monitor->out, "(%s)\n", why.text);
        if (!more)
            return;
        if (--count == 0) {
            fprintf(monitor->out, "(there are more: 'backtrace %u' shows them)\n", 2 * (frame.level + 1));
            return;
        }
        if (frame.interrupts && frame.vector)
            fprintf(monitor->out, "    interruption %u, %s, at\n", frame.vector, cpu_vector_name(frame.vector));
        else if (frame.interrupts)
            fprintf(monitor->out, "    an interruption, at\n");
        frame = caller;
    }
}

bool frames_are_interrupted(const struct monitor *monitor)
{
    enum { FRAMES_MOST = 1000 };
    struct frame frame = frame_innermost(monitor), caller;
    while (frame.level < FRAMES_MOST && frame_caller(monitor, &frame, &caller, NULL)) {
        if (frame.interrupts)
            return true;
        frame = caller;
    }
    return false;
}
