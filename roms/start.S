; start.S - the first and the lowest instructions of a guest: start-up, interruption vectors, register save and restore.
;
; Entry (hardware manual section 4): absolute mode, PSW = 0, privilege 0, registers zero. Vectors and their order: the
; architecture manual's "Interruptions"; vector 32 is the board's delayed trap. Always holds: while a frame is being
; made or loaded PSW[Q] and PSW[I] are 0; C code runs with PSW[Q] = 1. The stack grows upwards and nothing above the
; stack pointer is in use (the 32-bit runtime architecture), so a frame may be put there.
#include "board.h"

        .level  1.1
        .text

; Set up what C needs: global data pointer, stack, IVA, floating point on, PSW[Q] on; then main, then power off.
        .export _start,code
_start:
        ldil    L%$global$,%r27
        ldo     R%$global$(%r27),%r27
        ldil    L%__stack_start,%r30
        ldo     R%__stack_start(%r30),%r30
        ldo     64(%r30),%r30
        ldil    L%us_vectors,%r1
        ldo     R%us_vectors(%r1),%r1
        mtctl   %r1,%cr14               ; IVA
        mtctl   %r0,%cr15               ; EIEM: no external interrupt
        ldi     -1,%r1
        mtctl   %r1,%cr23               ; EIRR: none pending
        ldi     0xc0,%r1
        mtctl   %r1,%cr10               ; CCR: floating-point unit on, all special function units off
        ldil    L%__bss_start,%r19
        ldo     R%__bss_start(%r19),%r19
        ldil    L%__bss_end,%r20
        ldo     R%__bss_end(%r20),%r20
.Lclear:   cmpb,<<,n %r19,%r20,.Lclear       ; backward and ",n": the slot runs only if the branch is taken
        stws,ma %r0,4(%r19)
        ldil    L%.Lrunning,%r1
        ldo     R%.Lrunning(%r1),%r1
        mtctl   %r0,%cr17               ; PSW[Q] may be turned on by RFI only
        mtctl   %r0,%cr17
        mtctl   %r1,%cr18
        ldo     4(%r1),%r1
        mtctl   %r1,%cr18
        ldi     PSW_BIT_Q,%r1
        mtctl   %r1,%cr22
        rfi
        nop
.Lrunning: bl      us_main,%r2
        nop
        break   0,0                     ; us_main does not return

; Every interruption comes here: r1 = vector, the program's r1 in CR28.
us_interruption:
        mtctl   %r30,%cr29
        mtctl   %r31,%cr30
        ; A stack pointer outside the stack is the program's mistake (or its way): use the spare stack then.
        ldil    L%__stack_start,%r31
        ldo     R%__stack_start(%r31),%r31
        cmpb,>>,n %r31,%r30,.Lspare
        ldil    L%__stack_limit,%r31
        ldo     R%__stack_limit(%r31),%r31
        cmpb,<<,n %r30,%r31,.Lplace
.Lspare:   ldil    L%__spare_stack_start,%r30
        ldo     R%__spare_stack_start(%r30),%r30
.Lplace:   ldo     63(%r30),%r30
        depwi   0,31,6,%r30
        stw     %r1,FRAME_GR(%r30)
        mfctl   %cr28,%r1
        stw     %r1,FRAME_GR+4*1(%r30)
        stw     %r2,FRAME_GR+4*2(%r30)
        stw     %r3,FRAME_GR+4*3(%r30)
        stw     %r4,FRAME_GR+4*4(%r30)
        stw     %r5,FRAME_GR+4*5(%r30)
        stw     %r6,FRAME_GR+4*6(%r30)
        stw     %r7,FRAME_GR+4*7(%r30)
        stw     %r8,FRAME_GR+4*8(%r30)
        stw     %r9,FRAME_GR+4*9(%r30)
        stw     %r10,FRAME_GR+4*10(%r30)
        stw     %r11,FRAME_GR+4*11(%r30)
        stw     %r12,FRAME_GR+4*12(%r30)
        stw     %r13,FRAME_GR+4*13(%r30)
        stw     %r14,FRAME_GR+4*14(%r30)
        stw     %r15,FRAME_GR+4*15(%r30)
        stw     %r16,FRAME_GR+4*16(%r30)
        stw     %r17,FRAME_GR+4*17(%r30)
        stw     %r18,FRAME_GR+4*18(%r30)
        stw     %r19,FRAME_GR+4*19(%r30)
        stw     %r20,FRAME_GR+4*20(%r30)
        stw     %r21,FRAME_GR+4*21(%r30)
        stw     %r22,FRAME_GR+4*22(%r30)
        stw     %r23,FRAME_GR+4*23(%r30)
        stw     %r24,FRAME_GR+4*24(%r30)
        stw     %r25,FRAME_GR+4*25(%r30)
        stw     %r26,FRAME_GR+4*26(%r30)
        stw     %r27,FRAME_GR+4*27(%r30)
        stw     %r28,FRAME_GR+4*28(%r30)
        stw     %r29,FRAME_GR+4*29(%r30)
        mfctl   %cr29,%r1
        stw     %r1,FRAME_GR+4*30(%r30)
        mfctl   %cr30,%r1
        stw     %r1,FRAME_GR+4*31(%r30)
        copy    %r30,%r3
        ; A read gives the queue's front, a write advances it.
        mfctl   %cr17,%r1
        stw     %r1,FRAME_IASQ(%r3)
        mtctl   %r0,%cr17
        mfctl   %cr17,%r1
        stw     %r1,FRAME_IASQ+4(%r3)
        mfctl   %cr18,%r1
        stw     %r1,FRAME_IAOQ(%r3)
        mtctl   %r0,%cr18
        mfctl   %cr18,%r1
        stw     %r1,FRAME_IAOQ+4(%r3)
        mfctl   %cr22,%r1
        stw     %r1,FRAME_IPSW(%r3)
        mfctl   %cr19,%r1
        stw     %r1,FRAME_IIR(%r3)
        mfctl   %cr20,%r1
        stw     %r1,FRAME_ISR(%r3)
        mfctl   %cr21,%r1
        stw     %r1,FRAME_IOR(%r3)
        mfctl   %cr11,%r1
        stw     %r1,FRAME_SAR(%r3)
        mfsp    %sr0,%r1
        stw     %r1,FRAME_SR0(%r3)
        ; Floating-point registers that a C function may spoil; FR0 first: storing it takes a waiting exception along.
        ldi     0xc0,%r31
        mfctl   %cr10,%r1
        and     %r1,%r31,%r1
        cmpb,<>,n %r1,%r31,.Lnofpu1       ; the program turned the unit off: it has nothing in it
        ldo     FRAME_FR(%r3),%r1
        fstds,ma %fr0,8(%r1)
        fstds,ma %fr4,8(%r1)
        fstds,ma %fr5,8(%r1)
        fstds,ma %fr6,8(%r1)
        fstds,ma %fr7,8(%r1)
        fstds,ma %fr8,8(%r1)
        fstds,ma %fr9,8(%r1)
        fstds,ma %fr10,8(%r1)
        fstds,ma %fr11,8(%r1)
        fstds,ma %fr22,8(%r1)
        fstds,ma %fr23,8(%r1)
        fstds,ma %fr24,8(%r1)
        fstds,ma %fr25,8(%r1)
        fstds,ma %fr26,8(%r1)
        fstds,ma %fr27,8(%r1)
        fstds,ma %fr28,8(%r1)
        fstds,ma %fr29,8(%r1)
        fstds,ma %fr30,8(%r1)
        fstds,ma %fr31,8(%r1)
.Lnofpu1:  ldil    L%$global$,%r27
        ldo     R%$global$(%r27),%r27
        ldo     FRAME_STRIDE(%r3),%r30
        ldil    L%.Lhandle,%r1
        ldo     R%.Lhandle(%r1),%r1
        mtctl   %r0,%cr17
        mtctl   %r0,%cr17
        mtctl   %r1,%cr18
        ldo     4(%r1),%r1
        mtctl   %r1,%cr18
        ldi     PSW_BIT_Q,%r1
        mtctl   %r1,%cr22
        rfi
        nop
.Lhandle:  bl      us_interruption_dispatch,%r2
        copy    %r3,%r26
        ; Back: nothing may interrupt from here to RFI.
        rsm     PSW_BIT_I+PSW_BIT_Q,%r0
        ldi     0xc0,%r31
        mfctl   %cr10,%r1
        and     %r1,%r31,%r1
        cmpb,<>,n %r1,%r31,.Lnofpu2
        ldo     FRAME_FR+8*18(%r3),%r1
        fldds,ma -8(%r1),%fr31
        fldds,ma -8(%r1),%fr30
        fldds,ma -8(%r1),%fr29
        fldds,ma -8(%r1),%fr28
        fldds,ma -8(%r1),%fr27
        fldds,ma -8(%r1),%fr26
        fldds,ma -8(%r1),%fr25
        fldds,ma -8(%r1),%fr24
        fldds,ma -8(%r1),%fr23
        fldds,ma -8(%r1),%fr22
        fldds,ma -8(%r1),%fr11
        fldds,ma -8(%r1),%fr10
        fldds,ma -8(%r1),%fr9
        fldds,ma -8(%r1),%fr8
        fldds,ma -8(%r1),%fr7
        fldds,ma -8(%r1),%fr6
        fldds,ma -8(%r1),%fr5
        fldds,ma -8(%r1),%fr4
        fldds   0(%r1),%fr0
.Lnofpu2:  ldw     FRAME_SR0(%r3),%r1
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
        ldw     FRAME_GR+4*31(%r3),%r31
        ldw     FRAME_GR+4*30(%r3),%r30
        ldw     FRAME_GR+4*29(%r3),%r29
        ldw     FRAME_GR+4*28(%r3),%r28
        ldw     FRAME_GR+4*27(%r3),%r27
        ldw     FRAME_GR+4*26(%r3),%r26
        ldw     FRAME_GR+4*25(%r3),%r25
        ldw     FRAME_GR+4*24(%r3),%r24
        ldw     FRAME_GR+4*23(%r3),%r23
        ldw     FRAME_GR+4*22(%r3),%r22
        ldw     FRAME_GR+4*21(%r3),%r21
        ldw     FRAME_GR+4*20(%r3),%r20
        ldw     FRAME_GR+4*19(%r3),%r19
        ldw     FRAME_GR+4*18(%r3),%r18
        ldw     FRAME_GR+4*17(%r3),%r17
        ldw     FRAME_GR+4*16(%r3),%r16
        ldw     FRAME_GR+4*15(%r3),%r15
        ldw     FRAME_GR+4*14(%r3),%r14
        ldw     FRAME_GR+4*13(%r3),%r13
        ldw     FRAME_GR+4*12(%r3),%r12
        ldw     FRAME_GR+4*11(%r3),%r11
        ldw     FRAME_GR+4*10(%r3),%r10
        ldw     FRAME_GR+4*9(%r3),%r9
        ldw     FRAME_GR+4*8(%r3),%r8
        ldw     FRAME_GR+4*7(%r3),%r7
        ldw     FRAME_GR+4*6(%r3),%r6
        ldw     FRAME_GR+4*5(%r3),%r5
        ldw     FRAME_GR+4*4(%r3),%r4
        ldw     FRAME_GR+4*2(%r3),%r2
        ldw     FRAME_GR+4*1(%r3),%r1
        ldw     FRAME_GR+4*3(%r3),%r3
        rfi
        nop

; The vectors: 32 bytes each, the table on a 2 KiB boundary (IVA's low eleven bits are zero).
        .macro  vector number
        mtctl   %r1,%cr28
        ldi     \number,%r1
        b,n     us_interruption
        .align  32
        .endm
        .section .vectors,"ax",@progbits
        .align  2048
        .export us_vectors,code
us_vectors:
        .irp    number,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
        vector  \number
        .endr
        .irp    number,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32
        vector  \number
        .endr
