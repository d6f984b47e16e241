/* disk_content.c - see disk_content.h. A page of the overlay holds eight blocks, the unchanged ones of them as well. */
#include "io/disk_content.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/stream.h"
#include "mmu/base/memory.h"

enum { PAGE_BLOCKS = PAGE_BYTES / DISK_BLOCK_BYTES };

/* ---- opening ---- */

static bool open_or_plan(struct disk_content *content, struct error *error)
{
    const struct shared_disk_config *config = &content->config;
    uint64_t bytes = config->create_bytes;
    if (bytes && access(config->path, F_OK) && errno == ENOENT) {
        if (!image_file_possible(config->path, bytes, error))
            return false;
    } else {
        content->file = image_file_open(content->files, config->path, config->keeping != DISK_SNAPSHOT, error);
        if (!content->file)
            return false;
        bytes = image_file_bytes(content->file);
    }
    content->blocks = (uint32_t)(bytes / DISK_BLOCK_BYTES);
    return true;
}

static void begin(struct disk_content *content)
{
    content->store = page_store_new();
    memory_need(content->store);
    page_map_init(&content->overlay, content->store, content->blocks / PAGE_BLOCKS + 1);
    page_map_init(&content->before, content->store, content->blocks / PAGE_BLOCKS + 1);
}

static void keep_path(struct disk_content *content)
{
    content->path = strdup(content->config.path);
    memory_need(content->path);
    content->config.path = content->path;
}

bool disk_content_open(struct disk_content *content, const struct shared_disk_config *config, struct image_files *files,
                       struct error *error)
{
    *content = (struct disk_content){.config = *config, .files = files};
    if (config->path)
        keep_path(content);
    bool good = !config->path || open_or_plan(content, error);
    begin(content);
    return good;
}

void disk_content_again(struct disk_content *content, const struct disk_content *first)
{
    *content = (struct disk_content){.config = first->config, .first = first, .blocks = first->blocks};
    content->config.keeping = DISK_SNAPSHOT;
    if (first->path)
        keep_path(content);
    begin(content);
}

/* Is a write in the file when it has been made? */
static bool is_at_once(const struct disk_content *content)
{
    return content->config.keeping == DISK_THROUGH || content->config.keeping == DISK_FOLLOWED;
}

static bool create(struct disk_content *content, struct error *error)
{
    content->file = image_file_create(content->files, content->path, content->config.create_bytes, error);
    content->made = content->file != NULL;
    return content->made;
}

bool disk_content_make(struct disk_content *content, struct error *error)
{
    return !content->path || content->file || !is_at_once(content) || create(content, error);
}

void disk_content_unmake(struct disk_content *content)
{
    if (!content->made)
        return;
    unlink(content->path);
    image_file_close(content->file);
    content->file = NULL;
    content->made = false;
}

void disk_content_close(struct disk_content *content)
{
    image_file_close(content->file);
    page_map_free(&content->overlay);
    page_map_free(&content->before);
    page_store_free(content->store);
    free(content->path);
}

/* ---- reading ---- */

static bool failed(struct disk_content *content, const char *deed, int cause)
{
    if (!content->host_error) {
        content->host_error = cause;
        content->host_deed = deed;
    }
    return false;
}

bool disk_content_good(const struct disk_content *content, struct error *error)
{
    return !content->host_error || error_set(error, "disk '%s' cannot be %s: %s", content->path, content->host_deed,
                                             strerror(content->host_error));
}

/* SIZE bytes of the image file from byte AT on; zeros where the disk ends, and where there is no file. Returns 0 or an
 * errno. */
static int read_file(const struct disk_content *content, uint64_t at, size_t size, uint8_t *to)
{
    uint64_t end = (uint64_t)content->blocks * DISK_BLOCK_BYTES;
    size_t wanted = !content->file || at >= end ? 0 : end - at < size ? (size_t)(end - at) : size, there = 0;
    int cause = 0;
    while (there < wanted && !cause) {
        ssize_t got = pread(image_file_descriptor(content->file), to + there, wanted - there, (off_t)(at + there));
        if (got > 0)
            there += (size_t)got;
        else if (got == 0)
            cause = ENODATA; /* cut short while we ran */
        else if (errno != EINTR)
            cause = errno;
    }
    memset(to + there, 0, size - there);
    return cause;
}

/* The same from what the file had at first. Within a page. */
static int read_first(const struct disk_content *content, uint64_t at, size_t size, uint8_t *to)
{
    const uint8_t *kept = page_map_get(&content->before, (uint32_t)(at / PAGE_BYTES));
    if (!kept)
        return content->first ? read_first(content->first, at, size, to) : read_file(content, at, size, to);
    memcpy(to, kept + at % PAGE_BYTES, size);
    return 0;
}

/* The same as it is now. */
static int read_now(const struct disk_content *content, uint64_t at, size_t size, uint8_t *to)
{
    const uint8_t *changed = page_map_get(&content->overlay, (uint32_t)(at / PAGE_BYTES));
    if (!changed)
        return content->config.keeping == DISK_THROUGH ? read_file(content, at, size, to)
                                                       : read_first(content, at, size, to);
    memcpy(to, changed + at % PAGE_BYTES, size);
    return 0;
}

/* How much of SIZE bytes from AT on is in the page of AT. */
static size_t in_page(uint64_t at, size_t size)
{
    size_t left = PAGE_BYTES - (size_t)(at % PAGE_BYTES);
    return left < size ? left : size;
}

bool disk_content_read(struct disk_content *content, uint32_t block, uint32_t count, uint8_t *to)
{
    uint64_t at = (uint64_t)block * DISK_BLOCK_BYTES;
    size_t left = (size_t)count * DISK_BLOCK_BYTES, size;
    int cause = 0;
    if (content->config.keeping == DISK_THROUGH) {
        cause = read_file(content, at, left, to);
        left = 0;
    }
    for (; left; at += size, to += size, left -= size) {
        size = in_page(at, left);
        int now = read_now(content, at, size, to);
        cause = cause ? cause : now;
    }
    return !cause || failed(content, "read", cause);
}

/* ---- writing ---- */

static bool write_overlay(struct disk_content *content, uint64_t at, size_t size, const uint8_t *from)
{
    uint8_t page[PAGE_BYTES];
    for (size_t part; size; at += part, from += part, size -= part) {
        part = in_page(at, size);
        int cause = read_now(content, at - at % PAGE_BYTES, PAGE_BYTES, page);
        if (cause)
            return failed(content, "read", cause);
        memcpy(page + at % PAGE_BYTES, from, part);
        page_map_set(&content->overlay, (uint32_t)(at / PAGE_BYTES), page);
    }
    return true;
}

/* Keep what the file has in the pages of these bytes, where that has not been done. */
static bool keep_before(struct disk_content *content, uint64_t at, size_t size)
{
    uint8_t page[PAGE_BYTES];
    for (uint64_t i = at / PAGE_BYTES; i <= (at + size - 1) / PAGE_BYTES; i++) {
        if (page_map_get(&content->before, (uint32_t)i))
            continue;
        int cause = read_file(content, i * PAGE_BYTES, PAGE_BYTES, page);
        if (cause)
            return failed(content, "read", cause);
        page_map_set(&content->before, (uint32_t)i, page);
    }
    return true;
}

/* *DONE: how many of the bytes are in the file. */
static bool write_through(struct disk_content *content, uint64_t at, size_t size, const uint8_t *from, size_t *done)
{
    bool keeps = content->config.keeps_before || content->config.keeping == DISK_FOLLOWED;
    assert(content->file); /* disk_content_make */
    if (keeps && !keep_before(content, at, size))
        return false;
    int cause = stream_write_at(image_file_descriptor(content->file), from, size, at, done);
    return !cause || failed(content, "written", cause);
}

/* *DONE: how many of the bytes are written. */
static bool write_bytes(struct disk_content *content, uint64_t at, size_t size, const uint8_t *from, size_t *done)
{
    *done = 0;
    bool good = !is_at_once(content) || write_through(content, at, size, from, done);
    if (content->config.keeping == DISK_THROUGH)
        return good;
    size_t through = is_at_once(content) ? *done : size; /* memory has what the file has */
    bool kept = write_overlay(content, at, through, from);
    *done = kept ? through : 0;
    return good && kept;
}

bool disk_content_write(struct disk_content *content, uint32_t block, uint32_t count, const uint8_t *from,
                        const uint64_t *mask, uint32_t *reached)
{
    uint32_t end;
    for (uint32_t i = 0; i < count; i = end) {
        bool wanted = !mask || *mask >> (i % 64) & 1;
        for (end = i + 1; end < count && wanted == (!mask || *mask >> (end % 64) & 1);)
            end++;
        size_t done, offset = (size_t)i * DISK_BLOCK_BYTES, size = (size_t)(end - i) * DISK_BLOCK_BYTES;
        if (!wanted)
            continue;
        if (!write_bytes(content, (uint64_t)block * DISK_BLOCK_BYTES + offset, size, from + offset, &done)) {
            *reached = i + (uint32_t)(done / DISK_BLOCK_BYTES);
            return false;
        }
    }
    *reached = count;
    return true;
}

bool disk_content_flush(struct disk_content *content)
{
    if (!content->config.syncs || !is_at_once(content) || !content->file)
        return true;
    return fdatasync(image_file_descriptor(content->file)) == 0 || failed(content, "flushed", errno);
}

/* ---- commit ---- */

struct commit {
    struct disk_content *content;
    void (*each)(struct commit *commit, uint64_t at, size_t size, const uint8_t *now, const uint8_t *then);
    int cause;       /* errno */
    uint64_t blocks; /* that are not as in the file */
};

static void count_blocks(struct commit *commit, uint64_t at, size_t size, const uint8_t *now, const uint8_t *then)
{
    for (size_t i = 0; i < size; i += DISK_BLOCK_BYTES)
        commit->blocks += memcmp(now + i, then + i, DISK_BLOCK_BYTES) != 0;
}

/* Room for a page, so that a host without room leaves the file as it was. */
static void reserve(struct commit *commit, uint64_t at, size_t size, const uint8_t *now, const uint8_t *then)
{
    if (commit->cause || fallocate(image_file_descriptor(commit->content->file), 0, (off_t)at, (off_t)size) == 0)
        return;
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) /* or else the file system cannot say */
        commit->cause = errno;
}

/* Write a page, and keep what the file had. */
static void commit_page(struct commit *commit, uint64_t at, size_t size, const uint8_t *now, const uint8_t *then)
{
    struct disk_content *content = commit->content;
    size_t done;
    if (commit->cause)
        return;
    if (!page_map_get(&content->before, (uint32_t)(at / PAGE_BYTES)))
        page_map_set(&content->before, (uint32_t)(at / PAGE_BYTES), then);
    commit->cause = stream_write_at(image_file_descriptor(content->file), now, size, at, &done);
}

/* Hand on page INDEX if it is not as the file has it. */
static void look_at_page(void *arg, uint32_t index)
{
    struct commit *commit = arg;
    struct disk_content *content = commit->content;
    uint8_t now[PAGE_BYTES], then[PAGE_BYTES];
    uint64_t at = (uint64_t)index * PAGE_BYTES, end = (uint64_t)content->blocks * DISK_BLOCK_BYTES;
    size_t size = at >= end ? 0 : end - at < PAGE_BYTES ? (size_t)(end - at) : PAGE_BYTES;
    int cause = read_now(content, at, PAGE_BYTES, now);
    cause = cause ? cause : read_file(content, at, PAGE_BYTES, then);
    if (cause && !commit->cause)
        commit->cause = cause;
    else if (!cause && memcmp(now, then, size) != 0)
        commit->each(commit, at, size, now, then);
}

static void look_at_pages(struct commit *commit)
{
    /* Also where a commit was made that has been left by going back in time: `before` is there, the overlay is not. */
    struct page_map none, before;
    page_map_empty(&none, &commit->content->overlay);
    page_map_copy(&before, &commit->content->before);
    page_map_compare(&commit->content->overlay, &none, look_at_page, commit);
    page_map_compare(&before, &none, look_at_page, commit);
    page_map_free(&before);
}

/* After going back from LEFT, which the file has: make the file what the disk is now. */
static void follow(struct disk_content *content, const struct page_map *left)
{
    struct commit commit = {.content = content, .each = commit_page};
    if (content->file)
        page_map_compare(&content->overlay, left, look_at_page, &commit);
    if (commit.cause)
        failed(content, "written", commit.cause);
}

uint64_t disk_content_uncommitted(struct disk_content *content)
{
    struct commit count = {.content = content, .each = count_blocks};
    if (content->config.keeping == DISK_OVERLAY)
        look_at_pages(&count);
    return count.blocks;
}

bool disk_content_commit(struct disk_content *content, struct error *error)
{
    if (!content->path || content->config.keeping != DISK_OVERLAY)
        return true;
    if (!content->file && !create(content, error))
        return false;
    struct commit commit = {.content = content, .each = reserve};
    look_at_pages(&commit);
    commit.each = commit_page;
    if (!commit.cause)
        look_at_pages(&commit);
    if (!commit.cause && content->config.syncs && fdatasync(image_file_descriptor(content->file)))
        commit.cause = errno;
    if (commit.cause)
        return error_set(error, "disk '%s' cannot be written: %s", content->path, strerror(commit.cause));
    return true;
}

/* ---- the whole content ---- */

/* Call EACH for every page that may have something else than zeros in it, more than once perhaps. */
static void each_possible(const struct disk_content *content, void (*each)(void *arg, uint32_t index), void *arg)
{
    struct page_map none;
    uint64_t end = (uint64_t)content->blocks * DISK_BLOCK_BYTES;
    page_map_empty(&none, &content->overlay);
    page_map_compare(&content->overlay, &none, each, arg);
    page_map_compare(&content->before, &none, each, arg);
    for (uint64_t at = 0; content->file || content->first;) {
        at = content->file ? image_file_next_data(content->file, at) : at;
        uint64_t hole = content->file ? image_file_next_hole(content->file, at) : end;
        if (at >= end)
            break;
        for (; at < hole && at < end; at += PAGE_BYTES - at % PAGE_BYTES)
            each(arg, (uint32_t)(at / PAGE_BYTES));
    }
}

static const uint8_t zeros[PAGE_BYTES];

struct whole {
    struct disk_content *content;
    struct page_map pages; /* that are not zero */
};

static void add_page(void *arg, uint32_t index)
{
    struct whole *whole = arg;
    uint8_t page[PAGE_BYTES];
    int cause = read_now(whole->content, (uint64_t)index * PAGE_BYTES, PAGE_BYTES, page);
    if (cause)
        failed(whole->content, "read", cause);
    else if (memcmp(page, zeros, PAGE_BYTES) != 0)
        page_map_set(&whole->pages, index, page);
}

static void take_page(void *arg, uint32_t index)
{
    struct whole *whole = arg;
    uint8_t is[PAGE_BYTES];
    const uint8_t *page = page_map_get(&whole->pages, index);
    page = page ? page : zeros;
    int cause = read_now(whole->content, (uint64_t)index * PAGE_BYTES, PAGE_BYTES, is);
    if (cause)
        failed(whole->content, "read", cause);
    else if (memcmp(is, page, PAGE_BYTES) != 0)
        page_map_set(&whole->content->overlay, index, page);
}

/* A file may be another one when the save file is read: everything that is not zero goes along. */
static void visit_whole(struct disk_content *content, struct visit *visit)
{
    struct whole whole = {.content = content};
    struct page_map none;
    page_map_empty(&whole.pages, &content->overlay);
    page_map_empty(&none, &content->overlay);
    if (!visit->reading)
        each_possible(content, add_page, &whole);
    visit_pages(visit, &whole.pages);
    if (visit->reading) {
        page_map_compare(&whole.pages, &none, take_page, &whole);
        each_possible(content, take_page, &whole);
    }
    page_map_free(&whole.pages);
}

void disk_content_visit(struct disk_content *content, struct visit *visit)
{
    /* What is in the file cannot be gone back from. */
    assert(content->config.keeping != DISK_THROUGH || !content->blocks || (visit->whole && !visit->reading));
    struct page_map left;
    page_map_copy(&left, &content->overlay);
    if (visit->whole && !visit->future)
        visit_whole(content, visit);
    else
        visit_pages(visit, &content->overlay);
    if (visit->reading && content->config.keeping == DISK_FOLLOWED)
        follow(content, &left);
    page_map_free(&left);
}

uint32_t disk_content_zeros(const struct disk_content *content, uint32_t block)
{
    uint64_t at = (uint64_t)block * DISK_BLOCK_BYTES, end = (uint64_t)content->blocks * DISK_BLOCK_BYTES;
    if (content->first)
        return 0;
    uint64_t data = content->file ? image_file_next_data(content->file, at) : end;
    const struct page_map *const maps[] = {&content->overlay, &content->before};
    for (unsigned i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        uint64_t next = (uint64_t)page_map_next(maps[i], (uint32_t)(at / PAGE_BYTES)) * PAGE_BYTES;
        data = next < data ? next : data;
    }
    data = data < at ? at : data < end ? data : end;
    return (uint32_t)((data - at) / DISK_BLOCK_BYTES);
}
