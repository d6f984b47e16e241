# Memory of one computer of two is changed: the exchange of digests notices.
set schedule-multiple on
tbreak count
c
#= Thread 1.1 hit Temporary breakpoint
set var table[3] = 1
c
#= understudy: the computers differ at the end of epoch 7
#= received signal SIGABRT
info threads
#= Thread 2.1 (backup, epoch 7
c
#= exited with code 0175
#= status 125
#= counter 55, table 1
