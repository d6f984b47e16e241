/* replicas.c - see compare.h. */
#include "ft/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/board/difference.h"
#include "ft/board/digest.h"
#include "ft/snapshot.h"
#include "ft/system/system.h"
#include "mmu/base/memory.h"

static const char *name_of(const struct computer *computer)
{
    return computer->role == ROLE_PRIMARY ? "the primary" : "the backup";
}

/* The state of BOARD as it is, apart from it; its parts are to be freed. */
static void keep(struct board *board, uint8_t **flat, uint8_t **memory)
{
    size_t bytes = (size_t)phys_pages(board->phys) * PHYS_PAGE_BYTES;
    *flat = malloc(board->digest->flat_bytes);
    *memory = malloc(bytes);
    memory_need(*flat && *memory);
    board_flatten(board, *flat);
    memcpy(*memory, phys_page(board->phys, 0), bytes);
}

/* Run the one BEHIND to instruction INSNS and hold it against what is kept of the one AHEAD. */
static bool follow_and_compare(struct system *system, struct computer *behind, const struct replica *ahead,
                               uint64_t insns, struct replicas_verdict *verdict, struct error *error)
{
    struct system_until until = {.computer = behind->index, .insns = insns};
    if (computer_insns(behind) < insns && system_run_until(system, &until) != STOP_REACHED)
        return error_set(error, "%s does not come to instruction %" PRIu64 ": it stops at %" PRIu64, name_of(behind),
                         insns, computer_insns(behind));
    struct board *board = behind->board;
    uint8_t *flat = malloc(board->digest->flat_bytes);
    struct difference difference;
    memory_need(flat);
    board_flatten(board, flat);
    struct replica now = {name_of(behind), flat, phys_page(board->phys, 0)};
    /* Traps that the hardware holds are the machine's own until the epoch ends. */
    verdict->equal = replicas_equal(board, ahead, &now, false, &difference);
    snprintf(verdict->text, sizeof verdict->text, "%s", difference.text);
    free(flat);
    return true;
}

bool system_compare(struct system *system, struct replicas_verdict *verdict, struct error *error)
{
    struct computer **c = system->computer;
    if (system->world.computers != 2 || system->world.config.mode != MODE_PAIR)
        return error_set(error, "there is one computer: 'system --mode pair' makes two");
    if (!c[0]->alive || !c[1]->alive)
        return error_set(error, "%s has failed: there is nothing to compare with", name_of(c[0]->alive ? c[1] : c[0]));
    struct computer *ahead = computer_insns(c[0]) >= computer_insns(c[1]) ? c[0] : c[1], *behind = c[1 - ahead->index];
    struct replica then = {.name = name_of(ahead)};
    uint8_t *flat, *memory;
    *verdict = (struct replicas_verdict){.insns = computer_insns(ahead)};
    keep(ahead->board, &flat, &memory);
    then.flat = flat;
    then.memory = memory;
    struct snapshot *snapshot = system_snapshot(system);
    system->quiet = true;
    bool good = follow_and_compare(system, behind, &then, verdict->insns, verdict, error);
    system_restore(system, snapshot);
    system->quiet = false;
    snapshot_free(snapshot);
    free(flat);
    free(memory);
    return good;
}
