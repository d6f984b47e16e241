/* config.h - what the rest of ft/ wants to know of what a system is built from (system_config, ft/system.h). This room
 * is the lowest: it uses public headers only.
 */
#ifndef US_FT_CONFIG_CONFIG_H
#define US_FT_CONFIG_CONFIG_H

#include "ft/system.h"

/* False with a line in ERROR: the settings are at odds. */
bool system_config_check(const struct system_config *config, struct error *error);
/* Both computers' virtual processors are configured alike, by what the slower or smaller one has: CONFIG becomes that.
 * Where they are not to be made equal, the primary's. False with one line in ERROR: that cannot be. */
bool system_config_equalize(struct system_config *config, struct error *error);
/* What COMPUTER has of its own of WHICH, or COMMON; and what an instruction takes it. */
uint64_t config_own(const struct system_config *config, unsigned computer, unsigned which, uint64_t common);
uint64_t config_own_instruction_ps(const struct system_config *config, unsigned computer);
const char *failover_policy_name(enum failover_policy policy);

/* Virtual machines and real processors (vm.c): false with a line in ERROR, they do not go together. */
bool vms_check(const struct system_config *config, struct error *error);
/* Does VM live on COMPUTER? */
bool vm_lives_on(const struct system_config *config, const struct vm_config *vm, unsigned computer);
/* The first one, of the options, that is fault tolerant beside the run's own guest; NULL: there is none. */
const struct vm_config *vm_on_both(const struct system_config *config);
/* The entry of the first, or NULL; and its processor, or VM_SHARED; and that of VM. */
const struct vm_config *vm_first(const struct system_config *config);
int vm_first_on(const struct system_config *config);
int vm_on(const struct system_config *config, const struct vm_config *vm);

#endif
