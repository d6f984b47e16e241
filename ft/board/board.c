/* board.c - see board.h. */
#include "ft/board/board.h"

#include <limits.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ft/board/digest.h"
#include "mmu/base/vtime.h"
#include "io/firmware.h"

static const struct state_field board_fields[] = {
    STATE_SCALAR(struct board_state, terminal_out, "bytes output to the terminal"),
    STATE_SCALAR(struct board_state, terminal_in, "bytes of input taken"),
    STATE_SCALAR(struct board_state, events_in, "events of keyboard and pointer taken"),
    STATE_SCALAR(struct board_state, frames_out, "frames sent to the network"),
    STATE_SCALAR(struct board_state, frames_in, "number of the next frame to take from it"),
    STATE_SCALAR(struct board_state, outputs, "outputs of any kind"),
    STATE_SCALAR(struct board_state, disk_operations, "operations issued to any disk"),
};
const struct state_table board_state_table = {"board", board_fields, sizeof board_fields / sizeof board_fields[0]};

static const struct state_field turns_fields[] = {
    STATE_SCALAR_BELOW(struct turns_state, turn, BOARD_PROCESSORS_MAX, "the processor whose instruction is next"),
    STATE_SCALAR(struct turns_state, waiting, "processors that have not been started, the last bit is processor 0"),
};
const struct state_table turns_state_table = {"turns", turns_fields, sizeof turns_fields / sizeof turns_fields[0]};

/* ---- a processor's environment ---- */

static struct board *board_of(void *arg)
{
    return ((struct board_processor *)arg)->board;
}

static enum phys_result timer_read(void *arg, uint32_t *ticks)
{
    struct board *board = board_of(arg);
    uint64_t time_ps;
    enum phys_result result = board->host->clock_read(board->host_arg, &time_ps);
    if (result == PHYS_OK)
        *ticks = (uint32_t)time_to_ticks(time_ps, board->clock_hz);
    return result;
}

static void timer_set(void *arg)
{
    const struct board_processor *processor = arg;
    processor->board->host->timer_set(processor->board->host_arg, processor->index);
}

static uint32_t trap_delay(void *arg)
{
    struct board *board = board_of(arg);
    return board->host->trap_delay(board->host_arg);
}

static void trap_delivered(void *arg, unsigned destination, unsigned trap_class)
{
    struct board *board = board_of(arg);
    board->host->trap_delivered(board->host_arg, destination, trap_class);
}

static void traps_due(void *arg)
{
    struct board *board = board_of(arg);
    board->host->traps_due(board->host_arg);
}

static enum phys_result drain(void *arg)
{
    struct board *board = board_of(arg);
    return board->host->drain(board->host_arg);
}

void board_log(struct board *board, const char *line)
{
    if (board->logged < BOARD_LOG_LINES_MAX)
        board->host->log(board->host_arg, line);
    if (++board->logged == BOARD_LOG_LINES_MAX)
        board->host->log(board->host_arg, "(there may be more like this: they are not told)");
}

static void log_line(void *arg, const char *line)
{
    board_log(board_of(arg), line);
}

static const struct cpu_env cpu_env = {timer_read, timer_set, drain, trap_delay, trap_delivered, traps_due, log_line};

/* ---- the devices' backends ---- */

static void post(void *arg, unsigned number)
{
    struct board *board = arg;
    cpu_post_external(board->cpu, number);
}

static enum phys_result terminal_ready(void *arg)
{
    struct board *board = arg;
    return board->host->output_ready(board->host_arg, OUTPUT_TERMINAL);
}

void board_terminal_put(struct board *board, const uint8_t *bytes, size_t size)
{
    uint64_t first = board->state.terminal_out + 1;
    board->state.terminal_out += size;
    board->host->terminal_put(board->host_arg, first, bytes, size);
}

static void terminal_put(void *arg, uint8_t byte)
{
    struct board *board = arg;
    board->state.outputs++;
    board_terminal_put(board, &byte, 1);
    board->host->output_issued(board->host_arg, false);
}

static void input_wanted(void *arg)
{
    struct board *board = arg;
    board->host->input_wanted(board->host_arg);
}

static const struct uart_backend uart_backend = {terminal_ready, terminal_put, input_wanted};

static uint32_t disk_blocks(void *arg)
{
    struct board *board = arg;
    return board->host->disk_blocks(board->host_arg, DISK_DEVICE_CONTROLLER);
}

static uint64_t disk_number(void *arg)
{
    return ++((struct board *)arg)->state.disk_operations;
}

static enum phys_result disk_ready(void *arg)
{
    struct board *board = arg;
    return board->host->output_ready(board->host_arg, OUTPUT_DISK);
}

static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct board *board = arg;
    board->state.outputs++;
    bool refused = op->refused != 0; /* OP is not ours afterwards */
    board->host->disk_issue(board->host_arg, op);
    if (!refused)
        board->host->output_issued(board->host_arg, true);
}

static void disk_told(void *arg, const struct disk_completion *end)
{
    struct board *board = arg;
    board->host->disk_told(board->host_arg, end);
}

static const struct disk_backend disk_backend = {disk_blocks, disk_number, disk_ready, disk_issue, disk_told};

static enum phys_result clock_read(void *arg, uint64_t *time_ps)
{
    struct board *board = arg;
    return board->host->clock_read(board->host_arg, time_ps);
}

static enum phys_result power_off(void *arg, uint8_t status)
{
    struct board *board = arg;
    enum phys_result ready = board->host->output_ready(board->host_arg, OUTPUT_POWER);
    if (ready == PHYS_OK)
        board->host->power_off(board->host_arg, status);
    return ready;
}

static enum phys_result reset(void *arg)
{
    struct board *board = arg;
    enum phys_result ready = board->host->output_ready(board->host_arg, OUTPUT_RESET);
    if (ready == PHYS_OK)
        board->host->reset(board->host_arg);
    return ready;
}

static void display_wanted(void *arg)
{
    struct board *board = arg;
    board->host->display_wanted(board->host_arg);
}

static const struct system_controller_backend system_backend = {clock_read, power_off, reset};

/* ---- a store to a processor module's io_eir posts that external interrupt (docs/board.md) ---- */

#define PROCESSOR_BASE UINT32_C(0xFFFB0000)
enum { PROCESSOR_WINDOW_BYTES = 0x1000 };

static enum phys_result module_load(void *device, uint32_t offset, unsigned size_bytes, uint32_t *value)
{
    *value = 0;
    return size_bytes == 4 ? PHYS_OK : PHYS_NOTHING;
}

/* The word of page zero at which a waiting processor looks when it is interrupted (0: it goes on waiting), and the
 * general register in which it is told its own hard physical address. */
enum { MEM_RENDEZ = 0x10, GR_ARG0 = 26 };

static void module_post(struct board_processor *processor, unsigned number)
{
    struct board *board = processor->board;
    uint64_t entry = 0;
    if (!(board->turns.waiting >> processor->index & 1)) {
        cpu_post_external(processor->cpu, number);
        return;
    }
    phys_load(board->phys, MEM_RENDEZ, 4, &entry);
    if (!entry)
        return;
    board->turns.waiting &= ~(UINT32_C(1) << processor->index);
    cpu_reset(processor->cpu, (uint32_t)entry);
    cpu_state(processor->cpu)->gr[GR_ARG0] = PROCESSOR_BASE + processor->index * PROCESSOR_WINDOW_BYTES;
}

static enum phys_result module_store(void *device, uint32_t offset, unsigned size_bytes, uint32_t value)
{
    if (size_bytes != 4)
        return PHYS_NOTHING;
    if (offset == 0)
        module_post(device, value & 31);
    return PHYS_OK;
}

static const struct phys_device_ops module_ops = {module_load, module_store};

/* ---- the processors' turns ---- */

enum cpu_stop board_run(struct board *board, uint64_t limit_insns)
{
    if (board->processors == 1)
        return cpu_run(board->cpu, limit_insns);
    uint64_t end = board->cpu_state->insns + limit_insns;
    struct turns_state *turns = &board->turns;
    while (turns->turn != 0 || board->cpu_state->insns < end) {
        enum cpu_stop stop = CPU_STOP_LIMIT;
        if (!(turns->waiting >> turns->turn & 1)) {
            board->running = board->processor[turns->turn].cpu;
            stop = cpu_run(board->running, 1);
        }
        if (stop == CPU_STOP_BREAKPOINT || stop == CPU_STOP_REFERENCE || stop == CPU_STOP_STALL)
            return stop; /* it has not had its turn */
        turns->turn = (turns->turn + 1) % board->processors;
        if (stop != CPU_STOP_LIMIT)
            return stop;
    }
    return CPU_STOP_LIMIT;
}

/* ---- the board ---- */

static bool add_processors(struct board *board, const struct cpu_config *config)
{
    for (unsigned i = 0; i < board->processors; i++) {
        struct board_processor *processor = &board->processor[i];
        struct cpu_config own = *config;
        own.index = i;
        own.tlb_seed += config->tlb_seed ? (uint64_t)i << 32 : 0;
        *processor = (struct board_processor){board, NULL, i};
        processor->cpu = cpu_new(&own, board->phys, &cpu_env, processor);
        if (!processor->cpu)
            return false;
        phys_add_window(board->phys, PROCESSOR_BASE + i * PROCESSOR_WINDOW_BYTES, PROCESSOR_WINDOW_BYTES, &module_ops,
                        processor);
    }
    board->cpu = board->running = board->processor[0].cpu;
    board->cpu_state = cpu_state(board->cpu);
    return true;
}

struct board *board_new(uint32_t ram_bytes, const struct settings *settings, const enum virtio_kind *virtio,
                        const struct cpu_config *cpu, const struct host *host, void *host_arg, struct page_store *store)
{
    struct board *board = calloc(1, sizeof *board);
    if (!board)
        return NULL;
    board->host = host;
    board->host_arg = host_arg;
    board->clock_hz = settings->clock_hz;
    board->processors = (unsigned)settings->processors;
    board->phys = phys_new(ram_bytes);
    page_map_init(&board->memory, store, board->phys ? phys_pages(board->phys) : 0);
    if (!board->phys || !add_processors(board, cpu)) {
        board_free(board);
        return NULL;
    }
    memcpy(phys_rom(board->phys), firmware_image, firmware_bytes);
    struct irq_line irq = {post, board};
    uart_init(&board->uart, &uart_backend, board, irq);
    disk_controller_init(&board->disk, board->phys, &disk_backend, board, irq);
    display_init(&board->display, board->phys, display_wanted, board, irq);
    board->system = (struct system_controller){.ram_bytes = ram_bytes,
                                               .processors = board->processors,
                                               .clock_hz = (uint32_t)settings->clock_hz,
                                               .world_start_seconds = (uint32_t)settings->world_clock,
                                               .backend = &system_backend,
                                               .backend_arg = board};
    phys_add_window(board->phys, UART_BASE, UART_WINDOW_BYTES, &uart_ops, &board->uart);
    phys_add_window(board->phys, SYSTEM_CONTROLLER_BASE, SYSTEM_CONTROLLER_WINDOW_BYTES, &system_controller_ops,
                    &board->system);
    phys_add_window(board->phys, DISK_CONTROLLER_BASE, DISK_CONTROLLER_WINDOW_BYTES, &disk_controller_ops,
                    &board->disk);
    phys_add_window(board->phys, DISPLAY_BASE, DISPLAY_WINDOW_BYTES, &display_ops, &board->display);
    board_virtio_init(board, virtio, irq);
    board->digest = digest_new(board);
    if (!board->digest) {
        board_free(board);
        return NULL;
    }
    return board;
}

bool board_add_channel_port(struct board *board, unsigned end, const struct channel_port_backend *backend, void *arg)
{
    board->port = (struct channel_port){.end = end,
                                        .shown = &board->state.terminal_out,
                                        .typed = &board->state.terminal_in,
                                        .backend = backend,
                                        .backend_arg = arg,
                                        .irq = {post, board}};
    phys_add_window(board->phys, CHANNEL_PORT_BASE, CHANNEL_PORT_WINDOW_BYTES, &channel_port_ops, &board->port);
    digest_free(board->digest); /* it has the parts that the board had when it was made */
    board->digest = digest_new(board);
    return board->digest != NULL;
}

void board_free(struct board *board)
{
    if (!board)
        return;
    page_map_free(&board->memory);
    digest_free(board->digest);
    for (unsigned i = 0; i < board->processors; i++)
        cpu_free(board->processor[i].cpu);
    if (board->phys)
        phys_free(board->phys);
    free(board);
}

void board_enter(struct board *board, uint32_t entry)
{
    board->entry = entry;
    uart_reset(&board->uart);
    disk_controller_reset(&board->disk);
    display_reset(&board->display);
    virtio_slots_reset(&board->virtio);
    board->system.state = (struct system_controller_state){0};
    if (board->port.backend)
        channel_port_reset(&board->port);
    board->turns = (struct turns_state){.waiting = (UINT32_C(1) << board->processors) - 2};
    for (unsigned i = 0; i < board->processors; i++)
        cpu_reset(board->processor[i].cpu, entry);
}

unsigned board_parts(struct board *board, struct board_part *parts)
{
    unsigned count = 0;
    parts[count++] = (struct board_part){&cpu_state_table, cpu_state(board->cpu)};
    parts[count++] = (struct board_part){&tlb_state_table, tlb_state(cpu_tlb(board->cpu))};
    parts[count++] = (struct board_part){&uart_state_table, &board->uart.state};
    parts[count++] = (struct board_part){&disk_controller_state_table, &board->disk.state};
    parts[count++] = (struct board_part){&system_controller_state_table, &board->system.state};
    parts[count++] = (struct board_part){&display_state_table, &board->display.state};
    parts[count++] = (struct board_part){&board_state_table, &board->state};
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        const struct state_table *tables[2];
        void *at[2];
        for (unsigned t = 0, tables_count = virtio_slot_tables(&board->virtio, i, tables, at); t < tables_count; t++)
            parts[count++] = (struct board_part){tables[t], at[t]};
    }
    for (unsigned i = 1; i < board->processors; i++) {
        parts[count++] = (struct board_part){&cpu_state_table, cpu_state(board->processor[i].cpu)};
        parts[count++] = (struct board_part){&tlb_state_table, tlb_state(cpu_tlb(board->processor[i].cpu))};
    }
    if (board->processors > 1)
        parts[count++] = (struct board_part){&turns_state_table, &board->turns};
    if (board->port.backend)
        parts[count++] = (struct board_part){&channel_port_state_table, &board->port.state};
    assert(count <= BOARD_PARTS);
    return count;
}

/* ---- all of its state ---- */

bool board_memory_some(struct board *board, uint32_t *from, unsigned count)
{
    uint32_t first = *from, pages = board->memory.pages, at = phys_next_dirty(board->phys, PHYS_SNAPSHOT, first);
    for (; at < pages && count; count--) {
        const uint8_t *page = phys_page(board->phys, at);
        page_map_set(&board->memory, at, page_is_zero(page) ? NULL : page);
        *from = at + 1;
        at = phys_next_dirty(board->phys, PHYS_SNAPSHOT, at + 1);
    }
    if (*from > first)
        phys_clear_dirty_of(board->phys, PHYS_SNAPSHOT, first, *from);
    return at >= pages;
}

const struct page_map *board_memory(struct board *board)
{
    uint32_t from = 0;
    board_memory_some(board, &from, UINT_MAX);
    return &board->memory;
}

struct memory_change {
    struct board *board;
    const struct page_map *wanted;
};

/* Only the lines that differ are written: what is decoded and translated from the others stays. */
static void change_page(void *arg, uint32_t index)
{
    static const uint8_t zeros[PHYS_PAGE_BYTES];
    struct memory_change *change = arg;
    struct phys *phys = change->board->phys;
    const uint8_t *wanted = page_map_get(change->wanted, index);
    if (!wanted)
        wanted = zeros;
    for (uint32_t at = 0; at < PHYS_PAGE_BYTES; at += PHYS_LINE_BYTES)
        if (memcmp(phys_page(phys, index) + at, wanted + at, PHYS_LINE_BYTES) != 0)
            phys_page_write(phys, index, at, wanted + at, PHYS_LINE_BYTES);
}

/* Memory becomes what WANTED says; what is like that already is not touched. */
static void set_memory(struct board *board, struct page_map *wanted)
{
    struct memory_change change = {board, wanted};
    page_map_compare(board_memory(board), wanted, change_page, &change);
    page_map_free(&board->memory);
    page_map_copy(&board->memory, wanted);
    phys_clear_dirty(board->phys, PHYS_SNAPSHOT);
}

static void visit_memory(struct board *board, struct visit *visit)
{
    struct page_map map;
    uint8_t *rom = phys_rom(board->phys);
    page_map_copy(&map, board_memory(board));
    visit_pages(visit, &map);
    if (visit->reading && visit->good)
        set_memory(board, &map);
    page_map_free(&map);
    if (!visit->whole)
        return; /* ROM does not change while a system runs */
    visit_bytes(visit, "rom", rom, PHYS_ROM_BYTES);
    if (visit->reading)
        phys_changed_all(board->phys);
}

void board_visit_devices(struct board *board, struct visit *visit)
{
    struct board_part parts[BOARD_PARTS];
    visit_begin(visit, "devices");
    for (unsigned p = 0, count = board_parts(board, parts); p < count; p++)
        visit_table(visit, parts[p].table, parts[p].at);
    VISIT(visit, board->entry);
    visit_end(visit);
    if (visit->reading && board->turns.turn >= board->processors) {
        board->turns.turn = 0;
        visit_refuse(visit);
    }
    for (unsigned i = 0; i < board->processors && visit->reading; i++) {
        struct cpu_state *state = cpu_state(board->processor[i].cpu);
        if (state->gr[0] || state->insns > VISIT_MOMENT_MAX) {
            state->gr[0] = 0;
            state->insns = 0;
            visit_refuse(visit);
        }
        cpu_state_changed(board->processor[i].cpu);
    }
}

void board_visit(struct board *board, struct visit *visit)
{
    uint32_t running = 0;
    while (board->processor[running].cpu != board->running)
        running++;
    visit_begin(visit, "board");
    VISIT(visit, board->logged);
    VISIT_BELOW(visit, running, board->processors);
    board->running = board->processor[running % board->processors].cpu;
    visit_memory(board, visit);
    visit_end(visit);
    board_visit_devices(board, visit);
    for (unsigned i = 0; i < board->processors; i++)
        cpu_visit(board->processor[i].cpu, visit);
}

uint64_t board_timer_match(const struct board *board, unsigned processor, uint64_t seen_ticks)
{
    uint32_t distance = cpu_state(board->processor[processor].cpu)->cr[CR_ITMR] - (uint32_t)seen_ticks;
    return seen_ticks + (distance ? distance : UINT64_C(1) << 32);
}

bool board_timer_due(const struct board *board, uint64_t clock_ps, uint64_t *seen_ticks)
{
    uint64_t ticks = time_to_ticks(clock_ps, board->clock_hz), seen = *seen_ticks;
    if (ticks <= seen)
        return false;
    *seen_ticks = ticks;
    return board_timer_match(board, 0, seen) <= ticks;
}
