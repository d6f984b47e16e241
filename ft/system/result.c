/* result.c - see system.h, "looking": what came of a run, and what a person may look at meanwhile. */
#include "ft/world/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"

unsigned system_acting(const struct system *system)
{
    unsigned acting = 0;
    for (unsigned i = 1; i < system->computers; i++)
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
    uint64_t differs = terminal_mismatch(system->terminal);
    snprintf(system->violation, sizeof system->violation,
             "byte %" PRIu64 " of the terminal's output came again and "
             "was another one",
             differs);
    result->judged = false;
    result->explainable = !differs;
    result->violation = differs ? system->violation : NULL;
}

/* What those beside have shown: a byte that came again must be the same byte. */
static void judge_besides(struct system *system)
{
    uint64_t number = 0;
    unsigned which = besides_mismatch(system, &number);
    if (!which || system->digests_differ)
        return;
    system->digests_differ = true;
    snprintf(system->divergence, sizeof system->divergence,
             "virtual processor %u beside: byte %" PRIu64 " of its terminal's output came again and was another one",
             which, number);
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
    judge_besides(system);
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
    result->failover_seconds = system->failover_seconds;
    result->join_seconds = system->join_seconds;
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
