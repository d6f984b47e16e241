/* median.h - the middle of some figures, for benchmarks. */
#ifndef US_MONITOR_PROGRAM_MEDIAN_H
#define US_MONITOR_PROGRAM_MEDIAN_H

/* The median of COUNT VALUES (> 0), which are put in order. */
double median(double *values, unsigned count);

#endif
