/* run_elf.c - run a bare ELF image on the rig: `run_elf [--limit N] [--slice N] [--trace FROM] [--interpreter] IMAGE`.
 * Console on stdout; instruction count, end and speed on stderr; exit status the guest's, 124 at the limit, 126 when it
 * halted. For trying things and for measuring; the board proper is in io/ and ft/.
 */
#include "cpu/isa/insn.h"
#include "tests/cpu/rig.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One line for each instruction from instruction FROM on: count, address, word, text, and the registers it may use. */
static enum cpu_stop trace(struct rig *rig, uint64_t from, uint64_t limit)
{
    const struct cpu_state *state = cpu_state(rig->cpu);
    enum cpu_stop stop = from ? rig_run(rig, from, 0) : CPU_STOP_LIMIT;
    while (!rig->off && stop == CPU_STOP_LIMIT && state->insns < limit) {
        uint32_t physical = 0;
        uint64_t word = 0;
        char text[80];
        if (cpu_debug_translate(rig->cpu, state->iasq_front, state->iaoq_front & ~3u, true, &physical))
            phys_load(rig->phys, physical, 4, &word);
        insn_disassemble((uint32_t)word, state->iaoq_front & ~3u, text, sizeof text);
        printf("%" PRIu64 " %08x %08x psw %08x %-32s r1 %08x r2 %08x r19 %08x r20 %08x r26 %08x r28 %08x r30 %08x\n",
               state->insns, state->iaoq_front, (unsigned)word, state->psw, text, state->gr[1], state->gr[2],
               state->gr[19], state->gr[20], state->gr[26], state->gr[28], state->gr[30]);
        stop = cpu_run(rig->cpu, 1);
    }
    return stop;
}

int main(int argc, char **argv)
{
    uint64_t limit = UINT64_MAX / 4, slice = 0, trace_from = UINT64_MAX;
    const char *image = NULL;
    struct cpu_config config = {.tlb_entries = 64};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--limit") && i + 1 < argc)
            limit = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--slice") && i + 1 < argc)
            slice = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--trace") && i + 1 < argc)
            trace_from = strtoull(argv[++i], NULL, 0);
        else if (!strcmp(argv[i], "--interpreter"))
            config.engine = CPU_ENGINE_INTERPRETER;
        else
            image = argv[i];
    }
    struct rig *rig = rig_new(32 << 20, &config);
    uint32_t entry;
    if (!image || !rig_load_elf(rig, image, &entry)) {
        fprintf(stderr, "run_elf: not a 32-bit PA-RISC ELF image: %s\n", image ? image : "(none)");
        return 2;
    }
    rig->echo = true;
    cpu_reset(rig->cpu, entry);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    enum cpu_stop stop = trace_from != UINT64_MAX ? trace(rig, trace_from, limit) : rig_run(rig, limit, slice);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    const struct cpu_state *state = cpu_state(rig->cpu);
    fflush(stdout);
    fprintf(stderr, "%s: %" PRIu64 " instructions, %.3f s, %.1f million a second%s%s\n",
            rig->off                  ? "exit"
            : stop == CPU_STOP_HALTED ? "halted"
            : stop == CPU_STOP_LIMIT  ? "limit"
                                      : "stopped",
            state->insns, seconds, (double)state->insns / seconds / 1e6, stop == CPU_STOP_HALTED ? ": " : "",
            stop == CPU_STOP_HALTED ? cpu_halt_reason(rig->cpu) : "");
    int status = rig->off ? (int)rig->status : stop == CPU_STOP_HALTED ? 126 : 124;
    rig_free(rig);
    return status;
}
