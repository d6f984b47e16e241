/* reach.c - see reach.h. */
#include "monitor/session/reach.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "monitor/session/monitor.h"

/* PATH without links and dots, into WHOLE; of a file that is not there only its folder has to be. */
static bool resolve(const char *path, char whole[PATH_MAX])
{
    char folder[PATH_MAX], resolved[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    struct stat info;
    if (realpath(path, whole))
        return true;
    if (lstat(path, &info) == 0 || !*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false; /* a link to what is not there leads anywhere */
    if (snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".") >= PATH_MAX)
        return false;
    return realpath(folder, resolved) && snprintf(whole, PATH_MAX, "%s/%s", resolved, name) < PATH_MAX;
}

static bool is_below(const char *path, const char *folder)
{
    size_t length = folder ? strlen(folder) : 0;
    return length && strncmp(path, folder, length) == 0 && (path[length] == '/' || folder[length - 1] == '/');
}

bool reach_file(const struct monitor *monitor, const char *path, struct error *error)
{
    const struct reach *reach = &monitor->reach;
    char whole[PATH_MAX];
    struct stat info;
    if (reach->kind == REACH_ALL)
        return true;
    if (reach->kind == REACH_NONE)
        return error_set(error, "'%.200s': no files for who comes by gdb: '--gdb PORT,files' would allow it", path);
    bool below = false;
    if (resolve(path, whole))
        for (unsigned i = 0; i < REACH_FOLDERS; i++)
            below |= is_below(whole, reach->folders[i]);
    /* A FIFO would be waited for, a device is the host's. */
    if (below && (stat(whole, &info) || S_ISREG(info.st_mode)))
        return true;
    return error_set(error, "'%.200s' is no file below '%.200s': there is no other in a sandbox (test --sandbox)", path,
                     reach->folders[0]);
}

/* What the network names: its capture, and the files of the computer at its other end. */
static bool reach_network(const struct monitor *monitor, const struct network_config *network, struct error *error)
{
    const struct network_peer_config *peer = network->peer;
    if (network->capture_path && !reach_file(monitor, network->capture_path, error))
        return false;
    if (!peer)
        return true;
    const char *const paths[] = {peer->files.image,      peer->files.kernel,  peer->files.initrd,
                                 peer->config.disk_path, peer->terminal_path, peer->config.network.capture_path};
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i] && !reach_file(monitor, paths[i], error))
            return false;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        if (peer->config.virtio[i].disk_path && !reach_file(monitor, peer->config.virtio[i].disk_path, error))
            return false;
    return true;
}

/* The files of a virtual machine; its disks become snapshots. */
static bool reach_vm(const struct monitor *monitor, struct vm_config *vm, struct error *error)
{
    const char *paths[5 + VIRTIO_SLOTS] = {vm->files.image, vm->files.kernel, vm->files.initrd, vm->disk_path,
                                           vm->terminal_path};
    vm->disk_snapshot = true;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        paths[5 + i] = vm->virtio[i].disk_path;
        vm->virtio[i].disk_snapshot = true;
    }
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i] && !reach_file(monitor, paths[i], error))
            return false;
    return true;
}

bool reach_options(const struct monitor *monitor, struct options *options, struct error *error)
{
    struct system_config *config = &options->config;
    if (monitor->reach.kind == REACH_ALL)
        return true;
    const char *const paths[] = {config->disk_path, options->kernel, options->initrd, options->protocol_path};
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i] && !reach_file(monitor, paths[i], error))
            return false;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        if (config->virtio[i].disk_path && !reach_file(monitor, config->virtio[i].disk_path, error))
            return false;
        config->virtio[i].disk_snapshot = true;
    }
    for (unsigned i = 0; i < config->vm_count; i++)
        if (!reach_vm(monitor, &options->vms[i], error))
            return false;
    config->disk_snapshot = true;
    return reach_network(monitor, &config->network, error);
}

bool reach_disks(const struct monitor *monitor, struct error *error)
{
    if (monitor->reach.kind == REACH_ALL)
        return true;
    return error_set(error, "the disks' files are not written %s",
                     monitor->reach.kind == REACH_NONE ? "by who comes by gdb: '--gdb PORT,files' would allow it"
                                                       : "in a sandbox: its disks are snapshots (test --sandbox)");
}
