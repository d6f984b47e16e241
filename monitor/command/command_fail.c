/* command_fail.c - commands that make something fail: crash, repair, cut, heal, delay, flip, disk fail, assume,
 * arbiter.
 *
 * Each is one of ft's faults (fault.h), now or at a WHERE; what it means is said there, and nowhere twice. One with a
 * WHERE is kept with the options, and strikes again after the next `load`.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/command/command.h"
#include "mmu/base/rng.h"
#include "monitor/session/registers.h"
#include "monitor/session/drive.h"
#include "monitor/session/number.h"
#include "monitor/session/plan.h"
#include "monitor/base/text.h"

static bool wants_pair(struct monitor *monitor, const char *what, struct error *error)
{
    if (!drive_can(monitor, error))
        return false;
    return monitor->options.config.mode == MODE_PAIR ||
           error_set(error, "%s needs --mode pair (the mode is %s)", what, monitor_name(monitor, monitor->focus));
}

/* Is WORD a place? */
static bool is_where(const char *word)
{
    return strchr(word, '=') != NULL;
}

/* The words behind those that the command takes itself: at most one WHERE. NULL: now. */
static bool take_where(const struct arguments *arguments, unsigned taken, const char **where, struct error *error)
{
    *where = arguments->count > taken ? arguments->at[taken] : NULL;
    if (arguments->count > taken + 1)
        return error_set(error, "'%s' comes after the last word: 'help' shows what is wanted",
                         arguments->at[taken + 1]);
    return !*where || is_where(*where) ||
           error_set(error, "'%s' is no place: instruction=N, epoch=N, time=T, step=NAME[:K] or operation=K is wanted",
                     *where);
}

/* KIND, as fault_parse has it ("cut", "" for a crash), strikes WHO at WHERE, or now if that is NULL. */
static bool strike(struct monitor *monitor, const char *kind, const char *who, const char *where, struct error *error)
{
    char text[256], written[256];
    struct fault fault;
    snprintf(text, sizeof text, "%s%s%s@%s", kind, *kind ? "," : "", who, where ? where : "instruction=0");
    if (!number_write_fault(monitor, text, written, sizeof written, error) || !fault_parse(written, &fault, error))
        return false;
    if (!where)
        return system_fault_now(monitor->system, &fault, error);
    if (monitor->options.config.fault_count == FAULTS_MAX)
        return error_set(error, "there are %d faults already", FAULTS_MAX);
    if (!system_add_fault(monitor->system, &fault, error))
        return false;
    options_add_fault(&monitor->options, &fault);
    return true;
}

/* ---- crash, repair ---- */

static bool crash_now(struct monitor *monitor, enum role role, struct error *error)
{
    for (unsigned i = 0; i < system_computers(monitor->system); i++) {
        if (!computer_alive(monitor->system, i) || computer_role(monitor->system, i) != role)
            continue;
        fprintf(monitor->out, "the %s fails at instruction %" PRIu64 "\n", monitor_name(monitor, i),
                system_moment(monitor->system, i).insns);
        fflush(monitor->out);
        system_crash_now(monitor->system, i);
        drive_follow(monitor);
        return true;
    }
    return error_set(error, "there is no %s now: it has failed", role == ROLE_PRIMARY ? "primary" : "backup");
}

/* Draw a place for a failure of WHO from here on, by the system's seed and how often that was done before: one of the
 * next instructions, or a phase of one of the next outputs. How long the guest runs nobody knows: near places are drawn
 * more often. Say the command that repeats it. */
static void draw_place(struct monitor *monitor, const char *who, char *where, size_t size)
{
    enum { OUTPUTS = 12 };
    static const uint64_t insns[] = {100, 1000, 10000, 100000};
    static const char *const phases[] = {"before", "issued", "partial:0x5", "performed", "completed"};
    struct system_result result;
    struct rng rng = rng_new(monitor->options.config.seed, 1000 + monitor->draws++);
    system_result(monitor->system, &result);
    if (rng_upto(&rng, 1)) {
        uint64_t range = insns[rng_upto(&rng, 3)];
        snprintf(where, size, "instruction=%" PRIu64,
                 monitor_cpu_state(monitor)->insns + 1 + rng_upto(&rng, range - 1));
    } else {
        snprintf(where, size, "operation=%" PRIu64 ".%s", result.operations.issued + 1 + rng_upto(&rng, OUTPUTS),
                 phases[rng_upto(&rng, 4)]);
    }
    fprintf(monitor->out, "crash %s %s\n", who, where);
}

/* WHO and WHERE may be one word, as in the option --crash, or two; either may be missing. */
bool command_crash(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!drive_can(monitor, error))
        return false;
    if (system_computers(monitor->system) < 2)
        return error_set(error, "crash needs --mode pair (the mode is %s), or computers=2 with --mode bare",
                         monitor_name(monitor, monitor->focus));
    char first[256], place[64];
    const char *who = monitor_name(monitor, monitor->focus), *where = NULL;
    snprintf(first, sizeof first, "%s", arguments->count ? arguments->at[0] : "");
    char *at = strchr(first, '@');
    bool random = arguments->count && strcmp(arguments->at[arguments->count - 1], "random") == 0;
    bool only_where = !at && (is_where(first) || strcmp(first, "random") == 0);
    if (at)
        *at = '\0';
    if ((at || only_where) && arguments->count > 1)
        return error_set(error, "'%s' comes after the last word: 'crash [WHO] [WHERE]' is wanted", arguments->at[1]);
    where = at ? at + 1 : only_where ? first : NULL;
    if (random)
        where = place;
    if (!where && !take_where(arguments, 1, &where, error))
        return false;
    if (*first && !only_where)
        who = first;
    if (strcmp(who, "primary") != 0 && strcmp(who, "backup") != 0)
        return error_set(error, "'%s' is no computer: primary or backup is wanted", who);
    if (random)
        draw_place(monitor, who, place, sizeof place);
    if (!where)
        return crash_now(monitor, *who == 'p' ? ROLE_PRIMARY : ROLE_BACKUP, error);
    return strike(monitor, "", who, where, error);
}

bool command_repair(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where = NULL;
    char written[256];
    struct fault place;
    if (!wants_pair(monitor, "repair", error) || !take_where(arguments, 0, &where, error))
        return false;
    if (!number_write_fault(monitor, where ? where : "instruction=0", written, sizeof written, error) ||
        !fault_parse_where(written, &place, error))
        return false;
    if (!system_add_repair(monitor->system, &place, error))
        return false;
    if (where)
        options_add_repair(&monitor->options, &place);
    return true;
}

/* ---- the channel ---- */

bool command_cut(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where;
    return wants_pair(monitor, "cut", error) && take_where(arguments, 0, &where, error) &&
           strike(monitor, "cut", "primary", where, error);
}

bool command_heal(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where;
    return wants_pair(monitor, "heal", error) && take_where(arguments, 0, &where, error) &&
           strike(monitor, "heal", "primary", where, error);
}

bool command_ack_loss(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where;
    return wants_pair(monitor, "ack-loss", error) && take_where(arguments, 0, &where, error) &&
           strike(monitor, "ack-loss", "primary", where, error);
}

/* TEXT is a number with us, ms or s behind it, or microseconds; the number may be an expression. */
static bool parse_us(const struct monitor *monitor, const char *text, uint64_t *us)
{
    static const struct {
        const char *unit;
        uint64_t us;
    } units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}, {"", 1}};
    char number[200];
    snprintf(number, sizeof number, "%s", text);
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(number), unit = strlen(units[i].unit);
        bool is = length > unit && strcmp(number + length - unit, units[i].unit) == 0 &&
                  strchr(")0123456789", number[length - unit - 1]);
        if (!is && unit)
            continue;
        number[length - unit] = '\0';
        if (!number_read(monitor, number, us) || *us > UINT64_C(1000000000) / units[i].us)
            return false;
        *us *= units[i].us;
        return true;
    }
    return false;
}

bool command_delay(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where;
    char kind[48];
    uint64_t us;
    if (!wants_pair(monitor, "delay", error) || !take_where(arguments, 1, &where, error))
        return false;
    if (!parse_us(monitor, arguments->at[0], &us))
        return error_set(error, "'%s' is no time: 300us, 5ms or 1s is wanted, at most 1000s", arguments->at[0]);
    snprintf(kind, sizeof kind, "delay=%" PRIu64, us);
    return strike(monitor, kind, "primary", where, error);
}

/* ---- bits, blocks ---- */

/* Which general register is called NAME? Set it in a processor that nobody has, and see which one changed. */
static bool general_register(const char *name, unsigned *number)
{
    struct cpu_state state = {0};
    if (!register_set(&state, name + (*name == '$'), 1, NULL))
        return false;
    for (*number = 1; *number < 32; ++*number)
        if (state.gr[*number])
            return true;
    return false;
}

bool command_flip(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where, *who = arguments->at[0], *place = arguments->at[1];
    char kind[64];
    uint32_t address = 0;
    uint64_t bit;
    unsigned number;
    if (!wants_pair(monitor, "flip", error) || !take_where(arguments, 3, &where, error))
        return false;
    if (strcmp(who, "primary") != 0 && strcmp(who, "backup") != 0)
        return error_set(error, "'%s' is no computer: primary or backup is wanted", who);
    bool is_register = general_register(place, &number);
    if (!is_register && !monitor_address(monitor, place, &address, error))
        return false;
    if (!number_read(monitor, arguments->at[2], &bit) || bit > (is_register ? 31 : 7))
        return error_set(error, "'%s' is no bit of a %s: 0 (the most significant) to %d is wanted", arguments->at[2],
                         is_register ? "register" : "byte", is_register ? 31 : 7);
    if (is_register)
        snprintf(kind, sizeof kind, "flip=gr%u:%" PRIu64, number, bit);
    else
        snprintf(kind, sizeof kind, "flip=0x%" PRIx32 ":%" PRIu64, address, bit);
    return strike(monitor, kind, who, where, error);
}

static bool disk_fail(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    const char *where;
    char kind[48];
    uint64_t block;
    if (!wants_pair(monitor, "disk fail", error) || !take_where(arguments, 2, &where, error))
        return false;
    if (arguments->count < 2 || !number_read(monitor, arguments->at[1], &block) || block > UINT32_MAX)
        return error_set(error, "'%s' is no block: 'disk fail BLOCK [WHERE]' is wanted",
                         arguments->count < 2 ? "" : arguments->at[1]);
    snprintf(kind, sizeof kind, "medium=%" PRIu64, block);
    return strike(monitor, kind, "primary", where, error);
}

bool command_disk(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (strcmp(arguments->at[0], "fail") == 0)
        return disk_fail(monitor, arguments, error);
    if (strcmp(arguments->at[0], "commit") != 0 || arguments->count > 1)
        return error_set(error, "'disk commit' or 'disk fail BLOCK [WHERE]' is wanted");
    if (!monitor_wants_system(monitor, error))
        return false;
    enum disks_kept kept = system_config_disks(&monitor->options.config);
    if (kept != DISKS_KEPT)
        return error_set(error, kept == DISKS_SNAPSHOT ? "the disk is a snapshot: its image file keeps no changes"
                                                       : "there is no disk: 'system --disk FILE' gives one");
    return reach_disks(monitor, error) && system_disk_commit(monitor->system, error);
}

/* ---- the plan ---- */

bool info_faults(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    struct system_plan plan;
    if (!monitor_wants_system(monitor, error))
        return false;
    for (unsigned number = 1; system_plan(monitor->system, number, &plan); number++) {
        char text[PLAN_TEXT_BYTES];
        plan_describe(&plan, text);
        fprintf(monitor->out, "%u  %s%s\n", number, text,
                plan.happened    ? ", has happened"
                : plan.cancelled ? ", deleted"
                                 : "");
    }
    if (!system_plan(monitor->system, 1, &plan))
        fprintf(monitor->out, "no fault is planned\n");
    return true;
}

static bool delete_fault(struct monitor *monitor, const char *text, struct error *error)
{
    struct system_plan plan;
    uint64_t number;
    if (!number_read(monitor, text, &number) || number > UINT32_MAX ||
        !system_plan(monitor->system, (unsigned)number, &plan))
        return error_set(error, "there is no fault %s: 'info faults' shows them", text);
    if (!system_plan_cancel(monitor->system, (unsigned)number))
        return error_set(error, "fault %s %s: 'info faults' shows it", text,
                         plan.happened ? "has happened" : "is deleted already");
    options_drop_fault(&monitor->options, &plan.fault, plan.repair);
    return true;
}

bool delete_faults(struct monitor *monitor, unsigned count, char *const *numbers, struct error *error)
{
    struct system_plan plan;
    if (!monitor_wants_system(monitor, error))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!delete_fault(monitor, numbers[i], error))
            return false;
    for (unsigned number = 1; !count && system_plan(monitor->system, number, &plan); number++)
        if (system_plan_cancel(monitor->system, number))
            options_drop_fault(&monitor->options, &plan.fault, plan.repair);
    return true;
}

/* ---- assumptions ---- */

static bool assume(struct monitor *monitor, const char *name, const char *state, struct error *error)
{
    enum assumption which;
    if (!assumption_find(name, &which, error))
        return false;
    bool holds = strcmp(state, "on") == 0;
    if (!holds && strcmp(state, "off") != 0)
        return error_set(error, "'%s' is neither on nor off", state);
    struct system_config *config = &monitor->options.config;
    if (config->mode != MODE_PAIR)
        return error_set(error, "assume needs --mode pair: 'system --mode pair' comes first");
    if (!holds && config->record)
        return error_set(error, "a recording needs every assumption");
    uint32_t before = config->broken, bit = UINT32_C(1) << which;
    config->broken = holds ? before & ~bit : before | bit;
    if (!monitor->system || !monitor_has_run(monitor)) {
        if (!monitor->system || monitor_build(monitor, monitor->image_path != NULL, error))
            return true;
        config->broken = before;
        return false;
    }
    if (!system_assume(monitor->system, which, holds))
        fprintf(monitor->out, "takes effect at the next 'load': the computers are built with it\n");
    return true;
}

bool command_assume(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (arguments->count == 2)
        return assume(monitor, arguments->at[0], arguments->at[1], error);
    if (arguments->count)
        return error_set(error, "'assume NAME off' or 'assume NAME on' is wanted");
    for (unsigned i = 0; i < ASSUMPTION_COUNT; i++)
        fprintf(monitor->out, "%-14s %-3s  off: %s\n", assumption_name((enum assumption)i),
                monitor->options.config.broken >> i & 1 ? "off" : "on", assumption_title((enum assumption)i));
    return true;
}

bool command_arbiter(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    return assume(monitor, "arbiter", arguments->at[0], error);
}
