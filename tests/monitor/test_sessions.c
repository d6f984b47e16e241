/* test_sessions.c - the monitor without a terminal: where commands come from, and what failures do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* Command lines that fail, what they say, and commands before them. */
struct failure {
    const char *before, *line, *wanted;
};

static const struct failure failures[] = {
    {"", "walk", "unknown command 'walk'"},
    {"", "s'tep", "a quote ' is not closed"},
    {"", "st\"ep", "a quote \" is not closed"},
    {"", "step", "no image is loaded"},
    {"", "continue", "no image is loaded"},
    {"", "epoch", "no image is loaded"},
    {"", "crash", "no image is loaded"},
    {"", "load", "no image to load again"},
    {"", "load missing.elf", "'missing.elf' cannot be read"},
    {"", "load probe.elf twice", "load takes less"},
    {"", "info", "info needs more"},
    {"", "info weather", "unknown topic of info 'weather'"},
    {"", "info registers", "there is no system yet"},
    {"", "x/4xw 0", "there is no system yet"},
    {"", "disassemble", "there is no system yet"},
    {"", "focus primary", "there is no system yet"},
    {"", "break", "break needs more"},
    {"", "break main", "'main' is no number, symbol or $register"},
    {"", "print $insns", "'$insns' has no value yet: there is no system"},
    {"", "print r1", "'r1' has no value yet: there is no system"},
    {"", "load legder", "did you mean 'ledger'?"},
    {"load probe.elf", "break mian", "did you mean 'main'?"},
    {"load probe.elf", "print 2 * mian", "did you mean 'main'?"},
    {"load probe.elf", "print $inss", "did you mean '$insns'?"},
    {"load probe.elf", "print insns", "did you mean '$insns'?"},
    {"load probe.elf", "print $ipws", "did you mean '$ipsw'?"},
    {"set $rounds = 1\nload probe.elf", "print $roundz", "did you mean '$rounds'?"},
    {"", "delete 1", "no breakpoint 1"},
    {"", "delete x", "'x' is no number"},
    {"", "set clock-hz", "NAME=VALUE"},
    {"", "set clock-hz=x", "clock-hz cannot be 'x'"},
    {"", "set weather=1", "no setting 'weather'"},
    {"", "help weather", "unknown command 'weather'"},
    {"", "system --frob", "unknown option '--frob'"},
    {"", "system probe.elf", "'load IMAGE' comes after"},
    {"", "system --json x.json", "unknown option '--json'"},
    {"", "system --mode solo --crash primary@epoch=1", "--crash needs --mode pair"},
    {"", "quit now", "quit takes less"},
    {"", "whil 0", "written in full"},
    {"", "source missing.us", "script 'missing.us' cannot be opened"},
    {"", "source failure.us", "is the 17th script inside another"},
    {"", "if $nothing\nend", "'$nothing' is no number"},
    {"", "set $end = 1", "'$end' is a fact of the run"},
    {"", "set $9 = 1", "'$9' is no variable"},
    {"", "expect x", "no image is loaded"},
    {"", "ask", "ask needs more"},
    {"", "ask what 5", "ask needs more"},
    {"", "ask what 5 6", "'ask \"TEXT\" = EXPR [after COMMAND] [because \"WHY\"]' is wanted"},
    {"", "ask two words = 5", "'ask \"TEXT\" = EXPR"},
    {"", "ask what = 5 after", "'ask \"TEXT\" = EXPR"},
    {"", "ask what = 5 because", "'ask \"TEXT\" = EXPR"},
    {"", "ask what = 5 because two words", "'ask \"TEXT\" = EXPR"},
    {"", "ask what = because why", "'ask \"TEXT\" = EXPR"},
    {"", "ask what = after why", "'ask \"TEXT\" = EXPR"},
    {"", "set $questions = 1", "'$questions' is a fact of the run"},
    {"", "assert 1 == 2", "'1 == 2' does not hold: the left is 1 (0x1), the right is 2 (0x2)"},
    {"", "assert (1 < 2) && 0", "'(1 < 2) && 0' does not hold"},
    {"", "assert explainable", "no image is loaded"},
    {"", "record x.log", "record needs --mode solo or pair"},
    {"", "replay missing.log", "'missing.log' cannot be read"},
    {"", "replay failure.us", "'failure.us' is no recording"},
    {"load probe.elf", "expect", "expect needs more"},
    {"load probe.elf", "expect two words", "a text with blanks is wanted in quotes"},
    {"load probe.elf", "expect x within y", "'y' is no count of instructions"},
    {"load probe.elf", "expect x\\q", "'\\q' is no escape"},
    {"load probe.elf", "expect \"\"", "there is nothing to expect"},
    {"load probe.elf", "expect nothing", "has not shown 'nothing': the run has ended (exit); it showed '"},
    {"load probe.elf", "expect x within 10", "has not shown 'x': instruction 10 is reached; it showed nothing"},
    {"load probe.elf\nbreak main", "expect x", "has not shown 'x': the run was stopped"},
    {"load probe.elf\nexpect probe", "expect probe", "has not shown 'probe'"},
    {"load probe.elf", "expect operator nothing", "the operator's console has not shown 'nothing'"},
    {"", "expect trace x", "no image is loaded"},
    {"load probe.elf", "expect trace two words", "'expect [operator|trace] \"TEXT\" [within N]'"},
    {"load probe.elf", "expect trace x within 0", "'0' is no count of instructions"},
    {"load probe.elf", "expect trace \"\"", "there is nothing to expect"},
    {"load probe.elf", "expect trace zz", "the trace has not shown 'zz': the run has ended (exit); it showed '"},
    {"load probe.elf\nexpect trace \"\\t00000000:\" within 1", "expect trace \"0\\t00000000:\" within 9",
     "the trace has not shown '0\\t00000000:': instruction 10 is reached; it showed '9\\t00000000:"},
    {"load probe.elf\ncontinue", "expect trace x", "has not shown 'x': the run has ended (exit); it showed nothing"},
    {"load probe.elf\nbreak main", "expect trace zz", "has not shown 'zz': the run was stopped; it showed '"},
    {"load probe.elf\ncontinue", "assert end halted", "the end is not 'halted' but 'exit'"},
    {"load probe.elf", "assert end late", "'late' is no end"},
    {"load probe.elf", "assert replayed", "nothing is replayed"},
    {"load probe.elf\ncontinue", "assert same-output failure.us", "they differ at byte 0, in line 1"},
    {"load probe.elf", "send two words", "a text with blanks is wanted in quotes"},
    {"system --mode solo\nload probe.elf\nstep", "record x.log", "the run has begun"},
    {"", "step/4", "step takes no /4"},
    {"load probe.elf", "disassemble/x", "no such format"},
    {"system --engine interpreter\nload probe.elf", "disassemble/n", "the interpreter executes"},
    {"load probe.elf", "step 0", "'0' is no count"},
    {"load probe.elf", "step -1", "'-1' is no count"},
    {"load probe.elf", "epoch", "a bare computer has no epochs"},
    {"load probe.elf", "crash", "crash needs --mode pair"},
    {"load probe.elf", "focus backup", "there is one computer"},
    {"load probe.elf", "break main+2", "a multiple of 4"},
    {"load probe.elf", "break main+", "a number, symbol or $register is wanted"},
    {"load probe.elf", "break nowhere", "'nowhere' is no number, symbol or $register"},
    {"load probe.elf\nbreak main", "break main", "breakpoint 1 is at"},
    {"load probe.elf", "print 1/0", "division by zero at its end"},
    {"load probe.elf", "print (1", "a ) is missing at its end"},
    {"load probe.elf", "print 1 2", "an operator is wanted at '2'"},
    {"load probe.elf", "print 1 ? 2", "a : is missing"},
    {"load probe.elf", "print 99999999999999999999", "no number of at most 64 bits"},
    {"load probe.elf", "print *0xffff0000", "there is no memory at 0xffff0000"},
    {"load probe.elf", "print/s 1", "one letter of x d u o t c a f"},
    {"load probe.elf", "until main+2", "a multiple of 4"},
    {"load probe.elf", "until epoch 3", "a bare computer has no epochs"},
    {"load probe.elf", "until instruction x", "'x' is no instruction: a number is wanted"},
    {"load probe.elf", "until time -1", "'-1' is no time: virtual seconds"},
    {"load probe.elf\nstep 10", "until instruction 10", "instruction 10 is not ahead: it is 10 now"},
    {"load probe.elf", "next x", "'x' is no count"},
    {"load probe.elf", "backtrace 0", "'0' is no count"},
    {"", "backtrace", "no image is loaded"},
    {"", "finish", "no image is loaded"},
    {"load probe.elf", "finish", "this function's return cannot be found: "},
    {"load probe.elf", "break epoch 3", "a bare computer has no epochs"},
    {"load probe.elf", "break operation 0", "'0' is no operation"},
    {"load probe.elf", "break step run", "a bare computer has no protocol"},
    {"system --mode pair\nload probe.elf", "break step walk", "'walk' is no protocol step"},
    {"system --mode pair\nload probe.elf", "break step end-snet:2", "did you mean 'end-sent'?"},
    {"system --mode pair\nload probe.elf", "break step run:0", "'run:0' is no step"},
    {"system --mode pair\nload probe.elf", "break message letter", "'letter' is no class of messages"},
    {"system --mode pair\nload probe.elf", "break epoch 0", "'0' is no epoch"},
    {"load probe.elf", "break message", "there is one computer"},
    {"load probe.elf", "break trap 33", "'33' is no interruption vector: 1 to 32"},
    {"load probe.elf", "break main if", "'main if': an operator is wanted"},
    {"load probe.elf", "break main if nonsense", "'nonsense' is no number"},
    {"load probe.elf", "watch main,0", "0 bytes from"},
    {"load probe.elf", "watch phys:0", "a virtual one is wanted"},
    {"load probe.elf\nbreak main", "condition 1 1 +", "is wanted at its end"},
    {"load probe.elf", "condition 1 1", "there is no breakpoint 1"},
    {"load probe.elf\nbreak main", "ignore 1 x", "'x' is no count"},
    {"load probe.elf\nbreak main", "enable 1 2", "there is no breakpoint 2"},
    {"", "info tlb", "there is no system yet"},
    {"", "info monitor", "there is no system yet"},
    {"load probe.elf", "info devices toaster", "there is no device 'toaster'"},
    {"load probe.elf", "history", "no history is kept: 'set history N'"},
    {"load probe.elf", "set history 100001", "0 (off) to 100000 is wanted"},
    {"load probe.elf\nset history 5", "history x", "'x' is no count"},
    {"load probe.elf", "trace missing/trace", "'missing/trace' cannot be written"},
    {"load probe.elf\ntrace /dev/full", "step 5", "'/dev/full' cannot be written: No space left on device"},
    {"load probe.elf\ntrace /dev/full", "trace off", "'/dev/full' cannot be written: No space left on device"},
    {"", "boot", "no image to load again"},
    {"", "reset", "no image is loaded"},
    {"system --mode pair\nload probe.elf", "reset", "in a pair only the guest can reset itself"},
    {"load probe.elf", "symbol 5", "there is no symbol at 0x00000005"},
    {"load probe.elf", "set *0 = 1 = 2", "an operator is wanted at '= 2'"},
    {"load probe.elf", "set *main", "'set *ADDR = EXPR' is wanted"},
    {"load probe.elf", "set (main) = 1", "cannot be set"},
    {"load probe.elf", "set $r0 = 1", "general register 0 is always 0"},
    {"load probe.elf", "set $r3 = 0x1ffffffff", "does not fit into r3"},
    {"load probe.elf", "set $pc = 2", "a multiple of 4"},
    {"load probe.elf", "set byte(main) = 256", "does not fit into 8 bits"},
    {"load probe.elf", "set *0xf0000000 = 1", "only RAM can be changed"},
    {"", "set $r3 = 1", "there is no system yet"},
    {"load probe.elf", "x/4z 0", "no format 'z'"},
    {"load probe.elf", "x/99999999x 0", "no good count"},
    {"load probe.elf", "x/x 0xfff80000", "there is no memory at 0xfff80000"},
    {"load probe.elf", "x/x 0xfd000000", "there is no memory"},
    {"load probe.elf", "x/x 0x123456789", "an address of 32 bits"},
    {"load probe.elf", "disassemble main 0", "'0' is no count"},
    {"", "gdb 0", "no image is loaded"},
    {"load probe.elf", "gdb", "gdb needs more"},
    {"load probe.elf", "gdb x", "gdb cannot be 'x'"},
    {"load probe.elf", "gdb 65536", "a port from 0 to 65535"},
    {"load probe.elf\nset $port = 65535", "gdb $port+1", "gdb cannot be '65536'"},
    {"load probe.elf", "info registers r32", "no register 'r32'"},
    {"load probe.elf\ncontinue", "continue", "the run has ended"},
    {"system --mode pair\nload probe.elf", "crash nobody", "'nobody' is no computer"},
    {"system --mode pair\nload probe.elf", "crash @epoch=x", "epoch=x"},
    {"load probe.elf", "cut", "cut needs --mode pair"},
    {"load probe.elf", "disk commit", "there is no disk"},
    {"", "disk fail 1", "no image is loaded"},
    {"", "assume tlb off", "assume needs --mode pair"},
    {"system --mode pair\nload probe.elf", "crash backup when", "'when' is no place"},
    {"system --mode pair\nload probe.elf", "crash epoch=3 backup", "'backup' comes after the last word"},
    {"system --mode pair\nload probe.elf", "cut epoch=3 now", "cut takes less"},
    {"system --mode pair\nload probe.elf", "heal step=never", "step=never"},
    {"system --mode pair\nload probe.elf", "delay soon", "'soon' is no time"},
    {"system --mode pair\nload probe.elf", "delay 1001s", "'1001s' is no time"},
    {"system --mode pair\nload probe.elf", "flip both r3 1", "'both' is no computer"},
    {"system --mode pair\nload probe.elf", "flip backup r3 32", "'32' is no bit of a register"},
    {"system --mode pair\nload probe.elf", "flip backup main 8", "'8' is no bit of a byte"},
    {"system --mode pair\nload probe.elf", "disk fail", "'' is no block"},
    {"system --mode pair\nload probe.elf", "disk melt", "'disk commit' or 'disk fail BLOCK [WHERE]' is wanted"},
    {"system --mode pair\nload probe.elf", "repair at=3", "at=3"},
    {"system --mode pair\nload probe.elf", "timeline -5",
     "'-5' is neither epochs (12, 3..5, failover, failover=2) nor a FILE.svg or FILE.json"},
    {"system --mode pair\nload probe.elf", "timeline 0", "'0' is neither epochs (12, 3..5"},
    {"system --mode pair\nload probe.elf", "timeline 5x", "'5x' is neither epochs (12, 3..5"},
    {"system --mode pair\nload probe.elf", "timeline 1..x", "'1..x' is neither epochs (12, 3..5"},
    {"system --mode pair", "assume gravity off", "gravity"},
    {"system --mode pair", "assume tlb maybe", "'maybe' is neither on nor off"},
    {"system --mode pair\nload probe.elf\ncrash backup", "crash backup", "there is no backup now"},
};

static void test_failures(struct bench_of_tests *tests)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        const struct failure *row = &failures[i];
        char script[512], place[32];
        snprintf(script, sizeof script, "%s%s%s\nhelp quit\n", row->before, *row->before ? "\n" : "", row->line);
        snprintf(place, sizeof place, "understudy: failure.us:%u: ", line_count(row->before) + 1);
        write_text("failure.us", script);
        const char *words[] = {"failure.us", NULL};
        struct outcome outcome = run_program(tests, words, "");
        expect(tests, outcome.status == 1, row->line, &outcome, "exit status 1 is wanted");
        expect(tests, strstr(outcome.err, row->wanted) != NULL, row->line, &outcome, "'%s' is wanted", row->wanted);
        expect(tests, line_count(outcome.err) == 1, row->line, &outcome, "one line on stderr is wanted");
        expect(tests, strncmp(outcome.err, place, strlen(place)) == 0, row->line, &outcome, "'%s' is wanted", place);
        expect(tests, !strstr(outcome.out, "leave"), row->line, &outcome, "the script went on");
        outcome_free(&outcome);
    }
    printf("%zu failing commands\n", sizeof failures / sizeof failures[0]);
}

/* A session without a terminal, and what it is to print. */
struct session {
    const char *name, *words[12], *input;
    int status;
    const char *out, *err;
};

static void run_sessions(struct bench_of_tests *tests, const struct session *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char missing[128];
        struct outcome outcome = run_program(tests, rows[i].words, rows[i].input);
        expect(tests, outcome.status == rows[i].status, rows[i].name, &outcome, "status %d is wanted", rows[i].status);
        expect(tests, has_in_order(outcome.out, rows[i].out, missing, sizeof missing), rows[i].name, &outcome,
               "'%s' on stdout is wanted", missing);
        expect(tests, *rows[i].out || !*outcome.out, rows[i].name, &outcome, "nothing on stdout is wanted");
        expect(tests, *rows[i].err ? strncmp(outcome.err, rows[i].err, strlen(rows[i].err)) == 0 : !*outcome.err,
               rows[i].name, &outcome, "'%s' on stderr is wanted", rows[i].err);
        outcome_free(&outcome);
    }
}

/* Where commands come from, and what ends a session. */
static void test_sources(struct bench_of_tests *tests)
{
    static const struct session rows[] = {
        {"stdin",
         {NULL},
         "help quit\n\n  # a comment\nload probe.elf # another\ncontinue",
         0,
         "leave\nprobe: 16\nstatus 5",
         ""},
        {"stdin fails", {NULL}, "help quit\nwalk\nhelp load\n", 1, "leave", "understudy: stdin:2: unknown command"},
        {"empty stdin", {NULL}, "", 0, "", ""},
        {"-x", {"-x", "load probe.elf", "-x", "continue"}, "walk\n", 0, "probe: 16\nstatus 5", ""},
        {"-x fails", {"-x", "help quit", "-x", "walk", "-x", "help load"}, "", 1, "leave", "understudy: -x:2: unknown"},
        {"-x script", {"-x", "help quit", "good.us"}, "walk\n", 0, "leave\nprobe: 16", ""},
        {"-x quit script", {"-x", "quit", "good.us"}, "", 0, "", ""},
        {"quit", {NULL}, "quit\nwalk\n", 0, "", ""},
        {"quotes", {"-x", "load \"pro\"'be.elf'", "-x", "c"}, "", 0, "probe: 16", ""},
        {"nul", {"nul.us"}, "", 2, "", "understudy: nul.us:1: a NUL byte"},
        {"structure", {"if.us"}, "", 2, "", "understudy: if.us:2: its end is missing"},
        {"stdin structure", {NULL}, "repeat 2\nhelp quit\nend\nif 1\n", 1, "leave\nleave", "understudy: stdin:4: "},
        {"-x structure", {"-x", "repeat 1", "-x", "help quit", "-x", "end"}, "", 0, "leave", ""},
        {"sourced", {"sourcing.us"}, "", 1, "", "understudy: sourcing.us:2: nul.us:1: a NUL byte"},
        {"goes on", {"long.us"}, "", 0, "leave\na \\\nb c\n", ""},
        {"goes on into nothing", {"open.us"}, "", 2, "", "understudy: open.us:2: its last word is a backslash"},
        {"stdin goes on", {NULL}, "echo a \\\n\\\n b\nhelp quit\n", 0, "a  b\nleave", ""},
        {"set joins",
         {"-x", "set disk-latency-us = 5", "-x", "set drift-ppm 7", "-x", "info settings"},
         "",
         0,
         "disk-latency-us=5 \ndrift-ppm=7 ",
         ""},
        {"set stays",
         {"-x", "set drift-ppm=7", "-x", "system --mode solo", "-x", "info settings"},
         "",
         0,
         "drift-ppm=7 ",
         ""},
        {"system help", {"-x", "system --help"}, "", 0, "--mode bare|solo|pair\n--threads 1|2", ""},
    };
    write_text("good.us", "load probe.elf\ncontinue\n");
    write_bytes("nul.us", "help\0quit\n", 10);
    write_text("if.us", "help quit\nif 1\nif 2\nend\n");
    write_text("sourcing.us", "\nsource nul.us\n");
    write_text("long.us", "help \\\n  quit\n# a comment \\\necho 'a \\'\necho b \\\nc\n");
    write_text("open.us", "help quit\necho \\\n");
    run_sessions(tests, rows, sizeof rows / sizeof rows[0]);
}

/* What a script asks, answered by stdin, by a file, and by what is no file of answers. */
static void test_questions(struct bench_of_tests *tests)
{
    enum { HUGE_BYTES = 100000 };
    static const struct session rows[] = {
        {"asked by stdin",
         {"ask.us"},
         "2\n\nyes\n",
         0,
         "question 1: one and one\nanswer: 2\nright: 2: so it is\nanswer: (none)\nnot answered: it is 1 (yes)\n"
         "answer: yes\nright: yes\n2 of 3 answers are right",
         ""},
        {"asked on stdin",
         {NULL},
         "ask \"one\" = 0x10\n0x11\nask two = \"P7\"\np7\nask three = 5\n0x\nask four = -1\n-1 # a comment\n"
         "assert $questions == 4 && $right_answers == 2\n",
         0,
         "not right: it is 16, not 0x11\nright: P7\nnot right: it is 5, not 0x\nright: -1",
         ""},
        {"answered by a file",
         {"-D", "answers=answers.txt", "ask.us"},
         "0\n",
         0,
         "answer: 3\nnot right: it is 2, not 3: so it is\nanswer: yes\nright: yes\nanswer: 0\n"
         "not right: it is 1, not 0\n1 of 3 answers are right",
         ""},
        {"answers are kept",
         {"-D", "answers=answers.txt", "ask.us"},
         "",
         0,
         "answer: 0\nnot right: it is 1, not 0",
         ""},
        {"answers that are none",
         {"-D", "answers=huge.txt", "ask.us"},
         "",
         1,
         "question 1",
         "understudy: ask.us:1: 'huge"},
        {"answers that cannot be",
         {"-D", "answers=.", "ask.us"},
         "",
         1,
         "question 1",
         "understudy: ask.us:1: the answers"},
        {"answers in the script", {"-D", "answers=ask.us", "ask.us"}, "2\n", 1, "question 1", "understudy: ask.us:1: "},
    };
    write_text("ask.us", "ask \"one and one\" = 1+1 because \"so it is\"\nask \"is it\" = 1 == 1\n"
                         "ask \"what will $n be\" = $n after set $n = 1\n");
    write_text("answers.txt", "# mine\n1: 2\nnonsense\n2: yes # of course\n1: 3\n3:\n99: 7");
    char *huge = calloc(1, HUGE_BYTES);
    memset(huge, 'x', HUGE_BYTES - 1);
    write_text("huge.txt", huge);
    free(huge);
    run_sessions(tests, rows, sizeof rows / sizeof rows[0]);
}

/* The image file appears at quit and at the end of a script, and not after a failure, and not from a snapshot. */
static void test_disk(struct bench_of_tests *tests)
{
    static const struct {
        const char *system, *rest;
        bool made;
    } rows[] = {
        {"system --disk made.img,create=64K", "quit", true},
        {"system --disk made.img,create=64K", "help", true},
        {"system --disk made.img,create=64K", "walk", false},
        {"system --disk made.img,create=64K,snapshot", "quit", false},
        {"system --disk none/made.img,create=64K", "quit", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *words[] = {"-x", rows[i].system, "-x", rows[i].rest, NULL};
        unlink("made.img");
        struct outcome outcome = run_program(tests, words, "");
        expect(tests, (access("made.img", F_OK) == 0) == rows[i].made, rows[i].rest, &outcome,
               "%s: the image file is %s", rows[i].system, rows[i].made ? "wanted" : "not wanted");
        outcome_free(&outcome);
    }
    unlink("made.img");
}

void test_sessions(struct bench_of_tests *tests)
{
    char path[512];
    snprintf(path, sizeof path, "%s/probe.elf", tests->guests);
    if (symlink(path, "probe.elf"))
        printf("probe.elf: no link\n");
    test_failures(tests);
    test_sources(tests);
    test_questions(tests);
    test_disk(tests);
}
