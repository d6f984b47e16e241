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
#include "monitor/program/complete.h"

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

/* A watcher has a turn, 60 times a second; what it prints stands above the line that is being typed. A question may be
 * answered there: then that is the line. */
static void let_watch(struct monitor *monitor)
{
    char prompt[64];
    bool did = monitor->watcher.idle(monitor->watcher.arg);
    if (monitor->quiz.question && monitor->quiz.given) {
        rl_replace_line(monitor->quiz.typed, 0);
        rl_point = rl_end;
        rl_redisplay();
        return;
    }
    if (!did)
        return;
    monitor_prompt(monitor, prompt, sizeof prompt);
    rl_set_prompt(monitor->quiz.question ? QUIZ_PROMPT : prompt);
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
        if (monitor->quiz.question && monitor->quiz.given)
            break;
    }
    if (ctrl_c_ended()) {
        key = EOF;
    } else if (wait[1].revents & POLLIN) {
        struct signalfd_siginfo info;
        key = read(signals, &info, sizeof info) == sizeof info ? KEY_INTERRUPT : EOF;
    } else if (!(wait[0].revents & POLLIN) && monitor->quiz.given) {
        key = '\n';
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

/* Names of files that go on as TEXT does, as well. */
static void offer_files(struct offers *offers, const char *text)
{
    char *name;
    for (int state = 0; (name = rl_filename_completion_function(text, state)); state = 1)
        *VEC_PUSH(&offers->words) = name;
}

/* Readline wants the words with their common beginning before them and NULL behind them. */
static char **finish(const struct offers *offers)
{
    size_t count = offers->words.count, common = count ? strlen(offers->words.at[0]) : 0;
    if (!count)
        return NULL;
    char **list = calloc(count + 2, sizeof *list);
    memory_need(list);
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < common; k++)
            if (offers->words.at[0][k] != offers->words.at[i][k])
                common = k;
    list[0] = strndup(offers->words.at[0], common);
    memory_need(list[0]);
    for (size_t i = 0; count > 1 && i < count; i++) {
        list[i + 1] = strdup(offers->words.at[i]);
        memory_need(list[i + 1]);
    }
    /* Where something must follow, no blank comes. */
    if (count == 1 && common && strchr("=@", list[0][common - 1]))
        rl_completion_suppress_append = 1;
    return list;
}

static char **complete(const char *text, int start, int end)
{
    struct offers offers;
    rl_attempted_completion_over = 1;
    offers_find(&offers, editor_here()->monitor, rl_line_buffer, (size_t)start, text);
    char **list;
    if (offers.files && !offers.words.count) {
        list = rl_completion_matches(text, rl_filename_completion_function);
    } else {
        if (offers.files)
            offer_files(&offers, text);
        list = finish(&offers);
    }
    offers_free(&offers);
    return list;
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
    rl_outstream = monitor->out;
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
