/* await_text.c - see await_text.h. */
#include "ft/computer/await_text.h"

#include <string.h>

/* It is here: nothing more happens at this computer, and system_run_until sees why. */
static void stop(struct computer *computer)
{
    computer->world->awaited_seen = true;
    computer->stop_time_ps = computer_now(computer);
    board_request_stop(computer->board);
}

void awaited_terminal(struct computer *computer, size_t count)
{
    struct world *world = computer->world;
    const struct awaited_text *awaited = world->awaited;
    uint64_t size;
    if (!awaited || awaited->where != AWAITED_ON_TERMINAL || world->awaited_seen)
        return;
    const uint8_t *shown = terminal_shown(world_shows(world)->terminal, &size);
    uint64_t news = count + awaited->size - 1; /* the text may have begun before what is new */
    uint64_t from = size > news ? size - news : 0;
    if (from < awaited->from)
        from = awaited->from;
    if (size > from && memmem(shown + from, size - from, awaited->bytes, awaited->size))
        stop(computer);
}

void awaited_operator(struct computer *computer, const char *line)
{
    struct world *world = computer->world;
    const struct awaited_text *awaited = world->awaited;
    if (awaited && awaited->where == AWAITED_BY_OPERATOR && !world->awaited_seen &&
        memmem(line, strlen(line), awaited->bytes, awaited->size))
        stop(computer);
}

void awaited_step(struct computer *computer)
{
    const struct awaited_text *awaited = computer->world->awaited;
    if (awaited && awaited->where == AWAITED_IN_STEP && !computer->world->awaited_seen)
        stop(computer);
}
