/* claims.c - see claims.h. */
#include "monitor/base/claims.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/image_file.h"
#include "mmu/base/memory.h"

/* ---- a file by any of its names ---- */

static void folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    snprintf(folder, PATH_MAX, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
}

/* Where a link at PATH that leads to nothing leads to. */
static bool follow(char path[PATH_MAX])
{
    char folder[PATH_MAX], target[PATH_MAX], next[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length <= 0)
        return false;
    target[length] = '\0';
    folder_of(path, folder);
    int whole = snprintf(next, sizeof next, "%s/%s", *target == '/' ? "" : folder, target);
    if (whole >= (int)sizeof next)
        return false;
    memcpy(path, next, (size_t)whole + 1);
    return true;
}

/* PATH without links, also of a file that is not there yet. To be freed. */
static char *resolve(const char *path)
{
    enum { LINKS_MAX = 40 };
    char at[PATH_MAX], folder[PATH_MAX], whole[PATH_MAX];
    snprintf(at, sizeof at, "%s", path);
    for (unsigned i = 0; i < LINKS_MAX && !realpath(at, whole); i++)
        if (!follow(at))
            break;
    char *resolved = realpath(at, NULL);
    if (resolved)
        return resolved;
    const char *slash = strrchr(at, '/');
    folder_of(at, folder);
    if (!realpath(folder, whole) || asprintf(&resolved, "%s/%s", whole, slash ? slash + 1 : at) < 0)
        resolved = strdup(at); /* it cannot be opened either */
    memory_need(resolved);
    return resolved;
}

static bool state_of(const struct claim *claim, struct stat *info)
{
    return (claim->path ? stat(claim->path, info) : fstat(claim->fd, info)) == 0;
}

/* Is that of CLAIM, of which INFO is known (NULL: it is not there), that of OTHER? */
static bool same_file(const struct claim *claim, const struct stat *info, const struct claim *other)
{
    struct stat of_other;
    if (claim->path && other->path && strcmp(claim->path, other->path) == 0)
        return true;
    return info && state_of(other, &of_other) && info->st_dev == of_other.st_dev && info->st_ino == of_other.st_ino;
}

/* ---- claims ---- */

static bool is_ours(const struct claim *claim)
{
    return claim->writes && !claim->reads && claim->written;
}

static bool at_odds(const struct claim *a, const struct claim *b)
{
    if (strcmp(a->what, b->what) == 0 && a->reads == b->reads)
        return false; /* the same again; a disk that is read and written is one claim */
    return a->writes || b->writes;
}

/* Was it said before? */
static bool is_known(const struct claims *claims, const struct claim *claim)
{
    for (size_t i = 0; i < claims->rows.count; i++) {
        const struct claim *row = &claims->rows.at[i];
        if (row->path && claim->path && strcmp(row->path, claim->path) == 0 && strcmp(row->what, claim->what) == 0 &&
            row->reads == claim->reads && row->writes == claim->writes)
            return true;
    }
    return false;
}

static void claim_free(struct claim *claim)
{
    free(claim->path);
    free(claim->what);
}

/* WHAT goes into a claim like CLAIM. */
static bool add(struct claims *claims, struct claim claim, const char *what, const char *name, struct error *error)
{
    struct stat info;
    bool there = state_of(&claim, &info), good = true;
    if (there ? !S_ISREG(info.st_mode) : !claim.path) {
        free(claim.path);
        return true;
    }
    claim.what = strdup(what);
    memory_need(claim.what);
    for (size_t i = 0; good && i < claims->rows.count; i++) {
        const struct claim *other = &claims->rows.at[i];
        if (!at_odds(&claim, other) || !same_file(&claim, there ? &info : NULL, other))
            continue;
        if (!claim.writes && is_ours(other)) {
            claim_free(&claim); /* what is read there are our own words */
            return true;
        }
        claims->rows.at[i].refused |= claim.reads;
        good = error_set(error, "'%s' would be written as %s and is %s as %s: another file is wanted", name,
                         claim.writes ? claim.what : other->what, claim.writes && !other->reads ? "written" : "read",
                         claim.writes ? other->what : claim.what);
    }
    if (good && !is_known(claims, &claim))
        *VEC_PUSH(&claims->rows) = claim;
    else
        claim_free(&claim);
    return good;
}

static bool add_path(struct claims *claims, const char *path, const char *what, bool reads, bool writes,
                     struct error *error)
{
    if (!path)
        return true;
    return add(claims, (struct claim){.path = resolve(path), .reads = reads, .writes = writes}, what, path, error);
}

bool claims_read(struct claims *claims, const char *path, const char *what, struct error *error)
{
    return add_path(claims, path, what, true, false, error);
}

bool claims_write(struct claims *claims, const char *path, const char *what, struct error *error)
{
    size_t count = claims->rows.count;
    if (!add_path(claims, path, what, false, true, error))
        return false;
    if (!path || !image_file_in_use(path))
        return true;
    claims_cut(claims, count);
    return error_set(error, "'%s' would be written as %s and is a disk of another run: another file is wanted", path,
                     what);
}

bool claims_change(struct claims *claims, const char *path, const char *what, struct error *error)
{
    return add_path(claims, path, what, true, true, error);
}

bool claims_refused(const struct claims *claims, const char *what)
{
    bool refused = false;
    for (size_t i = 0; i < claims->rows.count; i++)
        refused |= claims->rows.at[i].refused && strcmp(claims->rows.at[i].what, what) == 0;
    return refused;
}

void claims_written(struct claims *claims, const char *what)
{
    for (size_t i = 0; i < claims->rows.count; i++)
        if (strcmp(claims->rows.at[i].what, what) == 0)
            claims->rows.at[i].written = true;
}

void claims_begin(struct claims *claims)
{
    *claims = (struct claims){0};
    add(claims, (struct claim){.fd = STDIN_FILENO, .reads = true}, "the standard input", "", NULL);
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        add(claims, (struct claim){.fd = fd, .writes = true}, "the standard output", "", NULL);
}

void claims_copy(struct claims *claims, const struct claims *from)
{
    for (size_t i = 0; i < from->rows.count; i++) {
        struct claim copy = from->rows.at[i];
        if (!copy.path)
            continue;
        copy.path = strdup(copy.path);
        copy.what = strdup(copy.what);
        memory_need(copy.path && copy.what);
        *VEC_PUSH(&claims->rows) = copy;
    }
}

void claims_cut(struct claims *claims, size_t count)
{
    while (claims->rows.count > count)
        claim_free(&claims->rows.at[--claims->rows.count]);
}

void claims_free(struct claims *claims)
{
    claims_cut(claims, 0);
    VEC_FREE(&claims->rows);
}
