/* cases.h - commands that once gave different runs on one host thread and on two, each with a name. */
#ifndef US_TESTS_PERTURB_CASES_H
#define US_TESTS_PERTURB_CASES_H

#include "tests/perturb/command.h"

enum { FIXED_OPTIONS_MAX = 20 };

struct fixed_case {
    const char *name, *guest;
    const char *options[FIXED_OPTIONS_MAX];
};

extern const struct fixed_case fixed_cases[];
extern const unsigned fixed_case_count;

void fixed_case_command(const struct fixed_case *fixed, struct command *command);

#endif
