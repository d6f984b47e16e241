/* long_ledger.c - the example `ledger` with more batches: long enough for a thousand failures one after the other. */
#define LEDGER_BATCHES 450

#include "../../examples/ledger.c"
