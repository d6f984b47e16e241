# xvfb.sh - sourced: an X server without a screen, for the scripts here. It is ended by the caller (kill "$server").

# Start it: $server is its process, $display its name. Xvfb says which number is free. One that began anew whenever its
# last client leaves would refuse the next one meanwhile.
start_server() {
    rm -f number
    Xvfb -displayfd 3 -screen 0 1600x1200x24 -noreset -nolisten tcp 3>number 2>xvfb.log &
    server=$!
    while [ ! -s number ]; do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    display=:$(cat number)
}
