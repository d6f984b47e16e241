/* address.c - see address.h. */
#include "ft/live/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ft/live/host_names.h"

/* ---- grammar ---- */

static bool is_port(const char *text)
{
    unsigned long port = 0;
    size_t length = strspn(text, "0123456789");
    if (!length || length > 5 || text[length])
        return false;
    for (; *text; text++)
        port = port * 10 + (unsigned long)(*text - '0');
    return port <= 65535;
}

/* HOST:PORT or [V6]:PORT. */
static bool parse_port(const char *text, struct address *address)
{
    const char *colon = strrchr(text, ':'), *host = text;
    if (!colon || !is_port(colon + 1))
        return false;
    size_t length = (size_t)(colon - text);
    if (*text == '[') {
        if (length < 3 || colon[-1] != ']')
            return false;
        host++;
        length -= 2;
    } else if (memchr(text, ':', length)) {
        return false;
    }
    if (!length)
        return false;
    memcpy(address->host, host, length);
    address->host[length] = '\0';
    snprintf(address->port, sizeof address->port, "%s", colon + 1);
    return true;
}

bool address_parse(const char *what, const char *text, bool trusted, struct address *address, struct error *error)
{
    static const char socket_[] = "unix:";
    size_t length = strlen(text), prefix = strlen(socket_);
    *address = (struct address){0};
    bool by_path = strncmp(text, socket_, prefix) == 0, good = length < ADDRESS_TEXT_MAX;
    if (good && by_path)
        good = length > prefix && length - prefix < ADDRESS_PATH_MAX;
    else if (good)
        good = parse_port(text, address);
    if (!good)
        return error_set(
            error,
            "%s cannot be '%.200s': unix:PATH with a path of at most %d characters, HOST:PORT or [V6]:PORT "
            "is wanted",
            what, text, ADDRESS_PATH_MAX - 1);
    if (!by_path && !trusted)
        return error_set(
            error,
            "%s %.200s is on the network, where whoever reaches it reads and changes the guest, its disk and "
            "its terminal: unix:PATH, by ssh between hosts, is wanted, or --trusted-network",
            what, text);
    memcpy(address->text, text, length + 1);
    if (by_path)
        memcpy(address->path, text + prefix, length - prefix + 1);
    return true;
}

/* ---- in the file system ---- */

/* The folder that the socket is in must be one that only its owner can enter. */
static bool folder_is_closed(const char *what, const struct address *address, struct error *error)
{
    char folder[ADDRESS_PATH_MAX];
    struct stat at;
    snprintf(folder, sizeof folder, "%s", address->path);
    char *slash = strrchr(folder, '/');
    if (slash == folder)
        slash++;
    if (slash)
        *slash = '\0';
    else
        snprintf(folder, sizeof folder, ".");
    if (stat(folder, &at))
        return error_set(error, "%s %s: the folder '%s': %s", what, address->text, folder, strerror(errno));
    if (at.st_uid != geteuid() || at.st_mode & (S_IRWXG | S_IRWXO))
        return error_set(error,
                         "%s %s: others can enter the folder '%s' (mode %03o): one of your own with mode 700 is wanted",
                         what, address->text, folder, (unsigned)at.st_mode & 0777);
    return true;
}

static struct sockaddr_un path_address(const struct address *address)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    memcpy(at.sun_path, address->path, strlen(address->path));
    return at;
}

/* Is there a socket that nobody listens at any more? */
static bool is_left_behind(const struct sockaddr_un *at)
{
    struct stat there;
    if (lstat(at->sun_path, &there) || !S_ISSOCK(there.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static int listen_at_path(const char *what, const struct address *address, struct error *error)
{
    struct sockaddr_un at = path_address(address);
    if (!folder_is_closed(what, address, error))
        return -1;
    if (is_left_behind(&at))
        unlink(address->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* What is made there has the mode that the socket has now. */
    if (fd >= 0 && !fchmod(fd, S_IRUSR | S_IWUSR) && !bind(fd, (struct sockaddr *)&at, sizeof at) && !listen(fd, 8))
        return fd;
    error_set(error, "%s %s cannot be listened at: %s; a path where nothing is yet is wanted", what, address->text,
              strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- on the network ---- */

static unsigned look_up(const char *what, const struct address *address, bool passive,
                        struct host_address at[HOST_ADDRESSES_MAX], struct error *error)
{
    const char *why = "";
    unsigned count = host_addresses(address->host, address->port, passive, at, &why);
    if (!count)
        error_set(error, "%s %s: %s; a host of this network is wanted", what, address->text, why);
    return count;
}

/* The port that was taken, where any was wanted. */
static void note_port(int fd, struct address *address)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof at;
    char port[8];
    if (strcmp(address->port, "0") != 0 || getsockname(fd, (struct sockaddr *)&at, &size) ||
        getnameinfo((struct sockaddr *)&at, size, NULL, 0, port, sizeof port, NI_NUMERICSERV))
        return;
    memcpy(address->port, port, sizeof port);
    bool v6 = strchr(address->host, ':') != NULL;
    snprintf(address->text, sizeof address->text, v6 ? "[%.230s]:%s" : "%.230s:%s", address->host, port);
}

static int listen_at_port(const char *what, struct address *address, struct error *error)
{
    struct host_address found[HOST_ADDRESSES_MAX];
    int on = 1, fd = -1;
    if (!look_up(what, address, true, found, error))
        return -1;
    const struct sockaddr *at = (const struct sockaddr *)&found[0].at;
    fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, at, found[0].size) || listen(fd, 8)) {
        error_set(error, "%s %s cannot be listened at: %s; another port, or 0 for any, is wanted", what, address->text,
                  strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    if (fd >= 0)
        note_port(fd, address);
    return fd;
}

/* ---- both ---- */

int address_listen(const char *what, struct address *address, struct error *error)
{
    return address->path[0] ? listen_at_path(what, address, error) : listen_at_port(what, address, error);
}

void address_close(int fd, const struct address *address)
{
    if (fd < 0)
        return;
    close(fd);
    if (address->path[0])
        unlink(address->path);
}

/* Small frames leave at once: they have been gathered already. */
static void tune(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Connect the non-blocking FD; 0, or an errno. */
static int connect_within(int fd, const struct sockaddr *at, socklen_t size, unsigned wait_ms)
{
    int cause = 0;
    socklen_t length = sizeof cause;
    if (!connect(fd, at, size))
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (poll(&ready, 1, (int)wait_ms) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &length) ? errno : cause;
}

static int connect_to(int family, const struct sockaddr *at, socklen_t size, unsigned wait_ms, int *cause)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *cause = fd < 0 ? errno : connect_within(fd, at, size, wait_ms);
    if (!*cause)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

int address_connect(const char *what, const struct address *address, unsigned wait_ms, struct error *error)
{
    int cause = 0, fd = -1;
    if (address->path[0]) {
        struct sockaddr_un at = path_address(address);
        fd = connect_to(AF_UNIX, (struct sockaddr *)&at, sizeof at, wait_ms, &cause);
    } else {
        struct host_address found[HOST_ADDRESSES_MAX];
        unsigned count = look_up(what, address, false, found, error);
        if (!count)
            return -1;
        for (unsigned i = 0; i < count && fd < 0; i++) {
            const struct sockaddr *at = (const struct sockaddr *)&found[i].at;
            fd = connect_to(at->sa_family, at, found[i].size, wait_ms, &cause);
        }
        if (fd >= 0)
            tune(fd);
    }
    if (fd < 0)
        error_set(error, "%s %s cannot be reached: %s", what, address->text, strerror(cause));
    return fd;
}

bool address_later(int cause)
{
    return cause == EAGAIN || cause == EINTR || cause == ECONNABORTED;
}

int address_accept(int fd)
{
    struct pollfd at = {.fd = fd, .events = POLLIN};
    int came = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int cause = errno;
    if (came >= 0)
        tune(came);
    else /* without a descriptor the host does not look whether anybody is there */
        errno = address_later(cause) || poll(&at, 1, 0) > 0 ? cause : EAGAIN;
    return came;
}
