; mmu_code.S - what the guests mmu_rights, mmu_faults and mmu_tlb execute in their trials. One page; every label is one
; instruction under test, followed by the BREAK that ends the trial.
;
; By convention %r5 is the address, %r6 the register loaded (or the result), %r7 the register stored, %r8 the index.
        .level  1.1

; CODE(LABEL, INSTRUCTION): they come one after the other.
#define CODE(label, ...) .export label,data ! label: __VA_ARGS__ ! break 0,0

        .section .text.mmu_code,"ax",@progbits
        .align  4096
        .export mmu_page,data
mmu_page:
        CODE(do_break, break 3,77)
        CODE(do_ldw, ldw 0(%r5),%r6)
        CODE(do_stw, stw %r7,0(%r5))
        CODE(do_ldcw, ldcws 0(%r5),%r6)
        CODE(do_ldh, ldh 0(%r5),%r6)
        CODE(do_sth, sth %r7,0(%r5))
        CODE(do_stbys, stbys,b %r7,0(%r5))
        CODE(do_fldd, fldds 0(%r5),%fr4)
        CODE(do_fstd, fstds %fr4,0(%r5))
        CODE(do_ldwm, ldwm 8(%r5),%r6)
        CODE(do_stwm, stwm %r7,8(%r5))
        CODE(do_ldws_ma, ldws,ma 4(%r5),%r6)
        CODE(do_ldwx, ldwx,s %r8(%r5),%r6)
        CODE(do_ldw_sr0, ldwx %r8(%r5),%r6)
        CODE(do_ldw_sr1, ldw 0(%sr1,%r5),%r6)
        CODE(do_ldw_sr2, ldw 0(%sr2,%r5),%r6)
        CODE(do_ldw_sr3, ldw 0(%sr3,%r5),%r6)
        CODE(do_prober, prober (%r5),%r8,%r6)
        CODE(do_probew, probew (%r5),%r8,%r6)
        CODE(do_proberi0, proberi (%r5),0,%r6)
        CODE(do_proberi1, proberi (%r5),1,%r6)
        CODE(do_proberi2, proberi (%r5),2,%r6)
        CODE(do_proberi3, proberi (%r5),3,%r6)
        CODE(do_probewi0, probewi (%r5),0,%r6)
        CODE(do_probewi1, probewi (%r5),1,%r6)
        CODE(do_probewi2, probewi (%r5),2,%r6)
        CODE(do_probewi3, probewi (%r5),3,%r6)
        CODE(do_lpa, lpa %r8(%r5),%r6)
        CODE(do_lpa_m, lpa,m %r8(%r5),%r6)
        CODE(do_lci, lci %r8(%r5),%r6)
        CODE(do_fdc, fdc %r8(%r5))
        CODE(do_fdc_m, fdc,m %r8(%r5))
        CODE(do_pdc_m, pdc,m %r8(%r5))
        CODE(do_fic_m, fic,m %r8(%sr2,%r5))
        CODE(do_pdtlb, pdtlb %r0(%sr2,%r5))
        CODE(do_pitlb, pitlb %r0(%sr2,%r5))
        CODE(do_pdtlb_m, pdtlb,m %r8(%sr2,%r5))
        CODE(do_pdtlbe, pdtlbe %r0(%sr2,%r5))
        CODE(do_pitlbe, pitlbe %r0(%sr2,%r5))
        .export do_stores,data
        .export do_stores_second,data
do_stores:
        stw     %r7,0(%r5)
do_stores_second:
        stw     %r7,4(%r5)
        break   0,0

; Gateways. The target of GATE is gate_target; %r6 becomes the link's privilege level.
        .export do_gate,data
        .export gate_target,data
        .export do_gate_in_slot,data
        .export gate_in_slot,data
do_gate:
        gate    gate_target,%r6
        nop
gate_target:
        break   1,1
do_gate_in_slot:
        b       gate_target
gate_in_slot:
        gate    gate_target,%r6
        .export do_demote,data
        .export demoted,data
do_demote:                              ; to a less privileged level: the low two bits of %r8
        bv      %r0(%r8)
        nop
        break   1,2
demoted: break  1,3

; The last words of a page: a branch whose delay slot is on the next page; a plain one; one that nullifies.
        .section .text.mmu_edge,"ax",@progbits
        .align  4096
        .export edge_page,data
        .export edge_target,data
        .export edge_nullify,data
        .export edge_plain,data
        .export edge_branch,data
        .export edge_slot,data
edge_page:
edge_target: break 2,1
        .space  4096-4-12
edge_plain: b,n edge_branch             ; past the next
edge_nullify: comclr,= %r0,%r0,%r0      ; the branch that follows is nullified: on to the next page
edge_branch: b  edge_target
edge_slot: ldi  5,%r6                   ; the next page
        break   2,2
        .align  4096
