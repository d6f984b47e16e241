/* scsi.h - what a disk answers to a SCSI command: a direct-access block device (SPC-3, SBC-2) with 512-byte blocks.
 *
 * A function of the command and of the disk's size: there is no state, so no unit attentions, and sense data come with
 * the command that fails. Read, write and flush are for the disk; everything else is answered here.
 */
#ifndef US_IO_SCSI_H
#define US_IO_SCSI_H

#include <stdbool.h>
#include <stdint.h>

enum { SCSI_CDB_BYTES = 32, SCSI_SENSE_BYTES = 18, SCSI_DATA_BYTES_MAX = 256 };

/* Status (SAM-3, 5.3). */
enum scsi_status { SCSI_GOOD = 0x00, SCSI_CHECK_CONDITION = 0x02, SCSI_BUSY = 0x08 };

/* Sense key in bits 16-23, additional sense code and qualifier below. */
enum scsi_sense {
    SCSI_SENSE_NONE = 0,
    SCSI_SENSE_WRITE_ERROR = 0x030C00,
    SCSI_SENSE_READ_ERROR = 0x031100,
    SCSI_SENSE_INVALID_OPCODE = 0x052000,
    SCSI_SENSE_BLOCK_OUT_OF_RANGE = 0x052100,
    SCSI_SENSE_INVALID_FIELD = 0x052400,
    SCSI_SENSE_NO_SUCH_UNIT = 0x052500,
};

struct scsi_unit {
    uint32_t blocks;
    uint32_t blocks_max; /* of one command */
    bool present;        /* false: a logical unit number at which there is nothing */
    char serial[9];      /* 8 characters */
};

struct scsi_answer {
    bool disk; /* for the disk: OPCODE (enum disk_opcode), BLOCK, COUNT; else what follows */
    uint32_t opcode, block, count;
    uint8_t status;
    enum scsi_sense sense;
    uint32_t size_bytes; /* of data */
    uint8_t data[SCSI_DATA_BYTES_MAX];
};

/* Answer the command CDB. */
void scsi_command(const struct scsi_unit *unit, const uint8_t cdb[SCSI_CDB_BYTES], struct scsi_answer *answer);
/* SENSE in fixed format. */
void scsi_format_sense(enum scsi_sense sense, uint8_t bytes[SCSI_SENSE_BYTES]);

#endif
