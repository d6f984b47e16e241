/* snippets.S - short programs for test_snippets.c, one a rule. Each starts at a TEST label and ends at `done`; GR 1..31
 * are 0 at its start unless the test sets them. The vector table logs an interruption and goes on after it.
 *
 * The log: eight words an entry: vector, IIR, ISR, IOR, IPSW, IIAOQ front, IIAOQ back, CR 0.
 */
    .macro  TEST name
    .section .names, "a"
    .word   1f, \name
    .previous
    .section .strings, "a"
1:  .asciz  "\name"
    .previous
    .globl  \name
\name:
    .endm
    .macro  END
    b,n     done
    .endm

    .section .vectors, "ax"
    .globl  vectors
vectors:
    .set    vector, 0
    .rept   33
    .align  32
    mtctl   %r1, %cr31              /* keep r1: Q may have been 0 */
    b       log_interruption
    ldi     vector, %r1
    .set    vector, vector + 1
    .endr

    .text
    .globl  done
done:
    b       done
    nop

/* r1 is the vector. Uses only shadowed registers, restored by RFIR. */
log_interruption:
    ldi     6, %r8
    comb,=  %r1, %r8, fill_instruction
    ldi     15, %r8
    comb,=  %r1, %r8, fill_data
log_it:
    ldil    L%log_next, %r8
    ldw     R%log_next(%r8), %r9
    stw     %r1, 0(%r9)
    mfctl   %cr19, %r16
    stw     %r16, 4(%r9)
    mfctl   %cr20, %r16
    stw     %r16, 8(%r9)
    mfctl   %cr21, %r16
    stw     %r16, 12(%r9)
    mfctl   %cr22, %r16
    stw     %r16, 16(%r9)
    mfctl   %cr18, %r16
    stw     %r16, 20(%r9)
    mtctl   %r16, %cr18
    mfctl   %cr18, %r17
    stw     %r17, 24(%r9)
    mtctl   %r17, %cr18
    mfctl   %cr0, %r24
    stw     %r24, 28(%r9)
    ldo     32(%r9), %r9
    stw     %r9, R%log_next(%r8)
    /* group 2 and delayed traps: mask what raised it, and resume */
    mfctl   %cr22, %r16
    ldi     3, %r24
    comb,=  %r1, %r24, log_mask
    ldi     4, %r24
    comb,=  %r1, %r24, log_mask
    ldi     32, %r24
    comb,=  %r1, %r24, log_mask
    nop
    /* what else to do is the test's: 0 skip the instruction, 1 resume it */
    ldil    L%resume_kind, %r8
    ldw     R%resume_kind(%r8), %r9
    comib,= 1, %r9, log_return
    nop
    /* skip: front = back, back = back + 4, no N, no B */
    mtctl   %r17, %cr18
    ldo     4(%r17), %r17
    mtctl   %r17, %cr18
    mfctl   %cr17, %r24
    mtctl   %r24, %cr17
    mfctl   %cr17, %r24
    mtctl   %r24, %cr17
    mtctl   %r24, %cr17
    depi    0, 12, 3, %r16          /* N X B */
    b       log_return
    mtctl   %r16, %cr22
log_mask:
    depi    0, 31, 1, %r16          /* I */
    depi    0, 27, 1, %r16          /* R */
    mtctl   %r16, %cr22
log_return:
    rfir

/* TLB misses, if resume_kind says so (2): every space maps offsets modulo 4 MiB. Page 0x14 is a gateway. */
fill_instruction:
    ldil    L%resume_kind, %r8
    ldw     R%resume_kind(%r8), %r9
    comib,<>,n 2, %r9, fill_not
    mfctl   %cr17, %r8
    mtsp    %r8, %sr1
    mfctl   %cr18, %r9
    extru   %r9, 19, 10, %r16
    zdep    %r16, 26, 20, %r17
    iitlba  %r17, (%sr1, %r9)
    ldil    L%0x02C00000, %r17      /* type 2, PL1 3, PL2 0 */
    ldi     0x14, %r24
    comclr,<> %r16, %r24, %r0
    ldil    L%0x04C00000, %r17      /* type 4: promotes to 0 */
    iitlbp  %r17, (%sr1, %r9)
    rfir
fill_data:
    ldil    L%resume_kind, %r8
    ldw     R%resume_kind(%r8), %r9
    comib,<>,n 2, %r9, fill_not
    mfctl   %cr20, %r8
    mtsp    %r8, %sr1
    mfctl   %cr21, %r9
    extru   %r9, 19, 10, %r16
    zdep    %r16, 26, 20, %r17
    idtlba  %r17, (%sr1, %r9)
    ldil    L%0x11F00000, %r17      /* D, type 1, PL1 3, PL2 3 */
    idtlbp  %r17, (%sr1, %r9)
    rfir
fill_not:
    b,n     log_it

    .section .gateway, "ax"
gateway:
    gate    1f, %r12
    nop
1:  mfctl   %cr15, %r11             /* privileged */
    ldi     42, %r13
    be,n    0(%sr4, %r31)           /* back, and down to level 3 */

    .data
    .globl  log_next, resume_kind, log, scratch
    .align  64
log_next:
    .word   log
resume_kind:
    .word   0
    .align  64
scratch:
    .word   0x01234567, 0x89abcdef, 0x00112233, 0x44556677
    .word   0, 0, 0, 0, 0, 0, 0, 0
    .align  64
log:
    .space  2048

    .text
/* ---- delay slots and nullification ---- */
TEST delay_slot_runs
    ldi     1, %r3
    b       1f
    ldi     2, %r3                  /* in the slot: happens */
    ldi     3, %r3
1:  copy    %r3, %r4
    END

TEST delay_slot_nullified
    ldi     1, %r3
    b,n     1f
    ldi     2, %r3
1:  copy    %r3, %r4
    END

TEST conditional_nullify
    ldi     5, %r3
    comib,=,n 5, %r3, 1f            /* forward, taken: slot nullified */
    ldi     9, %r4
    ldi     8, %r4
1:  comib,=,n 6, %r3, 3f            /* forward, not taken: slot runs */
    ldi     7, %r5
    ldi     3, %r6
2:  addib,<>,n -1, %r6, 2b          /* backward, taken: slot runs; not taken: nullified */
    ldo     1(%r7), %r7
3:  nop
    END                             /* r7 = 2 turns taken */

TEST branch_in_slot
    b       1f
    b       2f
    ldi     1, %r3
1:  ldo     1(%r4), %r4             /* one instruction of the first target, then the second's */
    ldi     1, %r5
2:  ldo     1(%r6), %r6
    END

TEST branch_in_slot_links
    bl      1f, %r3
    bl      2f, %r4                 /* link: the back of the queue + 4 */
    nop
1:  nop
    nop
2:  END

TEST nullified_branch
    ldi     1, %r3
    comiclr,= 1, %r3, %r0
    b       done                    /* nullified */
    ldi     2, %r4
    comiclr,<> 1, %r3, %r0
    b       1f
    ldi     3, %r5
    ldi     4, %r5
1:  END

TEST nullify_chain
    comiclr,= 0, %r0, %r0           /* nullifies the next, which would nullify */
    comiclr,= 0, %r0, %r0
    ldi     1, %r3
    comiclr,= 0, %r0, %r4
    ldi     1, %r5
    END

TEST slot_nullifies_target
    b       1f
    comiclr,= 0, %r0, %r0           /* in the slot: nullifies the target's first */
    nop
1:  ldi     1, %r3
    ldi     1, %r4
    END

TEST slot_nullifies_fall_through
    comib,=  1, %r0, done
    comiclr,= 0, %r0, %r0
    ldi     1, %r3
    ldi     1, %r4
    END

TEST vectored
    ldi     2, %r3
    blr     %r3, %r4
    nop
    ldi     1, %r5
    b,n     done
    ldi     2, %r5
    b,n     done
    ldi     3, %r5
    b,n     1f
1:  ldil    L%2f, %r6
    ldo     R%2f(%r6), %r6
    bv      %r0(%r6)
    ldi     7, %r7
    ldi     8, %r7
2:  ldil    L%3f, %r8
    ble     R%3f(%sr0, %r8)
    copy    %r31, %r9               /* the link is there in the slot already */
    ldi     1, %r10
3:  END

/* ---- carries, shifts, stores ---- */
TEST carries
    ldi     -1, %r3
    ldi     1, %r4
    add     %r3, %r4, %r5
    addc    %r0, %r0, %r6           /* 1 */
    sub     %r0, %r4, %r7
    subb    %r0, %r0, %r8           /* -1 */
    ldil    L%0x12345678, %r9
    ldo     R%0x12345678(%r9), %r9
    ldil    L%0x66666666, %r10
    ldo     R%0x66666666(%r10), %r10
    add     %r9, %r10, %r11         /* decimal: 12345678 + 66666666, corrected */
    dcor    %r11, %r12
    END

TEST fields
    ldil    L%0x12345678, %r3
    ldo     R%0x12345678(%r3), %r3
    extru   %r3, 15, 8, %r4
    extrs   %r3, 31, 4, %r5
    dep     %r3, 7, 8, %r6
    zdep    %r3, 15, 12, %r7
    ldi     20, %r8
    mtsar   %r8
    vextru  %r3, 8, %r9
    vshd    %r3, %r3, %r10
    vdepi   -1, 4, %r11
    zvdep   %r3, 32, %r12
    shd     %r3, %r0, 12, %r13
    depi    5, 31, 4, %r3
    END

TEST string_stores
    ldil    L%scratch, %r3
    ldo     R%scratch(%r3), %r3
    ldil    L%0xAABBCCDD, %r4
    ldo     R%0xAABBCCDD(%r4), %r4
    stbys,b %r4, 1(%r3)
    stbys,e %r4, 6(%r3)
    stbys,e %r4, 8(%r3)             /* nothing */
    stbys,b,m %r4, 7(%r3)           /* at r3; r3 becomes a word address */
    copy    %r3, %r5
    END

TEST load_modify
    ldil    L%scratch, %r3
    ldo     R%scratch(%r3), %r3
    ldws,ma 4(%r3), %r4
    ldws,mb 4(%r3), %r5
    ldwm    -4(%r3), %r6
    ldi     2, %r7
    ldwx,s  %r7(%r3), %r8
    ldhx,sm %r7(%r3), %r9
    ldcws   0(%r3), %r10
    ldw     0(%r3), %r11
    ldws,ma 4(%r3), %r3             /* the loaded value wins */
    END

/* ---- interruptions ---- */
TEST arithmetic_traps
    ldil    L%0x7FFFFFFF, %r3
    ldo     R%0x7FFFFFFF(%r3), %r3
    ldi     77, %r4
    addo    %r3, %r3, %r4           /* 12 */
    addio   1, %r3, %r4             /* 12 */
    addit,= -5, %r0, %r5            /* no */
    ldi     5, %r5
    addit,= -5, %r5, %r4            /* 13 */
    subo    %r0, %r3, %r6           /* no */
    sh1addo %r3, %r0, %r4           /* 12: the shift lost a bit */
    END

TEST illegal_and_break
    .word   0x04000000 | 0x3FF      /* no such instruction */
    break   3, 77
    .word   0x7C000000              /* major opcode 1F */
    END

TEST trap_in_slot
    b       1f
    break   1, 2                    /* in the slot: the back is the target */
    ldi     1, %r3
1:  ldi     2, %r4
    END

TEST trap_after_nullify
    comiclr,= 0, %r0, %r0
    break   1, 2                    /* nullified: no trap */
    ldi     1, %r3
    END

TEST unaligned
    ldil    L%scratch, %r3
    ldo     R%scratch(%r3), %r3
    ldw     2(%r3), %r4
    ldh     1(%r3), %r4
    stw     %r0, 1(%r3)
    ldcws   2(%r3), %r4
    END

TEST machine_check
    ldil    L%0xF7000000, %r3
    ldw     0(%r3), %r4             /* nothing there */
    stw     %r4, 0(%r3)
    ldil    L%0xF0000000, %r3
    stw     %r4, 0(%r3)             /* ROM */
    ldw     0(%r3), %r4             /* fine */
    END

TEST privileged
    /* to level 3 with RFI */
    rsm     8, %r0
    ldi     8, %r3                  /* Q */
    mtctl   %r3, %cr22
    ldil    L%1f, %r3
    ldo     R%1f+3(%r3), %r3
    mtctl   %r3, %cr18
    ldo     4(%r3), %r3
    mtctl   %r3, %cr18
    mtctl   %r0, %cr17
    mtctl   %r0, %cr17
    rfi
    nop
1:  rsm     1, %r4                  /* 10 */
    mtctl   %r0, %cr8               /* 11 */
    mfctl   %cr15, %r4              /* 11 */
    mfctl   %cr26, %r4              /* allowed */
    mtsp    %r0, %sr5               /* 11 */
    mtsp    %r0, %sr1               /* allowed */
    ldwas   0(%r0), %r4             /* 10 */
    bl      2f, %r5                 /* the link has level 3 */
    nop
2:  gate    3f, %r6                 /* no translation: level 0 */
    nop
3:  mfctl   %cr15, %r7
    END

TEST gate_after_branch
    b       1f
    gate    1f, %r3                 /* PSW[B] = 1: 8 */
    nop
1:  END

TEST gate_after_device
    ldil    L%0xFFF70000, %r3
1:  b       2f
    ldw     0(%r3), %r4             /* the device is shown the exact state, PSW[B] = 1 */
    nop
2:  gate    3f, %r12                /* and this follows no branch */
    nop
3:  ldo     1(%r5), %r5
    comib,<>,n 3, %r5, 1b           /* again, when the blocks are linked */
    nop
    END

TEST shadow_registers
    ldi     11, %r1
    ldi     18, %r8
    ldi     19, %r9
    break   0, 1
    copy    %r1, %r3
    copy    %r8, %r4
    copy    %r9, %r5
    END

TEST recovery_counter
    ldi     4, %r3
    mtctl   %r3, %cr0
    ssm     0x10, %r0
    ldi     1, %r4
    comiclr,= 0, %r0, %r0
    ldi     2, %r4                  /* nullified: not counted */
    ldi     3, %r5
    ldi     4, %r6
    ldi     5, %r7
    ldi     6, %r8
    END

TEST external_interrupt
    ldil    L%0xFFF70000, %r3
    ldi     -1, %r4
    mtctl   %r4, %cr15
    ssm     1, %r0
    ldi     5, %r5
    stw     %r5, 8(%r3)             /* posts external interrupt 5 */
    ldi     1, %r6                  /* comes after it */
    mtctl   %r4, %cr23              /* acknowledged */
    ldi     2, %r6
    rsm     1, %r0
    stw     %r5, 8(%r3)
    ldi     3, %r6
    b       1f
    ssm     1, %r0                  /* in a slot: taken at the target */
    ldi     9, %r7
1:  ldi     4, %r6
    END

TEST device_access
    ldil    L%0xFFF70000, %r3
    ldw     0(%r3), %r4
    ldw     0(%r3), %r5
    ldw     12(%r3), %r6            /* the instruction count inside the callback */
    ldw     4(%r3), %r7             /* may stall */
    stw     %r5, 4(%r3)             /* may stall */
    b       1f
    ldw     4(%r3), %r8             /* may stall, in a slot */
    nop
1:  mfctl   %cr16, %r9
    ldb     0(%r3), %r10            /* wrong width: HPMC */
    END

TEST self_modifying
    ldil    L%0x34040005, %r3       /* ldi 2?,r4: see below */
    ldil    L%2f, %r5
    ldo     R%2f(%r5), %r5
    ldw     0(%r5), %r6
    ldi     3, %r7
1:  ldo     2(%r6), %r6             /* the immediate of the ldi at 2 goes up by 1 */
    stw     %r6, 0(%r5)
2:  ldi     10, %r8                 /* executed as just written */
    add     %r8, %r9, %r9
    addib,<> -1, %r7, 1b
    nop
    END

TEST system_mask
    ssm     0x0E, %r3
    rsm     0x06, %r4
    ldi     9, %r5
    mtsm    %r5
    ssm     0, %r6
    rsm     1, %r0
    END

TEST transfer_traps
    rsm     8, %r0
    ldil    L%0x01400000, %r3       /* T and L */
    ldo     8(%r3), %r3             /* Q */
    mtctl   %r3, %cr22
    ldil    L%1f, %r3
    ldo     R%1f(%r3), %r3
    mtctl   %r3, %cr18
    ldo     4(%r3), %r3
    mtctl   %r3, %cr18
    mtctl   %r0, %cr17
    mtctl   %r0, %cr17
    rfi
    nop
1:  nop
    b       2f                      /* 25 */
    ldi     1, %r4
    nop
2:  comib,= 1, %r0, done            /* not taken: nothing */
    ldi     1, %r5
    ldil    L%3f, %r6
    ldo     R%3f+1(%r6), %r6
    bv      %r0(%r6)                /* 25, then 24 before the target */
    ldi     1, %r7
    nop
3:  END

TEST delayed_traps
    ldi     0x100, %r3
    mtctl   %r3, %cr10              /* unit on */
    ldil    L%0xC0000000, %r4
    spop2,7,4 %r4                   /* classes 0 and 1 delayed */
    spop1,7,0 %r5                   /* identity */
    ldil    L%0x7FFFFFFF, %r6
    ldo     R%0x7FFFFFFF(%r6), %r6
    addo    %r6, %r6, %r7           /* completes */
    ldi     1, %r8
    addit,= 0, %r0, %r9
    ldi     2, %r8
    spop0,7,0                       /* all delivered */
    spop1,7,1 %r10
    spop1,7,3 %r11
    ssm     1, %r0                  /* 32 */
    ldi     3, %r8
    spop2,7,3 %r11                  /* acknowledged */
    ldi     4, %r8
    spop1,7,9 %r12                  /* 14 */
    mtctl   %r0, %cr10
    spop0,7,0                       /* 22 */
    addo    %r6, %r6, %r7           /* 12 */
    END

TEST coprocessor_off
    mtctl   %r0, %cr10
    fldds   0(%r0), %fr4            /* 22 */
    fadd,dbl %fr4, %fr5, %fr6       /* 22 */
    copr,5,0                        /* 22 */
    END

/* ---- translation: test_snippets.c has the mappings (check_translation) ---- */
TEST virtual_accesses
    ldil    L%0x00400000, %r3
    ldw     0(%r3), %r4
    stw     %r4, 4(%r3)
    ldil    L%0x00401000, %r3
    ldw     8(%r3), %r4
    stw     %r4, 8(%r3)
    ldil    L%0x00402000, %r3
    ldw     0(%r3), %r4
    stw     %r4, 0(%r3)
    ldil    L%0x00403000, %r3
    ldw     0(%r3), %r4
    stw     %r4, 0(%r3)
    ldil    L%0x00404000, %r3
    ldw     0(%r3), %r4
    stw     %r4, 0(%r3)
    ldil    L%0x00405000, %r3
    ldw     0(%r3), %r4
    stw     %r4, 2(%r3)
    prober  (%r3), %r0, %r5
    probew  (%r3), %r0, %r6
    proberi (%r3), 3, %r7
    ldil    L%0x00406000, %r3
    prober  (%r3), %r0, %r8
    ldil    L%0x00400000, %r3
    lpa     %r0(%r3), %r9
    fdc     %r0(%r3)
    stbys,e %r0, 0(%r3)
    ldil    L%0x00402000, %r3
    stbys,e %r0, 0(%r3)             /* writes nothing; dirty trap all the same */
    ldil    L%0x00405000, %r3
    stw     %r0, 0(%r3)             /* data break */
    ldil    L%0x00406000, %r3
    fdc     %r0(%r3)                /* non-access miss */
    ldw     0(%r3), %r4             /* miss */
    ldcws   0(%r3), %r4
    END

TEST virtual_program
    rsm     8, %r0
    ldi     5, %r3
    mtsp    %r3, %sr4
    mtsp    %r3, %sr5
    mtsp    %r3, %sr6
    mtsp    %r3, %sr7
    mtctl   %r3, %cr17
    mtctl   %r3, %cr17
    ldil    L%0x0004000E, %r3       /* C Q P D */
    ldo     R%0x0004000E(%r3), %r3
    mtctl   %r3, %cr22
    ldil    L%1f + 0x00800000, %r3
    ldo     R%1f + 0x00800003(%r3), %r3
    mtctl   %r3, %cr18
    ldo     4(%r3), %r3
    mtctl   %r3, %cr18
    rfi
    nop
1:  ldi     8, %r3
    ldil    L%0x01430000, %r4
2:  stw     %r3, 0(%r4)             /* eight pages */
    ldw     0(%r4), %r5
    add     %r5, %r6, %r6
    ldo     0x1000(%r4), %r4
    addib,<> -1, %r3, 2b
    nop
    ldil    L%gateway + 0x00800000, %r7
    ble     R%gateway + 0x00800000(%sr4, %r7)
    ldi     7, %r8
    ldi     8, %r3
    b       4f
    ldw     -0x1000(%r4), %r9       /* a miss in a slot */
    nop
4:  ldo     -0x1000(%r4), %r4
    ldw     0(%r4), %r9
    sh1add  %r10, %r9, %r10
    addib,<> -1, %r3, 4b
    ldh     2(%r4), %r9
    rsm     8, %r0                  /* 10 */
    END
