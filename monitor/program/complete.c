/* complete.c - see complete.h. */
#include "monitor/program/complete.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "ft/fault.h"
#include "mmu/base/memory.h"
#include "monitor/base/installed.h"
#include "monitor/command/command.h"
#include "monitor/session/registers.h"

static void offer(struct offers *offers, const char *prefix, const char *word, const char *suffix)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s%s%s", prefix, word, suffix);
    if (strncmp(whole, offers->text, offers->length) != 0)
        return;
    char *copy = strdup(whole);
    memory_need(copy);
    *VEC_PUSH(&offers->words) = copy;
}

static void offer_commands(struct offers *offers, const struct command *table)
{
    for (const struct command *row = table; row->name; row++)
        offer(offers, "", row->name, "");
}

static void offer_registers(struct offers *offers, const char *prefix)
{
    char name[16];
    for (unsigned i = 0; register_name(i, name); i++)
        offer(offers, prefix, name, "");
}

static void offer_variables(struct offers *offers, const struct monitor *monitor)
{
    for (size_t i = 0; i < monitor->variables.rows.count; i++)
        offer(offers, "$", monitor->variables.rows.at[i].name, "");
}

static void offer_addresses(struct offers *offers, const struct monitor *monitor)
{
    for (size_t i = 0; i < monitor->symbols.count; i++)
        offer(offers, "", monitor->symbols.at[i].name, "");
    offer_registers(offers, "$");
    for (const struct fact *fact = facts; fact->name; fact++)
        offer(offers, "$", fact->name, "");
    offer_variables(offers, monitor);
}

static void offer_settings(struct offers *offers)
{
    for (size_t i = 0; i < setting_count; i++)
        offer(offers, "", setting_rows[i].name, "=");
}

static void offer_roles(struct offers *offers, const char *suffix)
{
    offer(offers, "", "primary", suffix);
    offer(offers, "", "backup", suffix);
}

static void offer_steps(struct offers *offers)
{
    for (unsigned i = 0; i < PROTOCOL_STEP_COUNT; i++)
        offer(offers, "", protocol_step_name((enum protocol_step)i), "");
}

/* The beginnings of a WHERE, behind PREFIX ("primary@"). */
static void offer_places(struct offers *offers, const char *prefix)
{
    static const char *const kinds[] = {"instruction=", "epoch=", "time=", "step=", "operation="};
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        offer(offers, prefix, kinds[i], "");
}

/* The guests that came with the program, by their bare names. */
static void offer_guests(struct offers *offers)
{
    char *folder = installed_guests();
    DIR *listed = folder ? opendir(folder) : NULL;
    const struct dirent *entry;
    while (listed && (entry = readdir(listed))) {
        size_t length = strlen(entry->d_name);
        if (length <= 4 || length >= 128 || strcmp(entry->d_name + length - 4, ".elf") != 0)
            continue;
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)(length - 4), entry->d_name);
        offer(offers, "", name, "");
    }
    if (listed)
        closedir(listed);
    free(folder);
}

/* ---- where it stands ---- */

/* What lies before START in a line. */
struct before {
    const char *first; /* the command's name */
    unsigned position; /* of the word, from 0: the command's first argument */
    char previous[64]; /* the word before it; "" */
    char key[64];      /* in its own word, before the last '=' or ',': "step" of "primary@step="; "" */
    char opening[64];  /* the first argument; "" */
    char whole[128];   /* its own word up to START */
};

/* The SIZE bytes at FROM into TEXT, if they fit. */
static void take(char *text, size_t room, const char *from, size_t size)
{
    snprintf(text, room, "%.*s", (int)size, size < room ? from : "");
}

static struct before look_before(const char *line, size_t start)
{
    struct before before = {.first = line + strspn(line, " \t")};
    const char *end = line + start, *at = before.first, *word = before.first;
    for (unsigned index = 0; at < end; index++) {
        size_t length = strcspn(at, " \t");
        word = at;
        if (at + length >= end) {
            before.position = index ? index - 1 : 0;
            break;
        }
        take(before.previous, sizeof before.previous, at, length);
        if (index == 1)
            take(before.opening, sizeof before.opening, at, length);
        at += length;
        at += strspn(at, " \t");
        word = at;
        before.position = index;
    }
    if (word < end) {
        const char *last = end - 1, *from = last;
        take(before.whole, sizeof before.whole, word, (size_t)(end - word));
        while (from > word && from[-1] != '@' && from[-1] != ',' && from[-1] != '=')
            from--;
        if (*last == '=')
            take(before.key, sizeof before.key, from, (size_t)(last - from));
    }
    return before;
}

/* ---- what a command takes ---- */

static bool is_literal(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)word[i]) && word[i] != '-')
            return false;
    return length > 0;
}

/* ONE of the words of a row's `arguments`: a literal one, or the name of what stands there. */
static void offer_one(struct offers *offers, const char *word, size_t length)
{
    static const char *const ends[] = {"exit", "timeout", "stopped", "halted", "lost", "running"};
    char one[64];
    while (length && (*word == '[' || *word == ']'))
        word++, length--;
    while (length && strchr("].", word[length - 1]))
        length--;
    take(one, sizeof one, word, length);
    if (is_literal(one, strlen(one)))
        offer(offers, "", one, "");
    else if (strcmp(one, "WHO") == 0)
        offer_roles(offers, "");
    else if (strcmp(one, "WHERE") == 0)
        offer_places(offers, "");
    else if (strncmp(one, "FILE", 4) == 0)
        offers->files = true;
    else if (strcmp(one, "HOW") == 0)
        for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
            offer(offers, "", ends[i], "");
}

/* Each of the words that a | parts in the LENGTH characters at TEXT. */
static void offer_each(struct offers *offers, const char *text, size_t length)
{
    while (length) {
        size_t one = 0;
        while (one < length && text[one] != '|')
            one++;
        offer_one(offers, text, one);
        one += one < length;
        text += one;
        length -= one;
    }
}

/* Word INDEX of the LENGTH characters at TEXT, with each of its alternatives. */
static void offer_word(struct offers *offers, const char *text, size_t length, unsigned index)
{
    while (length) {
        size_t word = 0;
        while (word < length && text[word] != ' ')
            word++;
        if (!index--) {
            offer_each(offers, text, word);
            return;
        }
        word += word < length;
        text += word;
        length -= word;
    }
}

/* A row's `arguments` are words ("WHO REGISTER|ADDR BIT [WHERE]"), or ways to go on by the first word
 * ("explainable|end HOW|same-output FILE"). True: one of these ways is gone, and nothing else fits. */
static bool offer_arguments(struct offers *offers, const char *arguments, const struct before *before)
{
    size_t opening = strlen(before->opening), first = strcspn(arguments, "|");
    bool ways = strcspn(arguments, " ") >= first && strchr(arguments + first, ' ');
    if (!ways) {
        offer_word(offers, arguments, strlen(arguments), before->position);
        return false;
    }
    for (const char *way = arguments; *way; way += strcspn(way, "|"), way += *way == '|') {
        size_t length = strcspn(way, "|"), word = strcspn(way, " |");
        if (!before->position) {
            offer_one(offers, way, word);
        } else if (word == opening && word < length && strncmp(way, before->opening, word) == 0) {
            offer_word(offers, way, length, before->position);
            return true;
        }
    }
    return false;
}

/* ---- options ---- */

static void offer_option_value(struct offers *offers, const struct monitor *monitor, const char *option)
{
    const char *choice;
    if (strcmp(option, "--set") == 0)
        offer_settings(offers);
    for (unsigned i = 0; (choice = options_choice(option, OPTIONS_SYSTEM, i)); i++)
        offer(offers, "", choice, "");
    if (options_value(option, OPTIONS_SYSTEM) == OPTION_PLACE) {
        if (strcmp(option, "--repair") != 0) {
            offer_places(offers, "primary@");
            offer_places(offers, "backup@");
        } else {
            offer_places(offers, "");
        }
    }
    offers->files |= options_value_is_file(option, OPTIONS_SYSTEM);
    offer_variables(offers, monitor);
}

static void offer_options(struct offers *offers, const struct monitor *monitor, const struct before *before)
{
    if (strcmp(before->key, "step") == 0) {
        offer_steps(offers);
    } else if (strncmp(before->whole, "--", 2) == 0 && *before->key) {
        offer_option_value(offers, monitor, before->key); /* --mode=pair */
    } else if (*before->whole) {
        offers->files = true; /* disk=FILE */
    } else if (options_value_follows(before->previous, OPTIONS_SYSTEM)) {
        offer_option_value(offers, monitor, before->previous);
    } else {
        for (unsigned i = 0; options_name(i); i++) {
            char word[64];
            snprintf(word, sizeof word, "--%s", options_name(i));
            if (options_takes(word, OPTIONS_SYSTEM))
                offer(offers, "", word, "");
        }
    }
}

/* ---- all ---- */

static void offer_kind(struct offers *offers, const struct monitor *monitor, const struct command *row,
                       const struct before *before)
{
    switch (row->completes) {
    case COMPLETES_PLACE:
        if (strcmp(before->opening, "step") == 0) {
            offer_steps(offers);
            break;
        }
        for (unsigned i = 0; !before->position && break_word(i); i++)
            offer(offers, "", break_word(i), "");
        offer_addresses(offers, monitor);
        break;
    case COMPLETES_ADDRESS:
        offer_addresses(offers, monitor);
        break;
    case COMPLETES_COMMAND:
        offer_commands(offers, commands);
        break;
    case COMPLETES_INFO:
        offer_commands(offers, info_topics);
        offer_registers(offers, "");
        break;
    case COMPLETES_SETTING:
        offer_settings(offers);
        offer_variables(offers, monitor);
        offer_registers(offers, "$");
        break;
    case COMPLETES_ROLE:
        if (!before->position)
            offer_roles(offers, "");
        break;
    case COMPLETES_ASSUMPTION:
        for (unsigned i = 0; !before->position && i < ASSUMPTION_COUNT; i++)
            offer(offers, "", assumption_name((enum assumption)i), "");
        break;
    case COMPLETES_FILE:
        offers->files = true;
        if (strcmp(row->name, "load") == 0)
            offer_guests(offers);
        break;
    case COMPLETES_OPTION:
        offer_options(offers, monitor, before);
        break;
    case COMPLETES_NOTHING:
        break;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What two of the ways above have offered is there once. */
static void sort(struct offers *offers)
{
    size_t kept = 0, count = offers->words.count;
    if (!count)
        return;
    qsort(offers->words.at, count, sizeof *offers->words.at, by_name);
    for (size_t i = 0; i < count; i++) {
        char *word = offers->words.at[i];
        if (kept && strcmp(word, offers->words.at[kept - 1]) == 0)
            free(word);
        else
            offers->words.at[kept++] = word;
    }
    offers->words.count = kept;
}

void offers_find(struct offers *offers, const struct monitor *monitor, const char *line, size_t start, const char *text)
{
    *offers = (struct offers){.text = text, .length = strlen(text)};
    struct before before = look_before(line, start);
    if (before.first >= line + start) {
        offer_commands(offers, commands);
        sort(offers);
        return;
    }
    const struct command *row = command_find(commands, "", before.first, strcspn(before.first, "/ \t"), NULL);
    if (!row)
        return;
    bool gone = false;
    if (row->completes != COMPLETES_OPTION && strcmp(before.key, "step") == 0)
        offer_steps(offers);
    else if (row->completes != COMPLETES_OPTION && !*before.key)
        gone = offer_arguments(offers, row->arguments, &before);
    if (!gone && (!*before.key || row->completes == COMPLETES_OPTION || row->completes == COMPLETES_ADDRESS))
        offer_kind(offers, monitor, row, &before);
    sort(offers);
}

void offers_free(struct offers *offers)
{
    for (size_t i = 0; i < offers->words.count; i++)
        free(offers->words.at[i]);
    VEC_FREE(&offers->words);
}
