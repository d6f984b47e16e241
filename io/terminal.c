/* terminal.c - see terminal.h. */
#include "io/terminal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "io/stream.h"
#include "mmu/base/memory.h"
#include "mmu/base/vec.h"

/* Bytes up to `end` were shown at or before `time_ps`. */
struct shown_mark {
    uint64_t time_ps, end;
};

struct terminal {
    int input_fd, output_fd;
    bool plain, input_ended, input_is_person;
    uint32_t generation;
    uint64_t mismatch;
    int host_error;
    VEC(uint8_t) shown;
    VEC(uint8_t) typed;
    uint64_t shown_before, typed_before; /* that are not kept any more */
    VEC(struct shown_mark) marks;
    size_t marks_flushed;
    uint64_t flushed;       /* bytes of `shown` that the host has */
    uint64_t broken_off_at; /* of all bytes: where terminal_break_line was true last */
};

struct terminal *terminal_new(int input_fd, int output_fd, bool plain)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    memory_need(terminal);
    terminal->input_fd = input_fd;
    terminal->output_fd = output_fd;
    terminal->plain = plain;
    terminal->input_is_person = input_fd >= 0 && isatty(input_fd);
    return terminal;
}

void terminal_free(struct terminal *terminal)
{
    if (!terminal)
        return;
    VEC_FREE(&terminal->shown);
    VEC_FREE(&terminal->typed);
    VEC_FREE(&terminal->marks);
    free(terminal);
}

void terminal_connect(struct terminal *terminal, int output_fd)
{
    terminal->output_fd = output_fd;
}

static void mark(struct terminal *terminal, uint64_t time_ps)
{
    if (terminal->marks_flushed == terminal->marks.count)
        terminal->marks.count = terminal->marks_flushed = 0;
    size_t count = terminal->marks.count;
    if (count > terminal->marks_flushed && terminal->marks.at[count - 1].time_ps >= time_ps)
        terminal->marks.at[count - 1].end = terminal->shown.count;
    else
        *VEC_PUSH(&terminal->marks) = (struct shown_mark){time_ps, terminal->shown.count};
}

void terminal_output(struct terminal *terminal, uint32_t generation, uint64_t number, uint8_t byte, uint64_t time_ps)
{
    if (generation < terminal->generation)
        return;
    if (!terminal->plain && number <= terminal->shown_before + terminal->shown.count) {
        if (number > terminal->shown_before && terminal->shown.at[number - 1 - terminal->shown_before] != byte &&
            !terminal->mismatch)
            terminal->mismatch = number;
        return;
    }
    *VEC_PUSH(&terminal->shown) = byte;
    mark(terminal, time_ps);
}

void terminal_visit(struct terminal *terminal, struct visit *visit)
{
    size_t typed = terminal->typed.count, waiting = terminal->marks.count - terminal->marks_flushed;
    visit_begin(visit, "terminal");
    VISIT(visit, terminal->generation);
    VISIT(visit, terminal->mismatch);
    VISIT_GROWING_BYTES(visit, &terminal->shown);
    VISIT_GROWING_BYTES(visit, &terminal->typed);
    if (visit->reading && !visit->whole && terminal->input_fd >= 0)
        terminal->typed.count = typed;
    /* What waits for its time; the rest is the host's. */
    waiting = visit_count(visit, waiting, sizeof(struct shown_mark));
    if (visit->reading)
        terminal->marks.count = terminal->marks_flushed = 0;
    for (size_t i = 0; i < waiting; i++) {
        struct shown_mark *shown =
            visit->reading ? VEC_PUSH(&terminal->marks) : &terminal->marks.at[terminal->marks_flushed + i];
        VISIT(visit, shown->time_ps);
        VISIT(visit, shown->end);
        if (shown->end > terminal->shown.count)
            visit_refuse(visit);
    }
    if (visit->reading && visit->whole)
        terminal->flushed = terminal->shown.count; /* of another process: it has shown them */
    visit_end(visit);
}

void terminal_forget_future(struct terminal *terminal)
{
    if (terminal->flushed > terminal->shown.count)
        terminal->flushed = terminal->shown.count;
}

void terminal_fence(struct terminal *terminal, uint32_t generation)
{
    if (generation > terminal->generation)
        terminal->generation = generation;
}

void terminal_type(struct terminal *terminal, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *VEC_PUSH(&terminal->typed) = ((const uint8_t *)bytes)[i];
}

/* Wait for more input from the host, or look whether there is any if a person types it. */
static void read_host(struct terminal *terminal)
{
    uint8_t bytes[4096];
    struct pollfd ready = {.fd = terminal->input_fd, .events = POLLIN};
    if (poll(&ready, 1, terminal->input_is_person ? 0 : -1) <= 0)
        return;
    ssize_t got = read(terminal->input_fd, bytes, sizeof bytes);
    if (got > 0)
        terminal_type(terminal, bytes, (size_t)got);
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        terminal->input_ended = true;
}

bool terminal_wait(const struct terminal *terminal, unsigned milliseconds)
{
    bool person = terminal->input_is_person && !terminal->input_ended;
    struct pollfd ready = {.fd = person ? terminal->input_fd : -1, .events = POLLIN};
    return poll(&ready, 1, (int)milliseconds) > 0;
}

void terminal_take(struct terminal *terminal)
{
    read_host(terminal);
}

enum terminal_input terminal_input(struct terminal *terminal, uint64_t number, uint8_t *byte)
{
    number -= terminal->typed_before;
    if (number >= terminal->typed.count && terminal->input_fd >= 0 && !terminal->input_ended)
        read_host(terminal);
    if (number < terminal->typed.count) {
        *byte = terminal->typed.at[number];
        return TERMINAL_BYTE;
    }
    return terminal->input_fd < 0 || terminal->input_ended ? TERMINAL_END : TERMINAL_NOTHING_YET;
}

static void write_host(struct terminal *terminal, uint64_t end)
{
    if (terminal->output_fd >= 0 && !terminal->host_error)
        terminal->host_error = stream_write(terminal->output_fd, terminal->shown.at + terminal->flushed,
                                            (size_t)(end - terminal->flushed));
    terminal->flushed = end;
}

bool terminal_flush(struct terminal *terminal, uint64_t time_ps)
{
    uint64_t end = terminal->flushed;
    while (terminal->marks_flushed < terminal->marks.count &&
           terminal->marks.at[terminal->marks_flushed].time_ps <= time_ps)
        end = terminal->marks.at[terminal->marks_flushed++].end;
    if (end > terminal->flushed)
        write_host(terminal, end);
    return terminal->flushed < terminal->shown.count;
}

uint64_t terminal_flush_some(struct terminal *terminal, uint64_t most)
{
    struct pollfd ready = {.fd = terminal->output_fd, .events = POLLOUT};
    uint64_t waiting = terminal->shown.count - terminal->flushed,
             end = terminal->flushed + (most < waiting ? most : waiting);
    if (waiting && (terminal->output_fd < 0 || poll(&ready, 1, 0) > 0))
        write_host(terminal, end);
    terminal->marks_flushed = terminal->marks.count; /* nobody goes by time any more */
    return terminal->shown.count - terminal->flushed;
}

bool terminal_break_line(struct terminal *terminal)
{
    uint64_t at = terminal->shown_before + terminal->flushed;
    if (!terminal->flushed || terminal->shown.at[terminal->flushed - 1] == '\n' || at == terminal->broken_off_at)
        return false;
    terminal->broken_off_at = at;
    return true;
}

void terminal_forget(struct terminal *terminal, uint64_t shown, uint64_t typed)
{
    terminal->shown.count -= shown;
    if (shown)
        memmove(terminal->shown.at, terminal->shown.at + shown, terminal->shown.count);
    terminal->shown_before += shown;
    terminal->flushed -= shown;
    terminal->marks.count = terminal->marks_flushed = 0; /* nobody goes by time where something is forgotten */
    terminal->typed.count -= typed;
    if (typed)
        memmove(terminal->typed.at, terminal->typed.at + typed, terminal->typed.count);
    terminal->typed_before += typed;
}

void terminal_before(const struct terminal *terminal, uint64_t *shown, uint64_t *typed)
{
    *shown = terminal->shown_before;
    *typed = terminal->typed_before;
}

const uint8_t *terminal_shown(const struct terminal *terminal, uint64_t *size)
{
    *size = terminal->shown.count;
    return terminal->shown.at;
}

uint64_t terminal_mismatch(const struct terminal *terminal)
{
    return terminal->mismatch;
}

const uint8_t *terminal_typed(const struct terminal *terminal, uint64_t *size)
{
    *size = terminal->typed.count;
    return terminal->typed.at;
}

bool terminal_ended(const struct terminal *terminal)
{
    return terminal->input_fd < 0 || terminal->input_ended;
}

int terminal_host_error(const struct terminal *terminal)
{
    return terminal->host_error;
}
