/* list.c - the list of protocols, from which the help, the messages and the completion take their names. */
#include <stdio.h>
#include <string.h>

#include "ft/protocol/check.h"
#include "ft/protocol/list.h"

/* TO ADD A PROTOCOL: its name here, and in list.h. */
static const struct protocol *const protocols[] = {&protocol_dec, &protocol_bs, &protocol_bs_revised,
                                                   &protocol_yokogawa, &protocol_vmware, &protocol_remus};
enum { PROTOCOLS = sizeof protocols / sizeof protocols[0] };

const char *protocol_name(unsigned index)
{
    return index < PROTOCOLS ? protocols[index]->name : NULL;
}

const struct protocol *protocol_find(const char *name, struct error *error)
{
    char names[256] = "";
    for (unsigned i = 0; i < PROTOCOLS; i++) {
        if (!strcmp(protocols[i]->name, name))
            return protocol_check(protocols[i], error) ? protocols[i] : NULL;
        size_t used = strlen(names);
        const char *before = !i ? "" : i + 1 < PROTOCOLS ? ", " : " or ";
        snprintf(names + used, sizeof names - used, "%s%s", before, protocols[i]->name);
    }
    error_set(error, "there is no protocol '%s': %s is wanted, or a file, which has a '/' or a '.' in its name", name,
              names);
    return NULL;
}

const struct protocol *protocol_of(const struct system_config *config, struct error *error)
{
    return config->written ? config->written : protocol_find(config->protocol, error);
}

const char *protocol_called(const struct protocol *protocol)
{
    return protocol->name;
}

const char *protocol_title(const struct protocol *protocol)
{
    return protocol->title;
}

unsigned protocol_policy(const struct protocol *protocol)
{
    return protocol->policy;
}

bool protocol_expects(const struct protocol *protocol, unsigned rule, bool losing, bool last_epoch)
{
    const struct protocol_exceptions *expected = &protocol->expected;
    uint32_t bits = expected->anywhere | (losing ? expected->anywhere_losing : 0);
    if (last_epoch)
        bits |= expected->last_epoch | (losing ? expected->last_epoch_losing : 0);
    return rule < 32 && (bits >> rule & 1);
}

static bool primary_has(const struct protocol *protocol, enum action action)
{
    for (unsigned i = 0; i < PROGRAM_ACTIONS_MAX; i++)
        if (protocol->primary[i] == action)
            return true;
    return false;
}

bool protocol_has_points(const struct protocol *protocol)
{
    return primary_has(protocol, ACTION_RUN_TO_EVENT);
}

bool protocol_has_checkpoints(const struct protocol *protocol)
{
    return primary_has(protocol, ACTION_SEND_CHECKPOINT);
}

bool protocol_awaits_acks(const struct protocol *protocol)
{
    return primary_has(protocol, ACTION_AWAIT_ACKS);
}

unsigned protocol_backup_start(const struct protocol *protocol)
{
    unsigned at = 0;
    while (protocol->backup[at] != ACTION_AWAIT_END && protocol->backup[at] != ACTION_AWAIT_CHECKPOINT)
        at++;
    return at;
}
