#!/bin/sh
# bench_engines.sh UNDERSTUDY - `bench --engines` without qemu: every guest, one round, in its JSON and its drawing; and
# with a qemu that ends at once or comes to something else.
understudy=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail()
{
    echo "FAILED: $*"
    failed=1
}

# refused WANTED ARGUMENT...: one line with WANTED in it, and status 2.
refused()
{
    wanted=$1
    shift
    "$understudy" bench "$@" >"$work/out" 2>"$work/error" </dev/null
    status=$?
    [ $status -eq 2 ] && [ "$(wc -l <"$work/error")" -eq 1 ] && grep -q "$wanted" "$work/error" && return
    fail "status $status, '$wanted' is wanted: bench $*"
    cat "$work/error"
}

# qemu SCRIPT: what is found as qemu-system-hppa.
qemu()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$work/qemu-system-hppa"
    chmod +x "$work/qemu-system-hppa"
}

refused 'no image' --engines some.elf
refused 'no image' --engines --timeout 5
if ! "$understudy" --version | grep -q 'engine: translator'; then
    refused 'no translator' --engines --runs 1
    exit $failed
fi
path=$PATH
PATH=$work "$understudy" bench --engines --json --runs 1 --plot "$work/plot.svg" \
    >"$work/json" 2>"$work/error" </dev/null ||
    fail "$(cat "$work/error")"
for guest in integer mixed floating bytecode memory virtual calls; do
    grep -q "\"name\": \"$guest\"" "$work/json" || fail "no $guest"
done
grep -A2 geometric_mean "$work/json" | grep -q '"interpreter": [0-9]' || fail 'no mean'
grep -q qemu "$work/json" && fail 'there is no qemu'
[ "$(grep -c '<rect' "$work/plot.svg")" -eq 15 ] || fail 'not two bars for each of seven guests'
PATH=$work:$path
qemu 'exit 1'
refused 'does not come to the end' --engines --runs 1
qemu 'echo begin; echo end 12345678; exec sleep 100'
refused 'comes to 12345678 with qemu' --engines --runs 1
# Nothing goes on when the bench is killed.
qemu "echo \$\$ >$work/process; exec sleep 100"
"$understudy" bench --engines --runs 1 >"$work/out" 2>&1 </dev/null &
bench=$!
until [ -s "$work/process" ]; do sleep 0.1; done
kill -9 $bench
wait $bench
tries=0
while grep -q '^State:.[^Z]' "/proc/$(cat "$work/process")/status" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { fail 'its qemu goes on'; kill "$(cat "$work/process")"; break; }
    sleep 0.1
done
exit $failed
