/* prompt.c - see prompt.h. */
#include "monitor/program/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/ctrl_c.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/session/drive.h"
#include "monitor/program/line.h"
#include "mmu/base/memory.h"

/* Add LINE to SCRIPT, and run it when no end is missing. */
static bool feed_line(struct monitor *monitor, struct script *script, unsigned number, const char *line,
                      struct error *error)
{
    if (!script_add(script, line, number, error))
        return false;
    if (script_depth(script))
        return true;
    bool good = script_run(script, monitor, error);
    script_clear(script);
    return good;
}

bool feed_lines(struct monitor *monitor, struct script *script, unsigned *number, const char *text, struct error *error)
{
    bool good = true;
    char *line;
    while (good && !monitor->quit && (line = script_line(&text))) {
        good = feed_line(monitor, script, ++*number, line, error);
        free(line);
    }
    return good;
}

/* What an empty line after LINE runs, or NULL: `step 5` again as it is, but `x/4xw main` goes on behind what it showed.
 */
static char *repetition(const char *line)
{
    struct words words;
    char *again = NULL;
    if (!words_split(&words, line, NULL))
        return NULL;
    const struct command *row =
        words.count ? command_find(commands, "", words.at[0], strcspn(words.at[0], "/"), NULL) : NULL;
    if (row && row->repeats) {
        again = strdup(row->completes == COMPLETES_ADDRESS ? words.at[0] : line);
        memory_need(again);
    }
    words_free(&words);
    return again;
}

/* May the session end now? Not if a person would lose what cannot be written at this moment. */
static bool may_quit(struct monitor *monitor)
{
    struct error reason = {""};
    if (monitor_commit(monitor, &reason))
        return true;
    fprintf(monitor->out, "%s\n", reason.text);
    monitor->quit = monitor->keys.left = false;
    return false;
}

char *prompt_ask(void *arg, const char *prompt)
{
    struct prompt_person *person = arg;
    struct line_editor own;
    if (person->editor)
        return line_read(person->editor, prompt);
    line_begin(&own, person->monitor);
    char *line = line_read(&own, prompt);
    line_end(&own);
    return line;
}

void prompt_run(struct monitor *monitor)
{
    struct line_editor editor;
    struct prompt_person person = {monitor, &editor};
    struct monitor_asker before = monitor->asker;
    struct script script;
    char *repeat = NULL;
    line_begin(&editor, monitor);
    monitor->asker = (struct monitor_asker){&person, prompt_ask, true};
    script_init(&script, NULL);
    ctrl_c_block(true);
    if (!monitor->system)
        fprintf(monitor->out, "Understudy, a fault-tolerant PA-RISC computer. 'help' lists the commands.\n");
    monitor->keys.attended = true;
    monitor->interrupted = false;
    while (!ctrl_c_ended() && !(monitor->adopted && monitor->ended) && !(monitor->quit && may_quit(monitor))) {
        char prompt[64] = "> ";
        struct error reason = {""};
        if (!script_depth(&script)) {
            drive_begin_line(monitor);
            monitor_prompt(monitor, prompt, sizeof prompt);
        }
        char *line = line_read(&editor, prompt);
        if (!line || ctrl_c_ended()) {
            free(line);
            fprintf(monitor->out, "\n");
            break;
        }
        bool empty = line[strspn(line, " \t")] == '\0';
        bool again = empty && repeat && !script_depth(&script);
        unsigned number = 0; /* nobody is told it */
        bool good = feed_lines(monitor, &script, &number, again ? repeat : line, &reason);
        bool said = monitor->interrupted && strcmp(reason.text, "interrupted") == 0; /* where it stopped, too */
        if (!good && !said)
            fprintf(monitor->out, "%s\n", reason.text);
        if (!good)
            script_clear(&script);
        if (!empty) {
            free(repeat);
            repeat = good ? repetition(line) : NULL;
        }
        monitor->interrupted = false;
        ctrl_c_forget();
        free(line);
    }
    free(repeat);
    script_free(&script);
    line_end(&editor);
    monitor->asker = before;
}
