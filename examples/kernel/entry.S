; entry.S - the kernel's lowest layer: vectors, TLB miss handlers, the gateway page, saving and resuming a process.
;
; Architecture manual, "Interruptions", "Virtual Memory", GATE. What always holds: while a user program runs, CR24 is
; the physical address of its struct context, CR25 that of its page directory, SR 5 to 7 its space. The kernel runs in
; absolute mode, so it takes no TLB miss; CR26 and CR28 to CR31 are the handlers' scratch.
#include "board.h"
#include "kernel.h"

        .level  1.1

; ---- TLB misses -----------------------------------------------------------------------------------------------------
;
; Walk the page table of the process that runs: directory, table, entry. The work is done in registers that have
; shadows: RFIR gives the program's own back. Without a translation they are restored by hand from control registers,
; and it becomes an ordinary interruption, served in C. SIDE: i or d.
        .text
        .macro  miss vector,space,offset,side
miss_\vector:
        mtctl   %r8,%cr26
        mtctl   %r9,%cr29
        mtctl   %r16,%cr30
        mtctl   %r17,%cr31
        mfctl   \space,%r8
        mfctl   \offset,%r9
        mfsp    %sr5,%r16
        comb,<>,n %r8,%r16,1f           ; a process has no business in another's space
        mfctl   %cr25,%r1
        extru   %r9,10,11,%r16
        ldwx,s  %r16(%r1),%r1           ; the table
        comib,=,n 0,%r1,1f
        extru   %r9,19,9,%r16
        sh3add  %r16,%r1,%r1            ; the entry
        ldw     4(%r1),%r17
        comib,=,n 0,%r17,1f
        ldw     0(%r1),%r16
        mfsp    %sr1,%r1
        mtsp    %r8,%sr1
        i\side\()tlba %r16,(%sr1,%r9)
        i\side\()tlbp %r17,(%sr1,%r9)
        mtsp    %r1,%sr1
        rfir
        nop
1:      mfctl   %cr26,%r8
        mfctl   %cr29,%r9
        mfctl   %cr30,%r16
        mfctl   %cr31,%r17
        b       interruption
        ldi     \vector,%r1
        .endm

        miss    6,%cr17,%cr18,i
        miss    15,%cr20,%cr21,d
        miss    16,%cr20,%cr21,i
        miss    17,%cr20,%cr21,d

; ---- The gateway page -----------------------------------------------------------------------------------------------
;
; The only page that user programs may execute and that raises the privilege level: its access type is 4. A user program
; comes with BLE: %r31 is where to go back to. GATE puts the caller's level into the low bits of %r31, so that nobody
; returns to a level that he did not come from. At level 0, leave virtual memory: RFI into absolute mode.
        .section .gateway,"ax",@progbits
        .align  4096
        .export gateway,code
gateway:
        gate    promoted,%r31
        nop
promoted:
        rsm     PSW_Q+PSW_I,%r0         ; from here to RFI nothing may interrupt; this page's translation is there
        ldil    L%system_call,%r1
        ldo     R%system_call(%r1),%r1
        mtctl   %r0,%cr17
        mtctl   %r0,%cr17
        mtctl   %r1,%cr18
        ldo     4(%r1),%r1
        mtctl   %r1,%cr18
        mtctl   %r0,%cr22
        rfi
        nop
        .align  4096

; As if the instruction before the return address had been interrupted.
        .text
system_call:
        mfsp    %sr5,%r1
        mtctl   %r1,%cr17
        mtctl   %r1,%cr17
        mtctl   %r31,%cr18
        ldo     4(%r31),%r1
        mtctl   %r1,%cr18
        ldil    L%USER_PSW,%r1
        ldo     R%USER_PSW(%r1),%r1
        mtctl   %r1,%cr22
        mtctl   %r0,%cr28
        ldi     VECTOR_SYSTEM_CALL,%r1  ; and on

; ---- Every interruption ---------------------------------------------------------------------------------------------
;
; %r1 is the vector, CR28 the program's %r1. Save everything in the context of the process, and call C.
interruption:
        mtctl   %r31,%cr29
        mfctl   %cr24,%r31
        stw     %r1,CONTEXT_GR(%r31)
        mfctl   %cr28,%r1
        .irp    n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        stw     %r\n,CONTEXT_GR+4*\n(%r31)
        .endr
        mfctl   %cr29,%r1
        stw     %r1,CONTEXT_GR+4*31(%r31)
        mfctl   %cr17,%r1               ; a read gives the queue's front, a write advances it
        stw     %r1,CONTEXT_IASQ(%r31)
        mtctl   %r0,%cr17
        mfctl   %cr17,%r1
        stw     %r1,CONTEXT_IASQ+4(%r31)
        mfctl   %cr18,%r1
        stw     %r1,CONTEXT_IAOQ(%r31)
        mtctl   %r0,%cr18
        mfctl   %cr18,%r1
        stw     %r1,CONTEXT_IAOQ+4(%r31)
        mfctl   %cr22,%r1
        stw     %r1,CONTEXT_IPSW(%r31)
        mfctl   %cr19,%r1
        stw     %r1,CONTEXT_IIR(%r31)
        mfctl   %cr20,%r1
        stw     %r1,CONTEXT_ISR(%r31)
        mfctl   %cr21,%r1
        stw     %r1,CONTEXT_IOR(%r31)
        mfctl   %cr11,%r1
        stw     %r1,CONTEXT_SAR(%r31)
        .irp    n,0,1,2,3,4
        mfsp    %sr\n,%r1
        stw     %r1,CONTEXT_SR+4*\n(%r31)
        .endr
        ldo     CONTEXT_FR(%r31),%r1
        .irp    n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        fstds,ma %fr\n,8(%r1)
        .endr
        ; C wants the data pointer, a stack (the kernel keeps nothing there between interruptions), and PSW[Q] = 1, so
        ; that its own mistakes are reported
        ldil    L%$global$,%r27
        ldo     R%$global$(%r27),%r27
        ldil    L%__stack_start+64,%r30
        ldo     R%__stack_start+64(%r30),%r30
        copy    %r31,%r26
        ldil    L%1f,%r1
        ldo     R%1f(%r1),%r1
        mtctl   %r0,%cr17
        mtctl   %r0,%cr17
        mtctl   %r1,%cr18
        ldo     4(%r1),%r1
        mtctl   %r1,%cr18
        ldi     PSW_Q,%r1
        mtctl   %r1,%cr22
        rfi
        nop
1:      bl      kernel_interruption,%r2
        nop
        copy    %r28,%r26               ; and on

; context_resume(context): everything as it was saved.
        .export context_resume,code
context_resume:
        rsm     PSW_Q+PSW_I,%r0
        mtctl   %r26,%cr24
        copy    %r26,%r31
        ldo     CONTEXT_FR+8*31(%r31),%r1
        .irp    n,31,30,29,28,27,26,25,24,23,22,21,20,19,18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0
        fldds,ma -8(%r1),%fr\n
        .endr
        .irp    n,0,1,2,3,4
        ldw     CONTEXT_SR+4*\n(%r31),%r1
        mtsp    %r1,%sr\n
        .endr
        ldw     CONTEXT_SAR(%r31),%r1
        mtctl   %r1,%cr11
        ldw     CONTEXT_IASQ(%r31),%r1
        mtctl   %r1,%cr17
        ldw     CONTEXT_IASQ+4(%r31),%r1
        mtctl   %r1,%cr17
        ldw     CONTEXT_IAOQ(%r31),%r1
        mtctl   %r1,%cr18
        ldw     CONTEXT_IAOQ+4(%r31),%r1
        mtctl   %r1,%cr18
        ldw     CONTEXT_IPSW(%r31),%r1
        mtctl   %r1,%cr22
        .irp    n,30,29,28,27,26,25,24,23,22,21,20,19,18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,31
        ldw     CONTEXT_GR+4*\n(%r31),%r\n
        .endr
        rfi
        nop

; ---- Vectors --------------------------------------------------------------------------------------------------------
        .macro  vector number
        mtctl   %r1,%cr28
        b       interruption
        ldi     \number,%r1
        .align  32
        .endm
        .macro  tlb number
        mtctl   %r1,%cr28
        b,n     miss_\number
        .align  32
        .endm
        .section .vectors,"ax",@progbits
        .align  2048
        .export kernel_vectors,code
kernel_vectors:
        .irp    number,0,1,2,3,4,5
        vector  \number
        .endr
        tlb     6
        .irp    number,7,8,9,10,11,12,13,14
        vector  \number
        .endr
        tlb     15
        tlb     16
        tlb     17
        .irp    number,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32
        vector  \number
        .endr

; The programs, one a process: addresses of their first instructions (in C a function's address may be a descriptor's).
        .section .rodata
        .align  4
        .export user_programs,data
user_programs:
        .word   user_sieve,user_sums,user_wild,user_meddler
        .export user_return,data
user_return:
        .word   user_exit
