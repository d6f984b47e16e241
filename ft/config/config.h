/* config.h - what the rest of ft/ wants to know of what a system is built from (system_config, ft/system.h). This room
 * is the lowest: it uses public headers only.
 */
#ifndef US_FT_CONFIG_CONFIG_H
#define US_FT_CONFIG_CONFIG_H

#include "ft/system.h"

/* False with a line in ERROR: the settings are at odds. */
bool system_config_check(const struct system_config *config, struct error *error);
const char *failover_policy_name(enum failover_policy policy);

#endif
