# Watchpoints, forward: gdb takes an access to be told before it is made, and steps over it. Each one counts, in a row
# and with breakpoints between, in a delay slot, and as a read-and-write; a nullified one does not.
break main
c
watch *(int *)&cell
break *(&second)
break *(&swap)
c
#= Old value = 0
#= New value = 1
#= second ()
stepi
#= Old value = 1
#= New value = 2
#= branch ()
c
#= Old value = 2
#= New value = 514
#= swap ()
c
#= Old value = 514
#= New value = 0
#= load ()
c
#= Old value = 0
#= New value = 2
#= after ()
info breakpoints
#= stores.S:12
#= breakpoint already hit 1 time
#= stores.S:19
#= breakpoint already hit 1 time
# Another future, from the first store on: what is only read, or both; two at one place; a condition.
delete 3
delete 4
delete 2
tbreak *(&first)
reverse-continue
#= first ()
rwatch *(short *)((char *)&cell + 2)
awatch *((char *)&cell + 3)
tbreak *(&after)
c
#= Hardware access (read/write) watchpoint 7
#= New value = 1 '\001'
#= second ()
c
#= New value = 2 '\002'
#= branch ()
c
#= Hardware access (read/write) watchpoint 7
#= load ()
c
#= Hardware read watchpoint 6
#= Hardware access (read/write) watchpoint 7
#= skip ()
c
#= Old value = 0 '\000'
#= New value = 2 '\002'
#= after ()
delete
c
#= exited normally
#= status 0
