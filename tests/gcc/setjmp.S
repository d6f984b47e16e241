; setjmp.S - _setjmp and longjmp for GCC's execute tests: what the 32-bit runtime architecture says a callee saves.
;
; Buffer (8-byte aligned, within the 168 bytes of the C library's jmp_buf): r2, r3 to r18, r19, r27, r30, fr12 to fr21.
        .level  1.1
        .text
        .align  4
        .export _setjmp,code
_setjmp:
        stws,ma %r2,4(%r26)
        .irp    n,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,27,30
        stws,ma %r\n,4(%r26)
        .endr
        .irp    n,12,13,14,15,16,17,18,19,20
        fstds,ma %fr\n,8(%r26)
        .endr
        fstds   %fr21,0(%r26)
        bv      %r0(%r2)
        copy    %r0,%r28

        .export longjmp,code
longjmp:
        copy    %r25,%r28
        comiclr,<> 0,%r28,%r0           ; a result of 0 becomes 1
        ldi     1,%r28
        ldws,ma 4(%r26),%r2
        .irp    n,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,27,30
        ldws,ma 4(%r26),%r\n
        .endr
        .irp    n,12,13,14,15,16,17,18,19,20
        fldds,ma 8(%r26),%fr\n
        .endr
        bv      %r0(%r2)
        fldds   0(%r26),%fr21
