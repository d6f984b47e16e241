/* session_main.c - `understudy [-x COMMAND]... [SCRIPT.us]`: where the monitor's commands come from.
 *
 * Commands of -x, of a script and of a stdin that is no terminal stop at the first failure, with the place in front of
 * the message and exit status 1. A person at a prompt gets the message and the next prompt.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/command/command.h"
#include "io/stream.h"
#include "mmu/base/memory.h"
#include "monitor/program/line.h"
#include "monitor/session/monitor.h"
#include "monitor/script/script.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/text.h"
#include "monitor/base/ctrl_c.h"

enum { FAILED = 1 };

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

/* All lines of TEXT, one after the other; *NUMBER counts them. */
static bool feed(struct monitor *monitor, struct script *script, unsigned *number, const char *text,
                 struct error *error)
{
    bool good = true;
    char *line;
    while (good && !monitor->quit && (line = script_line(&text))) {
        good = feed_line(monitor, script, ++*number, line, error);
        free(line);
    }
    return good;
}

/* Lines as they come: each runs before the next one is read, unless an end is missing. */
static bool run_stream(struct monitor *monitor, FILE *stream, const char *place, struct error *error)
{
    struct script script;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    unsigned number = 0;
    script_init(&script, place);
    while (good && !monitor->quit) {
        errno = 0;
        length = getline(&line, &room, stream);
        if (length < 0) {
            good = ferror(stream) ? error_set(error, "%s:%u: cannot be read: %s", place, number + 1, strerror(errno))
                                  : script_complete(&script, error);
            break;
        }
        if (memchr(line, 0, (size_t)length))
            good = error_set(error, "%s:%u: a NUL byte: a script is text", place, number + 1);
        else
            good = feed(monitor, &script, &number, line, error);
    }
    free(line);
    script_free(&script);
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
    monitor->quit = false;
    return false;
}

static void run_prompt(struct monitor *monitor)
{
    struct line_editor editor;
    struct script script;
    char *repeat = NULL;
    line_begin(&editor, monitor);
    script_init(&script, NULL);
    ctrl_c_block(true);
    while (!ctrl_c_ended() && !(monitor->quit && may_quit(monitor))) {
        char prompt[64] = "> ";
        struct error reason = {""};
        if (!script_depth(&script))
            monitor_prompt(monitor, prompt, sizeof prompt);
        char *line = line_read(&editor, prompt);
        if (!line || ctrl_c_ended()) {
            free(line);
            fprintf(monitor->out, "\n");
            break;
        }
        bool empty = line[strspn(line, " \t")] == '\0';
        bool again = empty && repeat && !script_depth(&script);
        unsigned number = 0; /* nobody is told it */
        bool good = feed(monitor, &script, &number, again ? repeat : line, &reason);
        if (!good) {
            fprintf(monitor->out, "%s\n", reason.text);
            script_clear(&script);
        }
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
}

/* What was asked for on the command line. */
struct session {
    VEC(const char *) lines; /* of -x */
    const char *script;
};

static bool parse(struct session *session, unsigned count, char *const *words, struct error *error)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(words[i], "-x") == 0) {
            if (++i == count)
                return error_set(error, "-x needs a command: -x 'load hello.elf'");
            *VEC_PUSH(&session->lines) = words[i];
        } else if (words[i][0] == '-' && words[i][1]) {
            return error_set(error, "unknown option '%s': 'understudy --help' lists what there is", words[i]);
        } else if (session->script) {
            return error_set(error, "'%s' is a second script after '%s': one is wanted", words[i], session->script);
        } else {
            session->script = words[i];
        }
    }
    return true;
}

static bool run_lines(struct monitor *monitor, const struct session *session, struct error *error)
{
    struct script script;
    bool good = true;
    script_init(&script, "-x");
    for (size_t i = 0; good && i < session->lines.count && !monitor->quit; i++) {
        unsigned number = (unsigned)i;
        good = feed(monitor, &script, &number, session->lines.at[i], error);
    }
    good = good && script_complete(&script, error);
    script_free(&script);
    return good;
}

static bool run_stdin(struct monitor *monitor, struct error *error)
{
    FILE *lines = stream_reader(dup(STDIN_FILENO));
    bool good = run_stream(monitor, lines, "stdin", error);
    fclose(lines);
    return good;
}

static bool run_all(struct monitor *monitor, const struct session *session, struct script *script, struct error *error)
{
    if (!run_lines(monitor, session, error))
        return false;
    if (monitor->quit)
        return true;
    if (session->script)
        return script_run(script, monitor, error);
    if (isatty(STDIN_FILENO))
        run_prompt(monitor);
    else if (!session->lines.count)
        return run_stdin(monitor, error);
    return !ctrl_c_ended() || error_set(error, "ended by a signal");
}

int session_main(unsigned count, char *const *words, struct error *error)
{
    struct session session = {0};
    struct script script;
    bool good = parse(&session, count, words, error);
    script_init(&script, session.script);
    /* A wrong structure is refused before anything runs. */
    if (good && session.script)
        good = script_read(&script, session.script, error);
    int status = EXIT_REFUSED;
    if (good) {
        struct monitor monitor;
        ctrl_c_block(false);
        monitor_init(&monitor, &command_table, stdout);
        /* The end of a script, of -x and of input is a quit; a failure leaves the image file as it was. */
        good = claims_read(&monitor.claims, session.script, "the script", error) &&
               run_all(&monitor, &session, &script, error) && monitor_commit(&monitor, error);
        if (!good)
            monitor_note_thrown_away(&monitor, monitor.out);
        monitor_free(&monitor);
        status = good ? 0 : ctrl_c_ended() ? EXIT_STOPPED : FAILED;
    }
    script_free(&script);
    VEC_FREE(&session.lines);
    return status;
}
