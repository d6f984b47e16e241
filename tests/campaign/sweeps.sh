# sweeps.sh - what prove.sh and sweep.sh have in common: UNDERSTUDY and GUESTS are their arguments; they run in a folder
# of their own, count what they check, and show the first lines of what failed.
set -u
understudy=$1 guests=$2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0 checks=0

check() { # check WHAT STATUS: the status is 0
    checks=$((checks + 1))
    [ "$2" -eq 0 ] && return
    failures=$((failures + 1))
    echo "FAILED: $1"
    cat out err 2>/dev/null | head -n 5
}
sweep() { # sweep STATUS ARGUMENTS...
    wanted=$1
    shift
    "$understudy" sweep "$@" >out 2>err
    [ $? -eq "$wanted" ]
    check "understudy sweep $* exits with $wanted" $?
}
