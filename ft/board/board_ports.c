/* board_ports.c - the board's virtio slots: what they need of the world goes through `struct host` like everything
 * else; and what comes from the world - terminal input, ends of disk operations, what a fail-over tells of them - finds
 * its device, the disk's controller or a slot.
 */
#include "ft/board/board.h"

#include <stdlib.h>

#include "mmu/base/vtime.h"

static enum phys_result output_ready(void *arg)
{
    struct board *board = arg;
    return board->host->output_ready(board->host_arg, OUTPUT_VIRTIO);
}

static void output_begins(void *arg)
{
    ((struct board *)arg)->state.outputs++;
}

static void output_issued(void *arg, bool has_outcome)
{
    struct board *board = arg;
    board->host->output_issued(board->host_arg, has_outcome);
}

static void later(void *arg, unsigned slot)
{
    struct board *board = arg;
    board->host->virtio_later(board->host_arg, slot);
}

static void terminal_put(void *arg, const uint8_t *bytes, size_t size)
{
    board_terminal_put(arg, bytes, size);
}

static void input_wanted(void *arg)
{
    struct board *board = arg;
    board->host->input_wanted(board->host_arg);
}

static void net_mac(void *arg, uint8_t *bytes)
{
    struct board *board = arg;
    board->host->net_mac(board->host_arg, bytes);
}

static void frame_put(void *arg, const uint8_t *bytes, uint32_t size)
{
    struct board *board = arg;
    board->host->frame_put(board->host_arg, ++board->state.frames_out, bytes, size);
}

static void frames_wanted(void *arg)
{
    struct board *board = arg;
    board->host->frames_wanted(board->host_arg);
}

static uint64_t disk_number(void *arg)
{
    return ++((struct board *)arg)->state.disk_operations;
}

static uint32_t disk_blocks(void *arg, unsigned device)
{
    struct board *board = arg;
    return board->host->disk_blocks(board->host_arg, device);
}

static void disk_issue(void *arg, const struct disk_operation *op)
{
    struct board *board = arg;
    board->host->disk_issue(board->host_arg, op);
}

static void disk_told(void *arg, const struct disk_completion *end)
{
    struct board *board = arg;
    board->host->disk_told(board->host_arg, end);
}

static enum phys_result entropy(void *arg, uint64_t *value)
{
    struct board *board = arg;
    return board->host->entropy(board->host_arg, value);
}

static void log_line(void *arg, const char *line)
{
    board_log(arg, line);
}

static const struct virtio_backend backend = {
    output_ready,  output_begins, output_issued, later,      terminal_put, input_wanted, net_mac,  frame_put,
    frames_wanted, disk_number,   disk_blocks,   disk_issue, disk_told,    entropy,      log_line,
};

void board_virtio_init(struct board *board, const enum virtio_kind *virtio, struct irq_line irq)
{
    virtio_slots_init(&board->virtio, virtio, board->phys, &backend, board, irq);
}

/* ---- terminal input ---- */

/* A virtio console has no line rate; its input comes as over the fastest usual line. */
enum { VIRTIO_CONSOLE_BITS_PER_S = 115200, BITS_A_BYTE = 10 };

bool board_listening(struct board *board)
{
    return virtio_slots_console(&board->virtio) || uart_listening(&board->uart);
}

unsigned board_input_room(struct board *board)
{
    const struct virtio_console *console = virtio_slots_console(&board->virtio);
    return console ? virtio_console_room(console) : uart_room(&board->uart);
}

uint64_t board_byte_time_ps(struct board *board)
{
    return virtio_slots_console(&board->virtio) ? PS_PER_S * BITS_A_BYTE / VIRTIO_CONSOLE_BITS_PER_S
                                                : uart_byte_time_ps(&board->uart);
}

/* Linux gives its buffers before it has a console to put what comes in them, and throws away what comes then; piped
 * input waits for as long as that may take. */
enum { VIRTIO_CONSOLE_QUIET_MS = 250 };

uint64_t board_input_delay_ps(struct board *board)
{
    return virtio_slots_console(&board->virtio) ? PS_PER_S / 1000 * VIRTIO_CONSOLE_QUIET_MS
                                                : uart_byte_time_ps(&board->uart);
}

unsigned board_input_wanted(struct board *board)
{
    return virtio_slots_console(&board->virtio) ? board_input_room(board) : uart_wanted(&board->uart);
}

void board_receive(struct board *board, uint8_t byte)
{
    struct virtio_console *console = virtio_slots_console(&board->virtio);
    board->state.terminal_in++;
    if (console)
        virtio_console_receive(console, byte);
    else
        uart_receive(&board->uart, byte);
}

uint32_t board_input_external_bits(struct board *board)
{
    struct virtio_console *console = virtio_slots_console(&board->virtio);
    for (unsigned i = 0; console && i < VIRTIO_SLOTS; i++)
        if (console == &board->virtio.slot[i].console)
            return PA_BIT(IRQ_VIRTIO + i);
    return uart_interrupts(&board->uart) ? PA_BIT(IRQ_CONSOLE) : 0;
}

bool board_listening_to_events(const struct board *board)
{
    return display_listening(&board->display);
}

unsigned board_events_room(const struct board *board)
{
    return display_room(&board->display);
}

void board_receive_event(struct board *board, uint32_t event)
{
    board->state.events_in++;
    display_receive(&board->display, event);
}

bool board_listening_to_frames(struct board *board)
{
    const struct virtio_net *net = virtio_slots_net(&board->virtio);
    return net && virtio_net_listening(net);
}

unsigned board_frames_room(struct board *board)
{
    const struct virtio_net *net = virtio_slots_net(&board->virtio);
    return net ? virtio_net_room(net) : 0;
}

void board_receive_frame(struct board *board, uint64_t number, const uint8_t *bytes, uint32_t size)
{
    struct virtio_net *net = virtio_slots_net(&board->virtio);
    board->state.frames_in = number + 1;
    if (net)
        virtio_net_receive(net, bytes, size);
}

/* ---- the ends of disk operations ---- */

void board_disk_complete(struct board *board, const struct disk_completion *end)
{
    struct virtio_disk *disk = virtio_slots_disk(&board->virtio, end->device);
    if (end->device == DISK_DEVICE_CONTROLLER)
        disk_controller_complete(&board->disk, end);
    else if (disk)
        virtio_disk_complete(disk, end);
}

void board_disk_data(struct board *board, const struct disk_completion *end)
{
    struct virtio_disk *disk = virtio_slots_disk(&board->virtio, end->device);
    if (end->device == DISK_DEVICE_CONTROLLER)
        phys_dma_write(board->phys, end->buffer, end->data, end->size_bytes);
    else if (disk)
        virtio_disk_data(disk, end);
}

/* ---- what is outstanding ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

unsigned board_outstanding(struct board *board, uint64_t numbers[BOARD_OUTSTANDING_MAX])
{
    struct disk_slot slots[DISK_COMMANDS_MAX];
    unsigned count = disk_controller_outstanding(&board->disk, slots);
    for (unsigned i = 0; i < count; i++)
        numbers[i] = slots[i].number;
    for (unsigned slot = 0; slot < VIRTIO_SLOTS; slot++) {
        const struct virtio_disk *disk = virtio_slots_disk(&board->virtio, DISK_DEVICE_VIRTIO + slot);
        if (disk)
            count += virtio_disk_outstanding(disk, numbers + count);
    }
    qsort(numbers, count, sizeof numbers[0], by_value);
    return count;
}

void board_lose(struct board *board)
{
    struct disk_slot slots[DISK_COMMANDS_MAX];
    if (board->disk.state.connected || disk_controller_outstanding(&board->disk, slots))
        disk_controller_lose(&board->disk);
    virtio_slots_uncertain(&board->virtio); /* virtio knows no connection: its commands are all there is */
}

void board_uncertain(struct board *board)
{
    struct disk_slot slots[DISK_COMMANDS_MAX];
    unsigned count = disk_controller_outstanding(&board->disk, slots);
    for (unsigned i = 0; i < count; i++)
        disk_controller_uncertain(&board->disk, slots[i].number);
    virtio_slots_uncertain(&board->virtio);
}

bool board_retries(struct board *board, unsigned device)
{
    const struct virtio_disk *disk = virtio_slots_disk(&board->virtio, device);
    return !disk || disk->format->retries;
}
