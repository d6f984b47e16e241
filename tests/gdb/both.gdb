# Breakpoints in both computers: the earlier stop in virtual time is the system's, each is told once.
set schedule-multiple on
break count if $r26 == 2 || $r26 == 9
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=2)
info threads
#= * 1.1  Thread 1.1 (primary
#=   2.1  Thread 2.1 (backup
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=9)
# The primary is in its printf when the backup gets there.
tbreak power_off
c
#= Thread 2.1 hit Breakpoint 1.2, count (by=2)
monitor info clock
#= primary: 0.00
#= backup: 0.00
c
#= Thread 2.1 hit Breakpoint 1.2, count (by=9)
delete 1
c
#= Thread 1.1 hit Temporary breakpoint 2.1, power_off (status=0)
# The primary ends; the backup follows to its own end.
break power_off
c
#= [Inferior 1 (process 1) exited normally]
inferior 2
c
#= Thread 2.1 hit Breakpoint 3.2, power_off (status=0)
c
#= [Inferior 2 (process 2) exited normally]
#= status 0
