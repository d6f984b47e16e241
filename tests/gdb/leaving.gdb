# Detach: the guest runs on, and a gdb may come again while it runs.
detach
#= detached
eval "target extended-remote localhost:%d", $port
p $pc
#= $1 =
interrupt
kill
#= killed
#= status 130
