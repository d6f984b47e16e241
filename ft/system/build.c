/* build.c - see system.h: building a system, its arbiter and its operator's console. */
#include "ft/world/world.h"
#include "ft/computer/crash_trail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ft/computer/await_text.h"
#include "ft/timeline_ring.h"
#include "ft/protocol/protocol.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"
#include "mmu/base/hard.h"

void system_config_defaults(struct system_config *config)
{
    memset(config, 0, sizeof *config);
    config->protocol = "bs-revised";
    config->epoch_insns = HARD(4096, 1);
    config->ram_bytes = 32 << 20;
    config->threads = 2;
    config->input_fd = config->output_fd = config->operator_fd = -1;
    settings_defaults(&config->settings);
}

const char *failover_policy_name(enum failover_policy policy)
{
    static const char *const names[] = {"the protocol's own", "disconnect", "uncertain", "reissue"};
    return names[policy];
}

enum disks_kept system_config_disks(const struct system_config *config)
{
    enum disks_kept kept = !config->disk_path ? DISKS_NONE : config->disk_snapshot ? DISKS_SNAPSHOT : DISKS_KEPT;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct virtio_config *virtio = &config->virtio[i];
        if (virtio->disk_path && kept != DISKS_KEPT)
            kept = virtio->disk_snapshot ? DISKS_SNAPSHOT : DISKS_KEPT;
    }
    return kept;
}

static bool check_config(const struct system_config *config, struct error *error)
{
    const struct settings *s = &config->settings;
    if (config->ram_bytes < PHYS_RAM_BYTES_MIN || config->ram_bytes > PHYS_RAM_BYTES_MAX ||
        config->ram_bytes % PHYS_PAGE_BYTES)
        return error_set(error, "RAM cannot be %u bytes: 4M to 3584M, a multiple of 4096, is wanted",
                         config->ram_bytes);
    if (config->epoch_insns < 1 || config->epoch_insns > UINT32_MAX)
        return error_set(error, "an epoch cannot be %" PRIu64 " instructions long: 1 to 4294967295 is wanted",
                         config->epoch_insns);
    if (config->threads < 1 || config->threads > 2)
        return error_set(error, "there cannot be %u host threads: 1 or 2 is wanted", config->threads);
    if (s->timeout_us <= s->heartbeat_us + 2 * s->channel_latency_us)
        return error_set(error,
                         "timeout-us=%" PRIu64 " would declare a living computer failed: more than heartbeat-us plus "
                         "twice channel-latency-us (%" PRIu64 ") is wanted",
                         s->timeout_us, s->heartbeat_us + 2 * s->channel_latency_us);
    if (s->processors > 1 && config->mode != MODE_BARE)
        return error_set(error, "processors=%" PRIu64 " needs mode bare: a virtual machine monitor has one processor",
                         s->processors);
    for (unsigned i = 0; i < config->beside_count; i++)
        if (config->mode == MODE_BARE || (config->besides[i].computer && config->mode != MODE_PAIR))
            return error_set(error,
                             "'%s' cannot run beside: mode solo or pair is wanted, and pair for @backup and @both",
                             config->besides[i].image_path);
    if (s->computers > 1 && config->mode != MODE_BARE)
        return error_set(error, "computers=%" PRIu64 " needs mode bare: solo has one, and pair two, with monitors",
                         s->computers);
    return true;
}

/* Board and VMM of COMPUTER, as at power-on; its hardware's seeds. */
static bool power_on(struct computer *computer, struct error *error)
{
    const struct system_config *config = &computer->system->config;
    const struct settings *settings = &config->settings;
    uint64_t seed = config->seed * 2 + computer->index; /* each computer has its own hardware */
    bool bare = config->mode == MODE_BARE;
    struct cpu_config cpu = {
        .tlb_entries = (unsigned)settings->tlb_entries,
        .tlb_combined = settings->tlb_combined,
        /* A VP's TLB is replaced by a rule that knows no seed. */
        .tlb_seed = bare || broken(computer->system, ASSUMPTION_TLB) ? seed + 1 : 0,
        .stop_on_idle = settings->processors == 1, /* of several, one that waits does not stop the others */
        .drain_priv = !bare && settings->drain_priv && !broken(computer->system, ASSUMPTION_TRAPS),
        .undefined = broken(computer->system, ASSUMPTION_UNDEFINED) ? computer->index + 1 : 0,
        .privilege_leak = broken(computer->system, ASSUMPTION_PRIVILEGE) ? (uint8_t)(computer->index + 1) : 0,
    };
    computer->alive = true;
    computer->over = computer->dying = computer->resetting = computer->followed = computer->idle = false;
    computer->stop_time_ps = TIME_NEVER;
    return bare ? bare_init(computer, &cpu, error) : vmm_init(computer, &cpu, error);
}

static bool add_computer(struct system *system, unsigned index, struct error *error)
{
    const struct settings *settings = &system->config.settings;
    struct computer *computer = calloc(1, sizeof *computer);
    assert(computer);
    system->computer[index] = computer;
    uint64_t seed = system->config.seed * 2 + index;
    computer->system = system;
    computer->index = index;
    computer->role = index ? ROLE_BACKUP : ROLE_PRIMARY;
    computer->insn_ps = settings->cost_instruction_ps ? settings->cost_instruction_ps : PS_PER_S / settings->clock_hz;
    computer->disk_rng = rng_new(seed, 1);
    computer->trap_rng = rng_new(seed, 2);
    computer->crash_rng = rng_new(seed, 3);
    computer->entropy_rng = rng_new(seed, 6);
    struct rng drift = rng_new(seed, 4);
    /* The first computer's oscillator defines virtual time; the other's is measured against it. */
    if (index)
        computer->drift_ppm = (int64_t)rng_upto(&drift, 2 * settings->drift_ppm) - (int64_t)settings->drift_ppm;
    channel_init(&computer->channel, settings);
    computer->chronicle = chronicle_new(system->config.chronicle_rows);
    computer->channel.overtaking = broken(system, ASSUMPTION_FIFO);
    computer->channel.rng = rng_new(seed, 5);
    return power_on(computer, error) && besides_init(computer, error);
}

bool system_may_repair(const struct computer *computer)
{
    const struct computer *peer = system_peer(computer);
    return peer && !atomic_load(&peer->published_dead) && atomic_load(&computer->system->repairs_left) &&
           !atomic_load(&computer->system->finished);
}

/* What only grows of a computer that is about to be new is kept for the snapshots that count on it. */
static void keep_former(struct computer *computer)
{
    struct system *system = computer->system;
    if (!system->has_snapshots)
        return;
    *VEC_PUSH(&system->formers) = (struct former){computer->index, computer->history, computer->vmm->recording};
    memset(&computer->history, 0, sizeof computer->history);
    computer->vmm->recording = NULL;
}

bool system_renew(struct computer *computer, uint64_t now_ps)
{
    struct error error;
    keep_former(computer);
    vmm_free(computer->vmm);
    board_free(computer->board);
    computer->vmm = NULL;
    computer->board = NULL;
    history_free(&computer->history);
    events_free(&computer->events);
    channel_free(&computer->channel);
    channel_renew(&computer->channel, &computer->system->config.settings);
    computer->role = ROLE_BACKUP;
    computer->clock_ps = now_ps;
    computer->base_insns = 0;
    if (!power_on(computer, &error))
        return false;
    struct vmm *vmm = computer->vmm;
    vmm->program = join_program;
    vmm->at = 0;
    vmm->joined = false;
    vmm->received_ps = now_ps;
    atomic_store(&computer->published_ps, now_ps);
    return true;
}

static bool open_disk(struct system *system, unsigned device, const char *path, uint64_t create_bytes, bool snapshot,
                      struct error *error)
{
    system->disks[device] = shared_disk_open(path, create_bytes, snapshot, error);
    if (system->disks[device] && broken(system, ASSUMPTION_SHARED_DISK))
        system->second_disks[device] = shared_disk_open(path, create_bytes, true, error);
    return system->disks[device] && (system->second_disks[device] || !broken(system, ASSUMPTION_SHARED_DISK));
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

static bool open_disks(struct system *system, struct error *error)
{
    const struct system_config *config = &system->config;
    if (!one_image_each(config, error))
        return false;
    if (!open_disk(system, DISK_DEVICE_CONTROLLER, config->disk_path, config->disk_create_bytes, config->disk_snapshot,
                   error))
        return false;
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct virtio_config *virtio = &config->virtio[i];
        system->virtio[i] = virtio->kind;
        if (!open_disk(system, DISK_DEVICE_VIRTIO + i, virtio->disk_path, virtio->disk_create_bytes,
                       virtio->disk_snapshot, error))
            return false;
    }
    return true;
}

static bool build(struct system *system, struct error *error)
{
    const struct system_config *config = &system->config;
    if (!check_config(config, error))
        return false;
    system->protocol = protocol_find(config->protocol, error);
    if (!system->protocol)
        return false;
    system->computers = config->mode == MODE_PAIR   ? 2
                        : config->mode == MODE_BARE ? (unsigned)config->settings.computers
                                                    : 1;
    for (unsigned i = 0; i < config->fault_count; i++)
        if (!system_add_fault(system, &config->faults[i], error))
            return false;
    for (unsigned i = 0; i < config->repair_count; i++)
        if (!system_add_repair(system, &config->repairs[i], error))
            return false;
    if (!open_disks(system, error))
        return false;
    if (broken(system, ASSUMPTION_OUTPUT_COMMIT))
        system->config.settings.channel_crash = 1;
    system->terminal = terminal_new(config->input_fd, config->output_fd, config->console_plain);
    for (unsigned i = 0; i < system->computers; i++)
        if (!add_computer(system, i, error))
            return false;
    return true;
}

struct system *system_new(const struct system_config *config, struct error *error)
{
    struct system *system = calloc(1, sizeof *system);
    assert(system);
    system->config = *config;
    system->pages = page_store_new();
    assert(system->pages);
    system->differing = -1;
    pthread_mutex_init(&system->lock, NULL);
    pthread_mutex_init(&system->sleep_lock, NULL);
    pthread_cond_init(&system->wake, NULL);
    bool good = build(system, error);
    system->config.faults = system->config.repairs = NULL; /* the caller's; ours are in system->faults and repairs */
    if (good)
        return system;
    system_free(system);
    return NULL;
}

static void free_computer(struct computer *computer)
{
    if (!computer)
        return;
    computer_disk_forget(computer);
    VEC_FREE(&computer->in_flight);
    events_free(&computer->events);
    history_free(&computer->history);
    chronicle_free(computer->chronicle);
    channel_free(&computer->channel);
    link_free(&computer->link);
    besides_free(computer);
    vmm_free(computer->vmm);
    board_free(computer->board);
    free(computer);
}

void system_free(struct system *system)
{
    if (!system)
        return;
    for (unsigned i = 0; i < 2; i++)
        free_computer(system->computer[i]);
    for (size_t i = 0; i < system->formers.count; i++)
        former_free(&system->formers.at[i]);
    VEC_FREE(&system->formers);
    page_store_free(system->pages);
    for (size_t i = 0; i < system->account.count; i++)
        free(system->account.at[i].text);
    VEC_FREE(&system->account);
    VEC_FREE(&system->faults);
    VEC_FREE(&system->repairs);
    VEC_FREE(&system->fences);
    free(system->account_text);
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        shared_disk_close(system->disks[i]);
        shared_disk_close(system->second_disks[i]);
    }
    terminal_free(system->terminal);
    free(system->image);
    free(system->image_name);
    pthread_mutex_destroy(&system->lock);
    pthread_mutex_destroy(&system->sleep_lock);
    pthread_cond_destroy(&system->wake);
    free(system);
}

/* Two bare computers know no epochs and no protocol steps, and the channel is the guests' own business. */
static bool fits_bare(const struct fault *fault, struct error *error)
{
    if (fault->place == FAULT_EPOCH || fault->place == FAULT_STEP)
        return error_set(error, "bare computers have no epochs or protocol steps: a crash at instruction=N, "
                                "operation=K or time=T is wanted");
    if (fault->kind == FAULT_HEAL || fault->kind == FAULT_DELAY || fault->kind == FAULT_ACK_LOSS)
        return error_set(error, "between bare computers nothing is healed, delayed or acknowledged: a crash, cut, "
                                "medium or flip is wanted");
    return true;
}

bool system_add_fault(struct system *system, const struct fault *fault, struct error *error)
{
    if (system->computers < 2)
        return error_set(error, "a crash needs two computers: mode pair is wanted, or computers=2 with mode bare");
    if (system->config.mode == MODE_BARE && !fits_bare(fault, error))
        return false;
    *VEC_PUSH(&system->faults) = (struct planned_fault){*fault, false};
    atomic_fetch_add(fault->role == ROLE_BACKUP ? &system->backup_faults : &system->primary_faults, 1);
    return true;
}

bool system_add_repair(struct system *system, const struct fault *place, struct error *error)
{
    if (system->config.mode != MODE_PAIR)
        return error_set(error, "a repair needs two computers and their monitors: mode pair is wanted");
    for (unsigned i = 0; i < system->config.beside_count; i++)
        if (system->config.besides[i].computer == BESIDE_BOTH)
            return error_set(error,
                             "'%s' is beside on both computers: a repaired one would come without it, so no "
                             "repair is wanted",
                             system->config.besides[i].image_path);
    *VEC_PUSH(&system->repairs) = (struct planned_fault){*place, false};
    atomic_fetch_add(&system->repairs_left, 1);
    return true;
}

bool system_reset(struct system *system, unsigned computer, struct error *error)
{
    struct computer *at = system->computer[computer];
    if (system->config.mode == MODE_PAIR)
        return error_set(error, "in a pair only the guest can reset itself: 'boot' begins again");
    if (system->config.record || system->config.replay)
        return error_set(error, "a reset from outside is in no recording: 'boot' begins again");
    if (at->vmm)
        at->vmm->resetting = at->vmm->epoch_over = true;
    else
        at->resetting = true;
    return true;
}

void system_set(struct system *system, const struct settings *settings)
{
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        if (setting_is_live(row))
            memcpy((char *)&system->config.settings + row->offset, (const char *)settings + row->offset,
                   sizeof(uint64_t));
    }
}

struct computer *system_peer(const struct computer *computer)
{
    return computer->system->computer[1 - computer->index];
}

/* ---- arbiter, operator, end ---- */

bool system_arbitrate(struct computer *computer)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->lock);
    bool won = system->generation == computer->generation || broken(system, ASSUMPTION_ARBITER);
    if (won)
        computer->generation = ++system->generation;
    pthread_mutex_unlock(&system->lock);
    trail_effect(computer);
    return won;
}

void system_fence(struct computer *computer)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->lock);
    if (!broken(system, ASSUMPTION_FENCING)) {
        for (unsigned i = 0; i < DISK_DEVICES; i++)
            shared_disk_fence(disk_of(computer, i), computer->generation);
        terminal_fence(system->terminal, computer->generation);
        besides_fence(computer);
    }
    struct explain_fence *fence = VEC_PUSH(&system->fences);
    fence->generation = computer->generation;
    terminal_shown(system->terminal, &fence->shown);
    pthread_mutex_unlock(&system->lock);
    trail_effect(computer);
}

bool system_fenced(struct computer *computer)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->lock);
    bool fenced = system->generation != computer->generation && !broken(system, ASSUMPTION_FENCING);
    pthread_mutex_unlock(&system->lock);
    return fenced;
}

void system_tell(struct computer *computer, const char *format, ...)
{
    struct system *system = computer->system;
    char text[512];
    uint64_t now = computer_now(computer);
    int length =
        snprintf(text, sizeof text, "[%.6f s, computer %u] ", (double)now / (double)PS_PER_S, computer->index + 1);
    va_list args;
    va_start(args, format);
    vsnprintf(text + length, sizeof text - (size_t)length, format, args);
    va_end(args);
    pthread_mutex_lock(&system->lock);
    *VEC_PUSH(&system->account) = (struct account_line){now, strdup(text)};
    pthread_mutex_unlock(&system->lock);
    atomic_store(&system->output_waits, true);
    awaited_operator(computer, text);
}

void system_end(struct computer *computer, enum system_end end, int status, const char *why)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->lock);
    if (system->end == END_NONE) {
        system->end = end;
        system->status = status;
        system->end_ps = computer_now(computer);
        snprintf(system->why, sizeof system->why, "%s", why ? why : "");
    }
    pthread_mutex_unlock(&system->lock);
    computer->over = true;
    atomic_store(&system->finished, true);
    /* A backup still follows: to the same point after an exit, else through all that it was sent, so that what came of
     * the run does not depend on how far its host thread was. */
    bool followed =
        end == END_EXIT || ((end == END_TIMEOUT || end == END_HALTED) && computer->vmm && system_peer(computer));
    if (!followed)
        atomic_store(&system->ended, true);
}

void system_diverged(struct computer *computer, const char *what)
{
    struct system *system = computer->system;
    pthread_mutex_lock(&system->lock);
    if (!system->digests_differ) {
        system->digests_differ = true;
        snprintf(system->divergence, sizeof system->divergence,
                 "the computers differ: %s (epoch %" PRIu64 ", instruction %" PRIu64 ")", what,
                 computer->vmm ? computer->vmm->epoch : 0, computer_insns(computer));
    }
    pthread_mutex_unlock(&system->lock);
    system_end(computer, END_STOPPED, 0, NULL);
}
