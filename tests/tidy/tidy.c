/* tidy.c - the tidy test: the repository read by a program that knows the house rules.
 *
 *     tidy ROOT NM LIBRARY...     check the tree at ROOT and the globals of the libraries; 1 if anything was found
 *     tidy --includes ROOT        list every include from one room to another
 *     tidy --self                 check the rules themselves against small texts
 *
 * Each finding is one line, FILE:LINE: and what is wrong. Layering, the absence of globals, sizes: style says that
 * these are tests, not hopes.
 */
#include "tests/tidy/tidy.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void finding(struct tidy *tidy, const char *path, unsigned line, const char *format, ...)
{
    tidy->findings++;
    if (tidy->quiet)
        return;
    va_list args;
    va_start(args, format);
    if (line)
        printf("%s:%u: ", path, line);
    else
        printf("%s: ", path);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && !strcmp(text + length - wanted, end);
}

bool in_folder(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && path[length] == '/';
}

const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* PATH's row in the self-test's tree, or NULL. */
static const struct tidy_file *tree_file(const struct tidy *tidy, const char *path)
{
    for (const struct tidy_file *file = tidy->tree; file && file->path; file++)
        if (!strcmp(file->path, path))
            return file;
    return NULL;
}

bool file_exists(const struct tidy *tidy, const char *path)
{
    char full[4096];
    if (!tidy->root)
        return tree_file(tidy, path);
    snprintf(full, sizeof full, "%s/%s", tidy->root, path);
    return access(full, F_OK) == 0;
}

char *file_text(const struct tidy *tidy, const char *path)
{
    const struct tidy_file *own = tree_file(tidy, path);
    char full[4096];
    struct stat info;
    char *text = NULL;
    if (!tidy->root)
        return own ? strdup(own->text) : NULL;
    snprintf(full, sizeof full, "%s/%s", tidy->root, path);
    FILE *file = fopen(full, "rb");
    if (file && !fstat(fileno(file), &info) && (text = calloc(1, (size_t)info.st_size + 1)))
        text[fread(text, 1, (size_t)info.st_size, file)] = '\0';
    if (file)
        fclose(file);
    return text;
}

/* The whole file PATH as text, to be freed; NULL, and a finding, if it cannot be read or holds a NUL. */
static char *read_text(struct tidy *tidy, const char *path)
{
    char full[4096];
    struct stat info;
    char *text = file_text(tidy, path);
    snprintf(full, sizeof full, "%s/%s", tidy->root, path);
    if (!text)
        finding(tidy, path, 0, "cannot be read");
    else if (stat(full, &info) || strlen(text) != (size_t)info.st_size)
        finding(tidy, path, 0, "holds a NUL byte");
    return text;
}

/* Is PATH a text that the rules are about? */
static bool is_ours(const char *path)
{
    static const char *const ends[] = {".c", ".h", ".S", ".def", ".inc", ".ld", ".us", ".cmake", ".sh", ".md", ".json"};
    const char *name = base_name(path);
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(name, ends[i]))
            return true;
    return !strcmp(name, "CMakeLists.txt") || !strcmp(path, "demo") || !strcmp(path, "check");
}

/* Every C file of a library's folder is named in the CMakeLists.txt beside it: nothing lies about unused. */
static void check_named(struct tidy *tidy, const char *path)
{
    static const char *const rooms[] = {"mmu", "cpu", "io", "ft", "monitor"};
    for (unsigned i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        if (!in_folder(path, rooms[i]) || !ends_with(path, ".c"))
            continue;
        char list[512];
        snprintf(list, sizeof list, "%.*sCMakeLists.txt", (int)(base_name(path) - path), path);
        char *text = read_text(tidy, list);
        if (text && !strstr(text, base_name(path)))
            finding(tidy, path, 0, "is not built: %s does not name it", list);
        free(text);
    }
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strcmp(entry->d_name, "build");
}

typedef void visit_file(struct tidy *tidy, const char *path);

static void note_path(struct tidy *tidy, const char *path)
{
    char **more = realloc(tidy->paths, (tidy->path_count + 1) * sizeof *more), *copy = strdup(path);
    tidy->paths = more ? more : tidy->paths;
    if (more && copy)
        tidy->paths[tidy->path_count++] = copy;
    else
        finding(tidy, path, 0, "no memory");
}

static void check_file(struct tidy *tidy, const char *path)
{
    if (!is_ours(path))
        return;
    char *text = read_text(tidy, path);
    if (text)
        scan_file(tidy, path, text);
    free(text);
    check_named(tidy, path);
}

/* Call VISIT for all files below FOLDER ("" is the root), in the order of their names. */
static void walk(struct tidy *tidy, const char *folder, visit_file *visit)
{
    char full[4096], path[2048];
    struct dirent **entries;
    struct stat info;
    snprintf(full, sizeof full, "%s/%s", tidy->root, folder);
    int count = scandir(full, &entries, visible, alphasort);
    if (count < 0) {
        finding(tidy, folder, 0, "cannot be read");
        return;
    }
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", entries[i]->d_name);
        snprintf(full, sizeof full, "%s/%s", tidy->root, path);
        free(entries[i]);
        if (lstat(full, &info))
            continue;
        if (S_ISDIR(info.st_mode))
            walk(tidy, path, visit);
        else if (S_ISREG(info.st_mode))
            visit(tidy, path);
    }
    free(entries);
}

static void walk_tree(struct tidy *tidy)
{
    walk(tidy, "", note_path);
    walk(tidy, "", check_file);
    check_doors(tidy);
    for (size_t i = 0; i < tidy->path_count; i++)
        free(tidy->paths[i]);
    free(tidy->paths);
}

/* No mutable globals in LIBRARY. */
static void check_globals(struct tidy *tidy, const char *nm, const char *library)
{
    char command[4096], row[4096], member[256] = "";
    unsigned symbols = 0;
    snprintf(command, sizeof command, "'%s' --format=sysv '%s'", nm, library);
    FILE *pipe = popen(command, "r");
    while (pipe && fgets(row, sizeof row, pipe)) {
        char *open = strchr(row, '['), *close = open ? strchr(open, ']') : NULL;
        if (!strchr(row, '|') && close)
            snprintf(member, sizeof member, "%.*s", (int)(close - open - 1), open + 1);
        else if (check_symbol(tidy, base_name(library), member, row))
            symbols++;
    }
    if (!pipe || pclose(pipe) || !symbols)
        finding(tidy, base_name(library), 0, "nm tells nothing of it ('%s')", command);
}

int main(int argc, char **argv)
{
    static const char *const wanted[] = {"README.md", "HACKING.md"};
    if (argc == 2 && !strcmp(argv[1], "--self"))
        return self_test() != 0;
    if (argc < 3) {
        fprintf(stderr, "tidy: ROOT and NM are wanted, then libraries (or --includes ROOT, or --self)\n");
        return 2;
    }
    if (!strcmp(argv[1], "--includes")) {
        struct tidy lister = {.root = argv[2], .quiet = true, .list_includes = true};
        walk_tree(&lister);
        return 0;
    }
    struct tidy tidy = {.root = argv[1]};
    walk_tree(&tidy);
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!file_exists(&tidy, wanted[i]))
            finding(&tidy, wanted[i], 0, "is not there: a newcomer looks for it");
    for (int i = 3; i < argc; i++)
        check_globals(&tidy, argv[2], argv[i]);
    if (!tidy.files)
        finding(&tidy, argv[1], 0, "there is nothing to check");
    printf("tidy: %u files, %u lines, %u functions, %d libraries, %u includes between rooms; %u files over %d lines, "
           "%u functions over %d; %u findings\n",
           tidy.files, tidy.lines, tidy.functions, argc - 3, tidy.arrows, tidy.long_files, FILE_LINES_GOAL,
           tidy.long_functions, FUNCTION_LINES_GOAL, tidy.findings);
    return tidy.findings ? 1 : 0;
}
