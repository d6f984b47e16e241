/* command_info.c - topics of info about what is in and around the processor: fpu, control, tlb, traps, devices,
 * monitor, log, channel. Device registers are shown from the tables that describe their state (mmu/base/state.h), so a
 * new device's are shown without a line here, and nothing is read as a guest would read it.
 */
#include <inttypes.h>
#include <string.h>

#include "cpu/fpu/fpu.h"
#include "monitor/command/command.h"
#include "monitor/base/text.h"

/* ---- the processor ---- */

static void print_flags(FILE *out, const char *title, uint32_t flags)
{
    fprintf(out, "%s ", title);
    for (unsigned i = 0; i < 5; i++)
        if (flags >> (4 - i) & 1)
            putc("VZOUI"[i], out);
    fprintf(out, "%s", flags & 31 ? "" : "none");
}

bool info_fpu(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    static const char *const modes[] = {"to nearest", "to zero", "up", "down"};
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct cpu_state *state = monitor_cpu_state(monitor);
    uint32_t status = (uint32_t)(state->fr[0] >> 32), ccr = state->cr[CR_CCR];
    FILE *out = monitor->out;
    fprintf(out, "status %08x: ", status);
    print_flags(out, "flags", status >> FPSR_FLAGS_SHIFT);
    print_flags(out, ", traps enabled", status & FPSR_ENABLE);
    fprintf(out, ", rounding %s, C %u, T %u; the coprocessor is %s\n", modes[(status & FPSR_RM) >> FPSR_RM_SHIFT],
            (status & FPSR_C) != 0, (status & FPSR_T) != 0, (ccr & 0xC0) == 0xC0 ? "on" : "off (CCR)");
    for (unsigned i = 1; i < 4; i++)
        fprintf(out, "exception registers %u and %u: %08x %08x\n", 2 * i, 2 * i + 1, (uint32_t)(state->fr[i] >> 32),
                (uint32_t)state->fr[i]);
    for (unsigned i = 4; i < 32; i++) {
        uint32_t words[2] = {(uint32_t)(state->fr[i] >> 32), (uint32_t)state->fr[i]};
        double whole;
        float left, right;
        memcpy(&whole, &state->fr[i], sizeof whole);
        memcpy(&left, &words[0], sizeof left);
        memcpy(&right, &words[1], sizeof right);
        fprintf(out, "fr%-2u %08x %08x  double %.17g, left %.9g, right %.9g\n", i, words[0], words[1], whole,
                (double)left, (double)right);
    }
    return true;
}

bool info_control(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    static const char *const names[32] = {
        [CR_RCTR] = "rctr: recovery counter",
        [CR_PID1] = "pid1: protection identifier 1",
        [CR_PID2] = "pid2: protection identifier 2",
        [CR_CCR] = "ccr: coprocessor configuration",
        [CR_SAR] = "sar: shift amount",
        [CR_PID3] = "pid3: protection identifier 3",
        [CR_PID4] = "pid4: protection identifier 4",
        [CR_IVA] = "iva: interruption vector address",
        [CR_EIEM] = "eiem: external interrupt enable mask",
        [CR_ITMR] = "itmr: interval timer, compare value",
        [CR_IIASQ] = "iiasq: interruption space queue, front",
        [CR_IIAOQ] = "iiaoq: interruption offset queue, front",
        [CR_IIR] = "iir: interruption instruction",
        [CR_ISR] = "isr: interruption space",
        [CR_IOR] = "ior: interruption offset",
        [CR_IPSW] = "ipsw: interruption PSW",
        [CR_EIRR] = "eirr: external interrupt requests",
    };
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct cpu_state *state = monitor_cpu_state(monitor);
    for (unsigned i = 0; i < 32; i++) {
        if (names[i])
            fprintf(monitor->out, "cr%-2u %08x  %s\n", i, state->cr[i], names[i]);
        else if (i >= CR_TR0)
            fprintf(monitor->out, "cr%-2u %08x  tr%u: temporary\n", i, state->cr[i], i - CR_TR0);
    }
    fprintf(monitor->out, "     %08x  iiasq, back\n     %08x  iiaoq, back\n", state->iiasq_back, state->iiaoq_back);
    for (unsigned i = 0; i < 7; i++)
        fprintf(monitor->out, "shr%u %08x  shadow of r%u\n", i, state->shr[i],
                (unsigned[]){1, 8, 9, 16, 17, 24, 25}[i]);
    return true;
}

/* ---- TLB ---- */

static unsigned print_entries(FILE *out, const struct tlb_entry *entries, unsigned count)
{
    unsigned printed = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct tlb_entry *entry = &entries[i];
        if (!(entry->flags & TLB_VALID))
            continue;
        fprintf(out, "  %08x:%08x -> %08x  %u page%s, type %u, levels %u %u, id %x %s%s%s%s\n", entry->space,
                entry->page << 12, entry->frame << 12, entry->pages, entry->pages == 1 ? "" : "s", entry->type,
                entry->pl1, entry->pl2, entry->access_id, entry->flags & TLB_T ? "T" : "",
                entry->flags & TLB_D ? "D" : "", entry->flags & TLB_B ? "B" : "", entry->flags & TLB_U ? "U" : "");
        printed++;
    }
    return printed;
}

static void print_side(FILE *out, const struct tlb_side_state *side, const char *title)
{
    fprintf(out, "%s: space:offset -> physical\n", title);
    unsigned count =
        print_entries(out, side->blocks, TLB_BLOCKS_MAX) + print_entries(out, side->entries, TLB_ENTRIES_MAX);
    if (!count)
        fprintf(out, "  no entries\n");
}

bool info_tlb(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct tlb_state *state = tlb_state(cpu_tlb(computer_cpu(monitor->system, monitor->focus)));
    bool combined = monitor->options.config.settings.tlb_combined;
    print_side(monitor->out, &state->sides[TLB_DATA], combined ? "instructions and data" : "data");
    if (!combined)
        print_side(monitor->out, &state->sides[TLB_INSTRUCTION], "instructions");
    return true;
}

/* ---- traps ---- */

static void print_bits(FILE *out, const char *title, uint32_t bits)
{
    fprintf(out, "%s %08x", title, bits);
    for (unsigned i = 0; i < 32; i++)
        if (bits & PA_BIT(i))
            fprintf(out, " %u", i);
    fprintf(out, "\n");
}

bool info_traps(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    struct cpu *cpu = computer_cpu(monitor->system, monitor->focus);
    const struct cpu_state *state = cpu_state(cpu);
    FILE *out = monitor->out;
    fprintf(out, "interruptions are %s (PSW[I]); the vectors are at 0x%08x\n",
            state->psw & PSW_I ? "enabled" : "masked", state->cr[CR_IVA]);
    print_bits(out, "external interrupts requested (eirr)", state->cr[CR_EIRR]);
    print_bits(out, "external interrupts enabled  (eiem)", state->cr[CR_EIEM]);
    if (state->transfer_trap)
        fprintf(out, "the last instruction has raised %s\n", cpu_vector_name(state->transfer_trap));
    fprintf(out, "the delayed-trap unit is %s (CCR bit 7)\n", state->cr[CR_CCR] & 0x100 ? "on" : "off");
    print_bits(out, "classes delayed", state->dtu_class_mask);
    print_bits(out, "classes held for software", state->dtu_held);
    print_bits(out, "V1, general registers", state->v1[0]);
    print_bits(out, "V1, floating-point registers", state->v1[1]);
    print_bits(out, "V2, classes", state->v2);
    fprintf(out, "in the trap buffer: %u\n", state->dtu_count);
    for (unsigned i = 0; i < state->dtu_count && i < DTU_BUFFER_DEPTH; i++)
        fprintf(out, "  %s%u, class %u, delivered at instruction %" PRIu64 " at the latest\n",
                state->dtu_buffer[i].destination < 32 ? "r" : "fr", state->dtu_buffer[i].destination % 32,
                state->dtu_buffer[i].trap_class, state->dtu_buffer[i].due_insns);
    return true;
}

/* ---- devices ---- */

struct device_printer {
    FILE *out;
    const char *wanted; /* NULL: all */
    bool found;
};

static uint64_t element(const struct state_field *field, const void *at, unsigned index)
{
    const char *from = (const char *)at + field->offset + (size_t)index * field->stride;
    uint64_t wide = 0;
    uint32_t word;
    uint16_t half;
    switch (field->size_bytes) {
    case 1:
        return *(const uint8_t *)from;
    case 2:
        memcpy(&half, from, sizeof half);
        return half;
    case 4:
        memcpy(&word, from, sizeof word);
        return word;
    default:
        memcpy(&wide, from, sizeof wide);
        return wide;
    }
}

/* A field: a number, the first of many, or bytes. */
static void print_field(FILE *out, const struct state_field *field, const void *at)
{
    enum { SHOWN_MAX = 32 };
    unsigned last = 0;
    fprintf(out, "  %-22s", field->name);
    if (field->size_bytes > 8) {
        fprintf(out, " %u bytes", (unsigned)field->size_bytes * field->count);
    } else {
        for (unsigned i = 0; i < field->count; i++)
            if (element(field, at, i))
                last = i;
        for (unsigned i = 0; i <= last && i < SHOWN_MAX; i++)
            fprintf(out, " 0x%" PRIx64, element(field, at, i));
        if (last + 1 < field->count)
            fprintf(out, last >= SHOWN_MAX ? " ..." : " (then 0)");
    }
    fprintf(out, "  %s\n", field->title);
}

static void print_part(void *arg, const struct state_table *table, const void *at)
{
    struct device_printer *printer = arg;
    if (strcmp(table->name, cpu_state_table.name) == 0 || strcmp(table->name, tlb_state_table.name) == 0)
        return; /* these have topics of their own */
    if (printer->wanted && strncmp(table->name, printer->wanted, strlen(printer->wanted)) != 0)
        return;
    printer->found = true;
    fprintf(printer->out, "%s\n", table->name);
    for (size_t i = 0; i < table->count; i++)
        print_field(printer->out, &table->fields[i], at);
}

bool info_devices(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct device_printer printer = {monitor->out, arguments->count ? arguments->at[0] : NULL, false};
    if (!monitor_wants_system(monitor, error))
        return false;
    computer_parts(monitor->system, monitor->focus, print_part, &printer);
    return printer.found || error_set(error, "there is no device '%s': 'info devices' shows all", arguments->at[0]);
}

/* ---- the engine ---- */

bool info_engine(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    const struct cpu *cpu = computer_cpu(monitor->system, monitor->focus);
    struct cpu_engine engine = cpu_engine(cpu);
    fprintf(monitor->out, "engine: %s", cpu_engine_name(engine.kind));
    if (engine.why)
        fprintf(monitor->out, ", because %s", engine.why);
    putc('\n', monitor->out);
    if (engine.kind != CPU_ENGINE_TRANSLATOR)
        return true;
    fprintf(monitor->out,
            "translated: %" PRIu64 " blocks, %" PRIu64 " instructions; %" PRIu64
            " bytes of native code; all forgotten %" PRIu64 " times\n",
            engine.blocks, engine.insns, engine.bytes, engine.forgotten);
    if (engine.interpreting)
        fprintf(monitor->out, "at present the interpreter executes: %s\n", engine.interpreting);
    return true;
}

/* ---- the virtual machine monitor ---- */

static void print_line(void *arg, const char *text)
{
    fprintf(arg, "%s\n", text);
}

static bool show(struct monitor *monitor, enum show what, struct error *error)
{
    if (!monitor_wants_system(monitor, error))
        return false;
    computer_show(monitor->system, monitor->focus, what, print_line, monitor->out);
    return true;
}

bool info_monitor(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return show(monitor, SHOW_MONITOR, error);
}

bool info_log(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return show(monitor, SHOW_LOG, error);
}

bool info_channel(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return show(monitor, SHOW_CHANNEL, error);
}
