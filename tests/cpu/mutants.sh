#!/bin/sh
# mutants.sh - every fault put into the translator on purpose is found by test_translator.
#
# usage: mutants.sh SOURCE IMAGE CC FLAGS... -- LIBRARIES...   (from a folder of its own)
# A mutant is one file with one change; it is compiled and linked before the library that has the file as it is. The
# test must fail; without a change it must pass, with less than three seconds of processor time: one that takes ten does
# not end.
source=$1 image=$2
shift 2
compile= libraries= seen=
for word; do
    if [ "$word" = -- ]; then
        seen=yes
    elif [ "$seen" ]; then
        libraries="$libraries $word"
    else
        compile="$compile $word"
    fi
done
rm -rf mutants && mkdir mutants && cd mutants || exit 2
for file in tests/cpu/test_translator tests/isa/insn_random; do
    $compile -c "$source/$file.c" -o "$(basename $file).o" || exit 2
done
objects="test_translator.o insn_random.o"
found=0 missed=0

# mutant NAME FILE CHANGE: CHANGE is sed's.
mutant()
{
    sed "$3" "$source/$2" >mutant.c
    if cmp -s mutant.c "$source/$2"; then
        echo "$1: nothing is changed: the file is another now"
        missed=$((missed + 1))
        return
    fi
    if ! $compile -Wno-unused -c mutant.c -o mutant.o || ! $compile -o mutant $objects mutant.o $libraries; then
        echo "$1: cannot be compiled"
        missed=$((missed + 1))
    elif (ulimit -t 10 && exec ./mutant "$image" --programs 600) >output 2>&1; then
        echo "$1: MISSED"
        missed=$((missed + 1))
    else
        echo "$1: found ($(grep -c FAIL output) programs, or a crash, or no end)"
        found=$((found + 1))
    fi
}

$compile -o sound $objects $libraries && ./sound "$image" --programs 60 || exit 1

jit=cpu/jit
mutant "a lost debit" $jit/x86_64.c '/^void emit_debit/,/^}/s/put8(e, debit)/put8(e, debit - 1)/'
mutant "a branch that is not counted" $jit/x86_64.c '/^void emit_debit/,/^}/s/put32(e, debit)/put32(e, debit + 1)/'
mutant "a nullified branch that is counted" $jit/block_translate.c \
    '/^static void translate_sentinel/,/^}/s/emit_uncount_branch(&t->emit)/(void)0/'
mutant "a budget that is not written back" $jit/x86_64.c \
    '/^static void arrive_in_c/,/^}/{/offsetof(struct cpu, budget)/d}'
mutant "a forgotten unlink" $jit/jit.c '/^static void block_dropped/,/^}/{/emit_link/s/emit_link.*/(void)0;/}'
mutant "a stale chain: who links is not noted" $jit/jit.c 's/^    block->incoming = incoming;//'
mutant "a wrong carry" $jit/translate_integer.c '/^static void store_carries/,/^}/s/ALU_AND, REG_A, b/ALU_OR, REG_A, b/'
mutant "carries that nobody seems to see" $jit/translate_integer.c \
    '/joins\[at\].used)/{n;s/CARRY_SEEN/CARRY_DEAD/;}'
mutant "a division's carry from memory" $jit/translate_integer.c \
    '/^enum reg translate_carry_bit/,/^}/s/word\[i\] == CARRY_BIT/word[i] == NO_WORD - 5/'
mutant "a tag that is not dropped" cpu/core/soft_tlb.c \
    '/^void soft_drop_page/,/^}/s/^        drop_short_page.*/        (void)0;/'
mutant "stores that go on after a page has code" cpu/core/soft_tlb.c \
    '/^void soft_drop_stores/,/^}/s/^        drop_short_stores.*/        (void)0;/'
mutant "one table for several spaces" cpu/core/soft_tlb.c '/^void soft_short_choose/,/^}/s/sr\[4\] == sr\[5\] && //'
mutant "a write-through forgotten" $jit/block_translate.c \
    '/^void translate_define/,/^}/s/^    emit_store/    if (offset != source_gr(17))\n        emit_store/'
mutant "registers of one way where two meet" $jit/block_translate.c \
    '/^static void cache_meet/,/^}/s/cache->word\[i\] != other->word\[i\]/0/'
mutant "registers that are not loaded again" $jit/block_translate.c \
    '/^static void finish_cold/,/^}/s/emit_load(e, (enum reg)(REG_POOL + i), cold->cache.word\[i\])/(void)0/'
mutant "a nullified instruction that is executed" $jit/translate_integer.c \
    '/^void translate_nullify/,/^}/s/condition, t->at + 2/condition, t->at + 1/'
mutant "a link too near" $jit/translate_branch.c 's/own_address(t, r, 8)/own_address(t, r, 4)/'
mutant "a privilege level that stays" $jit/translate_branch.c '/^static void demote/,/^}/s/IF_BELOW/IF_NOT_BELOW/'
mutant "an unaligned reference that is made" $jit/x86_64.c 's/UINT32_C(0xFFFFF000) | (size - 1)/UINT32_C(0xFFFFF000)/'
mutant "underflow on the host's units" $jit/translate_float.c 's/first = is_sum ? 0 : 2/first = 0/'
mutant "inexact that is not signalled" $jit/translate_float.c \
    '/^void translate_float_checks/,/^}/s/IF_NOT_EQUAL, otherwise/IF_BELOW, otherwise/'
mutant "floating point behind a closed gate" $jit/translate_float.c \
    's/emit_test_state(e, offsetof(struct cpu, fpu_gate), 0xFF)/emit_test_state(e, offsetof(struct cpu, fpu_gate), 2)/'

echo "$found found, $missed missed"
[ $missed = 0 ]
