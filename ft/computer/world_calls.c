/* world_calls.c - a computer at the world: who asks, and when, is the computer, and its time now. */
#include "ft/computer/world_calls.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static void tell(struct computer *computer, enum rule rule, const char *format, va_list args)
{
    char text[512];
    uint64_t now = computer_now(computer);
    size_t used = (size_t)snprintf(text, sizeof text, "[%.6f s, computer %u%s%s] ", (double)now / (double)PS_PER_S,
                                   computer->carrier->number, computer->vm_name ? ", " : "",
                                   computer->vm_name ? computer->vm_name : "");
    vsnprintf(text + used, sizeof text - used, format, args);
    used = strlen(text);
    if (rule)
        snprintf(text + used, sizeof text - used, " [%s, %s]", rule_name(rule), rule_paper(rule));
    world_tell(world_whole(computer->world), computer->carrier->index,
               &(struct account_line){now, computer->vmm ? computer_place(computer).epoch : 0, rule, text});
    awaited_operator(computer, text);
}

void computer_tell(struct computer *computer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(computer, RULE_NONE, format, args);
    va_end(args);
}

void computer_tell_rule(struct computer *computer, enum rule rule, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(computer, rule, format, args);
    va_end(args);
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
