/* file.c - see file.h. */
#include "monitor/base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/stream.h"
#include "mmu/base/memory.h"

enum { PIECE_BYTES = 1 << 20 };

/* What is to be written, and who is told how far it is (NULL: nobody). */
struct content {
    const char *bytes;
    size_t size;
    bool (*tell)(void *arg, uint64_t done, uint64_t of);
    void *arg;
};

static bool fail(const char *path, int cause, struct error *error)
{
    return error_set(error, "'%s' cannot be written: %s", path, strerror(cause));
}

/* Is there something that a rename must not replace? */
static bool is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static void folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
}

bool file_is_same(int fd, int other)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* As tools have it: the standard output. */
static bool is_standard_output(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool file_writable(const char *path, struct error *error)
{
    struct stat info;
    char folder[PATH_MAX];
    if (is_standard_output(path))
        return true;
    if (!*path || strlen(path) > PATH_MAX - 16)
        return error_set(error, "'%.60s' is not a path: a file name of 1 to %d characters is wanted", path,
                         PATH_MAX - 16);
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return error_set(error, "'%s' is a folder: a file is wanted", path);
        if (access(path, W_OK))
            return fail(path, errno, error);
    }
    folder_of(path, folder);
    if (!is_special(path) && (stat(folder, &info) || access(folder, W_OK | X_OK)))
        return fail(path, errno, error);
    return true;
}

/* Write, and close. */
static bool write_all(int fd, const char *path, const struct content *content, struct error *error)
{
    int cause = 0;
    bool wanted = true;
    for (size_t done = 0; done < content->size && !cause && wanted;) {
        size_t piece = content->size - done < PIECE_BYTES ? content->size - done : PIECE_BYTES;
        cause = stream_write(fd, content->bytes + done, piece);
        done += piece;
        wanted = cause || !content->tell || content->tell(content->arg, done, content->size);
    }
    if (close(fd) && !cause)
        cause = errno;
    if (cause)
        return fail(path, cause, error);
    return wanted || error_set(error, "interrupted: '%s' is not written", path);
}

static bool write_special(const char *path, const struct content *content, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail(path, errno, error);
    return write_all(fd, path, content, error);
}

static bool write_content(const char *path, const struct content *content, struct error *error)
{
    char temporary[PATH_MAX], resolved[PATH_MAX];
    if (is_special(path))
        return write_special(path, content, error);
    const char *target = realpath(path, resolved) ? resolved : path; /* a link stays one */
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", target) >= (int)sizeof temporary)
        return error_set(error, "'%.60s...' is too long a path", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return fail(path, errno, error);
    mode_t mask = umask(0);
    umask(mask);
    bool good = fchmod(fd, 0666 & ~mask) == 0 || fail(path, errno, error);
    good &= write_all(fd, path, content, error);
    if (good && rename(temporary, target) == 0)
        return true;
    if (good)
        fail(path, errno, error);
    unlink(temporary);
    return false;
}

bool file_write_whole(const char *path, const void *bytes, size_t size, struct error *error)
{
    return write_content(path, &(struct content){bytes, size, NULL, NULL}, error);
}

bool file_write_told(const char *path, const void *bytes, size_t size,
                     bool (*tell)(void *arg, uint64_t done, uint64_t of), void *arg, struct error *error)
{
    return write_content(path, &(struct content){bytes, size, tell, arg}, error);
}

static bool write_output(const void *bytes, size_t size, struct error *error)
{
    fflush(stdout);
    int cause = stream_write(STDOUT_FILENO, bytes, size);
    return !cause || fail("the standard output", cause, error);
}

bool file_print_whole(const char *path, void (*print)(FILE *out, const void *what), const void *what,
                      struct error *error)
{
    char *text = NULL;
    size_t size;
    if (!path)
        return true;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    print(out, what);
    fclose(out);
    bool good = is_standard_output(path) ? write_output(text, size, error) : file_write_whole(path, text, size, error);
    free(text);
    return good;
}
