/* variables.c - see variables.h. */
#include "monitor/session/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ft/hosts.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"
#include "monitor/session/monitor.h"
#include "monitor/session/registers.h"

void variables_free(struct variables *variables)
{
    for (size_t i = 0; i < variables->rows.count; i++)
        free(variables->rows.at[i].text);
    VEC_FREE(&variables->rows);
}

/* ---- facts ---- */

static struct system_result result_of(const struct monitor *monitor)
{
    struct system_result result;
    system_result(monitor->system, &result);
    return result;
}

/* A fact that is a member of what came of the run. */
#define RESULT_FACT(function, member)                                                                                  \
    static uint64_t function(const struct monitor *monitor)                                                            \
    {                                                                                                                  \
        return (uint64_t)result_of(monitor).member;                                                                    \
    }
RESULT_FACT(fact_end, end)
RESULT_FACT(fact_status, status)
RESULT_FACT(fact_instructions, instructions)
RESULT_FACT(fact_epochs, epochs)
RESULT_FACT(fact_failovers, failovers)
RESULT_FACT(fact_messages, messages)
RESULT_FACT(fact_bytes, bytes)
RESULT_FACT(fact_issued, operations.issued)
RESULT_FACT(fact_performed, operations.performed)
RESULT_FACT(fact_repeated, operations.repeated)
RESULT_FACT(fact_suppressed, operations.suppressed)
RESULT_FACT(fact_points_moved, points.moved)
RESULT_FACT(fact_longest_move, points.longest_move)
RESULT_FACT(fact_lag_max, lag_us_max)
RESULT_FACT(fact_digest, digest)
RESULT_FACT(fact_explainable, explainable)

static uint64_t fact_points(const struct monitor *monitor)
{
    struct system_result result = result_of(monitor);
    uint64_t points = 0;
    for (unsigned i = 0; i < POINT_REASON_COUNT; i++)
        points += result.points.of[i];
    return points;
}

static uint64_t interrupts(const struct monitor *monitor, bool given)
{
    struct system_result result = result_of(monitor);
    uint64_t sum = 0;
    for (unsigned i = 0; i < INTERRUPT_CLASSES; i++)
        sum += given ? result.interrupts[i].given : result.interrupts[i].external;
    return sum;
}

static uint64_t fact_interrupts_raised(const struct monitor *monitor)
{
    return interrupts(monitor, false);
}

static uint64_t fact_interrupts_given(const struct monitor *monitor)
{
    return interrupts(monitor, true);
}

static uint64_t fact_differ(const struct monitor *monitor)
{
    return monitor->differ || result_of(monitor).digests_differ;
}

/* How a run can end, to compare $end with. */
#define CONSTANT_FACT(function, constant)                                                                              \
    static uint64_t function(const struct monitor *monitor)                                                            \
    {                                                                                                                  \
        return constant;                                                                                               \
    }
CONSTANT_FACT(fact_running, END_NONE)
CONSTANT_FACT(fact_exit, END_EXIT)
CONSTANT_FACT(fact_timeout, END_TIMEOUT)
CONSTANT_FACT(fact_stopped, END_STOPPED)
CONSTANT_FACT(fact_halted, END_HALTED)
CONSTANT_FACT(fact_lost, END_LOST)

static uint64_t fact_disk_digest(const struct monitor *monitor)
{
    return system_disk_digest(monitor->system);
}

static uint64_t fact_faults_pending(const struct monitor *monitor)
{
    return system_plan_pending(monitor->system);
}

static uint64_t fact_questions(const struct monitor *monitor)
{
    return monitor->quiz.asked;
}

static uint64_t fact_right_answers(const struct monitor *monitor)
{
    return monitor->quiz.right;
}

static uint64_t fact_epoch(const struct monitor *monitor)
{
    return computer_epoch(monitor->system, monitor->focus);
}

static uint64_t fact_insns(const struct monitor *monitor)
{
    return monitor_cpu_state(monitor)->insns;
}

static uint64_t fact_time(const struct monitor *monitor)
{
    enum { PS_PER_US = 1000000 };
    return computer_time_ps(monitor->system, monitor->focus) / PS_PER_US;
}

static uint64_t fact_alive(const struct monitor *monitor)
{
    uint64_t alive = 0;
    for (unsigned i = 0; i < system_computers(monitor->system); i++)
        alive += computer_alive(monitor->system, i);
    return alive;
}

static uint64_t fact_shown(const struct monitor *monitor)
{
    uint64_t size;
    system_terminal_output(monitor->system, &size);
    return size;
}

static void no_row(void *arg, const char *text)
{
    (void)text;
}

static uint64_t fact_outstanding(const struct monitor *monitor)
{
    return computer_outstanding(monitor->system, monitor->focus, no_row, NULL);
}

static uint64_t processors_in(const struct monitor *monitor, const char *state)
{
    struct host_processor processor;
    uint64_t count = 0;
    for (unsigned n = 0; system_processor(monitor->system, monitor->focus, n, &processor); n++)
        count += !state || strcmp(processor.state, state) == 0;
    return count;
}

static uint64_t fact_processors(const struct monitor *monitor)
{
    uint64_t hosts = processors_in(monitor, NULL);
    return hosts ? hosts : computer_processors(monitor->system, monitor->focus);
}

static uint64_t fact_failed_processors(const struct monitor *monitor)
{
    return processors_in(monitor, "failed") + processors_in(monitor, "off");
}

static uint64_t fact_recoveries(const struct monitor *monitor)
{
    struct host_recovered recovered;
    unsigned count = 0;
    while (system_recovered(monitor->system, monitor->focus, count, &recovered))
        count++;
    return count;
}

static uint64_t fact_moves(const struct monitor *monitor)
{
    struct host_vm vm;
    uint64_t moves = 0;
    for (unsigned n = 0; system_vm(monitor->system, monitor->focus, n, &vm); n++)
        moves += vm.moves;
    return moves;
}

const struct fact facts[] = {
    {"end", "how the run ended: $running, $exit, $timeout, $stopped, $halted or $lost", OF_COMPUTER, fact_end},
    {"status", "with which the guest powered off", OF_COMPUTER, fact_status},
    {"instructions", "of the acting primary", OF_COMPUTER, fact_instructions},
    {"epochs", "of the acting primary", OF_COMPUTER, fact_epochs},
    {"failovers", "promotions", OF_WORLD, fact_failovers},
    {"messages", "that the channel carried", OF_COMPUTER, fact_messages},
    {"bytes", "that the channel carried", OF_COMPUTER, fact_bytes},
    {"issued", "outputs of the guest: disk commands, terminal bytes", OF_COMPUTER, fact_issued},
    {"performed", "entries of the disk's own record", OF_WORLD, fact_performed},
    {"repeated", "of those, performed again", OF_WORLD, fact_repeated},
    {"suppressed", "outputs that a backup kept back", OF_COMPUTER, fact_suppressed},
    {"points", "epochs whose ends a primary chose", OF_COMPUTER, fact_points},
    {"points_moved", "of those, where something was given later than it became known", OF_COMPUTER, fact_points_moved},
    {"longest_move", "by how many instructions at most", OF_COMPUTER, fact_longest_move},
    {"interrupts_raised", "by the hardware of live computers", OF_COMPUTER, fact_interrupts_raised},
    {"interrupts_given", "to the guest, of those", OF_COMPUTER, fact_interrupts_given},
    {"lag_us_max", "the largest lag that a backup reported, in microseconds", OF_COMPUTER, fact_lag_max},
    {"digest", "of the surviving virtual processor's state", OF_COMPUTER, fact_digest},
    {"disk_digest", "of the whole disk as it is now", OF_WORLD, fact_disk_digest},
    {"explainable", "1 if what the devices did can be explained, else 0", OF_WORLD, fact_explainable},
    {"differ", "1 if the computers' digests differ, or the last `compare` found a difference; else 0", OF_COMPUTER,
     fact_differ},
    {"alive", "how many computers live", OF_WORLD, fact_alive},
    {"shown", "bytes that the terminal has shown", OF_WORLD, fact_shown},
    {"outstanding", "operations outstanding at the computer looked at", OF_COMPUTER, fact_outstanding},
    {"faults_pending", "faults and repairs that are planned and have not happened", OF_COMPUTER, fact_faults_pending},
    {"processors", "real processors of the computer looked at", OF_COMPUTER, fact_processors},
    {"failed_processors", "of those, that have failed", OF_COMPUTER, fact_failed_processors},
    {"recoveries", "of virtual machines there whose processor failed", OF_COMPUTER, fact_recoveries},
    {"moves", "of virtual machines there to another processor", OF_COMPUTER, fact_moves},
    {"epoch", "of the computer looked at", OF_COMPUTER, fact_epoch},
    {"insns", "instruction count of the computer looked at", OF_COMPUTER, fact_insns},
    {"time_us", "virtual time of the computer looked at, in microseconds", OF_COMPUTER, fact_time},
    {"questions", "that `ask` has asked", OF_SESSION, fact_questions},
    {"right_answers", "to them", OF_SESSION, fact_right_answers},
    {"running", "a value of $end: the run goes on", OF_SESSION, fact_running},
    {"exit", "a value of $end: the guest powered off", OF_SESSION, fact_exit},
    {"timeout", "a value of $end: --timeout was reached", OF_SESSION, fact_timeout},
    {"stopped", "a value of $end: the digests differ, or it was given up", OF_SESSION, fact_stopped},
    {"halted", "a value of $end: the guest cannot go on", OF_SESSION, fact_halted},
    {"lost", "a value of $end: no computer was left", OF_SESSION, fact_lost},
    {0},
};

/* ---- by name ---- */

static const struct fact *find_fact(const char *name)
{
    for (const struct fact *fact = facts; fact->name; fact++)
        if (strcmp(fact->name, name) == 0)
            return fact;
    return NULL;
}

bool fact_is_known(const struct monitor *monitor, const struct fact *fact)
{
    return fact->whose == OF_SESSION || (monitor->system && !(monitor->node && fact->whose == OF_WORLD));
}

const struct variable *variable_find(const struct monitor *monitor, const char *name)
{
    for (size_t i = 0; i < monitor->variables.rows.count; i++)
        if (strcmp(monitor->variables.rows.at[i].name, name) == 0)
            return &monitor->variables.rows.at[i];
    return NULL;
}

bool variable_value(const struct monitor *monitor, const char *name, uint64_t *value)
{
    const struct fact *fact = find_fact(name);
    if (fact && !fact_is_known(monitor, fact))
        return false;
    const struct variable *variable = fact ? NULL : variable_find(monitor, name);
    if (fact)
        *value = fact->value(monitor);
    else if (variable)
        *value = variable->value;
    return fact || variable;
}

uint64_t variable_word_number(const char *word, size_t length)
{
    uint64_t number = UINT64_C(0xcbf29ce484222325); /* Fowler, Noll, Vo: 1a */
    if (length == 1)
        return (unsigned char)*word;
    for (size_t i = 0; i < length; i++)
        number = (number ^ (unsigned char)word[i]) * UINT64_C(0x100000001b3);
    return number >> 1; /* not negative */
}

static bool is_name(const char *name)
{
    size_t length = 0;
    for (; isalnum((unsigned char)name[length]) || name[length] == '_'; length++)
        continue;
    return length && !name[length] && length < VARIABLE_NAME_BYTES && !isdigit((unsigned char)*name);
}

/* The variable NAME, made if there is none. */
static struct variable *find_or_make(struct variables *variables, const char *name)
{
    for (size_t i = 0; i < variables->rows.count; i++)
        if (strcmp(variables->rows.at[i].name, name) == 0)
            return &variables->rows.at[i];
    struct variable *row = VEC_PUSH(&variables->rows);
    *row = (struct variable){.value = 0};
    memcpy(row->name, name, strlen(name) + 1);
    return row;
}

bool variable_may_be_set(const char *name, struct error *error)
{
    const struct cpu_state powered_on = {0};
    uint64_t unused;
    bool wide;
    if (!is_name(name))
        return error_set(error, "'$%s' is no variable: letters, digits and _, at most %d of them, are wanted", name,
                         VARIABLE_NAME_BYTES - 1);
    if (find_fact(name))
        return error_set(error, "'$%s' is a fact of the run: nobody sets it", name);
    return !register_value(&powered_on, name, &unused, &wide) ||
           error_set(error, "'$%s' is a register: a variable needs another name", name);
}

bool variable_set(struct monitor *monitor, const char *name, uint64_t value, struct error *error)
{
    if (!variable_may_be_set(name, error))
        return false;
    struct variable *row = find_or_make(&monitor->variables, name);
    free(row->text);
    row->text = NULL;
    row->value = value;
    return true;
}

bool variable_set_word(struct monitor *monitor, const char *name, const char *text, struct error *error)
{
    if (!variable_may_be_set(name, error))
        return false;
    struct variable *row = find_or_make(&monitor->variables, name);
    char *copy = strdup(text);
    memory_need(copy);
    free(row->text);
    row->text = copy;
    row->value = variable_word_number(text, strlen(text));
    return true;
}

bool variable_define(struct monitor *monitor, const char *name, const char *value, struct error *error)
{
    uint64_t number;
    return text_number(value, &number) ? variable_set(monitor, name, number, error)
                                       : variable_set_word(monitor, name, value, error);
}
