/* support.c - see support.h. */
#include "support.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Output goes into unnamed files: no pipe can fill up, and no file is left. */
static int unnamed(const char *content)
{
    FILE *file = tmpfile();
    assert(file);
    int fd = dup(fileno(file));
    assert(fd >= 0);
    fclose(file);
    size_t size = strlen(content);
    assert(write(fd, content, size) == (ssize_t)size);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static char *content_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = malloc((size_t)size + 1);
    assert(text);
    ssize_t done = pread(fd, text, (size_t)size, 0);
    assert(done == size);
    for (ssize_t i = 0; i < done; i++)
        if (!text[i])
            text[i] = '?'; /* a NUL would hide what follows */
    text[size] = '\0';
    close(fd);
    return text;
}

struct outcome run_program(const struct bench_of_tests *tests, const char *const *words, const char *input)
{
    int in = unnamed(input), out = unnamed(""), err = unnamed("");
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        char *arguments[64] = {strdup(tests->program)};
        for (unsigned i = 0; words[i]; i++)
            arguments[i + 1] = strdup(words[i]);
        dup2(in, 0);
        dup2(out, 1);
        dup2(err, 2);
        execv(tests->program, arguments);
        _exit(127);
    }
    int state;
    waitpid(child, &state, 0);
    close(in);
    return (struct outcome){WIFEXITED(state) ? WEXITSTATUS(state) : 1000 + WTERMSIG(state), content_of(out),
                            content_of(err)};
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
    *outcome = (struct outcome){0};
}

bool expect(struct bench_of_tests *tests, bool good, const char *name, const struct outcome *outcome,
            const char *format, ...)
{
    if (good)
        return true;
    va_list args;
    va_start(args, format);
    printf("FAILED %s: ", name);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    if (outcome)
        printf("  status %d\n  stdout: %s\n  stderr: %s\n", outcome->status, outcome->out, outcome->err);
    tests->failed++;
    return false;
}

unsigned line_count(const char *text)
{
    unsigned count = 0;
    for (; *text; text++)
        count += *text == '\n' || !text[1];
    return count;
}

bool has_in_order(const char *text, const char *wanted, char *missing, size_t size)
{
    while (*wanted) {
        size_t length = strcspn(wanted, "\n");
        const char *at = memmem(text, strlen(text), wanted, length);
        if (!at) {
            snprintf(missing, size, "%.*s", (int)length, wanted);
            return false;
        }
        text = at + length;
        wanted += length + (wanted[length] == '\n');
    }
    return true;
}

char *read_text(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? NULL : content_of(fd);
}

void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    assert(file);
    size_t done = fwrite(bytes, 1, size, file);
    int closed = fclose(file);
    assert(done == size && closed == 0);
}

void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

unsigned folder_entries(void)
{
    DIR *folder = opendir(".");
    assert(folder);
    unsigned count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}
