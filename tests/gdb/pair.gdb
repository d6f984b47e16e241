# Two computers as two inferiors; the primary fails; the backup is debugged on.
#! Segmentation
info inferiors
#= * 1    process 1
#=   2    process 2
set schedule-multiple on
break count
c
#= Thread 1.1 hit Breakpoint 1.1, count (by=1)
info threads
#= * 1.1  Thread 1.1 (primary, epoch
#=   2.1  Thread 2.1 (backup, epoch
p counter
#= $1 = 0
delete
tbreak main
watch counter if counter == 10
c
#= New value = 10
monitor crash primary
#= the primary fails
c
#= Program terminated with signal SIGKILL
inferior 2
#= [Switching to inferior 2 [process 2]
p counter
break count
delete 3
c
#= Thread 2.1 hit
stepi
info threads
#= * 2.1  Thread 2.1 (backup, epoch
delete
tbreak add if b == 10
c
#= add (a=45, b=10)
c
#= [Inferior 2 (process 2) exited normally]
#= status 0
#= counter 55, table 44444444
#= the primary is declared failed
#= promoted
