/* text.h - what people type: numbers, sizes, and a line taken apart into words. The one parser of the command line and
 * of the monitor.
 */
#ifndef US_MONITOR_BASE_TEXT_H
#define US_MONITOR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"

/* TEXT as a whole is a decimal or 0x hexadecimal number that fits; else false. No signs, no blanks. */
bool text_number(const char *text, uint64_t *value);
/* The same with an optional K, M or G (times 1024, 1024^2, 1024^3) behind it; bytes. */
bool text_size(const char *text, uint64_t *bytes);

/* Take the escapes of C (\n \r \t \0 \e \\ \" \' \xHH) in TEXT, in place. *SIZE: how many bytes it is then; they may
 * hold NULs. False with one line in ERROR: an escape that C does not know. */
bool text_unescape(char *text, size_t *size, struct error *error);

/* How many bytes of TEXT, which is not empty, are one character of UTF-8; *CODE is that character. 0: its first byte
 * begins none. */
unsigned text_character(const char *text, uint32_t *code);
/* A control character, one that breaks a line, or none at all (Unicode): nothing to be printed as it is. */
bool text_is_control(uint32_t code);

enum { WORDS_MAX = 256 };

/* The words of a line. They lie in BUFFER. */
struct words {
    char *buffer;
    unsigned count;
    char *rest;              /* what follows the first word, as it was typed: quotes and all, but no comment */
    char *at[WORDS_MAX + 1]; /* at[count] is NULL */
};

/* Take LINE apart at blanks. "..." and '...' keep blanks in a word; # at the beginning of a word starts a comment.
 * False with one line in ERROR: a quote that does not end, too many words. Then there is nothing to free. */
bool words_split(struct words *words, const char *line, struct error *error);
void words_free(struct words *words);

#endif
