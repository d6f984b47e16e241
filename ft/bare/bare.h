/* bare.h - a computer without a virtual machine monitor. It may use ft/computer and what is below that. */
#ifndef US_FT_BARE_BARE_H
#define US_FT_BARE_BARE_H

#include "ft/computer/computer.h"

/* COMPUTER, which is new, is bare. False with a line in ERROR if the host has no memory. */
bool bare_init(struct computer *computer, struct error *error);

#endif
