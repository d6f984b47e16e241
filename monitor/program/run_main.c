/* run_main.c - `understudy run [OPTIONS] IMAGE`: run a guest with the terminal on stdin and stdout; the exit status is
 * the guest's own.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ft/compare.h"
#include "io/image_file.h"
#include "monitor/base/file.h"
#include "monitor/command/command.h"
#include "monitor/gdb/gdb.h"
#include "monitor/session/drive.h"
#include "monitor/session/options.h"
#include "monitor/session/plan.h"
#include "monitor/session/recorder.h"
#include "monitor/program/prompt.h"
#include "monitor/program/result.h"
#include "monitor/program/subcommand.h"
#include "monitor/view/frames.h"
#include "monitor/window/window.h"
#include "monitor/base/ctrl_c.h"

/* A person's terminal while a guest has it, `--keys line`: bytes go in as they are typed and are not echoed, which is
 * the guest's business. Ctrl-C stays ours. */
struct raw_terminal {
    struct termios before;
    bool changed;
};

static void raw_terminal_begin(struct raw_terminal *terminal)
{
    terminal->changed = false;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &terminal->before))
        return;
    struct termios raw = terminal->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    terminal->changed = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

static void raw_terminal_end(const struct raw_terminal *terminal)
{
    if (terminal->changed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
}

/* Run SYSTEM, which is loaded, to its end; *RESULT is what came of it. */
static int run_system(struct system *system, const struct options *options, struct system_result *result,
                      struct error *error)
{
    struct ctrl_c ctrl_c;
    *result = (struct system_result){0};
    ctrl_c_begin(&ctrl_c, system);
    bool good = system_run(system, error);
    ctrl_c_end(&ctrl_c);
    if (!good)
        return EXIT_REFUSED;
    system_locate(system);
    system_result(system, result);
    char missed[512];
    if (plan_missed(system, missed, sizeof missed))
        fprintf(stderr, "understudy: note: %s\n", missed);
    struct guest_files files = options_files(options, options->image);
    int status = result_status(result, guest_files_name(&files), error);
    if (options->json_path && !result_save(options->json_path, system, result, status, error))
        return EXIT_REFUSED;
    if (options->record_path && !recorder_write(system, options->record_path, error))
        return EXIT_REFUSED;
    return status;
}

/* Is RESULT that of a guest that has died: did the processor halt, or the runtime end it with 128 + the interruption?
 */
static bool may_have_died(const struct system_result *result)
{
    enum { VECTORS_MOST = 32 };
    return result->end == END_HALTED ||
           (result->end == END_EXIT && result->status > 128 && result->status <= 128 + VECTORS_MOST);
}

/* If the guest of MONITOR has died: by which calls and which interruption, from the inside out. */
static void tell_death(struct monitor *monitor, const struct system_result *result)
{
    enum { FRAMES = 30 };
    if (!may_have_died(result))
        return;
    monitor->focus = system_acting(monitor->system);
    if (result->end == END_EXIT && !frames_are_interrupted(monitor))
        return; /* it meant to */
    monitor->out = stderr;
    fprintf(stderr, "understudy: the guest has died, here:\n");
    frames_print(monitor, FRAMES);
}

/* The guest has ended, or somebody has ended it from outside: then nobody has asked for what it changed. */
static int keep_disks(const struct monitor *monitor, bool ended_from_outside, int status, struct error *error)
{
    if (ended_from_outside)
        monitor_note_thrown_away(monitor, stderr);
    else if (!system_disk_commit(monitor->system, error))
        return EXIT_REFUSED;
    return status;
}

/* The same with gdb in between, for as long as it likes. SYSTEM and what is in OPTIONS and CLAIMS are gone after that.
 */
static int run_under_gdb(struct system *system, struct options *options, struct claims *claims, struct error *error)
{
    struct monitor monitor;
    struct gdb_link link;
    struct system_result result;
    int status = EXIT_REFUSED;
    monitor_init(&monitor, &command_table, stdout);
    monitor_adopt(&monitor, system, options, claims);
    if (gdb_link_open(&link, &monitor.options.gdb_address, error)) {
        bool stops = gdb_run(&monitor, &link);
        if (stops)
            system_interrupt(monitor.system);
        gdb_link_close(&link);
        status = run_system(monitor.system, &monitor.options, &result, error);
        status = keep_disks(&monitor, stops || status == EXIT_STOPPED, status, error);
        tell_death(&monitor, &result);
    }
    monitor_free(&monitor);
    return status;
}

/* The same in a window: what it does is printed to stderr, the terminal is the guest's. Closed, it leaves the run
 * alone.
 */
static int run_in_window(struct system *system, struct options *options, struct claims *claims, struct error *error)
{
    struct monitor monitor;
    struct system_result result;
    int status = EXIT_REFUSED;
    monitor_init(&monitor, &command_table, stderr);
    monitor_adopt(&monitor, system, options, claims);
    if (window_open(window_of(&monitor), error)) {
        bool stops = !window_run(window_of(&monitor));
        window_close(window_of(&monitor));
        if (stops)
            system_interrupt(monitor.system);
        status = run_system(monitor.system, &monitor.options, &result, error);
        status = keep_disks(&monitor, stops || status == EXIT_STOPPED, status, error);
        tell_death(&monitor, &result);
    } else {
        system_unmake_files(monitor.system);
    }
    monitor_free(&monitor);
    return status;
}

/* The same with a person whose keys are the guest's, and who may leave it for the monitor's prompt and come back. */
static int run_with_keys(struct system *system, struct options *options, struct claims *claims, struct error *error)
{
    struct monitor monitor;
    struct system_result result;
    monitor_init(&monitor, &command_table, stderr);
    monitor_adopt(&monitor, system, options, claims);
    monitor.keys.attended = true;
    enum stop_kind stop = drive_on(&monitor);
    if (stop == STOP_INTERRUPTED && monitor.keys.stopped) {
        drive_say(&monitor, stop);
        prompt_run(&monitor);
        monitor.quit |= !ctrl_c_ended();
    }
    bool ended = monitor.ended || stop == STOP_ENDED || stop == STOP_DIED || stop == STOP_WAITS,
         killed = !ended && !monitor.quit;
    if (!ended)
        system_interrupt(monitor.system);
    int status = run_system(monitor.system, &monitor.options, &result, error);
    status = keep_disks(&monitor, killed, status, error);
    tell_death(&monitor, &result);
    monitor_free(&monitor);
    return status;
}

/* The system of OPTIONS, loaded, and everything accepted; or NULL with one line in ERROR. */
static struct system *build(struct options *options, struct claims *claims, struct error *error)
{
    struct guest_files files = options_files(options, options->image);
    if (!options_claim(options, options->image, claims, error) ||
        (options->json_path && !file_writable(options->json_path, error)) ||
        (options->record_path && !file_writable(options->record_path, error)) || !options_read_protocol(options, error))
        return NULL;
    struct system *system = system_new(&options->config, error);
    if (system && system_load_files(system, &files, error) && system_make_files(system, error))
        return system;
    system_free(system);
    return NULL;
}

/* Without a session; one that only looks is made for a guest that has died. */
static int run_plainly(struct system *system, struct options *options, struct claims *claims, struct error *error)
{
    struct system_result result;
    int status = run_system(system, options, &result, error);
    if (!may_have_died(&result)) {
        system_free(system);
        image_files_free(options->config.images);
        return status;
    }
    struct monitor monitor;
    monitor_init(&monitor, &command_table, stderr);
    monitor_adopt(&monitor, system, options, claims);
    tell_death(&monitor, &result);
    monitor_free(&monitor);
    return status;
}

/* Are a person's keys the guest's as they are? */
static bool gives_keys(const struct options *options)
{
    return isatty(STDIN_FILENO) && !options->gdb && !options->window && keys_are_raw(options);
}

/* SYSTEM and what is in OPTIONS and CLAIMS are gone after that. */
static int run_built(struct system *system, struct options *options, struct claims *claims, struct error *error)
{
    struct raw_terminal terminal;
    int status;
    options_tell_engine(system);
    if (gives_keys(options))
        return run_with_keys(system, options, claims, error);
    raw_terminal_begin(&terminal);
    if (options->gdb) {
        status = run_under_gdb(system, options, claims, error);
    } else if (options->window) {
        status = run_in_window(system, options, claims, error);
    } else {
        status = run_plainly(system, options, claims, error);
    }
    raw_terminal_end(&terminal);
    return status;
}

static int run_options(struct options *options, struct error *error)
{
    struct claims claims;
    int status = EXIT_REFUSED;
    if (options->gdb && options->window) {
        error_set(error, "--gdb and --window: one of them is wanted, because either decides when the guest runs");
        return status;
    }
    claims_begin(&claims);
    bool keys = gives_keys(options);
    options->config.input_fd = keys ? -1 : STDIN_FILENO; /* the session asks for them */
    options->config.paced = isatty(STDIN_FILENO);
    options->config.output_fd = STDOUT_FILENO;
    options->config.operator_fd = file_is_same(STDERR_FILENO, STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
    options->config.record = options->record_path != NULL;
    options->config.chronicle_rows = options->gdb || options->window || keys ? CHRONICLE_ROWS : 0;
    options->config.disk_overlay = options->gdb || options->window || keys;
    options->config.disk_follows = !options->gdb; /* which throws away what its user does not commit */
    options->config.images = image_files_new();
    ctrl_c_block(true);
    struct system *system = build(options, &claims, error);
    if (system)
        status = run_built(system, options, &claims, error);
    else
        image_files_free(options->config.images);
    claims_free(&claims);
    return status;
}

int run_main(unsigned count, char *const *words, struct error *error)
{
    struct options options;
    int status = EXIT_REFUSED;
    options_init(&options);
    if (options_parse(&options, OPTIONS_RUN, count, words, error)) {
        if (options.help) {
            printf("understudy run [OPTIONS] IMAGE\n\n"
                   "Run IMAGE, a 32-bit PA-RISC ELF executable, with the terminal on stdin and stdout.\n"
                   "The exit status is the guest's own when it powers off; 124: --timeout, 125: unexplainable or the\n"
                   "digests differ, 126: halted or lost, 130: stopped by Ctrl-C, 2: refused.\n\nOptions (default):\n");
            options_help(stdout, OPTIONS_RUN);
            status = 0;
        } else {
            status = run_options(&options, error);
        }
    }
    options_free(&options);
    return status;
}
