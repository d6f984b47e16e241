/* board.h - where things are on the board that a guest sees, as plain numbers, for C and for assembler.
 *
 * The board is described in the hardware manual ("The computer"): section 4 physical memory, 5 system controller,
 * 6 console, 7 disk controller, 9 display and input. Registers are 32-bit big-endian words, the console's are bytes. An
 * access in another width than the register's own is a machine check (vector 1).
 */
#ifndef UNDERSTUDY_BOARD_H
#define UNDERSTUDY_BOARD_H

/* System controller. */
#define SYSTEM_BASE        0xFFF80000
#define SYSTEM_IDENTITY    0x00 /* reads 0x55535431 */
#define SYSTEM_POWER_OFF   0x04 /* store: power off, the low byte is the exit status */
#define SYSTEM_RAM_BYTES   0x08
#define SYSTEM_PROCESSORS  0x0C
#define SYSTEM_CLOCK_HZ    0x10
#define SYSTEM_SECONDS     0x14 /* a load latches SYSTEM_NANOSECONDS */
#define SYSTEM_NANOSECONDS 0x18
#define SYSTEM_RESET       0x1C

/* Console port: 16550A, byte registers. */
#define CONSOLE_BASE 0xFFD05800
#define UART_RBR     0 /* load: received byte */
#define UART_THR     0 /* store: byte to send */
#define UART_IER     1 /* interrupt enable: 1 received data */
#define UART_IIR     2 /* load: interrupt identification, bit 0 set = none */
#define UART_FCR     2 /* store: 1 FIFOs on */
#define UART_LCR     3 /* 3 = 8 data bits, no parity, 1 stop bit */
#define UART_MCR     4 /* 8 = OUT2, which lets the interrupt output through where a board has it */
#define UART_LSR     5 /* 1 data ready, 0x20 room in THR */

/* Disk controller. */
#define DISK_BASE     0xFFF82000
#define DISK_IDENTITY 0x00 /* reads 0x55534431 */
#define DISK_CAPACITY 0x04 /* blocks of 512 bytes; 0 = no disk */
#define DISK_COMMAND  0x08 /* store: physical address of a command block */

/* Display and input. */
#define DISPLAY_PIXELS          0xF8000000 /* frame buffer: rows without gaps */
#define DISPLAY_BASE            0xFFF84000
#define DISPLAY_IDENTITY        0x00 /* reads 0x55535631 */
#define DISPLAY_MODE            0x0C
#define DISPLAY_PALETTE_INDEX   0x10
#define DISPLAY_PALETTE_ENTRY   0x14
#define DISPLAY_EVENT           0x18 /* load: take the next event of keyboard or pointer; 0 = none */
#define DISPLAY_FRAME_INTERRUPT 0x1C /* store: 1 = interrupt 6 on every frame */
#define DISPLAY_FRAMES          0x20 /* how many began since */
#define DISPLAY_MODE_OFF        0
#define DISPLAY_MODE_PALETTE    1 /* one byte a pixel */
#define DISPLAY_MODE_XRGB       2 /* one word a pixel */

/* Kinds of events, and the keys that type no character. */
#define INPUT_KEY_DOWN  1
#define INPUT_KEY_UP    2
#define INPUT_POINTER_X 3
#define INPUT_POINTER_Y 4
#define INPUT_BUTTONS   5 /* those that are down: 1 left, 2 middle, 4 right */
#define KEY_ENTER       0x0D
#define KEY_ESCAPE      0x1B
#define KEY_ARROW_UP    0x100
#define KEY_ARROW_DOWN  0x101
#define KEY_ARROW_LEFT  0x102
#define KEY_ARROW_RIGHT 0x103

/* Channel port: of a bare computer only (docs/board.md, "Channel port"). */
#define CHANNEL_BASE     0xFFF86000
#define CHANNEL_IDENTITY 0x00 /* reads 0x55534331 */
#define CHANNEL_ROOM     0x04 /* words that can be sent */
#define CHANNEL_SEND     0x08 /* store: send a word */
#define CHANNEL_RECEIVED 0x0C /* words received and not taken */
#define CHANNEL_TAKE     0x10 /* load: take the next word */
#define CHANNEL_FAILED   0x14 /* 1: the other computer has been reported failed, and its last word was taken */
#define CHANNEL_END      0x18 /* 0 at the computer that begins as the primary, 1 at the other */
#define CHANNEL_ARBITER  0x1C /* store: take over; load: 0 not asked, 1 won, 2 the other was first */
#define CHANNEL_SHOWN    0x20 /* bytes that the terminal is taken to have shown: the next one has the number after it */
#define CHANNEL_TYPED    0x24 /* bytes of input taken so far: the terminal gives the one after them next */

/* External interrupts: bits of EIRR and EIEM, bit 0 the most significant. */
#define INTERRUPT_TIMER     0
#define INTERRUPT_PROCESSOR 1
#define INTERRUPT_CONSOLE   4
#define INTERRUPT_DISK      5
#define INTERRUPT_INPUT     6
#define INTERRUPT_CHANNEL   7

/* Interruption vectors that programs use by name. */
#define VECTOR_HPMC         1
#define VECTOR_EXTERNAL     4
#define VECTOR_ILLEGAL      8
#define VECTOR_BREAK        9
#define VECTOR_OVERFLOW     12
#define VECTOR_CONDITIONAL  13
#define VECTOR_ASSIST       14
#define VECTOR_UNALIGNED    28
#define VECTOR_DELAYED_TRAP 32
#define VECTORS             33

/* PSW bits that matter to a program in absolute mode. */
#define PSW_BIT_I 0x00000001 /* external interrupts (and delayed traps) are taken */
#define PSW_BIT_Q 0x00000008 /* interruptions save their state */

/* An interruption frame, made by start.S: byte offsets of struct interruption_frame (interrupts.h). */
#define FRAME_GR     0   /* 32 words; word 0 holds the vector number */
#define FRAME_IASQ   128 /* 2 words, front and back */
#define FRAME_IAOQ   136 /* 2 words */
#define FRAME_IPSW   144
#define FRAME_IIR    148
#define FRAME_ISR    152
#define FRAME_IOR    156
#define FRAME_SAR    160
#define FRAME_SR0    164
#define FRAME_FR     168 /* 19 double words: FR 0, 4..11, 22..31 */
#define FRAME_BYTES  320
#define FRAME_STRIDE 384 /* with the ABI's frame marker and argument area above, a multiple of 64 */

#endif
