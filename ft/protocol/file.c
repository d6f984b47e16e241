/* file.c - a protocol as text (ft/protocols.h; docs/protocols.md, "A protocol as a file"): one key a line, then blanks,
 * then its value; what comes behind a # is for people. What is wrong is one line with the file's name and the number of
 * the line.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ft/config/config.h"
#include "ft/protocol/check.h"
#include "ft/protocols.h"
#include "mmu/base/lines.h"
#include "mmu/base/memory.h"

enum { NAME_BYTES = 33, TITLE_BYTES = 121, RULES = 8, SHOWN_BYTES = 40 };

/* What protocol_read gives: a protocol and its texts in one piece. */
struct written {
    struct protocol protocol;
    char name[NAME_BYTES], title[TITLE_BYTES];
};

struct reading {
    struct written *written;
    const char *file;
    unsigned line;
    unsigned lines[PROTOCOL_PARTS]; /* on which each program stands */
    unsigned given;                 /* bit i: keys[i] was there */
    struct error *error;
};

static const char *const output_words[OUTPUT_RULE_COUNT] = {
#define RULE(id, word) [OUTPUT_##id] = word,
    OUTPUT_RULES(RULE)
#undef RULE
};

const char *output_rule_word(unsigned rule)
{
    return rule < OUTPUT_RULE_COUNT ? output_words[rule] : "?";
}

/* Always false. */
__attribute__((format(printf, 2, 3))) static bool refuse(const struct reading *reading, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_set(reading->error, "%.80s:%u: %s", reading->file, reading->line, text);
}

/* The next word of *REST, NULL at the end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    if (!*word)
        return NULL;
    *rest = word + strcspn(word, " \t");
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

/* Add WORD to LIST, which is then "a, b or c". */
static void add_choice(char *list, size_t size, const char *word, bool last)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", !used ? "" : last ? " or " : ", ", word);
}

/* ---- values ---- */

static bool take_name(struct reading *reading, char *value)
{
    char *word = next_word(&value);
    size_t length = strlen(word);
    if (next_word(&value) || length >= NAME_BYTES || !islower((unsigned char)word[0]) ||
        strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return refuse(reading, "the name cannot be '%.*s': one word of 1 to %d small letters, digits and '-' is wanted",
                      SHOWN_BYTES, word, NAME_BYTES - 1);
    memcpy(reading->written->name, word, length + 1);
    return true;
}

static bool take_title(struct reading *reading, char *value)
{
    size_t length = strlen(value);
    if (length >= TITLE_BYTES)
        return refuse(reading, "the title has %zu bytes: %d at most are wanted", length, TITLE_BYTES - 1);
    memcpy(reading->written->title, value, length + 1);
    return true;
}

/* The actions that may stand in the program with BIT, in words. */
static void list_actions(unsigned bit, char *list, size_t size)
{
    enum action last = ACTION_LOOP;
    for (enum action action = ACTION_LOOP + 1; action < ACTION_COUNT; action++)
        if (action_programs(action) & bit)
            last = action;
    *list = '\0';
    for (enum action action = ACTION_LOOP + 1; action < ACTION_COUNT; action++)
        if (action_programs(action) & bit)
            add_choice(list, size, action_word(action), action == last);
}

static bool take_program(struct reading *reading, enum protocol_part part, char *value)
{
    static const unsigned bits[PROTOCOL_PARTS] = {IN_PRIMARY, IN_BACKUP, IN_FAILOVER};
    static const char *const names[PROTOCOL_PARTS] = {"primary", "backup", "failover"};
    struct protocol *protocol = &reading->written->protocol;
    enum action *const programs[PROTOCOL_PARTS] = {protocol->primary, protocol->backup, protocol->failover};
    char list[256];
    unsigned count = 0;
    reading->lines[part] = reading->line;
    for (char *word; (word = next_word(&value)); count++) {
        enum action action = ACTION_LOOP + 1;
        while (action < ACTION_COUNT &&
               (strcmp(action_word(action), word) != 0 || !(action_programs(action) & IN_EPOCHS)))
            action++;
        list_actions(bits[part], list, sizeof list);
        if (action == ACTION_COUNT)
            return refuse(reading, "there is no action '%.*s': %s is wanted", SHOWN_BYTES, word, list);
        if (!(action_programs(action) & bits[part]))
            return refuse(reading, "'%s' does not fit into the %s's program: %s does", word, names[part], list);
        if (count == PROGRAM_ACTIONS_MAX - 1)
            return refuse(reading, "the %s's program has more than %d actions", names[part], PROGRAM_ACTIONS_MAX - 1);
        programs[part][count] = action;
    }
    return true; /* what is behind it is ACTION_LOOP, which is 0 */
}

static bool take_primary(struct reading *reading, char *value)
{
    return take_program(reading, PROTOCOL_PRIMARY, value);
}

static bool take_backup(struct reading *reading, char *value)
{
    return take_program(reading, PROTOCOL_BACKUP, value);
}

static bool take_failover(struct reading *reading, char *value)
{
    return take_program(reading, PROTOCOL_FAILOVER, value);
}

static bool take_output(struct reading *reading, char *value)
{
    char *word = next_word(&value), list[128] = "";
    for (unsigned i = 0; i < OUTPUT_RULE_COUNT; i++) {
        if (strcmp(word, output_words[i]) == 0 && !next_word(&value)) {
            reading->written->protocol.output = (enum output_rule)i;
            return true;
        }
        add_choice(list, sizeof list, output_words[i], i + 1 == OUTPUT_RULE_COUNT);
    }
    return refuse(reading, "output cannot be '%.*s': %s is wanted", SHOWN_BYTES, word, list);
}

static bool take_policy(struct reading *reading, char *value)
{
    char *word = next_word(&value);
    for (enum failover_policy policy = FAILOVER_DISCONNECT; policy <= FAILOVER_REISSUE; policy++)
        if (strcmp(word, failover_policy_name(policy)) == 0 && !next_word(&value)) {
            reading->written->protocol.policy = policy;
            return true;
        }
    return refuse(reading, "policy cannot be '%.*s': disconnect, uncertain or reissue is wanted", SHOWN_BYTES, word);
}

/* Is the rest of a line WORDS? */
static bool is_rest(const char *rest, const char *words)
{
    rest += strspn(rest, " \t");
    return strcmp(rest, words) == 0;
}

/* rule N [rule N]... [of the last epoch] [when losing] */
static bool take_expect(struct reading *reading, char *value)
{
    struct protocol_exceptions *expected = &reading->written->protocol.expected;
    uint32_t rules = 0;
    while (strncmp(value, "rule ", 5) == 0 && value[5] >= '1' && value[5] <= '0' + RULES &&
           (!value[6] || value[6] == ' ')) {
        rules |= UINT32_C(1) << (value[5] - '0');
        value += 6;
        value += strspn(value, " ");
    }
    uint32_t *which = !rules                                            ? NULL
                      : is_rest(value, "")                              ? &expected->anywhere
                      : is_rest(value, "when losing")                   ? &expected->anywhere_losing
                      : is_rest(value, "of the last epoch")             ? &expected->last_epoch
                      : is_rest(value, "of the last epoch when losing") ? &expected->last_epoch_losing
                                                                        : NULL;
    if (!which)
        return refuse(reading,
                      "'%.*s' is no exception: 'rule N' with an N from 1 to %d, several of them, then perhaps 'of the "
                      "last epoch', then perhaps 'when losing' is wanted",
                      SHOWN_BYTES, value, RULES);
    *which |= rules;
    return true;
}

/* ---- lines ---- */

static const struct key {
    const char *name;
    bool (*take)(struct reading *reading, char *value);
    bool needed, repeatable;
} keys[] = {
    {"name", take_name, true, false},         {"title", take_title, false, false},
    {"primary", take_primary, true, false},   {"backup", take_backup, true, false},
    {"failover", take_failover, true, false}, {"output", take_output, true, false},
    {"policy", take_policy, true, false},     {"expect", take_expect, false, true},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static bool take_value(struct reading *reading, unsigned key, char *value)
{
    value += strspn(value, " \t");
    size_t length = strlen(value);
    while (length && strchr(" \t\r", value[length - 1]))
        value[--length] = '\0';
    if (!length)
        return refuse(reading, "'%s' has no value", keys[key].name);
    if (reading->given >> key & 1 && !keys[key].repeatable)
        return refuse(reading, "'%s' is there for the second time: one is wanted", keys[key].name);
    reading->given |= 1u << key;
    return keys[key].take(reading, value);
}

static bool take_line(struct reading *reading, char *line)
{
    char list[128] = "";
    for (const char *at = line; *at; at++)
        if (iscntrl((unsigned char)*at) && *at != '\t')
            return refuse(reading, "there is a byte 0x%02x: text is wanted", (unsigned)(unsigned char)*at);
    line[strcspn(line, "#")] = '\0';
    char *word = next_word(&line);
    if (!word)
        return true;
    for (unsigned i = 0; i < KEYS; i++) {
        if (strcmp(word, keys[i].name) == 0)
            return take_value(reading, i, line);
        add_choice(list, sizeof list, keys[i].name, i + 1 == KEYS);
    }
    return refuse(reading, "there is no key '%.*s': %s is wanted", SHOWN_BYTES, word, list);
}

/* The rules that tie lines together. */
static bool check_all(struct reading *reading)
{
    struct protocol_complaint complaint;
    for (unsigned i = 0; i < KEYS; i++)
        if (keys[i].needed && !(reading->given >> i & 1))
            return refuse(reading, "the file ends without '%s'", keys[i].name);
    if (protocol_check_parts(&reading->written->protocol, &complaint))
        return true;
    reading->line = reading->lines[complaint.part];
    return refuse(reading, "%s", complaint.text);
}

static bool take_text(struct reading *reading, char *text)
{
    char *rest = text;
    for (char *line; (line = lines_next(&rest));) {
        if (line != text && !rest && !*line)
            break; /* behind the last line's end */
        reading->line++;
        if (!take_line(reading, line))
            return false;
    }
    return check_all(reading);
}

struct protocol *protocol_read(const char *text, size_t size, const char *file, struct error *error)
{
    struct reading reading = {.file = file, .line = 1, .error = error};
    if (size > PROTOCOL_TEXT_BYTES_MAX) {
        refuse(&reading, "the file has %zu bytes: at most %d are wanted", size, PROTOCOL_TEXT_BYTES_MAX);
        return NULL;
    }
    const char *zero = memchr(text, '\0', size);
    for (const char *at = text; zero && at < zero; at++)
        reading.line += *at == '\n';
    if (zero) {
        refuse(&reading, "there is a byte 0x00: text is wanted");
        return NULL;
    }
    reading.line = 0;
    reading.written = calloc(1, sizeof *reading.written);
    char *copy = strndup(text, size);
    memory_need(reading.written && copy);
    bool good = take_text(&reading, copy + (lines_begin(copy) - copy));
    free(copy);
    if (!good) {
        free(reading.written);
        return NULL;
    }
    struct protocol *protocol = &reading.written->protocol;
    protocol->name = reading.written->name;
    protocol->title = *reading.written->title ? reading.written->title : protocol->name;
    return protocol;
}

/* ---- the other way ---- */

static void write_program(FILE *out, const char *key, const enum action *actions)
{
    fprintf(out, "%-10s", key);
    for (unsigned i = 0; actions[i] != ACTION_LOOP; i++)
        fprintf(out, "%s%s", i ? " " : "", action_word(actions[i]));
    fputc('\n', out);
}

static void write_expected(FILE *out, uint32_t rules, const char *when)
{
    if (!rules)
        return;
    fprintf(out, "%-10s", "expect");
    for (unsigned rule = 1, written = 0; rule <= RULES; rule++)
        if (rules >> rule & 1)
            fprintf(out, "%srule %u", written++ ? " " : "", rule);
    fprintf(out, "%s\n", when);
}

char *protocol_text(const struct protocol *protocol)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    memory_need(out);
    fprintf(out, "%-10s%s\n%-10s%s\n", "name", protocol->name, "title", protocol->title);
    write_program(out, "primary", protocol->primary);
    write_program(out, "backup", protocol->backup);
    write_program(out, "failover", protocol->failover);
    fprintf(out, "%-10s%s\n%-10s%s\n", "output", output_words[protocol->output], "policy",
            failover_policy_name(protocol->policy));
    write_expected(out, protocol->expected.anywhere, "");
    write_expected(out, protocol->expected.anywhere_losing, " when losing");
    write_expected(out, protocol->expected.last_epoch, " of the last epoch");
    write_expected(out, protocol->expected.last_epoch_losing, " of the last epoch when losing");
    fclose(out);
    return text;
}

uint64_t protocol_hash(const struct protocol *protocol)
{
    char *text = protocol_text(protocol);
    uint64_t hash = XXH3_64bits(text, strlen(text));
    free(text);
    return hash;
}
