/* live_main.c - `understudy live`: a world and its nodes, each a process, on this host. A convenience: what it starts
 * are `understudy world` and `understudy node`, at a socket in a folder that nobody else can enter.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ft/live/node_process.h"
#include "ft/live/world_process.h"
#include "io/boot_image.h"
#include "mmu/base/memory.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/program/live_options.h"
#include "monitor/program/subcommand.h"
#include "monitor/window/window.h"

enum { PLACE_MAX = 64, PATIENCE_MS = 20, LEAVE_MS = 1000 };

struct family {
    char folder[PLACE_MAX], socket[PLACE_MAX + 16];
    pid_t world, node[LIVE_NODES_MAX]; /* 0: none */
    unsigned needed;                   /* so many nodes, and the guest starts */
    bool windows;                      /* each shows its computer */
};

/* Start WORDS as `understudy`; APART: in a group of its own, which a Ctrl-C at the terminal does not reach. False: the
 * host has no process for it. */
static bool start(char *const *words, bool apart, pid_t *pid)
{
    posix_spawnattr_t how;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, (short)(POSIX_SPAWN_SETSIGMASK | (apart ? POSIX_SPAWN_SETPGROUP : 0)));
    int cause = posix_spawn(pid, "/proc/self/exe", NULL, &how, words, environ);
    posix_spawnattr_destroy(&how);
    return cause == 0;
}

static bool start_world(struct family *family, const struct live_options *live, struct error *error)
{
    char program[] = "understudy", kind[] = "world", listen[] = "--listen", alone[48];
    unsigned count = 0;
    char **words = calloc((size_t)live->count + 8, sizeof *words);
    memory_need(words);
    words[count++] = program;
    words[count++] = kind;
    words[count++] = listen;
    words[count++] = family->socket;
    if (live->alone_after != ALONE_NEVER) {
        snprintf(alone, sizeof alone, "--alone-after=%llu", (unsigned long long)live->alone_after);
        words[count++] = alone;
    }
    for (unsigned i = 0; i < live->count; i++)
        words[count++] = live->rest[i];
    bool good = start(words, false, &family->world);
    free(words);
    return good || error_set(error, "the host has no process for a world");
}

/* Start a node; if the host has no process for it, it is as if it had ended at once. */
static void start_node(struct family *family)
{
    char program[] = "understudy", kind[] = "node", world[] = "--world", window[] = "--window";
    char *const words[] = {program, kind, world, family->socket, family->windows ? window : NULL, NULL};
    unsigned free_place = 0;
    while (family->node[free_place])
        free_place++;
    if (start(words, true, &family->node[free_place]))
        return;
    family->node[free_place] = 0;
    fprintf(stderr, "understudy: the host has no process for a node\n");
}

/* Wait until the world listens, or has ended, which waitpid will tell again. False: it has ended. */
static bool world_listens(const struct family *family)
{
    siginfo_t info = {0};
    const char *path = strchr(family->socket, ':') + 1;
    while (access(path, F_OK)) {
        if (waitid(P_PID, (id_t)family->world, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid)
            return false;
        usleep(PATIENCE_MS * 1000 / 10);
    }
    fprintf(stderr, "understudy: world is process %ld\n", (long)family->world);
    return true;
}

/* Process PID is gone, and may have left its socket behind: a node that was killed, or the world. */
static void clean_up(struct family *family, pid_t pid)
{
    char path[PLACE_MAX + 48];
    for (unsigned i = 0; i < LIVE_NODES_MAX; i++)
        if (family->node[i] == pid)
            family->node[i] = 0;
    snprintf(path, sizeof path, "%s/node-%ld.sock", family->folder, (long)pid);
    unlink(pid == family->world ? strchr(family->socket, ':') + 1 : path);
}

static unsigned count_nodes(const struct family *family)
{
    unsigned count = 0;
    for (unsigned i = 0; i < LIVE_NODES_MAX; i++)
        count += family->node[i] != 0;
    return count;
}

/* The world has ended, and so do its nodes. One that does not has been stopped by somebody, or still looks for it. */
static void wait_for_nodes(struct family *family)
{
    unsigned waited_ms = 0;
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) >= 0; waited_ms += pid ? 0 : PATIENCE_MS) {
        if (pid)
            clean_up(family, pid);
        else
            usleep(PATIENCE_MS * 1000);
        for (unsigned i = 0; i < LIVE_NODES_MAX && waited_ms == LEAVE_MS; i++)
            if (family->node[i]) {
                kill(family->node[i], SIGTERM);
                kill(family->node[i], SIGCONT);
            }
    }
}

/* Node PID is gone, and has ended with STATE. Another takes its place where that is wanted, but not if it was refused,
 * or could not go on: so would the next one be. If that was for its window, whose screen is gone, the next one does
 * without: the pair matters more. */
static void replace_node(struct family *family, pid_t pid, int state, bool respawn)
{
    bool failed = WIFEXITED(state) && WEXITSTATUS(state) != NODE_FENCED && WEXITSTATUS(state) != NODE_WORLD_LOST;
    bool bare = WIFEXITED(state) && WEXITSTATUS(state) == NODE_REFUSED && family->windows;
    if (WIFSIGNALED(state))
        fprintf(stderr, "understudy: process %ld was ended by signal %d\n", (long)pid, WTERMSIG(state));
    if (bare) {
        family->windows = false;
        fprintf(stderr, "understudy: the next node has no window\n");
    }
    if (bare || (respawn && !failed))
        start_node(family);
}

/* Wait for the world's end; meanwhile nodes die, and others are started in their places. */
static int wait_for_world(struct family *family, bool respawn)
{
    int state = 0;
    bool told = false;
    for (;;) {
        pid_t pid = waitpid(-1, &state, WNOHANG);
        if (pid > 0)
            clean_up(family, pid);
        if (pid == family->world)
            return WIFEXITED(state) ? WEXITSTATUS(state) : EXIT_HALTED;
        if (pid > 0)
            replace_node(family, pid, state, respawn);
        if (pid > 0)
            continue;
        if (!told && count_nodes(family) < family->needed) /* it would wait for a node that does not come */
            told = kill(family->world, SIGUSR1) == 0;
        if (ctrl_c_asked())
            kill(family->world, SIGTERM);
        usleep(PATIENCE_MS * 1000);
    }
}

static int run(const struct live_options *live, struct error *error)
{
    struct family family = {.needed = live->nodes > 1 && live->alone_after == ALONE_NEVER ? 2 : 1,
                            .windows = live->window};
    const char *place = getenv("XDG_RUNTIME_DIR");
    if (live->window && !window_hold_screen(error))
        return EXIT_REFUSED;
    if (!place || strlen(place) > 24)
        place = "/tmp";
    snprintf(family.folder, sizeof family.folder, "%s/understudy-XXXXXX", place);
    if (!mkdtemp(family.folder)) {
        error_set(error, "no folder for the sockets can be made in '%s': %s", place, strerror(errno));
        return EXIT_REFUSED;
    }
    snprintf(family.socket, sizeof family.socket, "unix:%s/world.sock", family.folder);
    int status = EXIT_REFUSED;
    ctrl_c_block(true);
    if (start_world(&family, live, error)) {
        bool listens = world_listens(&family);
        for (uint64_t i = 0; i < live->nodes && listens; i++)
            start_node(&family);
        status = wait_for_world(&family, live->respawn);
        wait_for_nodes(&family);
    }
    rmdir(family.folder);
    return status;
}

int live_main(unsigned count, char *const *words, struct error *error)
{
    struct live_options live;
    struct options system = {0};
    int status = EXIT_REFUSED;
    if (live_options_take(&live, LIVE_LIVE, count, words, error) && live_system(&system, &live, error)) {
        if (system.help) {
            printf(
                "understudy live [OPTIONS] IMAGE\n\n"
                "Run IMAGE on a pair of computers that are processes of this host: a world and two nodes. Kill one\n"
                "of the nodes: the other goes on. The exit status is that of 'understudy run'.\n\nOptions, and those "
                "of 'run' that describe the system:\n");
            live_options_help(LIVE_LIVE);
            status = 0;
        } else {
            status = run(&live, error);
        }
    }
    options_free(&system);
    live_options_free(&live);
    return status;
}
