/* protocol_main.c - `understudy protocol [NAME|FILE]`: a protocol as a file, to begin another one with; or the list of
 * those that there are.
 */
#include <stdlib.h>
#include <string.h>

#include "ft/protocols.h"
#include "io/elf.h"
#include "monitor/base/claims.h"
#include "monitor/program/subcommand.h"

static void print_help(void)
{
    printf("understudy protocol [NAME|FILE]\n\n"
           "Print protocol NAME as a file for --protocol (docs/protocols.md), or FILE's, once it is checked; without\n"
           "either, the names of the protocols that there are. The exit status is 2 if FILE makes no sense, and\n"
           "stderr says on which line.\n");
}

static void print_list(void)
{
    const char *name;
    for (unsigned i = 0; (name = protocol_name(i)); i++)
        printf("%-12s %s\n", name, protocol_title(protocol_find(name, NULL)));
}

static void print_text(const struct protocol *protocol)
{
    char *text = protocol_text(protocol);
    fputs(text, stdout);
    free(text);
}

static bool print_file(const char *path, struct error *error)
{
    size_t size = 0;
    struct claims claims;
    claims_begin(&claims);
    uint8_t *bytes = claims_read(&claims, path, "the protocol", error) ? file_read(path, &size, error) : NULL;
    claims_free(&claims);
    struct protocol *protocol = bytes ? protocol_read((const char *)bytes, size, path, error) : NULL;
    bool good = protocol != NULL;
    if (good)
        print_text(protocol);
    free(protocol);
    free(bytes);
    return good;
}

static bool print_named(const char *name, struct error *error)
{
    const struct protocol *protocol = protocol_find(name, error);
    if (protocol)
        print_text(protocol);
    return protocol;
}

int protocol_main(unsigned count, char *const *words, struct error *error)
{
    if (count && strcmp(words[0], "--help") == 0) {
        print_help();
        return 0;
    }
    if (count > 1 || (count && words[0][0] == '-')) {
        error_set(error, "unknown word '%s': 'understudy protocol [NAME|FILE]' is wanted", words[count - 1]);
        return EXIT_REFUSED;
    }
    if (!count)
        print_list();
    else if (!(strpbrk(words[0], "/.") ? print_file(words[0], error) : print_named(words[0], error)))
        return EXIT_REFUSED;
    return 0;
}
