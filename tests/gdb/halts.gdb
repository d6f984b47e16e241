# A guest that halts can be looked at, and gone back from.
c
#= no memory at its vector
#= Program received signal SIGILL
info threads
#= instruction 313
reverse-stepi
info threads
#= instruction 312
c
#= Program received signal SIGILL
c
#= exited with code 0176
#= status 126
#= understudy: halted:
