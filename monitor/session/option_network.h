/* option_network.h - the parts of `--virtio N=net,...` behind the kind (docs/network.md). */
#ifndef US_MONITOR_SESSION_OPTION_NETWORK_H
#define US_MONITOR_SESSION_OPTION_NETWORK_H

#include "monitor/session/options.h"

/* Take the parts REST (NULL: none), which outlive OPTIONS. False with one line in ERROR. */
bool option_network_parts(struct options *options, char *rest, struct error *error);
/* What that has made. */
void option_network_free(struct options *options);

#endif
