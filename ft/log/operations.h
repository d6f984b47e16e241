/* operations.h - H: the operations that one virtual processor issued (suppressed ones too) and what it was told of
 * them, in the order of its own execution (docs/explainability.md). explain.h holds it against what the devices
 * performed.
 */
#ifndef US_FT_LOG_OPERATIONS_H
#define US_FT_LOG_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "io/disk_operation.h"
#include "mmu/base/vec.h"
#include "mmu/base/visit.h"

struct history_operation {
    uint64_t number; /* from 1, without gaps */
    uint64_t epoch, insns;
    uint64_t issued_at, told_at; /* positions in the history; told_at 0: never told */
    uint64_t content;            /* hash of the data written, or of the data read as told; 0 for the rest */
    uint32_t device, opcode, block, count;
    uint8_t status, detail;
    bool refused;  /* the controller itself refused it */
    bool reissued; /* the VMM issued it again (policy reissue) */
};

/* Where the VP was. */
struct history_place {
    uint64_t epoch, insns;
};

/* At a promotion output from byte number `from` on was issued (again), and frames from number `frames_from` on. */
struct history_repetition {
    uint32_t generation;
    uint64_t from;        /* the first byte's number, from 1; 0: none was */
    uint64_t frames_from; /* the same of frames */
    uint64_t epoch;       /* the failing one: nothing older is issued again */
};

/* A frame that the VP sent or took. */
struct history_frame {
    uint64_t number, content; /* hash of its bytes */
    struct history_place place;
};

typedef VEC(uint8_t) note_bytes;

/* So much of each row's beginning is not kept any more: what has been judged, or is of no more use (live pairs). */
struct history_before {
    uint64_t operations, output, input, events, sent, taken;
};

struct history {
    struct history_before before;
    note_bytes *notes; /* what it grows by is noted here too (notes.h); NULL: nowhere */
    uint64_t position;
    VEC(struct history_operation) operations; /* history_operation() finds one by its number */
    VEC(uint64_t) untold;           /* numbers of the operations that have not been told: only these can still change */
    VEC(uint64_t) open;             /* numbers told disconnected and not issued again since */
    VEC(uint8_t) output;            /* to the terminal */
    VEC(uint8_t) input;             /* taken from it */
    VEC(uint32_t) events;           /* of keyboard and pointer, taken */
    VEC(struct history_frame) sent; /* to the network; the number of the first is 1 */
    VEC(struct history_frame) taken;                          /* from it */
    VEC(struct history_place) output_at, input_at, events_at; /* of each of them */
    VEC(struct history_repetition) repetitions;
};

/* Returns the number of the operation told disconnected that this one issues again (same kind, place and content), or
 * 0.
 */
uint64_t history_issue(struct history *history, const struct disk_operation *op, uint64_t epoch, uint64_t insns);
void history_told(struct history *history, const struct disk_completion *end);
/* The VP, at PLACE, writes BYTE to the terminal; takes BYTE from it. */
void history_output(struct history *history, uint8_t byte, struct history_place place);
void history_input(struct history *history, uint8_t byte, struct history_place place);
/* The same: takes EVENT of keyboard or pointer. */
void history_event(struct history *history, uint32_t event, struct history_place place);
/* The VP sends or takes FRAME. */
void history_send(struct history *history, const struct history_frame *frame);
void history_take(struct history *history, const struct history_frame *frame);
/* Operation NUMBER was issued again by the VMM; at a promotion output was. */
void history_reissue(struct history *history, uint64_t number);
void history_repeat(struct history *history, const struct history_repetition *repetition);
/* The same as history_issue and history_told for who knows what became of the data: OP but for its number and its place
 * in the history; operation NUMBER, which there is, and its content if it is a read that has completed. */
void history_add(struct history *history, const struct history_operation *op);
void history_tell(struct history *history, uint64_t number, uint8_t status, uint8_t detail, uint64_t content);
/* The operation of that NUMBER; NULL: there is none, or it is not kept any more. */
static inline struct history_operation *history_operation(const struct history *history, uint64_t number)
{
    uint64_t index = number - 1 - history->before.operations;
    return number > history->before.operations && index < history->operations.count ? &history->operations.at[index]
                                                                                    : NULL;
}
/* How many there were. */
static inline uint64_t history_operations(const struct history *history)
{
    return history->before.operations + history->operations.count;
}
/* How many outputs are kept: operations that were not refused, what an instruction gave to the terminal, frames. */
uint64_t history_outputs(const struct history *history);
/* The epoch in which the VP put out byte NUMBER (from 1) to the terminal, or sent frame NUMBER; 0: it did not, or that
 * is not kept any more. */
uint64_t history_output_epoch(const struct history *history, uint64_t number);
uint64_t history_frame_epoch(const struct history *history, uint64_t number);
/* Up to which number every operation has been told and is not to be issued again by the guest: those may be forgotten.
 */
uint64_t history_settled(const struct history *history);
/* Forget what lies before TO, of which none is beyond what there is or, of operations, is settled. */
void history_forget(struct history *history, const struct history_before *to);
/* Make TO, which is empty or freed, a copy of FROM. */
void history_copy(struct history *to, const struct history *from);
void history_visit(struct history *history, struct visit *visit);
void history_free(struct history *history);

/* The description of a command with the data of a write; those of a read are room. */
void disk_operation_visit(struct disk_operation *op, struct visit *visit);

#endif
