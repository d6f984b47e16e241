/* exit_status.h - exit statuses that are not the guest's own (docs/command-line.md). */
#ifndef US_MONITOR_BASE_EXIT_STATUS_H
#define US_MONITOR_BASE_EXIT_STATUS_H

enum exit_status {
    EXIT_REFUSED = 2,
    EXIT_TIMEOUT = 124,
    EXIT_UNEXPLAINABLE = 125,
    EXIT_HALTED = 126,
    EXIT_STOPPED = 130, /* 128 + SIGINT, as shells have it */
};

#endif
