/* build.c - see system.h: building a system, and what is planned for it. */
#include "ft/system/system.h"

#include <string.h>

#include "ft/bare/bare.h"
#include "ft/computer/other_faults.h"
#include "ft/config/config.h"
#include "ft/system/network_peer.h"
#include "ft/protocol/protocol.h"
#include "ft/vmm/vmm.h"
#include "mmu/base/memory.h"

static bool start_computer(struct computer *computer, struct error *error)
{
    bool bare = computer->world->config.mode == MODE_BARE;
    bool good = bare ? bare_init(computer, error) : vmm_init(computer, error);
    if (good && computer->world->config.chronicle_rows && !computer->chronicle)
        return error_set(error, "no memory for the time line of a computer");
    return good;
}

/* The computers, joined by their channels before either is switched on. */
static bool add_computers(struct system *system, struct error *error)
{
    for (unsigned i = 0; i < system->world.computers; i++)
        system->computer[i] = computer_new(&system->world, i);
    if (system->world.computers == 2) {
        system->computer[0]->other = system->computer[1];
        system->computer[1]->other = system->computer[0];
    }
    for (unsigned i = 0; i < system->world.computers; i++)
        if (!start_computer(system->computer[i], error))
            return false;
    return true;
}

/* One that is fault-tolerant beside the first follows its log. */
static bool beside_fits(const struct system_config *config, struct error *error)
{
    const struct protocol *protocol = protocol_of(config, error);
    const struct vm_config *both = vm_on_both(config);
    if (!both || !protocol_has_checkpoints(protocol))
        return true;
    return error_set(error,
                     "VM '%s' cannot run on both computers: with protocol %s the backup executes nothing; the primary "
                     "alone, or the backup, is wanted",
                     both->name, protocol->name);
}

static bool build(struct system *system, struct error *error)
{
    struct world *world = &system->world;
    const struct system_config *config = &world->config;
    if (!system_config_check(config, error) || !protocol_of(config, error))
        return false;
    if (!beside_fits(config, error))
        return false;
    if (config->network.user)
        return error_set(error, "'user', the host's network, has no virtual time: 'understudy live' has it, and a "
                                "simulated network has peer=IMAGE");
    if (!world_open(world, error) || (config->network.peer && !network_peer_open(system, error)) ||
        !add_computers(system, error))
        return false;
    for (unsigned i = 0; i < world->computers && config->mode != MODE_BARE; i++)
        system->host[i] = host_new(system->computer[i]);
    if (!vms_build(system, error))
        return false;
    for (unsigned i = 0; i < config->fault_count; i++)
        if (!system_add_fault(system, &config->faults[i], error))
            return false;
    for (unsigned i = 0; i < config->repair_count; i++)
        if (!system_add_repair(system, &config->repairs[i], error))
            return false;
    return true;
}

static unsigned computers_of(const struct system_config *config)
{
    return config->mode == MODE_PAIR ? 2 : config->mode == MODE_BARE ? (unsigned)config->settings.computers : 1;
}

struct system *system_new(const struct system_config *config, struct error *error)
{
    struct system *system = calloc(1, sizeof *system);
    memory_need(system);
    system->terminal_fd = -1;
    bool good = world_init(&system->world, config, computers_of(config), error) &&
                system_config_equalize(&system->world.config, error) && build(system, error);
    /* The caller's; ours are in the world's faults and repairs. */
    system->world.config.faults = system->world.config.repairs = NULL;
    if (good)
        return system;
    system_free(system);
    return NULL;
}

void system_free(struct system *system)
{
    if (!system)
        return;
    vms_free(system);
    for (unsigned i = 0; i < 2; i++) {
        host_free(system->host[i]);
        computer_free(system->computer[i]);
    }
    network_peer_free(system->network_peer);
    world_free(&system->world);
    free(system->account_text);
    free(system);
}

bool system_make_files(struct system *system, struct error *error)
{
    bool good = world_make(&system->world, error);
    good = good && (!system->network_peer || network_peer_make(system->network_peer, error));
    good = good && vms_open(system, error);
    if (!good)
        system_unmake_files(system);
    return good;
}

void system_unmake_files(struct system *system)
{
    world_unmake(&system->world);
}

/* ---- what is planned, and what a person does ---- */

/* Two bare computers know no epochs and no protocol steps, and the channel is the guests' own business. */
static bool fits_bare(const struct fault *fault, struct error *error)
{
    if (fault->place == FAULT_EPOCH || fault->place == FAULT_STEP)
        return error_set(error, "bare computers have no epochs or protocol steps: a crash at instruction=N, "
                                "operation=K or time=T is wanted");
    if (fault->kind == FAULT_HEAL || fault->kind == FAULT_DELAY || fault->kind == FAULT_ACK_LOSS ||
        fault->kind == FAULT_SLOW)
        return error_set(error,
                         "between bare computers nothing is healed, delayed, acknowledged or slow: a crash, cut, "
                         "medium or flip is wanted");
    return true;
}

/* PLANNED is the last row of a plan of WORLD: FAULT. */
static void plan(const struct world *world, struct planned_fault *planned, const struct fault *fault)
{
    *planned =
        (struct planned_fault){.fault = *fault, .number = (unsigned)(world->faults.count + world->repairs.count)};
}

/* A fault of a real processor or at a virtual machine: are they there? */
static bool is_there(const struct system *system, const struct fault *fault, struct error *error)
{
    const struct system_config *config = &system->world.config;
    bool found = fault->who != FAULT_OF_VM;
    if (config->mode == MODE_BARE)
        return error_set(error, "a bare computer has no host that could recover: mode solo or pair is wanted");
    if (fault->role == ROLE_BACKUP && config->mode != MODE_PAIR)
        return error_set(error, "there is no backup: 'backup.cpu%u' needs mode pair", fault->processor);
    if (fault->who == FAULT_OF_PROCESSOR && fault->processor >= config->settings.processors)
        return error_set(error, "there is no processor %u: processors=%u", fault->processor,
                         (unsigned)config->settings.processors);
    for (unsigned i = 0; i < 2 && !found && system->host[i]; i++)
        found = host_find(system->host[i], fault->vm) >= 0;
    if (!found)
        return error_set(error, "there is no VM '%s'", fault->vm);
    return true;
}

/* Is the virtual machine NAME on one computer only? */
static bool lives_on_one(const struct system *system, const char *name)
{
    unsigned hosts = 0;
    for (unsigned i = 0; i < system->world.computers; i++)
        hosts += host_find(system->host[i], name) >= 0;
    return hosts == 1;
}

bool system_add_fault(struct system *system, const struct fault *fault, struct error *error)
{
    if (fault->who != FAULT_OF_COMPUTER && !is_there(system, fault, error))
        return false;
    system->world.processor_faults |= fault_is_of_processor(fault->kind);
    if (fault->who == FAULT_OF_COMPUTER && system->world.computers < 2)
        return error_set(error, "a crash needs two computers: mode pair is wanted, or computers=2 with mode bare");
    if (system->world.config.mode == MODE_BARE && !fits_bare(fault, error))
        return false;
    struct planned_fault *planned = VEC_PUSH(&system->world.faults);
    plan(&system->world, planned, fault);
    planned->any_role = fault->who == FAULT_OF_VM && !fault->role_said && lives_on_one(system, fault->vm);
    world_count_fault(&system->world, planned, true);
    return true;
}

bool system_add_repair(struct system *system, const struct fault *place, struct error *error)
{
    if (system->world.config.mode != MODE_PAIR)
        return error_set(error, "a repair needs two computers and their monitors: mode pair is wanted");
    const struct vm_config *both = vm_on_both(&system->world.config);
    if (both)
        return error_set(error,
                         "VM '%s' is on both computers: a repaired one would come without it, so no repair is wanted",
                         both->name);
    plan(&system->world, VEC_PUSH(&system->world.repairs), place);
    atomic_fetch_add(&system->world.repairs_left, 1);
    return true;
}

bool system_reset(struct system *system, unsigned computer, struct error *error)
{
    struct computer *at = system->computer[computer];
    if (system->world.config.mode == MODE_PAIR)
        return error_set(error, "in a pair only the guest can reset itself: 'boot' begins again");
    if (system->world.config.record || system->world.config.replay)
        return error_set(error, "a reset from outside is in no recording: 'boot' begins again");
    at->kind->reset(at);
    return true;
}

void system_set(struct system *system, const struct settings *settings)
{
    struct world *world = &system->world;
    if (settings->thin_timer != world->config.settings.thin_timer && !world->thin_timer_begun)
        world->thin_timer_begun = world->config.settings.thin_timer;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        if (setting_is_live(row))
            memcpy((char *)&system->world.config.settings + row->offset, (const char *)settings + row->offset,
                   sizeof(uint64_t));
    }
}

void system_pace(struct system *system, bool paced)
{
    system->world.config.paced = paced;
}

bool system_fault_now(struct system *system, const struct fault *fault, struct error *error)
{
    if (fault->who != FAULT_OF_COMPUTER && !is_there(system, fault, error))
        return false;
    for (unsigned i = 0; i < system->world.computers; i++) {
        struct computer *computer = system->computer[i];
        if (!computer->alive || computer->role != fault->role)
            continue;
        if (fault_is_of_processor(fault->kind))
            return host_fault_now(system->host[i], fault, error);
        if (fault->who == FAULT_OF_VM)
            computer = host_vm(system->host[i], fault->vm);
        system->world.flipped |= computer && fault->kind == FAULT_FLIP;
        if (computer)
            strike(computer, fault);
        return computer || error_set(error, "there is no VM '%s' there", fault->vm);
    }
    return error_set(error, "there is no %s now: it has failed", fault->role == ROLE_PRIMARY ? "primary" : "backup");
}

bool system_assume(struct system *system, enum assumption which, bool holds)
{
    static const uint32_t at_any_time = 1U << ASSUMPTION_CLOCK | 1U << ASSUMPTION_DELIVERY | 1U << ASSUMPTION_DMA |
                                        1U << ASSUMPTION_DETECTION | 1U << ASSUMPTION_FENCING |
                                        1U << ASSUMPTION_ARBITER;
    if (!(at_any_time >> which & 1))
        return false;
    uint32_t bit = UINT32_C(1) << which;
    system->world.config.broken = holds ? system->world.config.broken & ~bit : system->world.config.broken | bit;
    return true;
}
