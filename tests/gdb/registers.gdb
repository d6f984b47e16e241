# Every register: set by the monitor under the manual's name, read by gdb under its own; and one the other way round.
monitor set $cr11=0x1b
monitor set $cr15=0xe1e10015
monitor set $cr19=0x19191919
monitor set $cr20=0x20202020
monitor set $cr21=0x21212121
monitor set $psw=0x00022005
monitor set $cr31=0x31313131
monitor set $sr4=0x104
monitor set $sr0=0x100
monitor set $sr1=0x101
monitor set $sr2=0x102
monitor set $sr3=0x103
monitor set $sr5=0x105
monitor set $sr6=0x106
monitor set $sr7=0x107
monitor set $cr0=0x10000000
monitor set $cr8=0x108
monitor set $cr9=0x109
monitor set $cr10=0xc0
monitor set $cr12=0x10c
monitor set $cr13=0x10d
monitor set $cr24=0x24242424
monitor set $cr25=0x25252525
monitor set $cr26=0x26262626
monitor set $cr27=0x27272727
monitor set $cr28=0x28282828
monitor set $cr29=0x29292929
monitor set $cr30=0x30303030
monitor set $r1=0x1001
monitor set $r2=0x1002
monitor set $r26=0x101a
monitor set $r27=0x101b
monitor set $r28=0x101c
monitor set $r29=0x101d
monitor set $r30=0x101e
monitor set $r31=0x101f
monitor set $iaoq_front=0x2000
monitor set $iaoq_back=0x2004
monitor set $iasq_front=0x201
monitor set $iasq_back=0x202
monitor set $fr0=0x0000001011111111
monitor set $fr3=0x3333333344444444
monitor set $fr4=0x3fc00000c0200000
monitor set $fr31=0x4048f5c33f000000
maintenance flush register-cache
p/x $sar
#= = 0x1b
p/x $eiem
#= = 0xe1e10015
p/x $iir
#= = 0x19191919
p/x $isr
#= = 0x20202020
p/x $ior
#= = 0x21212121
p/x $ipsw
#= = 0x22005
p/x $goto
#= = 0x31313131
p/x $sr4
#= = 0x104
p/x $sr0
#= = 0x100
p/x $sr1
#= = 0x101
p/x $sr2
#= = 0x102
p/x $sr3
#= = 0x103
p/x $sr5
#= = 0x105
p/x $sr6
#= = 0x106
p/x $sr7
#= = 0x107
p/x $cr0
#= = 0x10000000
p/x $cr8
#= = 0x108
p/x $cr9
#= = 0x109
p/x $ccr
#= = 0xc0
p/x $cr12
#= = 0x10c
p/x $cr13
#= = 0x10d
p/x $cr24
#= = 0x24242424
p/x $cr25
#= = 0x25252525
p/x $cr26
#= = 0x26262626
p/x $mpsfu_high
#= = 0x27272727
p/x $mpsfu_low
#= = 0x28282828
p/x $mpsfu_ovflo
#= = 0x29292929
p/x $pad
#= = 0x30303030
p/x $r1
#= = 0x1001
p/x $rp
#= = 0x1002
p/x $r26
#= = 0x101a
p/x $dp
#= = 0x101b
p/x $ret0
#= = 0x101c
p/x $ret1
#= = 0x101d
p/x $sp
#= = 0x101e
p/x $r31
#= = 0x101f
p/x $pcoqh
#= = 0x2000
p/x $pcoqt
#= = 0x2004
p/x $pcsqh
#= = 0x201
p/x $pcsqt
#= = 0x202
p/x $flags
#= = 0x0
info registers fpsr
#= 0x10
info registers fpe1
#= 0x11111111
info registers fpe6
#= 0x33333333
info registers fpe7
#= 0x44444444
p $fr4
#= = 1.5
p $fr4R
#= = -2.5
p $fr31R
#= = 0.5
set $r19 = 0x77
monitor print/x $r19
#= 0x00000077
set $fr31R = 3
monitor info registers fr31
#= 0x4048f5c340400000
kill
#= status 130
