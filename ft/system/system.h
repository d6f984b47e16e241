/* system.h - inside of a system: the world, and the computers in it. The program above sees ft/system.h. */
#ifndef US_FT_SYSTEM_SYSTEM_H
#define US_FT_SYSTEM_SYSTEM_H

#include "ft/computer/computer.h"
#include "ft/computer/kind.h"
#include "ft/host/host.h"
#include "ft/world/world.h"

struct network_peer;

struct system {
    struct world world;
    struct computer *computer[2];
    struct vm_host *host[2]; /* theirs; NULL: a bare computer has none */
    /* The other virtual machines, each with a world of its own, in the options' order: one that is on both computers is
     * two, its TWIN on the other. */
    struct system *vm[2 * VMS_MAX];
    unsigned vms; /* how many */
    struct system *twin;
    unsigned looked;                   /* at which a person looks: its number in `vm`, from 1; 0: at the first */
    char name[VM_NAME_BYTES];          /* of such a one */
    char *terminal_path;               /* the file of its terminal; NULL: none */
    int terminal_fd;                   /* -1: it is not open */
    struct network_peer *network_peer; /* at the other end of its network; NULL: none */
    struct stop_hit stop_hit;          /* of the last system_run_until */
    bool quiet;   /* what is shown now is not for the host: it will not have happened (compare.h) */
    bool located; /* all has been said that can be said of where its computers differ (compare.h) */
    char violation[640];
    char *account_text;
    double host_seconds;
};

/* What a person looks at when COMPUTER is: the first virtual machine there, or another one that is there. */
static inline struct computer *system_looked(const struct system *system, unsigned computer)
{
    const struct system *vm = system->looked ? system->vm[system->looked - 1] : NULL;
    if (vm && vm->computer[0]->carrier != system->computer[computer])
        vm = vm->twin;
    return vm ? vm->computer[0] : system->computer[computer];
}

/* What one computer has counted, to what others have. */
void interrupts_add(struct interrupt_counts *to, const struct interrupt_counts *counts);
void points_add(struct point_counts *to, const struct point_counts *counts);

/* The image that FILES are, for a computer with so much memory: *IMAGE, to be freed, has *SIZE bytes. False with a line
 * in ERROR. */
bool guest_files_read(const struct guest_files *files, uint32_t ram_bytes, uint8_t **image, size_t *size,
                      struct error *error);

/* Is virtual machine NUMBER of `vm` to be shown to who looks at the whole? One that is on both computers is the one of
 * the computer that acts. */
bool vms_shown(const struct system *system, unsigned number);
/* Build the other virtual machines of SYSTEM, whose computers have their hosts; free them; open what they write to
 * (vms.c). False with one line in ERROR. */
bool vms_build(struct system *system, struct error *error);
void vms_free(struct system *system);
bool vms_open(struct system *system, struct error *error);
/* What they have shown reaches their terminals' files. */
void vms_flush(struct system *system);
/* Between runs: all of it (ft/time/snapshot.c). */
void system_visit(struct system *system, struct visit *visit);
/* Another future begins here: what will be shown is new to the host. */
void system_forget_future(struct system *system);

#endif
