/* node_person.c - see node_person.h.
 *
 * The names, their abbreviations and their help are those of the one table of commands. Six of them act on a node in
 * their own way, because there is no virtual time and no other computer in this process; those that look are the
 * table's own functions. Whatever else the table has belongs to the replay of a recording, and says so.
 */
#include "monitor/program/node_person.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/window/remote.h"

enum { DELAY_MAX_S = 60 };

/* ---- what acts ---- */

/* Do it with the words behind the command. False with one line in ERROR. */
typedef bool node_act(struct node *node, const struct words *words, FILE *out, struct error *error);

static bool act_info(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    node_info(node, out);
    return true;
}

static bool act_crash(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    const char *here = node_role(node), *who = words->count > 1 ? words->at[1] : NULL;
    if (who && strcmp(who, here + strcspn(here, " ") + 1) != 0)
        return error_set(error, "'%.40s' is not this node, which is %s: 'crash' is wanted, there", who, here);
    node_crash(node);
    return true;
}

static bool cable(const struct words *words, enum node_cable *cable, struct error *error)
{
    const char *name = words->count > 1 ? words->at[1] : "peer";
    *cable = strcmp(name, "world") == 0 ? CABLE_WORLD : CABLE_PEER;
    return *cable == CABLE_WORLD || strcmp(name, "peer") == 0 ||
           error_set(error, "there is no cable '%.40s': peer or world is wanted", name);
}

static bool act_cut(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    enum node_cable which;
    bool good = cable(words, &which, error);
    if (good)
        node_cut(node, which, true);
    return good;
}

static bool act_heal(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    enum node_cable which;
    bool good = cable(words, &which, error);
    if (good)
        node_cut(node, which, false);
    return good;
}

static bool act_delay(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    static const struct {
        const char *name;
        uint64_t ps;
    } units[] = {{"", PS_PER_S / 1000}, {"ms", PS_PER_S / 1000}, {"us", PS_PER_US}, {"s", PS_PER_S}};
    enum { UNITS = sizeof units / sizeof units[0] };
    const char *text = words->count > 1 ? words->at[1] : "";
    char *end;
    unsigned long value = strtoul(text, &end, 10), i = 0;
    while (i < UNITS && strcmp(units[i].name, end) != 0)
        i++;
    if (*text < '0' || *text > '9' || i == UNITS || value > DELAY_MAX_S * PS_PER_S / units[i].ps)
        return error_set(error,
                         "a delay cannot be '%.40s': milliseconds, or a number with us, ms or s behind it, up to %d s "
                         "are wanted",
                         text, DELAY_MAX_S);
    node_delay(node, value * units[i].ps);
    return true;
}

static bool act_do(struct node *node, char *const *words, struct error *error)
{
    struct doing doing;
    if (!doing_take(words, &doing, error))
        return false;
    if (doing.is_key)
        node_key(node, doing.code, doing.down);
    else
        node_pointer(node, doing.x, doing.y, doing.buttons);
    return true;
}

/* send "TEXT": exactly that, as the monitor's; send TEXT, without quotes: and a newline; send key, send pointer: as
 * there. */
static bool act_send(struct node *node, const struct words *words, FILE *out, struct error *error)
{
    bool exact = words->count == 2 && *words->rest == '"';
    char *text = NULL;
    size_t size;
    if (doing_is(words->count - 1, words->at + 1))
        return act_do(node, words->at + 1, error);
    if (asprintf(&text, "%s%s", exact ? words->at[1] : words->rest, exact ? "" : "\\n") < 0)
        return error_set(error, "the host has no memory for what is typed");
    bool good = text_unescape(text, &size, error);
    if (good && size)
        node_type(node, text, size);
    free(text);
    return good;
}

static const struct {
    command_run *run; /* of the table's row */
    const char *arguments, *help;
    node_act *act;
} acts[] = {
    {command_info, "", "what this node is: role, epoch, generation, what it hears of the world and of the other node",
     act_info},
    {command_crash, "[primary|backup]", "it fails, as by kill -9, if it is that", act_crash},
    {command_cut, "[peer|world]", "from now on nothing goes or comes by that cable (peer)", act_cut},
    {command_heal, "[peer|world]", "it does again", act_heal},
    {command_delay, "TIME", "what is sent to the other node waits so long: 20 or 20ms, 500us, 1s", act_delay},
    {command_send, "TEXT | key KEY down|up | pointer X Y BUTTONS",
     "type TEXT and a newline at the terminal; in quotes exactly TEXT, with escapes as in C; what is done at keyboard "
     "and pointer of the display",
     act_send},
};
enum { ACTS = sizeof acts / sizeof acts[0] };

/* ---- which command it is ---- */

/* `info`, and what its topic channel is for a node. */
static bool is_info_of_node(const struct words *words)
{
    const struct command *topic =
        words->count == 2 ? command_find(info_topics, "topic of info", words->at[1], strlen(words->at[1]), NULL) : NULL;
    return words->count == 1 || (topic && topic->run == info_channel);
}

static bool is_window_asked(const struct words *words)
{
    return words->count == 2 && strcmp(words->at[1], "describe") == 0;
}

/* The row that WORDS ask for and that is there for a node; NULL with one line in ERROR. *ACT: what it does here; NULL:
 * it looks. */
static const struct command *find(const struct words *words, node_act **act, struct error *error)
{
    *act = NULL;
    const struct command *row = command_find(commands, "command", words->at[0], strcspn(words->at[0], "/"), error);
    for (unsigned i = 0; row && i < ACTS; i++)
        if (row->run == acts[i].run && (row->run != command_info || is_info_of_node(words)))
            *act = acts[i].act;
    if (!row || *act)
        return row;
    if (!row->live) {
        error_set(error,
                  "%s: a live run cannot be stopped, stepped or changed so: record it (--record) and 'replay' "
                  "the recording in the monitor",
                  row->name);
        return NULL;
    }
    return row;
}

bool node_person_act(void *arg, struct node *node, const char *line, FILE *out)
{
    struct words words;
    struct error error = {""};
    node_act *act = NULL;
    bool done = true;
    if (window_remote_asks(line))
        return false;
    if (words_split(&words, line, &error)) {
        const struct command *row = words.count ? find(&words, &act, &error) : NULL;
        bool window = row && row->run == command_window && !is_window_asked(&words);
        done = !row || act || (window && !node_window(node, &error));
        if (act)
            act(node, &words, out, &error);
        words_free(&words);
    }
    if (error.text[0])
        fprintf(out, "%s\n", error.text);
    return done;
}

/* ---- what looks ---- */

static void print_help(struct monitor *monitor)
{
    for (unsigned i = 0; i < ACTS; i++)
        for (const struct command *row = commands; row->name; row++)
            if (row->run == acts[i].run) {
                struct command here = *row;
                here.arguments = acts[i].arguments;
                here.help = acts[i].help;
                help_row(monitor, &here);
            }
    for (const struct command *row = commands; row->name; row++)
        if (row->live)
            help_row(monitor, row);
    fprintf(monitor->out, "A live run cannot be stopped and stepped: its recording can.\n");
}

/* A topic of info that is not live. */
static bool is_topic_elsewhere(const struct words *words, struct error *error)
{
    const struct command *topic = command_find(info_topics, "topic of info", words->at[1], strlen(words->at[1]), error);
    return topic && !topic->live && !error_set(error, "info %s: there is none of a live node", topic->name);
}

/* Tell the window's process LINE by ASKS; its answer, to the empty line that ends it, goes to OUT. One that does not
 * answer (its screen does not, or it is stopped) is given up: it ends when it looks at ASKS again. */
static void tell_window(int asks, const char *line, FILE *out, struct error *error)
{
    enum { PATIENCE_MS = 5000 };
    struct pollfd at = {.fd = asks, .events = POLLIN};
    char answer[4096];
    ssize_t got = 1;
    bool over = dprintf(asks, "%s\n", line) < 0, empty = true; /* the line that has begun is */
    if (over)
        error_set(error, "the window's process has ended: 'window' makes another");
    while (!over && got > 0) {
        if (poll(&at, 1, PATIENCE_MS) <= 0) {
            shutdown(asks, SHUT_RDWR);
            error_set(error, "the window does not answer: it is given up");
            return;
        }
        got = read(asks, answer, sizeof answer);
        for (ssize_t i = 0; i < got && !over; i++) {
            over = empty && answer[i] == '\n';
            empty = answer[i] == '\n';
            if (!over)
                putc(answer[i], out);
        }
    }
    if (got <= 0)
        error_set(error, "the window's process has ended: 'window' makes another");
}

/* Is ROW for the window's process, which is there? */
static bool is_for_window(const struct node *node, const struct command *row)
{
    return node_window_asks(node) >= 0 && (row->run == command_window || row->run == command_screenshot);
}

static void look(struct node *node, struct monitor *monitor, const char *line, const struct words *words,
                 struct error *error)
{
    node_act *act;
    const struct command *row = find(words, &act, error);
    if (row && is_for_window(node, row))
        tell_window(node_window_asks(node), line, monitor->out, error);
    else if (row && row->run == command_help && words->count == 1)
        print_help(monitor);
    else if (row && !monitor->system && row->run != command_help && row->run != command_apropos)
        error_set(error, "this node is a spare: there is no computer to look at yet");
    else if (row && row->run == command_info && is_topic_elsewhere(words, error))
        return;
    else if (row)
        monitor_execute(monitor, line, error);
}

void node_person_look(void *arg, struct node *node, const char *line, FILE *out)
{
    struct monitor monitor;
    struct words words;
    struct error error = {""};
    const struct system_config *config;
    const char *name;
    size_t size;
    const uint8_t *image = node_image(node, &name, &size);
    struct system *system = node_system(node, &config);
    monitor_init(&monitor, &command_table, out);
    if (system)
        monitor_look_at(&monitor, node_number(node), system, config, name, image, size);
    if (window_remote_asks(line)) {
        window_remote_answer(&monitor, line, out);
    } else if (words_split(&words, line, &error)) {
        look(node, &monitor, line, &words, &error);
        words_free(&words);
    }
    if (error.text[0])
        fprintf(out, "%s\n", error.text);
}

/* ---- its window ---- */

bool node_person_open_window(void *arg, struct node *node, struct error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    bool good = node_window(node, error);
    if (good)
        tell_window(node_window_asks(node), WINDOW_REMOTE_OPEN, out, error);
    fclose(out);
    if (size && !error->text[0])
        error_set(error, "%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return good && !error->text[0];
}

void node_person_window(void *arg, int lines, int asks)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* what ends a program ends this one */
    window_remote(&command_table, lines, asks, stderr);
}
