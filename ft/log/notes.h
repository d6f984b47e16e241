/* notes.h - H as it grows, as bytes: what one computer's monitor notes of its virtual processor, and whoever judges it
 * in another process follows (docs/live.md), or a backup that is sent checkpoints. One note for each call of
 * operations.h, in their order.
 *
 * A note is a byte that says which, and numbers, big-endian: NOTE_ISSUE and the operation, NOTE_TOLD and its end,
 * NOTE_OUTPUT or NOTE_INPUT with place and byte, NOTE_EVENT with place and event, NOTE_SENT or NOTE_TAKEN and a frame,
 * NOTE_REISSUE and the operation's number, NOTE_REPEAT and a repetition.
 */
#ifndef US_FT_LOG_NOTES_H
#define US_FT_LOG_NOTES_H

#include "ft/log/operations.h"

void note_issue(note_bytes *notes, const struct history_operation *op);
void note_told(note_bytes *notes, const struct history_operation *op);
void note_output(note_bytes *notes, uint8_t byte, struct history_place place);
void note_input(note_bytes *notes, uint8_t byte, struct history_place place);
void note_event(note_bytes *notes, uint32_t event, struct history_place place);
void note_frame(note_bytes *notes, bool sent, const struct history_frame *frame);
void note_reissue(note_bytes *notes, uint64_t number);
void note_repeat(note_bytes *notes, const struct history_repetition *repetition);

/* HISTORY grows by the SIZE bytes of notes at BYTES. False: they make no sense, and HISTORY has what came before. */
bool notes_follow(struct history *history, const uint8_t *bytes, size_t size);

#endif
