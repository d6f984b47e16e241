/* farm.h - many independent jobs on several processes of the host; never a different result. */
#ifndef US_TESTS_CAMPAIGN_FARM_H
#define US_TESTS_CAMPAIGN_FARM_H

#include <stdbool.h>
#include <stddef.h>

/* Memory of SIZE zero bytes that the processes of farm_run share: for results. */
void *farm_memory(size_t size);
/* Call JOB(ARG, i) once for each i below COUNT, in WORKERS processes, each writing its results to shared memory. A job
 * that ends its process has no result; the others are done all the same. Returns how many did. A person at a terminal
 * is shown how far it is; Ctrl-C ends it, with the results that there are then. */
size_t farm_run(unsigned workers, size_t count, void (*job)(void *arg, size_t index), void *arg);
/* Has Ctrl-C ended it? */
bool farm_interrupted(void);

#endif
