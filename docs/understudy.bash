# bash completion for understudy. Made from the program's own tables by the target docs-manual.
_understudy() {
    local at=$COMP_CWORD word=${COMP_WORDS[COMP_CWORD]} words= options= images= nothing=no
    # The shell takes words apart at = and @.
    case $word in = | @) word= at=$((at + 1)) ;; esac
    local before=${COMP_WORDS[at-1]}
    [ "$before" = = ] && before=${COMP_WORDS[at-2]} && [[ $before != -* ]] && nothing=yes
    case $before in
    @) words="instruction= epoch= time= step= operation=" nothing=yes; compopt -o nospace ;;
    --mode) words="bare solo pair" ;;
    --protocol) words="dec bs bs-revised yokogawa vmware remus" ;;
    --failover) words="disconnect uncertain reissue" ;;
    --console) words="sequenced plain" ;;
    --crash) words="primary@ backup@"; compopt -o nospace ;;
    --computer) words="primary, backup,"; compopt -o nospace ;;
    --break-assumption) words="tlb clock delivery dma traps undefined privilege fifo detection output-commit fencing arbiter shared-disk equalize valid-flag" ;;
    --keys) words="raw line" ;;
    --engine) words="auto interpreter translator" ;;
    --threads) words="1 2" ;;
    --faults) words="primary backup partial both repair join cut delay false acks medium flip hard damage" ;;
    --listen | --world | --epoch | --ram | --append | --seed | --fault | --repair | --timeout | --gdb | --vm | --jobs | --probes | --sample | --points | --shard | -j | -D | --host-timeout | -x | --lines) nothing=yes ;;
    --set) words="clock-hz= world-clock= computers= processors= spares= trap-delay= tlb-entries= tlb-combined= disk-latency-us= disk-spread-us= sync= drift-ppm= channel-latency-us= channel-bits-per-s= channel-crash= net-latency-us= net-bits-per-s= heartbeat-us= timeout-us= world-timeout= digest-epochs= lag-epochs= lag-report-us= lag-max-us= snapshot-mib= epoch-counts= epoch-on-drain= epoch-on-idle= timing= counter-skid= skid-margin= critical-max= thin-timer= thin-max-us= gather-us= drain-priv= cost-simulate-us= cost-epoch-us= cost-page-us= cost-other-us= cost-instruction-ns="; compopt -o nospace ;;
    protocol) words="dec bs bs-revised yokogawa vmware remus" ;;
    help) words="run replay protocol sweep test bench live world node help system load boot reset continue step next finish until epoch reverse-step reverse-continue reverse-epoch crash repair cut heal delay ack-loss flip processor vm disk assume arbiter info x print symbol backtrace up down list display symbol-file history trace disassemble break tbreak watch rwatch awatch condition ignore enable disable delete focus set compare why who-knows timeline expect send assert ask record if else end while repeat source echo gdb apropos save restore window screenshot quit" ;;
    esac
    case ${COMP_WORDS[1]} in
    help) nothing=yes ;;
    run) options="--mode --protocol --failover --epoch --ram --disk --virtio --kernel --initrd --append --seed --console --crash --fault --computer --break-assumption --repair --timeout --json --record --gdb --trusted-network --window --keys --engine --threads --set --beside --vm --help" ;;
    sweep) options="--mode --protocol --failover --epoch --ram --disk --virtio --kernel --initrd --append --seed --console --crash --fault --computer --break-assumption --repair --timeout --json --engine --set --vm --jobs --probes --to-the-end --sample --faults --points --shard --csv --svg --help" ;;
    world) options="--help --listen --trusted-network --alone-after --mode --protocol --failover --epoch --ram --disk --virtio --kernel --initrd --append --seed --console --crash --fault --computer --break-assumption --repair --timeout --json --record --gdb --trusted-network --window --keys --engine --threads --set --beside --vm" ;;
    node) options="--help --world --listen --monitor --window --json --trusted-network" ;;
    live) options="--help --window --alone-after --nodes --respawn --mode --protocol --failover --epoch --ram --disk --virtio --kernel --initrd --append --seed --console --crash --fault --computer --break-assumption --repair --timeout --json --record --gdb --trusted-network --window --keys --engine --threads --set --beside --vm" ;;
    test) options="--help -j -D -C --sandbox --timeout --host-timeout --save-dir --junit --json --html" ;;
    replay) options="--help --json" ;;
    bench) options="--help --json --plot --runs --timeout --engines --paper --set --thin --protocols" ;;
    *) options="--help -x -i -D -C --timeout --lines" ;;
    esac
    # An image may be the bare name of a guest that came with the program.
    case ${COMP_WORDS[1]}$words in
    run | sweep | live | world | bench)
        local guest
        for guest in "$(understudy --version 2>/dev/null | sed -n 's/^guests: //p')"/*.elf; do
            guest=${guest##*/}
            images+=" ${guest%.elf}"
        done ;;
    esac
    [ "$COMP_CWORD" = 1 ] && words="--help --version run replay protocol sweep test bench live world node help"
    case $nothing:$word in
    yes:*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    no:-*) COMPREPLY=($(compgen -W "$options $words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words $images" -- "$word"))
        [ -n "$words" ] && [ "$COMP_CWORD" != 1 ] || COMPREPLY+=($(compgen -f -- "$word")) ;;
    esac
}
complete -o filenames -F _understudy understudy
