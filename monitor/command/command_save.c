/* command_save.c - save and restore: a whole system as a file (ft/save.h), with the options that built it.
 *
 * What always holds: `restore FILE` uses no other file that FILE names (docs/security.md).
 */
#include "ft/save.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/elf.h"
#include "mmu/base/memory.h"
#include "monitor/command/command.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/file.h"
#include "monitor/base/progress.h"
#include "monitor/base/text.h"
#include "monitor/session/recorder.h"

/* Half of a long `save` is to gather and pack the state, the other half to write the file. */
struct saving {
    struct progress progress;
    bool writing;
};

static bool tell(void *arg, uint64_t done, uint64_t of)
{
    struct saving *saving = arg;
    progress_tell(&saving->progress, (saving->writing ? of : 0) + done, 2 * of);
    return !ctrl_c_asked();
}

bool command_save(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    const char *path = arguments->at[0];
    struct saving saving = {.writing = false};
    struct save_watch watch = {tell, &saving};
    if (!monitor_wants_image(monitor, error) || !reach_file(monitor, path, error) || !file_writable(path, error) ||
        !claims_write(&monitor->claims, path, "a saved system", error))
        return false;
    progress_begin(&saving.progress, NULL);
    bool good =
        system_save(monitor->system, monitor->options.words, monitor->options.word_count, &watch, &bytes, &size, error);
    saving.writing = good;
    good = good && file_write_told(path, bytes, size, tell, &saving, error);
    progress_end(&saving.progress);
    if (good)
        claims_written(&monitor->claims, "a saved system");
    free(bytes);
    return good;
}

/* ---- restore: a save file may be a stranger's ---- */

/* What is named again, behind the save file's name: the words of the command, all of which the session may use, and
 * which of them are of use. */
struct named {
    const char *save;
    char *const *word;
    bool *used;
    unsigned count;
};

static bool is_named(struct named *named, const char *path)
{
    bool found = false;
    for (unsigned i = 0; i < named->count; i++)
        if (strcmp(named->word[i], path) == 0)
            named->used[i] = found = true;
    return found;
}

static bool all_used(const struct named *named, struct error *error)
{
    for (unsigned i = 0; i < named->count; i++)
        if (!named->used[i])
            return error_set(error, "'%s' does not use the file '%s'", named->save, named->word[i]);
    return true;
}

/* A file of options that the save file's options name. */
static bool permit_file(void *arg, const char *path, struct error *error)
{
    struct named *named = arg;
    return is_named(named, path) ||
           error_set(error, "'%s' has options in the file '%s': 'restore %s %s' names it again", named->save, path,
                     named->save, path);
}

/* The options that built the system of SAVE: the monitor's own, or those of `run`. */
static bool parse_options(const struct save *save, struct named *named, struct options *options, struct error *error)
{
    static const enum options_user users[] = {OPTIONS_SYSTEM, OPTIONS_RUN};
    for (unsigned i = 0; i < sizeof users / sizeof users[0]; i++) {
        options_init(options);
        options->config.settings = save->about.settings;
        options->permit = permit_file;
        options->permit_arg = named;
        if (options_parse_again(options, users[i], save->about.word_count, save->about.words, error)) {
            options->config.settings = save->about.settings; /* as `set` has left them */
            options->config.record = save->about.record;
            options->permit = NULL;
            return true;
        }
        options_free(options);
    }
    return false;
}

/* What a disk of BLOCKS without a file is, until the save file gives it its content: a file of the host's memory, whose
 * descriptor stays open in MONITOR, and whose path is PATH, to be freed. */
static bool make_scratch(struct monitor *monitor, uint32_t blocks, char **path, struct error *error)
{
    int fd = memfd_create("disk", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)blocks * DISK_BLOCK_BYTES)) {
        error_set(error, "a disk of %u blocks cannot be made: %s", blocks, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    *VEC_PUSH(&monitor->scratch_fds) = fd;
    int length = asprintf(path, "/proc/self/fd/%d", fd);
    assert(length >= 0);
    return true;
}

/* The disk DEVICE with the file *PATH (NULL: none) of SAVE's options: not that file, unless it is named again; *PATH,
 * *SCRATCH and *SNAPSHOT become what it is then. */
static bool untie_disk(struct monitor *monitor, const struct save *save, struct named *named, unsigned device,
                       const char **path, char **scratch, bool *snapshot, struct error *error)
{
    if (!*path)
        return true;
    if (is_named(named, *path)) {
        *snapshot |= monitor->reach.kind != REACH_ALL;
        return true;
    }
    char *made = NULL;
    if (!make_scratch(monitor, save->about.disk_blocks[device], &made, error))
        return false;
    if (!*snapshot)
        fprintf(monitor->out, "nothing is written to the disk file '%s': to name it again behind '%s' would do that\n",
                *path, named->save);
    free(*scratch);
    *path = *scratch = made;
    *snapshot = true;
    return true;
}

/* A virtual machine of SAVE: what it reads is named again, or it is refused. */
static bool untie_vm(struct monitor *monitor, const struct save *save, struct named *named, struct vm_config *vm,
                     struct error *error)
{
    const char *files[4 + VIRTIO_SLOTS] = {vm->files.image, vm->files.kernel, vm->files.initrd, vm->disk_path};
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        files[4 + i] = vm->virtio[i].disk_path;
        vm->virtio[i].disk_snapshot |= monitor->reach.kind != REACH_ALL;
        vm->virtio[i].disk_create_bytes = 0;
    }
    vm->disk_snapshot |= monitor->reach.kind != REACH_ALL;
    vm->disk_create_bytes = 0;
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] && !is_named(named, files[i]))
            return error_set(error, "'%s' has VM '%s' with '%s': 'restore %s %s' names it again", save->name, vm->name,
                             files[i], save->name, files[i]);
    if (vm->terminal_path && !is_named(named, vm->terminal_path))
        vm->terminal_path = NULL;
    return true;
}

/* The computer at the other end of SAVE's network: what it reads is named again, or it is refused. */
static bool untie_peer(const struct save *save, struct named *named, struct network_peer_config *peer,
                       struct error *error)
{
    const char *files[4 + VIRTIO_SLOTS] = {peer->files.image, peer->files.kernel, peer->files.initrd,
                                           peer->config.disk_path};
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        files[4 + i] = peer->config.virtio[i].disk_path;
    for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] && !is_named(named, files[i]))
            return error_set(error, "'%s' has '%s' at the other end of its network: 'restore %s %s' names it again",
                             save->name, files[i], save->name, files[i]);
    if (peer->terminal_path && !is_named(named, peer->terminal_path))
        peer->terminal_path = NULL;
    if (peer->config.network.capture_path && !is_named(named, peer->config.network.capture_path))
        peer->config.network.capture_path = NULL;
    return true;
}

/* OPTIONS are those of SAVE: of the files that they name only those stay that NAMED has. */
static bool untie(struct monitor *monitor, const struct save *save, struct named *named, struct options *options,
                  struct error *error)
{
    struct system_config *config = &options->config;
    config->disk_create_bytes = 0;
    if (!untie_disk(monitor, save, named, DISK_DEVICE_CONTROLLER, &config->disk_path, &options->disk_path,
                    &config->disk_snapshot, error))
        return false;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        struct virtio_config *virtio = &config->virtio[i];
        char **text = realloc(options->virtio_texts, (options->virtio_count + 1) * sizeof *text);
        memory_need(text);
        options->virtio_texts = text;
        text[options->virtio_count] = NULL;
        virtio->disk_create_bytes = 0;
        if (!untie_disk(monitor, save, named, DISK_DEVICE_VIRTIO + i, &virtio->disk_path, &text[options->virtio_count],
                        &virtio->disk_snapshot, error))
            return false;
        options->virtio_count += text[options->virtio_count] != NULL;
    }
    if (config->network.capture_path && !is_named(named, config->network.capture_path))
        config->network.capture_path = NULL;
    if (config->network.peer && !untie_peer(save, named, options->network_peer, error))
        return false;
    for (unsigned i = 0; i < config->vm_count; i++)
        if (!untie_vm(monitor, save, named, &options->vms[i], error))
            return false;
    bool kernel = options->kernel && is_named(named, options->kernel);
    bool initrd = !options->initrd || is_named(named, options->initrd);
    if (!kernel || !initrd) {
        free(options->kernel);
        free(options->initrd);
        options->kernel = options->initrd = NULL;
    }
    return true;
}

/* SYSTEM, OPTIONS and the image of SAVE are the session's from now on; IMAGE_NAMED: the image may be read again. */
static void take_over(struct monitor *monitor, struct system *system, struct options *options, struct save *save,
                      bool image_named)
{
    struct system_result result;
    uint64_t shown = 0;
    options_free(&monitor->options);
    monitor->options = *options;
    monitor_take_system(monitor, system);
    recorder_forget(monitor);
    free(monitor->image_path);
    monitor->image_path = strdup(save->about.image_name);
    memory_need(monitor->image_path);
    monitor->image_saved = !image_named;
    symbols_free(&monitor->symbols);
    symbols_read(&monitor->symbols, save->about.image, save->about.image_bytes);
    save->about.image = NULL; /* theirs */
    system_terminal_output(system, &shown);
    monitor->expected_terminal = shown;
    monitor->expected_operator = strlen(system_account(system));
    system_result(system, &result);
    monitor->ended = result.end != END_NONE;
}

static bool restore(struct monitor *monitor, struct save *save, struct named *named, struct error *error)
{
    struct options options;
    if (!parse_options(save, named, &options, error))
        return false;
    if (options.protocol_path &&
        !options_take_protocol_text(&options, save->about.protocol, strlen(save->about.protocol), error)) {
        options_free(&options);
        return false;
    }
    size_t claimed = monitor->claims.rows.count;
    struct system *system = NULL;
    bool image_named = is_named(named, save->about.image_name);
    if (untie(monitor, save, named, &options, error) && all_used(named, error) &&
        claims_read(&monitor->claims, save->name, "a saved system", error) &&
        options_claim(&options, NULL, &monitor->claims, error)) {
        struct system_config config = monitor_config(monitor, &options.config);
        system = system_new(&config, error);
    }
    if (system && save_read(save, system, error) && system_make_files(system, error)) {
        take_over(monitor, system, &options, save, image_named);
        return true;
    }
    claims_cut(&monitor->claims, claimed);
    system_free(system);
    options_free(&options);
    return false;
}

bool command_restore(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct save save;
    size_t size;
    for (unsigned i = 0; i < arguments->count; i++)
        if (!reach_file(monitor, arguments->at[i], error))
            return false;
    uint8_t *bytes = file_read(arguments->at[0], &size, error);
    if (!bytes)
        return false;
    bool used[WORDS_MAX] = {false};
    struct named named = {arguments->at[0], arguments->at + 1, used, arguments->count - 1};
    bool good = save_open(&save, bytes, size, arguments->at[0], error) && restore(monitor, &save, &named, error);
    save_close(&save);
    free(bytes);
    if (good)
        monitor_print_where(monitor);
    return good;
}
