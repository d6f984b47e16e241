/* transfer.h - the virtual processor and its monitor, without memory, as bytes: what a computer that joins is sent
 * (join.c), and the beginning of a checkpoint (checkpoint.c). Private to ft/vmm/.
 */
#ifndef US_FT_VMM_TRANSFER_H
#define US_FT_VMM_TRANSFER_H

#include "ft/vmm/vmm.h"

/* The state as at the end of EPOCH: V1/V2, numbers of input, clock, generation, the devices, and the commands under
 * way, which are outstanding for whoever reads it. */
void transfer_write(struct vmm *vmm, uint64_t epoch, struct visit *visit);
/* VMM, whose VP executes nothing, becomes that; it has come at ARRIVAL_PS. False: it makes no sense. */
bool transfer_read(struct vmm *vmm, struct visit *visit, uint64_t arrival_ps);
/* OP, with its data, is outstanding, in order of issue. */
void transfer_outstanding(struct vmm *vmm, const struct disk_operation *op);

#endif
