/* exec_memory.c - loads and stores of general and floating-point registers. Manual, "Memory Reference Instructions".
 *
 * op->b is the base register, op->a the index register, op->imm the displacement, op->t the register loaded or stored,
 * op->extra the base register as a target (when it is modified), op->sub the space register (0: SR 4 + the base's top
 * two bits), op->sub2 the shift of the index. A load that modifies its base and loads it leaves the loaded value.
 *
 * The frequent rows have one function for each size, addressing mode and way of naming the space; the access itself is
 * one comparison in the software TLB (soft_load, soft_store), or everything (exec_load_slow, exec_store_slow).
 */
#include "cpu/interp/exec.h"

enum mode {
    MODE_DISPLACEMENT, /* base + displacement */
    MODE_BEFORE,       /* the same, and the base becomes it */
    MODE_AFTER,        /* base; then the base becomes base + displacement */
    MODE_INDEX,        /* base + index */
    MODE_INDEX_AFTER,  /* base; then the base becomes base + index */
    MODES,
};

INLINE uint32_t step_of(const struct cpu *cpu, const struct op *op, enum mode mode)
{
    if (mode == MODE_INDEX || mode == MODE_INDEX_AFTER)
        return *(const uint32_t *)(const void *)((const char *)cpu + op->a) << op->sub2;
    return (uint32_t)op->imm;
}

INLINE uint32_t space_of(const struct cpu *cpu, const struct op *op, uint32_t base, bool named)
{
    return named ? cpu->space[op->sub] : cpu->space[4 + (base >> 30)];
}

INLINE bool modifies(enum mode mode)
{
    return mode == MODE_BEFORE || mode == MODE_AFTER || mode == MODE_INDEX_AFTER;
}

INLINE uint32_t offset_of(uint32_t base, uint32_t step, enum mode mode)
{
    return mode == MODE_AFTER || mode == MODE_INDEX_AFTER ? base : base + step;
}

/* The target of an 8-byte load is a whole floating-point register. */
INLINE void put(struct cpu *cpu, const struct op *op, unsigned size, uint64_t value)
{
    if (size == 8)
        R64(op->t) = value;
    else
        R32(op->t) = (uint32_t)value;
}

/* Six arguments at most, all in registers: a seventh would spoil the tail call. */
enum {
    AND_MODIFY = 16, /* added to the size */
};

static NOINLINE const struct op *load_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset,
                                           unsigned size_modify, uint32_t next)
{
    unsigned size = size_modify & 15;
    if (!exec_load_slow(cpu, op, space, offset, size))
        return NULL;
    if (size_modify & AND_MODIFY)
        R32(op->extra) = next;
    put(cpu, op, size, cpu->value);
    if (cpu->attention)
        LEAVE();
    NEXT();
}

static NOINLINE const struct op *store_slow(struct cpu *cpu, const struct op *op, uint32_t space, uint32_t offset,
                                            unsigned size_modify, uint32_t next)
{
    unsigned size = size_modify & 15;
    if (!exec_store_slow(cpu, op, space, offset, size, size == 8 ? R64(op->t) : R32(op->t)))
        return NULL;
    if (size_modify & AND_MODIFY)
        R32(op->extra) = next;
    if (cpu->attention)
        LEAVE();
    NEXT();
}

INLINE const struct op *load(struct cpu *cpu, const struct op *op, unsigned size, enum mode mode, bool named)
{
    uint32_t base = R32(op->b), next = base + step_of(cpu, op, mode);
    uint32_t offset = offset_of(base, next - base, mode), space = space_of(cpu, op, base, named);
    const uint8_t *host = soft_load(cpu, space, offset, size);
    if (UNLIKELY(!host))
        return load_slow(cpu, op, space, offset, size + (modifies(mode) ? AND_MODIFY : 0), next);
    uint64_t value = size == 1 ? *host : size == 2 ? be16_load(host) : size == 4 ? be32_load(host) : be64_load(host);
    if (modifies(mode))
        R32(op->extra) = next;
    put(cpu, op, size, value);
    NEXT();
}

INLINE const struct op *store(struct cpu *cpu, const struct op *op, unsigned size, enum mode mode, bool named)
{
    uint32_t base = R32(op->b), next = base + step_of(cpu, op, mode);
    uint32_t offset = offset_of(base, next - base, mode), space = space_of(cpu, op, base, named);
    uint8_t *host = soft_store(cpu, space, offset, size);
    if (UNLIKELY(!host))
        return store_slow(cpu, op, space, offset, size + (modifies(mode) ? AND_MODIFY : 0), next);
    switch (size) {
    case 1:
        *host = (uint8_t)R32(op->t);
        break;
    case 2:
        be16_store(host, (uint16_t)R32(op->t));
        break;
    case 4:
        be32_store(host, R32(op->t));
        break;
    default:
        be64_store(host, R64(op->t));
        break;
    }
    if (modifies(mode))
        R32(op->extra) = next;
    NEXT();
}

/* Floating point: the coprocessor must be there, and register 0 is the status register. */
INLINE const struct op *float_load(struct cpu *cpu, const struct op *op, unsigned size, enum mode mode, bool named)
{
    if (UNLIKELY(cpu->fpu_gate)) {
        unsigned vector = exec_fpu_check(cpu, op);
        if (vector)
            RAISE(vector);
    }
    return load(cpu, op, size, mode, named);
}
INLINE const struct op *float_store(struct cpu *cpu, const struct op *op, unsigned size, enum mode mode, bool named)
{
    if (UNLIKELY(cpu->fpu_gate)) {
        unsigned vector = exec_fpu_check(cpu, op);
        if (vector)
            RAISE(vector);
    }
    return store(cpu, op, size, mode, named);
}

#define MEMORY_FUNCTION(kind, size, mode, named)                                                                       \
    static EXEC(kind##size##_##mode##_##named)                                                                         \
    {                                                                                                                  \
        return kind(cpu, op, size, mode, named);                                                                       \
    }
#define MEMORY_MODES(kind, size)                                                                                       \
    MEMORY_FUNCTION(kind, size, 0, 0)                                                                                  \
    MEMORY_FUNCTION(kind, size, 1, 0)                                                                                  \
    MEMORY_FUNCTION(kind, size, 2, 0)                                                                                  \
    MEMORY_FUNCTION(kind, size, 3, 0)                                                                                  \
    MEMORY_FUNCTION(kind, size, 4, 0)                                                                                  \
    MEMORY_FUNCTION(kind, size, 0, 1)                                                                                  \
    MEMORY_FUNCTION(kind, size, 1, 1)                                                                                  \
    MEMORY_FUNCTION(kind, size, 2, 1)                                                                                  \
    MEMORY_FUNCTION(kind, size, 3, 1)                                                                                  \
    MEMORY_FUNCTION(kind, size, 4, 1)                                                                                  \
    static op_run *const kind##size##_table[2][MODES] = {                                                              \
        {kind##size##_0_0, kind##size##_1_0, kind##size##_2_0, kind##size##_3_0, kind##size##_4_0},                    \
        {kind##size##_0_1, kind##size##_1_1, kind##size##_2_1, kind##size##_3_1, kind##size##_4_1},                    \
    };
MEMORY_MODES(load, 1)
MEMORY_MODES(load, 2)
MEMORY_MODES(load, 4)
MEMORY_MODES(store, 1)
MEMORY_MODES(store, 2)
MEMORY_MODES(store, 4)
MEMORY_MODES(float_load, 4)
MEMORY_MODES(float_load, 8)
MEMORY_MODES(float_store, 4)
MEMORY_MODES(float_store, 8)

/* FR 0 is rare: its accesses do the slow access always and then tell exec_fpu.c. flags: op->spare holds the mode. */
static NOINLINE const struct op *status_access(struct cpu *cpu, const struct op *op, bool is_store, unsigned size)
{
    enum mode mode = op->spare;
    unsigned vector = cpu->fpu_gate ? exec_fpu_check(cpu, op) : 0;
    if (vector)
        RAISE(vector);
    uint32_t base = R32(op->b), next = base + step_of(cpu, op, mode);
    uint32_t offset = offset_of(base, next - base, mode), space = space_of(cpu, op, base, op->sub != 0);
    bool done = is_store ? exec_store_slow(cpu, op, space, offset, size, size == 8 ? R64(op->t) : R32(op->t))
                         : exec_load_slow(cpu, op, space, offset, size);
    if (!done)
        return NULL;
    if (modifies(mode))
        R32(op->extra) = next;
    if (!is_store)
        put(cpu, op, size, cpu->value);
    if (is_store)
        exec_fpu_status_stored(cpu, size);
    else
        exec_fpu_status_loaded(cpu);
    if (cpu->attention)
        LEAVE();
    NEXT();
}
static EXEC(exec_status_load4)
{
    return status_access(cpu, op, false, 4);
}
static EXEC(exec_status_load8)
{
    return status_access(cpu, op, false, 8);
}
static EXEC(exec_status_store4)
{
    return status_access(cpu, op, true, 4);
}
static EXEC(exec_status_store8)
{
    return status_access(cpu, op, true, 8);
}

/* LDCWS, LDCWX: one read-and-write reference; the word becomes 0. Any word address will do (docs/undefined.md). */
static EXEC(exec_ldcw)
{
    enum mode mode = op->spare;
    uint32_t base = R32(op->b), next = base + step_of(cpu, op, mode);
    uint32_t offset = offset_of(base, next - base, mode), space = space_of(cpu, op, base, op->sub != 0);
    unsigned vector = exec_translate(cpu, space, offset, REFERENCE_READ | REFERENCE_WRITE, 4);
    uint32_t physical = cpu->physical;
    if (vector)
        RAISE(vector);
    if (holds_access(cpu, op, offset, 4, ACCESS_READ | ACCESS_WRITE) || !exec_load_physical(cpu, op, physical, 4))
        return NULL;
    uint64_t value = cpu->value;
    if (!exec_store_physical(cpu, op, physical, 4, 0))
        return NULL;
    note_access(cpu, offset, 4, ACCESS_READ | ACCESS_WRITE, value);
    if (modifies(mode))
        R32(op->extra) = next;
    R32(op->t) = (uint32_t)value;
    if (cpu->attention)
        LEAVE();
    NEXT();
}

/* LDWAS, LDWAX, STWAS: the offset is a physical address, whatever PSW[D] is. Level 0 only. */
INLINE const struct op *absolute(struct cpu *cpu, const struct op *op, bool is_store)
{
    enum mode mode = op->spare;
    uint32_t base = R32(op->b), next = base + step_of(cpu, op, mode), offset = offset_of(base, next - base, mode);
    if (cpu->privilege != 0)
        RAISE(VECTOR_PRIVILEGED_OPERATION);
    cpu->trap_isr = 0;
    cpu->trap_ior = offset;
    if (!(offset & 3) && holds_access(cpu, op, offset, 4, is_store ? ACCESS_WRITE : ACCESS_READ))
        return NULL;
    cpu->simulated++;
    if (offset & 3)
        RAISE(VECTOR_UNALIGNED);
    if (is_store ? !exec_store_physical(cpu, op, offset, 4, R32(op->t)) : !exec_load_physical(cpu, op, offset, 4))
        return NULL;
    note_access(cpu, offset, 4, is_store ? ACCESS_WRITE : ACCESS_READ, is_store ? R32(op->t) : cpu->value);
    if (modifies(mode))
        R32(op->extra) = next;
    if (!is_store)
        R32(op->t) = (uint32_t)cpu->value;
    if (cpu->attention)
        LEAVE();
    NEXT();
}
static EXEC(exec_load_absolute)
{
    return absolute(cpu, op, false);
}
static EXEC(exec_store_absolute)
{
    return absolute(cpu, op, true);
}

/* STBYS: the bytes of the word at the offset from the addressed one on (beginning, the register's right bytes), or
 * before the addressed one (end, the register's left bytes; none if it is the word's first, but every check is made).
 * The modified base is a word address. */
static bool store_pieces(struct cpu *cpu, const struct op *op, uint32_t physical, unsigned bytes, uint32_t value)
{
    /* VALUE's low BYTES bytes, in naturally aligned pieces: at most two */
    while (bytes > 0) {
        unsigned piece = bytes >= 4 && !(physical & 3) ? 4 : bytes >= 2 && !(physical & 1) ? 2 : 1;
        bytes -= piece;
        if (!exec_store_physical(cpu, op, physical, piece, value >> (8 * bytes)))
            return false;
        physical += piece;
    }
    return true;
}
static EXEC(exec_stbys)
{
    enum mode mode = op->spare;
    uint32_t base = R32(op->b), next = base + (uint32_t)op->imm, offset = offset_of(base, (uint32_t)op->imm, mode);
    uint32_t space = space_of(cpu, op, base, op->sub != 0);
    unsigned vector = exec_translate(cpu, space, offset, REFERENCE_WRITE, 1);
    uint32_t physical = cpu->physical;
    if (vector)
        RAISE(vector);
    unsigned at = offset & 3;
    if ((!op->sub2 || at) &&
        holds_access(cpu, op, op->sub2 ? offset - at : offset, op->sub2 ? at : 4 - at, ACCESS_WRITE))
        return NULL;
    bool done = op->sub2 ? store_pieces(cpu, op, physical - at, at, R32(op->t) >> (at ? 32 - 8 * at : 0))
                         : store_pieces(cpu, op, physical, 4 - at, R32(op->t));
    if (!done)
        return NULL;
    if (!op->sub2)
        note_access(cpu, offset, 4 - at, ACCESS_WRITE, R32(op->t));
    else if (at)
        note_access(cpu, offset - at, at, ACCESS_WRITE, R32(op->t) >> (32 - 8 * at));
    if (modifies(mode))
        R32(op->extra) = next & ~UINT32_C(3);
    if (cpu->attention)
        LEAVE();
    NEXT();
}

static void prepare_common(struct op *op, const struct insn *insn, enum mode mode)
{
    op->b = source_gr(insn->b);
    op->a = source_gr(insn->x);
    op->extra = target_gr(insn->b);
    op->imm = insn->imm;
    op->sub = insn->s;
    op->spare = (uint8_t)mode;
}

static enum mode short_mode(const struct insn *insn)
{
    return !insn->m ? MODE_DISPLACEMENT : insn->u ? MODE_BEFORE : MODE_AFTER;
}
static enum mode index_mode(const struct insn *insn)
{
    return insn->m ? MODE_INDEX_AFTER : MODE_INDEX;
}
/* LDWM, STWM: a negative displacement comes before, another after. */
static enum mode long_modify_mode(const struct insn *insn)
{
    return insn->imm < 0 ? MODE_BEFORE : MODE_AFTER;
}

void exec_load_prepare(struct op *op, const struct insn *insn)
{
    enum mode mode = MODE_DISPLACEMENT;
    unsigned size = 4;
    switch (insn->id) {
    case INSN_LDB:
    case INSN_LDBS:
    case INSN_LDBX:
        size = 1;
        break;
    case INSN_LDH:
    case INSN_LDHS:
    case INSN_LDHX:
        size = 2;
        break;
    default:
        break;
    }
    if (insn->id == INSN_LDBX || insn->id == INSN_LDHX || insn->id == INSN_LDWX)
        mode = index_mode(insn);
    else if (insn->id == INSN_LDBS || insn->id == INSN_LDHS || insn->id == INSN_LDWS)
        mode = short_mode(insn);
    else if (insn->id == INSN_LDWM)
        mode = long_modify_mode(insn);
    prepare_common(op, insn, mode);
    op->t = target_gr(insn->t);
    if (mode == MODE_INDEX || mode == MODE_INDEX_AFTER)
        op->sub2 = insn->u ? (uint8_t)(size >> 1) : 0; /* log2 of 1, 2, 4 */
    op->run = (size == 1 ? load1_table : size == 2 ? load2_table : load4_table)[insn->s != 0][mode];
}

void exec_store_prepare(struct op *op, const struct insn *insn)
{
    enum mode mode = MODE_DISPLACEMENT;
    unsigned size = insn->id == INSN_STB || insn->id == INSN_STBS   ? 1
                    : insn->id == INSN_STH || insn->id == INSN_STHS ? 2
                                                                    : 4;
    if (insn->id == INSN_STBS || insn->id == INSN_STHS || insn->id == INSN_STWS)
        mode = short_mode(insn);
    else if (insn->id == INSN_STWM)
        mode = long_modify_mode(insn);
    prepare_common(op, insn, mode);
    op->t = source_gr(insn->x);
    op->run = (size == 1 ? store1_table : size == 2 ? store2_table : store4_table)[insn->s != 0][mode];
}

void exec_special_memory_prepare(struct op *op, const struct insn *insn)
{
    bool index = insn->id == INSN_LDWAX || insn->id == INSN_LDCWX;
    prepare_common(op, insn, index ? index_mode(insn) : short_mode(insn));
    op->t = target_gr(insn->t);
    op->sub2 = index && insn->u ? 2 : 0;
    switch (insn->id) {
    case INSN_LDCWX:
    case INSN_LDCWS:
        op->run = exec_ldcw;
        break;
    case INSN_LDWAX:
    case INSN_LDWAS:
        op->run = exec_load_absolute;
        break;
    case INSN_STWAS:
        op->t = source_gr(insn->x);
        op->run = exec_store_absolute;
        break;
    default: /* STBYS: u says beginning or end; modification is always after */
        op->t = source_gr(insn->x);
        op->spare = insn->m ? MODE_AFTER : MODE_DISPLACEMENT;
        op->sub2 = insn->u;
        op->run = exec_stbys;
        break;
    }
}

void exec_float_memory_prepare(struct op *op, const struct insn *insn)
{
    unsigned id = insn->id;
    bool index = id == INSN_FLDWX || id == INSN_FLDDX || id == INSN_FSTWX || id == INSN_FSTDX;
    bool is_store = id == INSN_FSTWX || id == INSN_FSTWS || id == INSN_FSTDX || id == INSN_FSTDS;
    bool word = id == INSN_FLDWX || id == INSN_FLDWS || id == INSN_FSTWX || id == INSN_FSTWS;
    enum mode mode = index ? index_mode(insn) : short_mode(insn);
    bool named = insn->s != 0;
    prepare_common(op, insn, mode);
    op->t = word ? offset_fr_half(insn->t & 31, insn->t >> 5) : offset_fr(insn->t & 31);
    op->sub2 = index && insn->u ? (word ? 2 : 3) : 0;
    if ((insn->t & 31) == 0)
        op->run = is_store ? (word ? exec_status_store4 : exec_status_store8)
                           : (word ? exec_status_load4 : exec_status_load8);
    else if (is_store)
        op->run = (word ? float_store4_table : float_store8_table)[named][mode];
    else
        op->run = (word ? float_load4_table : float_load8_table)[named][mode];
}
