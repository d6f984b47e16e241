/* quiz.h - the questions of a script (`ask`), and where their answers come from.
 *
 * The variable $answers of the session, if it holds a word, names a file with a line "N: ANSWER" for question N; #
 * begins a comment, and of two answers to one question the later counts. What is not answered there is asked of whoever
 * is at the prompt, or of stdin, or at the window, and written there: so the file is what is handed in. It may be a
 * stranger's.
 */
#ifndef US_MONITOR_SESSION_QUIZ_H
#define US_MONITOR_SESSION_QUIZ_H

#include <stdbool.h>

#include "mmu/base/error.h"

struct monitor;

enum {
    ANSWER_BYTES = 80,        /* with the NUL */
    ANSWERS_FILE_MAX = 65536, /* bytes */
    SENTENCE_BYTES = 400,
};

#define QUIZ_PROMPT "answer> "

struct quiz {
    unsigned asked, right;
    char wrong[SENTENCE_BYTES]; /* the first answer that was not right, in a sentence; "": there is none */
    const char *question;       /* that waits for its answer; NULL: none does */
    char typed[ANSWER_BYTES];   /* to it, at the window, so far */
    bool given;                 /* and that is all */
};

/* Who can be asked. The session stands below the prompt, so it is told. */
struct monitor_asker {
    void *arg;
    /* A line typed behind PROMPT, to be freed, or what quiz.given says is the answer; NULL: the end of input. This
     * member is NULL where nobody is there. */
    char *(*line)(void *arg, const char *prompt);
    bool echoes; /* what is typed is seen already */
};

/* The answer to question NUMBER, which asks TEXT, into ANSWER, without blanks around it; "": there is none. *SEEN: it
 * was seen when it was typed. False with one line in ERROR: the file may not be used or cannot be read, or cannot be
 * written. */
bool quiz_answer(struct monitor *monitor, unsigned number, const char *text, char answer[ANSWER_BYTES], bool *seen,
                 struct error *error);
/* A key at the window while a question waits: LETTER, or '\b', takes one back, or '\n' ends the answer. */
void quiz_key(struct quiz *quiz, char letter);

#endif
