/* flags.c - see flags.h. */
#include "monitor/program/flags.h"

#include <string.h>

#include "mmu/base/nearest.h"

static const struct flag *find(const struct flag *flags, const char *word)
{
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    for (; flags->name; flags++)
        if (strlen(flags->name) == length && strncmp(flags->name, word, length) == 0)
            return flags;
    return NULL;
}

/* The option at WORDS[*INDEX], and its value, which may be the next word. */
static bool take(const struct flag *flag, unsigned count, char *const *words, unsigned *index, void *to,
                 struct error *error)
{
    const char *word = words[*index], *inside = word[strlen(flag->name)] == '=' ? word + strlen(flag->name) + 1 : NULL;
    if (!flag->argument && inside)
        return error_set(error, "%s takes no value", flag->name);
    if (!flag->argument)
        return flag->take(to, flag->name, NULL, error);
    if (!inside && *index + 1 == count)
        return error_set(error, "%s needs %s: %s %s", flag->name, flag->needs ? flag->needs : "a value", flag->name,
                         flag->argument);
    return flag->take(to, flag->name, inside ? inside : words[++*index], error);
}

/* There is no such option: which is nearly called so? */
static bool refuse_unknown(const struct flag *flags, const char *command, const char *word, struct error *error)
{
    struct nearest nearest;
    nearest_begin(&nearest, word, strcspn(word, "="));
    for (const struct flag *flag = flags; flag->name; flag++)
        if (strncmp(flag->name, "--", 2) == 0)
            nearest_try(&nearest, "", flag->name);
    return error_set(error, "unknown option '%s': 'understudy %s%s--help' lists the options%s", word, command,
                     *command ? " " : "", nearest.question);
}

bool flags_parse(const struct flag *flags, const char *command, unsigned count, char *const *words, void *to,
                 bool (*word)(void *to, const char *word, struct error *error), bool *help, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        const struct flag *flag = find(flags, words[i]);
        *help = strcmp(words[i], "--help") == 0;
        if (*help)
            return true;
        bool good = flag                                ? take(flag, count, words, &i, to, error)
                    : words[i][0] == '-' && words[i][1] ? refuse_unknown(flags, command, words[i], error)
                                                        : word(to, words[i], error);
        if (!good)
            return false;
    }
    return true;
}

void flags_help(FILE *out, const struct flag *flags)
{
    enum { COLUMNS = 24 };
    for (; flags->name; flags++) {
        int used =
            fprintf(out, "  %s%s%s", flags->name, flags->argument ? " " : "", flags->argument ? flags->argument : "");
        fprintf(out, used > COLUMNS ? "\n%*s" : "%*s", used > COLUMNS ? COLUMNS + 2 : COLUMNS + 2 - used, "");
        for (const char *at = flags->help; *at; at++) {
            putc(*at, out);
            if (*at == '\n')
                fprintf(out, "%*s", COLUMNS + 2, "");
        }
        putc('\n', out);
    }
}
