# Stops, steps, ways back and looking around, of two computers, for same.sh: the run is the same.
#! Error
set schedule-multiple on
break audit
c
#= Thread 1.1 hit Breakpoint 1.1
x/16xw books
c
#= Thread 2.1 hit Breakpoint 1.2
stepi 50
reverse-stepi 20
monitor info outstanding
info registers
delete
watch books[3].batch
c
#= Hardware watchpoint 2
reverse-continue
delete
c
#= exited normally
#= status 0
#= ledger: the books balance
