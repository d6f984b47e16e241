# `--gdb PORT,files`: what a person at this host allows.
monitor save there
monitor trace log
monitor trace off
shell test -s there && echo it is there
#= it is there
c
#= exited normally
#= status 0
