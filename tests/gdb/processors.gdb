# Two processors of one bare board are two threads.
info threads
#= * 1    Thread 1.1 (bare, processor 0, instruction 0)
#=   2    Thread 1.2 (bare, processor 1, instruction 0)
tbreak main
c
thread 1
stepi
info threads
#= Thread 1.1 (bare, processor 0
#= Thread 1.2 (bare, processor 1
thread 2
#= [Switching to thread 2 (Thread 1.2)]
info registers pc
#= pc
c
#= exited normally
#= status 0
