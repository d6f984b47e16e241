/* keys.c - see keys.h. */
#include "monitor/session/keys.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "monitor/session/drive.h"
#include "monitor/session/monitor.h"

enum { ESCAPE = 0x01 /* Ctrl-A */ };

bool keys_are_raw(const struct options *options)
{
    return options->keys == KEYS_RAW || (options->keys == KEYS_BY_GUEST && options->kernel);
}

static void tell(const struct monitor *monitor)
{
    fprintf(monitor->out, "understudy: every key is the guest's; Ctrl-A, then: x end, c to the monitor ('continue' "
                          "leads back), k kill the primary, a Ctrl-A itself, ? this\n");
    fflush(monitor->out);
}

void keys_begin(struct monitor *monitor)
{
    struct keys *keys = &monitor->keys;
    if (!keys->attended || keys->ended || !keys_are_raw(&monitor->options) || tcgetattr(STDIN_FILENO, &keys->before))
        return;
    struct termios raw = keys->before;
    /* What is shown still goes line by line: the operator's lines and ours are among it. */
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
        return;
    keys->raw = true;
    keys->escaped = keys->stopped = false;
    system_pace(monitor->system, true);
    if (!keys->told)
        tell(monitor);
    keys->told = true;
}

void keys_end(struct monitor *monitor)
{
    struct keys *keys = &monitor->keys;
    if (!keys->raw)
        return;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &keys->before);
    keys->raw = false;
    system_pace(monitor->system, false);
}

static enum travel_look kill_primary(struct monitor *monitor)
{
    struct error error = {""};
    drive_begin_line(monitor);
    bool did = monitor_execute(monitor, "crash primary", &error);
    if (!did)
        fprintf(monitor->out, "%s\n", error.text);
    fflush(monitor->out);
    return did ? TRAVEL_DID : TRAVEL_GO_ON;
}

/* KEY came after the escape. */
static enum travel_look lead_out(struct monitor *monitor, char key)
{
    static const char escape[] = {ESCAPE};
    switch (key) {
    case 'x':
        monitor->keys.left = monitor->quit = true;
        return TRAVEL_PAUSE;
    case 'c':
        monitor->keys.stopped = true;
        return TRAVEL_PAUSE;
    case 'k':
        return kill_primary(monitor);
    case 'a':
    case ESCAPE:
        system_type(monitor->system, escape, 1);
        return TRAVEL_DID;
    default:
        drive_begin_line(monitor);
        tell(monitor);
        return TRAVEL_GO_ON;
    }
}

static enum travel_look take(struct monitor *monitor, char typed)
{
    struct keys *keys = &monitor->keys;
    if (keys->escaped) {
        keys->escaped = false;
        return lead_out(monitor, typed);
    }
    keys->escaped = typed == ESCAPE;
    if (keys->escaped)
        return TRAVEL_GO_ON;
    system_type(monitor->system, &typed, 1);
    return TRAVEL_DID;
}

/* One key, if one was typed. */
static bool next_key(struct keys *keys, char *typed)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    if (keys->ended || poll(&ready, 1, 0) <= 0)
        return false;
    ssize_t got = read(STDIN_FILENO, typed, 1);
    keys->ended = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    return got > 0;
}

enum travel_look keys_look(struct monitor *monitor)
{
    enum travel_look result = TRAVEL_GO_ON;
    char typed;
    /* What comes behind a key that stops the run is for the prompt. */
    while (result != TRAVEL_PAUSE && monitor->keys.raw && next_key(&monitor->keys, &typed)) {
        enum travel_look one = take(monitor, typed);
        result = one > result ? one : result;
    }
    return result;
}
