/* command.h - a whole command line of `understudy run`, and everything that can be seen of a run of it. */
#ifndef US_TESTS_PERTURB_COMMAND_H
#define US_TESTS_PERTURB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPTIONS_MAX = 48, OPTION_BYTES = 160 };

/* What a run may leave in its folder: standard output and error, JSON without what the host's time decides, the disk,
 * the recording, the terminals of virtual processors beside the first. */
enum part { PART_TERMINAL, PART_ERROR, PART_JSON, PART_DISK, PART_LOG, PART_BESIDE_1, PART_BESIDE_2, PARTS };

/* Options as words with spaces between them ("--epoch 1000"). The names of files in them are those of the parts. */
struct command {
    unsigned count;
    char options[OPTIONS_MAX][OPTION_BYTES];
    const char *guest;
    const char *typed; /* a line of standard input; NULL: none */
};

/* Is it right that its computers differ? A bit flips, or an assumption is broken. */
bool command_may_differ(const struct command *command);

/* What runs it, and where. */
struct bench {
    const char *program, *guests; /* absolute paths */
    char folder[64];              /* of this process; made by bench_open, removed by bench_close */
    unsigned hang_seconds;        /* a run that takes longer has failed */
};

struct seen {
    int status; /* the exit status; -N: ended by signal N */
    bool hung;
    struct {
        char *bytes;
        size_t size;
    } parts[PARTS];
};

void command_add(struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As a shell takes it, with GUESTS as the folder of the guests. */
void command_format(const struct command *command, const char *program, const char *guests, unsigned threads,
                    uint64_t perturb, char *text, size_t size);

void bench_open(struct bench *bench);
void bench_close(const struct bench *bench);
/* Run COMMAND on THREADS host threads, perturbed by the seed PERTURB (0: not at all). */
void bench_run(const struct bench *bench, const struct command *command, unsigned threads, uint64_t perturb,
               struct seen *seen);
void seen_free(struct seen *seen);
/* How a run differs from the one that is right, as a line in TEXT. False: it does not. */
bool seen_differ(const struct seen *right, const struct seen *run, char *text, size_t size);
/* Did the computers find that they differ? */
bool seen_computers_differ(const struct seen *seen);
/* The last line of standard error: of a run that failed, what it died of. */
void seen_last_error(const struct seen *seen, char *text, size_t size);

#endif
