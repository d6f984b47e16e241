/* first_difference.c - see compare.h. */
#include "ft/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ft/board/difference.h"
#include "ft/vmm/past.h"
#include "ft/system/system.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"

enum { SAMPLES = 512 }; /* of a range, in one pass */

/* Where to look: the VPs were equal before instruction `equal`, and are not before `differ`. */
struct range {
    unsigned primary, backup; /* indices of the computers */
    uint64_t epoch;           /* not 0: `equal` is the first instruction of this epoch, not known yet */
    uint64_t equal, differ;
};

struct finding {
    uint64_t epoch;
    uint32_t address;
    struct difference difference;
};

/* ---- the same system once more ---- */

/* What was not cancelled of the *COUNT that are PLANNED; *COUNT becomes how many. */
static struct fault *faults_of(const struct planned_fault *planned, unsigned *count)
{
    struct fault *faults = calloc(*count + 1, sizeof *faults);
    unsigned kept = 0;
    memory_need(faults);
    for (unsigned i = 0; i < *count; i++)
        if (!planned[i].cancelled)
            faults[kept++] = planned[i].fault;
    *count = kept;
    return faults;
}

static struct system *again(struct system *system)
{
    struct system_config config = system->world.config;
    config.fault_count = (unsigned)system->world.faults.count;
    config.repair_count = (unsigned)system->world.repairs.count;
    struct fault *faults = faults_of(system->world.faults.at, &config.fault_count);
    struct fault *repairs = faults_of(system->world.repairs.at, &config.repair_count);
    struct error error;
    uint64_t typed_bytes;
    const uint8_t *typed = terminal_typed(system->world.terminal, &typed_bytes);
    config.threads = 1;
    config.input_fd = config.output_fd = config.operator_fd = -1;
    config.faults = faults;
    config.repairs = repairs;
    config.record = false;
    config.again = &system->world;
    struct system *copy = system_new(&config, &error);
    if (copy &&
        !system_load_image(copy, system->world.image_name, system->world.image, system->world.image_bytes, &error)) {
        system_free(copy);
        copy = NULL;
    }
    if (copy && typed_bytes)
        system_type(copy, typed, typed_bytes);
    if (copy)
        seat_repeat(&copy->world.seat, &system->world.seat);
    free(faults);
    free(repairs);
    return copy;
}

/* COMPUTER has failed: on with its survivor, epoch by epoch, until it is repaired. False: it never is. */
static bool run_to_repair(struct system *system, unsigned computer)
{
    const struct computer *failed = system->computer[computer], *survivor = system->computer[1 - computer];
    while (!failed->alive) {
        struct system_until until = {.computer = 1 - computer, .epoch = survivor->vmm->epoch + 1};
        if (!survivor->alive || system_run_until(system, &until) != STOP_REACHED)
            return false;
    }
    return true;
}

static bool run_to(struct system *system, unsigned computer, uint64_t insns, uint64_t epoch)
{
    struct system_until until = {.computer = computer, .insns = insns, .epoch = epoch};
    do
        if (system_run_until(system, &until) == STOP_REACHED)
            return true;
    while (!system->computer[computer]->alive && run_to_repair(system, computer));
    return false;
}

/* ---- nearer and nearer ---- */

/* Run TWINS, two systems that are at the start, to each sample of RANGE: the first computer of interest in the one, the
 * second in the other. Narrows RANGE to two neighbouring samples. A sample that cannot be reached, because the
 * difference ends the run before, counts as one that differs; FINDING has no text then. False: no difference was seen.
 */
static bool narrow(struct system *twins[2], struct range *range, struct finding *finding)
{
    struct computer *primary = twins[0]->computer[range->primary], *backup = twins[1]->computer[range->backup];
    if (range->epoch) {
        if (!run_to(twins[0], range->primary, 0, range->epoch) || !run_to(twins[1], range->backup, 0, range->epoch))
            return false;
        range->equal = computer_insns(primary);
        range->epoch = 0;
    }
    if (range->differ <= range->equal)
        return false;
    uint64_t step = (range->differ - range->equal + SAMPLES - 1) / SAMPLES;
    for (uint64_t at = range->equal + step;; at += step) {
        if (at > range->differ)
            at = range->differ;
        finding->difference.text[0] = '\0';
        bool reached = run_to(twins[0], range->primary, at, 0) && run_to(twins[1], range->backup, at, 0) &&
                       computer_insns(primary) == at && computer_insns(backup) == at;
        if (!reached ||
            !boards_equal(primary->board, "the primary", backup->board, "the backup", false, &finding->difference)) {
            finding->epoch = backup->vmm->epoch;
            finding->address = cpu_state(backup->board->cpu)->iaoq_front & ~UINT32_C(3);
            range->differ = at;
            return true;
        }
        if (at == range->differ)
            return false;
        range->equal = at;
    }
}

static bool pass(struct system *system, struct range *range, struct finding *finding)
{
    struct system *twins[2] = {again(system), again(system)};
    bool found = twins[0] && twins[1] && narrow(twins, range, finding);
    system_free(twins[0]);
    system_free(twins[1]);
    return found;
}

static bool search(struct system *system, struct range *range, struct finding *finding)
{
    do
        if (atomic_load(&system->world.interrupted) || !pass(system, range, finding))
            return false;
    while (range->differ - range->equal > 1);
    return finding->difference.text[0] != '\0';
}

/* ---- what to say ---- */

/* The state that the primary kept of the epoch's end at which the backup found the difference. */
static void say_epoch(struct system *system, const struct computer *primary, struct computer *backup)
{
    struct difference difference;
    if (!primary->vmm->past ||
        !past_compare(primary->vmm->past, backup->vmm->epoch, "the primary", backup->board, "the backup", &difference))
        return;
    if (!difference.text[0])
        snprintf(difference.text, sizeof difference.text, "the monitors' copies of delayed traps or of the timer");
    snprintf(system->world.divergence, sizeof system->world.divergence,
             "the computers differ at the end of epoch %" PRIu64 " (instruction %" PRIu64 "): %s", backup->vmm->epoch,
             computer_insns(backup), difference.text);
}

static void say_instruction(struct system *system, const struct range *range, const struct finding *finding)
{
    char seen[sizeof system->world.divergence];
    snprintf(seen, sizeof seen, "%s", system->world.divergence);
    snprintf(system->world.divergence, sizeof system->world.divergence,
             "the computers differ before instruction %" PRIu64 " (epoch %" PRIu64 ", address 0x%08" PRIx32
             "), and before instruction %" PRIu64 " did not: %s",
             range->differ, finding->epoch, finding->address, range->equal, finding->difference.text);
    size_t used = strlen(system->world.divergence);
    snprintf(system->world.divergence + used, sizeof system->world.divergence - used, "; first noticed: %s", seen);
}

void system_locate(struct system *system)
{
    if (!system->world.digests_differ || system->located || system->world.config.again || system->world.computers != 2)
        return;
    system->located = true;
    bool by_digest = system->world.differing >= 0;
    unsigned index = by_digest ? (unsigned)system->world.differing : 1;
    struct computer *backup = system->computer[index], *primary = system->computer[1 - index];
    uint64_t every = system->world.config.settings.digest_epochs;
    struct range range = {.primary = 1 - index, .backup = index, .differ = computer_insns(backup)};
    struct finding finding;
    if (by_digest) {
        say_epoch(system, primary, backup);
        range.epoch = backup->vmm->epoch > every ? backup->vmm->epoch - every + 1 : 1; /* after the last good one */
        if (backup->vmm->start_epoch >= range.epoch)
            range.epoch = backup->vmm->start_epoch + 1;
    } else if (system->world.failovers || system->world.repairs.count) {
        return; /* from when on there were two to compare is not known */
    }
    if (search(system, &range, &finding))
        say_instruction(system, &range, &finding);
}
