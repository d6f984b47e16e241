/* source.h - lines of a guest's source, where the image says which and the file is there. */
#ifndef US_MONITOR_VIEW_SOURCE_H
#define US_MONITOR_VIEW_SOURCE_H

#include "monitor/session/monitor.h"

/* The lines around that of the instruction at ADDRESS, which is marked. False, with nothing printed: nobody knows the
 * line, or there is no such file, or the session may not read it. */
bool source_print(struct monitor *monitor, uint32_t address);

#endif
