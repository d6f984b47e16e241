/* node.c - `understudy node` alone, for another host's processor: the world's address is its argument. live.sh has the
 * rest.
 */
#include "ft/live/node_process.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct node_options options = {.world = argc > 1 ? argv[1] : ""};
    struct error error = {""};
    signal(SIGPIPE, SIG_IGN);
    int status = node_process(&options, &error);
    if (error.text[0])
        fprintf(stderr, "node: %s\n", error.text);
    return status;
}

/* For all that cannot be without memory (mmu/base/memory.h). */
_Noreturn void memory_missing(void)
{
    fprintf(stderr, "node: the host has no more memory\n");
    _exit(NODE_REFUSED);
}
