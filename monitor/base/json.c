/* json.c - see json.h. */
#include "monitor/base/json.h"

#include <inttypes.h>

static void quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
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
