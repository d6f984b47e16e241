# A computer that failed and was repaired is a process again; breakpoints are set in it, too.
#! Segmentation
set schedule-multiple on
c
#= Program terminated with signal SIGKILL
inferior 2
break count
c
#= [New Thread 1.1]
info threads
#= Thread 1.1 (backup, epoch
#= Thread 2.1 (primary, epoch 17, instruction 325) count (by=1)
kill inferiors 1
info inferiors
#= 1    <null>
#= 2    process 2
delete
inferior 2
c
#= [Inferior 2 (process 2) exited normally]
#= status 0
#= a repaired computer begins to join
#= the backup fails
