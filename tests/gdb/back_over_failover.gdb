# The primary fails, the backup takes over; back over the fail-over the primary lives again, and fails again.
#! Segmentation
#! warning: Error
set schedule-multiple on
break count if $r26 == 4
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=4)
monitor crash primary
#= the primary fails at instruction
c
#= Program terminated with signal SIGKILL
inferior 2
c
#= Thread 2.1 hit Breakpoint 1.2, count (by=4)
delete
tbreak add if $r25 == 10
c
#= Thread 2.1 hit Temporary breakpoint 2.2, add (a=45, b=10)
info threads
#= * 2.1  Thread 2.1 (primary, epoch
break count
reverse-continue
#= count (by=10)
reverse-continue 8
#= count (by=2)
monitor info clock
#= primary (failed)
reverse-continue 2
#= No more reverse-execution history
info threads
#= Thread 1.1 (primary, epoch 1, instruction 0)
#= Thread 2.1 (backup, epoch 0, instruction 0)
info inferiors
#= * 1    process 1
#=   2    process 2
delete
c
#= Program terminated with signal SIGKILL
inferior 2
c
#= [Inferior 2 (process 2) exited normally]
#= status 0
#= counter 55, table 44444444
#= promoted
