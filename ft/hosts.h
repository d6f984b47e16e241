/* hosts.h - what the host of a computer has, for a person: its real processors, its virtual machines, and what was
 * recovered (docs/hitachi.md). Between runs. A bare computer has no host: no processors, no virtual machines.
 */
#ifndef US_FT_HOSTS_H
#define US_FT_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "ft/system.h"

/* Has SYSTEM more than one processor or virtual machine, or a fault planned of a processor, so that there is something
 * to say of its hosts? */
bool system_has_hosts(const struct system *system);

struct host_processor {
    const char *state; /* "working", "spare", "failed" or "off" */
    bool pool;         /* it executes those that are shared */
    const char *vm;    /* in a slice there; NULL: it is in the host */
    uint64_t slices, soft, insns;
    uint64_t failed_us; /* when it failed; UINT64_MAX: it has not */
};
/* Processor NUMBER of COMPUTER. False: there are not so many. */
bool system_processor(const struct system *system, unsigned computer, unsigned number,
                      struct host_processor *processor);

struct host_vm {
    const char *name;
    uint64_t instructions, moves, restarts, waited_us;
    const char *state; /* "ready", "running", "asleep", "waiting" (for a processor) or "over" */
    int processor;     /* where it is, or was last; -1: nowhere yet */
    int on;            /* its own processor, or VM_SHARED */
    struct vm_attributes attributes;
    bool on_both; /* it is fault tolerant beside the first: there is another one of that name on the other computer */
};
/* Virtual machine NUMBER of COMPUTER; the first is 0. False: there are not so many. */
bool system_vm(const struct system *system, unsigned computer, unsigned number, struct host_vm *vm);
const char *system_vm_name(const struct system *system, unsigned computer, unsigned number);
/* What came of it, as of a run of its own; the first one's is the run's. It is stopped by the end of the run. */
bool system_vm_result(struct system *system, unsigned computer, unsigned number, struct system_result *result);
/* From now on a person looks at the virtual machine NAME of COMPUTER: what is asked of that computer's processor,
 * memory and devices is asked of it, and a run stops there. NULL: at the first. False with one line in ERROR. */
bool system_look(struct system *system, unsigned computer, const char *name, struct error *error);
/* Its name; VM_FIRST if nothing else was said. */
const char *system_looks_at(const struct system *system);
/* Does it wait for a processor, which only a repair could give it? */
bool system_waits(const struct system *system, unsigned computer);
/* The recording of virtual machine INDEX beside the first, from 0, as system_recording; *NAME: its name. False: there
 * are no more. */
bool system_vm_recording(struct system *system, unsigned index, const char **name, uint8_t **bytes, size_t *size);
/* Change attribute KEY of the virtual machine NAME to TEXT. False with one line in ERROR. */
bool system_vm_set(struct system *system, const char *name, const char *key, const char *text, struct error *error);

struct host_recovered {
    const char *kind; /* "soft", "hard", "damage" or "hang" */
    unsigned processor;
    const char *vm; /* NULL: none was there */
    bool valid;
    const char *attribute; /* NULL: likewise */
    int to;                /* the processor on which it went on; -1: it has not */
    uint64_t us;           /* from the fault until then; UINT64_MAX: it has not */
};
/* Recovery INDEX of COMPUTER, in their order. False: there are not so many. */
bool system_recovered(const struct system *system, unsigned computer, unsigned index, struct host_recovered *recovered);

/* The save areas of processor NUMBER as they are: SIZE bytes each. NULL: there is no such processor. */
const uint8_t *system_save_area(const struct system *system, unsigned computer, unsigned number, bool vm,
                                unsigned *size);
/* Processor NUMBER of COMPUTER has been repaired. False with one line in ERROR: there is none, or it has not failed. */
bool system_processor_repair(struct system *system, unsigned computer, unsigned number, struct error *error);

#endif
