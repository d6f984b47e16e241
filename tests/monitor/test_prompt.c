/* test_prompt.c - a person at a pseudo-terminal: prompt, completion, repetition, Ctrl-C, history.
 *
 * What is typed next waits for what the program prints, never for a time; a program that prints nothing more ends the
 * test when its output ends or ctest gives up on it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "mmu/base/rng.h"
#include "talk.h"

/* Every turn is said, so that a test that waits for ever tells where. */
static const struct turn turns[] = {
    {"", "(no system)> "},
    {"hel\t", "help "},
    {"qui\t\n", "leave"},
    {"", "(no system)> "},
    {"walk\n", "unknown command 'walk'"},
    {"", "(no system)> "},
    {"half a line\003", "^C"},
    {"", "(no system)> "},
    {"ask \"one and one\" = 1 + 1 after echo now\n", "answer> "},
    {"22\177\n", "right: 2"}, /* behind what was asked for */
    {"", "(no system)> "},
    {"ask \"nothing\" = 0\n", "answer> "},
    {"\004", "not answered: it is 0"},
    {"", "(no system)> "},
    {"system --mode p\177pair --epoch 500\n", "primary (no image)> "},
    {"load probe.\t\n", "primary e1 0x"},
    {"set $rounds = 2\n", "primary e1 0x"},
    {"repeat $roun\t\n", "\n> "}, /* the prompt inside a block; what is typed before it comes could be lost */
    {"print $failov\t + 5\n", "\n> "},
    {"end\n", "0x00000005  5\r\n0x00000005  5\r\n"},
    {"", "primary e1 0x"},
    {"set digest-ep\t0\n", "primary e1 0x"},
    {"system --mode solo --fail\tdisconnect\n", "--failover needs --mode pair"},
    {"", "primary e1 0x"},
    {"break probe_reg\t\n", "<probe_registers>"},
    {"", "> "},
    {"continue\n", "breakpoint 1, primary epoch"},
    {"", "primary e"},
    {"step\n", "<probe_registers+0x4>"},
    {"", "primary e"},
    {"\n", "<probe_registers+0x8>"},
    {"", "primary e"},
    {"\n", "<probe_registers+0xc>"},
    {"", "primary e"},
    {"info reg $r2\t\n", "r2"},
    {"", "primary e"},
    {"focus b\t\n", "backup e"},
    {"crash\n", "looking at the primary"},
    {"", "primary e"},
    {"delete\n", "primary e"},
    {"system\n", "bare (no image)> "},
    {"load endless.elf\n", "bare 0x"},
    {"expect \"endl\"\n", "endl\r\n"}, /* the prompt begins a line */
    {"", "bare 0x"},
    {"system\n", "bare (no image)> "},
    {"load endless.elf\n", "bare 0x"},
    {"continue\n", "endless\r\n"}, /* the guest's own line: it runs, and would for ever */
    {"\003", "interrupted, instruction "},
};

static const struct turn turns_after[] = {
    {"step\n", "instruction "},
    {"", "bare 0x"},
    {"quit\n", ""},
};

static void talk_through(struct talk *talk)
{
    if (talk_turns(talk, turns, sizeof turns / sizeof turns[0]) &&
        talk_await_without(talk, "bare 0x", "interrupted")) /* once is enough */
        talk_turns(talk, turns_after, sizeof turns_after / sizeof turns_after[0]);
}

/* The second session finds what the first one typed: the arrow up, three times back. Ends with Ctrl-D. */
static void talk_history(struct talk *talk)
{
    printf("history\n");
    static const struct turn history[] = {
        {"", "(no system)> "}, {"\020", "quit"}, {"\020", "step"}, {"\020", "continue"}, {"\001\013", ""}, {"\004", ""},
    };
    talk_turns(talk, history, sizeof history / sizeof history[0]);
}

static void talk_shortly(struct talk *talk)
{
    printf("state home\n");
    if (!talk_await(talk, "(no system)> "))
        return;
    talk_type(talk, "help quit\n");
    if (talk_await(talk, "leave") && talk_await(talk, "(no system)> "))
        talk_type(talk, "quit\n");
}

/* Ctrl-C ends a suite: the script that runs, and those that would have followed. */
static void talk_suite(struct talk *talk)
{
    printf("suite\n");
    if (talk_await(talk, "ok 1 - ") && talk_await(talk, "suite/1.us"))
        talk_type(talk, "\003");
    talk_await(talk, "interrupted: not all scripts have been run");
}

static void test_suite(struct bench_of_tests *tests, struct talk *talk)
{
    expect(tests, mkdir("suite", 0777) == 0, "suite", NULL, "no folder");
    write_text("suite/1.us", "echo short\n");
    for (unsigned i = 2; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof name, "suite/%u.us", i);
        write_text(name, "system --timeout 1000000000000\nload endless.elf\ncontinue\n");
    }
    static const char *const suite[] = {"test", "suite", NULL};
    int status = talk_session(tests, talk, suite, NULL, talk_suite);
    expect(tests, status == 130, "suite", NULL, "exit status 130 is wanted, not %d", status);
}

/* A ledger has written to a disk; SIGNAL ends the session, in the middle of a line that would keep it. */
static void talk_until(struct talk *talk, int number)
{
    printf("signal %d\n", number);
    static const struct turn before[] = {
        {"", "(no system)> "},
        {"system --disk prompt.img\n", "no image"},
        {"load ledger.elf\n", "bare 0x"},
        {"continue\n", "exit: "},
        {"", "bare 0x"},
    };
    if (!talk_turns(talk, before, sizeof before / sizeof before[0]))
        return;
    talk_type(talk, "quit");
    talk_await(talk, "quit");
    kill(talk->child, number);
    talk_await(talk, "thrown away: ");
    talk_await(talk, "of 'prompt.img'");
    talk_await(talk, "ended by a signal");
}

static void talk_until_term(struct talk *talk)
{
    talk_until(talk, SIGTERM);
}

static void talk_until_hang_up(struct talk *talk)
{
    talk_until(talk, SIGHUP);
}

/* The same while a guest runs. */
static void talk_until_stopped(struct talk *talk)
{
    printf("signal while it runs\n");
    talk_type(talk, "load endless.elf\ncontinue\n");
    if (talk_await(talk, "endless\r\n"))
        kill(talk->child, SIGTERM);
    talk_await(talk, "ended by a signal");
}

/* Whatever ends the session from outside keeps nothing, and says so. */
static void test_signals(struct bench_of_tests *tests, struct talk *talk)
{
    static void (*const talks[])(struct talk *) = {talk_until_term, talk_until_hang_up, talk_until_stopped};
    enum { IMAGE_BYTES = 64 << 10 };
    char *zeros = calloc(1, IMAGE_BYTES);
    write_bytes("prompt.img", zeros, IMAGE_BYTES);
    for (size_t i = 0; i < sizeof talks / sizeof talks[0]; i++) {
        int status = talk_session(tests, talk, NULL, NULL, talks[i]);
        expect(tests, status == 130, "signal", NULL, "exit status 130 is wanted, not %d", status);
    }
    char *image = malloc(IMAGE_BYTES);
    FILE *file = fopen("prompt.img", "rb");
    bool same = file && fread(image, 1, IMAGE_BYTES, file) == IMAGE_BYTES && memcmp(image, zeros, IMAGE_BYTES) == 0;
    expect(tests, same, "signal", NULL, "the image has been written");
    if (file)
        fclose(file);
    free(image);
    free(zeros);
}

/* The guest's line is broken off once for what the operator is told, however many lines that is. */
static void talk_dots(struct talk *talk)
{
    static const struct turn before[] = {
        {"", "(no system)> "},
        {"system --crash primary@instruction=100000 --repair time=0.01\n", "primary (no image)> "},
        {"load dots.elf\n", "primary e1 0x"},
        {"continue\n", "...\r\nunderstudy: ["},
    };
    printf("operator\n");
    if (talk_turns(talk, before, sizeof before / sizeof before[0]) &&
        talk_await_without(talk, "has joined at the end of epoch", "\r\n\r\n"))
        talk_type(talk, "\003quit\n");
}

/* What takes more than a second says how far it is, and a Ctrl-C gets what there is so far. */
static void talk_sweep(struct talk *talk)
{
    printf("progress of a sweep\n");
    if (talk_await(talk, "Ctrl-C stops"))
        talk_type(talk, "\003");
    talk_await(talk, "interrupted: ");
}

static void talk_bench(struct talk *talk)
{
    /* There are medians when a round is whole: three measurements of epoch lengths, less than a hundredth of all. */
    printf("progress of bench\n");
    if (talk_await_count(talk, 1, " % of 399 measurements, about"))
        talk_type(talk, "\003");
    talk_await(talk, "understudy: stopped after ");
    talk_await(talk, "\nbare ");
}

static void talk_paper(struct talk *talk)
{
    printf("progress of bench --paper\n");
    if (talk_await(talk, "of 67 cells, about"))
        talk_type(talk, "\003");
    talk_await(talk, "understudy: stopped after ");
    talk_await(talk, "\ncomputes  bs              1000 ");
    talk_await_without(talk, "64 transfers are made.", "within 1%"); /* of all cells */
}

/* The first run has no end: it is interrupted, too. */
static void talk_thin(struct talk *talk)
{
    printf("progress of bench --thin\n");
    if (talk_await(talk, "0 %; Ctrl-C stops"))
        talk_type(talk, "\003");
    talk_await(talk, "understudy: stopped: nothing is measured yet");
}

/* A save whose file takes long to write, because who reads it is slow. */
static void talk_save(struct talk *talk)
{
    enum { READ_FIRST = 1 << 20 };
    static const struct turn before[] = {
        {"", "(no system)> "},
        {"system --kernel probe.elf --initrd noise\n", "bare 0x"},
        {"save slow\n", "save slow\r\n"},
    };
    static const struct turn after[] = {
        {"", "interrupted: 'slow' is not written"}, {"", "bare 0x"}, {"save whole.save\n", "bare 0x"},
        {"restore whole.save\n", "bare 0x"},        {"quit\n", ""},
    };
    printf("progress of save\n");
    if (!talk_turns(talk, before, sizeof before / sizeof before[0]))
        return;
    int slow = open("slow", O_RDONLY); /* when it is written to */
    char bytes[4096];
    sleep(1); /* in which nothing is said */
    for (ssize_t got, read_so_far = 0; read_so_far < READ_FIRST; read_so_far += got)
        if ((got = read(slow, bytes, sizeof bytes)) <= 0)
            break;
    if (talk_await(talk, "Ctrl-C stops"))
        talk_type(talk, "\003");
    talk_await(talk, "^C"); /* it has been sent */
    while (read(slow, bytes, sizeof bytes) > 0)
        continue;
    close(slow);
    talk_turns(talk, after, sizeof after / sizeof after[0]);
}

static void test_save(struct bench_of_tests *tests, struct talk *talk)
{
    enum { NOISE_BYTES = 2 << 20 };
    uint8_t *noise = malloc(NOISE_BYTES);
    struct rng rng = rng_new(7, 0);
    for (size_t i = 0; i < NOISE_BYTES; i++)
        noise[i] = (uint8_t)rng_next(&rng); /* which cannot be packed */
    write_bytes("noise", noise, NOISE_BYTES);
    free(noise);
    expect(tests, mkfifo("slow", 0600) == 0, "save", NULL, "no FIFO");
    int status = talk_session(tests, talk, NULL, NULL, talk_save);
    expect(tests, status == 0, "save", NULL, "exit status 0 is wanted, not %d", status);
}

static void test_progress(struct bench_of_tests *tests, struct talk *talk)
{
    static const char *const sweep[] = {"sweep", "--jobs", "1", "--disk", "swept.img,create=1M", "ledger.elf", NULL};
    static const char *const bench[] = {"bench", "--runs", "99", "probe.elf", NULL};
    static const char *const paper[] = {"bench", "--paper", NULL};
    static const char *const thin[] = {"bench", "--thin", "endless.elf", NULL};
    static const struct {
        const char *const *words;
        void (*talking)(struct talk *talk);
    } benches[] = {{bench, talk_bench}, {paper, talk_paper}, {thin, talk_thin}};
    talk_session(tests, talk, sweep, NULL, talk_sweep);
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
        int status = talk_session(tests, talk, benches[i].words, NULL, benches[i].talking);
        expect(tests, status == 130, "bench", NULL, "exit status 130 is wanted, not %d", status);
    }
}

void test_prompt(struct bench_of_tests *tests)
{
    static const char *const guests[] = {"probe.elf", "endless.elf", "ledger.elf", "dots.elf"};
    struct talk *talk = malloc(sizeof *talk);
    for (unsigned i = 0; i < sizeof guests / sizeof guests[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", tests->guests, guests[i]);
        expect(tests, symlink(path, guests[i]) == 0, "prompt", NULL, "no link to %s", path);
    }
    int status = talk_session(tests, talk, NULL, NULL, talk_through);
    expect(tests, status == 0, "prompt", NULL, "exit status 0 is wanted, not %d", status);
    char *history = read_text(".understudy_history");
    expect(tests, history && strstr(history, "load probe.elf"), "history", NULL, "'load probe.elf' is not in it: %s",
           history ? history : "(no file)");
    free(history);
    status = talk_session(tests, talk, NULL, NULL, talk_history);
    expect(tests, status == 0, "prompt", NULL, "exit status 0 is wanted, not %d", status);
    status = talk_session(tests, talk, NULL, tests->folder, talk_shortly);
    expect(tests, status == 0, "prompt", NULL, "exit status 0 is wanted, not %d", status);
    history = read_text("understudy_history");
    expect(tests, history && strstr(history, "help quit"), "history", NULL, "'help quit' is not in $XDG_STATE_HOME: %s",
           history ? history : "(no file)");
    free(history);
    status = talk_session(tests, talk, NULL, NULL, talk_dots);
    expect(tests, status == 0, "operator", NULL, "exit status 0 is wanted, not %d", status);
    test_suite(tests, talk);
    test_progress(tests, talk);
    test_save(tests, talk);
    test_signals(tests, talk);
    free(talk);
}
