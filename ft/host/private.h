/* private.h - between the files of the host: dispatching (dispatch.c), tables (tables.c), recovery (recovery.c). */
#ifndef US_FT_HOST_PRIVATE_H
#define US_FT_HOST_PRIVATE_H

#include "ft/host/host.h"

/* ---- host.c ---- */

/* The first virtual machine, which was over, is there again: its computer has been made new, or has joined again. */
void host_revive(struct vm_host *host);

/* The faults that are planned for its processors from now on are those of the role that its computer has now. */
void host_takes_role(struct vm_host *host);

/* ---- dispatch.c ---- */

/* VM is taken off its processor, at the end of a slice or in the middle of it. */
void host_take_off(struct vm_host *host, unsigned vm);
/* The host is told of its time now: the clock of the processor that can go on earliest. */
uint64_t host_now(const struct vm_host *host);
/* Tell the operator's console, at TIME_PS. */
void host_tell(struct vm_host *host, uint64_t time_ps, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Processor NUMBER fails of KIND at TIME_PS, wherever it is. */
void host_strike(struct vm_host *host, unsigned number, enum fault_kind kind, uint64_t time_ps);
/* STEP has been taken, at TIME_PS: it is counted, and a fault planned there strikes. */
void host_step(struct vm_host *host, enum protocol_step step, uint64_t time_ps);

/* ---- tables.c: the dispatching tables ---- */

/* Instead of a processor's number or VM_SHARED. */
enum { CHOICE_WAIT = -2, CHOICE_END = -3 };

/* Is processor NUMBER one of the pool? How many are? */
bool host_in_pool(const struct vm_host *host, unsigned number);
unsigned host_pool_size(const struct vm_host *host);
/* How many have not failed, spares included? */
unsigned host_working(const struct vm_host *host);
/* The lowest-numbered processor that works, spares included; HOST_NONE: all have failed. */
int host_lowest_working(const struct vm_host *host);
/* The normal processor for VM, whose processor has failed, by its attribute: a number, VM_SHARED or CHOICE_...; SPARE:
 * see struct recovering. */
int host_choose(const struct vm_host *host, unsigned vm, int spare);
/* The tables are changed at TIME_PS: VM is on CHOICE from now on, or waits. A spare takes the failed one's place: for
 * one of the pool, in the pool. Returns the one whose processor was taken, which is to be treated by its own attribute;
 * HOST_NONE: none. */
int host_reassign(struct vm_host *host, unsigned vm, int choice, uint64_t time_ps);
/* Those that wait get what there is, by priority. */
void host_serve_waiting(struct vm_host *host, uint64_t time_ps);
/* The virtual machines of processor NUMBER, dedicated to it or in a slice there: bit n for n. */
uint32_t host_of_processor(const struct vm_host *host, unsigned number);
/* Those of the pool when that is empty. */
uint32_t host_of_empty_pool(const struct vm_host *host);

/* ---- recovery.c ---- */

/* Processor FAILED has failed, or is to be configured off at the end of a slice: recovery begins. */
void recovery_begin(struct vm_host *host, unsigned failed, bool of_slice);
/* Is a step due, when everything before host->recovering.due_ps has happened? Take it. */
void recovery_step(struct vm_host *host);
/* Does the next step end the first of a pair, its computer or what it executes? When it does; TIME_NEVER: it does not.
 */
uint64_t recovery_ends_first_ps(struct vm_host *host);
/* VM, whose registers are gone, executes nothing any more: for whoever looks at it, and for the end of its log, they
 * are what they were last. */
void recovery_give_back(struct vm *vm);
/* VM executes its first instruction since. */
void recovery_resumed(struct vm_host *host, unsigned vm, unsigned processor, uint64_t time_ps);

#endif
