#!/bin/sh
# cppcheck.sh REPOSITORY - cppcheck finds nothing in the program. Findings that are not are listed, with the reason, in
# .cppcheck. Status 77 (skipped) where cppcheck is not installed.
cd "$1" || exit 2
if ! command -v cppcheck >/dev/null; then
    echo "SKIPPED: no cppcheck (package cppcheck)"
    exit 77
fi
# Newer ones (Debian 13: 2.17) look at some branches only, and say so, unless they are asked for all.
set -- --quiet
cppcheck --help | grep -q -e --check-level && set -- "$@" --check-level=exhaustive
exec cppcheck "$@" --error-exitcode=1 --suppressions-list=.cppcheck --enable=warning,portability --inline-suppr \
    -DUS_TAIL_CALLS=1 -I. cpu mmu ft io monitor
