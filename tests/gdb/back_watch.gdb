# Watchpoints, back: told where the store has been made, before gdb takes it back; each one, by single instructions and
# not, and a breakpoint at that very place first.
break *(&after)
c
#= after ()
watch *(int *)&cell
reverse-stepi
#= Old value = 2
#= New value = 0
#= last ()
reverse-stepi
reverse-stepi
info symbol $pc
#= skip + 4 in section
break *(&second)
break *(&load)
reverse-continue
#= load ()
reverse-continue
#= Old value = 0
#= New value = 514
#= swap ()
reverse-continue
#= Old value = 514
#= New value = 2
#= slot ()
reverse-continue
#= Old value = 2
#= New value = 1
#= second ()
reverse-continue
#= Old value = 1
#= New value = 0
#= first ()
# To and fro over one store.
stepi
#= Old value = 0
#= New value = 1
#= second ()
reverse-stepi
#= Old value = 1
#= New value = 0
#= first ()
c
#= Old value = 0
#= New value = 1
#= second ()
reverse-continue
#= Old value = 1
#= New value = 0
#= first ()
reverse-continue
#= No more reverse-execution history
