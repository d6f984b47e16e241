/* json.c - see json.h. */
#include "monitor/base/json.h"

#include <inttypes.h>

#include "monitor/base/text.h"

static void quoted(FILE *out, const char *text)
{
    unsigned length;
    putc('"', out);
    for (; *text; text += length ? length : 1) {
        uint32_t code = 0;
        length = text_character(text, &code);
        if (!length)
            fprintf(out, "\\ufffd"); /* JSON is UTF-8: this stands for what is not */
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (code <= 0xFFFF && text_is_control(code))
            fprintf(out, "\\u%04x", code);
        else
            fprintf(out, "%.*s", (int)length, text);
    }
    putc('"', out);
}

static void new_line(struct json *json)
{
    putc('\n', json->out);
    for (unsigned i = 0; i < json->depth; i++)
        fputs("  ", json->out);
}

/* Everything before a value. */
static void member(struct json *json, const char *key)
{
    if (json->filled)
        putc(',', json->out);
    if (json->depth)
        new_line(json);
    if (key) {
        quoted(json->out, key);
        fputs(": ", json->out);
    }
    json->filled = true;
}

void json_begin(struct json *json, FILE *out)
{
    *json = (struct json){.out = out};
}

void json_open(struct json *json, const char *key, char bracket)
{
    member(json, key);
    putc(bracket, json->out);
    json->depth++;
    json->filled = false;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (json->filled)
        new_line(json);
    putc(bracket, json->out);
    json->filled = true;
    if (json->depth == 0)
        putc('\n', json->out);
}

void json_string(struct json *json, const char *key, const char *text)
{
    member(json, key);
    if (text)
        quoted(json->out, text);
    else
        fputs("null", json->out);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
    member(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    member(json, key);
    fputs(value ? "true" : "false", json->out);
}

void json_seconds(struct json *json, const char *key, double value)
{
    member(json, key);
    fprintf(json->out, "%.6f", value);
}
