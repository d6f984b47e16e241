/* command_judge.c - commands by which a script judges: expect, send, assert.
 *
 * `expect` lets the guest run, and stops it at the instruction that completed the text, or, with `trace`, whose line in
 * a trace has it in it. What was shown before the last expectation's text does not count again; a trace begins where
 * the guest is.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/elf.h"
#include "mmu/base/memory.h"
#include "monitor/command/command.h"
#include "monitor/session/recorder.h"
#include "monitor/session/drive.h"
#include "monitor/session/number.h"
#include "monitor/script/script.h"
#include "monitor/base/text.h"

/* ---- expect ---- */

struct expectation {
    char *text;
    size_t size;
    enum awaited_where where;
    uint64_t insns; /* of the guest, before which it must come; 0: the end of the run */
};

/* What is shown there so far, *SIZE bytes; of a trace the last line of the last run. */
static const char *shown_at(const struct monitor *monitor, enum awaited_where where, uint64_t *size)
{
    if (where == AWAITED_ON_TERMINAL)
        return (const char *)system_terminal_output(monitor->system, size);
    const char *all = where == AWAITED_BY_OPERATOR ? system_account(monitor->system) : monitor->trace.line;
    *size = strlen(all);
    return all;
}

/* Is the text there, now that the run came to STOP? Then what it lies in is behind us. */
static bool is_there(struct monitor *monitor, const struct expectation *expectation, enum stop_kind stop)
{
    bool on_terminal = expectation->where == AWAITED_ON_TERMINAL;
    uint64_t *from = on_terminal ? &monitor->expected_terminal : &monitor->expected_operator;
    uint64_t size = 0;
    if (expectation->where == AWAITED_IN_STEP)
        return stop == STOP_SHOWN;
    const char *all = shown_at(monitor, expectation->where, &size);
    const char *at = size > *from ? memmem(all + *from, size - *from, expectation->text, expectation->size) : NULL;
    if (!at)
        return false;
    *from = (uint64_t)(at - all) + expectation->size;
    return true;
}

/* The last of what was shown since the last expectation, in one line. */
static void tail_of(const struct monitor *monitor, enum awaited_where where, char *text, size_t size)
{
    enum { SHOWN_MAX = 120 };
    const uint64_t froms[] = {[AWAITED_ON_TERMINAL] = monitor->expected_terminal,
                              [AWAITED_BY_OPERATOR] = monitor->expected_operator,
                              [AWAITED_IN_STEP] = 0};
    uint64_t count = 0, from = froms[where];
    const char *all = shown_at(monitor, where, &count);
    if (count - from > SHOWN_MAX)
        from = count - SHOWN_MAX;
    size_t used = 0;
    for (; from < count && used + 5 < size; from++) {
        unsigned char byte = (unsigned char)all[from];
        used += (size_t)snprintf(text + used, size - used,
                                 byte == '\n'    ? "\\n"
                                 : byte == '\t'  ? "\\t"
                                 : isprint(byte) ? "%c"
                                                 : "\\x%02x",
                                 byte);
    }
    text[used] = '\0';
}

static bool fail(struct monitor *monitor, const struct expectation *expectation, const char *word, enum stop_kind stop,
                 struct error *error)
{
    monitor->fell = true;
    static const char *const names[] = {[AWAITED_ON_TERMINAL] = "the terminal",
                                        [AWAITED_BY_OPERATOR] = "the operator's console",
                                        [AWAITED_IN_STEP] = "the trace"};
    char shown[400], why[128];
    tail_of(monitor, expectation->where, shown, sizeof shown);
    struct system_result result;
    system_result(monitor->system, &result);
    if (stop == STOP_ENDED)
        snprintf(why, sizeof why, "the run has ended (%s)", result.end_name);
    else if (stop == STOP_REACHED)
        snprintf(why, sizeof why, "instruction %" PRIu64 " is reached", expectation->insns);
    else
        snprintf(why, sizeof why, "the run was stopped");
    return error_set(error, "%s has not shown '%.100s': %s; %s%s%s", names[expectation->where], word, why,
                     *shown ? "it showed '" : "it showed nothing", shown, *shown ? "'" : "");
}

static bool expect(struct monitor *monitor, const struct expectation *expectation, const char *word,
                   struct error *error)
{
    enum stop_kind stop = STOP_ENDED;
    if (is_there(monitor, expectation, stop))
        return true;
    monitor->trace.line[0] = '\0'; /* of an earlier run */
    struct awaited_text text = {expectation->text, expectation->size,
                                expectation->where == AWAITED_ON_TERMINAL ? monitor->expected_terminal : 0,
                                expectation->where};
    while (!monitor->ended) {
        stop = drive_to(monitor, (struct system_until){.insns = expectation->insns, .text = &text});
        if (stop != STOP_DIED || !drive_follow(monitor))
            break;
    }
    if (is_there(monitor, expectation, stop))
        return true;
    if (stop == STOP_DIED)
        stop = STOP_ENDED;
    if (stop != STOP_REACHED && !monitor->ended)
        drive_say(monitor, stop);
    return fail(monitor, expectation, word, stop, error);
}

/* The word of `expect` that says where it looks, if it is no text. */
static bool where_named(const char *word, enum awaited_where *where)
{
    *where = strcmp(word, "trace") == 0      ? AWAITED_IN_STEP
             : strcmp(word, "operator") == 0 ? AWAITED_BY_OPERATOR
                                             : AWAITED_ON_TERMINAL;
    return *where != AWAITED_ON_TERMINAL;
}

bool command_expect(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    char *const *at = arguments->at;
    unsigned count = arguments->count;
    struct expectation expectation = {0};
    if (!monitor_wants_image(monitor, error))
        return false;
    if ((count == 2 || count == 4) && where_named(*at, &expectation.where)) {
        at++;
        count--;
    }
    if (count == 3 && strcmp(at[1], "within") == 0) {
        if (!number_read(monitor, at[2], &expectation.insns) || !expectation.insns)
            return error_set(error, "'%s' is no count of instructions: a number from 1 is wanted", at[2]);
        expectation.insns += monitor_cpu_state(monitor)->insns;
    } else if (count != 1) {
        return error_set(error,
                         "a text with blanks is wanted in quotes: 'expect [operator|trace] \"TEXT\" [within N]'");
    }
    expectation.text = strdup(at[0]);
    memory_need(expectation.text);
    bool good = text_unescape(expectation.text, &expectation.size, error);
    if (good && !expectation.size)
        good = error_set(error, "there is nothing to expect: a text is wanted");
    good = good && expect(monitor, &expectation, at[0], error);
    free(expectation.text);
    return good;
}

/* ---- assert ---- */

static bool assert_explainable(struct monitor *monitor, struct error *error)
{
    struct system_result result;
    system_result(monitor->system, &result);
    monitor->fell = !result.explainable;
    return result.explainable ||
           error_set(error, "unexplainable: %s", result.violation ? result.violation : "no sentence");
}

static bool assert_same_output(struct monitor *monitor, const char *name, struct error *error)
{
    uint64_t shown_size;
    size_t size;
    const uint8_t *shown = system_terminal_output(monitor->system, &shown_size);
    char *path = script_path(monitor, name);
    bool may = reach_file(monitor, path, error) && claims_read(&monitor->claims, path, "the wanted output", error);
    uint8_t *wanted = may ? file_read(path, &size, error) : NULL;
    free(path);
    if (!wanted)
        return false;
    uint64_t at = 0, line = 1;
    for (; at < size && at < shown_size && wanted[at] == shown[at]; at++)
        line += wanted[at] == '\n';
    bool same = at == size && at == shown_size;
    free(wanted);
    if (same)
        return true;
    monitor->fell = true;
    return error_set(error,
                     "the terminal's output is not that of '%s': they differ at byte %" PRIu64 ", in line %" PRIu64
                     " (%" PRIu64 " bytes were shown, %zu are wanted)",
                     name, at, line, shown_size, size);
}

static bool assert_end(struct monitor *monitor, const char *wanted, struct error *error)
{
    struct system_result result;
    bool known = false;
    for (enum system_end end = END_NONE; end <= END_LOST; end++)
        known |= strcmp(wanted, system_end_name(end)) == 0;
    if (!known)
        return error_set(error, "'%s' is no end: running, exit, timeout, stopped, halted or lost is wanted", wanted);
    system_result(monitor->system, &result);
    monitor->fell = strcmp(wanted, result.end_name) != 0;
    return !monitor->fell || error_set(error, "the end is not '%s' but '%s'%s%s", wanted, result.end_name,
                                       result.why ? ": " : "", result.why ? result.why : "");
}

/* Where the comparison lies that EXPRESSION is, outside all brackets, and how long its operator is; or NULL. */
static const char *comparison(const char *expression, size_t *length)
{
    int depth = 0;
    if (strstr(expression, "&&") || strstr(expression, "||") || strchr(expression, '?'))
        return NULL;
    for (const char *at = expression; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth || at == expression || !strchr("=!<>", *at))
            continue;
        if ((*at == '<' || *at == '>') && at[1] == *at) {
            at++; /* a shift */
            continue;
        }
        *length = at[1] == '=' ? 2 : 1;
        if (*length == 2 || *at == '<' || *at == '>')
            return at;
    }
    return NULL;
}

static bool assert_expression(struct monitor *monitor, const char *text, struct error *error)
{
    uint64_t value = 0, left = 0, right = 0;
    size_t length = 0;
    if (!monitor_evaluate(monitor, text, &value, error))
        return false;
    if (value)
        return true;
    monitor->fell = true;
    const char *at = strchr(text, '"') ? NULL : comparison(text, &length); /* the numbers of words say nothing */
    char *before = at ? strndup(text, (size_t)(at - text)) : NULL;
    memory_need(before || !at);
    bool both = before && monitor_evaluate(monitor, before, &left, NULL) &&
                monitor_evaluate(monitor, at + length, &right, NULL);
    free(before);
    if (both)
        return error_set(error,
                         "'%.200s' does not hold: the left is %" PRId64 " (0x%" PRIx64 "), the right is %" PRId64
                         " (0x%" PRIx64 ")",
                         text, (int64_t)left, left, (int64_t)right, right);
    return error_set(error, "'%.200s' does not hold", text);
}

/* Where in REST, an assertion as it was typed, "what it means" begins; its length if nothing is said. What follows an
 * operator is a word to compare with. */
static size_t meaning_at(const char *rest)
{
    size_t length = strlen(rest), end = length;
    if (length < 3 || rest[length - 1] != '"')
        return length;
    size_t begin = length - 2;
    while (begin && rest[begin] != '"')
        begin--;
    for (end = begin; end && strchr(" \t", rest[end - 1]);)
        end--;
    return end && end < begin && !strchr("=<>!+-*/%&|^~?:(,", rest[end - 1]) ? end : length;
}

/* The same without what it means. */
static bool assert_it(struct monitor *monitor, const char *first, const char *second, const char *rest, unsigned count,
                      struct error *error)
{
    bool named = (count == 1 && (!strcmp(first, "explainable") || !strcmp(first, "replayed"))) ||
                 (count == 2 && (!strcmp(first, "same-output") || (!strcmp(first, "end") && isalpha(*second))));
    if (!named)
        return assert_expression(monitor, rest, error);
    if (!monitor_wants_image(monitor, error))
        return false;
    switch (*first) {
    case 's':
        return assert_same_output(monitor, second, error);
    case 'r':
        monitor->fell = monitor->replay && !recorder_judge(monitor, error);
        return monitor->replay ? !monitor->fell : recorder_judge(monitor, error);
    default:
        return strcmp(first, "end") ? assert_explainable(monitor, error) : assert_end(monitor, second, error);
    }
}

bool command_assert(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    size_t length = strlen(arguments->rest), end = meaning_at(arguments->rest);
    bool meant = end < length;
    struct error why = {""};
    char *rest = strndup(arguments->rest, end);
    memory_need(rest);
    bool good = assert_it(monitor, arguments->at[0], arguments->count > 1 ? arguments->at[1] : "", rest,
                          arguments->count - meant, &why);
    free(rest);
    if (!good && meant && monitor->fell)
        error_set(error, "%.200s: %.280s", arguments->at[arguments->count - 1], why.text);
    else if (!good)
        error_set(error, "%s", why.text);
    return good;
}
