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
#include "ft/vmm/follower.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

enum { SEEDS_APART = 1000003 };
/* By whose program one that follows the first goes from epoch to epoch: it sends nothing. */
#define FOLLOWER_PROTOCOL "bs"

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
    config.vms = NULL;
    config.fault_count = config.repair_count = config.vm_count = 0;
    config.settings.processors = 1;
    config.settings.spares = 0;
    memset(&config.network, 0, sizeof config.network); /* which is the first one's */
    if (vm->at == VM_AT_BOTH) { /* what is made of the log is the first's: it has the clock of the ends of epochs */
        config.protocol = FOLLOWER_PROTOCOL;
        config.written = NULL;
        config.settings.thin_timer = 1;
        config.console_plain = false; /* what comes again after a fail-over is known by its number */
        config.broken = whole->world.config.broken & UINT32_C(1) << ASSUMPTION_FENCING;
    }
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

/* VM on COMPUTER of WHOLE, or NULL with a line in ERROR. */
static struct system *build_one(struct system *whole, const struct vm_config *vm, unsigned computer,
                                struct error *error)
{
    struct system_config config = config_of(whole, vm, whole->vms + 1);
    struct system *system = system_new(&config, error);
    if (!system)
        return NULL;
    whole->vm[whole->vms++] = system;
    memcpy(system->name, vm->name, sizeof system->name);
    system->world.whole = &whole->world;
    host_free(system->host[0]); /* the whole's has it */
    system->host[0] = NULL;
    host_add(whole->host[computer], system->computer[0], system->name, vm);
    for (unsigned i = 0; i + 1 < whole->vms; i++)
        if (!one_disk_each(system, whole->vm[i], error))
            return NULL;
    return one_disk_each(system, whole, error) && system_load_files(system, &vm->files, error) ? system : NULL;
}

/* Where its terminal's bytes go. */
static void give_terminal(struct system *system, const struct vm_config *vm)
{
    if (!vm->terminal_path || system->world.whole->config.again)
        return;
    system->terminal_path = strdup(vm->terminal_path);
    memory_need(system->terminal_path);
}

/* One that is fault tolerant beside the first: on both computers, with one terminal. */
static bool build_both(struct system *whole, const struct vm_config *vm, struct error *error)
{
    struct system *twins[2];
    for (unsigned i = 0; i < 2; i++) {
        twins[i] = build_one(whole, vm, i, error);
        if (!twins[i])
            return false;
        follower_follow(twins[i]->computer[0]->vmm, whole->computer[i]->vmm);
    }
    twins[0]->twin = twins[1];
    twins[1]->twin = twins[0];
    twins[1]->world.shows = &twins[0]->world;
    give_terminal(twins[0], vm);
    return true;
}

static bool build_vm(struct system *whole, const struct vm_config *vm, struct error *error)
{
    if (vm->at == VM_AT_BOTH)
        return build_both(whole, vm, error);
    struct system *system = build_one(whole, vm, vm->at == VM_AT_BACKUP, error);
    if (system)
        give_terminal(system, vm);
    return system != NULL;
}

bool vms_build(struct system *system, struct error *error)
{
    const struct system_config *config = &system->world.config;
    for (unsigned i = 0; i < config->vm_count; i++)
        if (strcmp(config->vms[i].name, VM_FIRST) != 0 && !build_vm(system, &config->vms[i], error))
            return false;
    return true;
}

bool vms_shown(const struct system *system, unsigned number)
{
    const struct system *vm = system->vm[number];
    return !vm->twin || vm->computer[0]->carrier == system->computer[system_acting(system)];
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
