/* citations.c - a comment or a document that names a file, a section of a document or a function leads somewhere.
 *
 *     block.c, interp/block.c, cpu/interp/block.c    a file whose path ends so
 *     cpu/interp/block.c:block_get                   and the word is in it
 *     docs/board.md, "Channel port"                  and a heading is called so
 *     the same, section 3                            and a heading begins so
 *
 * Names of files that people make (NAME.c, SCRIPT.us, a script without a folder) and <system.h> are no citations.
 * Comments and documents are looked at, and of the program's messages what begins with docs/.
 */
#include "tests/tidy/tidy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 256 };

static bool path_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_./-", c));
}

/* The path of file INDEX of the tree, NULL at the end. */
static const char *path_at(const struct tidy *tidy, size_t index)
{
    if (!tidy->root)
        return tidy->tree ? tidy->tree[index].path : NULL;
    return index < tidy->path_count ? tidy->paths[index] : NULL;
}

static bool is_tail(const char *path, const char *name)
{
    size_t whole = strlen(path), length = strlen(name);
    return ends_with(path, name) && (whole == length || path[whole - length - 1] == '/');
}

/* The next path of the tree that is NAME or ends with /NAME, from *INDEX on; NULL at the end. */
static const char *next_path(const struct tidy *tidy, const char *name, size_t *index)
{
    const char *path;
    while ((path = path_at(tidy, *index))) {
        ++*index;
        if (is_tail(path, name))
            return path;
    }
    return NULL;
}

/* Is there a file NAME, which the file PATH names? */
static bool is_there(const struct tidy *tidy, const char *path, const char *name)
{
    size_t index = 0;
    return next_path(tidy, name, &index) || file_exists(tidy, name) || is_tail(path, name);
}

/* Capital letters in a row: a name that stands for any other. */
static bool stands_for_any(const char *name)
{
    unsigned row = 0;
    for (name = base_name(name); *name && row < 4; name++)
        row = isupper((unsigned char)*name) ? row + 1 : 0;
    return row == 4;
}

/* Is NAME, as a comment has it, a file of ours if it is one at all? */
static bool is_citation(const struct tidy *tidy, const char *name)
{
    static const char *const always[] = {".c", ".h", ".S", ".def", ".md"};
    static const char *const with_folder[] = {".us", ".sh", ".cmake", ".ld", ".txt"};
    const char *dot = strrchr(base_name(name), '.');
    if (!dot || dot == base_name(name) || !strncmp(name, "//", 2))
        return false;
    if (strcmp(dot, ".md") && stands_for_any(name))
        return false;
    for (unsigned i = 0; i < sizeof always / sizeof always[0]; i++)
        if (!strcmp(dot, always[i]))
            return true;
    char folder[NAME_MAX_BYTES];
    snprintf(folder, sizeof folder, "%.*s", (int)strcspn(name, "/"), name);
    for (unsigned i = 0; i < sizeof with_folder / sizeof with_folder[0]; i++)
        if (!strcmp(dot, with_folder[i]))
            return strchr(name, '/') && *folder && file_exists(tidy, folder);
    return false;
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at += length)
        if ((at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) && !isalnum((unsigned char)at[length]) &&
            at[length] != '_')
            return true;
    return false;
}

/* Is there a heading TITLE in the document TEXT, or with PREFIX one that begins so? */
static bool has_heading(const char *text, const char *title, bool prefix)
{
    size_t length = strlen(title);
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (*line != '#')
            continue;
        const char *name = line + strspn(line, "#");
        name += strspn(name, " ");
        if (!strncmp(name, title, length) && (prefix ? !isdigit((unsigned char)name[length]) : name[length] == '\n'))
            return true;
    }
    return false;
}

typedef bool holds(const char *text, const char *what);

static bool holds_title(const char *text, const char *what)
{
    return has_heading(text, what, false);
}

static bool holds_number(const char *text, const char *what)
{
    return has_heading(text, what, true);
}

/* Does a file that NAME may mean hold WHAT? */
static bool found_in(const struct tidy *tidy, const char *name, const char *what, holds *test)
{
    bool found = false;
    size_t index = 0;
    for (const char *path; !found && (path = next_path(tidy, name, &index));) {
        char *text = file_text(tidy, path);
        found = text && test(text, what);
        free(text);
    }
    return found;
}

/* Skip blanks, and a line's end with the next line's beginning in a comment. */
static const char *skip_blanks(const char *at)
{
    at += strspn(at, " ");
    if (*at != '\n')
        return at;
    at += 1 + strspn(at + 1, " ");
    at += strspn(at, "*#;");
    return at + strspn(at, " ");
}

/* The title that begins at AT, to the next quotation mark, into TITLE; its blanks are single. */
static void take_title(const char *at, char *title, size_t size)
{
    size_t used = 0;
    while (*at && *at != '"' && used + 1 < size) {
        if (*at == ' ' || *at == '\n') {
            at = skip_blanks(at);
            title[used++] = ' ';
        } else {
            title[used++] = *at++;
        }
    }
    title[used] = '\0';
}

/* What follows a document's NAME: a section of it? */
static void check_section(struct tidy *tidy, const char *path, unsigned line, const char *name, const char *at)
{
    char what[NAME_MAX_BYTES];
    at += *at == '`' || *at == ')';
    bool comma = *at == ',';
    at = skip_blanks(at + comma);
    if (comma && *at == '"') {
        take_title(at + 1, what, sizeof what);
        if (!found_in(tidy, name, what, holds_title))
            finding(tidy, path, line, "names %s, \"%s\", which has no such heading", name, what);
        return;
    }
    static const char *const words[] = {"section ", "sections "};
    for (unsigned i = 0; i < 2; i++) {
        if (strncmp(at, words[i], strlen(words[i])))
            continue;
        const char *number = at + strlen(words[i]);
        snprintf(what, sizeof what, "%.*s", (int)strspn(number, "0123456789."), number);
        if (*what && !found_in(tidy, name, what, holds_number))
            finding(tidy, path, line, "names section %s of %s, which has no heading with that number", what, name);
    }
}

/* The citation NAME in the file PATH; AT is what follows it. */
static void check_name(struct tidy *tidy, const char *path, unsigned line, const char *name, const char *at)
{
    if (!is_there(tidy, path, name)) {
        finding(tidy, path, line, "names '%s', which is not there", name);
        return;
    }
    if (ends_with(name, ".md")) {
        check_section(tidy, path, line, name, at);
        return;
    }
    if (*at != ':' || !(isalpha((unsigned char)at[1]) || at[1] == '_'))
        return;
    char word[NAME_MAX_BYTES];
    size_t length = 1;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    snprintf(word, sizeof word, "%.*s", (int)length - 1, at + 1);
    if (!found_in(tidy, name, word, has_word))
        finding(tidy, path, line, "names %s:%s, and %s has no such word", name, word, name);
}

/* Is what stands at AT prose, in which a file may be named? In a message only docs/ is. */
static bool is_prose(const struct source *source, size_t at)
{
    if (source->prose[at] != ' ')
        return true;
    return source->code && in_program(source->path) && source->code[at] == ' ' &&
           !strncmp(source->text + at, "docs/", 5);
}

void check_citations(struct tidy *tidy, const struct source *source)
{
    const char *text = source->text;
    unsigned line = 1;
    for (size_t at = 0; text[at];) {
        char name[NAME_MAX_BYTES];
        size_t length = 0;
        line += text[at] == '\n';
        while (path_char(text[at + length]))
            length++;
        bool link = at >= 2 && text[at - 1] == '(' && text[at - 2] == ']'; /* check_links follows it */
        bool angled = at >= 1 && text[at - 1] == '<';
        if (length && length < sizeof name && !link && !angled && is_prose(source, at)) {
            size_t end = length;
            while (end && text[at + end - 1] == '.') /* of the sentence */
                end--;
            size_t begin = 0;
            while (begin + 1 < end && !strncmp(text + at + begin, "./", 2))
                begin += 2;
            snprintf(name, sizeof name, "%.*s", (int)(end - begin), text + at + begin);
            if (is_citation(tidy, name))
                check_name(tidy, source->path, line, name, text + at + end);
        }
        at += length ? length : 1;
    }
}
