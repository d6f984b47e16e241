# A user program of the small kernel: privilege level 3, its own space, virtual addresses.
#! Segmentation
tbreak *user_sieve
c
#= user_sieve
p/x $pcoqh & 3
#= = 0x3
p $pcsqh != 0
#= = 1
p $pcsqh == $sr4 && $sr4 == $sr5
#= = 1
p $sp >= 0x60000000
#= = 1
# Nothing was fetched there in this space yet: no entry of the TLB, nothing to be seen.
x/i $pc
#= Cannot access memory
tbreak *(user_sieve + 0x10)
c
#= user_sieve
p *(unsigned *)$pc != 0
#= = 1
# What the first instruction stored on the stack, which is far above all memory.
p *(int *)($sp - 0x80 - 0x14) == $rp
#= = 1
x/x 0xa0000000
#= Cannot access memory at address 0xa0000000
watch *(char *)0xa0000004
c
#= Hardware watchpoint 3
#= New value = 1
info symbol $pc
#= user_sieve
x/8xb 0xa0000000
#= 0xa0000000:
delete
stepi
reverse-stepi
info symbol $pc
#= user_sieve
kill
#= status 130
