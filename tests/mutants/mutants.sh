#!/bin/sh
# mutants.sh - `understudy sweep` finds every error that list.sh plants, in a protocol or in the monitor below it; and
# the protocols as they are hold (tests/campaign/prove.sh).
#
# usage: mutants.sh [--quick] [--only NAME,...] [--points N] [-j N] BUILD
#
# BUILD is a build folder. A mutant of the program is one file with one change; it is compiled as BUILD compiles that
# file, and linked before the library that has the file as it is. A line for each mutant: its name, the rule, what is
# wrong, and what the sweep says of it; they are the rows of docs/mutants.md.
# --quick: those that need no compiler and few points.
only="" points=2000000 jobs=2 quick=no
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=yes; shift ;;
    --only) only=$2; shift 2 ;;
    --points) points=$2; shift 2 ;;
    -j) jobs=$2; shift 2 ;;
    -*) echo "mutants.sh: unknown option '$1': --quick, --only NAME,..., --points N, -j N are wanted" >&2; exit 2 ;;
    *) break ;;
    esac
done
[ $# = 1 ] || { echo "usage: mutants.sh [--quick] [--only NAME,...] [--points N] [-j N] BUILD" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd) && source=$(cd "$here/../.." && pwd) && build=$(cd "$1" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
ln -s "$build/guests" guests || exit 2 # where a program looks for them
found=0 missed=0

miss()
{
    echo "$1: $2"
    missed=$((missed + 1))
}

# changed FILE CHANGE: does sed's CHANGE make another text of FILE?
changed()
{
    sed "$2" "$1" >changed_file && ! cmp -s changed_file "$1"
}

# compile FILE: $program has changed_file in the place of FILE.
compile()
{
    [ -s commands ] || ninja -C "$build" -t commands understudy >commands || return 1
    compile=$(grep -F -e "-c $source/$1" commands | sed "s# -MD .*# -o $work/changed.o -x c -c $work/changed_file#")
    link=$(tail -n 1 commands | sed "s# -o understudy # $work/changed.o -o $work/understudy #")
    (cd "$build" && eval "$compile" && eval "$link") >said 2>&1 && program=$work/understudy
}

# prove NAME RULE WHAT ARGUMENT...
prove()
{
    name=$1 rule=$2 what=$3
    shift 3
    "$program" sweep "$@" --points "$points" --jobs "$jobs" >said 2>&1
    status=$?
    sentence=$(sed -n '1s/^[^ ]* is wrong: //p' said)
    if [ $status != 1 ] || [ -z "$sentence" ]; then
        miss "$name" "MISSED: status $status: $(head -n 1 said)"
        return
    fi
    echo "| $name | $rule | $what | $(echo "$sentence" | cut -c 1-100) |"
    found=$((found + 1))
}

# mutant NAME RULE PROTOCOL WHAT HOW...: see list.sh.
mutant()
{
    name=$1 rule=$2 protocol=$3 what=$4 program=$build/understudy broken=''
    case ",$only," in ,, | *",$name,"*) ;; *) return ;; esac
    shift 4
    case "$quick $*" in yes*source* | yes*slow*) return ;; esac
    "$program" protocol "$protocol" >"$name.proto"
    while [ $# -gt 0 ]; do
        case $1 in
        slow) shift ;;
        broken)
            broken=$2
            shift 2
            ;;
        source)
            change=$4
            [ "$3" = - ] || change=$(printf '/^[a-z].*[ *]%s(/,/^}/{\n%s\n}' "$3" "$4")
            changed "$source/$2" "$change" || { miss "$name" "nothing is changed: $2 is another now"; return; }
            compile "$2" || { miss "$name" "cannot be compiled: $(grep -m 1 error said)"; return; }
            shift 4
            ;;
        file)
            changed "$name.proto" "$2" || { miss "$name" "nothing is changed: $protocol is another now"; return; }
            mv changed_file "$name.proto"
            shift 2
            ;;
        esac
    done
    prove "$name" "$rule" "$what" --protocol "$name.proto" ${broken:+--break-assumption "$broken"}
}

. "$here/list.sh"
echo "$found found, $missed missed"
[ $missed = 0 ] && [ $found != 0 ]
