/* number.c - see number.h. */
#include "monitor/session/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/session/monitor.h"

bool number_read(const struct monitor *monitor, const char *text, uint64_t *number)
{
    return text_number(text, number) ||
           (*text && monitor_evaluate(monitor, text, number, NULL) && *number <= INT64_MAX);
}

/* ---- faults and places ---- */

/* What is written so far, and where it goes. */
struct writer {
    const struct monitor *monitor;
    const char *text; /* the whole, for messages */
    char *at;
    size_t left;
    struct error *error;
};

static bool put(struct writer *writer, const char *part, size_t length)
{
    if (length >= writer->left)
        return error_set(writer->error, "'%.200s' is too long for a place", writer->text);
    memcpy(writer->at, part, length);
    writer->at += length;
    writer->left -= length;
    *writer->at = '\0';
    return true;
}

/* The number PART (LENGTH characters) as its value. */
static bool put_number(struct writer *writer, const char *part, size_t length)
{
    struct error why = {""};
    uint64_t value = 0;
    char digits[24], *text = strndup(part, length);
    memory_need(text);
    bool plain = text_number(text, &value) || !*text;
    bool good = !plain && monitor_evaluate(writer->monitor, text, &value, &why);
    free(text);
    if (!good)
        return plain || !memchr(part, '$', length)
                   ? put(writer, part, length)
                   : error_set(writer->error, "'%.200s' is no place: %.250s", writer->text, why.text);
    if (value > INT64_MAX)
        return error_set(writer->error, "'%.200s' is no place: a number from 0 is wanted, and '%.*s' is %" PRId64,
                         writer->text, (int)length, part, (int64_t)value);
    int count = snprintf(digits, sizeof digits, "%" PRIu64, value);
    return put(writer, digits, (size_t)count);
}

/* How much of PART is before SUFFIX, where that begins one of the phases of an operation: ".performed", ... */
static size_t phase_at(const char *part)
{
    static const char *const phases[] = {".before", ".issued", ".partial:", ".performed", ".completed"};
    for (unsigned i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        const char *at = strstr(part, phases[i]);
        size_t length = strlen(phases[i]);
        if (at && (!at[length] || at[length - 1] == ':'))
            return (size_t)(at - part);
    }
    return strlen(part);
}

/* PART is seconds with decimals, or an expression of whole seconds, or one with us or ms behind it. */
static bool put_time(struct writer *writer, const char *part)
{
    uint64_t units = 0, a_second = 1;
    size_t length = strlen(part);
    if (part[strspn(part, "0123456789.")] == '\0')
        return put(writer, part, length);
    if (length > 2 && part[length - 1] == 's' && strchr("mu", part[length - 2]) &&
        strchr(")0123456789", part[length - 3])) {
        a_second = part[length - 2] == 'm' ? 1000 : 1000000;
        length -= 2;
    }
    char *count = strndup(part, length), seconds[64];
    memory_need(count);
    bool good = number_read(writer->monitor, count, &units);
    free(count);
    if (!good)
        return strchr(part, '$') ? put_number(writer, part, length) : put(writer, part, strlen(part));
    int written = snprintf(seconds, sizeof seconds, "%" PRIu64 ".%06" PRIu64, units / a_second,
                           units % a_second * (1000000 / a_second));
    return put(writer, seconds, (size_t)written);
}

/* instruction=N, epoch=N, time=T, step=NAME:K, operation=K.PHASE */
static bool put_place(struct writer *writer, const char *place)
{
    size_t name = strcspn(place, "=");
    if (place[name] != '=')
        return put(writer, place, name);
    const char *value = place + name + 1;
    if (!put(writer, place, name + 1))
        return false;
    if (strncmp(place, "time=", 5) == 0)
        return put_time(writer, value);
    if (strncmp(place, "step=", 5) == 0) {
        size_t colon = strcspn(value, ":");
        colon += value[colon] == ':';
        return put(writer, value, colon) && put_number(writer, value + colon, strlen(value + colon));
    }
    size_t phase = strncmp(place, "operation=", 10) == 0 ? phase_at(value) : strlen(value);
    size_t mask = phase + strcspn(value + phase, ":");
    mask += value[mask] == ':';
    return put_number(writer, value, phase) && put(writer, value + phase, mask - phase) &&
           put_number(writer, value + mask, strlen(value + mask));
}

/* cut, delay=US, flip=ADDRESS:BIT: what follows = and : are numbers. */
static bool put_kind(struct writer *writer, const char *kind, size_t length)
{
    const char *equals = memchr(kind, '=', length);
    size_t name = equals ? (size_t)(equals - kind) + 1 : length;
    const char *colon = memchr(kind + name, ':', length - name);
    size_t first = colon ? (size_t)(colon - kind) : length;
    bool is_register = strncmp(kind + name, "gr", 2) == 0;
    if (!put(writer, kind, name))
        return false;
    if (is_register ? !put(writer, kind + name, first - name) : !put_number(writer, kind + name, first - name))
        return false;
    return !colon || (put(writer, ":", 1) && put_number(writer, colon + 1, length - first - 1));
}

bool number_write_fault(const struct monitor *monitor, const char *text, char *written, size_t size,
                        struct error *error)
{
    struct writer writer = {monitor, text, written, size, error};
    const char *at = strchr(text, '@'), *comma = at ? memchr(text, ',', (size_t)(at - text)) : NULL;
    const char *who = comma ? comma : text;
    *written = '\0';
    if (comma && !put_kind(&writer, text, (size_t)(comma - text)))
        return false;
    if (at && !put(&writer, who, (size_t)(at + 1 - who)))
        return false;
    return put_place(&writer, at ? at + 1 : text);
}

/* ---- words ---- */

char *number_substitute(const struct monitor *monitor, const char *word, bool numbers)
{
    char *text = NULL, name[VARIABLE_NAME_BYTES];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    while (*word) {
        size_t length = 0;
        while (*word == '$' && (isalnum((unsigned char)word[length + 1]) || word[length + 1] == '_'))
            length++;
        const struct variable *variable = NULL;
        if (length && length < sizeof name) {
            snprintf(name, sizeof name, "%.*s", (int)length, word + 1);
            variable = variable_find(monitor, name);
        }
        if (variable && variable->text)
            fputs(variable->text, out);
        else if (variable && numbers)
            fprintf(out, "%" PRId64, (int64_t)variable->value);
        else
            fprintf(out, "%.*s", (int)length + 1, word);
        word += length + 1;
    }
    fclose(out);
    return text;
}
