/* address.h - where a process is met: unix:PATH, HOST:PORT or [V6]:PORT, one grammar for all (docs/live.md).
 *
 * A socket in the file system is for its owner only: mode 0600, in a folder that only its owner can enter. One of the
 * network is refused unless the network is trusted, because whoever can reach it can read and change everything.
 */
#ifndef US_FT_LIVE_ADDRESS_H
#define US_FT_LIVE_ADDRESS_H

#include <stdbool.h>

#include "mmu/base/error.h"

enum { ADDRESS_TEXT_MAX = 256, ADDRESS_PATH_MAX = 108 };

struct address {
    char text[ADDRESS_TEXT_MAX]; /* as it was said */
    char path[ADDRESS_PATH_MAX]; /* of a socket in the file system; "": a port it is */
    char host[ADDRESS_TEXT_MAX], port[8];
};

/* False with one line in ERROR, WHAT ("--listen") in front: no address, or one of the network, and that is not TRUSTED.
 */
bool address_parse(const char *what, const char *text, bool trusted, struct address *address, struct error *error);
/* A socket that listens there; -1 with one line in ERROR: others can open it, something is there already, ... Port 0
 * becomes one that is free. Nothing that is made outlives address_close. */
int address_listen(const char *what, struct address *address, struct error *error);
void address_close(int fd, const struct address *address);
/* A connection to there, which is waited for at most so long; -1 with one line in ERROR. */
int address_connect(const char *what, const struct address *address, unsigned wait_ms, struct error *error);
/* The next one who has come to the listener FD; -1, and errno: nobody (address_later), or the host cannot take him. */
int address_accept(int fd);
/* Is CAUSE, an errno, none: nobody is there, or is there any more? */
bool address_later(int cause);

#endif
