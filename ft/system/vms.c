/* vms.c - the virtual machines beside the first, under the same host (ft/host/): each is a system of its own with one
 * computer under a monitor, so that memory, disk, terminal, log, judge, snapshots and recordings are those of any other
 * run. Only its processor's time is not its own: the host has that, and drives it. Faults are planned, and the operator
 * is told, in the whole.
 */
#include "ft/system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ft/config/config.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

enum { SEEDS_APART = 1000003 };

/* What the system of VM, number NUMBER of WHOLE, is built from. */
static struct system_config config_of(struct system *whole, const struct vm_config *vm, unsigned number)
{
    struct system_config config = whole->world.config;
    bool again = config.again != NULL;
    config.mode = MODE_SOLO;
    config.ram_bytes = vm->ram_bytes ? vm->ram_bytes : config.ram_bytes;
    config.disk_path = vm->disk_path;
    config.disk_create_bytes = vm->disk_create_bytes;
    config.disk_snapshot = vm->disk_snapshot || again; /* a run again is to nobody's notice */
    memcpy(config.virtio, vm->virtio, sizeof config.virtio);
    for (unsigned i = 0; i < VIRTIO_SLOTS && again; i++)
        config.virtio[i].disk_snapshot = true;
    config.seed = config.seed + (uint64_t)number * SEEDS_APART;
    config.timeout_insns = 0;
    config.threads = 1;
    config.paced = false;
    config.broken = 0;
    config.input_fd = config.output_fd = config.operator_fd = -1;
    config.faults = config.repairs = NULL;
    config.companions = NULL;
    config.vms = NULL;
    config.fault_count = config.repair_count = config.companion_count = config.vm_count = 0;
    config.settings.processors = 1;
    config.settings.spares = 0;
    memset(&config.network, 0, sizeof config.network); /* which is the first one's */
    config.again = NULL;
    config.replay = NULL;
    config.chronicle_rows = 0;
    config.trails = NULL;
    return config;
}

/* Two virtual machines cannot share an image: what one writes the other would not know. */
static bool shares_disk(const char *a, const char *b)
{
    struct stat at[2];
    if (!a || !b)
        return false;
    if (stat(a, &at[0]) || stat(b, &at[1]))
        return strcmp(a, b) == 0;
    return at[0].st_ino == at[1].st_ino && at[0].st_dev == at[1].st_dev;
}

static const char *disk_of(const struct system *system, unsigned device)
{
    const struct system_config *config = &system->world.config;
    return device ? config->virtio[device - 1].disk_path : config->disk_path;
}

static bool one_disk_each(const struct system *one, const struct system *other, struct error *error)
{
    for (unsigned i = 0; i <= VIRTIO_SLOTS; i++)
        for (unsigned k = 0; k <= VIRTIO_SLOTS; k++)
            if (shares_disk(disk_of(one, i), disk_of(other, k)))
                return error_set(error, "disk '%s' is given to two VMs: an image for each is wanted", disk_of(one, i));
    return true;
}

static bool build_one(struct system *whole, const struct vm_config *vm, struct error *error)
{
    struct system_config config = config_of(whole, vm, whole->vms + 1);
    struct system *system = system_new(&config, error);
    if (!system)
        return false;
    whole->vm[whole->vms++] = system;
    memcpy(system->name, vm->name, sizeof system->name);
    system->world.whole = &whole->world;
    if (vm->terminal_path && !whole->world.config.again) {
        system->terminal_path = strdup(vm->terminal_path);
        memory_need(system->terminal_path);
    }
    host_free(system->host[0]); /* the whole's has it */
    system->host[0] = NULL;
    host_add(whole->host[vm->at == VM_AT_BACKUP], system->computer[0], system->name, vm);
    for (unsigned i = 0; i + 1 < whole->vms; i++)
        if (!one_disk_each(system, whole->vm[i], error))
            return false;
    return one_disk_each(system, whole, error) && system_load_files(system, &vm->files, error);
}

bool vms_build(struct system *system, struct error *error)
{
    const struct system_config *config = &system->world.config;
    for (unsigned i = 0; i < config->vm_count; i++)
        if (strcmp(config->vms[i].name, VM_FIRST) != 0 && !build_one(system, &config->vms[i], error))
            return false;
    return true;
}

void vms_free(struct system *system)
{
    for (unsigned i = 0; i < system->vms; i++)
        system_free(system->vm[i]);
    if (system->terminal_fd >= 0)
        close(system->terminal_fd);
    free(system->terminal_path);
}

/* Its terminal's file is emptied. */
static bool open_terminal(struct system *system, struct error *error)
{
    if (!system->terminal_path || system->terminal_fd >= 0)
        return true;
    system->terminal_fd = open(system->terminal_path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (system->terminal_fd < 0)
        return error_set(error, "cannot write '%s', the terminal file of VM '%s': %s", system->terminal_path,
                         system->name, strerror(errno));
    terminal_connect(system->world.terminal, system->terminal_fd);
    return true;
}

bool vms_open(struct system *system, struct error *error)
{
    for (unsigned i = 0; i < system->vms; i++)
        if (!open_terminal(system->vm[i], error) || !system_make_files(system->vm[i], error))
            return false;
    return true;
}

void vms_flush(struct system *system)
{
    for (unsigned i = 0; i < system->vms; i++) {
        struct world *world = &system->vm[i]->world; /* which another host thread may advance */
        pthread_mutex_lock(&world->lock);
        terminal_flush(world->terminal, TIME_NEVER);
        pthread_mutex_unlock(&world->lock);
    }
}
