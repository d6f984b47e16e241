/* protocols.h - the protocols by which primary and backup keep in step: those that the program has, by name, and others
 * as text (docs/protocols.md, "A protocol as a file"). Each is checked before anybody gets it: its programs end, every
 * action fits its program, every wait has what ends it.
 */
#ifndef US_FT_PROTOCOLS_H
#define US_FT_PROTOCOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/base/error.h"

struct protocol;

enum { PROTOCOL_TEXT_BYTES_MAX = 65536 };

/* Name INDEX of the protocols that there are; NULL behind the last one. Help, messages and completion take theirs from
 * here. */
const char *protocol_name(unsigned index);
/* The one of that name, for as long as the program runs; NULL with a line in ERROR that lists the names. */
const struct protocol *protocol_find(const char *name, struct error *error);

/* The protocol that the SIZE bytes at TEXT describe, to be given to free(); NULL with one line in ERROR that begins
 * with FILE and the number of the line that is wrong. */
struct protocol *protocol_read(const char *text, size_t size, const char *file, struct error *error);
/* PROTOCOL as a text that protocol_read takes, to be freed. */
char *protocol_text(const struct protocol *protocol);
/* XXH3 of that text: two files that say the same have the same. */
uint64_t protocol_hash(const struct protocol *protocol);
/* Its name and title; they live as long as PROTOCOL. */
const char *protocol_called(const struct protocol *protocol);
const char *protocol_title(const struct protocol *protocol);
/* enum failover_policy (system.h) of its own. */
unsigned protocol_policy(const struct protocol *protocol);
/* In what PROTOCOL differs from those of the papers that it is nearest to, and what rules of theirs that is, into TEXT.
 * False: it is one of them. */
bool protocol_nearest(const struct protocol *protocol, char *text, size_t size);
/* Has its author foreseen that RULE of explainability is broken, on a channel that is LOSING messages in a crash or on
 * one that is not, by what a primary did in its LAST_EPOCH, or before? */
bool protocol_expects(const struct protocol *protocol, unsigned rule, bool losing, bool last_epoch);

#endif
