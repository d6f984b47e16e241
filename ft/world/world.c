/* world.c - see world.h. */
#include "ft/world/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/image_file.h"
#include "io/stream.h"
#include "mmu/base/memory.h"

/* ---- its life ---- */

static bool open_disk(struct world *world, unsigned device, const char *path, uint64_t create_bytes, bool snapshot,
                      struct error *error)
{
    const struct system_config *config = &world->config;
    struct shared_disk_config wanted = {
        .path = path,
        .create_bytes = create_bytes,
        .keeping = snapshot                ? DISK_SNAPSHOT
                   : !config->disk_overlay ? DISK_THROUGH
                   : config->disk_follows  ? DISK_FOLLOWED
                                           : DISK_OVERLAY,
        .keeps_before = config->mode == MODE_PAIR, /* it may differ, and is run again then (compare.h) */
        .syncs = config->settings.sync == SYNC_HOST,
    };
    world->disks[device] = config->again ? shared_disk_again(config->again->disks[device])
                                         : shared_disk_open(&wanted, config->images, error);
    if (world->disks[device] && broken(world, ASSUMPTION_SHARED_DISK))
        world->second_disks[device] = shared_disk_again(world->disks[device]);
    return world->disks[device] != NULL;
}

/* Two devices with a record of their own each cannot share an image. */
static bool one_image_each(const struct system_config *config, struct error *error)
{
    const char *paths[DISK_DEVICES] = {config->disk_path};
    struct stat at[DISK_DEVICES] = {0};
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        paths[DISK_DEVICE_VIRTIO + i] = config->virtio[i].disk_path;
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        bool there = paths[i] && stat(paths[i], &at[i]) == 0;
        for (unsigned k = 0; k < i && paths[i]; k++)
            if (paths[k] && (there ? at[k].st_ino == at[i].st_ino && at[k].st_dev == at[i].st_dev
                                   : strcmp(paths[k], paths[i]) == 0))
                return error_set(error, "disk '%s' is given to two devices: an image for each is wanted", paths[i]);
    }
    return true;
}

static bool open_disks(struct world *world, struct error *error)
{
    const struct system_config *config = &world->config;
    if (!config->again && !one_image_each(config, error))
        return false;
    if (!config->images)
        world->config.images = world->own_images = image_files_new();
    if (!open_disk(world, DISK_DEVICE_CONTROLLER, config->disk_path, config->disk_create_bytes, config->disk_snapshot,
                   error))
        return false;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct virtio_config *virtio = &config->virtio[i];
        world->virtio[i] = virtio->kind;
        if (!open_disk(world, DISK_DEVICE_VIRTIO + i, virtio->disk_path, virtio->disk_create_bytes,
                       virtio->disk_snapshot, error))
            return false;
    }
    return true;
}

bool world_init(struct world *world, const struct system_config *config, unsigned computers, struct error *error)
{
    world->config = *config;
    world->computers = computers;
    world->differing = -1;
    world->pages = page_store_new();
    if (pthread_mutex_init(&world->lock, NULL) || !world->pages)
        return error_set(error, "the host has no memory for a system");
    return order_init(&world->order, computers, error);
}

bool world_open(struct world *world, struct error *error)
{
    if (!open_disks(world, error))
        return false;
    if (broken(world, ASSUMPTION_OUTPUT_COMMIT))
        world->config.settings.channel_crash = 1;
    world->terminal = terminal_new(world->config.input_fd, world->config.output_fd, world->config.console_plain);
    return true;
}

/* A run again shows nothing to anybody. */
static bool open_capture(struct world *world, struct error *error)
{
    const struct system_config *config = &world->config;
    struct network *network = &world->network;
    if (!config->network.capture_path || config->network.quiet || config->again || network->capture)
        return true;
    network->capture = network_capture_new(config->network.capture_path, config->settings.world_clock, error);
    return network->capture != NULL;
}

bool world_make(struct world *world, struct error *error)
{
    bool good = true;
    for (unsigned i = 0; good && i < DISK_DEVICES; i++)
        good = shared_disk_make(world->disks[i], error);
    return good && open_capture(world, error);
}

void world_unmake(struct world *world)
{
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        shared_disk_unmake(world->disks[i]);
}

bool world_host_good(const struct world *world, struct error *error)
{
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        if (!shared_disk_host_good(world->disks[i], error) ||
            (world->second_disks[i] && !shared_disk_host_good(world->second_disks[i], error)))
            return false;
    int cause = terminal_host_error(world->terminal);
    if (cause)
        return error_set(error, "the terminal's output cannot be written: %s", strerror(cause));
    const char *path;
    cause = world->network.capture ? network_capture_error(world->network.capture, &path) : 0;
    if (cause)
        return error_set(error, "'%s', the capture of the network, cannot be written: %s", path, strerror(cause));
    cause = world->operator_error;
    return !cause || error_set(error, "the operator's console cannot be written: %s", strerror(cause));
}

void world_tell_host(struct world *world, const char *line)
{
    char text[640];
    /* A node's world has no terminal (ft/live). */
    bool inside =
        world->config.operator_fd == world->config.output_fd && world->terminal && terminal_break_line(world->terminal);
    int length = snprintf(text, sizeof text, "%sunderstudy: %.600s\n", inside ? "\n" : "", line);
    if (world->config.operator_fd >= 0 && !world->operator_error)
        world->operator_error = stream_write(world->config.operator_fd, text, (size_t)length);
}

void world_free(struct world *world)
{
    for (size_t i = 0; i < world->formers.count; i++)
        former_free(&world->formers.at[i]);
    VEC_FREE(&world->formers);
    page_store_free(world->pages);
    for (unsigned p = 0; p < PROCESSES_MAX; p++) {
        for (size_t i = 0; i < world->account[p].count; i++)
            free(world->account[p].at[i].text);
        VEC_FREE(&world->account[p]);
    }
    VEC_FREE(&world->faults);
    VEC_FREE(&world->repairs);
    VEC_FREE(&world->fences);
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        shared_disk_close(world->second_disks[i]);
        shared_disk_close(world->disks[i]);
    }
    image_files_free(world->own_images);
    terminal_free(world->terminal);
    seat_free(&world->seat);
    network_free(&world->network);
    free(world->image);
    free(world->image_name);
    pthread_mutex_destroy(&world->lock);
    order_free(&world->order);
}

/* ---- arbiter, operator, end ---- */

bool world_arbitrate(struct world *world, uint32_t *generation)
{
    pthread_mutex_lock(&world->lock);
    bool won = world->generation == *generation || broken(world, ASSUMPTION_ARBITER);
    if (won)
        *generation = ++world->generation;
    pthread_mutex_unlock(&world->lock);
    return won;
}

void world_fence(struct world *world, unsigned index, uint32_t generation)
{
    struct world *shows = world_shows(world);
    struct explain_fence fence = {.generation = generation};
    pthread_mutex_lock(&shows->lock);
    if (!broken(world, ASSUMPTION_FENCING))
        terminal_fence(shows->terminal, generation);
    terminal_shown(shows->terminal, &fence.shown);
    pthread_mutex_unlock(&shows->lock);
    pthread_mutex_lock(&world->lock);
    if (!broken(world, ASSUMPTION_FENCING)) {
        for (unsigned i = 0; i < DISK_DEVICES; i++)
            shared_disk_fence(world_disk(world, index, i), generation);
        network_fence(&world->network, generation);
    }
    fence.sent = world->network.sent.count;
    *VEC_PUSH(&world->fences) = fence;
    pthread_mutex_unlock(&world->lock);
}

bool world_fenced(struct world *world, uint32_t generation)
{
    pthread_mutex_lock(&world->lock);
    bool fenced = world->generation != generation && !broken(world, ASSUMPTION_FENCING);
    pthread_mutex_unlock(&world->lock);
    return fenced;
}

void world_tell(struct world *world, unsigned number, const struct account_line *line)
{
    struct account_line copy = *line;
    copy.text = strdup(line->text);
    memory_need(copy.text);
    pthread_mutex_lock(&world->lock);
    *VEC_PUSH(&world->account[number]) = copy;
    pthread_mutex_unlock(&world->lock);
    atomic_store(&world->output_waits, true);
}

const struct account_line *world_next_line(const struct world *world, size_t told[PROCESSES_MAX], uint64_t time_ps)
{
    const struct account_line *next = NULL;
    unsigned teller = 0;
    for (unsigned i = 0; i < world->computers; i++) {
        if (told[i] >= world->account[i].count)
            continue;
        const struct account_line *line = &world->account[i].at[told[i]];
        if (line->time_ps >= time_ps || (next && line->time_ps >= next->time_ps))
            continue;
        next = line;
        teller = i;
    }
    if (!next)
        return NULL;
    told[teller]++;
    return next;
}

void world_end(struct world *world, unsigned number, uint64_t time_ps, enum system_end end, int status, const char *why)
{
    pthread_mutex_lock(&world->lock);
    if (world->end == END_NONE) {
        world->end = end;
        world->ender = number;
        world->status = status;
        world->end_ps = time_ps;
        snprintf(world->why, sizeof world->why, "%s", why ? why : "");
    }
    pthread_mutex_unlock(&world->lock);
    atomic_store(&world->finished, true);
}

void world_stop(struct world *world)
{
    atomic_store(&world->ended, true);
}

void world_diverged(struct world *world, const char *sentence)
{
    pthread_mutex_lock(&world->lock);
    if (!world->digests_differ) {
        world->digests_differ = true;
        snprintf(world->divergence, sizeof world->divergence, "%s", sentence);
    }
    pthread_mutex_unlock(&world->lock);
}

void disk_describe(const struct history_operation *op, char text[DISK_NAME_BYTES])
{
    static const char *const names[] = {"connect", "read", "write", "flush", "disconnect"};
    const char *name = op->opcode < sizeof names / sizeof names[0] ? names[op->opcode] : "unknown command";
    char disk[32] = "disk";
    if (op->device != DISK_DEVICE_CONTROLLER)
        snprintf(disk, sizeof disk, "virtio slot %u", op->device - DISK_DEVICE_VIRTIO);
    int length = snprintf(text, DISK_NAME_BYTES, "%s operation %" PRIu64 " (%s", disk, op->number, name);
    size_t room = DISK_NAME_BYTES - (size_t)length;
    if (op->opcode != DISK_READ && op->opcode != DISK_WRITE)
        snprintf(text + length, room, ")");
    else if (op->count == 1)
        snprintf(text + length, room, " of block %u)", op->block);
    else
        snprintf(text + length, room, " of blocks %u to %u)", op->block, op->block + op->count - 1);
}

/* ---- between runs ---- */

static void visit_planned(struct visit *visit, struct planned_fault *planned)
{
    struct fault *fault = &planned->fault;
    VISIT_BELOW(visit, fault->role, ROLE_BACKUP + 1);
    VISIT_BELOW(visit, fault->who, FAULT_OF_VM + 1);
    VISIT(visit, fault->role_said);
    VISIT_BELOW(visit, fault->processor, BOARD_PROCESSORS_MAX);
    VISIT_TEXT(visit, fault->vm);
    VISIT_BELOW(visit, fault->kind, FAULT_HANG + 1);
    VISIT(visit, fault->argument);
    VISIT_BELOW(visit, fault->bit, 32);
    VISIT(visit, fault->memory);
    VISIT_BELOW(visit, fault->place, FAULT_TIME + 1);
    VISIT(visit, fault->number);
    VISIT_BELOW(visit, fault->step, PROTOCOL_STEP_COUNT);
    VISIT_BELOW(visit, fault->phase, OPERATION_COMPLETED + 1);
    VISIT(visit, fault->mask);
    VISIT(visit, planned->number);
    VISIT(visit, planned->struck);
    VISIT(visit, planned->cancelled);
    VISIT(visit, planned->any_role);
}

/* Where everything planned has happened, nothing depends on it any more. */
static void visit_plan(struct world *world, struct visit *visit)
{
    VISIT(visit, world->step_count);
    VISIT_ROW(visit, &world->faults, visit_planned);
    VISIT(visit, world->processor_faults);
    VISIT_ROW(visit, &world->repairs, visit_planned);
}

static void visit_fence(struct visit *visit, struct explain_fence *fence)
{
    VISIT(visit, fence->generation);
    VISIT(visit, fence->shown);
    VISIT(visit, fence->sent);
}

static void visit_line(struct visit *visit, struct account_line *line)
{
    size_t length = visit_count(visit, line->text ? strlen(line->text) : 0, 1);
    VISIT(visit, line->time_ps);
    VISIT(visit, line->epoch);
    VISIT_BELOW(visit, line->rule, RULE_COUNT);
    if (visit->reading) {
        line->text = calloc(1, length + 1);
        memory_need(line->text);
    }
    visit_bytes(visit, "text", line->text, length);
}

/* The account of a process only grows; its lines own their texts. */
static void visit_account(struct world *world, unsigned number, struct visit *visit)
{
    size_t first, had = world->account[number].count, count = visit_length(visit, had, &first);
    for (size_t i = first; i < had && visit->reading; i++)
        free(world->account[number].at[i].text);
    if (visit->reading)
        for (world->account[number].count = first; world->account[number].count < count;)
            *VEC_PUSH(&world->account[number]) = (struct account_line){0};
    for (size_t i = first; i < count; i++)
        visit_line(visit, &world->account[number].at[i]);
    if (visit->reading && visit->whole)
        world->account_flushed[number] = count; /* another process has told them */
}

static void visit_end_of_run(struct world *world, struct visit *visit)
{
    VISIT_BELOW(visit, world->end, END_LOST + 1);
    VISIT_BELOW(visit, world->ender, PROCESSES_MAX);
    VISIT(visit, world->status);
    VISIT_TEXT(visit, world->why);
    VISIT(visit, world->end_ps);
    VISIT(visit, world->failovers);
    VISIT(visit, world->joins);
    VISIT_MOMENT(visit, world->downtime_ps);
    VISIT(visit, world->digests_differ);
    VISIT(visit, world->differing);
    if (visit->reading && (world->differing < -1 || world->differing >= (int)world->computers)) {
        world->differing = -1;
        visit_refuse(visit);
    }
    VISIT_TEXT(visit, world->divergence);
    VISIT_ATOMIC(visit, bool, world->ended);
    VISIT_ATOMIC(visit, bool, world->finished);
}

void world_visit(struct world *world, struct visit *visit)
{
    visit_begin(visit, "system");
    VISIT(visit, world->config.settings); /* some may change while it runs */
    if (visit->reading && !settings_good(&world->config.settings)) {
        settings_defaults(&world->config.settings);
        visit_refuse(visit);
    }
    VISIT_BELOW(visit, world->config.broken, UINT64_C(1) << ASSUMPTION_COUNT); /* system_assume */
    VISIT(visit, world->generation);
    VISIT_GROWING(visit, &world->fences, visit_fence);
    if (!visit->future)
        visit_plan(world, visit);
    VISIT_ATOMIC(visit, unsigned, world->repairs_left);
    VISIT_ATOMIC(visit, unsigned, world->faults_left[ROLE_PRIMARY]);
    VISIT_ATOMIC(visit, unsigned, world->faults_left[ROLE_BACKUP]);
    for (unsigned i = 0; i < world->computers && !visit->future; i++)
        visit_account(world, i, visit);
    visit_end_of_run(world, visit);
    visit_end(visit);
    terminal_visit(world->terminal, visit);
    seat_visit(&world->seat, visit);
    if (system_config_network(&world->config) < VIRTIO_SLOTS)
        network_visit(&world->network, visit);
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        if (i != DISK_DEVICE_CONTROLLER && !shared_disk_blocks(world->disks[i]))
            continue; /* a slot without a disk: nothing is ever asked of it */
        shared_disk_visit(world->disks[i], visit);
        if (world->second_disks[i])
            shared_disk_visit(world->second_disks[i], visit);
    }
}
