/* disk_operation.h - a disk command on its way from a controller to the disk and back.
 *
 * The number is the controller's own count of commands, part of its state: two replicas give the same command the same
 * number. A write carries its data as they were at the store to +8.
 */
#ifndef US_IO_DISK_OPERATION_H
#define US_IO_DISK_OPERATION_H

#include <stdint.h>

enum { DISK_BLOCK_BYTES = 512, DISK_COUNT_MAX = 2048, DISK_COMMANDS_MAX = 32 };

enum disk_opcode { DISK_CONNECT, DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_DISCONNECT };

enum disk_status { DISK_PENDING, DISK_COMPLETED, DISK_ERROR, DISK_DISCONNECTED };

enum disk_detail {
    DISK_DETAIL_NONE,
    DISK_NOT_CONNECTED,
    DISK_BAD_BLOCK,
    DISK_BAD_ADDRESS,
    DISK_MEDIUM_ERROR,
    DISK_TOO_MANY,
};

struct disk_operation {
    uint64_t number;  /* from 1 */
    uint32_t command; /* physical address of the command block */
    uint32_t opcode, block, count, buffer;
    uint32_t refused; /* enum disk_detail that the controller itself found; 0: the disk decides */
    uint8_t *data;    /* count blocks: what to write, or room for what is read; NULL for the rest. Owned. */
};

struct disk_completion {
    uint64_t number;
    uint32_t command;
    uint32_t opcode, buffer, size_bytes; /* size_bytes of read data, or 0 */
    uint32_t status, detail;
    const uint8_t *data;
};

static inline uint32_t disk_data_bytes(const struct disk_operation *op)
{
    return op->opcode == DISK_READ || op->opcode == DISK_WRITE ? op->count * DISK_BLOCK_BYTES : 0;
}

#endif
