/* user_network_slirp.c - see user_network.h. What libslirp asks for is answered here: the time, timers, descriptors to
 * be polled; nothing of it waits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libslirp.h>
#include <stdlib.h>
#include <string.h>

#include "ft/live/user_network.h"
#include "mmu/base/memory.h"
#include "mmu/base/vec.h"
#include "mmu/base/vtime.h"

struct slirp_timer {
    SlirpTimerCb call;
    void *arg;
    uint64_t due_ps; /* TIME_NEVER: not set */
};

struct user_network {
    Slirp *slirp;
    struct network *network;
    uint64_t now_ps;
    VEC(struct slirp_timer *) timers;
    struct pollfd *at; /* while libslirp fills in its descriptors */
    unsigned count;
    const struct pollfd *polled; /* while it looks at them */
};

/* ---- what it is given ---- */

static ssize_t send_packet(const void *bytes, size_t size, void *arg)
{
    struct user_network *user = arg;
    if (size > NETWORK_FRAME_MAX)
        return (ssize_t)size;
    /* A frame has at least its addresses and type; what is shorter than that libslirp never makes. */
    if (size >= NETWORK_FRAME_MIN)
        network_arrive(user->network, bytes, (uint32_t)size, user->now_ps);
    return (ssize_t)size;
}

/* The guest's own business: it sees no answer. */
static void guest_error(const char *text, void *arg)
{
}

static int64_t clock_ns(void *arg)
{
    return (int64_t)(((struct user_network *)arg)->now_ps / 1000);
}

static void *timer_new(SlirpTimerCb call, void *call_arg, void *arg)
{
    struct user_network *user = arg;
    struct slirp_timer *timer = calloc(1, sizeof *timer);
    memory_need(timer);
    *timer = (struct slirp_timer){call, call_arg, TIME_NEVER};
    *VEC_PUSH(&user->timers) = timer;
    return timer;
}

static void timer_free(void *timer, void *arg)
{
    struct user_network *user = arg;
    for (size_t i = 0; i < user->timers.count; i++)
        if (user->timers.at[i] == timer) {
            user->timers.at[i] = user->timers.at[--user->timers.count];
            free(timer);
            return;
        }
}

static void timer_set(void *timer, int64_t time_ms, void *arg)
{
    ((struct slirp_timer *)timer)->due_ps = (uint64_t)time_ms * (PS_PER_S / 1000);
}

static void no_descriptor(int fd, void *arg)
{
}

static void no_notice(void *arg)
{
}

static const SlirpCb calls = {
    .send_packet = send_packet,
    .guest_error = guest_error,
    .clock_get_ns = clock_ns,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_set,
    .register_poll_fd = no_descriptor,
    .unregister_poll_fd = no_descriptor,
    .notify = no_notice,
};

/* ---- the end of the network ---- */

static void sent(void *arg, const uint8_t *bytes, uint32_t size, uint64_t time_ps)
{
    struct user_network *user = arg;
    user->now_ps = time_ps;
    slirp_input(user->slirp, bytes, (int)size);
}

static uint64_t look(void *arg, uint64_t time_ps)
{
    return TIME_NEVER; /* what comes is given to it */
}

static const struct network_end user_end = {.sent = sent, .look = look};

/* ---- its life ---- */

static struct in_addr address(uint32_t host_order)
{
    return (struct in_addr){.s_addr = htonl(host_order)};
}

enum { NETWORK = 0x0A000200, NETMASK = 0xFFFFFF00, HOST = 0x0A000202, NAMES = 0x0A000203, GUEST = 0x0A00020F };

static bool add_forwards(struct user_network *user, const char *wanted, struct error *error)
{
    char *list = strdup(wanted), *rest = *wanted ? list : NULL;
    memory_need(list);
    bool good = true;
    for (char *one; good && (one = strsep(&rest, ","));) {
        struct network_forward forward = {0};
        good = network_user_forward(one, &forward);
        if (!good)
            error_set(error, "hostfwd=%s makes no sense", one);
        else if (slirp_add_hostfwd(user->slirp, 0, address(forward.host_address), forward.host_port,
                                   address(forward.guest_address ? forward.guest_address : GUEST), forward.guest_port))
            good = error_set(error, "hostfwd=%s: the host's port cannot be had (%s): a free one is wanted", one,
                             strerror(errno));
    }
    free(list);
    return good;
}

struct user_network *user_network_new(struct network *network, const char *wanted, struct error *error)
{
    const SlirpConfig config = {
        .version = SLIRP_CONFIG_VERSION_MIN,
        .in_enabled = true,
        .vnetwork = address(NETWORK),
        .vnetmask = address(NETMASK),
        .vhost = address(HOST),
        .vdhcp_start = address(GUEST),
        .vnameserver = address(NAMES),
        .if_mtu = NETWORK_FRAME_MAX - NETWORK_FRAME_MIN,
        .if_mru = NETWORK_FRAME_MAX - NETWORK_FRAME_MIN,
    };
    struct user_network *user = calloc(1, sizeof *user);
    memory_need(user);
    user->network = network;
    user->slirp = slirp_new(&config, &calls, user);
    bool good = user->slirp || error_set(error, "the host has no network for 'user'");
    if (good && add_forwards(user, wanted, error)) {
        network->end = &user_end;
        network->end_arg = user;
        return user;
    }
    user_network_free(user);
    return NULL;
}

void user_network_free(struct user_network *user)
{
    if (!user)
        return;
    if (user->slirp)
        slirp_cleanup(user->slirp);
    for (size_t i = 0; i < user->timers.count; i++)
        free(user->timers.at[i]);
    VEC_FREE(&user->timers);
    free(user);
}

/* ---- its descriptors ---- */

static int add_descriptor(int fd, int events, void *arg)
{
    struct user_network *user = arg;
    if (user->count == USER_NETWORK_FDS_MAX)
        return -1;
    short wanted = (short)((events & SLIRP_POLL_IN ? POLLIN : 0) | (events & SLIRP_POLL_OUT ? POLLOUT : 0) |
                           (events & SLIRP_POLL_PRI ? POLLPRI : 0));
    user->at[user->count] = (struct pollfd){.fd = fd, .events = wanted};
    return (int)user->count++;
}

unsigned user_network_before(struct user_network *user, uint64_t now_ps, struct pollfd at[USER_NETWORK_FDS_MAX],
                             int *wait_ms)
{
    uint32_t wait = (uint32_t)*wait_ms;
    user->now_ps = now_ps;
    user->at = at;
    user->count = 0;
    slirp_pollfds_fill(user->slirp, &wait, add_descriptor, user);
    if (wait < (uint32_t)*wait_ms)
        *wait_ms = (int)wait;
    user->at = NULL;
    return user->count;
}

static int happened(int index, void *arg)
{
    const struct user_network *user = arg;
    short events = index >= 0 && (unsigned)index < user->count ? user->polled[index].revents : 0;
    return (events & POLLIN ? SLIRP_POLL_IN : 0) | (events & POLLOUT ? SLIRP_POLL_OUT : 0) |
           (events & POLLPRI ? SLIRP_POLL_PRI : 0) | (events & POLLERR ? SLIRP_POLL_ERR : 0) |
           (events & POLLHUP ? SLIRP_POLL_HUP : 0);
}

void user_network_after(struct user_network *user, uint64_t now_ps, const struct pollfd at[USER_NETWORK_FDS_MAX])
{
    user->now_ps = now_ps;
    user->polled = at;
    slirp_pollfds_poll(user->slirp, 0, happened, user);
    user->polled = NULL;
    for (size_t i = 0; i < user->timers.count; i++) {
        struct slirp_timer *timer = user->timers.at[i];
        if (timer->due_ps > now_ps)
            continue;
        timer->due_ps = TIME_NEVER;
        timer->call(timer->arg);
    }
}

const char *network_user_version(void)
{
    return slirp_version_string();
}
