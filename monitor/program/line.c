/* line.c - see line.h. */
#include "monitor/program/line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* After <stdio.h>, which they do not include. */
#include <readline/history.h>
#include <readline/readline.h>

#include "mmu/base/memory.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/command/command.h"
#include "monitor/session/registers.h"

enum {
    KEY_INTERRUPT = 3, /* Ctrl-C; the terminal makes a signal of it, so it never comes as a byte */
    TYPED_LINES = 1000,
    WATCH_MS = 16,
};

/* Wait for a key or for a signal. They are blocked everywhere (ctrl_c.h) and taken from a descriptor here, so that
 * readline needs no signal handler. */
static struct line_editor *editor_here(void)
{
    const char *breaks = rl_completer_word_break_characters;
    union {
        const void *found;
        struct line_editor *editor;
    } here = {.found = breaks - offsetof(struct line_editor, breaks)};
    return here.editor;
}

/* A watcher has a turn, 60 times a second; what it prints stands above the line that is being typed. */
static void let_watch(struct monitor *monitor)
{
    char prompt[64];
    if (!monitor->watcher.idle(monitor->watcher.arg))
        return;
    monitor_prompt(monitor, prompt, sizeof prompt);
    rl_set_prompt(prompt);
    rl_on_new_line();
    rl_forced_update_display();
}

static int read_key(FILE *stream)
{
    struct monitor *monitor = editor_here()->monitor;
    const struct monitor_watcher *watcher = &monitor->watcher;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM); /* stay pending: ctrl_c_ended */
    sigaddset(&set, SIGHUP);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    struct pollfd wait[2] = {{fileno(stream), POLLIN, 0}, {signals, POLLIN, 0}};
    int key;
    for (;;) {
        int ready = poll(wait, 2, watcher->arg && watcher->open(watcher->arg) ? WATCH_MS : -1);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            break;
        if (!ready)
            let_watch(monitor);
    }
    if (ctrl_c_ended()) {
        key = EOF;
    } else if (wait[1].revents & POLLIN) {
        struct signalfd_siginfo info;
        key = read(signals, &info, sizeof info) == sizeof info ? KEY_INTERRUPT : EOF;
    } else {
        key = rl_getc(stream);
    }
    if (signals >= 0)
        close(signals);
    return key;
}

/* Ctrl-C: give up the line. */
static int give_up(int count, int key)
{
    rl_point = rl_end;
    rl_redisplay();
    fputs("^C", rl_outstream);
    rl_crlf();
    rl_replace_line("", 0);
    rl_on_new_line();
    rl_redisplay();
    return 0;
}

/* Words that may stand where the cursor is. */
struct candidates {
    const char *text;
    size_t length;
    VEC(char *) found; /* at[0] is for what they have in common */
};

static void offer(struct candidates *candidates, const char *prefix, const char *word)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s%s", prefix, word);
    if (strncmp(whole, candidates->text, candidates->length) != 0)
        return;
    if (!candidates->found.count)
        *VEC_PUSH(&candidates->found) = NULL;
    char *copy = strdup(whole);
    memory_need(copy);
    *VEC_PUSH(&candidates->found) = copy;
}

static void offer_commands(struct candidates *candidates, const struct command *table)
{
    for (const struct command *row = table; row->name; row++)
        offer(candidates, "", row->name);
}

static void offer_registers(struct candidates *candidates, const char *prefix)
{
    char name[16];
    for (unsigned i = 0; register_name(i, name); i++)
        offer(candidates, prefix, name);
}

static void offer_addresses(struct candidates *candidates, const struct monitor *monitor)
{
    for (size_t i = 0; i < monitor->symbols.count; i++)
        offer(candidates, "", monitor->symbols.at[i].name);
    offer_registers(candidates, "$");
    for (const struct fact *fact = facts; fact->name; fact++)
        offer(candidates, "$", fact->name);
    for (size_t i = 0; i < monitor->variables.rows.count; i++)
        offer(candidates, "$", monitor->variables.rows.at[i].name);
}

static void offer_words(struct candidates *candidates, const struct monitor *monitor, enum completes kind)
{
    switch (kind) {
    case COMPLETES_PLACE:
        for (unsigned i = 0; break_word(i); i++)
            offer(candidates, "", break_word(i));
        offer_addresses(candidates, monitor);
        break;
    case COMPLETES_ADDRESS:
        offer_addresses(candidates, monitor);
        break;
    case COMPLETES_COMMAND:
        offer_commands(candidates, commands);
        break;
    case COMPLETES_INFO:
        offer_commands(candidates, info_topics);
        offer_registers(candidates, "");
        break;
    case COMPLETES_OPTION:
        for (unsigned i = 0; options_name(i); i++)
            offer(candidates, "--", options_name(i));
        break;
    case COMPLETES_SETTING:
        for (size_t i = 0; i < setting_count; i++)
            offer(candidates, "", setting_rows[i].name);
        break;
    case COMPLETES_ROLE:
        offer(candidates, "", "primary");
        offer(candidates, "", "backup");
        break;
    case COMPLETES_ASSUMPTION:
        for (unsigned i = 0; i < ASSUMPTION_COUNT; i++)
            offer(candidates, "", assumption_name((enum assumption)i));
        break;
    case COMPLETES_NOTHING:
    case COMPLETES_FILE:
        break;
    }
}

/* Readline wants the words with their common beginning before them and NULL behind them. */
static char **finish(struct candidates *candidates)
{
    size_t count = candidates->found.count;
    if (!count)
        return NULL;
    char **list = candidates->found.at;
    size_t common = strlen(list[1]);
    for (size_t i = 2; i < count; i++)
        for (size_t k = 0; k < common; k++)
            if (list[1][k] != list[i][k])
                common = k;
    list[0] = strndup(list[1], common);
    memory_need(list[0]);
    if (count == 2) { /* one candidate: itself, and no list */
        free(list[1]);
        list[1] = NULL;
        return list;
    }
    *VEC_PUSH(&candidates->found) = NULL;
    return candidates->found.at;
}

static char **complete(const char *text, int start, int end)
{
    const struct line_editor *editor = editor_here();
    struct candidates candidates = {.text = text, .length = strlen(text)};
    const char *first = rl_line_buffer + strspn(rl_line_buffer, " \t");
    rl_attempted_completion_over = 1;
    if (first - rl_line_buffer >= start) {
        offer_commands(&candidates, commands);
        return finish(&candidates);
    }
    const struct command *row = command_find(commands, "", first, strcspn(first, "/ \t"), NULL);
    if (!row)
        return NULL;
    /* An option's value may be a file, as a load's word is. */
    if (row->completes == COMPLETES_FILE || (row->completes == COMPLETES_OPTION && *text != '-'))
        return rl_completion_matches(text, rl_filename_completion_function);
    offer_words(&candidates, editor->monitor, row->completes);
    return finish(&candidates);
}

void line_begin(struct line_editor *editor, struct monitor *monitor)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    *editor = (struct line_editor){.breaks = " \t\n\"'+=,", .monitor = monitor};
    int length = -1;
    if (state && *state)
        length = asprintf(&editor->typed_path, "%s/understudy_history", state);
    else if (home && *home)
        length = asprintf(&editor->typed_path, "%s/.understudy_history", home);
    if (length < 0)
        editor->typed_path = NULL;
    rl_readline_name = "understudy";
    rl_catch_signals = 0;
    rl_getc_function = read_key;
    rl_completer_word_break_characters = editor->breaks;
    rl_special_prefixes = "$";
    rl_attempted_completion_function = complete;
    rl_bind_key(KEY_INTERRUPT, give_up);
    using_history();
    stifle_history(TYPED_LINES);
    if (editor->typed_path)
        read_history(editor->typed_path);
}

char *line_read(struct line_editor *editor, const char *prompt)
{
    char *line = readline(prompt);
    if (!line)
        return NULL;
    const HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;
    if (line[strspn(line, " \t")] && !(last && strcmp(last->line, line) == 0))
        add_history(line);
    return line;
}

void line_end(struct line_editor *editor)
{
    if (editor->typed_path)
        write_history(editor->typed_path);
    free(editor->typed_path);
    editor->typed_path = NULL;
    rl_completer_word_break_characters = NULL;
}
