# pair.sh - what the tests of live pairs share: who is who, as the world's lines in the file `err` say, and waiting. To
# be read by a script (`.`) that has `live`, the process of `understudy live`, and `fail`.

# The process of the node that is the $1 now.
process_of() {
    awk -v role="is the $1" '$2 == "node" && $4 == "is" && $5 == "process" { process[$3] = $6 }
        $2 == "node" && index($0, role) { last = $3 }
        END { print process[last] }' err
}
# Are there a primary and a backup that has everything?
paired() {
    awk '$2 == "node" && /is the primary$/ { primary = $3; backup = 0 }
        $2 == "node" && /is the backup$/ { backup = $3 }
        $2 == "node" && /is gone$/ { if ($3 == backup) backup = 0; if ($3 == primary) primary = 0 }
        END { exit !(primary && backup) }' err
}
# await COMMAND...: until it holds; else the pair has ended.
await() {
    until "$@"; do
        kill -0 "$live" 2>/dev/null || fail "the pair has ended: $*"
        sleep 0.02
    done
}
# hold CLIENT N: N free ports of the host are this test's until it ends; their numbers are in the file `ports`.
hold() {
    "$1" hold "$2" >ports &
    until grep -q . ports; do kill -0 $! || exit 1; done
}
