/* test_keys.c - a person at a pseudo-terminal whose keys are the guest's (`--keys raw`), and the ways out. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

/* Every key, the death of the primary while a person types, the monitor's prompt and back, the guest's own end. */
static const struct turn in_run[] = {
    {"", "Ctrl-A, then: x end"},
    {"", "keys\r\n"},
    {"a", "key 97\r\n"},
    {"\r", "key 13\r\n"},
    {"\003", "key 3\r\n"},
    {"\032", "key 26\r\n"},
    {"\001\001", "key 1\r\n"},
    {"\001a", "key 1\r\n"},
    {"\001?", "k kill the primary"},
    {"\001k", "the primary fails at instruction "},
    {"", "promoted: live from epoch "},
    {"b", "key 98\r\n"},
};

static void talk_run(struct talk *talk)
{
    static const struct turn rest[] = {
        {"\001c", "interrupted, "}, {"", "> "},
        {"print 6 * 7\n", "42"},    {"", "> "},
        {"reverse-step 1\n", "> "}, {"continue\n", "continue"},
        {"c", "key 99\r\n"},        {"q", "key 113\r\n"},
    };
    if (talk_turns(talk, in_run, sizeof in_run / sizeof in_run[0]))
        talk_turns(talk, rest, sizeof rest / sizeof rest[0]);
}

/* The guest ends before anybody leaves it. */
static void talk_plainly(struct talk *talk)
{
    static const struct turn turns[] = {{"", "keys\r\n"}, {"q", "key 113\r\n"}};
    talk_turns(talk, turns, sizeof turns / sizeof turns[0]);
}

static void talk_end(struct talk *talk)
{
    static const struct turn turns[] = {{"", "keys\r\n"}, {"\001k", "crash needs --mode pair"}, {"\001x", ""}};
    talk_turns(talk, turns, sizeof turns / sizeof turns[0]);
}

/* Ctrl-C stops where keys are not raw. */
static void talk_line(struct talk *talk)
{
    static const struct turn turns[] = {{"", "keys\r\n"}, {"a", "key 97\r\n"}, {"\003", ""}};
    talk_turns(talk, turns, sizeof turns / sizeof turns[0]);
}

/* The monitor's own `continue`, twice, and out of it. */
static void talk_monitor(struct talk *talk)
{
    static const struct turn turns[] = {
        {"", "(no system)> "},
        {"system --mode pair --keys raw\n", "primary (no image)> "},
        {"load keys.elf\n", "primary e1 0x"},
        {"continue\n", "Ctrl-A, then: x end"},
        {"", "keys\r\n"},
        {"a", "key 97\r\n"},
        {"\001c", "interrupted, primary epoch"},
        {"", "> "},
        {"continue\n", "continue"},
        {"b", "key 98\r\n"}, /* the guest has the terminal: Ctrl-C before that would be the program's */
        {"\003", "key 3\r\n"},
        {"\001x", ""},
    };
    talk_turns(talk, turns, sizeof turns / sizeof turns[0]);
}

/* A shell of Linux: Ctrl-C is its own; its computer is killed while somebody types; to the monitor and back, and out.
 */
static void talk_linux(struct talk *talk)
{
    static const struct turn turns[] = {
        {"", "Ctrl-A, then: x end"},
        {"", "# "},
        {"echo $((6*7))\r", "\n42\r"},
        {"", "# "},
        {"sleep 1000\r", "sleep 1000\r"},
        {"\003", "^C"},
        {"", "# "},
        {"uname", "uname"},
        {"\001k", "\nthe primary fails at instruction "},
        {"", "promoted: live from epoch "},
        {" -m\r", "\nparisc\r"},
        {"", "# "},
        {"\001c", "interrupted, primary epoch "},
        {"", "> "},
        {"why\n", "is declared failed"},
        {"", "> "},
        {"continue\n", "continue"},
        {"echo back\r", "\nback\r"},
        {"\001x", ""},
    };
    talk_turns(talk, turns, sizeof turns / sizeof turns[0]);
}

void test_keys_linux(struct bench_of_tests *tests)
{
    char kernel[512], initrd[512];
    const char *words[] = {"run",
                           "--mode",
                           "pair",
                           "--ram",
                           "64M",
                           "--kernel",
                           kernel,
                           "--initrd",
                           initrd,
                           "--virtio",
                           "0=console",
                           "--append",
                           "console=hvc0 virtio_mmio.device=4K@0xfff90000:72 quiet",
                           NULL};
    struct talk *talk = malloc(sizeof *talk);
    snprintf(kernel, sizeof kernel, "%s/vmlinux", tests->guests);
    if (access(kernel, R_OK))
        snprintf(kernel, sizeof kernel, "%s/vmlinux.stripped", tests->guests);
    snprintf(initrd, sizeof initrd, "%s/initramfs.cpio.gz", tests->guests);
    int status = talk_session(tests, talk, words, NULL, talk_linux);
    expect(tests, status == 130, "linux", NULL, "exit status 130 is wanted, not %d", status);
    free(talk);
}

/* Whatever ends the program from outside when a guest has shown a number that it has written to its disk. */
static void talk_ended(struct talk *talk, int number)
{
    talk_type(talk, "5\n");
    if (talk_await(talk, "6\r\n"))
        kill(talk->child, number);
}

static void talk_killed(struct talk *talk)
{
    talk_ended(talk, SIGKILL);
}

static void talk_hung_up(struct talk *talk)
{
    talk_ended(talk, SIGHUP);
}

/* It is in the image. */
static void test_kept(struct bench_of_tests *tests, struct talk *talk)
{
    static const char *const words[] = {"run", "--keys", "raw", "--disk", "kept.img,create=64K", "increment.elf", NULL};
    static void (*const talks[])(struct talk * talk) = {talk_killed, talk_hung_up};
    char path[512];
    snprintf(path, sizeof path, "%s/increment.elf", tests->guests);
    expect(tests, symlink(path, "increment.elf") == 0, "kept", NULL, "no link to %s", path);
    for (size_t i = 0; i < sizeof talks / sizeof talks[0]; i++) {
        char magic[4] = "";
        printf("kept %zu\n", i);
        talk_session(tests, talk, words, NULL, talks[i]);
        FILE *file = fopen("kept.img", "rb");
        bool there = file && fread(magic, 1, sizeof magic, file) == sizeof magic && memcmp(magic, "CNTR", 4) == 0;
        expect(tests, there, "kept", NULL, "what the guest was told complete is not in the image");
        if (file)
            fclose(file);
        unlink("kept.img");
    }
}

void test_keys(struct bench_of_tests *tests)
{
    static const struct {
        const char *name, *words[8];
        void (*talking)(struct talk *talk);
        int status;
    } rows[] = {
        {"run", {"run", "--mode", "pair", "--keys", "raw", "keys.elf"}, talk_run, 7},
        {"bare", {"run", "--keys", "raw", "keys.elf"}, talk_plainly, 7},
        {"end", {"run", "--keys", "raw", "keys.elf"}, talk_end, 130},
        {"line", {"run", "--keys", "line", "keys.elf"}, talk_line, 130},
        {"monitor", {NULL}, talk_monitor, 130},
    };
    char path[512];
    struct talk *talk = malloc(sizeof *talk);
    snprintf(path, sizeof path, "%s/keys.elf", tests->guests);
    expect(tests, symlink(path, "keys.elf") == 0, "keys", NULL, "no link to %s", path);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        printf("%s\n", rows[i].name);
        int status = talk_session(tests, talk, rows[i].words, NULL, rows[i].talking);
        expect(tests, status == rows[i].status, rows[i].name, NULL, "exit status %d is wanted, not %d", rows[i].status,
               status);
    }
    test_kept(tests, talk);
    free(talk);
}
