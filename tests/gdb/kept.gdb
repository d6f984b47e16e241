# A commit keeps it: nothing is left to throw away.
break disk_flush
ignore 1 3
c
#= disk_flush
monitor disk commit
kill
#= killed
#= status 130
#! thrown away
