/* trace.c - see trace.h. */
#include "monitor/session/trace.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/insn.h"
#include "mmu/base/memory.h"
#include "monitor/session/monitor.h"

/* What changes are looked for: arrays of the state by the names of the monitor's registers. */
static const struct file {
    const char *prefix;
    size_t offset;
    unsigned count;
    bool wide;
} files[] = {
    {"r", offsetof(struct cpu_state, gr), 32, false},  {"sr", offsetof(struct cpu_state, sr), 8, false},
    {"cr", offsetof(struct cpu_state, cr), 32, false}, {"shr", offsetof(struct cpu_state, shr), 7, false},
    {"fr", offsetof(struct cpu_state, fr), 32, true},  {"v1_", offsetof(struct cpu_state, v1), 2, false},
    {"v2", offsetof(struct cpu_state, v2), 1, false},  {"psw", offsetof(struct cpu_state, psw), 1, false},
};
enum { FILES = sizeof files / sizeof files[0], FILE_PSW = FILES - 1, FILE_TO = FILES };

/* Bits of the PSW that almost every instruction changes, and that its place in the stream says. */
#define PSW_LOUD (PSW_CB | PSW_V | PSW_N | PSW_B | PSW_X)

void trace_free(struct trace *trace)
{
    trace_close(trace, NULL);
    free(trace->ring);
    trace->ring = NULL;
}

void trace_keep(struct trace *trace, uint64_t count)
{
    assert(count <= TRACE_RING_MAX);
    free(trace->ring);
    trace->ring = count ? calloc(count, sizeof *trace->ring) : NULL;
    memory_need(trace->ring || !count);
    trace->capacity = count;
    trace->seen = 0;
}

bool trace_open(struct trace *trace, const char *path, struct error *error)
{
    if (!trace_close(trace, error))
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return error_set(error, "trace file '%s' cannot be written: %s", path, strerror(errno));
    trace->path = strdup(path);
    memory_need(trace->path);
    trace->computer = 2;
    stream_open(&trace->stream, fd, false);
    fprintf(trace->stream.file, "# understudy trace 1\n");
    return true;
}

bool trace_close(struct trace *trace, struct error *error)
{
    if (!trace->stream.file)
        return true;
    int cause = stream_close(&trace->stream);
    if (cause)
        error_set(error, "trace file '%s' cannot be written: %s", trace->path, strerror(cause));
    free(trace->path);
    trace->path = NULL;
    trace->stream = (struct stream){0};
    return !cause;
}

/* ---- a step ---- */

static uint64_t value_at(const struct cpu_state *state, const struct file *file, unsigned index)
{
    const char *at = (const char *)state + file->offset;
    uint64_t wide;
    uint32_t word;
    if (file->wide) {
        memcpy(&wide, at + (size_t)index * 8, sizeof wide);
        return wide;
    }
    memcpy(&word, at + (size_t)index * 4, sizeof word);
    return word;
}

static void add_change(struct trace_step *to, unsigned file, unsigned number, uint64_t value)
{
    if (to->count < TRACE_CHANGES_MAX)
        to->changes[to->count++] = (struct trace_change){value, (uint8_t)file, (uint8_t)number};
}

static void find_changes(struct trace_step *to, const struct cpu_state *before, const struct cpu_state *after)
{
    for (unsigned f = 0; f < FILES; f++) {
        const struct file *file = &files[f];
        size_t bytes = (size_t)file->count * (file->wide ? 8 : 4);
        if (memcmp((const char *)before + file->offset, (const char *)after + file->offset, bytes) == 0)
            continue;
        for (unsigned i = 0; i < file->count; i++) {
            uint64_t was = value_at(before, file, i), is = value_at(after, file, i);
            if (f == FILE_PSW ? (was ^ is) & ~(uint64_t)PSW_LOUD : was != is)
                add_change(to, f, i, is);
        }
    }
    if (after->iaoq_back != after->iaoq_front + 4 || after->iasq_back != after->iasq_front)
        add_change(to, FILE_TO, 0, (uint64_t)after->iasq_back << 32 | after->iaoq_back);
}

static struct trace_step take(const struct cpu_step *step, unsigned processor)
{
    struct trace_step taken = {
        .insns = step->before->insns,
        .space = step->before->iasq_front,
        .offset = step->before->iaoq_front,
        .word = step->word,
        .has_word = step->has_word,
        .kind = (uint8_t)step->kind,
        .vector = (uint8_t)step->vector,
        .processor = (uint8_t)processor,
        .access = step->access,
    };
    find_changes(&taken, step->before, step->after);
    return taken;
}

/* ---- as text ---- */

struct line {
    char *at;
    size_t left;
};

static void put(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line->at, line->left, format, args);
    va_end(args);
    size_t used = (size_t)length < line->left ? (size_t)length : line->left - 1;
    line->at += used;
    line->left -= used;
}

/* The blank between two effects. */
static void put_gap(struct line *line)
{
    if (line->at[-1] != '\t')
        put(line, " ");
}

static void put_change(struct line *line, const struct trace_change *change)
{
    put_gap(line);
    if (change->file == FILE_TO) {
        put(line, "to=%08" PRIx64 ":%08" PRIx64, change->value >> 32, change->value & UINT32_MAX);
        return;
    }
    const struct file *file = &files[change->file];
    put(line, "%s", file->prefix);
    if (file->count > 1)
        put(line, "%u", change->number);
    put(line, file->wide ? "=%016" PRIx64 : "=%08" PRIx64, change->value);
}

static void format_step(const struct trace_step *step, char *text)
{
    static const char *const references[] = {"", "r", "w", "rw"};
    struct line line = {text, TRACE_LINE_BYTES};
    char insn[128] = "-";
    put(&line, "%" PRIu64 "\t%08x:%08x\t", step->insns, step->space, step->offset);
    if (step->has_word) {
        insn_disassemble(step->word, step->offset & ~UINT32_C(3), insn, sizeof insn);
        put(&line, "%08x", step->word);
    } else {
        put(&line, "-");
    }
    if (step->kind == CPU_STEP_INTERRUPTION)
        put(&line, "\ti%u\t%s\t%s", step->vector, insn, cpu_vector_name(step->vector));
    else
        put(&line, "\t%s\t%s\t", step->kind == CPU_STEP_NULLIFIED ? "n" : "x", insn);
    if (step->processor) {
        put_gap(&line);
        put(&line, "processor=%u", step->processor);
    }
    for (unsigned i = 0; i < step->count; i++)
        put_change(&line, &step->changes[i]);
    if (!step->access.kinds)
        return;
    put_gap(&line);
    put(&line, "%s%u[%08x]=%0*" PRIx64, references[step->access.kinds & 3], step->access.size_bytes,
        step->access.offset, (int)step->access.size_bytes * 2, step->access.value);
}

bool trace_line(const struct trace *trace, uint64_t back, char *text)
{
    if (!trace->ring || back >= trace->seen || back >= trace->capacity)
        return false;
    format_step(&trace->ring[(trace->seen - 1 - back) % trace->capacity], text);
    return true;
}

/* ---- a run ---- */

static void observe(void *arg, const struct cpu_step *step)
{
    const struct trace_processor *processor = arg;
    struct trace *trace = processor->trace;
    struct trace_step taken = take(step, processor->index);
    if (trace->ring)
        trace->ring[trace->seen++ % trace->capacity] = taken;
    if (!trace->stream.file && !trace->awaited)
        return;
    format_step(&taken, trace->line);
    if (trace->stream.file)
        fprintf(trace->stream.file, "%s\n", trace->line);
    if (trace->stream.cause)
        system_interrupt(trace->system); /* whoever let it run says why (monitor_host_good) */
    if (trace->awaited && memmem(trace->line, strlen(trace->line), trace->awaited->bytes, trace->awaited->size))
        system_awaited_step(trace->system, trace->computer);
}

void trace_arm(struct monitor *monitor, const struct awaited_text *awaited)
{
    struct trace *trace = &monitor->trace;
    trace->processors = 0;
    trace->system = monitor->system;
    trace->awaited = awaited && awaited->where == AWAITED_IN_STEP ? awaited : NULL;
    if (!trace->ring && !trace->stream.file && !trace->awaited)
        return;
    if (trace->stream.file && trace->computer != monitor->focus)
        fprintf(trace->stream.file, "# computer %u, %s\n", monitor->focus + 1,
                monitor_looked_name(monitor, monitor->focus));
    trace->computer = monitor->focus;
    trace->processors = computer_processors(monitor->system, monitor->focus);
    for (unsigned i = 0; i < trace->processors; i++) {
        trace->processor[i] = (struct trace_processor){trace, i};
        cpu_observe(computer_processor(monitor->system, monitor->focus, i), observe, &trace->processor[i]);
    }
}

void trace_disarm(struct monitor *monitor)
{
    struct trace *trace = &monitor->trace;
    for (unsigned i = 0; i < trace->processors; i++)
        cpu_observe(computer_processor(monitor->system, trace->computer, i), NULL, NULL);
    trace->awaited = NULL; /* it is the run's */
    if (trace->stream.file)
        stream_flush(&trace->stream);
}
