; landing.S - where interruptions of test_translator.c's programs go: at 0x10000, the vectors; every one leads to the
; handler, which changes a translation of the data and goes on at another place of the program, the next one each time
; (GR 2). CR 24: the PSW to go on with; CR 25: where the program begins, privilege level included; CR 28: its space;
; CR 29: a page's protection; CR 30: the part of the program that lies in the data.
        .section .vectors,"ax"
        .globl vectors
vectors:
        .rept 33
        b handler
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        .endr
handler:
        mfctl %cr24,%r1
        mtctl %r1,%cr22
        mfctl %cr25,%r1
        extru %r2,29,11,%r8
        bb,>=,n %r2,19,1f
        mfctl %cr30,%r1
        extru %r2,29,10,%r8
1:
        sh2addl %r8,%r1,%r8
        mtctl %r8,%cr18
        ldo 4(%r8),%r8
        mtctl %r8,%cr18
        mfctl %cr28,%r1
        mtctl %r1,%cr17
        mtctl %r1,%cr17
; a page of the data that the TLB knew it knows no more, and another one it knows (GR 2; CR 29: its protection)
        ldil L%0x30000,%r8
        extru %r2,28,3,%r9
        zdep %r9,19,3,%r9
        addl %r8,%r9,%r9
        pdtlb %r0(%sr1,%r9)
        extru %r2,25,3,%r1
        zdep %r1,19,3,%r1
        addl %r8,%r1,%r8
        extru %r8,24,25,%r9
        idtlba %r9,(%sr1,%r8)
        mfctl %cr29,%r9
        idtlbp %r9,(%sr1,%r8)
        ldo 64(%r2),%r2
        rfir
        nop
