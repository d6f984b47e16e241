; mp_start.S - where a processor other than 0 begins (docs/board.md, "Several processors"): absolute mode, PSW = 0,
; GR 26 is its own hard physical address, 0xFFFB0000 + n * 0x1000. It takes stack n and goes on in C.
#include "board.h"

        .level  1.1
        .text
        .export mp_entry,code
mp_entry:
        ldil    L%$global$,%r27
        ldo     R%$global$(%r27),%r27
        ldil    L%us_vectors,%r1
        ldo     R%us_vectors(%r1),%r1
        mtctl   %r1,%cr14               ; IVA
        mtctl   %r0,%cr15               ; EIEM: interrupts are looked for in EIRR
        ldi     0xc0,%r1
        mtctl   %r1,%cr10               ; floating point on: the compiler multiplies there
        extru   %r26,19,3,%r26          ; n
        zdep    %r26,19,20,%r1          ; 4096 bytes of stack for each
        ldil    L%mp_stacks,%r30
        ldo     R%mp_stacks(%r30),%r30
        add     %r30,%r1,%r30
        bl      mp_other,%r2
        ldo     64(%r30),%r30
        break   0,0                     ; it does not return

; The function that is rewritten while another processor calls it: it returns its number.
        .export mp_number,code
mp_number:
        bv      %r0(%r2)
        ldi     1,%r28
