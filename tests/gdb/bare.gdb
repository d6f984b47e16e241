# Registers, memory, breakpoints, steps, watchpoints, Ctrl-C is elsewhere: one bare computer.
#! warning: Architecture
#! No such file
#! corrupt stack
info inferiors
#= process 1
info threads
#= Thread 1.1 (bare, instruction 0)
p $pc
#= _start
x/2i $pc
#= ldil
break count
c
#= Breakpoint 1, count (by=1)
p $arg0
p/x $r26
#= $3 = 0x1
bt
#= #0  count (by=1)
#= in main () at
list
#= counter = add(counter, by);
monitor info registers pc
#= pc 0x
stepi
p counter
#= = 0
p table
#= {286331153, 572662306, 858993459, 1145324612}
p/x *(char*)&table[2]@3
#= {0x33, 0x33, 0x33}
# What is written is seen by the guest: table[3] is printed at the end.
set var table[3] = 0xCAFE
p/x table
#= 0xcafe}
set $r19 = 0x1234
info registers r19
#= 0x1234
set $fr5 = 1.5
p $fr5
#= = 1.5
p $sr0
p/x $ipsw
info registers sar
#= sar
p *(int *)0xfff80000
#= Cannot access memory at address 0xfff80000
set var *(int *)0xf0000000 = 1
#= Cannot access memory at address 0xf0000000
delete
# A write of counter, then one address to run to, then reads of it.
watch counter
c
#= Hardware watchpoint 2: counter
#= Old value = 0
#= New value = 1
c
#= Old value = 1
#= New value = 3
delete
rwatch counter
c
#= Hardware read watchpoint 3: counter
#= Value = 3
delete
awatch counter
c
#= Hardware access (read/write) watchpoint 4: counter
#= New value = 6
delete
tbreak count
c
#= Temporary breakpoint 5, count (by=4)
finish
#= Run till exit
#= main () at
hbreak add if a == 21
c
#= add (a=21, b=7)
set backtrace past-main on
bt
#= in count (by=
#= in main () at
#= in us_main () at
#= in _start () at
info breakpoints
#= breakpoint already hit
delete
monitor walk
#= unknown command 'walk'
monitor continue
#= is not for gdb's 'monitor'
monitor info clock
#= bare: 0.0000
c
#= exited normally
#= status 0
#= counter 55, table cafe
