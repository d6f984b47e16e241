/* text.c - see text.h. */
#include "monitor/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"

/* The number at the beginning of TEXT; *END is what follows it. */
static bool number_prefix(const char *text, uint64_t *value, const char **end)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    /* strtoull would take signs and blanks. */
    if (hexadecimal ? !isxdigit((unsigned char)digits[0]) : !isdigit((unsigned char)digits[0]))
        return false;
    char *after;
    errno = 0;
    *value = strtoull(digits, &after, hexadecimal ? 16 : 10);
    *end = after;
    return errno == 0;
}

bool text_number(const char *text, uint64_t *value)
{
    const char *end;
    return number_prefix(text, value, &end) && *end == '\0';
}

bool text_size(const char *text, uint64_t *bytes)
{
    const char *end;
    uint64_t number;
    if (!number_prefix(text, &number, &end))
        return false;
    unsigned shift = 0;
    switch (toupper((unsigned char)*end)) {
    case 'K':
        shift = 10;
        break;
    case 'M':
        shift = 20;
        break;
    case 'G':
        shift = 30;
        break;
    default:
        break;
    }
    if (end[shift != 0] != '\0' || number > UINT64_MAX >> shift)
        return false;
    *bytes = number << shift;
    return true;
}

/* The byte that the escape behind a backslash at *AT stands for; *AT moves to its last character. -1: there is none. */
static int escaped(const char **at)
{
    static const char names[] = "nrt0eabfv\\\"'", bytes[] = "\n\r\t\0\033\a\b\f\v\\\"'";
    const char *name = **at ? strchr(names, **at) : NULL;
    if (name)
        return (unsigned char)bytes[name - names];
    if (**at != 'x' || !isxdigit((unsigned char)(*at)[1]) || !isxdigit((unsigned char)(*at)[2]))
        return -1;
    char digits[3] = {(*at)[1], (*at)[2], '\0'};
    *at += 2;
    return (int)strtoul(digits, NULL, 16);
}

bool text_unescape(char *text, size_t *size, struct error *error)
{
    char *out = text;
    for (const char *at = text; *at; at++) {
        int byte = (unsigned char)*at;
        if (byte == '\\') {
            const char *escape = at++;
            byte = escaped(&at);
            if (byte < 0)
                return error_set(error, "'%.2s' is no escape: \\n \\r \\t \\0 \\e \\\\ \\xHH are there", escape);
        }
        *out++ = (char)byte;
    }
    *size = (size_t)(out - text);
    *out = '\0';
    return true;
}

unsigned text_character(const char *text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*text;
    unsigned length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (!length)
        return 0;
    *code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (unsigned i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];
        if (next >> 6 != 2)
            return 0;
        *code = *code << 6 | (next & 63);
    }
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code >= least[length] && *code <= 0x10FFFF && !surrogate ? length : 0;
}

bool text_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code & 0xFFFE) == 0xFFFE;
}

/* Copy one word from *FROM to *TO without its quotes and put a NUL behind it. */
static bool copy_word(const char **from, char **to, struct error *error)
{
    const char *in = *from;
    char *out = *to;
    while (*in && !isspace((unsigned char)*in)) {
        if (*in != '"' && *in != '\'') {
            *out++ = *in++;
            continue;
        }
        const char *close = strchr(in + 1, *in);
        if (!close)
            return error_set(error, "a quote %c is not closed", *in);
        memcpy(out, in + 1, (size_t)(close - in - 1));
        out += close - in - 1;
        in = close + 1;
    }
    *out++ = '\0';
    *from = in;
    *to = out;
    return true;
}

bool words_split(struct words *words, const char *line, struct error *error)
{
    words->count = 0;
    /* Every word loses its blank and gets a NUL; the last one needs its own. Behind the words lies the rest. */
    words->buffer = malloc(2 * (strlen(line) + 1));
    memory_need(words->buffer);
    char *out = words->buffer;
    const char *rest = NULL, *end = line;
    words->rest = out + strlen(line) + 1;
    for (;;) {
        while (isspace((unsigned char)*line))
            line++;
        if (*line == '\0' || *line == '#')
            break;
        const char *second = line;
        char *word = out;
        bool good = copy_word(&line, &out, error);
        if (good && words->count == WORDS_MAX)
            good = error_set(error, "more than %d words in a line", WORDS_MAX);
        if (!good) {
            words_free(words);
            return false;
        }
        words->at[words->count++] = word;
        end = line;
        if (words->count == 2)
            rest = second;
    }
    size_t length = rest ? (size_t)(end - rest) : 0;
    memcpy(words->rest, rest ? rest : "", length);
    words->rest[length] = '\0';
    words->at[words->count] = NULL;
    return true;
}

void words_free(struct words *words)
{
    free(words->buffer);
    words->buffer = NULL;
    words->count = 0;
    words->at[0] = NULL;
}
