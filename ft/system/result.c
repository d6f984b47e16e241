/* result.c - see system.h, "looking": what came of a run, and what a person may look at meanwhile. */
#include "ft/system/system.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ft/vmm/vmm.h"
#include "mmu/base/bits.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"

unsigned system_acting(const struct system *system)
{
    unsigned acting = 0;
    for (unsigned i = 1; i < system->world.computers; i++)
        if (system->computer[i]->role == ROLE_PRIMARY &&
            (system->computer[acting]->role != ROLE_PRIMARY || /* a repaired computer has its survivor's generation */
             system->computer[i]->generation > system->computer[acting]->generation))
            acting = i;
    return acting;
}

/* After a take-over between bare computers nobody knows what the guest's replica kept back: there is no history to
 * explain anything with. What can be said is whether a byte that came twice was the same byte. */
static void judge_bare(struct system *system, struct system_result *result)
{
    uint64_t differs = terminal_mismatch(system->world.terminal);
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
        shared_disk_records(computer_disk(system->computer[system_acting(system)], i), &performed);
        result->operations.performed += performed;
    }
    if (system->world.config.mode == MODE_BARE && system->world.failovers) {
        judge_bare(system, result);
        return;
    }
    result->judged = true;
    const struct computer *acting = system->computer[system_acting(system)];
    struct explain_input input = {
        .history = &acting->history,
        .terminal = world_shows(&system->world)->terminal,
        .seat = &system->world.seat,
        .network = system_config_network(&system->world.config) < VIRTIO_SLOTS ? &system->world.network : NULL,
        .plain = system->world.config.console_plain,
        .complete = system->world.end == END_EXIT || system->world.end == END_HALTED,
        .fences = system->world.fences.at,
        .fence_count = system->world.fences.count,
    };
    struct explain_verdict verdict;
    for (unsigned i = 0; i < system->world.computers; i++)
        input.issuers[i] = &system->computer[i]->history;
    if (system->twin)
        input.issuers[1] = &system->twin->computer[0]->history;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        input.disks[i] = computer_disk(acting, i);
    explain(&input, &verdict);
    snprintf(system->violation, sizeof system->violation, "%s",
             system->world.digests_differ ? system->world.divergence : verdict.sentence);
    bool followed = system->world.config.replay != NULL; /* a replay has no devices to explain */
    result->explainable = (verdict.explainable || followed) && !system->world.digests_differ;
    result->violation = result->explainable ? NULL : system->violation;
    result->operations.repeated = verdict.repeated;
    result->operations.lost = verdict.lost;
    result->rule = result->explainable || system->world.digests_differ ? 0 : verdict.rule;
    result->rule_epoch = verdict.epoch;
}

/* Each virtual machine is explainable by itself; the whole is if each is. */
static void judge_vms(struct system *system, struct system_result *result)
{
    for (unsigned i = 0; i < system->vms && result->explainable; i++) {
        struct system_result of_vm;
        if (!vms_shown(system, i))
            continue;
        system_result(system->vm[i], &of_vm);
        if (of_vm.explainable)
            continue;
        snprintf(system->violation, sizeof system->violation, "VM %s: %.560s", system->vm[i]->name, of_vm.violation);
        result->explainable = false;
        result->violation = system->violation;
    }
}

const char *interrupt_class_name(enum interrupt_class which)
{
    static const char *const names[INTERRUPT_CLASSES] = {"timer", "console", "disk", "virtio", "net"};
    assert(which < INTERRUPT_CLASSES);
    return names[which];
}

void interrupts_add(struct interrupt_counts *to, const struct interrupt_counts *counts)
{
    for (unsigned i = 0; i < INTERRUPT_CLASSES; i++) {
        to[i].external += counts[i].external;
        to[i].given += counts[i].given;
        to[i].withheld += counts[i].withheld;
        to[i].longest_ps = counts[i].longest_ps > to[i].longest_ps ? counts[i].longest_ps : to[i].longest_ps;
    }
}

void points_add(struct point_counts *to, const struct point_counts *counts)
{
    for (unsigned i = 0; i < POINT_REASON_COUNT; i++)
        to->of[i] += counts->of[i];
    to->moved += counts->moved;
    to->longest_move = counts->longest_move > to->longest_move ? counts->longest_move : to->longest_move;
}

static void to_us(const struct lags *lags, double *mean, double *max)
{
    *mean = lags->count ? (double)lags->sum_ps / (double)lags->count / PS_PER_US : 0;
    *max = (double)lags->max_ps / PS_PER_US;
}

static void sum_up(struct lags *sum, const struct lags *lags)
{
    sum->sum_ps += lags->sum_ps;
    sum->count += lags->count;
    sum->max_ps = lags->max_ps > sum->max_ps ? lags->max_ps : sum->max_ps;
}

static void add_lags(const struct system *system, struct system_result *result)
{
    struct lags lags = {0}, delays = {0};
    for (unsigned i = 0; i < system->world.computers; i++) {
        sum_up(&lags, &system->computer[i]->lags);
        sum_up(&delays, &system->computer[i]->delays);
    }
    to_us(&lags, &result->lag_us_mean, &result->lag_us_max);
    to_us(&delays, &result->output_delay_us_mean, &result->output_delay_us_max);
}

const char *system_end_name(enum system_end end)
{
    static const char *const names[] = {"running", "exit", "timeout", "stopped", "halted", "lost"};
    return names[end];
}

void system_result(struct system *system, struct system_result *result)
{
    const struct computer *acting = system->computer[system_acting(system)];
    memset(result, 0, sizeof *result);
    result->end = system->world.end;
    result->end_name = system_end_name(system->world.end);
    result->status = system->world.status;
    result->instructions = computer_insns(acting);
    result->epochs = computer_place(acting).epoch;
    result->failovers = system->world.failovers;
    result->joins = system->world.joins;
    result->downtime_ps = system->world.downtime_ps;
    for (unsigned i = 0; i < system->world.computers; i++) {
        const struct computer *computer = system->computer[i];
        result->messages += computer->channel.messages;
        result->bytes += computer->channel.bytes;
        if (computer == acting || system->world.config.mode == MODE_BARE) /* there each has a guest of its own */
            result->operations.issued += history_outputs(&computer->history);
        result->operations.suppressed += computer->operations.suppressed;
        result->cpu_seconds[i] = computer->cpu_seconds;
        points_add(&result->points, &computer->points);
        interrupts_add(result->interrupts, computer->interrupts);
    }
    add_lags(system, result);
    result->digest = board_digest(acting->board);
    judge(system, result);
    judge_vms(system, result);
    result->why = system->world.why[0] ? system->world.why : NULL;
    result->digests_differ = system->world.digests_differ;
    result->engine = cpu_engine_name(cpu_engine(system->computer[0]->board->cpu).kind);
    result->host_seconds = system->host_seconds;
    for (unsigned i = 0; i < system->world.computers; i++) {
        const struct computer *computer = system->computer[i];
        if (computer->failover_seconds > result->failover_seconds)
            result->failover_seconds = computer->failover_seconds;
        if (computer->join_seconds > result->join_seconds)
            result->join_seconds = computer->join_seconds;
    }
}

unsigned system_computers(const struct system *system)
{
    return system->world.computers;
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
    return computer_place(system_looked(system, computer)).epoch;
}

uint64_t computer_live_from(const struct system *system, unsigned computer)
{
    return system->computer[computer]->live_from_insns;
}

uint64_t computer_time_ps(const struct system *system, unsigned computer)
{
    return computer_now(system_looked(system, computer));
}

struct moment system_moment(const struct system *system, unsigned computer)
{
    return computer_moment(system->computer[computer]);
}

struct cpu *computer_cpu(struct system *system, unsigned computer)
{
    return system_looked(system, computer)->board->cpu;
}

unsigned computer_processors(const struct system *system, unsigned computer)
{
    return system_looked(system, computer)->board->processors;
}

struct cpu *computer_processor(struct system *system, unsigned computer, unsigned index)
{
    return system_looked(system, computer)->board->processor[index].cpu;
}

struct phys *computer_phys(struct system *system, unsigned computer)
{
    return system_looked(system, computer)->board->phys;
}

unsigned computer_outstanding(struct system *system, unsigned computer, void (*row)(void *arg, const char *text),
                              void *arg)
{
    const struct computer *at = system_looked(system, computer);
    struct disk_slot slots[DISK_COMMANDS_MAX];
    uint64_t numbers[VIRTIO_QUEUE_NUM_MAX];
    char name[DISK_NAME_BYTES], text[DISK_NAME_BYTES + 32];
    unsigned count = disk_controller_outstanding(&at->board->disk, slots);
    for (unsigned i = 0; i < count; i++) {
        disk_describe(history_operation(&at->history, slots[i].number), name);
        snprintf(text, sizeof text, "%s, command at 0x%08x", name, slots[i].command);
        row(arg, text);
    }
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++) {
        const struct virtio_disk *disk = virtio_slots_disk(&at->board->virtio, DISK_DEVICE_VIRTIO + slot);
        unsigned more = disk ? virtio_disk_outstanding(disk, numbers) : 0;
        for (unsigned i = 0; i < more; i++, count++) {
            disk_describe(history_operation(&at->history, numbers[i]), name);
            row(arg, name);
        }
    }
    return count;
}

const char *system_account(struct system *system)
{
    size_t told[PROCESSES_MAX] = {0}, size = 1, at = 0;
    const struct account_line *line;
    for (unsigned p = 0; p < system->world.computers; p++)
        for (size_t i = 0; i < system->world.account[p].count; i++)
            size += strlen(system->world.account[p].at[i].text) + 1;
    free(system->account_text);
    system->account_text = malloc(size);
    memory_need(system->account_text);
    while ((line = world_next_line(&system->world, told, TIME_NEVER)) != NULL)
        at += (size_t)sprintf(system->account_text + at, "%s\n", line->text);
    system->account_text[at] = '\0';
    return system->account_text;
}

const uint8_t *system_terminal_output(struct system *system, uint64_t *size)
{
    return terminal_shown(system->world.terminal, size);
}

bool system_break_line(struct system *system)
{
    return terminal_break_line(system->world.terminal);
}

void system_type(struct system *system, const void *bytes, uint64_t size)
{
    terminal_type(system->world.terminal, bytes, size);
    struct computer *acting = system->computer[system_acting(system)];
    if (!acting->alive || acting->over || acting->role != ROLE_PRIMARY)
        return; /* a backup asks when it is promoted */
    computer_expect_input(acting);
}

void system_key(struct system *system, uint32_t code, bool down)
{
    seat_key(&system->world.seat, code, down);
}

void system_pointer(struct system *system, uint32_t x, uint32_t y, uint32_t buttons)
{
    seat_pointer(&system->world.seat, x, y, buttons);
}

const struct display *computer_display(const struct system *system, unsigned computer)
{
    return &system_looked(system, computer)->board->display;
}

/* A recording is of one virtual machine, which is replayed on a processor of its own. */
static struct settings recorded_settings(const struct settings *settings)
{
    struct settings recorded = *settings;
    recorded.processors = 1;
    recorded.spares = 0;
    return recorded;
}

bool system_recording(struct system *system, uint8_t **bytes, size_t *size)
{
    struct computer *acting = system->computer[system_acting(system)];
    if (!acting->vmm || !acting->vmm->recording)
        return false;
    struct recording_about about = {
        .ram_bytes = system->world.config.ram_bytes,
        .epoch_insns = system->world.config.epoch_insns,
        .settings = recorded_settings(&system->world.config.settings),
        .image_name = system->world.image_name,
        .image = system->world.image,
        .image_bytes = system->world.image_bytes,
    };
    if (system->world.thin_timer_begun) /* its changes are in the log */
        about.settings.thin_timer = system->world.thin_timer_begun;
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        about.disk_blocks[i] = shared_disk_blocks(system->world.disks[i]);
    memcpy(about.virtio, system->world.virtio, sizeof about.virtio);
    memcpy(about.mac, system->world.config.network.mac, sizeof about.mac);
    if (system->world.config.mode == MODE_PAIR)
        snprintf(about.protocol, sizeof about.protocol, "%s,%016" PRIx64, protocol_called(acting->vmm->protocol),
                 protocol_hash(acting->vmm->protocol));
    struct recording_end end = {
        .end = system->world.end == END_NONE ? END_STOPPED : system->world.end,
        .status = (uint32_t)system->world.status & 0xFF,
        .insns = computer_insns(acting),
        .epoch = acting->vmm->epoch,
        .ran = !acting->vmm->in_epoch,
        .digest = board_digest(acting->board),
    };
    recording_write(acting->vmm->recording, &about, &end, bytes, size);
    return true;
}

/* How many blocks there are, and those that are not zero, with their numbers: a terabyte of holes is nothing. */
static void hash_disk(XXH3_state_t *hash, struct shared_disk *disk)
{
    enum { BLOCKS_AT_ONCE = 8 }; /* nobody is asked for each */
    static const uint8_t zeros[DISK_BLOCK_BYTES];
    uint8_t block[DISK_BLOCK_BYTES], number[4];
    uint32_t blocks = shared_disk_blocks(disk);
    be32_store(number, blocks);
    XXH3_64bits_update(hash, number, sizeof number);
    for (uint32_t i = 0; i < blocks; i++) {
        if (i % BLOCKS_AT_ONCE == 0)
            i += shared_disk_zeros(disk, i);
        if (i >= blocks)
            break;
        shared_disk_peek(disk, i, block);
        if (memcmp(block, zeros, sizeof block) == 0)
            continue;
        be32_store(number, i);
        XXH3_64bits_update(hash, number, sizeof number);
        XXH3_64bits_update(hash, block, sizeof block);
    }
}

uint64_t system_disk_digest(struct system *system)
{
    XXH3_state_t *hash = XXH3_createState();
    assert(hash);
    XXH3_64bits_reset(hash);
    for (unsigned d = 0; d < DISK_DEVICES; d++)
        hash_disk(hash, system->world.disks[d]);
    uint64_t digest = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    return digest;
}

uint64_t system_disk_uncommitted(const struct system *system, const char **path)
{
    uint64_t blocks = 0;
    *path = NULL;
    for (unsigned i = 0; i < DISK_DEVICES; i++) {
        uint64_t of_this = shared_disk_uncommitted(system->world.disks[i]);
        blocks += of_this;
        if (of_this && !*path)
            *path = shared_disk_path(system->world.disks[i]);
    }
    return blocks;
}

bool system_disk_commit(struct system *system, struct error *error)
{
    for (unsigned i = 0; i < DISK_DEVICES; i++)
        if (!shared_disk_commit(system->world.disks[i], error))
            return false;
    return true;
}
