/* result.c - see result.h. */
#include "monitor/program/result.h"

#include <stdio.h>
#include <stdlib.h>

#include "ft/hosts.h"

#include "ft/message.h"
#include "mmu/base/vtime.h"
#include "monitor/base/file.h"
#include "monitor/base/exit_status.h"
#include "monitor/base/json.h"
#include "monitor/session/plan.h"

/* The faults and repairs that were planned and did not happen. */
static void write_pending(struct json *json, const struct system *system)
{
    struct system_plan plan;
    json_open(json, "faults_pending", '[');
    for (unsigned number = 1; system && system_plan(system, number, &plan); number++) {
        char text[PLAN_TEXT_BYTES];
        plan_describe(&plan, text);
        if (!plan.happened && !plan.cancelled)
            json_string(json, NULL, text);
    }
    json_close(json, ']');
}

static bool next_rule(const struct system *system, const struct system_result *result, unsigned i,
                      struct system_rule *told)
{
    if (system)
        return system_rule(system, i, told);
    if (i < result->rule_count)
        *told = result->rules[i];
    return i < result->rule_count;
}

/* What the operator was told because of a rule of a paper. */
static void write_rules(struct json *json, const struct system *system, const struct system_result *result)
{
    struct system_rule told;
    json_open(json, "rules", '[');
    for (unsigned i = 0; next_rule(system, result, i, &told); i++) {
        char text[512];
        snprintf(text, sizeof text, "%.*s", (int)told.size, told.text);
        json_open(json, NULL, '{');
        json_string(json, "rule", rule_name(told.rule));
        json_string(json, "paper", rule_paper(told.rule));
        json_unsigned(json, "epoch", told.epoch);
        json_string(json, "text", text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_processors(struct json *json, const struct system *system, unsigned computer)
{
    struct host_processor processor;
    json_open(json, "processors", '[');
    for (unsigned n = 0; system_processor(system, computer, n, &processor); n++) {
        json_open(json, NULL, '{');
        json_string(json, "state", processor.state);
        json_unsigned(json, "slices", processor.slices);
        json_unsigned(json, "soft", processor.soft);
        if (processor.failed_us == UINT64_MAX)
            json_string(json, "failed_us", NULL);
        else
            json_unsigned(json, "failed_us", processor.failed_us);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void write_vm(struct json *json, const struct host_vm *vm, const struct system_result *result)
{
    char digest[20];
    struct error ignored;
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)result->digest);
    json_open(json, NULL, '{');
    json_string(json, "name", vm->name);
    json_string(json, "end", result->end_name);
    json_unsigned(json, "status",
                  (unsigned)(result->end == END_EXIT ? result->status : result_status(result, vm->name, &ignored)));
    json_unsigned(json, "instructions", result->instructions);
    json_string(json, "digest", digest);
    json_unsigned(json, "moves", vm->moves);
    json_unsigned(json, "restarts", vm->restarts);
    json_unsigned(json, "waited_us", vm->waited_us);
    json_close(json, '}');
}

/* VM, that is on both computers, is one, whichever has moved it. */
static void add_other(struct system *system, struct host_vm *vm)
{
    struct host_vm other;
    uint64_t moves = 0, restarts = 0, waited_us = 0;
    for (unsigned computer = 0; computer < system_computers(system); computer++)
        for (unsigned n = 0; system_vm(system, computer, n, &other); n++)
            if (strcmp(other.name, vm->name) == 0) {
                moves += other.moves;
                restarts += other.restarts;
                waited_us += other.waited_us;
            }
    vm->moves = moves;
    vm->restarts = restarts;
    vm->waited_us = waited_us;
}

/* The first, and those that are fault tolerant beside it, are what the acting computer has of them. */
static void write_vms(struct json *json, struct system *system)
{
    struct host_vm vm;
    struct system_result result;
    json_open(json, "vms", '[');
    system_vm(system, 0, 0, &vm);
    add_other(system, &vm);
    system_vm_result(system, 0, 0, &result);
    write_vm(json, &vm, &result);
    for (unsigned computer = 0; computer < system_computers(system); computer++)
        for (unsigned n = 1; system_vm(system, computer, n, &vm); n++) {
            if (vm.on_both && computer != system_acting(system))
                continue;
            if (vm.on_both)
                add_other(system, &vm);
            system_vm_result(system, computer, n, &result);
            write_vm(json, &vm, &result);
        }
    json_close(json, ']');
}

static void write_recoveries(struct json *json, const struct system *system)
{
    struct host_recovered recovered;
    json_open(json, "recoveries", '[');
    for (unsigned computer = 0; computer < system_computers(system); computer++)
        for (unsigned i = 0; system_recovered(system, computer, i, &recovered); i++) {
            json_open(json, NULL, '{');
            json_string(json, "kind", recovered.kind);
            json_unsigned(json, "processor", recovered.processor);
            json_string(json, "vm", recovered.vm);
            json_bool(json, "valid", recovered.valid);
            json_string(json, "attribute", recovered.attribute);
            if (recovered.to < 0)
                json_string(json, "to", NULL);
            else
                json_unsigned(json, "to", (unsigned)recovered.to);
            if (recovered.us == UINT64_MAX)
                json_string(json, "us", NULL);
            else
                json_unsigned(json, "us", recovered.us);
            json_close(json, '}');
        }
    json_close(json, ']');
}

/* Of a host with one processor and one virtual machine there is nothing to say. */
static void write_hosts(struct json *json, struct system *system)
{
    if (!system || !system_has_hosts(system))
        return;
    write_processors(json, system, system_acting(system));
    write_vms(json, system);
    write_recoveries(json, system);
}

/* What devices raised, and what the guest was given of it. */
static void write_interrupts(struct json *json, const struct system_result *result)
{
    json_open(json, "interrupts", '{');
    for (enum interrupt_class which = CLASS_TIMER; which < INTERRUPT_CLASSES; which++) {
        const struct interrupt_counts *counts = &result->interrupts[which];
        json_open(json, interrupt_class_name(which), '{');
        json_unsigned(json, "external", counts->external);
        json_unsigned(json, "virtual", counts->given);
        json_unsigned(json, "withheld", counts->withheld);
        json_seconds(json, "longest_us", (double)counts->longest_ps / PS_PER_US);
        json_close(json, '}');
    }
    json_close(json, '}');
}

/* Where epochs end whose ends the primary chooses; and how far backups were behind. */
static void write_points(struct json *json, const struct system_result *result)
{
    const struct point_counts *points = &result->points;
    json_open(json, "points", '{');
    for (enum point_reason reason = POINT_INTERRUPT; reason <= POINT_IDLE; reason++)
        json_unsigned(json, point_reason_name(reason), points->of[reason]);
    json_close(json, '}');
    json_unsigned(json, "points_moved", points->moved);
    json_unsigned(json, "longest_move", points->longest_move);
    json_open(json, "lag_us", '{');
    json_seconds(json, "mean", result->lag_us_mean);
    json_seconds(json, "max", result->lag_us_max);
    json_close(json, '}');
    json_open(json, "output_delay_us", '{');
    json_seconds(json, "mean", result->output_delay_us_mean);
    json_seconds(json, "max", result->output_delay_us_max);
    json_close(json, '}');
}

/* The object of docs/command-line.md, "JSON", with these keys in this order. STATUS: the guest's own, else what we exit
 * with. */
static void write_result(FILE *out, struct system *system, const struct system_result *result, int status)
{
    struct json json;
    char digest[20];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)result->digest);
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_string(&json, "end", result->end_name);
    json_unsigned(&json, "status", (unsigned)(result->end == END_EXIT ? result->status : status));
    json_unsigned(&json, "instructions", result->instructions);
    json_unsigned(&json, "epochs", result->epochs);
    json_unsigned(&json, "failovers", result->failovers);
    json_unsigned(&json, "messages", result->messages);
    json_unsigned(&json, "bytes", result->bytes);
    json_open(&json, "operations", '{');
    json_unsigned(&json, "issued", result->operations.issued);
    json_unsigned(&json, "performed", result->operations.performed);
    if (result->judged || result->operations.repeated)
        json_unsigned(&json, "repeated", result->operations.repeated);
    else
        json_string(&json, "repeated", NULL);
    json_unsigned(&json, "suppressed", result->operations.suppressed);
    json_close(&json, '}');
    write_interrupts(&json, result);
    write_points(&json, result);
    json_string(&json, "digest", digest);
    if (result->judged || !result->explainable)
        json_bool(&json, "explainable", result->explainable);
    else
        json_string(&json, "explainable", NULL);
    json_string(&json, "violation", result->violation);
    write_pending(&json, system);
    write_rules(&json, system, result);
    write_hosts(&json, system);
    json_seconds(&json, "host_seconds", result->host_seconds);
    json_open(&json, "cpu_seconds", '{');
    json_seconds(&json, "primary", result->cpu_seconds[0]);
    json_seconds(&json, "backup", result->cpu_seconds[1]);
    json_close(&json, '}');
    json_string(&json, "engine", result->engine);
    json_close(&json, '}');
}

struct whole_result {
    struct system *system;
    const struct system_result *result;
    int status;
};

static void print_result(FILE *out, const void *what)
{
    const struct whole_result *whole = what;
    write_result(out, whole->system, whole->result, whole->status);
}

bool result_save(const char *path, struct system *system, const struct system_result *result, int status,
                 struct error *error)
{
    return file_print_whole(path, print_result, &(struct whole_result){system, result, status}, error);
}

int result_status(const struct system_result *result, const char *image, struct error *error)
{
    const char *why = result->why ? result->why : "no reason given";
    unsigned long long insns = result->instructions;
    if (!result->explainable) {
        error_set(error, "unexplainable: %s", result->violation ? result->violation : "no sentence");
        return EXIT_UNEXPLAINABLE;
    }
    if (result->digests_differ) {
        error_set(error, "the computers' digests differ%s%s", result->why ? ": " : "", result->why ? result->why : "");
        return EXIT_UNEXPLAINABLE;
    }
    switch (result->end) {
    case END_EXIT:
        return result->status;
    case END_TIMEOUT:
        error_set(error, "timeout: '%s' had not ended after %llu instructions", image, insns);
        return EXIT_TIMEOUT;
    case END_HALTED:
        error_set(error, "halted: %s", why);
        return EXIT_HALTED;
    case END_LOST:
        error_set(error, "lost: %s", why);
        return EXIT_HALTED;
    case END_STOPPED:
    case END_NONE:
        break;
    }
    error_set(error, "stopped after %llu instructions", insns);
    return EXIT_STOPPED;
}
