/* world_main.c - `understudy world`: what a live pair shares, as a process (ft/live/world_process.h). */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ft/live/world_process.h"
#include "io/boot_image.h"
#include "io/image_file.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/file.h"
#include "monitor/program/live_options.h"
#include "monitor/program/result.h"
#include "monitor/program/subcommand.h"

/* What came of it: the exit status of `run`. */
static int conclude(struct live_world *world, const struct options *system, const char *image, struct error *error)
{
    struct system_result result;
    world_process_result(world, &result);
    int status = result_status(&result, image, error);
    if (system->json_path && !result_save(system->json_path, NULL, &result, status, error))
        return EXIT_REFUSED;
    if (result.end != END_LOST && !world_process_recorded(world, error)) /* nobody is left who knows how it ended */
        return EXIT_REFUSED;
    return status;
}

/* Whoever takes over goes on in a copy of the recording, which takes its place. */
static bool may_record(const char *path, struct error *error)
{
    struct stat info;
    return !path || (file_writable(path, error) &&
                     (stat(path, &info) || S_ISREG(info.st_mode) ||
                      error_set(error, "'%s' is no regular file: a live pair's recording is one", path)));
}

static int serve(struct options *system, const struct live_options *live, struct claims *claims, struct error *error)
{
    struct guest_files files = options_files(system, system->image);
    struct world_options options = {.config = &system->config,
                                    .files = &files,
                                    .listen = live->listen,
                                    .record_path = system->record_path,
                                    .trusted = live->trusted,
                                    .alone_after = live->alone_after,
                                    .interrupted = ctrl_c_asked,
                                    .forsaken = ctrl_c_other};
    int status = EXIT_REFUSED;
    if (!options_claim(system, system->image, claims, error) ||
        (system->json_path && !file_writable(system->json_path, error)) || !may_record(system->record_path, error) ||
        !options_read_protocol(system, error))
        return status;
    struct live_world *world = world_process_new(&options, error);
    if (!world)
        return status;
    if (world_process_run(world, error))
        status = conclude(world, system, guest_files_name(&files), error);
    world_process_free(world);
    return status;
}

int world_main(unsigned count, char *const *words, struct error *error)
{
    struct live_options live;
    struct options system = {0};
    struct claims claims;
    int status = EXIT_REFUSED;
    claims_begin(&claims);
    if (live_options_take(&live, LIVE_WORLD, count, words, error) && live_system(&system, &live, error)) {
        if (system.help) {
            printf("understudy world --listen ADDR [OPTIONS] IMAGE\n\n"
                   "The disk, the terminal (stdin and stdout) and the arbiter of a live pair; nodes come to ADDR.\n"
                   "The exit status is that of 'understudy run'.\n\nOptions, and those of 'run' that describe the "
                   "system:\n");
            live_options_help(LIVE_WORLD);
            status = 0;
        } else if (!live.listen) {
            error_set(error, "no address is given: 'understudy world --listen unix:PATH [OPTIONS] IMAGE' is wanted");
        } else {
            system.config.input_fd = STDIN_FILENO;
            system.config.output_fd = STDOUT_FILENO;
            system.config.operator_fd = file_is_same(STDERR_FILENO, STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
            system.config.images = image_files_new();
            ctrl_c_block(true);
            status = serve(&system, &live, &claims, error);
            image_files_free(system.config.images);
        }
    }
    claims_free(&claims);
    options_free(&system);
    live_options_free(&live);
    return status;
}
