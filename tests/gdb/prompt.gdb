# `gdb PORT` in the monitor: afterwards the guest is where gdb left it, and everything is the monitor's again.
#! Error
break count
c
#= Breakpoint 1, count (by=1)
monitor print $arg0
#= 0x00000001
monitor info breakpoints
#= 1  0x0001
monitor system
#= is not for gdb's 'monitor'
stepi
detach
#= detached
#= status 0
#= gdb has detached, instruction 326
#= breakpoint 1, instruction 343
