/* command_ask.c - ask: a question before something is to be seen, and what was right.
 *
 *   ask TEXT = EXPR [after COMMAND] [because WHY]
 *
 * The guest stands where the script has brought it. The answer is taken first, then COMMAND is run, then EXPR is looked
 * at. So an answer is a number or a word and no expression: it can have been read nowhere.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/command/command.h"
#include "monitor/session/quiz.h"

/* A question taken apart; each is to be freed, and NULL where it is missing. */
struct question {
    char *expression, *command;
    const char *text, *why; /* the command's own words */
    const char *word;       /* what EXPR is, if it is a word; else its number counts */
    char word_text[ANSWER_BYTES];
};

/* Behind the word that begins at AT, with its quotes. */
static const char *behind_word(const char *at)
{
    char quote = '\0';
    for (; *at && (quote || !isspace((unsigned char)*at)); at++)
        quote = quote ? (*at == quote ? '\0' : quote) : strchr("\"'", *at) ? *at : '\0';
    return at;
}

static bool is_word(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) == strlen(word) && strncmp(at, word, strlen(word)) == 0;
}

static char *part(const char *from, const char *to)
{
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    char *copy = strndup(from, (size_t)(to - from));
    memory_need(copy);
    return copy;
}

static void question_free(struct question *question)
{
    free(question->expression);
    free(question->command);
}

/* Where the parts of what was typed begin. False: one is missing, or out of its order. */
static bool take_apart(struct question *question, const struct arguments *arguments)
{
    const char *expression = NULL, *command = NULL, *end = NULL, *next;
    unsigned number = 0;
    question->text = arguments->at[0];
    for (const char *at = arguments->rest; *at && !question->why; at = next, number++) {
        const char *behind = behind_word(at);
        next = behind + strspn(behind, " \t");
        if (number == 1 && is_word(at, behind, "=")) {
            expression = next;
        } else if (number > 1 && !command && is_word(at, behind, "after")) {
            question->expression = part(expression, at);
            command = next;
        } else if (number > 1 && is_word(at, behind, "because")) {
            question->why = number + 2 == arguments->count ? arguments->at[number + 1] : "";
            end = at;
        }
        if (number == 1 && !expression)
            return false;
    }
    if (!expression || (question->why && !*question->why))
        return false;
    end = end ? end : expression + strlen(expression);
    if (command)
        question->command = part(command, end);
    else
        question->expression = part(expression, end);
    return *question->text && *question->expression && !(command && !*question->command);
}

/* Is the expression one word in quotes, or a variable that holds one? Then that is what has to be answered. */
static void find_word(const struct monitor *monitor, struct question *question)
{
    const char *text = question->expression;
    size_t length = strlen(text);
    bool quoted = length > 2 && strchr("\"'", *text) && strchr(text + 1, *text) == text + length - 1;
    const struct variable *variable = *text == '$' ? variable_find(monitor, text + 1) : NULL;
    if (quoted)
        snprintf(question->word_text, sizeof question->word_text, "%.*s", (int)length - 2, text + 1);
    else if (variable && variable->text)
        snprintf(question->word_text, sizeof question->word_text, "%s", variable->text);
    question->word = *question->word_text ? question->word_text : NULL;
}

/* A number as it is answered: decimal, 0x..., 0b..., with a sign or without; yes is 1 and no is 0, *SAID then. */
static bool answer_number(const char *answer, uint64_t *number, bool *said)
{
    bool negative = *answer == '-';
    const char *digits = answer + (negative || *answer == '+');
    bool yes = !strcasecmp(answer, "yes") || !strcasecmp(answer, "y");
    *said = yes || !strcasecmp(answer, "no") || !strcasecmp(answer, "n");
    *number = yes;
    if (*said)
        return true;
    if (strncasecmp(digits, "0b", 2) == 0 && digits[2] && strspn(digits + 2, "01") == strlen(digits + 2) &&
        strlen(digits) <= 2 + 64)
        *number = strtoull(digits + 2, NULL, 2);
    else if (!text_number(digits, number))
        return false;
    *number = negative ? -*number : *number;
    return true;
}

/* Is ANSWER right? What would be right, into RIGHT. */
static bool judge(const struct question *question, uint64_t value, const char *answer, char *right, size_t size)
{
    uint64_t number;
    bool said;
    bool is_number = answer_number(answer, &number, &said);
    if (question->word) {
        snprintf(right, size, "%s", question->word);
        return strcasecmp(answer, question->word) == 0;
    }
    if (value <= 1 && said)
        snprintf(right, size, "%s", value ? "yes" : "no");
    else
        snprintf(right, size, "%" PRId64 "%s", (int64_t)value,
                 value > 1 || is_number ? ""
                 : value                ? " (yes)"
                                        : " (no)");
    return is_number && number == value;
}

/* Say what came of it, and count it. */
static void tell(struct monitor *monitor, const struct question *question, bool good, const char *answer,
                 const char *right)
{
    struct quiz *quiz = &monitor->quiz;
    char verdict[3 * ANSWER_BYTES];
    quiz->right += good;
    if (good)
        snprintf(verdict, sizeof verdict, "right: %s", right);
    else if (*answer)
        snprintf(verdict, sizeof verdict, "not right: it is %s, not %s", right, answer);
    else
        snprintf(verdict, sizeof verdict, "not answered: it is %s", right);
    fprintf(monitor->out, "%s%s%s\n", verdict, question->why ? ": " : "", question->why ? question->why : "");
    if (!good && !*quiz->wrong)
        snprintf(quiz->wrong, sizeof quiz->wrong, "question %u (%.100s) %s%s%.200s", quiz->asked, question->text,
                 verdict, question->why ? ": " : "", question->why ? question->why : "");
}

static bool ask(struct monitor *monitor, struct question *question, struct error *error)
{
    char answer[ANSWER_BYTES], right[ANSWER_BYTES];
    uint64_t value = 0;
    bool seen;
    unsigned number = ++monitor->quiz.asked;
    fprintf(monitor->out, "question %u: %s\n", number, question->text);
    fflush(monitor->out);
    if (!quiz_answer(monitor, number, question->text, answer, &seen, error))
        return false;
    if (!seen)
        fprintf(monitor->out, "answer: %s\n", *answer ? answer : "(none)");
    if (question->command && !monitor_execute(monitor, question->command, error))
        return false;
    find_word(monitor, question);
    if (!question->word && !monitor_evaluate(monitor, question->expression, &value, error))
        return false;
    bool good = judge(question, value, answer, right, sizeof right);
    tell(monitor, question, good, answer, right);
    return true;
}

bool command_ask(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct question question = {0};
    bool good = take_apart(&question, arguments)
                    ? ask(monitor, &question, error)
                    : error_set(error, "'ask \"TEXT\" = EXPR [after COMMAND] [because \"WHY\"]' is wanted");
    question_free(&question);
    return good;
}
