/* session_main.c - `understudy [-x COMMAND]... [SCRIPT.us]`: where the monitor's commands come from.
 *
 * Commands of -x, of a script and of a stdin that is no terminal stop at the first failure, with the place in front of
 * the message and exit status 1. A person at a prompt gets the message and the next prompt.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/command/command.h"
#include "io/stream.h"
#include "mmu/base/memory.h"
#include "monitor/program/flags.h"
#include "monitor/program/prompt.h"
#include "monitor/session/monitor.h"
#include "monitor/script/script.h"
#include "monitor/program/subcommand.h"
#include "monitor/base/text.h"
#include "monitor/base/ctrl_c.h"

enum { FAILED = 1 };

/* Lines as they come: each runs before the next one is read, unless an end is missing. */
static bool run_stream(struct monitor *monitor, FILE *stream, const char *place, struct error *error)
{
    struct script script;
    struct script_source source = {.file = stream};
    struct error reason;
    const char *line = "";
    bool good = true;
    unsigned number = 0;
    script_init(&script, place);
    while (good && !monitor->quit && line) {
        if (!script_source_next(&source, &line, &reason))
            good = error_set(error, "%s:%u: %s", place, number + 1, reason.text);
        else
            good = line ? feed_lines(monitor, &script, &number, line, error) : script_complete(&script, error);
    }
    script_source_free(&source);
    script_free(&script);
    return good;
}

/* The next line of the stream ARG. */
static char *ask_stream(void *arg, const char *prompt)
{
    char *line = NULL;
    size_t room = 0;
    if (getline(&line, &room, arg) >= 0)
        return line;
    free(line);
    return NULL;
}

/* ---- the command line ---- */

/* What was asked for. */
struct session {
    VEC(const char *) lines; /* of -x */
    const char *script, *folder;
    struct monitor *monitor; /* -D and --timeout are for it */
    bool goes_on;            /* -i: after the script, whatever came of it, with what is typed */
};

static bool take_line(void *to, const char *name, const char *value, struct error *error)
{
    *VEC_PUSH(&((struct session *)to)->lines) = value;
    return true;
}

static bool take_goes_on(void *to, const char *name, const char *value, struct error *error)
{
    ((struct session *)to)->goes_on = true;
    return true;
}

static bool take_definition(void *to, const char *name, const char *value, struct error *error)
{
    const char *equals = strchr(value, '=');
    if (!equals || !equals[1])
        return error_set(error, "%s cannot be '%s': NAME=VALUE is wanted", name, value);
    char *variable = strndup(value, (size_t)(equals - value));
    memory_need(variable);
    bool good = variable_define(((struct session *)to)->monitor, variable, equals + 1, error);
    free(variable);
    return good;
}

static bool take_folder(void *to, const char *name, const char *value, struct error *error)
{
    ((struct session *)to)->folder = value;
    return true;
}

static bool take_timeout(void *to, const char *name, const char *value, struct error *error)
{
    uint64_t *insns = &((struct session *)to)->monitor->limit_insns;
    return (text_number(value, insns) && *insns) ||
           error_set(error, "%s cannot be '%s': a number of instructions from 1 is wanted", name, value);
}

static bool take_lines(void *to, const char *name, const char *value, struct error *error)
{
    uint64_t *lines = &((struct session *)to)->monitor->script_steps_max;
    return (text_number(value, lines) && *lines) ||
           error_set(error, "%s cannot be '%s': a number of lines from 1 is wanted", name, value);
}

static bool take_script(void *to, const char *word, struct error *error)
{
    struct session *session = to;
    if (session->script)
        return error_set(error, "'%s' is a second script after '%s': one is wanted", word, session->script);
    session->script = word;
    return true;
}

const struct flag session_flags[] = {
    {"-x", "COMMAND", "run COMMAND, before the script; again for another one", take_line, "a command"},
    {"-i", NULL, "after the script, also where it failed, go on with a prompt", take_goes_on, NULL},
    {"-D", "NAME=VALUE", "$NAME is VALUE; again for another one", take_definition, NULL},
    {"-C", "FOLDER", "run there", take_folder, NULL},
    {"--timeout", "INSTRUCTIONS", "of a run that has none of its own; then the script has failed", take_timeout, NULL},
    {"--lines", "N", "that a script may run, all its rounds counted; then it has failed", take_lines, NULL},
    {0},
};

static bool run_lines(struct monitor *monitor, const struct session *session, struct error *error)
{
    struct script script;
    bool good = true;
    script_init(&script, "-x");
    for (size_t i = 0; good && i < session->lines.count && !monitor->quit; i++) {
        unsigned number = (unsigned)i;
        good = feed_lines(monitor, &script, &number, session->lines.at[i], error);
    }
    good = good && script_complete(&script, error);
    script_free(&script);
    return good;
}

static bool run_stdin(struct monitor *monitor, struct error *error)
{
    FILE *lines = monitor->asker.arg;
    return run_stream(monitor, lines, "stdin", error);
}

/* What is typed, or comes in. */
static bool run_input(struct monitor *monitor, struct error *error)
{
    if (!isatty(STDIN_FILENO))
        return run_stdin(monitor, error);
    prompt_run(monitor);
    return !ctrl_c_ended() || error_set(error, "ended by a signal");
}

static bool run_all(struct monitor *monitor, const struct session *session, struct script *script, struct error *error)
{
    bool good = run_lines(monitor, session, error);
    if (good && !monitor->quit && session->script)
        good = script_run(script, monitor, error);
    if (good && monitor->quiz.asked)
        fprintf(monitor->out, "%u of %u answers are right\n", monitor->quiz.right, monitor->quiz.asked);
    if (session->goes_on ? ctrl_c_ended() : !good || monitor->quit || session->script)
        return good;
    if (!good)
        fprintf(monitor->out, "%s\n", error->text);
    monitor->quit = monitor->interrupted = monitor->limited = false;
    monitor->script_steps_max = 0; /* it was the script's */
    if (!session->goes_on && session->lines.count && !isatty(STDIN_FILENO))
        return true;
    error->text[0] = '\0';
    return run_input(monitor, error);
}

/* Read the script, from where we are, and go where -C says. */
static bool prepare(const struct session *session, struct script *script, struct error *error)
{
    /* A wrong structure is refused before anything runs. */
    if (session->script && !script_read(script, session->script, error))
        return false;
    return !session->folder || chdir(session->folder) == 0 ||
           error_set(error, "-C cannot be '%s': %s", session->folder, strerror(errno));
}

static int run_session(struct session *session, struct error *error)
{
    struct monitor *monitor = session->monitor;
    struct script script;
    char whole[PATH_MAX];
    script_init(&script, session->script);
    if (session->script && session->folder && realpath(session->script, whole))
        script.folder_of = whole;
    int status = EXIT_REFUSED;
    struct prompt_person person = {.monitor = monitor};
    FILE *lines = isatty(STDIN_FILENO) ? NULL : stream_reader(dup(STDIN_FILENO));
    monitor->asker =
        lines ? (struct monitor_asker){lines, ask_stream, false} : (struct monitor_asker){&person, prompt_ask, true};
    if (prepare(session, &script, error)) {
        ctrl_c_block(false);
        /* The end of a script, of -x and of input is a quit; a failure leaves the image file as it was. */
        bool good = claims_read(&monitor->claims, session->script ? script.folder_of : NULL, "the script", error) &&
                    run_all(monitor, session, &script, error) && monitor_commit(monitor, error);
        if (!good)
            monitor_note_thrown_away(monitor, monitor->out);
        status = monitor->keys.left || (!good && ctrl_c_ended()) ? EXIT_STOPPED : good ? 0 : FAILED;
    }
    script_free(&script);
    if (lines)
        fclose(lines);
    return status;
}

static int print_help(void)
{
    printf("understudy [OPTIONS] [SCRIPT.us]\n\n"
           "The monitor: the commands of -x and of SCRIPT.us, or else those that are typed. Exit status 0, or\n"
           "1: a line failed; 2: nothing was run, because the command line or the script's structure is wrong.\n\n"
           "Options (default):\n");
    flags_help(stdout, session_flags);
    return 0;
}

int session_main(unsigned count, char *const *words, struct error *error)
{
    struct monitor monitor;
    struct session session = {.monitor = &monitor};
    int status = EXIT_REFUSED;
    bool help = false;
    monitor_init(&monitor, &command_table, stdout);
    if (flags_parse(session_flags, "", count, words, &session, take_script, &help, error))
        status = help ? print_help() : run_session(&session, error);
    monitor_free(&monitor);
    VEC_FREE(&session.lines);
    return status;
}
