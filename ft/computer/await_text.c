/* await_text.c - see await_text.h. */
#include "ft/computer/await_text.h"

#include <string.h>

#include "ft/world/world.h"

/* It is here: nothing more happens at this computer, and system_run_until sees why. */
static void stop(struct computer *computer)
{
    computer->system->awaited_seen = true;
    computer->stop_time_ps = computer_now(computer);
    board_request_stop(computer->board);
}

void awaited_terminal(struct computer *computer, size_t count)
{
    struct system *system = computer->system;
    const struct awaited_text *awaited = system->awaited;
    uint64_t size;
    if (!awaited || awaited->where != AWAITED_ON_TERMINAL || system->awaited_seen)
        return;
    const uint8_t *shown = terminal_shown(system->terminal, &size);
    uint64_t news = count + awaited->size - 1; /* the text may have begun before what is new */
    uint64_t from = size > news ? size - news : 0;
    if (from < awaited->from)
        from = awaited->from;
    if (size > from && memmem(shown + from, size - from, awaited->bytes, awaited->size))
        stop(computer);
}

void awaited_operator(struct computer *computer, const char *line)
{
    struct system *system = computer->system;
    const struct awaited_text *awaited = system->awaited;
    if (awaited && awaited->where == AWAITED_BY_OPERATOR && !system->awaited_seen &&
        memmem(line, strlen(line), awaited->bytes, awaited->size))
        stop(computer);
}

void system_awaited_step(struct system *system, unsigned computer)
{
    const struct awaited_text *awaited = system->awaited;
    if (awaited && awaited->where == AWAITED_IN_STEP && !system->awaited_seen)
        stop(system->computer[computer]);
}
