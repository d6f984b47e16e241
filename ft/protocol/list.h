/* list.h - the protocols that there are. */
#ifndef US_FT_PROTOCOL_LIST_H
#define US_FT_PROTOCOL_LIST_H

#include "ft/protocol/protocol.h"

extern const struct protocol protocol_dec, protocol_bs, protocol_bs_revised, protocol_yokogawa, protocol_vmware,
    protocol_remus;

#endif
