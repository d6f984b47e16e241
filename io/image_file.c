/* image_file.c - see image_file.h. */
#include "io/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/disk_operation.h"
#include "mmu/base/memory.h"
#include "mmu/base/vec.h"

/* A file that the holder has locked. */
struct held {
    dev_t device;
    ino_t inode;
    int fd; /* of the open file description that has the lock */
    unsigned readers, writers;
};

struct image_files {
    VEC(struct held) held;
};

struct image_file {
    struct image_files *files;
    int fd;
    bool writable;
    dev_t device;
    ino_t inode;
    uint64_t size_bytes;
};

struct image_files *image_files_new(void)
{
    struct image_files *files = calloc(1, sizeof *files);
    memory_need(files);
    return files;
}

void image_files_free(struct image_files *files)
{
    if (!files)
        return;
    memory_need(!files->held.count);
    VEC_FREE(&files->held);
    free(files);
}

/* ---- locks ---- */

/* Give the open file description of FD the lock KIND (F_RDLCK, F_WRLCK, F_UNLCK). False: somebody else has one that
 * forbids it. */
static bool lock(int fd, short kind)
{
    struct flock whole = {.l_type = kind, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES);
}

static struct held *find_held(const struct image_file *file)
{
    for (size_t i = 0; i < file->files->held.count; i++)
        if (file->files->held.at[i].device == file->device && file->files->held.at[i].inode == file->inode)
            return &file->files->held.at[i];
    return NULL;
}

/* FILE is to be written, and the holder has it only to read so far: the lock moves to FILE's own description, of which
 * FD is another descriptor. */
static bool upgrade(const struct image_file *file, struct held *held, int fd)
{
    lock(held->fd, F_UNLCK);
    if (!lock(file->fd, F_WRLCK)) {
        lock(held->fd, F_RDLCK);
        return false;
    }
    close(held->fd);
    held->fd = fd;
    return true;
}

static bool hold(const struct image_file *file, const char *path, struct error *error)
{
    struct held *held = find_held(file);
    bool takes = !held || (file->writable && !held->writers);
    int copy = takes ? fcntl(file->fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (takes && copy < 0)
        return error_set(error, "disk '%s' cannot be opened: %s", path, strerror(errno));
    bool good = !held ? lock(file->fd, file->writable ? F_WRLCK : F_RDLCK) : takes ? upgrade(file, held, copy) : true;
    if (!good) {
        close(copy);
        return error_set(error, "disk '%s' is in use by another run, monitor or program: %s", path,
                         file->writable ? "who writes an image has it alone (',snapshot' shares it with snapshots)"
                                        : "it may be written there, and a snapshot shares with snapshots only");
    }
    if (!held) {
        held = VEC_PUSH(&file->files->held);
        *held = (struct held){.device = file->device, .inode = file->inode, .fd = copy};
    }
    held->readers += !file->writable;
    held->writers += file->writable;
    return true;
}

static void release(const struct image_file *file)
{
    struct held *held = find_held(file);
    held->readers -= !file->writable;
    held->writers -= file->writable;
    if (!held->writers && !held->readers) {
        close(held->fd);
        *held = file->files->held.at[--file->files->held.count];
    } else if (file->writable && !held->writers) {
        lock(held->fd, F_RDLCK);
    }
}

/* ---- files ---- */

/* FD, which is open, as a file of FILES; it is closed in any case. */
static struct image_file *adopt(struct image_files *files, int fd, const char *path, bool writable, struct error *error)
{
    struct stat info;
    struct image_file *file = calloc(1, sizeof *file);
    memory_need(file);
    bool good = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (!good)
        error_set(error, "disk '%s' is not a regular file: a raw image file is wanted", path);
    *file = (struct image_file){files, fd, writable, info.st_dev, info.st_ino, (uint64_t)info.st_size};
    if (good && hold(file, path, error))
        return file;
    close(fd);
    free(file);
    return NULL;
}

struct image_file *image_file_open(struct image_files *files, const char *path, bool writable, struct error *error)
{
    int fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not be waited for */
    if (fd < 0) {
        error_set(error, "disk '%s' cannot be opened: %s (a %s raw image file is wanted)", path, strerror(errno),
                  writable ? "readable and writable" : "readable");
        return NULL;
    }
    struct image_file *file = adopt(files, fd, path, writable, error);
    if (!file)
        return NULL;
    bool good = true;
    if (file->size_bytes == 0 || file->size_bytes % DISK_BLOCK_BYTES)
        good = error_set(error, "disk '%s' is %llu bytes long: a whole, positive number of 512-byte blocks is wanted",
                         path, (unsigned long long)file->size_bytes);
    else if (file->size_bytes / DISK_BLOCK_BYTES > UINT32_MAX)
        good = error_set(error, "disk '%s' is too large: at most 2^32 - 1 blocks can be addressed", path);
    if (good)
        return file;
    image_file_close(file);
    return NULL;
}

static bool folder_of(const char *path, char folder[PATH_MAX], struct error *error)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 1;
    if (length >= PATH_MAX)
        return error_set(error, "disk path is too long: at most %d characters are wanted", PATH_MAX - 1);
    memcpy(folder, slash ? path : ".", length);
    folder[length] = '\0';
    return true;
}

bool image_file_in_use(const char *path)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat info;
    int fd = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    bool used = fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
    if (fd >= 0)
        close(fd);
    return used;
}

bool image_file_possible(const char *path, uint64_t size_bytes, struct error *error)
{
    char folder[PATH_MAX];
    if (size_bytes % DISK_BLOCK_BYTES)
        return error_set(error, "disk '%s' cannot be created with %llu bytes: a multiple of 512 is wanted", path,
                         (unsigned long long)size_bytes);
    if (size_bytes / DISK_BLOCK_BYTES > UINT32_MAX)
        return error_set(error, "disk '%s' cannot be created with %llu bytes: at most 2^32 - 1 blocks can be addressed",
                         path, (unsigned long long)size_bytes);
    if (!folder_of(path, folder, error))
        return false;
    return access(folder, W_OK | X_OK) == 0 ||
           error_set(error, "disk '%s' cannot be created: %s", path, strerror(errno));
}

/* A file without a name, in the folder of PATH; -1: errno says why. */
static int open_nameless(const char *path)
{
    char folder[PATH_MAX];
    if (folder_of(path, folder, NULL))
        return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    errno = ENAMETOOLONG;
    return -1;
}

/* It becomes PATH, if there is nothing. */
static bool name_it(int fd, const char *path)
{
    char itself[64];
    snprintf(itself, sizeof itself, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, itself, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

/* A file gets its name when it has its size, so that a killed process leaves none that is none; but where the file
 * system knows no files without a name, it has one from the start. */
struct image_file *image_file_create(struct image_files *files, const char *path, uint64_t size_bytes,
                                     struct error *error)
{
    int fd = open_nameless(path);
    bool named = fd < 0;
    if (named)
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        error_set(error, "disk '%s' cannot be created: %s", path, strerror(errno));
        return NULL;
    }
    struct image_file *file = adopt(files, fd, path, true, error);
    if (file && (ftruncate(file->fd, (off_t)size_bytes) || (!named && !name_it(file->fd, path)))) {
        error_set(error, "disk '%s' cannot be created: %s", path, strerror(errno));
        image_file_close(file);
        file = NULL;
    }
    if (!file && named)
        unlink(path);
    if (file)
        file->size_bytes = size_bytes;
    return file;
}

void image_file_close(struct image_file *file)
{
    if (!file)
        return;
    release(file);
    close(file->fd);
    free(file);
}

int image_file_descriptor(const struct image_file *file)
{
    return file->fd;
}

uint64_t image_file_bytes(const struct image_file *file)
{
    return file->size_bytes;
}

uint64_t image_file_next_data(const struct image_file *file, uint64_t at)
{
    off_t found = lseek(file->fd, (off_t)at, SEEK_DATA);
    if (found >= 0)
        return (uint64_t)found;
    return errno == ENXIO ? file->size_bytes : at; /* there is none; or the file system does not know */
}

uint64_t image_file_next_hole(const struct image_file *file, uint64_t at)
{
    off_t found = lseek(file->fd, (off_t)at, SEEK_HOLE);
    return found >= 0 ? (uint64_t)found : file->size_bytes;
}
