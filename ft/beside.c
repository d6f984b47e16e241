/* beside.c - see beside.h. */
#include "ft/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ft/system_private.h"
#include "ft/vtime.h"
#include "io/elf.h"

/* ---- what lies below an ordinary VP ---- */

static enum phys_result clock_read(void *arg, uint64_t *time_ps)
{
    const struct computer *computer = ((struct beside *)arg)->computer;
    *time_ps = computer_hardware_clock(computer, computer_now(computer));
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

static enum phys_result output_ready(void *arg, enum output_kind kind)
{
    return PHYS_OK;
}

static void terminal_put(void *arg, uint64_t first_number, const uint8_t *bytes, size_t size)
{
    struct beside *beside = arg;
    struct system *system = beside->computer->system;
    pthread_mutex_lock(&system->lock);
    for (size_t i = 0; i < size; i++)
        terminal_output(beside->terminal, 0, first_number + i, bytes[i], computer_now(beside->computer));
    pthread_mutex_unlock(&system->lock);
    atomic_store(&system->output_waits, true);
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
    system_tell(beside->computer, "ordinary virtual processor %u (%s) powered off with status %u", beside->number,
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
    assert(!"an ordinary VP has no virtio devices");
}

static uint32_t trap_delay(void *arg)
{
    struct beside *beside = arg;
    return (uint32_t)rng_upto(&beside->trap_rng, beside->computer->system->config.settings.trap_delay);
}

static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    assert(!"Drain_Priv is 0 for an ordinary VP: traps are delivered to the guest");
}

static void traps_due(void *arg)
{
    assert(!"no monitor holds traps of an ordinary VP");
}

static enum phys_result drain(void *arg)
{
    assert(!"Drain_Priv is 0 for an ordinary VP: DRAIN does not leave the guest");
    return PHYS_OK;
}

static void log_line(void *arg, const char *line)
{
    struct beside *beside = arg;
    system_tell(beside->computer, "ordinary virtual processor %u: %s", beside->number, line);
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

static bool open_output(struct beside *beside, const char *path, struct error *error)
{
    beside->output_fd = -1;
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
                             .stop_on_idle = true};
    struct beside *beside = calloc(1, sizeof *beside);
    assert(beside);
    *VEC_PUSH(&computer->besides) = beside;
    beside->computer = computer;
    beside->number = number;
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
        if (config->besides[i].computer == computer->index && !add(computer, &config->besides[i], i + 1, error))
            return false;
    return true;
}

static void beside_free(struct beside *beside)
{
    board_free(beside->board);
    terminal_free(beside->terminal);
    if (beside->output_fd >= 0 && beside->terminal)
        close(beside->output_fd);
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
    if (board_timer_due(board, computer_hardware_clock(computer, computer_now(computer)), &beside->timer_seen_ticks))
        cpu_post_external(board->cpu, IRQ_TIMER);
    if (beside->idle && !cpu_interrupt_pending(board->cpu))
        beside->left_insns = 0;
    beside->idle = false;
}

static void run(struct beside *beside, uint64_t limit_insns)
{
    const struct cpu_state *state = beside->board->cpu_state;
    uint64_t before = state->insns;
    enum cpu_stop stop = cpu_run(beside->board->cpu, limit_insns);
    beside->left_insns -= state->insns - before;
    if (stop == CPU_STOP_IDLE && !cpu_interrupt_pending(beside->board->cpu)) {
        beside->idle = true;
        beside->left_insns = 0;
    } else if (stop == CPU_STOP_HALTED) {
        system_tell(beside->computer, "ordinary virtual processor %u (%s) halted: %s", beside->number,
                    beside->image_name, cpu_halt_reason(beside->board->cpu));
        beside->over = true;
    }
    if (beside->over || beside->resetting)
        beside->left_insns = 0;
}

bool besides_run(struct computer *computer, uint64_t until_ps, bool *wait)
{
    *wait = false;
    for (; computer->turn < computer->besides.count; computer->turn++, computer->turn_begun = false) {
        struct beside *beside = computer->besides.at[computer->turn];
        if (!computer->turn_begun && !beside->over)
            begin_turn(beside);
        computer->turn_begun = true;
        if (beside->over || !beside->left_insns)
            continue;
        uint64_t limit = computer_insns_until(computer, until_ps);
        *wait = !limit;
        if (!limit)
            return false;
        computer_give_clock(computer, beside->board->cpu_state);
        run(beside, limit < beside->left_insns ? limit : beside->left_insns);
        computer_give_clock(computer, NULL);
        if (beside->left_insns)
            return false;
    }
    computer->turn = 0;
    return true;
}

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
    }
    visit_end(visit);
    for (size_t i = 0; i < computer->besides.count; i++) {
        board_visit(computer->besides.at[i]->board, visit);
        terminal_visit(computer->besides.at[i]->terminal, visit);
    }
}
