; mmu_handlers.S - TLB miss handlers in assembler, and the way into and out of a trial (mmu_support.h).
;
; Architecture manual, "Interruptions" (vectors 6, 15, 16, 17) and "Insert TLB Address / Protection". A handler runs in
; absolute mode with PSW[Q] = 0: it can take no miss itself. It works in registers that have shadows, so RFIR gives the
; program its own back; when it finds no translation it restores them from control registers and goes to the runtime's
; vector as if it had never run.
#include "board.h"
#include "mmu_support.h"

        .level  1.1
        .text

; miss VECTOR, SPACE, OFFSET, SIDE, COUNTER: SPACE and OFFSET are the control registers that hold the address; SIDE is i
; or d.
        .macro  miss vector,space,offset,side,counter
mmu_take_\vector:
        mtctl   %r8,%cr24
        mtctl   %r9,%cr25
        mtctl   %r16,%cr26
        mtctl   %r17,%cr27
        mtctl   %r24,%cr31
        mfctl   \space,%r8
        mfctl   \offset,%r9
        ldil    L%mmu_ranges,%r1
        ldo     R%mmu_ranges(%r1),%r1
1:      ldw     RANGE_BYTES(%r1),%r16
        comib,=,n 0,%r16,3f
        ldw     RANGE_SPACE(%r1),%r17
        comb,<>,n %r17,%r8,2f
        ldw     RANGE_BASE(%r1),%r17
        sub     %r9,%r17,%r17
        comb,<<,n %r17,%r16,4f          ; unsigned: base <= offset < base + bytes
2:      b       1b
        ldo     RANGE_STRIDE(%r1),%r1
3:      mfctl   %cr24,%r8               ; none: the runtime's business
        mfctl   %cr25,%r9
        mfctl   %cr26,%r16
        mfctl   %cr27,%r17
        mfctl   %cr31,%r24
        mfctl   %cr28,%r1
        b,n     us_vectors+32*\vector
4:      depi    0,31,12,%r17
        ldw     RANGE_PHYSICAL(%r1),%r16
        add     %r16,%r17,%r16
        extru   %r16,24,25,%r16         ; frame number to bits 7..26
        ldw     RANGE_PROTECTION(%r1),%r17
        mfsp    %sr1,%r24
        mtsp    %r8,%sr1
        i\side\()tlba %r16,(%sr1,%r9)
        i\side\()tlbp %r17,(%sr1,%r9)
        mtsp    %r24,%sr1
        ldil    L%mmu_served,%r1
        ldo     R%mmu_served(%r1),%r1
        ldw     4*\counter(%r1),%r8
        ldo     1(%r8),%r8
        stw     %r8,4*\counter(%r1)
        rfir
        nop
        .endm

        miss    6,%cr17,%cr18,i,0
        miss    15,%cr20,%cr21,d,1
        miss    16,%cr20,%cr21,i,2
        miss    17,%cr20,%cr21,d,2

mmu_take_1:                             ; a high-priority machine check
        ldil    L%mmu_break_in_machine_check,%r1
        ldw     R%mmu_break_in_machine_check(%r1),%r1
        comib,=,n 0,%r1,1f
        mfctl   %cr28,%r1
        break   9,9
1:      mfctl   %cr28,%r1
        b,n     us_vectors+32*1

; const frame *mmu_enter(const frame *trial): into the trial. The handler in C comes back at mmu_return.
        .export mmu_enter,code
mmu_enter:
        ldil    L%mmu_saved,%r1
        ldo     R%mmu_saved(%r1),%r1
        stws,ma %r2,4(%r1)
        stws,ma %r3,4(%r1)
        stws,ma %r4,4(%r1)
        stws,ma %r5,4(%r1)
        stws,ma %r6,4(%r1)
        stws,ma %r7,4(%r1)
        stws,ma %r8,4(%r1)
        stws,ma %r9,4(%r1)
        stws,ma %r10,4(%r1)
        stws,ma %r11,4(%r1)
        stws,ma %r12,4(%r1)
        stws,ma %r13,4(%r1)
        stws,ma %r14,4(%r1)
        stws,ma %r15,4(%r1)
        stws,ma %r16,4(%r1)
        stws,ma %r17,4(%r1)
        stws,ma %r18,4(%r1)
        stws,ma %r27,4(%r1)
        stws,ma %r30,4(%r1)
        copy    %r26,%r3
        rsm     PSW_I+PSW_Q,%r0
        ldw     FRAME_SR0(%r3),%r1
        mtsp    %r1,%sr0
        ldw     FRAME_SAR(%r3),%r1
        mtctl   %r1,%cr11
        ldw     FRAME_IASQ(%r3),%r1
        mtctl   %r1,%cr17
        ldw     FRAME_IASQ+4(%r3),%r1
        mtctl   %r1,%cr17
        ldw     FRAME_IAOQ(%r3),%r1
        mtctl   %r1,%cr18
        ldw     FRAME_IAOQ+4(%r3),%r1
        mtctl   %r1,%cr18
        ldw     FRAME_IPSW(%r3),%r1
        mtctl   %r1,%cr22
        .irp    n,31,30,29,28,27,26,25,24,23,22,21,20,19,18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,2,1,3
        ldw     FRAME_GR+4*\n(%r3),%r\n
        .endr
        rfi
        nop

        .export mmu_return,code
mmu_return:
        ldil    L%mmu_saved,%r1
        ldo     R%mmu_saved(%r1),%r1
        ldws,ma 4(%r1),%r2
        ldws,ma 4(%r1),%r3
        ldws,ma 4(%r1),%r4
        ldws,ma 4(%r1),%r5
        ldws,ma 4(%r1),%r6
        ldws,ma 4(%r1),%r7
        ldws,ma 4(%r1),%r8
        ldws,ma 4(%r1),%r9
        ldws,ma 4(%r1),%r10
        ldws,ma 4(%r1),%r11
        ldws,ma 4(%r1),%r12
        ldws,ma 4(%r1),%r13
        ldws,ma 4(%r1),%r14
        ldws,ma 4(%r1),%r15
        ldws,ma 4(%r1),%r16
        ldws,ma 4(%r1),%r17
        ldws,ma 4(%r1),%r18
        ldws,ma 4(%r1),%r27
        ldws,ma 4(%r1),%r30
        bv,n    %r0(%r2)

        .section .bss
        .align  8
mmu_saved:
        .space  19*4

; Vectors: the four misses and the machine check are ours, the others are the runtime's.
        .macro  pass number
        b,n     us_vectors+32*\number
        .align  32
        .endm
        .macro  take number
        mtctl   %r1,%cr28
        b,n     mmu_take_\number
        .align  32
        .endm
        .section .vectors,"ax",@progbits
        .align  2048
        .export mmu_vectors,code
mmu_vectors:
        pass    0
        take    1
        .irp    number,2,3,4,5
        pass    \number
        .endr
        take    6
        .irp    number,7,8,9,10,11,12,13,14
        pass    \number
        .endr
        take    15
        take    16
        take    17
        .irp    number,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32
        pass    \number
        .endr
