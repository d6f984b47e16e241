/* live_options.c - see live_options.h. */
#include "monitor/program/live_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/live/world_process.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"

/* Silence is judged by the host's time, and TCP's smallest retransmission takes 200 ms. */
enum { HEARTBEAT_US = 50000, TIMEOUT_US = 500000, ALONE_MAX_S = 86400 };

struct live_row {
    const char *name, *argument, *help;
    unsigned users;
};

static const struct live_row rows[] = {
    {"listen", "ADDR", "where the nodes come: unix:PATH; or, with --trusted-network, HOST:PORT or [V6]:PORT",
     LIVE_WORLD},
    {"world", "ADDR", "where the world listens", LIVE_NODE},
    {"listen", "ADDR", "where the other node comes (beside the world's socket)", LIVE_NODE},
    {"monitor", "ADDR", "where a person comes, to look, crash, cut, delay and send: one command a line (nowhere)",
     LIVE_NODE},
    {"window", "", "show its computer in a window, beside its run (no window)", LIVE_NODE},
    {"window", "", "show each node's computer in a window of its own, beside the run (no windows)", LIVE_LIVE},
    {"json", "FILE", "what came of it here, with the keys of 'run' (nowhere)", LIVE_NODE},
    {"trusted-network", "", "an ADDR may be on the network: whoever reaches it can read and change everything",
     LIVE_WORLD | LIVE_NODE},
    {"alone-after", "SECONDS", "the first node goes on alone if no second has come by then (it waits)",
     LIVE_WORLD | LIVE_LIVE},
    {"nodes", "N", "so many nodes are started: those beyond two wait as spares (2)", LIVE_LIVE},
    {"respawn", "", "where a node has died, start another, which joins", LIVE_LIVE},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct live_row *find(const char *word, enum live_user user)
{
    size_t length = strcspn(word + 2, "=");
    for (unsigned i = 0; i < ROWS; i++)
        if (rows[i].users & user && strlen(rows[i].name) == length && !strncmp(rows[i].name, word + 2, length))
            return &rows[i];
    return NULL;
}

static bool number(const char *name, const char *value, uint64_t least, uint64_t most, uint64_t *to,
                   struct error *error)
{
    return (text_number(value, to) && *to >= least && *to <= most) ||
           error_set(error, "--%s cannot be '%.100s': a number from %llu to %llu is wanted", name, value,
                     (unsigned long long)least, (unsigned long long)most);
}

static bool take(struct live_options *options, const char *name, const char *value, struct error *error)
{
    if (!strcmp(name, "listen"))
        options->listen = value;
    else if (!strcmp(name, "world"))
        options->world = value;
    else if (!strcmp(name, "monitor"))
        options->monitor = value;
    else if (!strcmp(name, "json"))
        options->json = value;
    else if (!strcmp(name, "trusted-network"))
        options->trusted = true;
    else if (!strcmp(name, "respawn"))
        options->respawn = true;
    else if (!strcmp(name, "window"))
        options->window = true;
    else if (!strcmp(name, "nodes"))
        return number(name, value, 1, LIVE_NODES_MAX, &options->nodes, error);
    else
        return number(name, value, 0, ALONE_MAX_S, &options->alone_after, error);
    return true;
}

bool live_options_take(struct live_options *options, enum live_user user, unsigned count, char *const *words,
                       struct error *error)
{
    *options = (struct live_options){
        .nodes = 2, .alone_after = ALONE_NEVER, .rest = calloc((size_t)count + 1, sizeof *options->rest)};
    memory_need(options->rest);
    for (unsigned i = 0; i < count; i++) {
        bool option = !strncmp(words[i], "--", 2);
        const char *equals = option ? strchr(words[i], '=') : NULL;
        const struct live_row *row = option ? find(words[i], user) : NULL;
        options->help |= !strcmp(words[i], "--help");
        if (!row) {
            options->rest[options->count++] = words[i];
            continue;
        }
        const char *value = equals ? equals + 1 : NULL;
        if (!*row->argument && value)
            return error_set(error, "--%s takes no value", row->name);
        if (*row->argument && !value) {
            if (i + 1 == count)
                return error_set(error, "--%s needs a value: --%s %s", row->name, row->name, row->argument);
            value = words[++i];
        }
        if (!take(options, row->name, value, error))
            return false;
    }
    return true;
}

void live_options_free(struct live_options *options)
{
    free(options->rest);
    *options = (struct live_options){0};
}

void live_options_help(enum live_user user)
{
    for (unsigned i = 0; i < ROWS; i++)
        if (rows[i].users & user)
            printf("  --%s%s%s\n        %s\n", rows[i].name, *rows[i].argument ? " " : "", rows[i].argument,
                   rows[i].help);
}

bool live_options_describe(unsigned index, struct live_option_text *text)
{
    if (index >= ROWS)
        return false;
    *text = (struct live_option_text){rows[index].name, rows[index].argument, rows[index].help, rows[index].users};
    return true;
}

/* Has either computer something of its own? Live, that is what its host has. */
static bool has_own(const struct system_config *config)
{
    for (unsigned i = 0; i < 2; i++)
        for (unsigned which = 0; which < OWN_COUNT; which++)
            if (config->own[i][which].given)
                return true;
    return false;
}

/* What only a simulation can do. */
static bool is_real(const struct options *system, struct error *error)
{
    const struct system_config *config = &system->config;
    const char *what = config->fault_count               ? "--crash and --fault"
                       : config->repair_count            ? "--repair"
                       : config->broken                  ? "--break-assumption"
                       : system->beside_count            ? "--beside"
                       : has_own(config)                 ? "--computer"
                       : config->vm_count                ? "--vm"
                       : config->settings.processors > 1 ? "several processors"
                       : system->gdb                     ? "--gdb"
                       : system->keys == KEYS_RAW        ? "--keys raw"
                       : config->mode != MODE_PAIR       ? "--mode bare and solo"
                       : config->settings.channel_crash  ? "channel-crash"
                       : config->network.peer            ? "peer= at the network's other end"
                                                         : NULL;
    if (system->window)
        return error_set(error, "--window: a world has no computer to show: 'understudy node --window' has one");
    return !what ||
           error_set(error,
                     "%s: only in virtual time ('understudy run'); a live pair's processes are killed, and its "
                     "recording is replayed",
                     what);
}

bool live_system(struct options *system, const struct live_options *options, struct error *error)
{
    options_init(system);
    system->config.mode = MODE_PAIR;
    system->config.settings.heartbeat_us = HEARTBEAT_US;
    system->config.settings.timeout_us = TIMEOUT_US;
    if (!options_parse(system, OPTIONS_RUN, options->count, options->rest, error))
        return false;
    system->config.record = system->record_path != NULL;
    return system->help || is_real(system, error);
}
