# Back and forth on one bare computer: breakpoints, single instructions, watchpoints, another future.
#! Segmentation
break count
c
c
c
#= Breakpoint 1, count (by=3)
reverse-stepi
#= main () at
info threads
#= instruction 360)
stepi
#= Breakpoint 1, count (by=3)
reverse-continue
#= Breakpoint 1, count (by=2)
reverse-continue
#= Breakpoint 1, count (by=1)
reverse-continue
#= No more reverse-execution history
info threads
#= instruction 0)
reverse-stepi
#= No more reverse-execution history
c
#= Breakpoint 1, count (by=1)
delete
watch counter
c
#= Old value = 0
#= New value = 1
c
#= Old value = 1
#= New value = 3
reverse-continue
#= Old value = 3
#= New value = 1
delete
tbreak printf
c
p counter
#= = 55
# A register and a word of memory, changed in the past, make another future.
tbreak count
reverse-continue
#= count (by=10)
set var table[3] = 0xBEEF
set $r19 = 1
c
#= a new future begins here
#= exited normally
#= status 0
#= counter 55, table beef
