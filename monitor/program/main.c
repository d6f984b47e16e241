/* main.c - the program `understudy`: the table of its sub-commands, and the only place that exits or prints an error.
 */
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/cpu.h"
#include "ft/network_user.h"
#include "io/stream.h"
#include "mmu/base/memory.h"
#include "mmu/base/nearest.h"
#include "monitor/base/installed.h"
#include "monitor/image/lines.h"
#include "monitor/program/subcommand.h"
#include "monitor/window/window.h"

static void print_version(void)
{
    char *guests = installed_guests();
    printf("understudy %s\nengine: %s\n", US_VERSION, cpu_engine_name(cpu_engine_best()));
    printf("engines: interpreter%s\n", cpu_engine_best() == CPU_ENGINE_TRANSLATOR ? ", translator" : "");
    printf("built in: monitor with GNU readline, gdb's remote protocol, virtio, firmware; assertions on%s\n",
           US_BUILT_IN);
    printf("source lines: %s\n", lines_reader());
    printf("guests: %s\n", guests ? guests : "none beside the program");
    free(guests);
}

/* The sub-command that WORD asks for, or NULL with one line in ERROR. */
static const struct subcommand *find(const char *word, struct error *error)
{
    const struct subcommand *monitor = &subcommands[subcommand_count - 1];
    for (unsigned i = 0; i < subcommand_count - 1; i++)
        if (word && strcmp(word, subcommands[i].name) == 0)
            return &subcommands[i];
    size_t length = word ? strlen(word) : 0;
    if (!word || word[0] == '-' || (length > 3 && strcmp(word + length - 3, ".us") == 0))
        return monitor;
    char names[128] = "";
    struct nearest nearest;
    nearest_begin(&nearest, word, length);
    for (unsigned i = 0; i < subcommand_count - 1; i++) {
        nearest_try(&nearest, "", subcommands[i].name);
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", subcommands[i].name);
    }
    error_set(error, "unknown command '%s': %s or a SCRIPT.us is wanted ('understudy --help')%s", word, names,
              nearest.question);
    return NULL;
}

/* One line, whatever a file may be called. */
static void print_error(const struct error *error)
{
    fputs("understudy: ", stderr);
    for (const char *at = error->text; *at; at++)
        putc(iscntrl((unsigned char)*at) ? '?' : *at, stderr);
    putc('\n', stderr);
}

/* For all that cannot be without memory (mmu/base/memory.h). Another thread may still run: nothing is cleaned up. */
_Noreturn void memory_missing(void)
{
    struct error error;
    error_set(&error, "the host has no more memory");
    fflush(stdout);
    print_error(&error);
    _exit(EXIT_REFUSED);
}

/* A descriptor that we were not given would be that of the first file that is opened: what is printed would go there.
 */
static void hold_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null",
                       O_RDONLY); /* the lowest that is free is this one, and nothing can be written there */
}

static int run(int argc, char **argv, struct error *error)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word && strcmp(word, "--help") == 0) {
        subcommand_help(stdout);
        return 0;
    }
    if (word && strcmp(word, "--version") == 0) {
        print_version();
        window_version(stdout);
        printf("network: peer%s%s\n",
               network_user_version() ? ", user by libslirp " : " (built without libslirp: no user)",
               network_user_version() ? network_user_version() : "");
        return 0;
    }
    const struct subcommand *found = find(word, error);
    unsigned taken = found && found->name ? 2 : 1;
    if (!found)
        return EXIT_REFUSED;
    return found->run(argc > (int)taken ? (unsigned)argc - taken : 0, argv + (argc ? taken : 0), error);
}

int main(int argc, char **argv)
{
    struct error error = {""}, lost = {""};
    struct stream out, err;
    hold_descriptors();
    signal(SIGPIPE, SIG_IGN); /* a write that fails says so, and what else is to be written is */
    signal(SIGXFSZ, SIG_IGN);
    stream_open(&out, STDOUT_FILENO, false);
    stream_open(&err, STDERR_FILENO, true);
    stdout = out.file; /* whoever prints, prints there */
    stderr = err.file;
    int status = run(argc, argv, &error), cause = stream_flush(&out);
    if (error.text[0])
        print_error(&error);
    if (cause) {
        error_set(&lost, "standard output cannot be written: %s", strerror(cause));
        print_error(&lost);
        status = EXIT_REFUSED;
    }
    if ((stream_close(&out) | stream_close(&err)) && !status) /* which nobody can be told */
        status = EXIT_REFUSED;
    return status;
}
