/* system.c - see system.h: building a system, its arbiter and its operator's console, and what came of a run. */
#include "ft/system_private.h"
#include "ft/trail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ft/awaited.h"
#include "ft/disturb.h"
#include "ft/protocol.h"
#include "ft/vmm.h"
#include "ft/vtime.h"
#include "mmu/hard.h"

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
    computer->channel.overtaking = broken(system, ASSUMPTION_FIFO);
    computer->channel.rng = rng_new(seed, 5);
    return power_on(computer, error);
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

static bool open_disks(struct system *system, struct error *error)
{
    const struct system_config *config = &system->config;
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
    channel_free(&computer->channel);
    link_free(&computer->link);
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
    if (fault->role == ROLE_BACKUP)
        atomic_fetch_add(&system->backup_faults, 1);
    return true;
}

bool system_fault_now(struct system *system, const struct fault *fault, struct error *error)
{
    for (unsigned i = 0; i < system->computers; i++) {
        struct computer *computer = system->computer[i];
        if (!computer->alive || computer->role != fault->role)
            continue;
        disturb(computer, fault);
        return true;
    }
    return error_set(error, "there is no %s now: it has failed", fault->role == ROLE_PRIMARY ? "primary" : "backup");
}

bool system_assume(struct system *system, enum assumption which, bool holds)
{
    static const uint32_t at_any_time = 1U << ASSUMPTION_CLOCK | 1U << ASSUMPTION_DELIVERY | 1U << ASSUMPTION_DMA |
                                        1U << ASSUMPTION_DETECTION | 1U << ASSUMPTION_FENCING |
                                        1U << ASSUMPTION_ARBITER;
    if (!(at_any_time >> which & 1))
        return false;
    uint32_t bit = UINT32_C(1) << which;
    system->config.broken = holds ? system->config.broken & ~bit : system->config.broken | bit;
    return true;
}

bool system_add_repair(struct system *system, const struct fault *place, struct error *error)
{
    if (system->config.mode != MODE_PAIR)
        return error_set(error, "a repair needs two computers and their monitors: mode pair is wanted");
    *VEC_PUSH(&system->repairs) = (struct planned_fault){*place, false};
    atomic_fetch_add(&system->repairs_left, 1);
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
    if (end != END_EXIT) /* after an exit the backup still follows to the same point */
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

/* ---- what came of it ---- */

unsigned system_acting(const struct system *system)
{
    unsigned acting = 0;
    for (unsigned i = 1; i < system->computers; i++)
        if (system->computer[i]->role == ROLE_PRIMARY &&
            system->computer[i]->generation > system->computer[acting]->generation)
            acting = i;
    return acting;
}

/* After a take-over between bare computers nobody knows what the guest's replica kept back: there is no history to
 * explain anything with. What can be said is whether a byte that came twice was the same byte. */
static void judge_bare(struct system *system, struct system_result *result)
{
    uint64_t differs = terminal_mismatch(system->terminal);
    snprintf(system->violation, sizeof system->violation,
             "byte %" PRIu64 " of the terminal's output came again and "
             "was another one",
             differs);
    result->judged = false;
    result->explainable = !differs;
    result->violation = differs ? system->violation : NULL;
}

static void judge(struct system *system, struct system_result *result)
{
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        size_t performed;
        shared_disk_records(disk_of(system->computer[system_acting(system)], i), &performed);
        result->operations.performed += performed;
    }
    if (system->config.mode == MODE_BARE && system->failovers) {
        judge_bare(system, result);
        return;
    }
    result->judged = true;
    const struct computer *acting = system->computer[system_acting(system)];
    struct explain_input input = {
        .history = &acting->history,
        .terminal = system->terminal,
        .plain = system->config.console_plain,
        .complete = system->end == END_EXIT || system->end == END_HALTED,
        .fences = system->fences.at,
        .fence_count = system->fences.count,
    };
    struct explain_verdict verdict;
    for (unsigned i = 0; i < system->computers; i++)
        input.issuers[i] = &system->computer[i]->history;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        input.disks[i] = disk_of(acting, i);
    explain(&input, &verdict);
    snprintf(system->violation, sizeof system->violation, "%s",
             system->digests_differ ? system->divergence : verdict.sentence);
    bool followed = system->config.replay != NULL; /* a replay has no devices to explain */
    result->explainable = (verdict.explainable || followed) && !system->digests_differ;
    result->violation = result->explainable ? NULL : system->violation;
    result->operations.repeated = verdict.repeated;
}

void system_result(struct system *system, struct system_result *result)
{
    static const char *const names[] = {"running", "exit", "timeout", "stopped", "halted", "lost"};
    const struct computer *acting = system->computer[system_acting(system)];
    memset(result, 0, sizeof *result);
    result->end = system->end;
    result->end_name = names[system->end];
    result->status = system->status;
    result->instructions = computer_insns(acting);
    result->epochs = acting->vmm ? acting->vmm->epoch : 0;
    result->failovers = system->failovers;
    for (unsigned i = 0; i < system->computers; i++) {
        const struct computer *computer = system->computer[i];
        result->messages += computer->channel.messages;
        result->bytes += computer->channel.bytes;
        result->operations.issued += computer->operations.issued;
        result->operations.suppressed += computer->operations.suppressed;
        result->cpu_seconds[i] = computer->cpu_seconds;
    }
    result->digest = board_digest(acting->board);
    judge(system, result);
    result->why = system->why[0] ? system->why : NULL;
    result->digests_differ = system->digests_differ;
    result->host_seconds = system->host_seconds;
}

unsigned system_computers(const struct system *system)
{
    return system->computers;
}

bool computer_alive(const struct system *system, unsigned computer)
{
    return system->computer[computer]->alive;
}

enum role computer_role(const struct system *system, unsigned computer)
{
    return system->computer[computer]->role;
}

uint64_t computer_epoch(const struct system *system, unsigned computer)
{
    const struct vmm *vmm = system->computer[computer]->vmm;
    return vmm ? vmm->epoch : 0;
}

uint64_t computer_time_ps(const struct system *system, unsigned computer)
{
    return computer_now(system->computer[computer]);
}

struct cpu *computer_cpu(struct system *system, unsigned computer)
{
    return system->computer[computer]->board->cpu;
}

unsigned computer_processors(const struct system *system, unsigned computer)
{
    return system->computer[computer]->board->processors;
}

struct cpu *computer_processor(struct system *system, unsigned computer, unsigned index)
{
    return system->computer[computer]->board->processor[index].cpu;
}

struct phys *computer_phys(struct system *system, unsigned computer)
{
    return system->computer[computer]->board->phys;
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

unsigned computer_outstanding(struct system *system, unsigned computer, void (*row)(void *arg, const char *text),
                              void *arg)
{
    const struct computer *at = system->computer[computer];
    struct disk_slot slots[DISK_COMMANDS_MAX];
    uint64_t numbers[VIRTIO_QUEUE_NUM_MAX];
    char name[DISK_NAME_BYTES], text[DISK_NAME_BYTES + 32];
    unsigned count = disk_controller_outstanding(&at->board->disk, slots);
    for (unsigned i = 0; i < count; i++) {
        disk_describe(&at->history.operations.at[slots[i].number - 1], name);
        snprintf(text, sizeof text, "%s, command at 0x%08x", name, slots[i].command);
        row(arg, text);
    }
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++) {
        const struct virtio_disk *disk = virtio_slots_disk(&at->board->virtio, DISK_DEVICE_VIRTIO + slot);
        unsigned more = disk ? virtio_disk_outstanding(disk, numbers) : 0;
        for (unsigned i = 0; i < more; i++, count++) {
            disk_describe(&at->history.operations.at[numbers[i] - 1], name);
            row(arg, name);
        }
    }
    return count;
}

/* By time; of one time, in the order in which they were told. */
static int by_time(const void *a, const void *b)
{
    const struct account_line *left = *(const struct account_line *const *)a;
    const struct account_line *right = *(const struct account_line *const *)b;
    if (left->time_ps != right->time_ps)
        return left->time_ps < right->time_ps ? -1 : 1;
    return left < right ? -1 : left > right;
}

const char *system_account(struct system *system)
{
    size_t size = 1, at = 0, count = system->account.count;
    const struct account_line **lines = calloc(count + 1, sizeof *lines); /* the row itself stays as it was told */
    assert(lines);
    for (size_t i = 0; i < count; i++) {
        lines[i] = &system->account.at[i];
        size += strlen(lines[i]->text) + 1;
    }
    qsort(lines, count, sizeof lines[0], by_time);
    free(system->account_text);
    system->account_text = malloc(size);
    assert(system->account_text);
    for (size_t i = 0; i < count; i++)
        at += (size_t)sprintf(system->account_text + at, "%s\n", lines[i]->text);
    system->account_text[at] = '\0';
    free(lines);
    return system->account_text;
}

const uint8_t *system_terminal_output(struct system *system, uint64_t *size)
{
    return terminal_shown(system->terminal, size);
}

void system_type(struct system *system, const void *bytes, uint64_t size)
{
    terminal_type(system->terminal, bytes, size);
    struct computer *acting = system->computer[system_acting(system)];
    if (!acting->alive || acting->over || acting->role != ROLE_PRIMARY)
        return; /* a backup asks when it is promoted */
    if (acting->vmm)
        vmm_expect_input(acting->vmm);
    else
        bare_expect_input(acting);
}

uint64_t system_disk_digest(struct system *system)
{
    uint8_t block[DISK_BLOCK_BYTES];
    XXH3_state_t *hash = XXH3_createState();
    assert(hash);
    XXH3_64bits_reset(hash);
    for (unsigned d = 0; d < DISK_DEVICES; d++)
        for (uint32_t i = 0; i < shared_disk_blocks(system->disks[d]); i++) {
            shared_disk_peek(system->disks[d], i, block);
            XXH3_64bits_update(hash, block, sizeof block);
        }
    uint64_t digest = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    return digest;
}

bool system_disk_commit(struct system *system, struct error *error)
{
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        if (!shared_disk_commit(system->disks[i], error))
            return false;
    return true;
}
