/* option_network.c - what `--virtio N=net,...` says of the network: see option_network.h.
 *
 * The computer at the other end is described by options of its own: those of a plain image with a network device, or
 * the words of a file.
 */
#include "monitor/session/option_network.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ft/network_user.h"
#include "mmu/base/lines.h"
#include "mmu/base/memory.h"
#include "monitor/base/text.h"

enum { FORWARDS_BYTES_MAX = 1024 };

static const char default_terminal[] = "peer.txt";

void option_network_free(struct options *options)
{
    if (options->peer) {
        options_free(options->peer);
        free(options->peer);
    }
    free(options->network_peer);
    free(options->forwards);
    options->peer = NULL;
    options->network_peer = NULL;
    options->forwards = NULL;
}

/* ---- the other computer ---- */

/* All words of the lines of TEXT, which they lie in; what OUT has is to be freed with what it points to. */
struct word_list {
    char **at;
    unsigned count;
};

static void add_word(struct word_list *list, const char *word)
{
    list->at = realloc(list->at, (list->count + 2) * sizeof *list->at);
    memory_need(list->at);
    list->at[list->count] = strdup(word);
    memory_need(list->at[list->count]);
    list->at[++list->count] = NULL;
}

static void free_words(struct word_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        free(list->at[i]);
    free(list->at);
}

static bool add_line(struct word_list *list, const char *path, const char *line, struct error *error)
{
    struct words words;
    struct error why;
    if (!words_split(&words, line, &why))
        return error_set(error, "'%s': %.400s", path, why.text);
    for (unsigned i = 0; i < words.count; i++)
        add_word(list, words.at[i]);
    words_free(&words);
    return true;
}

static bool read_words(struct word_list *list, struct options *options, const char *path, struct error *error)
{
    char *text = options_read_file(options, path, error), *rest = text;
    bool good = text != NULL;
    for (char *line; good && (line = lines_next(&rest));)
        good = add_line(list, path, line, error);
    free(text);
    return good;
}

/* Is OPTIONS a computer that can be at the other end? */
static bool is_peer(const struct options *peer, const char *what, struct error *error)
{
    const struct system_config *config = &peer->config;
    const char *other = config->mode != MODE_BARE || config->settings.computers != 1 ? "one bare computer"
                        : peer->json_path || peer->record_path                       ? "no --json and no --record"
                        : peer->gdb || peer->window                                  ? "no --gdb and no --window"
                        : config->network.peer || config->network.user               ? "no other end of its own network"
                                                                                     : NULL;
    if (other)
        return error_set(error, "'%s' cannot be at the other end of the network: %s is wanted", what, other);
    if (system_config_network(config) == VIRTIO_SLOTS)
        return error_set(error,
                         "'%s' cannot be at the other end of the network: it has no network device, and "
                         "'--virtio N=net' is wanted among its options",
                         what);
    return true;
}

static bool take_peer(struct options *options, const char *value, struct error *error)
{
    struct word_list list = {0};
    bool file = *value == '@';
    if (options->is_peer)
        return error_set(error,
                         "peer=%.100s is given by a computer that is at the other end itself: no other end of its "
                         "own network is wanted",
                         value);
    if (options->peer)
        return error_set(error, "peer= is given twice: one computer is at the other end of the network");
    options->peer = calloc(1, sizeof *options->peer);
    options->network_peer = calloc(1, sizeof *options->network_peer);
    memory_need(options->peer && options->network_peer);
    options_init(options->peer);
    options->peer->is_peer = true;
    options->peer->permit = options->permit;
    options->peer->permit_arg = options->permit_arg;
    if (!file) {
        add_word(&list, "--virtio");
        add_word(&list, "0=net");
        add_word(&list, "--");
        add_word(&list, value);
    }
    bool good = (!file || read_words(&list, options->peer, value + 1, error)) &&
                options_parse(options->peer, OPTIONS_RUN, list.count, list.at, error) &&
                is_peer(options->peer, file ? value + 1 : value, error);
    free_words(&list);
    if (!good)
        return false;
    struct network_peer_config *peer = options->network_peer;
    peer->config = options->peer->config;
    peer->files = options_files(options->peer, options->peer->image);
    peer->terminal_path = default_terminal;
    options->config.network.peer = peer;
    return true;
}

/* ---- the parts ---- */

static bool take_forward(struct options *options, const char *value, struct error *error)
{
    size_t used = options->forwards ? strlen(options->forwards) : 0;
    if (!network_user_forward(value, NULL))
        return error_set(error,
                         "hostfwd= cannot be '%.100s': tcp:[ADDR]:PORT-[ADDR]:PORT is wanted, the host's end "
                         "before the guest's",
                         value);
    if (used + strlen(value) + 2 > FORWARDS_BYTES_MAX)
        return error_set(error, "hostfwd= is given too often");
    options->forwards = realloc(options->forwards, FORWARDS_BYTES_MAX);
    memory_need(options->forwards);
    snprintf(options->forwards + used, FORWARDS_BYTES_MAX - used, "%s%s", used ? "," : "", value);
    return true;
}

/* What PART says after "NAME="; NULL: it says something else. */
static const char *value_of(const char *part, const char *name)
{
    size_t length = strlen(name);
    return strncmp(part, name, length) == 0 && part[length] == '=' && part[length + 1] ? part + length + 1 : NULL;
}

static bool take_part(struct options *options, const char *part, const char **terminal, struct error *error)
{
    struct network_config *network = &options->config.network;
    const char *value;
    if ((value = value_of(part, "mac")))
        return network_mac_parse(value, network->mac) ||
               error_set(error, "mac= cannot be '%.100s': the address of one station is wanted, as 02:55:53:00:00:01",
                         value);
    if ((value = value_of(part, "peer")))
        return take_peer(options, value, error);
    if ((value = value_of(part, "terminal"))) {
        *terminal = value;
        return true;
    }
    if ((value = value_of(part, "pcap"))) {
        network->capture_path = value;
        return true;
    }
    if ((value = value_of(part, "hostfwd")))
        return take_forward(options, value, error);
    if (strcmp(part, "user") == 0) {
        network->user = "";
        return true;
    }
    return error_set(error,
                     "--virtio has no '%.100s' for a 'net': SLOT=net[,peer=IMAGE|peer=@FILE[,terminal=FILE]]"
                     "[,user[,hostfwd=tcp:ADDR:PORT-:PORT]][,pcap=FILE][,mac=MAC] is wanted",
                     part);
}

bool option_network_parts(struct options *options, char *rest, struct error *error)
{
    struct network_config *network = &options->config.network;
    const char *terminal = NULL;
    while (rest)
        if (!take_part(options, strsep(&rest, ","), &terminal, error))
            return false;
    if (network->peer && network->user)
        return error_set(error, "peer= and user are two other ends of one network: one is wanted");
    if (terminal && !network->peer)
        return error_set(error, "terminal= is that of the other computer: peer=IMAGE is wanted with it");
    if (options->forwards && !network->user)
        return error_set(error, "hostfwd= is a way into the host's network: user is wanted with it");
    if (network->user && options->forwards)
        network->user = options->forwards;
    if (terminal)
        options->network_peer->terminal_path = terminal;
    if (network->peer && memcmp(options->network_peer->config.network.mac, network->mac, NETWORK_MAC_BYTES) == 0)
        options->network_peer->config.network.mac[NETWORK_MAC_BYTES - 1]++; /* two of the same address hear nothing */
    return true;
}
