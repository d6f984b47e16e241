/* campaign.c - random hosts whose processors fail at random: 1 to 8 processors, spares, up to four virtual machines
 * with random places and attributes, up to as many faults as there are processors, soft ones between, second faults at
 * every step of a recovery. Whatever happens, each virtual machine is explainable by itself, and is the run of its own
 * log, restarts and all: its replay comes to the same instruction count and digest.
 *
 *   campaign_hitachi [--runs N] [--seed N] [--slices GUEST] GUESTS
 *
 * --slices: instead, the processor of the first fails, hard and damaged, once in every slice and at each step, for each
 * attribute and for 2 and 3 processors.
 */
#include <limits.h>
#include <unistd.h>

#include "ft/hosts.h"
#include "ft/recording.h"
#include "mmu/base/rng.h"
#include "tests/check.h"

enum { FAULTS = 24, VMS = 5, GUESTS = 5 };

static const char *const guests[GUESTS] = {"increment", "ticker", "eight", "overflow", "neighbour"};

struct plan {
    struct system_config config;
    struct fault faults[FAULTS];
    struct vm_config vms[VMS];
    char images[VMS][PATH_MAX], first[PATH_MAX], disk[64];
};

struct tally {
    uint64_t runs, faults, recoveries, moves, restarts, lost, refused, replays;
};

static uint64_t draw(struct rng *rng, uint64_t count)
{
    return rng_upto(rng, count - 1);
}

static void begin_plan(struct plan *plan, const char *folder, const char *guest)
{
    memset(plan, 0, sizeof *plan);
    system_config_defaults(&plan->config);
    snprintf(plan->first, sizeof plan->first, "%s/%s.elf", folder, guest);
    snprintf(plan->disk, sizeof plan->disk, "/tmp/understudy-hitachi-%d.img", (int)getpid());
    plan->config.mode = MODE_SOLO;
    plan->config.ram_bytes = 4 << 20;
    plan->config.disk_path = plan->disk;
    plan->config.disk_create_bytes = 1 << 20;
    plan->config.threads = 1;
    plan->config.record = true;
    system_config_snapshot(&plan->config);
    plan->config.vms = plan->vms;
    plan->config.faults = plan->faults;
}

static struct vm_config *add_vm(struct plan *plan, const char *name, const char *folder, const char *guest)
{
    unsigned i = plan->config.vm_count++;
    struct vm_config *vm = &plan->vms[i];
    *vm = (struct vm_config){.ram_bytes = 4 << 20, .on = VM_SHARED, .on_given = true};
    snprintf(vm->name, sizeof vm->name, "%s", name);
    vm_attributes_defaults(&vm->attributes);
    snprintf(plan->images[i], sizeof plan->images[i], "%s/%s.elf", folder, guest);
    if (strcmp(name, VM_FIRST) != 0)
        vm->files.image = plan->images[i];
    return vm;
}

static void draw_vms(struct plan *plan, struct rng *rng, const char *folder)
{
    static const char *const names[VMS] = {VM_FIRST, "a", "b", "c", "d"};
    unsigned count = 1 + (unsigned)draw(rng, VMS);
    unsigned present = (unsigned)(plan->config.settings.processors - plan->config.settings.spares);
    for (unsigned i = 0; i < count; i++) {
        struct vm_config *vm = add_vm(plan, names[i], folder, guests[draw(rng, GUESTS)]);
        if (draw(rng, 2))
            vm->on = (int)draw(rng, present);
        vm->attributes.recovery = (enum vm_recovery)draw(rng, VM_RECOVERY_FAILOVER);
        vm->attributes.unsaved = (enum vm_unsaved)draw(rng, 2);
        vm->attributes.priority = (unsigned)draw(rng, 4);
    }
}

static void draw_fault(struct plan *plan, struct rng *rng)
{
    struct fault *fault = &plan->faults[plan->config.fault_count++];
    *fault = (struct fault){.kind = FAULT_SOFT + (enum fault_kind)draw(rng, 4), .who = FAULT_OF_PROCESSOR};
    if (fault->kind != FAULT_SOFT && draw(rng, 2))
        fault->kind = FAULT_HARD;
    fault->processor = (uint32_t)draw(rng, plan->config.settings.processors);
    if (draw(rng, 2)) {
        fault->who = FAULT_OF_VM;
        memcpy(fault->vm, plan->vms[draw(rng, plan->config.vm_count)].name, sizeof fault->vm);
    }
    switch (draw(rng, 5)) {
    case 0:
        fault->place = FAULT_EPOCH;
        fault->number = 1 + draw(rng, 40);
        break;
    case 1:
        fault->place = FAULT_TIME;
        fault->number = draw(rng, UINT64_C(5000000000));
        break;
    case 2:
        fault->place = FAULT_OPERATION;
        fault->number = 1 + draw(rng, 60);
        fault->phase = draw(rng, 2) ? OPERATION_BEFORE : OPERATION_ISSUED;
        break;
    case 3:
        fault->place = FAULT_STEP;
        fault->number = 1 + draw(rng, 2);
        fault->step = PROTOCOL_STEP_FAULT_DETECTED +
                      (enum protocol_step)draw(rng, PROTOCOL_STEP_RESUMED - PROTOCOL_STEP_FAULT_DETECTED + 1);
        break;
    default:
        fault->place = FAULT_INSTRUCTION;
        fault->number = draw(rng, 120000);
        break;
    }
}

static void say_plan(const struct plan *plan)
{
    printf("  --mode solo --ram 4M --disk d.img,create=1M,snapshot --seed %" PRIu64 " --epoch %" PRIu64,
           plan->config.seed, plan->config.epoch_insns);
    if (plan->config.timeout_insns)
        printf(" --timeout %" PRIu64, plan->config.timeout_insns);
    printf(" --set processors=%u --set spares=%u", (unsigned)plan->config.settings.processors,
           (unsigned)plan->config.settings.spares);
    for (unsigned i = 0; i < plan->config.vm_count; i++) {
        const struct vm_config *vm = &plan->vms[i];
        printf(" --vm %s,recovery=%s,unsaved=%s,priority=%u", vm->name, vm_recovery_name(vm->attributes.recovery),
               vm_unsaved_name(vm->attributes.unsaved), vm->attributes.priority);
        if (vm->on >= 0)
            printf(",on=%d", vm->on);
        if (vm->files.image)
            printf(",ram=4M,image=%s", vm->files.image);
    }
    for (unsigned i = 0; i < plan->config.fault_count; i++) {
        char text[160];
        fault_format(&plan->faults[i], text, sizeof text);
        printf(" --fault %s", text);
    }
    printf(" %s\n", plan->first);
}

/* BYTES, a recording, run again: the same end. */
static void replays(struct check *t, const uint8_t *bytes, size_t size, const char *name)
{
    struct recording_file file = {0};
    struct error error = {""};
    struct system_config config;
    struct system_result result = {0};
    system_config_defaults(&config);
    CHECK(recording_open(&file, bytes, size, name, &error));
    system_config_replay(&config, &file);
    struct system *system = system_new(&config, &error);
    bool good = system &&
                system_load_image(system, file.about.image_name, file.about.image, file.about.image_bytes, &error) &&
                system_run(system, &error);
    if (good)
        system_result(system, &result);
    else
        printf("%s: %s\n", name, error.text);
    CHECK(good);
    if (good && (result.digests_differ || result.digest != file.end.digest))
        printf("%s: %s\n", name, result.violation ? result.violation : "another digest");
    CHECK(good && !result.digests_differ && result.instructions == file.end.insns && result.digest == file.end.digest);
    if (system)
        system_free(system);
    recording_close(&file);
}

static void check_logs(struct check *t, struct system *system, struct tally *tally)
{
    struct host_vm vm;
    struct system_result result;
    const char *name = VM_FIRST;
    for (unsigned i = 0; system_vm(system, 0, i, &vm); i++) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        bool there =
            i ? system_vm_recording(system, i - 1, &name, &bytes, &size) : system_recording(system, &bytes, &size);
        CHECK(there);
        tally->moves += vm.moves;
        tally->restarts += vm.restarts;
        CHECK(system_vm_result(system, 0, i, &result));
        CHECK(result.explainable && result.end != END_NONE);
        tally->lost += result.end == END_LOST;
        replays(t, bytes, size, vm.name);
        tally->replays++;
        free(bytes);
    }
}

/* Run PLAN. False: there is no such system. */
static bool run(struct check *t, const struct plan *plan, struct tally *tally)
{
    struct error error = {""};
    struct system_result result;
    struct host_recovered recovered;
    uint64_t failures = t->failures;
    struct system *system = system_new(&plan->config, &error);
    if (!system)
        return false;
    bool good = system_load(system, plan->first, &error) && system_run(system, &error);
    CHECK(good);
    system_result(system, &result);
    CHECK(result.explainable);
    if (!result.explainable)
        printf("%s\n", result.violation);
    for (unsigned i = 0; system_recovered(system, 0, i, &recovered); i++) {
        tally->recoveries++;
        CHECK(recovered.valid || !recovered.vm || strcmp(recovered.kind, "damage") == 0 ||
              strcmp(recovered.kind, "hang") == 0);
    }
    check_logs(t, system, tally);
    tally->runs++;
    tally->faults += plan->config.fault_count - system_plan_pending(system);
    system_free(system);
    if (t->failures != failures)
        say_plan(plan);
    return true;
}

static void random_run(struct check *t, uint64_t number, const char *folder, struct tally *tally)
{
    struct plan plan;
    struct rng rng = rng_new(t->seed, 1000 + number);
    bool good;
    do {
        begin_plan(&plan, folder, guests[draw(&rng, GUESTS - 1)]);
        plan.config.seed = rng_next(&rng) >> 1;
        plan.config.epoch_insns = draw(&rng, 4) ? 4096 : 1 + draw(&rng, 2000);
        plan.config.timeout_insns = 400000;
        plan.config.settings.processors = 1 + draw(&rng, 8);
        plan.config.settings.spares = draw(&rng, plan.config.settings.processors);
        draw_vms(&plan, &rng, folder);
        unsigned count = 1 + (unsigned)draw(&rng, plan.config.settings.processors + 3);
        for (unsigned i = 0; i < count; i++)
            draw_fault(&plan, &rng);
        good = run(t, &plan, tally);
        tally->refused += !good;
    } while (!good);
}

/* ---- every slice ---- */

static void place_first(struct plan *plan, const char *folder, unsigned processors, enum vm_recovery recovery)
{
    plan->config.settings.processors = processors;
    struct vm_config *first = add_vm(plan, VM_FIRST, folder, "hello");
    first->attributes.recovery = recovery;
    first->attributes.priority = 200;
    first->on = recovery == VM_RECOVERY_SHARE ? VM_SHARED : 0;
    if (recovery == VM_RECOVERY_SPARE)
        plan->config.settings.spares = 1;
    if (recovery == VM_RECOVERY_TAKE)
        add_vm(plan, "a", folder, "neighbour");
}

/* One fault of KIND in each of EPOCHS slices, at an instruction of it that SEED draws. */
static void sweep(struct check *t, const char *folder, const char *guest, enum fault_kind kind, unsigned processors,
                  enum vm_recovery recovery, struct tally *tally)
{
    struct rng rng = rng_new(t->seed, 7);
    for (uint64_t epoch = 1;; epoch++) {
        struct plan plan;
        struct tally before = *tally;
        begin_plan(&plan, folder, guest);
        place_first(&plan, folder, processors, recovery);
        plan.config.fault_count = 1;
        plan.faults[0] = (struct fault){.kind = kind,
                                        .who = FAULT_OF_VM,
                                        .vm = VM_FIRST,
                                        .place = FAULT_INSTRUCTION,
                                        .number = (epoch - 1) * 4096 + draw(&rng, 4096)};
        CHECK(run(t, &plan, tally));
        if (tally->faults == before.faults) /* the guest has ended before */
            return;
    }
}

static void sweep_all(struct check *t, const char *folder, const char *guest, struct tally *tally)
{
    for (unsigned processors = 2; processors <= 3; processors++)
        for (enum vm_recovery recovery = VM_RECOVERY_NONE; recovery <= VM_RECOVERY_TAKE; recovery++)
            for (enum fault_kind kind = FAULT_HARD; kind <= FAULT_DAMAGE; kind++)
                sweep(t, folder, guest, kind, processors, recovery, tally);
}

int main(int argc, char **argv)
{
    struct check check = check_begin("campaign_hitachi", argc, argv), *t = &check;
    struct tally tally = {0};
    uint64_t runs = 100;
    const char *slices = NULL, *folder = argc > 1 ? argv[argc - 1] : NULL;
    for (int i = 1; i + 1 < argc; i++) {
        if (!strcmp(argv[i], "--runs"))
            runs = strtoull(argv[i + 1], NULL, 0);
        if (!strcmp(argv[i], "--slices"))
            slices = argv[i + 1];
    }
    if (!check_needs(t, folder, "neighbour.elf"))
        return 2;
    if (slices)
        sweep_all(t, folder, slices, &tally);
    for (uint64_t i = 0; i < runs && !slices; i++)
        random_run(t, i, folder, &tally);
    printf("%" PRIu64 " runs, %" PRIu64 " faults struck, %" PRIu64 " recoveries, %" PRIu64 " moves, %" PRIu64
           " restarts, %" PRIu64 " VMs lost, %" PRIu64 " logs replayed; %" PRIu64 " draws refused\n",
           tally.runs, tally.faults, tally.recoveries, tally.moves, tally.restarts, tally.lost, tally.replays,
           tally.refused);
    CHECK(tally.recoveries > 0);
    return check_end(t);
}
