/* start.S - entry of the tests' guests in C: stack, then main, then power off with its result. */
    .section .text.start, "ax"
    .globl _start
_start:
    ldi     0xC0, %r20          /* floating point on: gcc multiplies with it */
    mtctl   %r20, %cr10
    ldil    L%stack, %r30
    ldo     R%stack(%r30), %r30
    ldo     64(%r30), %r30
    ldil    L%$global$, %r27
    ldo     R%$global$(%r27), %r27
    bl      main, %r2
    nop
    ldil    L%0xFFF80004, %r20
    stw     %r28, R%0xFFF80004(%r20)
halt:
    b       halt
    nop
    .data
    .globl $global$
$global$:
    .word 0
