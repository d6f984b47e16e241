/* user_network_none.c - a program that was built without libslirp: it has no host's network. See user_network.h. */
#include "ft/live/user_network.h"

const char *network_user_version(void)
{
    return NULL;
}

struct user_network *user_network_new(struct network *network, const char *wanted, struct error *error)
{
    error_set(error, "'user', the host's network: this understudy was built without libslirp; install libslirp-dev, "
                     "and build it again");
    return NULL;
}

void user_network_free(struct user_network *user)
{
}

unsigned user_network_before(struct user_network *user, uint64_t now_ps, struct pollfd at[USER_NETWORK_FDS_MAX],
                             int *wait_ms)
{
    return 0;
}

void user_network_after(struct user_network *user, uint64_t now_ps, const struct pollfd at[USER_NETWORK_FDS_MAX])
{
}
