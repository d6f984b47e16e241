# Whoever comes to the port may be any user of this host: 'monitor' uses no files.
#! is not to be seen
monitor save there
#= 'there': no files for who comes by gdb
monitor source /etc/passwd
#= '/etc/passwd': no files for who comes by gdb
monitor load /etc/passwd
#= '/etc/passwd': no files for who comes by gdb
monitor trace there
#= 'there': no files for who comes by gdb
monitor screenshot there
#= 'there': no files for who comes by gdb
monitor window font there
#= 'there': no files for who comes by gdb
monitor record there
monitor timeline there.svg
monitor assert same-output /etc/passwd
#= '/etc/passwd': no files for who comes by gdb
monitor disk commit
monitor load
monitor info clock
#= bare: 0.0000
shell cat there there.svg 2>/dev/null && echo is not to be seen
c
#= exited normally
#= status 0
