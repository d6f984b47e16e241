/* command_trace.c - commands about what the guest has executed: history, trace. */
#include <inttypes.h>
#include <string.h>

#include "monitor/command/command.h"
#include "monitor/session/number.h"

bool command_history(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    enum { USUAL_COUNT = 20 };
    const struct trace *trace = &monitor->trace;
    uint64_t count = USUAL_COUNT;
    char line[TRACE_LINE_BYTES];
    if (arguments->count && (!number_read(monitor, arguments->at[0], &count) || count == 0))
        return error_set(error, "'%s' is no count: a number from 1 is wanted", arguments->at[0]);
    if (!trace->ring)
        return error_set(error, "no history is kept: 'set history N' keeps the last N instructions from then on");
    while (count > trace->seen || count > trace->capacity)
        count = trace->seen < trace->capacity ? trace->seen : trace->capacity;
    if (!count)
        fprintf(monitor->out, "nothing has been executed since history is kept\n");
    while (count-- && trace_line(trace, count, line))
        fprintf(monitor->out, "%s\n", line);
    return true;
}

bool set_trace_ring(struct monitor *monitor, const char *text, struct error *error)
{
    uint64_t count;
    if (!number_read(monitor, text, &count) || count > TRACE_RING_MAX)
        return error_set(error, "'%s' is no length of the history: 0 (off) to %d is wanted", text, TRACE_RING_MAX);
    trace_keep(&monitor->trace, count);
    return true;
}

bool command_trace(struct monitor *monitor, const struct arguments *arguments, struct error *error)
{
    if (!arguments->count) {
        if (monitor->trace.stream.file)
            fprintf(monitor->out, "the trace is written to '%s'\n", monitor->trace.path);
        else
            fprintf(monitor->out, "no trace is written\n");
        return true;
    }
    if (strcmp(arguments->at[0], "off") == 0)
        return trace_close(&monitor->trace, error);
    if (!reach_file(monitor, arguments->at[0], error) ||
        !claims_write(&monitor->claims, arguments->at[0], "the trace", error) ||
        !trace_open(&monitor->trace, arguments->at[0], error))
        return false;
    claims_written(&monitor->claims, "the trace");
    return true;
}
