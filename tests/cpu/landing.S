; landing.S - where interruptions of test_translator.c's programs go: at 0x10000, the vectors; every one leads to the
; handler, which goes on at another place of the program, the next one each time (GR 2). CR 24: the PSW to go on with,
; CR 25: where the program begins, privilege level included, CR 28: its space.
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
        sh2addl %r8,%r1,%r8
        mtctl %r8,%cr18
        ldo 4(%r8),%r8
        mtctl %r8,%cr18
        mfctl %cr28,%r1
        mtctl %r1,%cr17
        mtctl %r1,%cr17
        ldo 84(%r2),%r2
        rfir
        nop
