/* gen_manual.c - docs/commands.md and docs/understudy.1, made from the tables that the program itself reads: commands,
 * topics of info, facts, settings, options, sub-commands. `gen_manual commands|man` prints one; with --check FILE it
 * says whether FILE is that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/settings.h"
#include "monitor/command/command.h"
#include "monitor/program/live_options.h"
#include "monitor/program/subcommand.h"

/* ---- what both have ---- */

/* The long help of a row: lines after two blanks. Those of an example begin with "Example: ", or go on below one. */
static bool is_example(const char *line, bool before)
{
    return strncmp(line, "  Example: ", 11) == 0 || (before && strncmp(line, "           ", 11) == 0);
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static void usage_of(const struct command *row, char *text, size_t size)
{
    snprintf(text, size, "%s%s%s", row->name, *row->arguments && *row->arguments != '/' ? " " : "", row->arguments);
}

static void setting_values(const struct setting_row *row, char *initial, char *range, size_t size)
{
    struct settings settings;
    char low[32], high[32];
    settings_defaults(&settings);
    settings_format(&settings, row, initial, size);
    memcpy((char *)&settings + row->offset, &row->minimum, sizeof row->minimum);
    settings_format(&settings, row, low, sizeof low);
    memcpy((char *)&settings + row->offset, &row->maximum, sizeof row->maximum);
    settings_format(&settings, row, high, sizeof high);
    snprintf(range, size, "%s to %s", low, high);
}

/* ---- Markdown ---- */

/* In a cell of a table | ends the cell. */
static void cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

/* What is no example, then the examples as code. */
static void markdown_more(FILE *out, const char *more)
{
    bool example = false, any = false;
    for (const char *line = more; *line; line = next_line(line)) {
        example = is_example(line, example);
        if (example)
            continue;
        fprintf(out, "%s%.*s\n", any ? "" : "\n", (int)strcspn(line, "\n") - 2, line + 2);
        any = true;
    }
    example = any = false;
    for (const char *line = more; *line; line = next_line(line)) {
        example = is_example(line, example);
        if (!example)
            continue;
        fprintf(out, "%s    %.*s\n", any ? "" : "\n", (int)strcspn(line, "\n") - 11, line + 11);
        any = true;
    }
}

static void markdown_rows(FILE *out, const struct command *table, const char *prefix)
{
    for (const struct command *row = table; row->name; row++) {
        char usage[128];
        usage_of(row, usage, sizeof usage);
        fprintf(out, "\n### %s%s\n\n`%s%s`: %s%s%s%s.\n", prefix, row->name, prefix, usage, row->help,
                row->alias ? " (`" : "", row->alias ? row->alias : "", row->alias ? "` for short)" : "");
        markdown_more(out, row->more);
    }
}

static void live_users(const struct live_option_text *text, const char *separator, char *line, size_t size)
{
    static const struct {
        enum live_user user;
        const char *name;
    } users[] = {{LIVE_WORLD, "world"}, {LIVE_NODE, "node"}, {LIVE_LIVE, "live"}};
    *line = '\0';
    for (unsigned i = 0; i < sizeof users / sizeof users[0]; i++)
        if (text->users & users[i].user) {
            size_t used = strlen(line);
            snprintf(line + used, size - used, "%s%s", used ? separator : "", users[i].name);
        }
}

static void markdown_live(FILE *out)
{
    struct live_option_text text;
    char users[40];
    fprintf(out,
            "\n### Of world, node and live\n\nBesides those of `run` that describe a system ([live.md](live.md)).\n\n"
            "| option | of | |\n| --- | --- | --- |\n");
    for (unsigned i = 0; live_options_describe(i, &text); i++) {
        live_users(&text, " ", users, sizeof users);
        fprintf(out, "| `--%s%s%s` | %s | ", text.name, *text.argument ? " " : "", text.argument, users);
        cell(out, text.help);
        fprintf(out, " |\n");
    }
}

static void write_markdown(FILE *out)
{
    fprintf(out, "# Reference: commands, facts, settings, options\n\n"
                 "Made from the program's own tables by the target `docs-manual`; do not edit. How a session works is\n"
                 "told in [monitor.md](monitor.md), scripts in [scripts.md](scripts.md).\n\n## Commands\n");
    markdown_rows(out, commands, "");
    fprintf(out, "\n## Topics of info\n");
    markdown_rows(out, info_topics, "info ");
    fprintf(out,
            "\n## Facts\n\nIn an expression, `$NAME`; `info variables` shows them.\n\n| fact | |\n| --- | --- |\n");
    for (const struct fact *fact = facts; fact->name; fact++)
        fprintf(out, "| `$%s` | %s |\n", fact->name, fact->title);
    fprintf(out, "\n## Settings\n\n`--set NAME=VALUE`, or `set NAME=VALUE`.\n\n"
                 "| setting | default | unit | values | |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < setting_count; i++) {
        char initial[80], range[80];
        setting_values(&setting_rows[i], initial, range, sizeof initial);
        fprintf(out, "| `%s` | %s | %s | %s | ", setting_rows[i].name, initial, setting_rows[i].unit, range);
        cell(out, setting_rows[i].title);
        fprintf(out, " |\n");
    }
    fprintf(out, "\n## Options\n\n| option | of | default | |\n| --- | --- | --- | --- |\n");
    struct option_text text;
    for (unsigned i = 0; options_describe(i, &text); i++) {
        fprintf(out, "| `--%s%s", text.name, *text.argument ? " " : "");
        cell(out, text.argument);
        fprintf(out, "` | %s%s%s | ", text.users & OPTIONS_RUN ? "run " : "",
                text.users & OPTIONS_SYSTEM ? "system " : "", text.users & OPTIONS_SWEEP ? "sweep" : "");
        cell(out, text.initial);
        fprintf(out, " | ");
        cell(out, text.help);
        fprintf(out, "%s%s |\n", *text.condition ? "; " : "", text.condition);
    }
    markdown_live(out);
}

/* ---- roff ---- */

/* SIZE characters of TEXT, none of which roff takes for its own. */
static void roff(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i]; i++) {
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else if ((text[i] == '.' || text[i] == '\'') && i == 0)
            fprintf(out, "\\&%c", text[i]);
        else
            fputc(text[i], out);
    }
    fputc('\n', out);
}

static void roff_term(FILE *out, const char *term)
{
    fprintf(out, ".TP\n.B ");
    roff(out, term, strlen(term));
}

static void roff_rows(FILE *out, const struct command *table, const char *prefix)
{
    for (const struct command *row = table; row->name; row++) {
        char usage[128], whole[160];
        bool example = false;
        usage_of(row, usage, sizeof usage);
        snprintf(whole, sizeof whole, "%s%s", prefix, usage);
        roff_term(out, whole);
        roff(out, row->help, strlen(row->help));
        for (const char *line = row->more; *line; line = next_line(line)) {
            bool before = example;
            example = is_example(line, example);
            if (example && !before)
                fprintf(out, ".RS\n.nf\n");
            if (!example && before)
                fprintf(out, ".fi\n.RE\n");
            if (!example && line == row->more)
                fprintf(out, ".br\n");
            unsigned skipped = example ? 11 : 2;
            roff(out, line + skipped, strcspn(line, "\n") - skipped);
        }
        if (example)
            fprintf(out, ".fi\n.RE\n");
    }
}

static void roff_options(FILE *out)
{
    struct option_text text;
    for (unsigned i = 0; options_describe(i, &text); i++) {
        char term[160], line[600];
        snprintf(term, sizeof term, "--%s%s%s", text.name, *text.argument ? " " : "", text.argument);
        roff_term(out, term);
        snprintf(line, sizeof line, "%s%s%s%s%s%s", text.help, *text.initial ? " (default: " : "", text.initial,
                 *text.initial ? ")" : "", *text.condition ? "; " : "", text.condition);
        roff(out, line, sizeof line);
    }
}

static void roff_live(FILE *out)
{
    struct live_option_text text;
    for (unsigned i = 0; live_options_describe(i, &text); i++) {
        char term[80], line[300], users[40];
        snprintf(term, sizeof term, "--%s%s%s", text.name, *text.argument ? " " : "", text.argument);
        roff_term(out, term);
        live_users(&text, ", ", users, sizeof users);
        snprintf(line, sizeof line, "%s: %s", users, text.help);
        roff(out, line, sizeof line);
    }
}

static void roff_settings(FILE *out)
{
    for (size_t i = 0; i < setting_count; i++) {
        char initial[80], range[80], line[400];
        setting_values(&setting_rows[i], initial, range, sizeof initial);
        roff_term(out, setting_rows[i].name);
        snprintf(line, sizeof line, "%s (%s; %s; default %s)", setting_rows[i].title, setting_rows[i].unit, range,
                 initial);
        roff(out, line, sizeof line);
    }
}

static const struct {
    const char *command, *what;
} man_examples[] = {
    {"understudy run ledger", "run a guest that came with the program, on one computer"},
    {"understudy run --crash primary@operation=307.partial:0x35 --disk bank.img,create=1M ledger",
     "run it on a pair whose primary dies in the middle of its 307th output"},
    {"understudy", "the monitor: 'help' lists its commands"},
    {"understudy test -D seed=1..50 suite", "every script below suite, with fifty seeds"},
    {"understudy sweep --disk bank.img,create=1M ledger", "crash everywhere, and judge every run"},
    {"understudy\\-cc -o mine.elf mine.c && understudy run mine.elf", "a guest of one's own"},
};

static void write_man(FILE *out)
{
    fprintf(out,
            ".\\\" Made from the program's own tables by the target docs-manual; do not edit.\n"
            ".TH UNDERSTUDY 1\n.SH NAME\nunderstudy \\- a fault\\-tolerant PA\\-RISC computer\n.SH SYNOPSIS\n.nf\n");
    for (unsigned i = 0; i < subcommand_count; i++) {
        char line[200];
        snprintf(line, sizeof line, "understudy %s", subcommands[i].usage);
        roff(out, line, sizeof line);
    }
    fprintf(out,
            ".fi\n.SH DESCRIPTION\nUnderstudy emulates PA\\-RISC 1.1 computers: one alone, or two that run one guest\n"
            "in lockstep by epochs, so that the backup goes on when the primary fails.\n");
    for (unsigned i = 0; i < subcommand_count; i++) {
        roff_term(out, subcommands[i].usage);
        roff(out, subcommands[i].help, strlen(subcommands[i].help));
    }
    fprintf(out,
            ".SH OPTIONS\nOf\n.BR run ;\nmost of them also of\n.B sweep\nand of the monitor's command\n.BR system .\n");
    roff_options(out);
    fprintf(out, ".SH OPTIONS OF A LIVE PAIR\nOf\n.BR world ,\n.B node\nand\n.BR live ;\n.B world\nand\n.B live\n"
                 "take those of\n.B run\nthat describe a system, too.\n");
    roff_live(out);
    fprintf(out, ".SH COMMANDS\nOf the monitor and of scripts, one a line; a name may be abbreviated.\n");
    roff_rows(out, commands, "");
    fprintf(out, ".SH TOPICS OF INFO\n");
    roff_rows(out, info_topics, "info ");
    fprintf(out, ".SH FACTS\nIn an expression:\n");
    for (const struct fact *fact = facts; fact->name; fact++) {
        char term[64];
        snprintf(term, sizeof term, "$%s", fact->name);
        roff_term(out, term);
        roff(out, fact->title, strlen(fact->title));
    }
    fprintf(out, ".SH SETTINGS\n.RB ( \\-\\-set \" NAME=VALUE, or\"\n.BR set \" NAME=VALUE)\"\n");
    roff_settings(out);
    fprintf(out,
            ".SH EXIT STATUS\n"
            "Of run: the guest's own when it powered off; 124 timeout; 125 unexplainable, or the digests differ;\n"
            "126 halted or lost; 130 stopped. Of a script: 0, or 1 at the first line that fails. Of test and sweep:\n"
            "0 all held, 1 something did not, 2 something could not be judged. 2: refused, with one line on stderr.\n"
            ".SH EXAMPLES\n");
    for (unsigned i = 0; i < sizeof man_examples / sizeof man_examples[0]; i++) {
        roff_term(out, man_examples[i].command);
        roff(out, man_examples[i].what, strlen(man_examples[i].what));
    }
    fprintf(
        out,
        ".SH FILES\n.TP\n.I $XDG_STATE_HOME/understudy_history\nwhat was typed at the prompt; without that variable,\n"
        ".I ~/.understudy_history\n"
        ".SH SEE ALSO\n.BR understudy\\-cc ,\n.BR gdb\\-multiarch (1),\n.BR hppa\\-linux\\-gnu\\-gcc (1),\n"
        ".BR qemu\\-system\\-hppa (1)\n.PP\nThe documents beside the program: command\\-line.md, monitor.md, "
        "scripts.md and others, in docs/ of\nits source and in /usr/share/doc/understudy/docs.\n");
}

/* ---- the shell's completion ---- */

/* The words that follow an option, if its argument lists them ("bare|solo|pair") or the program knows them, or it
 * begins with a computer. */
static bool bash_choices(FILE *out, const struct option_text *text)
{
    char word[64], list[512] = "";
    const char *choice;
    snprintf(word, sizeof word, "--%s", text->name);
    for (unsigned i = 0; (choice = options_choice(word, (enum options_user)text->users, i)); i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? " " : "", choice);
    if (!*list && strchr(text->argument, '|') &&
        !text->argument[strspn(text->argument, "abcdefghijklmnopqrstuvwxyz-|0123456789")])
        for (unsigned i = 0; text->argument[i]; i++)
            list[i] = text->argument[i] == '|' ? ' ' : text->argument[i];
    if (*list)
        fprintf(out, "    --%s) words=\"%s\" ;;\n", text->name, list);
    else if (strncmp(text->argument, "WHO", 3) == 0)
        fprintf(out, "    --%s) words=\"primary%c backup%c\"; compopt -o nospace ;;\n", text->name, text->argument[3],
                text->argument[3]);
    return *list || strncmp(text->argument, "WHO", 3) == 0;
}

static bool is_file(const char *argument)
{
    return strstr(argument, "FILE") || strstr(argument, "FOLDER") || strstr(argument, "DIR");
}

/* What follows an option: words; the name of a file, which the shell offers by itself; or what nobody knows. */
static void bash_values(FILE *out)
{
    struct option_text text;
    char nothing[1024] = "--listen | --world";
    const struct flag *const flags[] = {test_flags, session_flags};
    for (unsigned i = 0; options_describe(i, &text); i++) {
        char word[64];
        snprintf(word, sizeof word, "--%s", text.name);
        if (!bash_choices(out, &text) && *text.argument && strcmp(text.name, "set") != 0 &&
            !options_value_is_file(word, (enum options_user)text.users))
            snprintf(nothing + strlen(nothing), sizeof nothing - strlen(nothing), " | %s", word);
    }
    for (unsigned i = 0; i < 2; i++)
        for (const struct flag *flag = flags[i]; flag->name; flag++) {
            char more[64];
            snprintf(more, sizeof more, " | %s", flag->name);
            if (flag->argument && !is_file(flag->argument) && !strstr(nothing, more))
                snprintf(nothing + strlen(nothing), sizeof nothing - strlen(nothing), "%s", more);
        }
    fprintf(out, "    %s) nothing=yes ;;\n", nothing);
}

static void bash_protocols(FILE *out)
{
    const char *choice;
    fprintf(out, "    protocol) words=\"");
    for (unsigned i = 0; (choice = options_choice("--protocol", OPTIONS_RUN, i)); i++)
        fprintf(out, "%s%s", i ? " " : "", choice);
    fprintf(out, "\" ;;\n");
}

/* `understudy help WORD`: a sub-command, or a command of the monitor. */
static void bash_help(FILE *out)
{
    fprintf(out, "    help) words=\"");
    for (unsigned i = 0; i + 1 < subcommand_count; i++)
        fprintf(out, "%s%s", i ? " " : "", subcommands[i].name);
    for (const struct command *row = commands; row->name; row++) {
        bool both = false;
        for (unsigned i = 0; i + 1 < subcommand_count; i++)
            both |= strcmp(row->name, subcommands[i].name) == 0;
        if (!both)
            fprintf(out, " %s", row->name);
    }
    fprintf(out, "\" ;;\n");
}

/* `--set NAME=`. */
static void bash_settings(FILE *out)
{
    fprintf(out, "    --set) words=\"");
    for (size_t i = 0; i < setting_count; i++)
        fprintf(out, "%s%s=", i ? " " : "", setting_rows[i].name);
    fprintf(out, "\"; compopt -o nospace ;;\n");
}

/* The options of a sub-command that takes a system's. */
static void bash_options(FILE *out, const char *command, enum options_user user)
{
    struct option_text text;
    fprintf(out, "    %s) options=\"", command);
    for (unsigned i = 0, count = 0; options_describe(i, &text); i++)
        if (text.users & user)
            fprintf(out, "%s--%s", count++ ? " " : "", text.name);
    fprintf(out, "\" ;;\n");
}

static void bash_live(FILE *out, const char *command, enum live_user user)
{
    struct live_option_text live;
    struct option_text text;
    fprintf(out, "    %s) options=\"--help", command);
    for (unsigned i = 0; live_options_describe(i, &live); i++)
        if (live.users & user)
            fprintf(out, " --%s", live.name);
    for (unsigned i = 0; user != LIVE_NODE && options_describe(i, &text); i++)
        if (text.users & OPTIONS_RUN && strcmp(text.name, "help") != 0)
            fprintf(out, " --%s", text.name);
    fprintf(out, "\" ;;\n");
}

static void bash_flags(FILE *out, const char *command, const struct flag *flags)
{
    fprintf(out, "    %s) options=\"--help", command);
    for (; flags->name; flags++)
        fprintf(out, " %s", flags->name);
    fprintf(out, "\" ;;\n");
}

static void write_bash(FILE *out)
{
    fprintf(out, "# bash completion for understudy. Made from the program's own tables by the target docs-manual.\n"
                 "_understudy() {\n"
                 "    local at=$COMP_CWORD word=${COMP_WORDS[COMP_CWORD]} words= options= images= nothing=no\n"
                 "    # The shell takes words apart at = and @.\n"
                 "    case $word in = | @) word= at=$((at + 1)) ;; esac\n"
                 "    local before=${COMP_WORDS[at-1]}\n"
                 "    [ \"$before\" = = ] && before=${COMP_WORDS[at-2]} && [[ $before != -* ]] && nothing=yes\n"
                 "    case $before in\n"
                 "    @) words=\"instruction= epoch= time= step= operation=\" nothing=yes; compopt -o nospace ;;\n");
    bash_values(out);
    bash_settings(out);
    bash_protocols(out);
    bash_help(out);
    fprintf(out, "    esac\n    case ${COMP_WORDS[1]} in\n    help) nothing=yes ;;\n");
    bash_options(out, "run", OPTIONS_RUN);
    bash_options(out, "sweep", OPTIONS_SWEEP);
    bash_live(out, "world", LIVE_WORLD);
    bash_live(out, "node", LIVE_NODE);
    bash_live(out, "live", LIVE_LIVE);
    bash_flags(out, "test", test_flags);
    fprintf(out, "    replay) options=\"--help --json\" ;;\n"
                 "    bench) options=\"--help --json --plot --runs --timeout --engines --paper --set --thin "
                 "--protocols\" ;;\n");
    bash_flags(out, "*", session_flags);
    fprintf(out, "    esac\n"
                 "    # An image may be the bare name of a guest that came with the program.\n"
                 "    case ${COMP_WORDS[1]}$words in\n"
                 "    run | sweep | live | world | bench)\n"
                 "        local guest\n"
                 "        for guest in \"$(understudy --version 2>/dev/null | sed -n 's/^guests: //p')\"/*.elf; do\n"
                 "            guest=${guest##*/}\n"
                 "            images+=\" ${guest%%.elf}\"\n"
                 "        done ;;\n"
                 "    esac\n"
                 "    [ \"$COMP_CWORD\" = 1 ] && words=\"--help --version");
    for (unsigned i = 0; i + 1 < subcommand_count; i++)
        fprintf(out, " %s", subcommands[i].name);
    fprintf(out, "\"\n"
                 "    case $nothing:$word in\n"
                 "    yes:*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
                 "    no:-*) COMPREPLY=($(compgen -W \"$options $words\" -- \"$word\")) ;;\n"
                 "    *) COMPREPLY=($(compgen -W \"$words $images\" -- \"$word\"))\n"
                 "        [ -n \"$words\" ] && [ \"$COMP_CWORD\" != 1 ] || COMPREPLY+=($(compgen -f -- \"$word\")) ;;\n"
                 "    esac\n"
                 "}\n"
                 "complete -o filenames -F _understudy understudy\n");
}

/* ---- the program ---- */

/* Every row has an example. */
static bool examples_are_there(const struct command *table)
{
    bool all = true;
    for (const struct command *row = table; row->name; row++) {
        if (strstr(row->more, "  Example: "))
            continue;
        printf("'%s' has no example\n", row->name);
        all = false;
    }
    return all;
}

static int check(void (*write)(FILE *out), const char *path)
{
    char *text = NULL;
    size_t size = 0, at = 0;
    FILE *wanted = open_memstream(&text, &size), *file = fopen(path, "rb");
    if (!wanted || !file) {
        perror(path);
        return 1;
    }
    write(wanted);
    fclose(wanted);
    int c;
    while ((c = fgetc(file)) != EOF && at < size && text[at] == (char)c)
        at++;
    bool same = c == EOF && at == size, shown = examples_are_there(commands) && examples_are_there(info_topics);
    if (!same)
        printf("%s differs from the tables at byte %zu: build the target docs-manual\n", path, at);
    fclose(file);
    free(text);
    return same && shown ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*write)(FILE *out);
    } kinds[] = {{"commands", write_markdown}, {"man", write_man}, {"bash", write_bash}};
    void (*write)(FILE * out) = NULL;
    for (unsigned i = 0; argc > 1 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            write = kinds[i].write;
    if (!write) {
        printf("gen_manual commands|man|bash [--check FILE] is wanted\n");
        return 2;
    }
    if (argc == 4 && strcmp(argv[2], "--check") == 0)
        return check(write, argv[3]);
    write(stdout);
    return ferror(stdout) != 0;
}
