# Back to the last stop of either of two computers.
set schedule-multiple on
break count if $r26 == 1 || $r26 == 9
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=1)
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=9)
c
#= Thread 2.1 hit Breakpoint 1.2, count (by=1)
c
#= Thread 2.1 hit Breakpoint 1.2, count (by=9)
monitor info clock
#= backup: 0.00
reverse-stepi
#= main () at
info threads
#= Thread 1.1 (primary
#= * 2.1  Thread 2.1 (backup
reverse-continue
#= Thread 2.1 hit Breakpoint 1.2, count (by=1)
reverse-continue
#= Thread 1.1 hit Breakpoint 1.1, count (by=9)
reverse-continue
#= Thread 1.1 hit Breakpoint 1.1, count (by=1)
reverse-stepi
info threads
#= * 1.1  Thread 1.1 (primary
reverse-continue
#= No more reverse-execution history
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=1)
delete
c
#= exited normally
#= status 0
#= counter 55, table 44444444
