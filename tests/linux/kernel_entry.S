; kernel_entry.S - where the firmware enters the guest that tests it: keep what it was given, then start as guests do.
        .level  1.1
        .text
        .export kernel_entry,code
kernel_entry:
        ldil    L%kernel_arguments,%r1
        ldo     R%kernel_arguments(%r1),%r1
        stw     %r26,0(%r1)
        stw     %r25,4(%r1)
        stw     %r24,8(%r1)
        stw     %r23,12(%r1)
        mfctl   %cr14,%r19
        stw     %r19,16(%r1)
        ldil    L%_start,%r1
        ldo     R%_start(%r1),%r1
        bv      %r0(%r1)
        nop

; firmware_call_kept(function, arguments): call the firmware at FUNCTION with the nine words at ARGUMENTS, with a value
; of our own in every register that it must keep. Returns its result; the words at ARGUMENTS say in word 9 whether all
; of them were kept (GR 3 to 18, 27, SR 3; PSW is left as it was).
        .export firmware_call_kept,code
firmware_call_kept:
        stw     %r2,-20(%r30)
        stw,ma  %r3,192(%r30)
        stw     %r4,-188(%r30)
        stw     %r5,-184(%r30)
        stw     %r6,-180(%r30)
        stw     %r7,-176(%r30)
        stw     %r8,-172(%r30)
        stw     %r9,-168(%r30)
        stw     %r10,-164(%r30)
        stw     %r11,-160(%r30)
        stw     %r12,-156(%r30)
        stw     %r13,-152(%r30)
        stw     %r14,-148(%r30)
        stw     %r15,-144(%r30)
        stw     %r16,-140(%r30)
        stw     %r17,-136(%r30)
        stw     %r18,-132(%r30)
        stw     %r27,-128(%r30)
        stw     %r30,-124(%r30)
        stw     %r25,-120(%r30)
        copy    %r25,%r20
        copy    %r26,%r22
        ; arguments 5 to 9 go above the frame marker
        ldw     16(%r20),%r19
        stw     %r19,-52(%r30)
        ldw     20(%r20),%r19
        stw     %r19,-56(%r30)
        ldw     24(%r20),%r19
        stw     %r19,-60(%r30)
        ldw     28(%r20),%r19
        stw     %r19,-64(%r30)
        ldw     32(%r20),%r19
        stw     %r19,-68(%r30)
        ldw     0(%r20),%r26
        ldw     4(%r20),%r25
        ldw     8(%r20),%r24
        ldw     12(%r20),%r23
        ldi     103,%r3
        ldi     104,%r4
        ldi     105,%r5
        ldi     106,%r6
        ldi     107,%r7
        ldi     108,%r8
        ldi     109,%r9
        ldi     110,%r10
        ldi     111,%r11
        ldi     112,%r12
        ldi     113,%r13
        ldi     114,%r14
        ldi     115,%r15
        ldi     116,%r16
        ldi     117,%r17
        ldi     118,%r18
        ldi     127,%r27
        mtsp    %r18,%sr3
        ble     0(%sr4,%r22)
        copy    %r31,%r2
        ; sum of the differences' absolute values would be long: each must be what it was
        ldi     0,%r29
        ldo     -103(%r3),%r3
        ldo     -104(%r4),%r4
        or      %r3,%r4,%r29
        ldo     -105(%r5),%r5
        or      %r5,%r29,%r29
        ldo     -106(%r6),%r6
        or      %r6,%r29,%r29
        ldo     -107(%r7),%r7
        or      %r7,%r29,%r29
        ldo     -108(%r8),%r8
        or      %r8,%r29,%r29
        ldo     -109(%r9),%r9
        or      %r9,%r29,%r29
        ldo     -110(%r10),%r10
        or      %r10,%r29,%r29
        ldo     -111(%r11),%r11
        or      %r11,%r29,%r29
        ldo     -112(%r12),%r12
        or      %r12,%r29,%r29
        ldo     -113(%r13),%r13
        or      %r13,%r29,%r29
        ldo     -114(%r14),%r14
        or      %r14,%r29,%r29
        ldo     -115(%r15),%r15
        or      %r15,%r29,%r29
        ldo     -116(%r16),%r16
        or      %r16,%r29,%r29
        ldo     -117(%r17),%r17
        or      %r17,%r29,%r29
        ldo     -118(%r18),%r18
        or      %r18,%r29,%r29
        ldo     -127(%r27),%r27
        or      %r27,%r29,%r29
        mfsp    %sr3,%r19
        ldo     -118(%r19),%r19
        or      %r19,%r29,%r29
        ldw     -124(%r30),%r19
        sub     %r19,%r30,%r19
        or      %r19,%r29,%r29
        mtsp    %r0,%sr3
        ldw     -120(%r30),%r20
        stw     %r29,36(%r20)
        ldw     -128(%r30),%r27
        ldw     -132(%r30),%r18
        ldw     -136(%r30),%r17
        ldw     -140(%r30),%r16
        ldw     -144(%r30),%r15
        ldw     -148(%r30),%r14
        ldw     -152(%r30),%r13
        ldw     -156(%r30),%r12
        ldw     -160(%r30),%r11
        ldw     -164(%r30),%r10
        ldw     -168(%r30),%r9
        ldw     -172(%r30),%r8
        ldw     -176(%r30),%r7
        ldw     -180(%r30),%r6
        ldw     -184(%r30),%r5
        ldw     -188(%r30),%r4
        ldw,mb  -192(%r30),%r3
        ldw     -20(%r30),%r2
        bv      %r0(%r2)
        nop

        .data
        .align  8
        .export kernel_arguments,data
kernel_arguments:
        .word   0,0,0,0,0
