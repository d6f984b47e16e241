/* live_options.h - the options of `world`, `node` and `live` that say who meets where (docs/live.md); whatever else is
 * given to `world` and `live` describes the system, as for `run`.
 */
#ifndef US_MONITOR_PROGRAM_LIVE_OPTIONS_H
#define US_MONITOR_PROGRAM_LIVE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "monitor/session/options.h"

enum live_user { LIVE_WORLD = 1, LIVE_NODE = 2, LIVE_LIVE = 4 };
enum { LIVE_NODES_MAX = 8 }; /* at one time, of `live` */

struct live_options {
    const char *listen, *world, *monitor, *json; /* NULL: not given */
    bool trusted, respawn, window, help;
    uint64_t alone_after, nodes;
    unsigned count; /* the words that are not of these */
    char **rest;
};

/* Take from WORDS[0..COUNT) what is USER's. False with one line in ERROR. The words stay the caller's. */
bool live_options_take(struct live_options *options, enum live_user user, unsigned count, char *const *words,
                       struct error *error);
void live_options_free(struct live_options *options);
void live_options_help(enum live_user user);
/* Option INDEX in words, for a manual; `users` are enum live_user flags. False: there are no more. */
struct live_option_text {
    const char *name, *argument, *help;
    unsigned users;
};
bool live_options_describe(unsigned index, struct live_option_text *text);
/* The system that the REST describes: a pair with the time-outs of a host. False with one line in ERROR: something in
 * it makes sense in virtual time only. */
bool live_system(struct options *system, const struct live_options *options, struct error *error);

#endif
