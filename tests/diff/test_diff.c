/* test_diff.c - random user programs on this processor and on qemu-hppa: every register must agree.
 *
 *     test_diff [--seed N] [--blocks N] [--body N] [--runs N] [QEMU]
 *
 * diff_program.c makes the program, diff_rules.c says what is left out and why. qemu-hppa runs it in user mode and its
 * output is read through a pipe; our processor runs the same image in absolute mode at privilege level 3, with the two
 * system calls done here. After each block the two reports are compared; the first block that differs is made as short
 * as it can be and shown. Exit status: 0 they agree, 1 they differ, 77 there is no qemu-hppa (ctest: skipped).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpu/cpu.h"
#include "cpu/isa/insn.h"
#include "mmu/phys.h"
#include "tests/diff/diff_program.h"

enum {
    SKIPPED = 77,
    BLOCK_INSNS_MAX = 1000000, /* far more than any block executes */
    WRITE_BYTES_MAX = 0x8000,
};

struct run {
    const char *qemu;
    struct diff_options options;
    char path[32]; /* of the program's file */
    struct diff_program program;
    struct phys *phys;
    struct cpu *cpu;
    FILE *theirs;          /* qemu's output */
    uint8_t *their_report; /* of the last block */
    const uint8_t *our_report;
    uint32_t bytes; /* of both */
    enum cpu_stop stop;
};

enum outcome {
    SAME,
    DIFFERENT,
    OURS_STOPPED,
    OURS_STRAYED,
    THEIRS_ENDED,
    NOT_STARTED,
};

static enum phys_result timer_read(void *env, uint32_t *ticks)
{
    *ticks = 0;
    return PHYS_OK;
}

static void timer_set(void *env)
{
}

static uint32_t trap_delay(void *env)
{
    return 0;
}

static const struct cpu_env environment = {.timer_read = timer_read, .timer_set = timer_set, .trap_delay = trap_delay};

static bool parse(struct run *run, int argc, char **argv)
{
    *run = (struct run){.qemu = "qemu-hppa",
                        .path = "/tmp/us-diff-XXXXXX",
                        .options = {.seed = 1, .blocks = 16000, .body = 64, .runs = 16}};
    for (int i = 1; i < argc; i++) {
        unsigned *number = strcmp(argv[i], "--blocks") == 0 ? &run->options.blocks
                           : strcmp(argv[i], "--body") == 0 ? &run->options.body
                           : strcmp(argv[i], "--runs") == 0 ? &run->options.runs
                                                            : NULL;
        if (number && i + 1 < argc)
            *number = (unsigned)strtoul(argv[++i], NULL, 0);
        else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            run->options.seed = strtoull(argv[++i], NULL, 0);
        else if (argv[i][0] != '-')
            run->qemu = argv[i];
        else
            return false;
    }
    return run->options.blocks > 0 && run->options.body > 0 && run->options.body <= DIFF_BODY_MAX &&
           run->options.runs > 0 && run->options.runs <= 100;
}

/* Our processor at the program's entry, and qemu with its own copy of the file at PATH. */
static bool start(struct run *run)
{
    char command[512];
    FILE *file = fopen(run->path, "wb");
    bool written = file && fwrite(run->program.image, 1, run->program.image_bytes, file) == run->program.image_bytes;

    if (file)
        written &= fclose(file) == 0;
    if (!written)
        return false;
    memcpy(phys_ram(run->phys) + DIFF_BASE, run->program.image, run->program.image_bytes);
    phys_changed_all(run->phys);
    cpu_reset(run->cpu, run->program.entry);
    struct cpu_state *state = cpu_state(run->cpu);
    state->cr[CR_CCR] = 0xC0;       /* the floating-point coprocessor is enabled */
    state->cr[CR_IVA] = 0xE0000000; /* nothing is there: an interruption ends the run and says which */
    state->iaoq_front |= 3;
    state->iaoq_back |= 3;
    cpu_state_changed(run->cpu);
    snprintf(command, sizeof command, "%s %s 2>/dev/null", run->qemu, run->path);
    run->theirs = popen(command, "r");
    return run->theirs != NULL;
}

static void list_block(const struct run *run, unsigned block)
{
    for (unsigned i = 0; i < run->options.body + DIFF_TAIL; i++) {
        char text[128];
        uint32_t address = run->program.bodies[block] + 4 * i, word = diff_program_word(&run->program, address);
        insn_disassemble(word, address, text, sizeof text);
        if (strcmp(text, "nop") != 0)
            printf("    %08" PRIx32 ": %08" PRIx32 "  %s\n", address, word, text);
    }
}

/* The guest's write(1, ...): the same bytes must come from qemu. */
static enum outcome compare_write(struct run *run)
{
    const struct cpu_state *state = cpu_state(run->cpu);
    uint32_t from = state->gr[25], bytes = state->gr[24];

    if (bytes > WRITE_BYTES_MAX || from < DIFF_BASE || from - DIFF_BASE > run->program.image_bytes - bytes)
        return OURS_STRAYED;
    run->bytes = bytes;
    run->our_report = phys_ram(run->phys) + from;
    if (fread(run->their_report, 1, bytes, run->theirs) != bytes)
        return THEIRS_ENDED;
    return memcmp(run->our_report, run->their_report, bytes) == 0 ? SAME : DIFFERENT;
}

static void return_from_call(struct run *run)
{
    struct cpu_state *state = cpu_state(run->cpu);

    state->gr[28] = state->gr[24];
    state->iaoq_front = state->gr[31];
    state->iaoq_back = state->gr[31] + 4;
    cpu_state_changed(run->cpu);
}

/* Run the program's blocks on both; *BLOCK becomes the one at which they part. */
static enum outcome compare(struct run *run, unsigned blocks, unsigned *block)
{
    enum outcome outcome = start(run) ? SAME : NOT_STARTED;

    for (*block = 0; outcome == SAME && *block < blocks;) {
        run->stop = cpu_run(run->cpu, BLOCK_INSNS_MAX);
        outcome = run->stop == CPU_STOP_BREAKPOINT ? compare_write(run) : OURS_STOPPED;
        if (outcome == SAME) {
            return_from_call(run);
            ++*block;
        }
    }
    int status = run->theirs ? pclose(run->theirs) : 0;
    run->theirs = NULL;
    return outcome == SAME && status != 0 ? THEIRS_ENDED : outcome;
}

/* Make BLOCK, alone, as short as it can be and still differ. */
static void shrink(struct run *run, unsigned block)
{
    unsigned ignored;

    diff_program_only(&run->program, block);
    if (compare(run, 1, &ignored) != DIFFERENT) {
        printf("(it does not differ when it runs alone)\n");
        return;
    }
    for (unsigned first = run->options.body; first-- > 0;) {
        unsigned count = run->program.items[block * DIFF_BODY_MAX + first];
        uint32_t saved[DIFF_BODY_MAX];
        uint32_t *words = (uint32_t *)(void *)(run->program.image + (run->program.bodies[block] - DIFF_BASE)) + first;
        if (count == 0)
            continue;
        memcpy(saved, words, count * sizeof *saved);
        diff_program_blank(&run->program, block, first, count);
        if (compare(run, 1, &ignored) != DIFFERENT)
            memcpy(words, saved, count * sizeof *saved);
    }
    compare(run, 1, &ignored);
}

/* Every difference of the reports, and what the first run that differs began with. */
static void explain_reports(const struct run *run, unsigned block)
{
    unsigned first_run = run->options.runs;

    for (uint32_t at = 0; at + 4 <= run->bytes; at += 4) {
        unsigned word = (at - DIFF_SCRATCH_BYTES) / 4;
        if (memcmp(run->our_report + at, run->their_report + at, 4) == 0)
            continue;
        if (at < DIFF_SCRATCH_BYTES)
            printf("  memory at %d from r30", (int)at - DIFF_SCRATCH_BYTES / 2);
        else
            printf("  run %u, %s", word / DIFF_REPORT_WORDS, diff_report_name(word % DIFF_REPORT_WORDS));
        printf(": ours %08" PRIx32 ", qemu's %08" PRIx32 "\n", be32_load(run->our_report + at),
               be32_load(run->their_report + at));
        if (at >= DIFF_SCRATCH_BYTES && first_run == run->options.runs)
            first_run = word / DIFF_REPORT_WORDS;
    }
    if (first_run == run->options.runs)
        return;
    printf("  run %u began with", first_run);
    for (unsigned i = 0; i <= DIFF_INPUTS; i++)
        printf(" %s=%" PRIx32, diff_report_name(i), diff_program_input(&run->program, block, first_run, i));
    printf("\n");
}

static void explain(struct run *run, enum outcome outcome, unsigned block)
{
    static const char *const texts[] = {"the same",           "the reports differ", "our processor stopped",
                                        "our report is wild", "qemu ended early",   "cannot start"};

    printf("seed %" PRIu64 ", block %u: %s", run->options.seed, block, texts[outcome]);
    if (outcome == OURS_STOPPED)
        printf(" (%d) at %08" PRIx32 " %s", (int)run->stop, cpu_state(run->cpu)->iaoq_front,
               run->stop == CPU_STOP_HALTED ? cpu_halt_reason(run->cpu) : "");
    printf("\n");
    if (block >= run->options.blocks)
        return;
    if (outcome == DIFFERENT) {
        shrink(run, block);
        explain_reports(run, block);
    }
    list_block(run, block);
}

/* The version of QEMU, as in diff_rules.h; 0 if there is none. */
static unsigned version(const char *qemu)
{
    char command[512];
    unsigned major = 0, minor = 0;

    snprintf(command, sizeof command, "%s --version 2>/dev/null", qemu);
    FILE *answer = popen(command, "r");
    if (answer && fscanf(answer, "qemu-hppa version %u.%u", &major, &minor) != 2)
        major = minor = 0;
    while (answer && fgetc(answer) != EOF)
        ;
    return answer && pclose(answer) == 0 ? 100 * major + minor : 0;
}

static bool set_up(struct run *run)
{
    struct error error;

    if (!diff_program_make(&run->program, &run->options, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return false;
    }
    uint32_t ram_bytes = (DIFF_BASE + run->program.image_bytes + 0xFFFFF) & ~UINT32_C(0xFFFFF);
    int descriptor = mkstemp(run->path);
    bool made = descriptor >= 0 && fchmod(descriptor, 0700) == 0;
    if (descriptor >= 0)
        close(descriptor);
    run->phys = phys_new(ram_bytes < PHYS_RAM_BYTES_MIN ? PHYS_RAM_BYTES_MIN : ram_bytes);
    run->their_report = malloc(WRITE_BYTES_MAX);
    const struct cpu_config config = {.tlb_entries = 64};
    run->cpu = run->phys ? cpu_new(&config, run->phys, &environment, run) : NULL;
    if (!made || !run->cpu || !run->their_report) {
        fprintf(stderr, "%s: no file, or no memory\n", run->path);
        return false;
    }
    cpu_breakpoint_add(run->cpu, DIFF_GATEWAY);
    return true;
}

static void tear_down(struct run *run)
{
    unlink(run->path);
    if (run->cpu)
        cpu_free(run->cpu);
    if (run->phys)
        phys_free(run->phys);
    free(run->their_report);
    diff_program_free(&run->program);
}

int main(int argc, char **argv)
{
    struct run run;
    unsigned block = 0;

    if (!parse(&run, argc, argv)) {
        fprintf(stderr, "usage: test_diff [--seed N] [--blocks N] [--body N] [--runs N] [QEMU]\n");
        return 1;
    }
    run.options.qemu = version(run.qemu);
    if (!run.options.qemu) {
        printf("no %s here\n", run.qemu);
        return SKIPPED;
    }
    printf("seed %" PRIu64 ", qemu-hppa %u.%u\n", run.options.seed, run.options.qemu / 100, run.options.qemu % 100);
    if (!set_up(&run)) {
        tear_down(&run);
        return 1;
    }
    enum outcome outcome = compare(&run, run.options.blocks, &block);
    printf("%" PRIu64 " instructions, %u of %u blocks the same\n", cpu_state(run.cpu)->insns, block,
           run.options.blocks);
    if (outcome != SAME)
        explain(&run, outcome, block);
    tear_down(&run);
    return outcome != SAME;
}
