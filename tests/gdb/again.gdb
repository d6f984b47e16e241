# `monitor load`: from the beginning, with what was changed; the terminal and the disk stay the run's.
#! Error
break count
c
#= Breakpoint 1, count (by=1)
monitor set clock-hz=1000000
monitor load
maintenance flush register-cache
info threads
#= instruction 0)
c
#= Breakpoint 1, count (by=1)
monitor info clock
#= bare: 0.000325
delete
c
#= exited normally
#= status 0
#= counter 55, table 44444444
