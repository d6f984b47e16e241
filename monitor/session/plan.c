/* plan.c - see plan.h. */
#include "monitor/session/plan.h"

#include <stdio.h>
#include <string.h>

void plan_describe(const struct system_plan *plan, char text[PLAN_TEXT_BYTES])
{
    char fault[128];
    fault_format(&plan->fault, fault, sizeof fault);
    const char *where = strchr(fault, '@');
    if (plan->repair)
        snprintf(text, PLAN_TEXT_BYTES, "repair %s", where + 1);
    else
        snprintf(text, PLAN_TEXT_BYTES, "%s %s", plan->fault.kind == FAULT_CRASH ? "crash" : "fault", fault);
}

void plan_count(unsigned long long number, char text[32])
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%llu", number);
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *text++ = ',';
        *text++ = digits[i];
    }
    *text = '\0';
}

bool plan_missed(struct system *system, char *text, size_t size)
{
    enum { NAMED_MAX = 3 };
    struct system_plan plan;
    unsigned pending = system_plan_pending(system), named = 0;
    size_t used = 0;
    *text = '\0';
    if (!pending)
        return false;
    used += (size_t)snprintf(text, size, "%u fault%s did not happen: ", pending, pending == 1 ? "" : "s");
    for (unsigned number = 1; system_plan(system, number, &plan) && named < NAMED_MAX; number++) {
        char one[PLAN_TEXT_BYTES];
        if (plan.happened || plan.cancelled)
            continue;
        plan_describe(&plan, one);
        used += (size_t)snprintf(text + used, size - used, "%s%s", named++ ? ", " : "", one);
    }
    char insns[32];
    struct system_result result;
    system_result(system, &result);
    plan_count(result.instructions, insns);
    snprintf(text + used, size - used, "%s; the run %s %s", pending > named ? ", ..." : "",
             result.end == END_NONE ? "is at" : "ended at", insns);
    return true;
}
