/* option_vm.c - see option_rows.h: --vm NAME[,KEY=VALUE]..., a virtual machine of a host with several
 * (docs/hitachi.md), and --beside, a short way of saying that.
 */
#include "monitor/session/option_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "monitor/base/installed.h"
#include "monitor/base/text.h"

/* The strings of one, which its config points to. */
enum { TEXT_WORDS, TEXT_TERMINAL, TEXT_IMAGE, VM_TEXTS };

/* What is being taken, and where a `disk=` or `create=` belongs: behind `virtio=`, to that device. */
struct taking {
    struct vm_config *vm;
    struct virtio_config *virtio; /* NULL: none yet */
    bool terminal, first;
};

static bool take_ram(struct vm_config *vm, const char *value, struct error *error)
{
    uint64_t bytes;
    if (!text_size(value, &bytes) || bytes < PHYS_RAM_BYTES_MIN || bytes > PHYS_RAM_BYTES_MAX ||
        bytes % PHYS_PAGE_BYTES)
        return error_set(error, "--vm %s: ram cannot be '%s': a size from 4M to 3584M in whole pages of 4K is wanted",
                         vm->name, value);
    vm->ram_bytes = (uint32_t)bytes;
    return true;
}

static bool take_create(struct taking *taking, const char *value, struct error *error)
{
    enum { BLOCK_BYTES = 512 };
    uint64_t bytes;
    if (!text_size(value, &bytes) || !bytes || bytes % BLOCK_BYTES || bytes / BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "--vm %s: create cannot be '%s': a multiple of 512 bytes, less than 2048G, is wanted",
                         taking->vm->name, value);
    if (taking->virtio)
        taking->virtio->disk_create_bytes = bytes;
    else
        taking->vm->disk_create_bytes = bytes;
    return true;
}

/* SLOT=KIND; `disk=` and the rest come behind. */
static bool take_virtio(struct taking *taking, char *value, struct error *error)
{
    char *kind = strchr(value, '=');
    uint64_t slot = VIRTIO_SLOTS;
    if (kind)
        *kind++ = '\0';
    if (!kind || !text_number(value, &slot) || slot >= VIRTIO_SLOTS)
        return error_set(error, "--vm %s: virtio has no slot '%s': SLOT=KIND with a SLOT from 0 to %d is wanted",
                         taking->vm->name, value, VIRTIO_SLOTS - 1);
    taking->virtio = &taking->vm->virtio[slot];
    if (taking->virtio->kind)
        return error_set(error, "--vm %s puts two devices into slot %s: one is wanted", taking->vm->name, value);
    taking->virtio->kind = virtio_kind_find(kind, strlen(kind));
    if (taking->virtio->kind == VIRTIO_NET)
        taking->virtio->kind = VIRTIO_EMPTY; /* the network is the first one's */
    return taking->virtio->kind || error_set(error,
                                             "--vm %s: virtio has no kind '%s': console, scsi, blk or rng is "
                                             "wanted",
                                             taking->vm->name, kind);
}

static bool take_on(struct vm_config *vm, const char *value, struct error *error)
{
    uint64_t number = 0;
    vm->on_given = true;
    vm->on = VM_SHARED;
    if (strcmp(value, "shared") == 0)
        return true;
    if (!text_number(value, &number) || number >= BOARD_PROCESSORS_MAX)
        return error_set(error, "--vm %s: on cannot be '%s': a processor's number, 0 to %d, or shared is wanted",
                         vm->name, value, BOARD_PROCESSORS_MAX - 1);
    vm->on = (int)number;
    return true;
}

static bool home_of(const char *text, enum vm_home *home)
{
    static const char *const names[] = {"primary", "backup", "both"};
    for (unsigned i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *home = (enum vm_home)i;
            return true;
        }
    return false;
}

static bool take_at(struct vm_config *vm, const char *value, struct error *error)
{
    return home_of(value, &vm->at) ||
           error_set(error, "--vm %s: at cannot be '%s': primary, backup or both is wanted", vm->name, value);
}

/* A file that the option names. True: KEY is one of these. */
static bool take_file(struct taking *taking, const char *key, const char *value)
{
    struct vm_config *vm = taking->vm;
    if (strcmp(key, "image") == 0)
        vm->files.image = value;
    else if (strcmp(key, "kernel") == 0)
        vm->files.kernel = value;
    else if (strcmp(key, "initrd") == 0)
        vm->files.initrd = value;
    else if (strcmp(key, "append") == 0)
        vm->files.append = value;
    else if (strcmp(key, "terminal") == 0)
        vm->terminal_path = value;
    else if (strcmp(key, "disk") == 0 && taking->virtio)
        taking->virtio->disk_path = value;
    else if (strcmp(key, "disk") == 0)
        vm->disk_path = value;
    else
        return false;
    taking->terminal |= strcmp(key, "terminal") == 0;
    return true;
}

static bool take_part(struct taking *taking, char *part, struct error *error)
{
    struct vm_config *vm = taking->vm;
    char *value = strchr(part, '=');
    bool known = false;
    if (strcmp(part, "snapshot") == 0) {
        *(taking->virtio ? &taking->virtio->disk_snapshot : &vm->disk_snapshot) = true;
        return true;
    }
    if (!value || !value[1])
        return error_set(error, "--vm %s: '%s' has no value: KEY=VALUE is wanted", vm->name, part);
    *value++ = '\0';
    if (!vm_attribute_set(&vm->attributes, vm->name, part, value, &known, error))
        return false;
    if (known)
        return true;
    if (strcmp(part, "on") == 0)
        return take_on(vm, value, error);
    if (taking->first)
        return error_set(error, "--vm %s: '%s' is the run's own: only on, recovery, unsaved and priority are wanted",
                         vm->name, part);
    if (strcmp(part, "at") == 0)
        return take_at(vm, value, error);
    if (strcmp(part, "ram") == 0)
        return take_ram(vm, value, error);
    if (strcmp(part, "create") == 0)
        return take_create(taking, value, error);
    if (strcmp(part, "virtio") == 0)
        return take_virtio(taking, value, error);
    return take_file(taking, part, value) ||
           error_set(error,
                     "--vm %s has no '%s': image, kernel, initrd, append, ram, disk, create, snapshot, virtio, "
                     "terminal, at, on, recovery, unsaved or priority is wanted",
                     vm->name, part);
}

/* What may be seen when all parts are there. */
static bool fits(const struct vm_config *vm, struct error *error)
{
    if (vm->disk_create_bytes && !vm->disk_path)
        return error_set(error, "--vm %s creates a disk without a file: disk=FILE is wanted", vm->name);
    if (vm->files.image && vm->files.kernel)
        return error_set(error, "--vm %s has an image beside its kernel: one of the two is wanted", vm->name);
    if (!vm->files.kernel && (vm->files.initrd || vm->files.append))
        return error_set(error, "--vm %s has no kernel: initrd and append are for one", vm->name);
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct virtio_config *virtio = &vm->virtio[i];
        if (virtio_kind_has_disk(virtio->kind) != (virtio->disk_path != NULL))
            return error_set(error, "--vm %s: the device in slot %u %s", vm->name, i,
                             virtio->disk_path ? "has no disk" : "needs disk=FILE behind it");
    }
    return true;
}

/* One more VM, from the words in TEXT, which is copied; *WORDS is the copy. NULL with a line in ERROR: too many. */
static struct vm_config *begin(struct options *options, const char *name, const char *text, char **words,
                               struct error *error)
{
    unsigned count = options->config.vm_count;
    if (count == VMS_MAX + 1) {
        error_set(error, "--%s is one VM too many: at most %d beside the first are wanted", name, VMS_MAX);
        return NULL;
    }
    options->vms = realloc(options->vms, (count + 1) * sizeof *options->vms);
    options->vm_texts = realloc(options->vm_texts, VM_TEXTS * (count + 1) * sizeof *options->vm_texts);
    memory_need(options->vms && options->vm_texts);
    struct vm_config *vm = &options->vms[count];
    *vm = (struct vm_config){.on = VM_SHARED};
    vm_attributes_defaults(&vm->attributes);
    char **texts = &options->vm_texts[VM_TEXTS * count];
    *words = texts[TEXT_WORDS] = strdup(text);
    memory_need(*words);
    texts[TEXT_TERMINAL] = texts[TEXT_IMAGE] = NULL;
    options->config.vms = options->vms;
    options->config.vm_count = count + 1;
    return vm;
}

/* What is meant by what was said of the last VM: its terminal, if nothing was, is a file that is called as it is; its
 * image may be the name of one that is installed. */
static void complete(struct options *options, bool terminal)
{
    unsigned last = options->config.vm_count - 1;
    struct vm_config *vm = &options->vms[last];
    char **texts = &options->vm_texts[VM_TEXTS * last];
    if (!terminal) {
        memory_need(asprintf(&texts[TEXT_TERMINAL], "%s.txt", vm->name) > 0);
        vm->terminal_path = texts[TEXT_TERMINAL];
    }
    if (vm->files.image) {
        char path[PATH_MAX];
        texts[TEXT_IMAGE] = strdup(installed_guest(vm->files.image, path));
        memory_need(texts[TEXT_IMAGE]);
        vm->files.image = texts[TEXT_IMAGE];
    }
}

bool option_take_vm(struct options *options, const char *name, const char *value, struct error *error)
{
    char *rest;
    struct vm_config *vm = begin(options, name, value, &rest, error);
    if (!vm)
        return false;
    struct taking taking = {.vm = vm};
    vm->ram_bytes = 32 << 20;
    const char *called = strsep(&rest, ",");
    if (!vm_name_check(called, error))
        return false;
    snprintf(vm->name, sizeof vm->name, "%s", called);
    taking.first = strcmp(called, VM_FIRST) == 0;
    while (rest)
        if (!take_part(&taking, strsep(&rest, ","), error))
            return false;
    complete(options, taking.terminal || taking.first);
    return fits(vm, error);
}

/* IMAGE[@primary|backup|both][,terminal=FILE]: a VM beside-N with that image, that `at` and that terminal, at the
 * first's processor and with as much memory as that has. */
bool option_take_beside(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char file_part[] = ",terminal=";
    char *image;
    struct vm_config *vm = begin(options, name, value, &image, error);
    if (!vm)
        return false;
    snprintf(vm->name, sizeof vm->name, "beside-%u", ++options->beside_count);
    vm->on = VM_WITH_FIRST;
    char *terminal = strstr(image, file_part), *at = NULL;
    if (terminal) {
        *terminal = '\0';
        vm->terminal_path = terminal + sizeof file_part - 1;
    }
    if ((at = strrchr(image, '@')))
        *at++ = '\0';
    vm->files.image = image;
    if (!*image || (terminal && !*vm->terminal_path))
        return error_set(error, "--%s cannot be '%s': IMAGE[@primary|backup|both][,terminal=FILE] is wanted", name,
                         value);
    if (at && !home_of(at, &vm->at))
        return error_set(error, "--%s cannot be at '%s': primary, backup or both is wanted", name, at);
    complete(options, terminal != NULL);
    return true;
}
