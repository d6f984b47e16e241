/* plot.h - what fault tolerance costs against the length of an epoch, drawn as SVG beside the model of Bressoud and
 * Schneider (their figure 2): NP, the running time on a pair divided by that on one computer.
 */
#ifndef US_MONITOR_PROGRAM_PLOT_H
#define US_MONITOR_PROGRAM_PLOT_H

#include <stdint.h>

#include "mmu/base/error.h"

struct plot_point {
    uint32_t epoch_insns;
    double ratio_host, ratio_busier;
};

/* Write the COUNT POINTS, shortest epochs first, to PATH. False with a line in ERROR: the file could not be written. */
bool plot_save(const char *path, const struct plot_point *points, unsigned count, struct error *error);

#endif
