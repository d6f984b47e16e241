/* vm.h - a virtual machine as the options describe it: its name, where it runs, and its recovery attributes for failure
 * (US 5,805,790; docs/hitachi.md says what is the patent's and what is ours: the values are ours).
 */
#ifndef US_FT_VM_H
#define US_FT_VM_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/base/error.h"

enum { VMS_MAX = 16, VM_NAME_BYTES = 32, VM_PRIORITY_MAX = 255 };

/* What is done for the virtual machine whose processor has failed. */
enum vm_recovery {
    VM_RECOVERY_NONE,     /* it ends */
    VM_RECOVERY_SPARE,    /* a spare, or it waits for one */
    VM_RECOVERY_SHARE,    /* the pool, or a spare */
    VM_RECOVERY_TAKE,     /* a spare, or a processor of the pool, or that of a less important one */
    VM_RECOVERY_FAILOVER, /* nothing here: the other computer of the pair goes on */
};

/* What becomes of it if its state was not saved. */
enum vm_unsaved { VM_UNSAVED_END, VM_UNSAVED_RESTART };

/* They are looked at when a fault occurs. */
struct vm_attributes {
    enum vm_recovery recovery;
    enum vm_unsaved unsaved;
    unsigned priority; /* 0 to VM_PRIORITY_MAX, higher is more important */
};

/* In a pair: on which computer it lives. */
enum vm_home { VM_AT_PRIMARY, VM_AT_BACKUP, VM_AT_BOTH };

/* Instead of a processor's number: the pool; where the first is, whichever that is. */
enum { VM_SHARED = -1, VM_WITH_FIRST = -2 };

/* share, end, 128. */
void vm_attributes_defaults(struct vm_attributes *attributes);
/* Set the attribute KEY ("recovery", "unsaved", "priority") of the one called NAME to what TEXT says. *KNOWN: there is
 * such an attribute. False with one line in ERROR if there is, and no such value. */
bool vm_attribute_set(struct vm_attributes *attributes, const char *name, const char *key, const char *text,
                      bool *known, struct error *error);
/* "share"; "end". */
const char *vm_recovery_name(enum vm_recovery recovery);
const char *vm_unsaved_name(enum vm_unsaved unsaved);
/* May a virtual machine be called NAME: letters, digits, - and _, a letter first, less than VM_NAME_BYTES, not primary,
 * backup or cpuN? */
bool vm_name_good(const char *name);
/* The same; false with one line in ERROR. */
bool vm_name_check(const char *name, struct error *error);

#endif
