/* handover.h - low memory between power-on and a kernel: what the loader leaves there, and what the firmware keeps.
 *
 * docs/firmware.md, "The hand-over". All addresses are physical; plain numbers, for C on both sides and for assembler.
 * Everything below HANDOVER_MEM_FREE belongs to the firmware; a kernel finds that address in PAGE0.
 */
#ifndef UNDERSTUDY_HANDOVER_H
#define UNDERSTUDY_HANDOVER_H

/* The parameter block: words at these offsets. Without the magic word there is nothing to start. */
#define HANDOVER_BLOCK        0x1000
#define HANDOVER_MAGIC        0x00 /* HANDOVER_MAGIC_WORD */
#define HANDOVER_ENTRY        0x04 /* the kernel's entry point */
#define HANDOVER_INITRD_START 0x08 /* 0: none */
#define HANDOVER_INITRD_END   0x0C /* exclusive */
#define HANDOVER_BLOCK_BYTES  0x10
#define HANDOVER_MAGIC_WORD   0x55534B31

/* The kernel's command line, ended by a zero byte. A kernel reads it before it has mapped more than itself, so it lies
 * below the kernel. */
#define HANDOVER_COMMAND_LINE       0x4000
#define HANDOVER_COMMAND_LINE_BYTES 1024

#define HANDOVER_STACK       0x5000 /* of the firmware until it enters the kernel */
#define HANDOVER_SPARE_STACK 0x5800 /* for an interruption that nobody else takes */
#define HANDOVER_MEM_FREE    0x6000

#endif
