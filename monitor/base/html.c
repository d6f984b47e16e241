/* html.c - see html.h. */
#include "monitor/base/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "monitor/base/text.h"

enum { CHARACTER_BYTES = 4, PICTURES = 0x2400, PICTURE_OF_DELETE = 0x2421 };

/* The picture of the control character CODE, in UTF-8. */
static void put_picture(FILE *out, uint32_t code)
{
    uint32_t picture = code == 0x7F ? PICTURE_OF_DELETE : PICTURES + code;
    fprintf(out, "%c%c%c", (char)(0xE0 | picture >> 12), (char)(0x80 | (picture >> 6 & 0x3F)),
            (char)(0x80 | (picture & 0x3F)));
}

/* One character at TEXT, of which SIZE bytes are there. Returns how many it has. */
static size_t put_character(FILE *out, const char *text, size_t size)
{
    char some[CHARACTER_BYTES + 1] = "";
    uint32_t code = 0;
    memcpy(some, text, size < CHARACTER_BYTES ? size : CHARACTER_BYTES);
    unsigned length = *some ? text_character(some, &code) : 1;
    if (!length)
        fprintf(out, "\\x%02x", (unsigned char)*some);
    else if (code == '<' || code == '>' || code == '&' || code == '"' || code == '\'')
        fprintf(out, "&#%u;", code);
    else if (code == '\n' || code == '\t')
        fputc((int)code, out);
    else if (length == 1 && (code < 0x20 || code == 0x7F))
        put_picture(out, code);
    else if (text_is_control(code))
        fprintf(out, "\\u%04x", code);
    else
        fprintf(out, "%.*s", (int)length, some);
    return length ? length : 1;
}

void html_put(FILE *out, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        bool ends_line = text[at] == '\r' && at + 1 < size && text[at + 1] == '\n';
        at += ends_line ? 1 : put_character(out, text + at, size - at);
    }
}

void html_text(FILE *out, const char *text)
{
    html_put(out, text, strlen(text));
}
