/* includes.c - include directives, links between documents, symbols that can be written.
 *
 * Guests (roms, examples) see the runtime's include folder and the compiler's freestanding headers, nothing of the
 * emulator; what the emulator's own files see is in rooms.c.
 */
#include "tests/tidy/tidy.h"

#include <stdio.h>
#include <string.h>

static const char freestanding[] =
    " stdint.h stddef.h stdbool.h stdarg.h limits.h float.h iso646.h stdalign.h stdnoreturn.h ";

static bool listed(const char *list, const char *word, size_t length)
{
    char padded[128];
    int size = snprintf(padded, sizeof padded, " %.*s ", (int)length, word);
    return size > 0 && (size_t)size < sizeof padded && strstr(list, padded);
}

/* NAME (LENGTH bytes) as a file in FOLDER. */
static bool file_in(const struct tidy *tidy, const char *folder, const char *name, size_t length)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%.*s", folder, (int)length, name);
    return file_exists(tidy, path);
}

static void check_guest_include(struct tidy *tidy, const char *path, const char *name, size_t length, bool angled,
                                unsigned line)
{
    char own[256];
    size_t folder = (size_t)(base_name(path) - path);
    snprintf(own, sizeof own, "%.*s", (int)(folder ? folder - 1 : 0), path);
    bool outside = length >= 2 && !strncmp(name, "..", 2);
    bool good = angled ? listed(freestanding, name, length) : file_in(tidy, own, name, length);
    if (outside || (!good && !file_in(tidy, "roms/include", name, length)))
        finding(tidy, path, line, "a guest includes '%.*s': only roms/include and freestanding headers are there",
                (int)length, name);
}

void check_include(struct tidy *tidy, const struct source *source, size_t at, unsigned line)
{
    const char *code = source->code + at, *text = source->text + at;
    size_t skip = strspn(code, " ");
    if (code[skip] != '#')
        return;
    skip += 1 + strspn(code + skip + 1, " ");
    if (strncmp(code + skip, "include", 7))
        return;
    skip += 7 + strspn(code + skip + 7, " ");
    bool angled = text[skip] == '<';
    if (!angled && text[skip] != '"')
        return;
    const char *name = text + skip + 1;
    size_t length = strcspn(name, angled ? ">\n" : "\"\n");
    if (in_folder(source->path, "roms") || in_folder(source->path, "examples")) {
        check_guest_include(tidy, source->path, name, length, angled, line);
        return;
    }
    if (!angled)
        check_room_include(tidy, source->path, name, length, line);
}

/* Is there a file at TARGET, seen from the folder of PATH? */
static bool target_exists(const struct tidy *tidy, const char *path, const char *target, size_t length)
{
    char full[512];
    snprintf(full, sizeof full, "%.*s%.*s", (int)(base_name(path) - path), path, (int)length, target);
    return file_exists(tidy, full);
}

void check_links(struct tidy *tidy, const char *path, const char *text)
{
    unsigned line = 1;
    for (const char *c = text; *c; c++) {
        line += *c == '\n';
        if (strncmp(c, "](", 2))
            continue;
        size_t length = strcspn(c + 2, ")#\n ");
        bool elsewhere = !length || memchr(c + 2, ':', length);
        if (!elsewhere && !target_exists(tidy, path, c + 2, length))
            finding(tidy, path, line, "links to '%.*s', which is not there", (int)length, c + 2);
    }
}

/* Can a program write to the section NAME? Relocated constants are written by the loader only. */
static bool writable(const char *name)
{
    static const char *const kinds[] = {".data", ".bss", ".tdata", ".tbss", ".sdata", ".sbss", "*COM*"};
    if (!strncmp(name, ".data.rel.ro", 12))
        return false;
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!strncmp(name, kinds[i], strlen(kinds[i])))
            return true;
    return false;
}

/* Sanitizers keep their own notes beside our constants. */
static bool of_sanitizer(const char *name)
{
    return strstr(name, "asan") || strstr(name, "ubsan") || strstr(name, "sancov");
}

bool check_symbol(struct tidy *tidy, const char *library, const char *member, char *row)
{
    char *fields[7];
    for (unsigned i = 0; i < 7; i++) {
        fields[i] = row + strspn(row, " ");
        row = strchr(row, '|');
        if (!row && i < 6)
            return false;
        if (row)
            *row++ = '\0';
        fields[i][strcspn(fields[i], "\n")] = '\0';
        size_t length = strlen(fields[i]);
        while (length && fields[i][length - 1] == ' ')
            fields[i][--length] = '\0';
    }
    if (!*fields[6] || !*fields[1]) /* the table's head, or a symbol of another object */
        return false;
    if (writable(fields[6]) && !of_sanitizer(fields[0]))
        finding(tidy, library, 0, "%s: '%s' in %s can be written: all state hangs from a struct that is passed", member,
                fields[0], fields[6]);
    return true;
}
