/* protocols.h - the protocols that there are. */
#ifndef US_FT_PROTOCOLS_H
#define US_FT_PROTOCOLS_H

#include "ft/protocol.h"

extern const struct protocol protocol_dec, protocol_bs, protocol_bs_revised;

#endif
