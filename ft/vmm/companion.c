/* companion.c - see companion.h. */
#include "ft/vmm/companion.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "ft/world/world.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/vtime.h"
#include "io/elf.h"

/* ---- what lies below such a VP ---- */

/* Its clock: its computer's, or that of the end of the epoch before its turn. */
static uint64_t clock_of(const struct beside *beside)
{
    const struct computer *computer = beside->computer;
    return beside->fault_tolerant ? computer->vmm->end_clock_ps
                                  : computer_hardware_clock(computer, computer_now(computer));
}

static enum phys_result clock_read(void *arg, uint64_t *time_ps)
{
    *time_ps = clock_of(arg);
    return PHYS_OK;
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct beside *beside = arg;
    *value = rng_next(&beside->entropy_rng);
    return PHYS_OK;
}

static void timer_set(void *arg, unsigned processor)
{
    /* Its interval timer is looked at when its turn begins. */
}

/* Is its output a no-op here? */
static bool suppressed(const struct beside *beside)
{
    return beside->fault_tolerant && beside->computer->vmm->suppressed;
}

static enum phys_result output_ready(void *arg, enum output_kind kind)
{
    struct beside *beside = arg;
    struct vmm *vmm = beside->computer->vmm;
    beside->stalled =
        beside->fault_tolerant && !suppressed(beside) && vmm_output_ready(vmm, vmm_output_commit(vmm)) != PHYS_OK;
    if (!beside->stalled)
        vmm->await_arrival_ps = 0;
    return beside->stalled ? PHYS_STALL : PHYS_OK;
}

static void show(struct beside *beside, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct computer *computer = beside->computer;
    struct system *system = computer->system;
    uint32_t generation = beside->fault_tolerant ? computer->generation : 0;
    pthread_mutex_lock(&system->lock);
    for (size_t i = 0; i < size; i++)
        terminal_output(beside->terminal, generation, first_number + i, bytes[i], computer_now(computer));
    pthread_mutex_unlock(&system->lock);
    atomic_store(&system->output_waits, true);
}

static void terminal_put(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct beside *beside = arg;
    const struct vmm *vmm = beside->computer->vmm;
    if (!suppressed(beside))
        show(beside, first_number, bytes, size);
    for (size_t i = 0; suppressed(beside) && vmm->epoch > vmm->ended_epoch && i < size; i++)
        *QUEUE_PUSH(&beside->held) = (struct held_output){vmm->epoch, first_number + i, bytes[i]};
}

/* There is no disk: what needs none completes at once, and the rest was refused by the controller. */
static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct beside *beside = arg;
    struct disk_completion end = {.number = op->number,
                                  .command = op->command,
                                  .opcode = op->opcode,
                                  .status = op->refused ? DISK_ERROR : DISK_COMPLETED,
                                  .detail = op->refused};
    disk_controller_complete(&beside->board->disk, &end);
}

static void output_issued(void *arg, bool has_outcome)
{
}

static void ends(struct beside *beside)
{
    beside->over = true;
    board_request_stop(beside->board);
}

static void power_off(void *arg, uint8_t status)
{
    struct beside *beside = arg;
    if (!suppressed(beside))
        system_tell(beside->computer, "virtual processor %u beside (%s) powered off with status %u", beside->number,
                    beside->image_name, status);
    ends(beside);
}

static void reset(void *arg)
{
    struct beside *beside = arg;
    beside->resetting = true;
    board_request_stop(beside->board);
}

static void disk_told(void *arg, const struct disk_completion *end)
{
}

static void input_wanted(void *arg)
{
    /* Nobody types at its terminal. */
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    return 0;
}

static void virtio_wants_finish(void *arg, unsigned slot)
{
    assert(!"a VP beside has no virtio devices");
}

static uint32_t trap_delay(void *arg)
{
    struct beside *beside = arg;
    return (uint32_t)rng_upto(&beside->trap_rng, beside->computer->system->config.settings.trap_delay);
}

/* Figure 5, for a fault-tolerant one; the hardware delivers to an ordinary one itself. */
static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    struct beside *beside = arg;
    beside->v1[destination / 32] |= PA_BIT(destination % 32);
    beside->v2 |= PA_BIT(trap_class);
}

static void traps_due(void *arg)
{
    struct beside *beside = arg;
    struct cpu_state *state = cpu_state(beside->board->cpu);
    state->v1[0] |= beside->v1[0];
    state->v1[1] |= beside->v1[1];
    state->v2 |= beside->v2;
    beside->v1[0] = beside->v1[1] = beside->v2 = 0;
}

static enum phys_result drain(void *arg)
{
    traps_due(arg);
    return PHYS_OK;
}

static void log_line(void *arg, const char *line)
{
    struct beside *beside = arg;
    if (!suppressed(beside))
        system_tell(beside->computer, "virtual processor %u beside: %s", beside->number, line);
}

static const struct below below_beside = {
    .clock_read = clock_read,
    .entropy = entropy,
    .timer_set = timer_set,
    .output_ready = output_ready,
    .terminal_put = terminal_put,
    .disk_issue = disk_issue,
    .output_issued = output_issued,
    .power_off = power_off,
    .reset = reset,
    .disk_told = disk_told,
    .input_wanted = input_wanted,
    .disk_blocks = disk_blocks,
    .virtio_later = virtio_wants_finish,
    .trap_delay = trap_delay,
    .trap_delivered = trap_delivered,
    .traps_due = traps_due,
    .drain = drain,
    .log = log_line,
};

/* ---- its life ---- */

static bool enter(struct beside *beside, struct error *error)
{
    uint32_t entry;
    if (!elf_load(beside->image, beside->image_bytes, beside->image_name, beside->board->phys, &entry, error))
        return false;
    board_enter(beside->board, entry);
    beside->idle = beside->resetting = false;
    return true;
}

/* The same fault-tolerant one on the first computer. */
static struct beside *twin(const struct beside *beside)
{
    struct computer *first = beside->computer->system->computer[0];
    for (size_t i = 0; i < first->besides.count; i++)
        if (first->besides.at[i]->number == beside->number)
            return first->besides.at[i];
    return NULL;
}

static bool open_output(struct beside *beside, const char *path, struct error *error)
{
    beside->output_fd = -1;
    if (beside->fault_tolerant && beside->computer->index) {
        beside->terminal = twin(beside)->terminal;
        return true;
    }
    if (path && !beside->computer->system->config.locating) /* a run to locate a difference shows nothing */
        beside->output_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (path && !beside->computer->system->config.locating && beside->output_fd < 0)
        return error_set(error, "cannot write '%s', the terminal file of --beside: %s", path, strerror(errno));
    beside->terminal = terminal_new(-1, beside->output_fd, false);
    return true;
}

static bool add(struct computer *computer, const struct beside_config *wanted, unsigned number, struct error *error)
{
    static const enum virtio_kind no_virtio[VIRTIO_SLOTS] = {0};
    struct system *system = computer->system;
    const struct system_config *config = &system->config;
    uint64_t seed = config->seed * 2 + computer->index;
    struct cpu_config cpu = {.tlb_entries = (unsigned)config->settings.tlb_entries,
                             .tlb_combined = config->settings.tlb_combined,
                             .stop_on_idle = true,
                             .drain_priv = wanted->computer == BESIDE_BOTH && config->settings.drain_priv};
    struct beside *beside = calloc(1, sizeof *beside);
    assert(beside);
    *VEC_PUSH(&computer->besides) = beside;
    beside->computer = computer;
    beside->number = number;
    beside->fault_tolerant = wanted->computer == BESIDE_BOTH;
    beside->output_fd = -1;
    beside->trap_rng = rng_new(seed, 100 + number);
    beside->entropy_rng = rng_new(seed, 10000 + number);
    beside->image_name = strdup(wanted->image_path);
    assert(beside->image_name);
    beside->image = file_read(wanted->image_path, &beside->image_bytes, error);
    if (!beside->image)
        return false;
    beside->board =
        board_new(config->ram_bytes, &config->settings, no_virtio, &cpu, &below_beside, beside, system->pages);
    if (!beside->board)
        return error_set(error, "no memory for a virtual processor with %u bytes of RAM", config->ram_bytes);
    return enter(beside, error) && open_output(beside, wanted->terminal_path, error);
}

bool besides_init(struct computer *computer, struct error *error)
{
    const struct system_config *config = &computer->system->config;
    for (unsigned i = 0; i < config->beside_count; i++)
        if ((config->besides[i].computer == computer->index || config->besides[i].computer == BESIDE_BOTH) &&
            !add(computer, &config->besides[i], i + 1, error))
            return false;
    return true;
}

static void beside_free(struct beside *beside)
{
    board_free(beside->board);
    if (!beside->fault_tolerant || !beside->computer->index)
        terminal_free(beside->terminal);
    if (beside->output_fd >= 0)
        close(beside->output_fd);
    QUEUE_FREE(&beside->held);
    free(beside->image);
    free(beside->image_name);
    free(beside);
}

void besides_free(struct computer *computer)
{
    for (size_t i = 0; i < computer->besides.count; i++)
        beside_free(computer->besides.at[i]);
    VEC_FREE(&computer->besides);
}

void besides_die(struct computer *computer)
{
    for (size_t i = 0; i < computer->besides.count; i++)
        computer->besides.at[i]->over = true;
}

/* ---- its turns ---- */

/* What has come for it while others ran. */
static void begin_turn(struct beside *beside)
{
    struct computer *computer = beside->computer;
    struct board *board = beside->board;
    struct error error;
    beside->left_insns = computer->system->config.epoch_insns;
    if (beside->resetting && !enter(beside, &error))
        beside->over = true;
    if (board_timer_due(board, clock_of(beside), &beside->timer_seen_ticks))
        cpu_post_external(board->cpu, IRQ_TIMER);
    if (beside->idle && !cpu_interrupt_pending(board->cpu))
        beside->left_insns = 0;
    beside->idle = false;
}

static enum cpu_stop run(struct beside *beside, uint64_t limit_insns)
{
    struct cpu *cpu = beside->board->cpu;
    const struct cpu_state *state = beside->board->cpu_state;
    uint64_t before = state->insns;
    computer_give_clock(beside->computer, state);
    enum cpu_stop stop = cpu_run(cpu, limit_insns);
    computer_give_clock(beside->computer, NULL);
    beside->left_insns -= state->insns - before;
    if (stop == CPU_STOP_HALTED) {
        if (!suppressed(beside))
            system_tell(beside->computer, "virtual processor %u beside (%s) halted: %s", beside->number,
                        beside->image_name, cpu_halt_reason(cpu));
        beside->over = true;
    }
    beside->idle = stop == CPU_STOP_IDLE && !cpu_interrupt_pending(cpu);
    if (beside->over || beside->resetting || beside->idle)
        beside->left_insns = 0;
    return stop;
}

/* Its turn is over: the hardware's trap buffer is delivered, and the VMM's copies are (protocol.md section 5). */
static void end_turn(struct beside *beside)
{
    cpu_dtu_flush(beside->board->cpu);
    traps_due(beside);
}

/* Go on with the turn of BESIDE; OUTCOME_DONE: it is over. */
static enum outcome take_turn(struct vmm *vmm, struct beside *beside)
{
    struct computer *computer = vmm->computer;
    uint64_t until = events_next_time(&computer->events), horizon = vmm_look_ahead_ps(vmm);
    until = smallest(until, smallest(computer->stop_time_ps, computer_next_fault_time(computer)));
    uint64_t limit = computer_insns_until(computer, smallest(until, horizon));
    if (!limit)
        return computer_now(computer) >= horizon ? OUTCOME_BLOCKED : OUTCOME_AGAIN;
    if (run(beside, smallest(limit, beside->left_insns)) == CPU_STOP_STALL && beside->stalled)
        return vmm_after_stall(vmm);
    if (beside->left_insns)
        return OUTCOME_AGAIN;
    end_turn(beside);
    return OUTCOME_DONE;
}

enum outcome besides_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    for (; computer->turn < computer->besides.count; computer->turn++, computer->turn_begun = false) {
        struct beside *beside = computer->besides.at[computer->turn];
        if (!computer->turn_begun && !beside->over)
            begin_turn(beside);
        computer->turn_begun = true;
        if (beside->over || !beside->left_insns)
            continue;
        enum outcome outcome = take_turn(vmm, beside);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    computer->turn = 0;
    return OUTCOME_DONE;
}

/* ---- fail-over of fault-tolerant ones ---- */

void besides_epoch_ended(struct computer *computer, uint64_t epoch)
{
    for (size_t i = 0; i < computer->besides.count; i++) {
        struct beside *beside = computer->besides.at[i];
        while (QUEUE_COUNT(&beside->held) && QUEUE_FRONT(&beside->held)->epoch <= epoch)
            QUEUE_POP(&beside->held);
    }
}

void besides_promote(struct computer *computer)
{
    for (size_t i = 0; i < computer->besides.count; i++) {
        struct beside *beside = computer->besides.at[i];
        for (; QUEUE_COUNT(&beside->held); QUEUE_POP(&beside->held))
            show(beside, QUEUE_FRONT(&beside->held)->number, &QUEUE_FRONT(&beside->held)->byte, 1);
    }
}

void besides_fence(struct computer *computer)
{
    for (size_t i = 0; i < computer->besides.count; i++)
        if (computer->besides.at[i]->fault_tolerant)
            terminal_fence(computer->besides.at[i]->terminal, computer->generation);
}

unsigned besides_mismatch(const struct system *system, uint64_t *number)
{
    const struct computer *first = system->computer[0];
    for (size_t i = 0; i < first->besides.count; i++)
        if ((*number = terminal_mismatch(first->besides.at[i]->terminal)))
            return first->besides.at[i]->number;
    return 0;
}

uint64_t besides_digest(struct computer *computer)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < computer->besides.count; i++) {
        const struct beside *beside = computer->besides.at[i];
        const uint64_t all[] = {digest,      board_digest(beside->board), beside->v1[0],  beside->v1[1],
                                beside->v2,  beside->timer_seen_ticks,    beside->number, beside->over,
                                beside->idle};
        if (beside->fault_tolerant)
            digest = XXH3_64bits(all, sizeof all);
    }
    return digest;
}

/* ---- for the host, and for snapshots ---- */

bool besides_flush(struct computer *computer, uint64_t time_ps)
{
    bool good = true;
    for (size_t i = 0; i < computer->besides.count; i++) {
        terminal_flush(computer->besides.at[i]->terminal, time_ps);
        good = good && !terminal_host_error(computer->besides.at[i]->terminal);
    }
    return good;
}

void besides_visit(struct computer *computer, struct visit *visit)
{
    if (!computer->besides.count)
        return;
    visit_begin(visit, "ordinary virtual processors");
    VISIT(visit, computer->turn);
    VISIT(visit, computer->turn_begun);
    VISIT(visit, computer->turns);
    for (size_t i = 0; i < computer->besides.count; i++) {
        struct beside *beside = computer->besides.at[i];
        VISIT(visit, beside->over);
        VISIT(visit, beside->idle);
        VISIT(visit, beside->resetting);
        VISIT(visit, beside->left_insns);
        VISIT(visit, beside->timer_seen_ticks);
        VISIT(visit, beside->trap_rng);
        VISIT(visit, beside->entropy_rng);
        VISIT(visit, beside->v1);
        VISIT(visit, beside->v2);
        VISIT_QUEUE(visit, &beside->held, held_output_visit);
    }
    visit_end(visit);
    for (size_t i = 0; i < computer->besides.count; i++) {
        board_visit(computer->besides.at[i]->board, visit);
        if (!computer->besides.at[i]->fault_tolerant || !computer->index)
            terminal_visit(computer->besides.at[i]->terminal, visit);
    }
}
