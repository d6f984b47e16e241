/* test_objdump.c - our disassembly against GNU objdump's, word by word.
 *
 *     test_objdump [--seed N] [--count N] [OBJDUMP]
 *
 * COUNT words (default 1,000,000) are drawn from the table, every row equally often with every field random. A tenth as
 * many are such words with one bit turned over, which is what shows the rows' borders, a tenth are purely random, and a
 * tenth come from the regions in objdump_quirks.c. They go into one file, objdump disassembles it once, and each line
 * must be byte for byte what insn_disassemble gives, unless objdump_quirks.c knows why not. In a run of the default
 * size every entry of that list must have been needed. Exit status: 0 good, 1 a difference, 77 there is no objdump
 * (ctest: skipped).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmu/base/bits.h"
#include "tests/isa/insn_random.h"
#include "tests/isa/objdump_quirks.h"

enum {
    DEFAULT_COUNT = 1000000,
    REPORTED_MAX = 20,
    SKIPPED = 77,
};

struct run {
    const char *objdump;
    uint64_t seed;
    unsigned count;
    uint32_t *words;
    unsigned total;
    unsigned wrong;
    unsigned used[128]; /* by quirk */
};

static bool parse(struct run *run, int argc, char **argv)
{
    *run = (struct run){.objdump = "hppa-linux-gnu-objdump", .seed = 1, .count = DEFAULT_COUNT};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            run->seed = strtoull(argv[++i], NULL, 0);
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            run->count = (unsigned)strtoul(argv[++i], NULL, 0);
        else if (argv[i][0] != '-')
            run->objdump = argv[i];
        else
            return false;
    }
    return run->count > 0;
}

/* Word I of the run: from the table, then near the table's words, random, and from the quirks' regions. */
static uint32_t draw_word(const struct run *run, struct insn_random *random, unsigned i)
{
    uint32_t bits = (uint32_t)insn_random_bits(random);
    uint32_t word = insn_random_word(random, 1 + i % (INSN_COUNT - 1));

    if (i < run->count)
        return word;
    switch (i % 3) {
    case 0:
        return word ^ PA_BIT(insn_random_below(random, 32));
    case 1:
        return objdump_quirk_word(i / 3 % objdump_quirk_count(), bits, &word) ? word : bits;
    default:
        return bits;
    }
}

static bool draw(struct run *run, FILE *file)
{
    struct insn_random random = {run->seed};

    run->total = run->count + run->count / 10 * 3;
    run->words = malloc(run->total * sizeof *run->words);
    if (!run->words)
        return false;
    for (unsigned i = 0; i < run->total; i++) {
        uint8_t bytes[4];
        run->words[i] = draw_word(run, &random, i);
        be32_store(bytes, run->words[i]);
        if (fwrite(bytes, 1, 4, file) != 4)
            return false;
    }
    return fflush(file) == 0;
}

/* Runs of blanks become one space; none at the end. */
static void normalise(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        char c = *from == '\t' || *from == '\n' ? ' ' : *from;
        if (c != ' ' || (to > text && to[-1] != ' '))
            *to++ = c;
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

static void judge(struct run *run, unsigned i, char *theirs)
{
    char ours[128];
    struct insn insn;

    normalise(theirs);
    insn_decode(run->words[i], &insn);
    insn_disassemble(run->words[i], i * 4, ours, sizeof ours);
    normalise(ours); /* objdump's `ftest ,` of a reserved condition loses its blank, too */
    if (strcmp(ours, theirs) == 0)
        return;
    unsigned quirk = objdump_quirk_find(&insn, ours, theirs);
    if (quirk < objdump_quirk_count())
        run->used[quirk]++;
    else if (run->wrong++ < REPORTED_MAX)
        printf("%08" PRIx32 " %s: ours \"%s\", objdump's \"%s\"\n", run->words[i], insn_rows[insn.id].id, ours, theirs);
}

/* Lines are "address:<tab>bytes<tab>text". */
static unsigned compare(struct run *run, FILE *listing)
{
    char line[512];
    unsigned next = 0;

    while (fgets(line, sizeof line, listing)) {
        char *colon = strstr(line, ":\t");
        char *text = colon ? strchr(colon + 2, '\t') : NULL;
        if (!text || strtoul(line, NULL, 16) != next * 4UL || next == run->total)
            continue;
        judge(run, next++, text + 1);
    }
    return next;
}

static bool all_needed(const struct run *run)
{
    bool good = true;

    for (unsigned i = 0; i < objdump_quirk_count(); i++)
        if (run->used[i] == 0) {
            printf("not needed: %s\n", objdump_quirk_reason(i));
            good = false;
        }
    return good;
}

int main(int argc, char **argv)
{
    struct run run;
    char path[] = "/tmp/us-isa-XXXXXX", command[512];

    if (!parse(&run, argc, argv)) {
        fprintf(stderr, "usage: test_objdump [--seed N] [--count N] [OBJDUMP]\n");
        return 1;
    }
    snprintf(command, sizeof command, "%s --version >/dev/null 2>&1", run.objdump);
    if (system(command) != 0) {
        printf("no %s here\n", run.objdump);
        return SKIPPED;
    }
    printf("seed %" PRIu64 "\n", run.seed);
    int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (!file || !draw(&run, file)) {
        perror(path);
        return 1;
    }
    fclose(file);
    snprintf(command, sizeof command, "%s -D -z -b binary -m hppa1.1 -EB %s", run.objdump, path);
    FILE *listing = popen(command, "r");
    unsigned seen = listing ? compare(&run, listing) : 0;
    bool good = listing && pclose(listing) == 0 && seen == run.total && run.wrong == 0;
    good &= run.count < DEFAULT_COUNT || all_needed(&run);
    printf("%u of %u words compared, %u wrong\n", seen, run.total, run.wrong);
    unlink(path);
    free(run.words);
    return good ? 0 : 1;
}
