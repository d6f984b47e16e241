/* vm.c - see vm.h; and which virtual machines and processors go together. */
#include "ft/vm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ft/config/config.h"

static const char *const recovery_names[] = {"none", "spare", "share", "take", "failover"};
static const char *const unsaved_names[] = {"end", "restart"};

enum { RECOVERIES = sizeof recovery_names / sizeof recovery_names[0], UNSAVED = 2 };

void vm_attributes_defaults(struct vm_attributes *attributes)
{
    *attributes = (struct vm_attributes){VM_RECOVERY_SHARE, VM_UNSAVED_END, 128};
}

const char *vm_recovery_name(enum vm_recovery recovery)
{
    return recovery_names[recovery];
}

const char *vm_unsaved_name(enum vm_unsaved unsaved)
{
    return unsaved_names[unsaved];
}

/* TEXT is one of COUNT names; which one goes to *INDEX. */
static bool choose(const char *text, const char *const *names, unsigned count, unsigned *index)
{
    for (*index = 0; *index < count; ++*index)
        if (strcmp(text, names[*index]) == 0)
            return true;
    return false;
}

bool vm_attribute_set(struct vm_attributes *attributes, const char *name, const char *key, const char *text,
                      bool *known, struct error *error)
{
    unsigned index;
    *known = true;
    if (strcmp(key, "recovery") == 0) {
        if (!choose(text, recovery_names, RECOVERIES, &index))
            return error_set(error, "VM %s: recovery cannot be '%s': none, spare, share, take or failover is wanted",
                             name, text);
        attributes->recovery = (enum vm_recovery)index;
    } else if (strcmp(key, "unsaved") == 0) {
        if (!choose(text, unsaved_names, UNSAVED, &index))
            return error_set(error, "VM %s: unsaved cannot be '%s': end or restart is wanted", name, text);
        attributes->unsaved = (enum vm_unsaved)index;
    } else if (strcmp(key, "priority") == 0) {
        size_t digits = strspn(text, "0123456789");
        if (!digits || digits > 3 || text[digits] || atoi(text) > VM_PRIORITY_MAX)
            return error_set(error, "VM %s: priority cannot be '%s': a number from 0 to %d is wanted", name, text,
                             VM_PRIORITY_MAX);
        attributes->priority = (unsigned)atoi(text);
    } else {
        *known = false;
    }
    return true;
}

bool vm_name_good(const char *name)
{
    size_t length = strlen(name), digits = strspn(name, "cpu") == 3 ? strspn(name + 3, "0123456789") : 0;
    if (!isalpha((unsigned char)name[0]) || length >= VM_NAME_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '-' && name[i] != '_')
            return false;
    bool processor = strncmp(name, "cpu", 3) == 0 && digits && !name[3 + digits];
    return !processor && strcmp(name, "primary") != 0 && strcmp(name, "backup") != 0;
}

bool vm_name_check(const char *name, struct error *error)
{
    return vm_name_good(name) || error_set(error,
                                           "a VM cannot be called '%s': a letter, then letters, digits, - and _, at "
                                           "most %d in all, and not primary, backup or cpuN, is wanted",
                                           name, VM_NAME_BYTES - 1);
}

/* ---- which go together ---- */

/* Does VM live on COMPUTER of CONFIG's? */
bool vm_lives_on(const struct system_config *config, const struct vm_config *vm, unsigned computer)
{
    return strcmp(vm->name, VM_FIRST) == 0 || vm->at == computer || (config->mode == MODE_PAIR && vm->at == VM_AT_BOTH);
}

const struct vm_config *vm_first(const struct system_config *config)
{
    for (unsigned i = 0; i < config->vm_count; i++)
        if (strcmp(config->vms[i].name, VM_FIRST) == 0)
            return &config->vms[i];
    return NULL;
}

const struct vm_config *vm_on_both(const struct system_config *config)
{
    for (unsigned i = 0; i < config->vm_count; i++)
        if (config->vms[i].at == VM_AT_BOTH && strcmp(config->vms[i].name, VM_FIRST) != 0)
            return &config->vms[i];
    return NULL;
}

int vm_first_on(const struct system_config *config)
{
    const struct vm_config *first = vm_first(config);
    return first && first->on_given ? first->on : config->mode == MODE_PAIR ? 0 : VM_SHARED;
}

int vm_on(const struct system_config *config, const struct vm_config *vm)
{
    return vm->on == VM_WITH_FIRST ? vm_first_on(config) : vm->on;
}

static bool check_names(const struct system_config *config, struct error *error)
{
    for (unsigned i = 0; i < config->vm_count; i++) {
        const char *name = config->vms[i].name;
        if (!vm_name_check(name, error))
            return false;
        for (unsigned k = 0; k < i; k++)
            if (strcmp(name, config->vms[k].name) == 0)
                return error_set(error, "two VMs are called '%s': a name for each is wanted", name);
    }
    return true;
}

/* One that is fault tolerant beside the first has nothing that would need a log of its own. */
static bool check_both(const struct vm_config *vm, struct error *error)
{
    bool devices = vm->disk_path;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        devices |= vm->virtio[i].kind != VIRTIO_EMPTY;
    return !devices ||
           error_set(error, "VM '%s' cannot have a disk or virtio devices with at=both: it shares the first's log",
                     vm->name);
}

static bool check_one(const struct system_config *config, const struct vm_config *vm, struct error *error)
{
    int present = (int)(config->settings.processors - config->settings.spares);
    if (vm->on >= (int)config->settings.processors)
        return error_set(error, "VM '%s' is on processor %d, which is not there: processors=%d", vm->name, vm->on,
                         (int)config->settings.processors);
    if (vm->on >= present)
        return error_set(error, "VM '%s' is on processor %d, which is a spare", vm->name, vm->on);
    if (vm->attributes.recovery == VM_RECOVERY_FAILOVER && config->mode != MODE_PAIR)
        return error_set(error, "VM '%s' cannot have recovery=failover: it needs mode pair", vm->name);
    if (vm->at != VM_AT_PRIMARY && config->mode != MODE_PAIR)
        return error_set(error, "VM '%s' cannot be at %s: it needs mode pair", vm->name,
                         vm->at == VM_AT_BOTH ? "both computers" : "the backup");
    if (vm->at == VM_AT_BOTH && !check_both(vm, error))
        return false;
    if (strcmp(vm->name, VM_FIRST) != 0 && !vm->files.image && !vm->files.kernel)
        return error_set(error, "VM '%s' has no image: --vm %s,image=FILE is wanted", vm->name, vm->name);
    if (strcmp(vm->name, VM_FIRST) != 0 && vm->attributes.recovery == VM_RECOVERY_FAILOVER && vm->at != VM_AT_BOTH)
        return error_set(error, "VM '%s' cannot have recovery=failover: it lives on one computer only", vm->name);
    return true;
}

/* Is there a processor for those of the pool on COMPUTER? */
static bool check_pool(const struct system_config *config, unsigned computer, struct error *error)
{
    unsigned present = (unsigned)(config->settings.processors - config->settings.spares), taken = 0;
    int first_on = vm_first_on(config);
    const char *shared = first_on == VM_SHARED ? VM_FIRST : NULL;
    if (first_on >= 0)
        taken |= 1U << first_on;
    for (unsigned i = 0; i < config->vm_count; i++) {
        const struct vm_config *vm = &config->vms[i];
        if (strcmp(vm->name, VM_FIRST) == 0 || !vm_lives_on(config, vm, computer))
            continue;
        int on = vm_on(config, vm);
        if (on >= 0)
            taken |= 1U << on;
        else
            shared = vm->name;
    }
    if (!shared || taken != (1U << present) - 1)
        return true;
    return error_set(
        error, "no processor is left for the pool, and VM '%s' is shared: on=N or more processors is wanted", shared);
}

bool vms_check(const struct system_config *config, struct error *error)
{
    const struct settings *settings = &config->settings;
    if (config->mode == MODE_BARE && (config->vm_count || settings->spares))
        return error_set(error, "%s: mode solo or pair is wanted, a bare computer has no host",
                         config->vm_count ? "a VM needs a host" : "spares need a host");
    if (config->mode == MODE_BARE)
        return true;
    if (settings->spares >= settings->processors)
        return error_set(error, "spares=%u leaves no processor of processors=%u: fewer are wanted",
                         (unsigned)settings->spares, (unsigned)settings->processors);
    unsigned others = config->vm_count - (vm_first(config) != NULL);
    if (others > VMS_MAX)
        return error_set(error, "there are %u VMs beside the first: at most %d are wanted", others, VMS_MAX);
    if (!check_names(config, error))
        return false;
    for (unsigned i = 0; i < config->vm_count; i++)
        if (!check_one(config, &config->vms[i], error))
            return false;
    return check_pool(config, 0, error) && (config->mode != MODE_PAIR || check_pool(config, 1, error));
}
