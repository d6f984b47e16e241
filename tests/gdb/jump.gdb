# gdb moves the guest: jump, load, a call, $pc. It says privilege level 3 with every address; the level stays.
break count
c
#= Breakpoint 1, count (by=1)
monitor print $iaoq_front & 3
#= 0
jump *&main
#= Continuing at 0x
#= Breakpoint 1, count (by=1)
p $pcoqh & 3
#= = 0
p $pcoqt & 3
#= = 0
c
#= Breakpoint 1, count (by=2)
p add(20, 3)
#= = 23
p by
#= = 2
load
#= Start address
c
#= Breakpoint 1, count (by=1)
p $pcoqh & 3
#= = 0
# Asked for: another level, which the monitor sets as it is told.
monitor set $iaoq_front=$iaoq_front|3
maintenance flush register-cache
p $pcoqh & 3
#= = 3
set $pcoqt = $pcoqh + 8
p $pcoqt & 3
#= = 3
monitor set $iaoq_front=$iaoq_front&~3
monitor set $iaoq_back=$iaoq_front+4
# An interruption took a nullified instruction once: that is not where the program is now.
monitor set $cr22=0x00200000
maintenance flush register-cache
c
#= Breakpoint 1, count (by=2)
# Where an instruction is nullified: the one that is jumped to is not.
monitor set $psw=$psw|0x00200000
set $pcoqh = _start
set $pcoqt = $pcoqh + 4
monitor print/x $psw & 0x00200000
#= 0x00000000
set var counter = 0
delete
c
#= exited normally
#= status 0
#= counter 55, table 44444444
