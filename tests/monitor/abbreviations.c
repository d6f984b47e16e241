/* abbreviations.c - every abbreviation that worked before the youngest commands came still means the same: they are
 * `late`, and take none away. The lists are of then: each command with its shortest beginning, and the aliases.
 */
#include "monitor/command/command.h"
#include "tests/check.h"

struct abbreviation {
    const char *shortest, *name;
};

static const struct abbreviation names[] = {
    {"sys", "system"},
    {"l", "load"},
    {"bo", "boot"},
    {"rese", "reset"},
    {"cont", "continue"},
    {"st", "step"},
    {"n", "next"},
    {"fi", "finish"},
    {"u", "until"},
    {"ep", "epoch"},
    {"reverse-s", "reverse-step"},
    {"reverse-c", "reverse-continue"},
    {"reverse-e", "reverse-epoch"},
    {"cr", "crash"},
    {"repa", "repair"},
    {"cu", "cut"},
    {"hea", "heal"},
    {"dela", "delay"},
    {"ac", "ack-loss"},
    {"fl", "flip"},
    {"disk", "disk"},
    {"assu", "assume"},
    {"ar", "arbiter"},
    {"in", "info"},
    {"x", "x"},
    {"p", "print"},
    {"sym", "symbol"},
    {"ba", "backtrace"},
    {"hi", "history"},
    {"tr", "trace"},
    {"disas", "disassemble"},
    {"br", "break"},
    {"tb", "tbreak"},
    {"wa", "watch"},
    {"rw", "rwatch"},
    {"aw", "awatch"},
    {"cond", "condition"},
    {"ig", "ignore"},
    {"ena", "enable"},
    {"disab", "disable"},
    {"dele", "delete"},
    {"fo", "focus"},
    {"set", "set"},
    {"com", "compare"},
    {"who", "who-knows"},
    {"ti", "timeline"},
    {"ex", "expect"},
    {"sen", "send"},
    {"asse", "assert"},
    {"rec", "record"},
    {"repl", "replay"},
    {"if", "if"},
    {"el", "else"},
    {"end", "end"},
    {"whi", "while"},
    {"repe", "repeat"},
    {"so", "source"},
    {"ec", "echo"},
    {"g", "gdb"},
    {"hel", "help"},
    {"sa", "save"},
    {"rest", "restore"},
    {"q", "quit"},
};

static const struct abbreviation aliases[] = {
    {"c", "continue"}, {"s", "step"},          {"n", "next"},
    {"u", "until"},    {"rs", "reverse-step"}, {"rc", "reverse-continue"},
    {"i", "info"},     {"p", "print"},         {"bt", "backtrace"},
    {"b", "break"},    {"d", "delete"},
};

static const struct abbreviation topics[] = {
    {"r", "registers"}, {"f", "fpu"},        {"co", "control"},    {"tl", "tlb"},
    {"tr", "traps"},    {"d", "devices"},    {"ch", "channel"},    {"e", "engine"},
    {"m", "monitor"},   {"l", "log"},        {"o", "outstanding"}, {"se", "settings"},
    {"cl", "clock"},    {"sn", "snapshots"}, {"b", "breakpoints"}, {"v", "variables"},
};

/* The first LENGTH characters of TEXT are NAME in TABLE. */
static void check_one(struct check *t, const struct command *table, const char *text, size_t length, const char *name)
{
    struct error error = {""};
    const struct command *row = command_find(table, "command", text, length, &error);
    CHECK_TEXT(row ? row->name : error.text, name);
}

static void check_all(struct check *t, const struct command *table, const struct abbreviation *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t length = strlen(rows[i].shortest); length <= strlen(rows[i].name); length++)
            check_one(t, table, rows[i].name, length, rows[i].name);
}

int main(int argc, char **argv)
{
    struct check test = check_begin("abbreviations", argc, argv), *t = &test;
    check_all(t, commands, names, sizeof names / sizeof names[0]);
    check_all(t, info_topics, topics, sizeof topics / sizeof topics[0]);
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        check_one(t, commands, aliases[i].shortest, strlen(aliases[i].shortest), aliases[i].name);
    return check_end(t);
}
