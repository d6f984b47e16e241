/* script.c - see script.h. */
#include "monitor/script/script.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mmu/base/lines.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/base/ctrl_c.h"

void script_init(struct script *script, const char *place)
{
    *script = (struct script){.place = place, .folder_of = place};
}

void script_clear(struct script *script)
{
    for (size_t i = 0; i < script->lines.count; i++)
        free(script->lines.at[i].text);
    script->lines.count = 0;
    script->open.count = 0;
    free(script->begun);
    script->begun = NULL;
}

void script_free(struct script *script)
{
    script_clear(script);
    VEC_FREE(&script->lines);
    VEC_FREE(&script->open);
}

static bool refuse(struct script *script, unsigned number, const char *reason, struct error *error)
{
    script->failed_line = number;
    if (!script->place)
        return error_set(error, "%.480s", reason);
    return error_set(error, "%s:%u: %.400s", script->place, number, reason);
}

/* ---- the structure ---- */

static enum script_word word_of(const char *text, size_t length)
{
    static const char *const names[] = {[SCRIPT_IF] = "if",
                                        [SCRIPT_ELSE] = "else",
                                        [SCRIPT_WHILE] = "while",
                                        [SCRIPT_REPEAT] = "repeat",
                                        [SCRIPT_END] = "end"};
    for (unsigned word = SCRIPT_IF; word <= SCRIPT_END; word++)
        if (strlen(names[word]) == length && strncmp(names[word], text, length) == 0)
            return (enum script_word)word;
    return SCRIPT_COMMAND;
}

/* In a line whose rest is an expression, # begins a comment anywhere. */
static void cut_comment(char *text)
{
    text[strcspn(text, "#")] = '\0';
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
}

/* Tie else and end to what they belong to. */
static bool tie(struct script *script, size_t index, const char **wrong)
{
    struct script_line *line = &script->lines.at[index];
    size_t depth = script->open.count;
    struct script_line *opener = depth ? &script->lines.at[script->open.at[depth - 1]] : NULL;
    if (line->word == SCRIPT_IF || line->word == SCRIPT_WHILE || line->word == SCRIPT_REPEAT) {
        *VEC_PUSH(&script->open) = index;
        return true;
    }
    if (!opener || (line->word == SCRIPT_ELSE && opener->word != SCRIPT_IF)) {
        *wrong = line->word == SCRIPT_ELSE ? "else has no if: 'if EXPR', lines, 'else', lines, 'end' is wanted"
                                           : "end has nothing to end: 'if EXPR', 'while EXPR' or 'repeat N' opens";
        return false;
    }
    opener->partner = index;
    line->partner = script->open.at[depth - 1];
    if (line->word == SCRIPT_ELSE)
        script->open.at[depth - 1] = index;
    else
        script->open.count--;
    return true;
}

char *script_line(const char **text)
{
    if (!**text)
        return NULL;
    size_t length = strcspn(*text, "\r\n");
    char *line = strndup(*text, length);
    memory_need(line);
    *text += length;
    if (**text)
        *text += strncmp(*text, "\r\n", 2) == 0 ? 2 : 1;
    return line;
}

bool script_source_next(struct script_source *source, const char **line, struct error *error)
{
    size_t length = 0;
    int c;
    if (!source->line)
        source->line = malloc(SCRIPT_LINE_BYTES + 1);
    memory_need(source->line);
    errno = 0;
    do {
        c = getc(source->file);
        bool rest = c == '\n' && source->after_return;
        source->after_return = c == '\r';
        if (rest)
            continue;
        if (c == 0)
            return error_set(error, "a NUL byte: a script is text");
        if (c != EOF)
            source->line[length++] = (char)c;
        if (length == SCRIPT_LINE_BYTES)
            return error_set(error, "a line of more than %d bytes: a script is text", SCRIPT_LINE_BYTES);
    } while (c != EOF && (!length || (c != '\n' && c != '\r')));
    if (ferror(source->file))
        return error_set(error, "cannot be read: %s", strerror(errno));
    source->line[length] = '\0';
    *line = !length ? NULL : source->begun ? source->line : lines_begin(source->line);
    source->begun = true;
    return true;
}

void script_source_free(struct script_source *source)
{
    free(source->line);
}

/* Does LINE, which is no comment, go on in the next one? */
static bool goes_on(const char *line)
{
    size_t length = strlen(line);
    return line[strspn(line, " \t")] != '#' && length && line[length - 1] == '\\' &&
           (length == 1 || strchr(" \t", line[length - 2]));
}

/* LINE behind what has begun; to be freed, or NULL if that goes on in the next one. */
static char *join(struct script *script, const char *line, unsigned number)
{
    bool more = goes_on(line);
    char *whole = NULL;
    int length = asprintf(&whole, "%s%.*s", script->begun ? script->begun : "", (int)strlen(line) - more, line);
    memory_need(length >= 0);
    script->begun_number = script->begun ? script->begun_number : number;
    free(script->begun);
    script->begun = more ? whole : NULL;
    return more ? NULL : whole;
}

/* The same for a whole line. */
static bool add_whole(struct script *script, const char *line, unsigned number, struct error *error)
{
    const char *text = line + strspn(line, " \t"), *wrong = NULL;
    size_t length = strcspn(text, " \t");
    enum script_word word = word_of(text, length);
    char *copy = strdup(text);
    memory_need(copy && !strpbrk(copy, "\r\n"));
    *VEC_PUSH(&script->lines) = (struct script_line){.text = copy, .word = word, .number = number};
    if (word == SCRIPT_COMMAND)
        return true;
    cut_comment(copy);
    const char *rest = copy + length + strspn(copy + length, " \t");
    script->lines.at[script->lines.count - 1].rest = rest;
    bool wants = word != SCRIPT_ELSE && word != SCRIPT_END;
    if (wants && !*rest)
        wrong = word == SCRIPT_IF      ? "if has no condition: 'if EXPR' is wanted"
                : word == SCRIPT_WHILE ? "while has no condition: 'while EXPR' is wanted"
                                       : "repeat has no count: 'repeat N' is wanted";
    else if (!wants && *rest)
        wrong = "nothing follows else and end in their lines";
    else if (tie(script, script->lines.count - 1, &wrong))
        return true;
    return refuse(script, number, wrong, error);
}

bool script_add(struct script *script, const char *line, unsigned number, struct error *error)
{
    if (!script->begun && !goes_on(line))
        return add_whole(script, line, number, error);
    char *whole = join(script, line, number);
    bool good = !whole || add_whole(script, whole, script->begun_number, error);
    free(whole);
    return good;
}

size_t script_depth(const struct script *script)
{
    return script->open.count + (script->begun != NULL);
}

bool script_complete(struct script *script, struct error *error)
{
    if (script->begun)
        return refuse(script, script->begun_number, "its last word is a backslash, and no line follows", error);
    if (!script->open.count)
        return true;
    const struct script_line *line = &script->lines.at[script->open.at[script->open.count - 1]];
    return refuse(script, line->number, "its end is missing: 'end' in a line of its own is wanted", error);
}

bool script_read(struct script *script, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "script '%s' cannot be opened: %s", path, strerror(errno));
    struct script_source source = {.file = file};
    struct error reason = {""};
    const char *text = NULL;
    bool good = true;
    unsigned number = 0;
    while (good && (good = script_source_next(&source, &text, &reason)) && text) {
        char *one = script_line(&text);
        good = script_add(script, one, ++number, error);
        free(one);
    }
    if (*reason.text)
        refuse(script, number + 1, reason.text, error);
    script_source_free(&source);
    fclose(file);
    return good && script_complete(script, error);
}

/* ---- running ---- */

/* TEXT, a command, is about to run. */
static void note_line(const struct monitor *monitor, const char *text)
{
    if (!monitor->lines)
        return;
    fflush(monitor->out);
    fprintf(monitor->lines, "%lld %s\n", (long long)lseek(STDOUT_FILENO, 0, SEEK_CUR), text + strspn(text, " \t"));
    fflush(monitor->lines);
}

/* Take the line at *AT; *AT becomes the next one. */
static bool step(struct script *script, struct monitor *monitor, size_t *at, struct error *error)
{
    struct script_line *line = &script->lines.at[*at];
    uint64_t value = 0;
    ++*at;
    switch (line->word) {
    case SCRIPT_COMMAND:
        note_line(monitor, line->text);
        return monitor_execute(monitor, line->text, error);
    case SCRIPT_IF:
    case SCRIPT_WHILE:
        if (!monitor_evaluate(monitor, line->rest, &value, error))
            return false;
        if (!value)
            *at = line->partner + 1;
        return true;
    case SCRIPT_REPEAT:
        if (!monitor_evaluate(monitor, line->rest, &line->left, error))
            return false;
        if (line->left > INT64_MAX)
            return error_set(error, "repeat %lld: a count from 0 is wanted", (long long)line->left);
        if (!line->left)
            *at = line->partner + 1;
        return true;
    case SCRIPT_ELSE: /* the lines of its if have been run */
        *at = line->partner + 1;
        return true;
    case SCRIPT_END:
        break;
    }
    struct script_line *opener = &script->lines.at[line->partner];
    if (opener->word == SCRIPT_WHILE)
        *at = line->partner;
    else if (opener->word == SCRIPT_REPEAT && --opener->left)
        *at = line->partner + 1;
    return true;
}

bool script_run(struct script *script, struct monitor *monitor, struct error *error)
{
    const char *outer = monitor->script_folder_of;
    bool good = true;
    monitor->script_folder_of = script->folder_of;
    for (size_t at = 0; good && at < script->lines.count && !monitor->quit;) {
        unsigned number = script->lines.at[at].number;
        struct error reason = {""};
        monitor->fell = false;
        good = step(script, monitor, &at, &reason);
        if (good && (monitor->interrupted || ctrl_c_forget()))
            good = error_set(&reason, "interrupted");
        monitor->fell |= good && monitor->limited;
        if (good && monitor->limited)
            good = error_set(&reason, "the guest had not ended after %llu instructions (--timeout)",
                             (unsigned long long)monitor->limit_insns);
        bool endless = good && monitor->script_steps_max && ++monitor->script_steps > monitor->script_steps_max;
        monitor->fell |= endless;
        if (endless)
            good = error_set(&reason, "more than %llu lines have been run: the script does not come to an end",
                             (unsigned long long)monitor->script_steps_max);
        if (good)
            continue;
        refuse(script, number, reason.text, error);
    }
    monitor->script_folder_of = outer;
    return good;
}

char *script_path(const struct monitor *monitor, const char *path)
{
    const char *place = monitor->script_folder_of, *slash = place ? strrchr(place, '/') : NULL;
    char *whole = NULL;
    int length = *path == '/' || !slash ? asprintf(&whole, "%s", path)
                                        : asprintf(&whole, "%.*s/%s", (int)(slash - place), place, path);
    assert(length >= 0);
    return whole;
}
