/* rules.c - see ft/rules.h. */
#include "ft/rules.h"

static const struct {
    const char *name, *paper, *says;
} rows[] = {
#define RULE(id, name, paper, says) {name, paper, says},
    RULES(RULE)
#undef RULE
};

const char *rule_name(enum rule rule)
{
    return rows[rule].name;
}

const char *rule_paper(enum rule rule)
{
    return rows[rule].paper;
}

const char *rule_says(enum rule rule)
{
    return rows[rule].says;
}
