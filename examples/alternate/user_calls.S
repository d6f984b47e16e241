; user_calls.S - the program's system calls as C functions (user.h), and where it begins.
;
; BREAK with the number; the kernel goes on behind it with the results in %r28 and %r29.
#include "alternate.h"

        .level  1.1
        .text
        .macro  call name,number
        .export \name,code
\name:  break   0,\number
        bv      %r0(%r2)
        nop
        .endm

        call    user_write,CALL_WRITE
        call    user_read,CALL_READ
        call    user_disk,CALL_DISK
        call    user_disk_wait,CALL_DISK_WAIT
        call    user_drain_v2,CALL_DRAIN
        call    user_exit,CALL_EXIT

; uint64_t user_time(void): the high word belongs in %r28.
        .export user_time,code
user_time:
        break   0,CALL_TIME
        copy    %r28,%r1
        copy    %r29,%r28
        copy    %r1,%r29
        bv      %r0(%r2)
        nop

user_start:
        bl      user_main,%r2
        nop
        copy    %r28,%r26
        bl      user_exit,%r2
        nop

; In C a function's address may be a descriptor's: these are the instruction's, and the stack's.
        .section .rodata
        .align  4
        .export user_entry,data
user_entry:
        .word   user_start
        .export user_stack,data
user_stack:
        .word   user_stack_bytes+64
