/* past.h - the last states of a primary that sends digests. When a backup finds at the end of epoch E that its digest
 * is not the primary's, the primary has gone on: so it keeps its VP's states at the last few of them: the fields, and
 * what pages were before they changed.
 */
#ifndef US_FT_VMM_PAST_H
#define US_FT_VMM_PAST_H

#include "ft/board/difference.h"

struct past;

struct past *past_new(struct board *board);
void past_free(struct past *past);
/* The digest of EPOCH's end has just been taken: keep that state. States of epochs up to CONFIRMED, which the other
 * replica has passed, are forgotten. */
void past_note(struct past *past, uint64_t epoch, uint64_t confirmed);
/* Compare the state kept for EPOCH, of NAME, with OTHER as it is, of OTHER_NAME. False: it is not kept any more. It and
 * all later ones are gone afterwards. */
bool past_compare(struct past *past, uint64_t epoch, const char *name, struct board *other, const char *other_name,
                  struct difference *difference);

#endif
