/* remote.c - see remote.h.
 *
 * Answers come in the order of the lines. That to the window's question is "scene", the number of bytes, and these (see
 * scene_bytes.h); or a sentence, as any other.
 */
#include "monitor/window/remote.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "mmu/base/memory.h"
#include "mmu/base/vec.h"
#include "monitor/window/private.h"
#include "monitor/window/scene_bytes.h"

enum {
    TURN_MS = 16,       /* how often it looks at what is done at the window */
    PATIENCE_MS = 2000, /* with a node that does not answer */
    PICTURE_MS = 50,    /* how often it asks for the scene: each time the node makes a copy of itself */
    LINE_MAX_BYTES = 512,
};
#define QUESTION "window scene "
#define ANSWER   "scene "

typedef VEC(char) bytes_vec;

/* What has come by a socket and has not been dealt with. */
struct inlet {
    int fd;
    bytes_vec bytes;
    bool ended;
};

struct remote {
    struct monitor monitor;
    struct window *window;
    const struct monitor_commands *table;
    struct inlet lines, asks;
    unsigned scenes, others; /* answers that are awaited: of the question for the scene, of which there is one, and of
                                lines said before it and behind it */
    unsigned before;         /* of the others, those said before the question */
    uint64_t asked_ms;
    bytes_vec scene; /* the last that has come */
    struct display display;
    bool fresh; /* and it has not been drawn */
    struct {
        uint32_t x, y, buttons;
        bool moved; /* and nobody was told */
    } pointer;
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- sockets ---- */

static void receive(struct inlet *inlet)
{
    char bytes[1 << 16];
    ssize_t got;
    while ((got = recv(inlet->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        for (ssize_t i = 0; i < got; i++)
            *VEC_PUSH(&inlet->bytes) = bytes[i];
    inlet->ended |= got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static void forget(struct inlet *inlet, size_t count)
{
    inlet->bytes.count -= count;
    if (inlet->bytes.count)
        memmove(inlet->bytes.at, inlet->bytes.at + count, inlet->bytes.count);
}

static void say(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return; /* nobody is there: the next receive says so */
        bytes += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
}

/* ---- answers of the node ---- */

/* How long the answer at the beginning of what has come is, with its empty line; 0: it is not whole. *SCENE is where
 * the bytes of a scene begin in it; 0: it is words. */
static size_t answer_size(const struct inlet *inlet, size_t *scene)
{
    size_t count = inlet->bytes.count, head = strlen(ANSWER);
    const char *text = inlet->bytes.at, *end = count ? memchr(text, '\n', count) : NULL;
    *scene = 0;
    if (!end)
        return 0;
    if (end == text)
        return 1;
    if ((size_t)(end - text) > head && memcmp(text, ANSWER, head) == 0) {
        *scene = (size_t)(end - text) + 1;
        size_t size = *scene + strtoull(text + head, NULL, 10) + 1;
        return size <= count ? size : 0;
    }
    end = memmem(text, count, "\n\n", 2);
    return end ? (size_t)(end - text) + 2 : 0;
}

static void take_answers(struct remote *remote)
{
    size_t size, scene;
    while ((size = answer_size(&remote->lines, &scene)) > 0) {
        bool asked = remote->scenes && !remote->before;
        if (scene) {
            remote->scene.count = 0;
            for (size_t i = scene; i + 1 < size; i++)
                *VEC_PUSH(&remote->scene) = remote->lines.bytes.at[i];
            remote->fresh = true;
        } else if (!asked && size > 1) {
            fprintf(remote->monitor.out, "%.*s", (int)size - 1, remote->lines.bytes.at);
            fflush(remote->monitor.out);
        }
        remote->scenes -= asked;
        remote->others -= !asked;
        remote->before -= remote->before > 0;
        forget(&remote->lines, size);
    }
}

static void say_line(struct remote *remote, const char *line)
{
    say(remote->lines.fd, line, strlen(line));
    say(remote->lines.fd, "\n", 1);
}

static void ask_for_scene(struct remote *remote)
{
    const struct view *view = &remote->window->view;
    char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line, QUESTION "%d %d %u %d %d %d", view->width, view->height, view->epochs, (int)view->panel,
             view->focus, view->guest_has_keys);
    remote->asked_ms = now_ms();
    remote->before = remote->others;
    remote->scenes = 1;
    say_line(remote, line);
}

/* Until the node has answered what it is asked for the scene, if it does in this time. */
static void await_scene(struct remote *remote)
{
    uint64_t begin = now_ms();
    struct pollfd at = {.fd = remote->lines.fd, .events = POLLIN};
    while (remote->scenes && !remote->lines.ended && now_ms() < begin + PATIENCE_MS) {
        poll(&at, 1, PATIENCE_MS);
        receive(&remote->lines);
        take_answers(remote);
    }
}

/* The scene that is shown from now on is one of after this moment, and of the view as it is. */
static void refresh(struct remote *remote)
{
    await_scene(remote);
    if (remote->scenes)
        return;
    ask_for_scene(remote);
    await_scene(remote);
}

bool window_remote_asks(const char *line)
{
    return strncmp(line, QUESTION, strlen(QUESTION)) == 0;
}

void window_remote_answer(struct monitor *monitor, const char *line, FILE *out)
{
    struct view view = {.runs = true, .remote = true};
    int panel, keys;
    if (sscanf(line + strlen(QUESTION), "%d %d %u %d %d %d", &view.width, &view.height, &view.epochs, &panel,
               &view.focus, &keys) != 6 ||
        view.width < VIEW_LEAST || view.height < VIEW_LEAST || view.width > VIEW_MOST || view.height > VIEW_MOST ||
        panel < 0 || panel >= VIEW_PANELS || !view.epochs || view.epochs > WINDOW_EPOCHS_MOST)
        return;
    view.panel = (enum view_panel)panel;
    view.guest_has_keys = keys;
    view.furthest_epoch = monitor->system ? computer_epoch(monitor->system, monitor->focus) : 0;
    struct scene scene;
    char *bytes = NULL;
    size_t size = 0;
    FILE *written = open_memstream(&bytes, &size);
    memory_need(written);
    picture_make(&scene, monitor, &view);
    scene_write(&scene, written);
    scene_free(&scene);
    fclose(written);
    fprintf(out, ANSWER "%zu\n", size);
    fwrite(bytes, size, 1, out);
    free(bytes);
}

/* ---- commands ---- */

/* window_source.picture: the last scene that has come. */
static void picture(void *arg, const struct view *view, struct scene *scene)
{
    struct remote *remote = arg;
    remote->fresh = false;
    if (scene_read(scene, &remote->display, remote->scene.at, remote->scene.count))
        return;
    scene_free(scene); /* none has come yet */
    struct scene_rect all = {0, 0, view->width, view->height};
    scene_begin(scene, view->width, view->height);
    scene_region(scene, all, "window");
    scene_shape(scene, SCENE_FILL, COLOUR_BACK, 0, 0, view->width, view->height);
    scene_text(scene, COLOUR_TEXT, 1, 0, "the node has not answered yet");
}

/* window_source.type: C's escapes, because the node's `send` takes them. */
static void type(void *arg, const char *text)
{
    struct remote *remote = arg;
    for (; *text; text++) {
        char line[32];
        snprintf(line, sizeof line, "send \"\\x%02x\"", (unsigned char)*text);
        remote->others++;
        say_line(remote, line);
    }
}

/* Moves of the pointer are told once a turn, of which there are 60 a second. */
static void tell_moves(struct remote *remote)
{
    char line[64];
    if (!remote->pointer.moved)
        return;
    snprintf(line, sizeof line, "send pointer %" PRIu32 " %" PRIu32 " %" PRIu32, remote->pointer.x, remote->pointer.y,
             remote->pointer.buttons);
    remote->pointer.moved = false;
    remote->others++;
    say_line(remote, line);
}

/* window_source.key, by its number: a figure would be a character's name. */
static void key(void *arg, uint32_t code, bool down)
{
    struct remote *remote = arg;
    char line[32];
    tell_moves(remote);
    snprintf(line, sizeof line, "send key 0x%02" PRIx32 " %s", code, down ? "down" : "up");
    remote->others++;
    say_line(remote, line);
}

/* window_source.pointer */
static void pointer(void *arg, uint32_t x, uint32_t y, uint32_t buttons)
{
    struct remote *remote = arg;
    bool presses = buttons != remote->pointer.buttons;
    if (presses)
        tell_moves(remote);
    remote->pointer.x = x;
    remote->pointer.y = y;
    remote->pointer.buttons = buttons;
    remote->pointer.moved = true;
    if (presses)
        tell_moves(remote);
}

/* Is COMMAND the window's own affair, not the node's? */
static bool is_own(const char *command)
{
    static const char *const own[] = {"window", "screenshot", "help"};
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strncmp(command, own[i], strlen(own[i])) == 0)
            return true;
    return false;
}

static bool execute(struct monitor *monitor, const char *line, struct error *error)
{
    struct remote *remote = window_of(monitor)->source.arg;
    if (is_own(line))
        return remote->table->execute(monitor, line, error);
    remote->others++;
    say_line(remote, line);
    return true;
}

static bool drives(const char *line)
{
    return false;
}

/* What a person wants of the window, who waits for the answer. */
static void take_asked(struct remote *remote)
{
    char *end;
    while (remote->asks.bytes.count && (end = memchr(remote->asks.bytes.at, '\n', remote->asks.bytes.count))) {
        struct error error = {""};
        FILE *usual = remote->monitor.out;
        char *answer = NULL;
        size_t size = 0;
        *end = '\0';
        if (strcmp(remote->asks.bytes.at, WINDOW_REMOTE_OPEN) != 0)
            refresh(remote);
        remote->monitor.out = open_memstream(&answer, &size);
        memory_need(remote->monitor.out);
        if (!remote->table->execute(&remote->monitor, remote->asks.bytes.at, &error))
            fprintf(remote->monitor.out, "%s\n", error.text);
        putc('\n', remote->monitor.out);
        fclose(remote->monitor.out);
        remote->monitor.out = usual;
        say(remote->asks.fd, answer, size);
        free(answer);
        forget(&remote->asks, (size_t)(end - remote->asks.bytes.at) + 1);
    }
}

void window_remote(const struct monitor_commands *table, int lines, int asks, FILE *out)
{
    static const struct monitor_commands commands = {execute, drives};
    struct remote *remote = calloc(1, sizeof *remote);
    memory_need(remote);
    remote->table = table;
    remote->lines.fd = lines;
    remote->asks.fd = asks;
    monitor_init(&remote->monitor, &commands, out);
    remote->window = window_of(&remote->monitor);
    remote->window->source = (struct window_source){remote, picture, type, key, pointer};
    remote->window->view.remote = true;
    while (!remote->lines.ended && !remote->asks.ended) {
        struct pollfd at[] = {{.fd = lines, .events = POLLIN}, {.fd = asks, .events = POLLIN}};
        poll(at, 2, live_is_open(remote->window) ? TURN_MS : -1);
        receive(&remote->lines);
        receive(&remote->asks);
        take_answers(remote);
        take_asked(remote);
        window_turn(remote->window, remote->fresh);
        tell_moves(remote);
        if (live_is_open(remote->window) && !remote->scenes && now_ms() - remote->asked_ms >= PICTURE_MS)
            ask_for_scene(remote);
    }
    monitor_free(&remote->monitor);
    VEC_FREE(&remote->lines.bytes);
    VEC_FREE(&remote->asks.bytes);
    VEC_FREE(&remote->scene);
    free(remote);
}
