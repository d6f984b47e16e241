; trap_code.S - what the guests trap_instructions, trap_transfers and trap_resume execute in their trials. One page,
; untranslated or as a virtual page. %r5 address, %r6 target, %r7 and %r8 operands.
        .level  1.1
#define CODE(label, ...) .export label,data ! label: __VA_ARGS__ ! break 0,0

        .section .text.trap_code,"ax",@progbits
        .align  4096
        .export trap_page,data
trap_page:
        CODE(t_break, break 21,4567)
        CODE(t_illegal, .word 0x1C000000)
        CODE(t_illegal2, .word 0xFC000000)
        CODE(t_addo, addo %r7,%r8,%r6)
        CODE(t_subo, subo %r7,%r8,%r6)
        CODE(t_sh1addo, sh1addo %r7,%r8,%r6)
        CODE(t_sh3addo, sh3addo %r7,%r8,%r6)
        CODE(t_addco, addco %r7,%r8,%r6)
        CODE(t_addio, addio 1,%r7,%r6)
        CODE(t_subio, subio 1,%r7,%r6)
        CODE(t_addit, addit,= -5,%r7,%r6)
        CODE(t_addito, addito,= 1,%r7,%r6)
        CODE(t_sub_tc, subt,< %r7,%r8,%r6)
        CODE(t_copr2, copr,2,0)
        CODE(t_sfu1, spop0,1,0)
        CODE(t_fadd, fadd,dbl %fr5,%fr6,%fr7)
        CODE(t_fldd, fldds 0(%r5),%fr5)
; privileged operations
        CODE(p_rfi, rfi)
        CODE(p_rfir, rfir)
        CODE(p_ssm, ssm 0,%r6)
        CODE(p_rsm, rsm 0,%r6)
        CODE(p_mtsm, mtsm %r6)
        CODE(p_lpa, lpa %r0(%r5),%r6)
        CODE(p_lci, lci %r0(%r5),%r6)
        CODE(p_idtlba, idtlba %r7,(%sr1,%r5))
        CODE(p_idtlbp, idtlbp %r7,(%sr1,%r5))
        CODE(p_iitlba, iitlba %r7,(%sr1,%r5))
        CODE(p_iitlbp, iitlbp %r7,(%sr1,%r5))
        CODE(p_pdtlb, pdtlb %r0(%sr1,%r5))
        CODE(p_pitlb, pitlb %r0(%sr1,%r5))
        CODE(p_pdtlbe, pdtlbe %r0(%sr1,%r5))
        CODE(p_pitlbe, pitlbe %r0(%sr1,%r5))
        CODE(p_ldwas, ldwas 0(%r5),%r6)
        CODE(p_ldwax, ldwax %r0(%r5),%r6)
        CODE(p_stwas, stwas %r7,0(%r5))
        CODE(p_diag, diag 0)
; registers
        .export r_mtctl,data
        .export r_mfctl,data
        .export r_mtsp,data
        .export r_mfsp,data
r_mtctl:                                ; 32 of 8 bytes each
        .irp    n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        mtctl   %r6,\n
        break   0,0
        .endr
r_mfctl:
        .irp    n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        mfctl   \n,%r6
        break   0,0
        .endr
r_mtsp:
        .irp    n,0,1,2,3,4,5,6,7
        mtsp    %r6,%sr\n
        break   0,0
        .endr
r_mfsp:
        .irp    n,0,1,2,3,4,5,6,7
        mfsp    %sr\n,%r6
        break   0,0
        .endr
; a trap in a delay slot, and nullified things
        .export s_branch,data
        .export s_slot,data
        .export s_target,data
s_branch: bl    s_target,%r2
s_slot: break   7,7
        ldi     9,%r6
s_target: break 1,1
        .export n_break,data
        .export n_end,data
n_break: comclr,= %r0,%r0,%r0
        break   5,5
n_end:  break   1,1
        .export n_branch,data
        .export n_target,data
n_branch: b,n   n_target
        break   5,5
        ldi     9,%r6
n_target: break 1,1
; taken branches and transfers
        .export b_taken,data
        .export b_slot,data
        .export b_target,data
b_taken: b      b_target
b_slot: ldi     1,%r6
        ldi     2,%r6
b_target: break 1,1
        .export b_untaken,data
        .export b_untaken_end,data
b_untaken: comb,<> %r0,%r0,b_target
        ldi     1,%r6
b_untaken_end: break 1,1
        .export b_demote,data
        .export b_demote_slot,data
b_demote: bv    %r0(%r5)
b_demote_slot: ldi 1,%r6
        break   5,5
        .export b_gate,data
        .export b_gate_slot,data
        .export b_gate_target,data
b_gate: gate    b_gate_target,%r6
b_gate_slot: ldi 1,%r7
        break   5,5
b_gate_target: break 1,1
        .export straight,data
straight:
        ldi     1,%r1
        ldi     2,%r2
        ldi     3,%r3
        ldi     4,%r4
        ldi     5,%r5
        ldi     6,%r6
        ldi     7,%r7
        break   1,1
        .export nullifying,data
nullifying:
        ldi     1,%r1
        comclr,= %r0,%r0,%r0
        ldi     3,%r3                   ; nullified
        ldi     4,%r4
        break   1,1
        .export enable_then,data
        .export enable_next,data
        .export enable_end,data
enable_then: ssm 1,%r6
enable_next: ldi 1,%r7
enable_end: break 1,1
        .export counted,data
        .export uncounted,data
counted: rsm    16,%r6                  ; begins with PSW[R] = 1
        ldi     1,%r7
        break   1,1
uncounted: ssm  16,%r6                  ; begins with PSW[R] = 0
        ldi     1,%r7
        break   1,1
        .export shadows,data
        .export shadows_end,data
shadows:                                ; the registers that have shadows come back with RFIR
        ldi     -1,%r1
        ldi     -1,%r8
        ldi     -1,%r9
        ldi     -1,%r16
        ldi     -1,%r17
        ldi     -1,%r24
        ldi     -1,%r25
        rsm     8,%r0
        mtctl   %r0,%cr17
        mtctl   %r0,%cr17
        mtctl   %r10,%cr18
        mtctl   %r11,%cr18
        mtctl   %r12,%cr22
        rfir
        nop
shadows_end: break 1,1
        .export forever,data
forever: addib,tr 1,%r6,forever
        nop
; A program with everything that makes resuming hard: delay slots, nullified branches and slots, divide steps, carries,
; a subroutine, loads and stores that modify their base. %r5: 256 bytes of memory; %r10: rounds. Result in %r28.
        .export program,data
        .export program_end,data
program:
        copy    %r5,%r20
        ldi     64,%r4
fill:   addib,> -1,%r4,fill
        stwm    %r4,4(%r20)
        ldi     0,%r28
round:  copy    %r5,%r20
        ldi     64,%r4
sum:    ldwm    4(%r20),%r21
        add     %r28,%r21,%r28
        addc    %r28,%r0,%r28
        shd     %r28,%r28,7,%r28
        extru,= %r21,31,1,%r22
        addi    3,%r28,%r28
        comb,<,n %r22,%r21,odd
        bl      subroutine,%r2
        xor     %r28,%r21,%r28
odd:    comclr,<> %r22,%r0,%r0
        b,n     even
        sub     %r28,%r20,%r28
        add     %r28,%r20,%r28
even:   stws,mb %r28,-4(%r20)
        ldo     4(%r20),%r20
        addib,>,n -1,%r4,sum
        addib,> -1,%r10,round
        uaddcm  %r28,%r10,%r28
program_end: break 1,1
subroutine:
        add     %r28,%r28,%r23
        ds      %r0,%r21,%r0
        addc    %r23,%r23,%r23
        ds      %r1,%r21,%r1
        addc    %r23,%r23,%r23
        ds      %r1,%r21,%r1
        addc,sv %r23,%r23,%r23
        addi    1,%r1,%r1
        bv      %r0(%r2)
        xor     %r28,%r1,%r28
        .align  4096
