/* companion.c - see companion.h. */
#include "ft/vmm/companion.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"
#include "mmu/base/vtime.h"
#include "io/elf.h"

/* ---- what lies below such a VP ---- */

/* Its clock: that of the end of the epoch before its turn. */
static uint64_t clock_of(const struct companion *companion)
{
    return companion->computer->vmm->end_clock_ps;
}

static enum phys_result clock_read(void *arg, uint64_t *time_ps)
{
    *time_ps = clock_of(arg);
    return PHYS_OK;
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct companion *companion = arg;
    *value = rng_next(&companion->entropy_rng);
    return PHYS_OK;
}

static void timer_set(void *arg, unsigned processor)
{
    /* Its interval timer is looked at when its turn begins. */
}

/* Is its output a no-op here? */
static bool suppressed(const struct companion *companion)
{
    return companion->computer->vmm->suppressed;
}

static enum phys_result output_ready(void *arg, enum output_kind kind)
{
    struct companion *companion = arg;
    struct vmm *vmm = companion->computer->vmm;
    companion->stalled = !suppressed(companion) && vmm_output_ready(vmm, vmm_output_commit(vmm)) != PHYS_OK;
    if (!companion->stalled)
        vmm->peer.await_arrival_ps = 0;
    return companion->stalled ? PHYS_STALL : PHYS_OK;
}

static void show(struct companion *companion, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct computer *computer = companion->computer;
    struct world *world = computer->world;
    pthread_mutex_lock(&world->lock);
    for (size_t i = 0; i < size; i++)
        terminal_output(companion->terminal, computer->generation, first_number + i, bytes[i], computer_now(computer));
    pthread_mutex_unlock(&world->lock);
    atomic_store(&world->output_waits, true);
}

static void terminal_put(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct companion *companion = arg;
    const struct vmm *vmm = companion->computer->vmm;
    if (!suppressed(companion))
        show(companion, first_number, bytes, size);
    for (size_t i = 0; suppressed(companion) && vmm->epoch > vmm->ended_epoch && i < size; i++)
        *QUEUE_PUSH(&companion->held) = (struct held_output){vmm->epoch, first_number + i, bytes[i]};
}

/* There is no disk: what needs none completes at once, and the rest was refused by the controller. */
static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct companion *companion = arg;
    struct disk_completion end = {.number = op->number,
                                  .command = op->command,
                                  .opcode = op->opcode,
                                  .status = op->refused ? DISK_ERROR : DISK_COMPLETED,
                                  .detail = op->refused};
    disk_controller_complete(&companion->board->disk, &end);
}

static void output_issued(void *arg, bool has_outcome)
{
}

static void ends(struct companion *companion)
{
    companion->over = true;
    board_request_stop(companion->board);
}

static void power_off(void *arg, uint8_t status)
{
    struct companion *companion = arg;
    if (!suppressed(companion))
        computer_tell(companion->computer, "virtual processor %u beside (%s) powered off with status %u",
                      companion->number, companion->image_name, status);
    ends(companion);
}

static void reset(void *arg)
{
    struct companion *companion = arg;
    companion->resetting = true;
    board_request_stop(companion->board);
}

static void disk_told(void *arg, const struct disk_completion *end)
{
}

static void input_wanted(void *arg)
{
    /* Nobody types at its terminal, or sits before its display. */
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    return 0;
}

static void net_mac(void *arg, uint8_t *bytes)
{
    assert(!"a VP beside has no virtio devices");
}

static void frame_put(void *arg, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    assert(!"a VP beside has no virtio devices");
}

static void virtio_wants_finish(void *arg, unsigned slot)
{
    assert(!"a VP beside has no virtio devices");
}

static uint32_t trap_delay(void *arg)
{
    struct companion *companion = arg;
    return (uint32_t)rng_upto(&companion->trap_rng, companion->computer->world->config.settings.trap_delay);
}

/* Figure 5. */
static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    struct companion *companion = arg;
    traps_add(&companion->traps, destination, trap_class);
}

static void traps_due(void *arg)
{
    struct companion *companion = arg;
    traps_give(&companion->traps, companion->board->cpu);
}

static enum phys_result drain(void *arg)
{
    traps_due(arg);
    return PHYS_OK;
}

static void log_line(void *arg, const char *line)
{
    struct companion *companion = arg;
    if (!suppressed(companion))
        computer_tell(companion->computer, "virtual processor %u beside: %s", companion->number, line);
}

static const struct host companion_host = {
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
    .display_wanted = input_wanted,
    .disk_blocks = disk_blocks,
    .net_mac = net_mac,
    .frame_put = frame_put,
    .frames_wanted = input_wanted,
    .virtio_later = virtio_wants_finish,
    .trap_delay = trap_delay,
    .trap_delivered = trap_delivered,
    .traps_due = traps_due,
    .drain = drain,
    .log = log_line,
};

/* ---- its life ---- */

static bool enter(struct companion *companion, struct error *error)
{
    uint32_t entry;
    if (!elf_load(companion->image, companion->image_bytes, companion->image_name, companion->board->phys, &entry,
                  error))
        return false;
    board_enter(companion->board, entry);
    companion->idle = companion->resetting = false;
    return true;
}

/* The same fault-tolerant one on the first computer. */
static struct companion *twin(const struct companion *companion)
{
    struct computer *first = companion->computer->other;
    for (size_t i = 0; i < first->companions->all.count; i++)
        if (first->companions->all.at[i]->number == companion->number)
            return first->companions->all.at[i];
    return NULL;
}

/* A run again shows nothing to anybody. */
static void give_terminal(struct companion *companion, const char *path)
{
    struct world *world = companion->computer->world;
    if (companion->computer->index) {
        companion->terminal = twin(companion)->terminal;
        return;
    }
    companion->terminal = terminal_new(-1, -1, false);
    *VEC_PUSH(&world->companion_terminals) = companion->terminal;
    if (!path || world->config.again)
        return;
    companion->output_path = strdup(path);
    memory_need(companion->output_path);
}

static bool open_output(struct companion *companion, struct error *error)
{
    companion->output_fd = open(companion->output_path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0666);
    if (companion->output_fd < 0)
        return error_set(error, "cannot write '%s', the terminal file of --beside: %s", companion->output_path,
                         strerror(errno));
    terminal_connect(companion->terminal, companion->output_fd);
    return true;
}

bool companions_open(struct computer *computer, struct error *error)
{
    for (size_t i = 0; i < companions_count(computer); i++) {
        struct companion *companion = computer->companions->all.at[i];
        if (companion->output_path && companion->output_fd < 0 && !open_output(companion, error))
            return false;
    }
    return true;
}

static bool add(struct computer *computer, const struct companion_config *wanted, struct error *error)
{
    static const enum virtio_kind no_virtio[VIRTIO_SLOTS] = {0};
    struct world *world = computer->world;
    const struct system_config *config = &world->config;
    uint64_t seed = config->seed * 2 + computer->index;
    struct cpu_config cpu = {.engine = config->engine,
                             .tlb_entries = (unsigned)config->settings.tlb_entries,
                             .tlb_combined = config->settings.tlb_combined,
                             .stop_on_idle = true,
                             .drain_priv = config->settings.drain_priv};
    struct companion *companion = calloc(1, sizeof *companion);
    memory_need(companion);
    *VEC_PUSH(&computer->companions->all) = companion;
    companion->computer = computer;
    companion->number = wanted->number;
    companion->output_fd = -1;
    companion->trap_rng = rng_new(seed, 100 + wanted->number);
    companion->entropy_rng = rng_new(seed, 10000 + wanted->number);
    companion->image_name = strdup(wanted->image_path);
    memory_need(companion->image_name);
    give_terminal(companion, wanted->terminal_path);
    companion->image = file_read(wanted->image_path, &companion->image_bytes, error);
    if (!companion->image)
        return false;
    companion->board =
        board_new(config->ram_bytes, &config->settings, no_virtio, &cpu, &companion_host, companion, world->pages);
    if (!companion->board)
        return error_set(error, "no memory for a virtual processor with %u bytes of RAM", config->ram_bytes);
    return enter(companion, error);
}

bool companions_init(struct computer *computer, struct error *error)
{
    computer->companions = calloc(1, sizeof *computer->companions);
    memory_need(computer->companions);
    const struct system_config *config = &computer->world->config;
    for (unsigned i = 0; i < config->companion_count; i++)
        if (!add(computer, &config->companions[i], error))
            return false;
    return true;
}

static void companion_free(struct companion *companion)
{
    board_free(companion->board);
    if (!companion->computer->index)
        terminal_free(companion->terminal);
    if (companion->output_fd >= 0)
        close(companion->output_fd);
    QUEUE_FREE(&companion->held);
    free(companion->output_path);
    free(companion->image);
    free(companion->image_name);
    free(companion);
}

void companions_free(struct computer *computer)
{
    if (!computer->companions)
        return;
    for (size_t i = 0; i < companions_count(computer); i++)
        companion_free(computer->companions->all.at[i]);
    VEC_FREE(&computer->companions->all);
    free(computer->companions);
}

void companions_die(struct computer *computer)
{
    struct companions *companions = computer->companions;
    for (size_t i = 0; i < companions_count(computer); i++)
        companions->all.at[i]->over = true;
    companions->running = companions->begun = false; /* a repaired computer is in nobody's turn */
    companions->next = 0;
}

/* ---- its turns ---- */

/* What has come for it while others ran. */
static void begin_turn(struct companion *companion)
{
    struct computer *computer = companion->computer;
    struct board *board = companion->board;
    struct error error;
    companion->left_insns = computer->world->config.epoch_insns;
    if (companion->resetting && !enter(companion, &error))
        companion->over = true;
    if (board_timer_due(board, clock_of(companion), &companion->timer_seen_ticks))
        cpu_post_external(board->cpu, IRQ_TIMER);
    if (display_frame_due(&board->display, clock_of(companion), &companion->frames_seen))
        display_frame(&board->display);
    if (companion->idle && !cpu_interrupt_pending(board->cpu))
        companion->left_insns = 0;
    companion->idle = false;
}

static enum cpu_stop run(struct companion *companion, uint64_t limit_insns)
{
    struct cpu *cpu = companion->board->cpu;
    const struct cpu_state *state = companion->board->cpu_state;
    uint64_t before = state->insns;
    computer_give_clock(companion->computer, state);
    enum cpu_stop stop = cpu_run(cpu, limit_insns);
    computer_give_clock(companion->computer, NULL);
    companion->left_insns -= state->insns - before;
    if (stop == CPU_STOP_HALTED) {
        if (!suppressed(companion))
            computer_tell(companion->computer, "virtual processor %u beside (%s) halted: %s", companion->number,
                          companion->image_name, cpu_halt_reason(cpu));
        companion->over = true;
    }
    companion->idle = stop == CPU_STOP_IDLE && !cpu_interrupt_pending(cpu);
    if (companion->over || companion->resetting || companion->idle)
        companion->left_insns = 0;
    return stop;
}

/* Its turn is over: the hardware's trap buffer is delivered, and the VMM's copies are (docs/protocols.md, "Delayed
 * traps"). */
static void end_turn(struct companion *companion)
{
    cpu_dtu_flush(companion->board->cpu);
    traps_due(companion);
}

/* Go on with the turn of COMPANION; OUTCOME_DONE: it is over. */
static enum outcome take_turn(struct vmm *vmm, struct companion *companion)
{
    struct computer *computer = vmm->computer;
    uint64_t until = vmm_due_ps(vmm), horizon = vmm_horizon_ps(vmm);
    until = smallest(until, smallest(computer->stop_time_ps, computer_next_fault_time(computer)));
    uint64_t limit = computer_insns_until(computer, smallest(until, horizon));
    if (!limit)
        return computer_now(computer) >= horizon ? OUTCOME_BLOCKED : OUTCOME_AGAIN;
    if (run(companion, smallest(limit, companion->left_insns)) == CPU_STOP_STALL && companion->stalled)
        return vmm_after_stall(vmm);
    if (companion->left_insns)
        return OUTCOME_AGAIN;
    end_turn(companion);
    return OUTCOME_DONE;
}

enum outcome companions_run(struct vmm *vmm)
{
    struct computer *computer = vmm->computer;
    struct companions *companions = computer->companions;
    for (; companions->next < companions->all.count; companions->next++, companions->begun = false) {
        struct companion *companion = companions->all.at[companions->next];
        if (!companions->begun && !companion->over)
            begin_turn(companion);
        companions->begun = true;
        if (companion->over || !companion->left_insns)
            continue;
        enum outcome outcome = take_turn(vmm, companion);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    companions->next = 0;
    return OUTCOME_DONE;
}

/* ---- fail-over of fault-tolerant ones ---- */

void companions_epoch_ended(struct computer *computer, uint64_t epoch)
{
    for (size_t i = 0; i < companions_count(computer); i++) {
        struct companion *companion = computer->companions->all.at[i];
        while (QUEUE_COUNT(&companion->held) && QUEUE_FRONT(&companion->held)->epoch <= epoch)
            QUEUE_POP(&companion->held);
    }
}

void companions_promote(struct computer *computer)
{
    for (size_t i = 0; i < companions_count(computer); i++) {
        struct companion *companion = computer->companions->all.at[i];
        for (; QUEUE_COUNT(&companion->held); QUEUE_POP(&companion->held))
            show(companion, QUEUE_FRONT(&companion->held)->number, &QUEUE_FRONT(&companion->held)->byte, 1);
    }
}

unsigned companions_mismatch(const struct computer *first, uint64_t *number)
{
    for (size_t i = 0; i < companions_count(first); i++)
        if ((*number = terminal_mismatch(first->companions->all.at[i]->terminal)))
            return first->companions->all.at[i]->number;
    return 0;
}

uint64_t companions_digest(struct computer *computer)
{
    uint64_t digest = 0;
    for (size_t i = 0; i < companions_count(computer); i++) {
        const struct companion *companion = computer->companions->all.at[i];
        const uint64_t all[] = {digest,
                                board_digest(companion->board),
                                companion->traps.v1[0],
                                companion->traps.v1[1],
                                companion->traps.v2,
                                companion->timer_seen_ticks,
                                companion->frames_seen,
                                companion->number,
                                companion->over,
                                companion->idle};
        digest = XXH3_64bits(all, sizeof all);
    }
    return digest;
}

/* ---- for the host, and for snapshots ---- */

void companions_flush(struct computer *computer, uint64_t time_ps)
{
    for (size_t i = 0; i < companions_count(computer); i++)
        terminal_flush(computer->companions->all.at[i]->terminal, time_ps);
}

bool companions_host_good(const struct computer *computer, struct error *error)
{
    for (size_t i = 0; i < companions_count(computer); i++) {
        const struct companion *companion = computer->companions->all.at[i];
        int cause = companion->output_path ? terminal_host_error(companion->terminal) : 0;
        if (cause)
            return error_set(error, "'%s', the terminal file of --beside, cannot be written: %s",
                             companion->output_path, strerror(cause));
    }
    return true;
}

void companions_visit(struct computer *computer, struct visit *visit)
{
    if (!companions_count(computer))
        return;
    struct companions *companions = computer->companions;
    visit_begin(visit, "virtual processors beside");
    VISIT(visit, companions->next);
    VISIT(visit, companions->begun);
    VISIT(visit, companions->running);
    for (size_t i = 0; i < companions_count(computer); i++) {
        struct companion *companion = computer->companions->all.at[i];
        VISIT(visit, companion->over);
        VISIT(visit, companion->idle);
        VISIT(visit, companion->resetting);
        VISIT(visit, companion->left_insns);
        VISIT(visit, companion->timer_seen_ticks);
        VISIT(visit, companion->frames_seen);
        VISIT(visit, companion->trap_rng);
        VISIT(visit, companion->entropy_rng);
        VISIT(visit, companion->traps.v1);
        VISIT(visit, companion->traps.v2);
        VISIT_QUEUE(visit, &companion->held, held_output_visit);
    }
    visit_end(visit);
    for (size_t i = 0; i < companions_count(computer); i++) {
        board_visit(computer->companions->all.at[i]->board, visit);
        if (!computer->index)
            terminal_visit(computer->companions->all.at[i]->terminal, visit);
    }
}
