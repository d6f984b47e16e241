; stores.S - stores in a row, in a delay slot, and a read-and-write, for watchpoints: one word, CELL.
	.level	1.1
	.text
	.export	main,code
main:	ldil	L%cell,%r20
	ldo	R%cell(%r20),%r20
	ldi	1,%r21
	ldi	2,%r22
	.export	first,data
first:	stw	%r21,0(%r20)
	.export	second,data
second:	stw	%r22,0(%r20)
	.export	branch,data
branch:	b	swap
	.export	slot,data
slot:	stb	%r22,2(%r20)
	stw	%r21,0(%r20)		; never
	.export	swap,data
swap:	ldcws	0(%r20),%r23
	.export	load,data
load:	ldh	2(%r20),%r24
	.export	skip,data
skip:	ldo	4(%r0),%r24
	comclr,=	%r0,%r0,%r25		; nullifies the store
	stw	%r22,0(%r20)
	.export	last,data
last:	stw	%r22,0(%r20)
	.export	after,data
after:	ldi	0,%r28
	bv,n	%r0(%r2)
	.data
	.align	16
	.export	cell,data
cell:	.word	0
	.word	0
