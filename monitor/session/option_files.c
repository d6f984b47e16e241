/* option_files.c - see option_rows.h: @FILE among the words of a command line stands for the words in that file. */
#include "monitor/session/option_rows.h"

#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "mmu/base/lines.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"

enum { DEPTH_MAX = 8, OPTION_WORDS_MAX = 4096, FILE_BYTES_MAX = 1 << 20 };

char *options_read_file(struct options *options, const char *path, struct error *error)
{
    size_t size;
    if (options->permit && !options->permit(options->permit_arg, path, error))
        return NULL;
    uint8_t *bytes = file_read(path, &size, error);
    if (!bytes)
        return NULL;
    char *text = size <= FILE_BYTES_MAX && !memchr(bytes, 0, size) ? strndup((const char *)bytes, size) : NULL;
    free(bytes);
    if (!text) {
        error_set(error, "'%s' is no file of options: a text of at most %d bytes is wanted", path, FILE_BYTES_MAX);
        return NULL;
    }
    options->files = realloc(options->files, (options->file_count + 1) * sizeof *options->files);
    memory_need(options->files);
    options->files[options->file_count] = strdup(path);
    memory_need(options->files[options->file_count++]);
    const char *begin = lines_begin(text);
    memmove(text, begin, strlen(begin) + 1);
    return text;
}

static bool add(struct option_words *words, const char *word, struct error *error)
{
    if (words->count == OPTION_WORDS_MAX)
        return error_set(error, "there are more than %d words on the command line", OPTION_WORDS_MAX);
    words->at = realloc(words->at, (words->count + 1) * sizeof *words->at);
    memory_need(words->at);
    words->at[words->count] = strdup(word);
    memory_need(words->at[words->count++]);
    words->value = !words->value && options_value_follows(word, words->user);
    return true;
}

static bool add_file(struct option_words *words, const char *path, unsigned depth, struct error *error);

static bool add_word(struct option_words *words, const char *word, unsigned depth, struct error *error)
{
    return word[0] == '@' && word[1] && !words->value ? add_file(words, word + 1, depth + 1, error)
                                                      : add(words, word, error);
}

static bool add_line(struct option_words *words, const char *line, unsigned depth, struct error *error)
{
    struct words split;
    bool good = words_split(&split, line, error);
    for (unsigned i = 0; good && i < split.count; i++)
        if (!add_word(words, split.at[i], depth, error)) {
            words_free(&split);
            return false;
        }
    if (good)
        words_free(&split);
    return good;
}

static bool add_file(struct option_words *words, const char *path, unsigned depth, struct error *error)
{
    if (depth > DEPTH_MAX)
        return error_set(error, "'@%s' is in a file of options that is in itself, or too deep", path);
    char *text = options_read_file(words->options, path, error), *rest = text;
    bool good = text != NULL;
    for (char *line; good && (line = lines_next(&rest));)
        good = add_line(words, line, depth, error);
    free(text);
    return good;
}

bool option_words_expand(struct option_words *words, struct options *options, enum options_user user, unsigned count,
                         char *const *from, struct error *error)
{
    bool plain = false;
    *words = (struct option_words){.options = options, .user = user};
    for (unsigned i = 0; i < count; i++) {
        if (!(plain ? add(words, from[i], error) : add_word(words, from[i], 0, error)))
            return false;
        plain |= strcmp(from[i], "--") == 0;
    }
    return true;
}

void option_words_free(struct option_words *words)
{
    for (unsigned i = 0; i < words->count; i++)
        free(words->at[i]);
    free(words->at);
    *words = (struct option_words){0};
}
