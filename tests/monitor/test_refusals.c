/* test_refusals.c - every refusal is one line on stderr that says what was wrong, exit status 2, nothing on stdout, and
 * no file made or changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#define BYTES_64   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BYTES_256  BYTES_64 BYTES_64 BYTES_64 BYTES_64
#define BYTES_1024 BYTES_256 BYTES_256 BYTES_256 BYTES_256

struct refusal {
    const char *wanted; /* somewhere in the line */
    const char *words[16];
};

static const struct refusal refusals[] = {
    /* sub-commands */
    {"unknown command 'walk'", {"walk"}},
    {"'x' cannot be read", {"test", "x"}},
    {"no script is given", {"test"}},
    {"unknown option '-k'", {"test", "-k", "probe.us"}},
    {"-j cannot be '0'", {"test", "-j", "0", "probe.us"}},
    {"-j needs a value", {"test", "probe.us", "-j"}},
    {"--timeout cannot be 'soon'", {"test", "--timeout=soon", "probe.us"}},
    {"-C cannot be 'none'", {"test", "-C", "none", "probe.us"}},
    {"--save-dir cannot be 'none'", {"test", "--save-dir", "none", "probe.us"}},
    {"'none/x.xml' cannot be written", {"test", "--junit", "none/x.xml", "probe.us"}},
    {"unknown command ''", {""}},
    {"unknown option '--frob'", {"--frob"}},
    {"did you mean '--timeout'?", {"--timeuot", "9"}},
    {"did you mean '--protocol'?", {"run", "--protocl", "dec", "probe.elf"}},
    {"did you mean 'channel-latency-us'?", {"run", "--set", "chanel-latency-us=2", "probe.elf"}},
    {"did you mean 'run'?", {"rnu", "ledger"}},
    {"'legder' is neither a file nor a guest that came with the program; did you mean 'ledger'?", {"run", "legder"}},
    {"did you mean 'ledger'?", {"sweep", "legder"}},
    {"did you mean 'ledger'?", {"bench", "legder"}},
    {"did you mean 'ledger'?", {"live", "legder"}},
    {"did you mean 'hello'?", {"run", "--mode", "solo", "--beside", "helol", "probe.elf"}},
    {"did you mean 'hello'?", {"run", "--vm", "other,image=helol", "probe.elf"}},
    {"script 'missing.us' cannot be opened", {"missing.us"}},
    {"-x needs a command", {"-x"}},
    {"second script", {"probe.us", "probe.us"}},
    {"unknown option '--frob'", {"bench", "--frob"}},
    {"--runs cannot be '0'", {"bench", "--runs", "0"}},
    {"--runs needs a value", {"bench", "--runs"}},
    {"--plot needs a value", {"bench", "--plot"}},
    {"nowhere/there.svg", {"bench", "--plot", "nowhere/there.svg"}},
    {"'missing.elf'", {"bench", "missing.elf"}},
    /* images */
    {"no image is given", {"run"}},
    {"second image", {"run", "probe.elf", "probe.elf"}},
    {"'missing.elf' cannot be read", {"run", "missing.elf"}},
    {"not an ELF file", {"run", "empty.elf"}},
    {"not an ELF file", {"run", "text.elf"}},
    {"cut short", {"run", "header.elf"}},
    {"cut short", {"run", "half.elf"}},
    {"little-endian", {"run", "host.elf"}},
    {"machine 2", {"run", "sparc.elf"}},
    {"type 1", {"run", "object.elf"}},
    {"not a regular file", {"run", "."}},
    {"RAM ends", {"run", "high.elf"}},
    /* options */
    {"unknown option '--frob'", {"run", "--frob", "probe.elf"}},
    {"unknown option '-v'", {"run", "-v", "probe.elf"}},
    {"unknown option '--mod'", {"run", "--mod", "pair", "probe.elf"}},
    {"--gdb cannot be 'x'", {"run", "--gdb=x", "probe.elf"}},
    {"--gdb cannot be '65536'", {"run", "--gdb", "65536", "probe.elf"}},
    {"--mode needs a value", {"run", "probe.elf", "--mode"}},
    {"--mode cannot be 'triple': bare, solo or pair", {"run", "--mode", "triple", "probe.elf"}},
    {"--mode cannot be ''", {"run", "--mode=", "probe.elf"}},
    {"--epoch cannot be '0'", {"run", "--epoch", "0", "probe.elf"}},
    {"--epoch cannot be '-5'", {"run", "--epoch", "-5", "probe.elf"}},
    {"--epoch cannot be '12x'", {"run", "--epoch", "12x", "probe.elf"}},
    {"--epoch cannot be '99999999999999999999'", {"run", "--epoch", "99999999999999999999", "probe.elf"}},
    {"--ram cannot be '0'", {"run", "--ram", "0", "probe.elf"}},
    {"--ram cannot be '1M'", {"run", "--ram", "1M", "probe.elf"}},
    {"--ram cannot be '4G'", {"run", "--ram", "4G", "probe.elf"}},
    {"--ram cannot be '8388609'", {"run", "--ram", "8388609", "probe.elf"}},
    {"--ram cannot be '8Q'", {"run", "--ram", "8Q", "probe.elf"}},
    {"--ram cannot be 'M'", {"run", "--ram", "M", "probe.elf"}},
    {"--ram cannot be '18446744073709551615G'", {"run", "--ram", "18446744073709551615G", "probe.elf"}},
    {"--seed cannot be 'x'", {"run", "--seed", "x", "probe.elf"}},
    {"--console cannot be 'raw'", {"run", "--console", "raw", "probe.elf"}},
    {"channel-bits-per-s=1000 is too slow", {"run", "--mode", "pair", "--set", "channel-bits-per-s=1000", "probe.elf"}},
    {"--threads cannot be '3'", {"run", "--threads", "3", "probe.elf"}},
    {"--timeout cannot be '0'", {"run", "--timeout", "0", "probe.elf"}},
    {"--set cannot be 'clock-hz'", {"run", "--set", "clock-hz", "probe.elf"}},
    {"no setting 'clock'", {"run", "--set", "clock=5", "probe.elf"}},
    {"clock-hz cannot be '5x'", {"run", "--set", "clock-hz=5x", "probe.elf"}},
    {"clock-hz cannot be '1'", {"run", "--set", "clock-hz=1", "probe.elf"}},
    {"--crash needs --mode pair", {"run", "--mode", "bare", "--crash", "primary@epoch=5", "probe.elf"}},
    {"--crash needs --mode pair", {"run", "--mode", "solo", "--crash", "primary@epoch=5", "probe.elf"}},
    {"--protocol needs --mode pair", {"run", "--mode", "bare", "--protocol", "dec", "probe.elf"}},
    {"--failover needs --mode pair", {"run", "--mode", "solo", "--failover", "reissue", "probe.elf"}},
    {"--failover cannot be 'maybe'", {"run", "--mode", "pair", "--failover", "maybe", "probe.elf"}},
    {"'paxos'", {"run", "--mode", "pair", "--protocol", "paxos", "probe.elf"}},
    {"'nobody@epoch=5'", {"run", "--mode", "pair", "--crash", "nobody@epoch=5", "probe.elf"}},
    {"'primary'", {"run", "--mode", "pair", "--crash", "primary", "probe.elf"}},
    {"'primary@epoch=x'", {"run", "--mode", "pair", "--crash", "primary@epoch=x", "probe.elf"}},
    {"'primary@step=nowhere'", {"run", "--mode", "pair", "--crash", "primary@step=nowhere", "probe.elf"}},
    /* kernels */
    {"--initrd needs --kernel", {"run", "--initrd", "text.elf", "probe.elf"}},
    {"--append needs --kernel", {"run", "--append", "quiet", "probe.elf"}},
    {"'probe.elf' is an image beside --kernel half.elf", {"run", "--kernel", "half.elf", "probe.elf"}},
    {"'missing.elf' cannot be read", {"run", "--kernel", "missing.elf"}},
    {"'missing.img' cannot be read", {"run", "--kernel", "probe.elf", "--initrd", "missing.img"}},
    {"not an ELF file", {"run", "--kernel", "text.elf"}},
    {"cut short", {"run", "--kernel", "half.elf"}},
    {"little-endian", {"run", "--kernel", "host.elf"}},
    {"machine 2", {"run", "--kernel", "sparc.elf"}},
    {"leaves the first 24576 bytes free", {"run", "--kernel", "low.elf"}},
    {"'large.img' (4194304 bytes) does not fit",
     {"run", "--ram", "4M", "--kernel", "probe.elf", "--initrd", "large.img"}},
    {"command line has 1024 bytes: at most 1023", {"run", "--kernel", "probe.elf", "--append", BYTES_1024}},
    /* disks and results */
    {"disk 'missing.img' cannot be opened", {"run", "--disk", "missing.img", "probe.elf"}},
    {"not a regular file", {"run", "--disk", ".,snapshot", "probe.elf"}},
    {"odd.img' is 1000 bytes", {"run", "--disk", "odd.img", "probe.elf"}},
    {"no file name", {"run", "--disk", ",snapshot", "probe.elf"}},
    {"no part 'shared'", {"run", "--disk", "new.img,shared", "probe.elf"}},
    {"cannot create '1000' bytes", {"run", "--disk", "new.img,create=1000", "probe.elf"}},
    {"cannot create '0' bytes", {"run", "--disk", "new.img,create=0", "probe.elf"}},
    {"cannot create '9000G' bytes", {"run", "--disk", "new.img,create=9000G", "probe.elf"}},
    {"'none/new.img' cannot be created", {"run", "--disk", "none/new.img,create=1M", "probe.elf"}},
    {"'missing.elf' cannot be read", {"run", "--disk", "new.img,create=1M", "missing.elf"}},
    {"'none/result.json' cannot be written", {"run", "--json", "none/result.json", "probe.elf"}},
    {"'.' is a folder", {"run", "--json", ".", "probe.elf"}},
    {"'missing.elf' cannot be read", {"run", "--json", "result.json", "missing.elf"}},
};

/* Images that are nearly right, made from one that is. */
static void make_images(const struct bench_of_tests *tests)
{
    char path[512];
    struct stat info;
    snprintf(path, sizeof path, "%s/probe.elf", tests->guests);
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &info)) {
        printf("'%s' is not there: build guest_probe\n", path);
        exit(1);
    }
    size_t size = (size_t)info.st_size;
    unsigned char *image = malloc(size);
    if (!image || fread(image, 1, size, file) != size)
        exit(1);
    fclose(file);
    write_bytes("probe.elf", image, size);
    write_text("empty.elf", "");
    write_text("text.elf", "This is not an image.\nIt has\nlines.\n");
    write_bytes("header.elf", image, 40);
    /* Up to the middle of the first loadable segment: its offset is in the first program header. */
    unsigned first = (unsigned)image[31] | (unsigned)image[30] << 8;
    size_t offset = (size_t)image[first + 7] | (size_t)image[first + 6] << 8 | (size_t)image[first + 5] << 16;
    write_bytes("half.elf", image, offset + 8);
    image[19] = 2;
    write_bytes("sparc.elf", image, size);
    image[19] = 15;
    image[17] = 1;
    write_bytes("object.elf", image, size);
    image[17] = 2;
    image[first + 13] = 0; /* physical address of the first segment: below what the firmware needs */
    image[first + 14] = 0x50;
    write_bytes("low.elf", image, size);
    image[first + 13] = 1;
    image[first + 14] = 0;
    image[first + 12] = 0xF0;
    write_bytes("high.elf", image, size);
    free(image);
}

static void copy_host_image(const struct bench_of_tests *tests)
{
    unsigned char head[4096];
    FILE *file = fopen(tests->program, "re");
    size_t size = file ? fread(head, 1, sizeof head, file) : 0;
    if (file)
        fclose(file);
    write_bytes("host.elf", head, size);
}

void test_refusals(struct bench_of_tests *tests)
{
    char odd[1000] = {0};
    make_images(tests);
    copy_host_image(tests);
    write_text("probe.us", "# nothing\n");
    write_bytes("odd.img", odd, sizeof odd);
    write_text("large.img", "");
    if (truncate("large.img", 4 << 20))
        exit(1);
    unsigned entries = folder_entries();
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *row = &refusals[i];
        struct outcome outcome = run_program(tests, row->words, "");
        char name[256] = "";
        for (unsigned k = 0; row->words[k]; k++)
            snprintf(name + strlen(name), sizeof name - strlen(name), "%s%s", k ? " " : "", row->words[k]);
        expect(tests, outcome.status == 2, name, &outcome, "exit status 2 is wanted");
        expect(tests, line_count(outcome.err) == 1, name, &outcome, "one line on stderr is wanted");
        expect(tests, strncmp(outcome.err, "understudy: ", 12) == 0, name, &outcome, "'understudy: ' is wanted");
        expect(tests, strstr(outcome.err, row->wanted) != NULL, name, &outcome, "'%s' is wanted", row->wanted);
        expect(tests, !*outcome.out, name, &outcome, "nothing on stdout is wanted");
        expect(tests, folder_entries() == entries, name, &outcome, "a file was left");
        outcome_free(&outcome);
    }
    printf("%zu refusals\n", sizeof refusals / sizeof refusals[0]);
}
