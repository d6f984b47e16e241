; user_calls.S - the system calls as C functions of user programs (user.h), at level 3.
;
; BLE to the gateway page with the number in %r22; the kernel comes back to the instruction after the delay slot.
#include "kernel.h"

        .level  1.1
        .text
        .macro  call name,number
        .export \name,code
\name:  ldil    L%gateway,%r1
        ble     R%gateway(%sr4,%r1)
        ldi     \number,%r22
        bv,n    %r0(%r2)
        .endm

        call    user_write,SYS_WRITE
        call    user_yield,SYS_YIELD
        call    user_getpid,SYS_GETPID
        call    user_time,SYS_TIME
; A program that returns comes here with its status.
        .export user_exit,code
user_exit:
        copy    %r28,%r26
        call    user_exit_with,SYS_EXIT
