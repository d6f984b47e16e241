#!/bin/sh
# mutants.sh - each of three mutants of the rule (docs/time.md) is found by campaign_perturb: a promise too large, a
# flag read beside the promises, an order by arrival.
#
# usage: mutants.sh [--commands N] [--seed S] [-j N] BUILD GUESTS
#
# BUILD is the build folder of the preset perturb. A mutant is one file with one change; it is compiled as BUILD
# compiles that file, and linked before the library that has the file as it is. Commands are drawn in the campaign's
# order, no more than N, until one of them differs or hangs; the program without a change must be right on all of those.
commands=3000 seed=7 jobs=2
while [ $# -gt 0 ]; do
    case $1 in
    --commands) commands=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    -j) jobs=$2; shift 2 ;;
    -*) echo "mutants.sh: unknown option '$1': --commands N, --seed S, -j N are wanted" >&2; exit 2 ;;
    *) break ;;
    esac
done
[ $# = 2 ] || { echo "usage: mutants.sh [--commands N] [--seed S] [-j N] BUILD GUESTS" >&2; exit 2; }
source=$(cd "$(dirname "$0")/../.." && pwd) && build=$(cd "$1" && pwd) && guests=$(cd "$2" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
changed=$work/mutant.c object=$work/mutant.o program=$work/understudy
ninja -C "$build" -t commands understudy >"$work/commands" || exit 2
at_once=20 most=0 found=0 missed=0

# campaign PROGRAM FIRST COUNT: what it says is in $work/said.
campaign()
{
    "$build/campaign_perturb" --program "$1" --first "$2" --commands "$3" --seed "$seed" -j "$jobs" "$guests" \
        >"$work/said" 2>&1
}

miss()
{
    echo "$1"
    missed=$((missed + 1))
}

# build FILE: $program, with $changed in the place of FILE.
build()
{
    compile=$(grep -F -e "-c $source/$1" "$work/commands" | sed "s# -MD .*# -o $object -c $changed#")
    link=$(tail -n 1 "$work/commands" | sed "s# -o understudy # $object -o $program #")
    (cd "$build" && eval "$compile" && eval "$link")
}

# mutant NAME FILE CHANGE: CHANGE is sed's.
mutant()
{
    sed "$3" "$source/$2" >"$changed"
    if cmp -s "$changed" "$source/$2"; then
        miss "$1: nothing is changed: the file is another now"
        return
    fi
    if ! build "$2"; then
        miss "$1: cannot be compiled"
        return
    fi
    first=0
    while [ $first -lt "$commands" ]; do
        if ! campaign "$program" $first $at_once; then
            number=$(sed -n 's/^not ok: command \([0-9]*\):.*/\1/p' "$work/said" | sort -n | head -n 1)
            echo "$1: found by command $number of seed $seed" \
                "($(sed -n "s/^not ok: command $number: //p" "$work/said" | cut -c 1-80))"
            found=$((found + 1))
            [ "$((first + at_once))" -gt $most ] && most=$((first + at_once))
            return
        fi
        first=$((first + at_once))
    done
    miss "$1: MISSED by $commands commands of seed $seed"
}

mutant "a promise too large" ft/computer/promise.c \
    '/^static uint64_t promise_to_peer/,/^}/s/+ channel->latency_ps;/+ 2 * channel->latency_ps;/'
mutant "a flag read beside the promise" ft/vmm/actions_run.c \
    '/^uint64_t vmm_horizon_ps/,/^}/s/vmm->linked ?/vmm->linked \&\& computer->world->faults_left[ROLE_BACKUP] ?/'
mutant "an order by arrival" ft/computer/promise.c \
    '/^bool computer_may_act/,/^}/s/if (now >= known_bound(computer) .*/if (0)/'

if campaign "$build/understudy" 0 "$most"; then
    echo "without a change: $(tail -n 1 "$work/said")"
else
    cat "$work/said"
    miss "without a change the program is not right either"
fi
echo "$found found, $missed missed"
[ $missed = 0 ]
