; entry.S - the firmware's first instructions, its interruption vectors, and the jump into a kernel.
;
; Reset (hardware manual section 4): absolute mode, PSW 0, at the ROM's second word. The vectors serve from there until
; a kernel has its own; whatever comes through them is the end of the run, so nothing is saved. Always holds: PSW[Q] and
; PSW[I] stay 0, and an interruption inside of the last words is the emulator's "halted".
#include <handover.h>

        .level  1.1
        .section .reset,"ax",@progbits
        .word   0x55534657
        .export firmware_reset,code
firmware_reset:
        ldil    L%firmware_vectors,%r1
        ldo     R%firmware_vectors(%r1),%r1
        mtctl   %r1,%cr14               ; IVA
        mtctl   %r0,%cr15               ; EIEM: no external interrupt
        mtctl   %r0,%cr10               ; CCR: no coprocessor, no special function unit
        mtsp    %r0,%sr0
        ldil    L%HANDOVER_STACK,%r30
        ldo     R%HANDOVER_STACK(%r30),%r30
        ldo     64(%r30),%r30
        bl      firmware_start,%r2
        nop
        break   0,0                     ; firmware_start does not return

        .text
; firmware_enter(entry, arg0, arg1, arg2, arg3 in the caller's frame): branch to ENTRY with its four arguments.
        .export firmware_enter,code
firmware_enter:
        copy    %r26,%r1
        copy    %r25,%r26
        copy    %r24,%r25
        copy    %r23,%r24
        ldw     -52(%r30),%r23
        copy    %r0,%r2
        bv      %r0(%r1)
        nop

firmware_interruption:
        ldil    L%HANDOVER_SPARE_STACK,%r30
        ldo     R%HANDOVER_SPARE_STACK(%r30),%r30
        bl      firmware_interrupted,%r2
        ldo     64(%r30),%r30
        break   0,0                     ; firmware_interrupted does not return

; The vectors: 32 bytes each, the table on a 2 KiB boundary (IVA's low eleven bits are zero).
        .macro  vector number
        ldi     \number,%r26
        b,n     firmware_interruption
        .align  32
        .endm
        .section .vectors,"ax",@progbits
        .align  2048
firmware_vectors:
        .irp    number,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
        vector  \number
        .endr
        .irp    number,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32
        vector  \number
        .endr
