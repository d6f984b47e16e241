/* settings.c - see settings.h. */
#include "ft/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/nearest.h"

const struct setting_row setting_rows[] = {
#define SETTING(member, name, initial, minimum, maximum, scale, unit, title)                                           \
    {name, unit, title, offsetof(struct settings, member), initial, minimum, maximum, scale},
    SETTINGS(SETTING)
#undef SETTING
};
const size_t setting_count = sizeof setting_rows / sizeof setting_rows[0];

static uint64_t *setting_at(struct settings *settings, const struct setting_row *row)
{
    return (uint64_t *)(void *)((char *)settings + row->offset);
}

bool setting_is_live(const struct setting_row *row)
{
    /* Looked at whenever they are needed, and by no rule that both computers must follow alike; or, the rate of the
     * timer, logged when it changes. */
    static const size_t live[] = {
        offsetof(struct settings, trap_delay),       offsetof(struct settings, disk_latency_us),
        offsetof(struct settings, disk_spread_us),   offsetof(struct settings, lag_epochs),
        offsetof(struct settings, cost_simulate_ns), offsetof(struct settings, cost_epoch_ns),
        offsetof(struct settings, thin_timer),       offsetof(struct settings, gather_us),
    };
    for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
        if (row->offset == live[i])
            return true;
    return false;
}

uint64_t settings_reports_behind(const struct settings *settings)
{
    return (settings->lag_report_us + settings->heartbeat_us - 1) / settings->heartbeat_us;
}

uint64_t settings_lag_least_us(const struct settings *settings, uint64_t epoch_us)
{
    return epoch_us + 2 * settings->channel_latency_us +
           (settings_reports_behind(settings) + 1) * settings->heartbeat_us;
}

uint64_t settings_lag_max_us(const struct settings *settings, uint64_t epoch_us)
{
    uint64_t twice = 2 * settings_lag_least_us(settings, epoch_us);
    if (settings->lag_max_us != LAG_MAX_OWN_US)
        return settings->lag_max_us;
    return twice > LAG_MAX_LEAST_US ? twice : LAG_MAX_LEAST_US;
}

uint64_t settings_skid_margin(const struct settings *settings)
{
    return settings->skid_margin == SKID_MARGIN_OWN ? settings->counter_skid : settings->skid_margin;
}

void settings_defaults(struct settings *settings)
{
    for (size_t i = 0; i < setting_count; i++)
        *setting_at(settings, &setting_rows[i]) = setting_rows[i].initial;
}

bool settings_good(const struct settings *settings)
{
    for (size_t i = 0; i < setting_count; i++) {
        uint64_t value = *(const uint64_t *)(const void *)((const char *)settings + setting_rows[i].offset);
        if (value < setting_rows[i].minimum || value > setting_rows[i].maximum)
            return false;
    }
    return true;
}

/* A decimal number with at most three decimals, times SCALE (1 or 1000), exactly. */
static bool parse_scaled(const char *text, uint32_t scale, uint64_t *value)
{
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    uint64_t whole = strtoull(text, &end, 10);
    if (errno || whole > UINT64_MAX / 1000 - 1)
        return false;
    uint64_t fraction = 0;
    if (*end == '.' && scale > 1) {
        uint64_t unit = scale;
        for (end++; isdigit((unsigned char)*end) && unit > 1; end++) {
            unit /= 10;
            fraction += (uint64_t)(*end - '0') * unit;
        }
    }
    *value = whole * scale + fraction;
    return *end == '\0';
}

static void format_stored(uint64_t stored, uint32_t scale, char *text, size_t size)
{
    if (stored % scale)
        snprintf(text, size, "%" PRIu64 ".%03" PRIu64, stored / scale, stored % scale);
    else
        snprintf(text, size, "%" PRIu64, stored / scale);
}

static const char between_words[] = " or ";

/* Word number INDEX of ROW, whose values are words: *LENGTH characters; NULL if there are not so many. */
static const char *word_of(const struct setting_row *row, uint64_t index, size_t *length)
{
    const char *word = row->unit, *end = strstr(word, between_words);
    if (!end)
        return NULL;
    for (; end && index; index--) {
        word = end + sizeof between_words - 1;
        end = strstr(word, between_words);
    }
    *length = end ? (size_t)(end - word) : strlen(word);
    return index ? NULL : word;
}

/* Is TEXT one of ROW's words? */
static bool parse_word(const struct setting_row *row, const char *text, uint64_t *value)
{
    size_t length;
    for (uint64_t i = 0;; i++) {
        const char *word = word_of(row, i, &length);
        *value = i;
        if (!word || (strlen(text) == length && strncmp(word, text, length) == 0))
            return word != NULL;
    }
}

static bool refuse(const struct setting_row *row, const char *text, struct error *error)
{
    char low[32], high[32];
    size_t length;
    if (word_of(row, 0, &length))
        return error_set(error, "%s cannot be '%s': %s is wanted", row->name, text, row->unit);
    format_stored(row->minimum, row->scale, low, sizeof low);
    format_stored(row->maximum, row->scale, high, sizeof high);
    return error_set(error, "%s cannot be '%s': a number from %s to %s (%s) is wanted", row->name, text, low, high,
                     row->unit);
}

bool settings_set(struct settings *settings, const char *name, const char *text, struct error *error)
{
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        if (strcmp(row->name, name) != 0)
            continue;
        uint64_t value;
        size_t length;
        bool good = word_of(row, 0, &length) ? parse_word(row, text, &value) : parse_scaled(text, row->scale, &value);
        if (!good || value < row->minimum || value > row->maximum)
            return refuse(row, text, error);
        *setting_at(settings, row) = value;
        return true;
    }
    struct nearest nearest;
    nearest_begin(&nearest, name, strlen(name));
    for (size_t i = 0; i < setting_count; i++)
        nearest_try(&nearest, "", setting_rows[i].name);
    return error_set(error, "there is no setting '%s' ('info settings' lists them, e.g. disk-latency-us=200)%s", name,
                     nearest.question);
}

void settings_format(const struct settings *settings, const struct setting_row *row, char *text, size_t size)
{
    uint64_t value;
    size_t length;
    memcpy(&value, (const char *)settings + row->offset, sizeof value);
    const char *word = word_of(row, value, &length);
    if (word)
        snprintf(text, size, "%.*s", (int)length, word);
    else
        format_stored(value, row->scale, text, size);
}
