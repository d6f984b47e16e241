/* option_values.c - see option_rows.h: what the value of each option may be, and how it is taken. */
#include "monitor/session/option_rows.h"
#include "monitor/session/option_network.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ft/assumption.h"
#include "mmu/base/memory.h"
#include "monitor/base/installed.h"
#include "monitor/base/text.h"

void option_choices(option_choice *choice, const char *comma, const char *last, char *list, size_t size)
{
    size_t used = 0;
    *list = '\0';
    for (unsigned i = 0; choice(i) && used < size; i++)
        used += (size_t)snprintf(list + used, size - used, "%s%s",
                                 i == 0          ? ""
                                 : choice(i + 1) ? comma
                                                 : last,
                                 choice(i));
}

/* VALUE is one of CHOICE's names; which one goes to *INDEX. */
static bool choose(const char *name, const char *value, option_choice *choice, unsigned *index, struct error *error)
{
    char list[128];
    for (unsigned i = 0; choice(i); i++) {
        if (strcmp(choice(i), value) == 0) {
            *index = i;
            return true;
        }
    }
    option_choices(choice, ", ", " or ", list, sizeof list);
    return error_set(error, "--%s cannot be '%s': %s is wanted", name, value, list);
}

static bool number_between(const char *name, const char *value, uint64_t minimum, uint64_t maximum, uint64_t *number,
                           struct error *error)
{
    if (text_number(value, number) && *number >= minimum && *number <= maximum)
        return true;
    return error_set(error, "--%s cannot be '%s': a number from %" PRIu64 " to %" PRIu64 " is wanted", name, value,
                     minimum, maximum);
}

/* ---- what the values of some options may be ---- */

static const char *choice_of(const char *const *names, unsigned count, unsigned index)
{
    return index < count ? names[index] : NULL;
}

const char *option_mode_choice(unsigned index)
{
    static const char *const names[] = {[MODE_BARE] = "bare", [MODE_SOLO] = "solo", [MODE_PAIR] = "pair"};
    return choice_of(names, 3, index);
}

const char *option_failover_choice(unsigned index)
{
    static const char *const names[] = {"disconnect", "uncertain", "reissue"};
    return choice_of(names, 3, index);
}

const char *option_console_choice(unsigned index)
{
    static const char *const names[] = {"sequenced", "plain"};
    return choice_of(names, 2, index);
}

const char *option_keys_choice(unsigned index)
{
    static const char *const names[] = {"raw", "line"};
    return choice_of(names, 2, index);
}

const char *option_engine_choice(unsigned index)
{
    return index <= CPU_ENGINE_TRANSLATOR ? cpu_engine_name((enum cpu_engine_kind)index) : NULL;
}

const char *option_fault_choice(unsigned index)
{
    return index < ATLAS_FAULT_COUNT ? atlas_fault_name((enum atlas_fault)index) : NULL;
}

const char *option_assumption_choice(unsigned index)
{
    return index < ASSUMPTION_COUNT ? assumption_name((enum assumption)index) : NULL;
}

/* ---- taking values ---- */

bool option_take_mode(struct options *options, const char *name, const char *value, struct error *error)
{
    unsigned index = 0;
    if (!choose(name, value, option_mode_choice, &index, error))
        return false;
    options->config.mode = (enum system_mode)index;
    return true;
}

/* A file is read later (options_read_protocol), when it is known that it may be. */
bool option_take_protocol(struct options *options, const char *name, const char *value, struct error *error)
{
    free(options->protocol_path);
    options->protocol_path = NULL;
    if (strpbrk(value, "/.")) {
        options->protocol_path = strdup(value);
        memory_need(options->protocol_path);
        return true;
    }
    if (!protocol_find(value, error))
        return false;
    const char *known;
    for (unsigned i = 0; (known = protocol_name(i)); i++)
        if (strcmp(known, value) == 0)
            options->config.protocol = known; /* lives as long as the program, unlike VALUE */
    return true;
}

bool option_take_failover(struct options *options, const char *name, const char *value, struct error *error)
{
    unsigned index = 0;
    if (!choose(name, value, option_failover_choice, &index, error))
        return false;
    options->config.failover = (enum failover_policy)(FAILOVER_DISCONNECT + index);
    return true;
}

bool option_take_engine(struct options *options, const char *name, const char *value, struct error *error)
{
    unsigned index = 0;
    if (!choose(name, value, option_engine_choice, &index, error))
        return false;
    options->config.engine = (enum cpu_engine_kind)index;
    return true;
}

bool option_take_keys(struct options *options, const char *name, const char *value, struct error *error)
{
    unsigned index = 0;
    if (!choose(name, value, option_keys_choice, &index, error))
        return false;
    options->keys = index ? KEYS_LINE : KEYS_RAW;
    return true;
}

bool option_take_epoch(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT32_MAX, &options->config.epoch_insns, error);
}

bool option_take_ram(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t bytes;
    if (!text_size(value, &bytes) || bytes < PHYS_RAM_BYTES_MIN || bytes > PHYS_RAM_BYTES_MAX ||
        bytes % PHYS_PAGE_BYTES)
        return error_set(error, "--%s cannot be '%s': a size from 4M to 3584M in whole pages of 4K is wanted", name,
                         value);
    options->config.ram_bytes = (uint32_t)bytes;
    return true;
}

/* What may follow the file of a disk. */
struct image {
    uint64_t create_bytes;
    bool snapshot;
};

/* One PART of an option's value, which is as FORM says. */
static bool take_image_part(struct image *image, const char *name, const char *form, const char *part,
                            struct error *error)
{
    enum { BLOCK_BYTES = 512 };
    if (strcmp(part, "snapshot") == 0) {
        image->snapshot = true;
        return true;
    }
    if (strncmp(part, "create=", 7) != 0)
        return error_set(error, "--%s has no part '%s': %s is wanted", name, part, form);
    uint64_t bytes;
    if (!text_size(part + 7, &bytes) || bytes == 0 || bytes % BLOCK_BYTES || bytes / BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "--%s cannot create '%s' bytes: a multiple of 512, less than 2048G, is wanted", name,
                         part + 7);
    image->create_bytes = bytes;
    return true;
}

/* The part of *REST up to the next comma; *REST goes on behind it, NULL at the end. */
static char *next_part(char **rest)
{
    return strsep(rest, ",");
}

bool option_take_disk(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char form[] = "FILE[,create=SIZE][,snapshot]";
    struct image image = {0};
    free(options->disk_path);
    options->disk_path = strdup(value);
    memory_need(options->disk_path);
    char *rest = options->disk_path;
    next_part(&rest);
    while (rest)
        if (!take_image_part(&image, name, form, next_part(&rest), error))
            return false;
    options->config.disk_path = options->disk_path;
    options->config.disk_create_bytes = image.create_bytes;
    options->config.disk_snapshot = image.snapshot;
    if (!*options->disk_path)
        return error_set(error, "--%s has no file name: %s is wanted", name, form);
    return true;
}

/* "console, scsi, blk or rng". */
static void list_virtio_kinds(char *list, size_t size)
{
    *list = '\0';
    for (enum virtio_kind kind = VIRTIO_EMPTY + 1; kind < VIRTIO_KINDS; kind++) {
        size_t used = strlen(list);
        snprintf(list + used, size - used, "%s%s",
                 !used                      ? ""
                 : kind + 1 == VIRTIO_KINDS ? " or "
                                            : ", ",
                 virtio_kind_name(kind));
    }
}

/* The parts after the kind. */
static bool take_virtio_parts(struct virtio_config *virtio, const char *name, char *rest, struct error *error)
{
    static const char form[] = "SLOT=KIND[,disk=FILE][,create=SIZE][,snapshot]";
    struct image image = {0};
    while (rest) {
        const char *part = next_part(&rest);
        if (strncmp(part, "disk=", 5) == 0)
            virtio->disk_path = part + 5;
        else if (!take_image_part(&image, name, form, part, error))
            return false;
    }
    virtio->disk_create_bytes = image.create_bytes;
    virtio->disk_snapshot = image.snapshot;
    const char *kind = virtio_kind_name(virtio->kind);
    if (virtio_kind_has_disk(virtio->kind) && (!virtio->disk_path || !*virtio->disk_path))
        return error_set(error, "--%s has no disk for its '%s': SLOT=%s,disk=FILE is wanted", name, kind, kind);
    if (!virtio_kind_has_disk(virtio->kind) && (virtio->disk_path || image.create_bytes || image.snapshot))
        return error_set(error, "--%s gives a disk to a '%s', which has none: SLOT=%s is wanted", name, kind, kind);
    return true;
}

bool option_take_virtio(struct options *options, const char *name, const char *value, struct error *error)
{
    char *rest = strdup(value), kinds[64];
    memory_need(rest);
    options->virtio_texts = realloc(options->virtio_texts, (options->virtio_count + 1) * sizeof *options->virtio_texts);
    memory_need(options->virtio_texts);
    options->virtio_texts[options->virtio_count++] = rest;
    const char *slot_text = strsep(&rest, "="), *kind = rest ? next_part(&rest) : "";
    uint64_t slot;
    if (!text_number(slot_text, &slot) || slot >= VIRTIO_SLOTS)
        return error_set(error, "--%s has no slot '%s': SLOT=KIND with a SLOT from 0 to %d is wanted", name, slot_text,
                         VIRTIO_SLOTS - 1);
    struct virtio_config *virtio = &options->config.virtio[slot];
    if (virtio->kind)
        return error_set(error, "--%s puts two devices into slot %s: one is wanted", name, slot_text);
    virtio->kind = virtio_kind_find(kind, strlen(kind));
    list_virtio_kinds(kinds, sizeof kinds);
    if (!virtio->kind)
        return error_set(error, "--%s has no kind '%s': %s is wanted", name, kind, kinds);
    return virtio->kind == VIRTIO_NET ? option_network_parts(options, rest, error)
                                      : take_virtio_parts(virtio, name, rest, error);
}

bool option_take_seed(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 0, UINT64_MAX, &options->config.seed, error);
}

bool option_take_console(struct options *options, const char *name, const char *value, struct error *error)
{
    unsigned index = 0;
    if (!choose(name, value, option_console_choice, &index, error))
        return false;
    options->config.console_plain = index == 1;
    return true;
}

bool option_take_crash(struct options *options, const char *name, const char *value, struct error *error)
{
    struct fault fault;
    if (!fault_parse(value, &fault, error))
        return false;
    if (options->config.fault_count == FAULTS_MAX)
        return error_set(error, "--%s is given more than %d times", name, FAULTS_MAX);
    options_add_fault(options, &fault);
    return true;
}

bool option_take_broken(struct options *options, const char *name, const char *value, struct error *error)
{
    enum assumption which;
    if (!assumption_find(value, &which, error))
        return false;
    options->config.broken |= UINT32_C(1) << which;
    return true;
}

bool option_take_repair(struct options *options, const char *name, const char *value, struct error *error)
{
    struct fault place;
    if (!fault_parse_where(value, &place, error))
        return false;
    if (options->config.repair_count == FAULTS_MAX)
        return error_set(error, "--%s is given more than %d times", name, FAULTS_MAX);
    options_add_repair(options, &place);
    return true;
}

bool option_take_timeout(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT64_MAX, &options->config.timeout_insns, error);
}

static bool take_text(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
    memory_need(*text);
    return true;
}

bool option_take_kernel(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->kernel, value);
}

bool option_take_initrd(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->initrd, value);
}

bool option_take_append(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->append, value);
}

bool option_take_json(struct options *options, const char *name, const char *value, struct error *error)
{
    free(options->json_path);
    options->json_path = strdup(value);
    memory_need(options->json_path);
    return true;
}

bool option_take_record(struct options *options, const char *name, const char *value, struct error *error)
{
    free(options->record_path);
    options->record_path = strdup(value);
    memory_need(options->record_path);
    return true;
}

bool option_take_window(struct options *options, const char *name, const char *value, struct error *error)
{
    options->window = true;
    return true;
}

bool option_take_trusted(struct options *options, const char *name, const char *value, struct error *error)
{
    options->trusted = true;
    return true;
}

bool option_take_gdb(struct options *options, const char *name, const char *value, struct error *error)
{
    options->gdb = true;
    return gdb_address_parse("--gdb", value, &options->gdb_address, error);
}

bool option_take_threads(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t threads = 0;
    if (!number_between(name, value, 1, 2, &threads, error))
        return false;
    options->config.threads = (unsigned)threads;
    return true;
}

bool option_take_jobs(struct options *options, const char *name, const char *value, struct error *error)
{
    uint64_t jobs = 0;
    if (!number_between(name, value, 1, 64, &jobs, error))
        return false;
    options->jobs = (unsigned)jobs;
    return true;
}

bool option_take_probes(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 0, UINT32_MAX, &options->probes, error);
}

bool option_take_to_the_end(struct options *options, const char *name, const char *value, struct error *error)
{
    options->to_the_end = true;
    return true;
}

bool option_take_sample(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT32_MAX, &options->sample, error);
}

bool option_take_points(struct options *options, const char *name, const char *value, struct error *error)
{
    return number_between(name, value, 1, UINT32_MAX, &options->points, error);
}

bool option_faults(const char *list, unsigned *bits, struct error *error)
{
    bool good = true;
    unsigned kind = 0;
    char *rest = strdup(list), *kinds = rest;
    memory_need(rest);
    *bits = 0;
    for (char *one; good && (one = next_part(&kinds));) {
        if (strcmp(one, "all") == 0)
            *bits |= (1u << ATLAS_FAULT_COUNT) - 1;
        else if ((good = choose("faults", one, option_fault_choice, &kind, error)))
            *bits |= 1u << kind;
    }
    free(rest);
    return good;
}

bool option_take_faults(struct options *options, const char *name, const char *value, struct error *error)
{
    return option_faults(value, &options->sweep_faults, error);
}

/* I/N */
bool option_take_shard(struct options *options, const char *name, const char *value, struct error *error)
{
    enum { SHARDS_MAX = 100000 };
    const char *slash = strchr(value, '/');
    char *first = strndup(value, slash ? (size_t)(slash - value) : 0);
    memory_need(first);
    bool good = slash && text_number(first, &options->shard) && text_number(slash + 1, &options->shards) &&
                options->shard >= 1 && options->shard <= options->shards && options->shards <= SHARDS_MAX;
    free(first);
    options->shard--;
    return good || error_set(error, "--%s cannot be '%s': I/N with an I from 1 to N, which is %d at most, is wanted",
                             name, value, SHARDS_MAX);
}

bool option_take_csv(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->csv_path, value);
}

bool option_take_svg(struct options *options, const char *name, const char *value, struct error *error)
{
    return take_text(&options->svg_path, value);
}

/* The slots in TEXT: "0+3", or "none". */
static bool take_slots(const char *text, uint64_t *slots)
{
    *slots = 0;
    if (strcmp(text, "none") == 0)
        return true;
    for (const char *at = text;; at++) {
        char *end;
        unsigned long slot = isdigit((unsigned char)*at) ? strtoul(at, &end, 10) : VIRTIO_SLOTS;
        if (slot >= VIRTIO_SLOTS)
            return false;
        *slots |= UINT64_C(1) << slot;
        at = end;
        if (*at != '+')
            return *at == '\0';
    }
}

/* One NAME=VALUE of a computer. */
static bool take_own(struct own_value own[OWN_COUNT], const char *name, char *part, struct error *error)
{
    char *text = strchr(part, '=');
    unsigned which = 0;
    if (text)
        *text++ = '\0';
    while (own_name(which) && strcmp(own_name(which), part) != 0)
        which++;
    if (!text || !own_name(which))
        return error_set(error,
                         "--%s: a computer has no '%s' of its own: clock-hz, ram, disk-latency-us, disk-spread-us, "
                         "tlb-entries, cost-instruction-ns or virtio, and =VALUE, is wanted",
                         name, part);
    struct own_value *value = &own[which];
    value->given = true;
    const struct setting_row *row = own_setting(which);
    if (row) {
        struct settings settings;
        settings_defaults(&settings);
        if (!settings_set(&settings, row->name, text, error))
            return false;
        memcpy(&value->value, (const char *)&settings + row->offset, sizeof value->value);
        return true;
    }
    if (which == OWN_VIRTIO)
        return take_slots(text, &value->value) ||
               error_set(error,
                         "--%s: virtio cannot be '%s': slots from 0 to %d, with + between them, or none, are wanted",
                         name, text, VIRTIO_SLOTS - 1);
    return (text_size(text, &value->value) && value->value >= PHYS_RAM_BYTES_MIN &&
            value->value <= PHYS_RAM_BYTES_MAX && value->value % PHYS_PAGE_BYTES == 0) ||
           error_set(error, "--%s: ram cannot be '%s': a size from 4M to 3584M in whole pages of 4K is wanted", name,
                     text);
}

bool option_take_computer(struct options *options, const char *name, const char *value, struct error *error)
{
    static const char *const whose[] = {"primary", "backup"};
    char *copy = strdup(value), *rest = copy;
    memory_need(copy);
    const char *who = strsep(&rest, ",");
    unsigned computer = 0;
    while (computer < 2 && strcmp(whose[computer], who) != 0)
        computer++;
    bool good = computer < 2 && rest && *rest;
    if (!good)
        error_set(error, "--%s cannot be '%s': primary or backup, and then ,NAME=VALUE, is wanted", name, value);
    for (char *part; good && (part = strsep(&rest, ","));)
        good = take_own(options->config.own[computer], name, part, error);
    free(copy);
    return good;
}

bool options_setting(struct options *options, const char *name, const char *text, struct error *error)
{
    char now[32];
    snprintf(now, sizeof now, "%lld", (long long)time(NULL));
    bool host = strcmp(name, "world-clock") == 0 && strcmp(text, "now") == 0;
    return settings_set(&options->config.settings, name, host ? now : text, error);
}

bool option_take_set(struct options *options, const char *name, const char *value, struct error *error)
{
    const char *equals = strchr(value, '=');
    if (!equals)
        return error_set(error, "--%s cannot be '%s': NAME=VALUE is wanted, e.g. disk-latency-us=200", name, value);
    char *setting = strndup(value, (size_t)(equals - value));
    memory_need(setting);
    bool good = options_setting(options, setting, equals + 1, error);
    free(setting);
    return good;
}

bool option_take_help(struct options *options, const char *name, const char *value, struct error *error)
{
    options->help = true;
    return true;
}
