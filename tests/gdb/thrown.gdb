# What a guest wrote to its disk is thrown away with it when gdb kills it, and that is said.
break disk_flush
ignore 1 3
c
#= disk_flush
kill
#= killed
#= status 130
#= what the last run changed on the disk is thrown away: 30 blocks of 'disk.img'
