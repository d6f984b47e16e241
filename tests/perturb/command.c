/* command.c - see command.h. */
#include "tests/perturb/command.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const files[PARTS] = {"terminal", "error", "json", "disk", "log", "beside-1.txt", "beside-2.txt"};

void command_add(struct command *command, const char *format, ...)
{
    va_list args;
    assert(command->count < OPTIONS_MAX);
    va_start(args, format);
    vsnprintf(command->options[command->count++], OPTION_BYTES, format, args);
    va_end(args);
}

/* ---- as words ---- */

enum { WORDS_MAX = 2 * OPTIONS_MAX + 16, TEXT_BYTES = 2 * OPTIONS_MAX * OPTION_BYTES };

struct words {
    char *at[WORDS_MAX];
    unsigned count;
    char text[TEXT_BYTES];
};

/* The words of COMMAND; a guest in an option is written "@NAME", at its beginning or after "=", and stands for its
 * file.
 */
static void split(const struct command *command, const char *program, const char *guests, unsigned threads,
                  struct words *words)
{
    size_t at =
        (size_t)snprintf(words->text, TEXT_BYTES, "%s run --ram 4M --json json --threads %u ", program, threads);
    for (unsigned i = 0; i < command->count; i++)
        for (const char *c = command->options[i]; *c || words->text[at - 1] != ' '; c += *c != '\0') {
            if (*c == '@' && c > command->options[i] && (c[-1] == ' ' || c[-1] == '='))
                at += (size_t)snprintf(words->text + at, TEXT_BYTES - at, "%s/", guests);
            else
                words->text[at++] = *c ? *c : ' ';
            assert(at < TEXT_BYTES);
        }
    snprintf(words->text + at, TEXT_BYTES - at, "%s/%s.elf", guests, command->guest);
    words->count = 0;
    for (char *rest = words->text, *word; (word = strsep(&rest, " "));) {
        assert(words->count + 1 < WORDS_MAX);
        words->at[words->count++] = word;
    }
    words->at[words->count] = NULL;
}

void command_format(const struct command *command, const char *program, const char *guests, unsigned threads,
                    uint64_t perturb, char *text, size_t size)
{
    struct words *words = malloc(sizeof *words);
    assert(words && size);
    split(command, program, guests, threads, words);
    size_t at = 0;
    text[0] = '\0';
    if (command->typed)
        at += (size_t)snprintf(text + at, size - at, "echo %s | ", command->typed);
    if (perturb && at < size)
        at += (size_t)snprintf(text + at, size - at, "UNDERSTUDY_PERTURB=%" PRIu64 " ", perturb);
    for (unsigned i = 0; i < words->count && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%s", i ? " " : "", words->at[i]);
    free(words);
}

/* ---- a run ---- */

void bench_open(struct bench *bench)
{
    snprintf(bench->folder, sizeof bench->folder, "/tmp/understudy-perturb-XXXXXX");
    if (!mkdtemp(bench->folder)) {
        perror("campaign_perturb: a folder in /tmp");
        exit(2);
    }
}

static void empty(const struct bench *bench)
{
    char path[128];
    for (unsigned part = 0; part < PARTS; part++) {
        snprintf(path, sizeof path, "%s/%s", bench->folder, files[part]);
        unlink(path);
    }
}

void bench_close(const struct bench *bench)
{
    empty(bench);
    rmdir(bench->folder);
}

static void redirect(const char *path, int flags, int descriptor)
{
    int file = open(path, flags, 0600);
    if (file < 0 || dup2(file, descriptor) < 0)
        _exit(127);
    close(file);
}

/* In the new process. */
static void become(const struct bench *bench, const struct command *command, const struct words *words,
                   uint64_t perturb)
{
    char seed[32];
    int input[2];
    snprintf(seed, sizeof seed, "%" PRIu64, perturb);
    if (perturb)
        setenv("UNDERSTUDY_PERTURB", seed, 1);
    personality(ADDR_NO_RANDOMIZE); /* ThreadSanitizer does not know every layout */
    if (chdir(bench->folder))
        _exit(127);
    redirect("/dev/null", O_RDONLY, 0);
    if (command->typed) {
        if (pipe(input) || dprintf(input[1], "%s\n", command->typed) < 0 || dup2(input[0], 0) < 0)
            _exit(127);
        close(input[0]);
        close(input[1]);
    }
    redirect(files[PART_TERMINAL], O_WRONLY | O_CREAT | O_TRUNC, 1);
    redirect(files[PART_ERROR], O_WRONLY | O_CREAT | O_TRUNC, 2);
    execv(words->at[0], words->at);
    _exit(127);
}

/* Wait for CHILD, but no longer than SECONDS. */
static void await(pid_t child, unsigned seconds, struct seen *seen)
{
    enum { LOOKS_PER_SECOND = 1000 };
    int status;
    uint64_t looks = (uint64_t)seconds * LOOKS_PER_SECOND;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!seen->hung && --looks == 0) {
            seen->hung = true;
            kill(child, SIGKILL);
        }
        nanosleep(&(struct timespec){0, 1000000000 / LOOKS_PER_SECOND}, NULL);
    }
    seen->status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Leave out the lines of JSON that two runs need not agree about. */
static size_t without_host_time(char *text, size_t size)
{
    size_t kept = 0;
    for (char *line = text, *end; line < text + size; line = end) {
        end = memchr(line, '\n', (size_t)(text + size - line));
        end = end ? end + 1 : text + size;
        size_t length = (size_t)(end - line);
        if (memmem(line, length, "_seconds\"", 9) || memmem(line, length, "\"primary\"", 9) ||
            memmem(line, length, "\"backup\"", 8))
            continue;
        memmove(text + kept, line, length);
        kept += length;
    }
    return kept;
}

static void keep(const struct bench *bench, enum part part, struct seen *seen)
{
    char path[128];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", bench->folder, files[part]);
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    if (!fstat(fileno(file), &info) && (seen->parts[part].bytes = calloc(1, (size_t)info.st_size + 1)))
        seen->parts[part].size = fread(seen->parts[part].bytes, 1, (size_t)info.st_size, file);
    fclose(file);
    assert(seen->parts[part].bytes);
    if (part == PART_JSON)
        seen->parts[part].size = without_host_time(seen->parts[part].bytes, seen->parts[part].size);
}

void bench_run(const struct bench *bench, const struct command *command, unsigned threads, uint64_t perturb,
               struct seen *seen)
{
    struct words *words = malloc(sizeof *words);
    assert(words);
    memset(seen, 0, sizeof *seen);
    split(command, bench->program, bench->guests, threads, words);
    empty(bench);
    fflush(stdout);
    pid_t child = fork();
    assert(child >= 0);
    if (!child)
        become(bench, command, words, perturb);
    await(child, bench->hang_seconds, seen);
    for (enum part part = 0; part < PARTS; part++)
        keep(bench, part, seen);
    free(words);
}

void seen_free(struct seen *seen)
{
    for (unsigned part = 0; part < PARTS; part++)
        free(seen->parts[part].bytes);
    memset(seen, 0, sizeof *seen);
}

/* ---- two runs ---- */

/* The line of BYTES that holds number AT, for a person. */
static void line_at(const char *bytes, size_t size, size_t at, char *text, size_t text_size)
{
    size_t begin = at < size ? at : size;
    while (begin && bytes[begin - 1] != '\n')
        begin--;
    size_t length = 0;
    for (; begin + length < size && bytes[begin + length] != '\n' && length + 1 < text_size; length++)
        text[length] = bytes[begin + length] >= ' ' && bytes[begin + length] <= '~' ? bytes[begin + length] : '.';
    text[length] = '\0';
}

bool command_may_differ(const struct command *command)
{
    static const char *const reasons[] = {"--break-assumption", "--fault flip="};
    for (unsigned i = 0; i < command->count; i++)
        for (unsigned reason = 0; reason < sizeof reasons / sizeof reasons[0]; reason++)
            if (!strncmp(command->options[i], reasons[reason], strlen(reasons[reason])))
                return true;
    return false;
}

bool seen_computers_differ(const struct seen *seen)
{
    const char *error = seen->parts[PART_ERROR].bytes;
    return error && strstr(error, "unexplainable: the computers differ");
}

void seen_last_error(const struct seen *seen, char *text, size_t size)
{
    const char *bytes = seen->parts[PART_ERROR].bytes ? seen->parts[PART_ERROR].bytes : "";
    size_t length = seen->parts[PART_ERROR].size;
    while (length && (bytes[length - 1] == '\n' || bytes[length - 1] == '='))
        length--;
    line_at(bytes, length, length, text, size);
}

bool seen_differ(const struct seen *right, const struct seen *run, char *text, size_t size)
{
    char is[200], was[200];
    const char *race = run->parts[PART_ERROR].bytes ? strstr(run->parts[PART_ERROR].bytes, "SUMMARY: ") : NULL;
    if (run->hung || race) {
        snprintf(text, size, "%.*s", race ? (int)strcspn(race, "\n") : 4, race ? race : "hung");
        return true;
    }
    for (unsigned part = 0; part < PARTS; part++) {
        const char *a = right->parts[part].bytes, *b = run->parts[part].bytes;
        size_t a_size = right->parts[part].size, b_size = run->parts[part].size, at = 0;
        if (a_size == b_size && (!a_size || !memcmp(a, b, a_size)) && !a == !b)
            continue;
        while (at < a_size && at < b_size && a[at] == b[at])
            at++;
        line_at(a ? a : "", a_size, at, was, sizeof was);
        line_at(b ? b : "", b_size, at, is, sizeof is);
        snprintf(text, size, "status %d for %d; %s differs at byte %zu: '%s' for '%s'", run->status, right->status,
                 files[part], at, is, was);
        return true;
    }
    snprintf(text, size, "status %d for %d", run->status, right->status);
    return run->status != right->status;
}
