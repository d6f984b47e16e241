/* scsi.h - what a target with one disk answers to a SCSI command: a direct-access block device (SPC-3, SBC-3) with
 * 512-byte blocks at logical unit 0, and the REPORT LUNS well-known logical unit.
 *
 * A function of the command and of the unit: sense data come with the command that fails. Read, write and flush are for
 * the disk; everything else is answered here. docs/virtio.md has each command, field and bit.
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
    SCSI_SENSE_NOTHING_SAVED = 0x053900,
    SCSI_SENSE_UNIT_RESET = 0x062903,
    SCSI_SENSE_NEXUS_LOST = 0x062907,
};

enum scsi_unit_kind {
    SCSI_UNIT_NONE, /* a logical unit number at which there is nothing */
    SCSI_UNIT_DISK,
    SCSI_UNIT_REPORT_LUNS,
};

struct scsi_unit {
    enum scsi_unit_kind kind;
    uint32_t blocks;
    uint32_t blocks_max;       /* of one command */
    enum scsi_sense attention; /* a unit attention condition that waits to be told */
    char serial[9];            /* 8 characters */
};

struct scsi_answer {
    bool disk; /* for the disk: OPCODE (enum disk_opcode), BLOCK, COUNT; else what follows */
    uint32_t opcode, block, count;
    uint8_t status;
    enum scsi_sense sense;
    bool attended;           /* the unit attention has been told */
    uint32_t allotted_bytes; /* the room for data that the command speaks of */
    uint32_t size_bytes;     /* of data */
    uint8_t data[SCSI_DATA_BYTES_MAX];
};

/* Answer the command CDB. */
void scsi_command(const struct scsi_unit *unit, const uint8_t cdb[SCSI_CDB_BYTES], struct scsi_answer *answer);
/* SENSE in fixed format. */
void scsi_format_sense(enum scsi_sense sense, uint8_t bytes[SCSI_SENSE_BYTES]);

/* ---- what a unit says of itself (scsi_pages.c): data and how many bytes, 0 if there is no such page ---- */

uint32_t scsi_standard_inquiry(const struct scsi_unit *unit, uint8_t *data);
uint32_t scsi_vital_product_data(const struct scsi_unit *unit, uint8_t page, uint8_t *data);
/* The mode page, or all of them (3F), as they are or, CHANGEABLE, which of their bits can be changed. */
uint32_t scsi_mode_pages(uint8_t page, bool changeable, uint8_t *data);

#endif
