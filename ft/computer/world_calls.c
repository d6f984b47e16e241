/* world_calls.c - a computer at the world: who asks, and when, is the computer, and its time now. */
#include "ft/computer/world_calls.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "ft/computer/await_text.h"
#include "ft/computer/crash_trail.h"
#include "mmu/base/vtime.h"

enum arbiter_answer computer_arbitrate(struct computer *computer)
{
    enum arbiter_answer answer = computer->calls->arbitrate(computer);
    trail_effect(computer);
    return answer;
}

void computer_fence(struct computer *computer)
{
    world_fence(computer->world, computer->index, computer->generation);
    trail_effect(computer);
}

bool computer_fenced(struct computer *computer)
{
    return world_fenced(computer->world, computer->generation);
}

void computer_tell(struct computer *computer, const char *format, ...)
{
    char text[512];
    uint64_t now = computer_now(computer);
    int length =
        snprintf(text, sizeof text, "[%.6f s, computer %u] ", (double)now / (double)PS_PER_S, computer->number);
    va_list args;
    va_start(args, format);
    vsnprintf(text + length, sizeof text - (size_t)length, format, args);
    va_end(args);
    world_tell(computer->world, computer->index, now, text);
    awaited_operator(computer, text);
}

void computer_end(struct computer *computer, enum system_end end, int status, const char *why)
{
    computer->over = true;
    world_end(computer->world, computer->index, computer_now(computer), end, status, why);
}

void computer_diverged(struct computer *computer, const char *what)
{
    char sentence[sizeof computer->world->divergence];
    snprintf(sentence, sizeof sentence, "the computers differ: %s (epoch %" PRIu64 ", instruction %" PRIu64 ")", what,
             computer_place(computer).epoch, computer_insns(computer));
    world_diverged(computer->world, sentence);
    computer_end(computer, END_STOPPED, 0, NULL);
}
