/* quiz.c - see quiz.h. */
#include "monitor/session/quiz.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmu/base/lines.h"
#include "mmu/base/memory.h"
#include "monitor/base/ctrl_c.h"
#include "monitor/base/file.h"
#include "monitor/session/monitor.h"

/* What the file PATH holds, to be freed; an empty text if it is not there. The session may write there then (keep).
 * NULL with one line in ERROR. */
static char *read_answers(struct monitor *monitor, const char *path, struct error *error)
{
    if (!reach_file(monitor, path, error) || !claims_change(&monitor->claims, path, "the answers", error))
        return NULL;
    char *text = calloc(1, ANSWERS_FILE_MAX + 2);
    memory_need(text);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, ANSWERS_FILE_MAX + 1, file) : 0;
    int cause = file ? (ferror(file) ? errno : 0) : errno == ENOENT ? 0 : errno;
    if (file)
        fclose(file);
    if (!cause && size <= ANSWERS_FILE_MAX && !memchr(text, 0, size))
        return text;
    free(text);
    monitor->fell = !cause; /* who has written it has not answered */
    if (cause)
        error_set(error, "the answers in '%.200s' cannot be read: %s", path, strerror(cause));
    else
        error_set(error, "'%.200s' has no answers in it: a text of at most %d bytes is wanted", path, ANSWERS_FILE_MAX);
    return NULL;
}

/* LENGTH bytes of TEXT without blanks around them and comment behind, into ANSWER; what is no answer at all - too long,
 * or with control characters - is none. */
static void take(const char *text, size_t length, char answer[ANSWER_BYTES])
{
    const char *comment = memchr(text, '#', length);
    length = comment ? (size_t)(comment - text) : length;
    while (length && isspace((unsigned char)*text)) {
        text++;
        length--;
    }
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    bool printable = length < ANSWER_BYTES;
    for (size_t i = 0; i < length && printable; i++)
        printable = isprint((unsigned char)text[i]);
    memcpy(answer, text, printable ? length : 0);
    answer[printable ? length : 0] = '\0';
}

/* The last line "NUMBER: ANSWER" of TEXT, into ANSWER. */
static bool find(const char *text, unsigned number, char answer[ANSWER_BYTES])
{
    bool found = false;
    text = lines_begin(text);
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        char *behind;
        unsigned long own = strtoul(text, &behind, 10);
        if (behind > text && behind < text + length && *behind == ':' && own == number) {
            take(behind + 1, (size_t)(text + length - behind) - 1, answer);
            found = *answer;
        }
        text += length + (text[length] != '\0');
    }
    return found;
}

/* Add the answer to what PATH holds, TEXT. */
static bool keep(struct monitor *monitor, const char *path, const char *text, unsigned number, const char *answer,
                 struct error *error)
{
    char *whole = NULL;
    size_t length = strlen(text);
    bool ended = !length || text[length - 1] == '\n';
    int size = asprintf(&whole, "%s%s%u: %s\n", text, ended ? "" : "\n", number, answer);
    memory_need(size >= 0);
    bool good = file_write_whole(path, whole, (size_t)size, error);
    free(whole);
    return good;
}

void quiz_key(struct quiz *quiz, char letter)
{
    size_t length = strlen(quiz->typed);
    if (letter == '\n')
        quiz->given = true;
    else if (letter == '\b' && length)
        quiz->typed[length - 1] = '\0';
    else if (isprint((unsigned char)letter) && length + 1 < sizeof quiz->typed)
        snprintf(quiz->typed + length, sizeof quiz->typed - length, "%c", letter);
}

/* Wait for the answer that is typed at the window, as long as somebody can be there. NULL: nobody is. */
static char *ask_watcher(struct monitor *monitor)
{
    static const struct timespec turn = {.tv_nsec = 1000000000 / 60};
    const struct monitor_watcher *watcher = &monitor->watcher;
    while (watcher->arg && watcher->attended(watcher->arg) && !monitor->quiz.given) {
        if (ctrl_c_asked() || ctrl_c_ended())
            return NULL;
        watcher->idle(watcher->arg);
        nanosleep(&turn, NULL);
    }
    return monitor->quiz.given ? strdup(monitor->quiz.typed) : NULL;
}

/* A line from whoever can be asked, to be freed; NULL: nobody answers. *SEEN: it was seen when it was typed. */
static char *ask_somebody(struct monitor *monitor, const char *text, bool *seen)
{
    struct quiz *quiz = &monitor->quiz;
    quiz->question = text;
    quiz->typed[0] = '\0';
    quiz->given = false;
    char *line = monitor->asker.line(monitor->asker.arg, QUIZ_PROMPT);
    *seen = monitor->asker.echoes;
    if (!line && !*seen)
        line = ask_watcher(monitor);
    quiz->question = NULL;
    return line;
}

bool quiz_answer(struct monitor *monitor, unsigned number, const char *question, char answer[ANSWER_BYTES], bool *seen,
                 struct error *error)
{
    const struct variable *variable = variable_find(monitor, "answers");
    const char *path = variable ? variable->text : NULL;
    char *text = path ? read_answers(monitor, path, error) : NULL;
    *answer = '\0';
    *seen = false;
    if (path && !text)
        return false;
    bool good = true;
    if (!(text && find(text, number, answer)) && monitor->asker.line) {
        char *line = ask_somebody(monitor, question, seen);
        take(line ? line : "", line ? strlen(line) : 0, answer);
        good = !*answer || !path || keep(monitor, path, text, number, answer, error);
        free(line);
    }
    free(text);
    return good;
}
