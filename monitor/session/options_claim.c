/* options_claim.c - see options.h: which files the options of a system name, to be read and to be written. */
#include "monitor/base/installed.h"
#include "monitor/session/options.h"

/* The guest IMAGE (or NULL: none). */
static bool claim_image(const char *image, const char *what, struct claims *claims, struct error *error)
{
    return (!image || installed_or_file(image, error)) && claims_read(claims, image, what, error);
}

static bool claim_disk(const char *path, bool snapshot, struct claims *claims, struct error *error)
{
    return snapshot ? claims_read(claims, path, "a disk", error) : claims_change(claims, path, "a disk", error);
}

/* One for each VP beside, but the same ones as before if the same system is built again. */
static bool claim_terminals(const struct system_config *config, struct claims *claims, struct error *error)
{
    struct claims own = {0};
    char what[64];
    bool good = true;
    for (unsigned i = 0; good && i < config->vm_count; i++) {
        snprintf(what, sizeof what, "the terminal of VM %s", config->vms[i].name);
        good = claims_write(&own, config->vms[i].terminal_path, what, error) &&
               claims_write(claims, config->vms[i].terminal_path, "the terminal of a VM", error);
    }
    claims_free(&own);
    return good;
}

/* The other computer keeps nothing on its disks. */
static bool claim_network(const struct options *options, struct claims *claims, struct error *error)
{
    const struct network_config *network = &options->config.network;
    const struct network_peer_config *peer = network->peer;
    bool good = claims_write(claims, network->capture_path, "the capture of the network", error);
    if (!peer || !good)
        return good;
    good = claim_image(peer->files.image, "the image of the network's other computer", claims, error) &&
           claims_read(claims, peer->files.kernel, "its kernel", error) &&
           claims_read(claims, peer->files.initrd, "its initial file system", error) &&
           claims_read(claims, peer->config.disk_path, "its disk", error) &&
           claims_write(claims, peer->config.network.capture_path, "its capture of the network", error) &&
           claims_write(claims, peer->terminal_path, "its terminal", error);
    for (unsigned i = 0; good && i < VIRTIO_SLOTS; i++)
        good = claims_read(claims, peer->config.virtio[i].disk_path, "its disk", error);
    return good;
}

/* What a virtual machine reads, and its disks. */
static bool claim_vm(const struct vm_config *vm, struct claims *claims, struct error *error)
{
    bool good = claim_image(vm->files.image, "the image of a VM", claims, error) &&
                claims_read(claims, vm->files.kernel, "the kernel of a VM", error) &&
                claims_read(claims, vm->files.initrd, "the initial file system of a VM", error) &&
                claim_disk(vm->disk_path, vm->disk_snapshot, claims, error);
    for (unsigned i = 0; good && i < VIRTIO_SLOTS; i++)
        good = claim_disk(vm->virtio[i].disk_path, vm->virtio[i].disk_snapshot, claims, error);
    return good;
}

/* What stands in files of options, those of the network's other computer too. */
static bool claim_files(const struct options *options, struct claims *claims, struct error *error)
{
    for (unsigned i = 0; i < options->file_count; i++)
        if (!claims_read(claims, options->files[i], "a file of options", error))
            return false;
    return !options->peer || claim_files(options->peer, claims, error);
}

bool options_claim(const struct options *options, const char *image, struct claims *claims, struct error *error)
{
    const struct system_config *config = &options->config;
    bool good = claim_files(options, claims, error) &&
                (options->kernel ? claims_read(claims, options->kernel, "the kernel", error)
                                 : claim_image(image, "the image", claims, error)) &&
                claims_read(claims, options->initrd, "the initial file system", error) &&
                claims_read(claims, options->protocol_path, "the protocol", error) &&
                claim_disk(config->disk_path, config->disk_snapshot, claims, error);
    for (unsigned i = 0; good && i < VIRTIO_SLOTS; i++)
        good = claim_disk(config->virtio[i].disk_path, config->virtio[i].disk_snapshot, claims, error);
    for (unsigned i = 0; good && i < config->vm_count; i++)
        good = claim_vm(&config->vms[i], claims, error);
    return good && claim_terminals(config, claims, error) && claim_network(options, claims, error) &&
           claims_write(claims, options->json_path, "the JSON object", error) &&
           claims_write(claims, options->csv_path, "the table", error) &&
           claims_write(claims, options->svg_path, "the picture", error) &&
           claims_write(claims, options->record_path, "the recording", error);
}
