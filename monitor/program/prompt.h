/* prompt.h - a person at the monitor's prompt. */
#ifndef US_MONITOR_PROGRAM_PROMPT_H
#define US_MONITOR_PROGRAM_PROMPT_H

#include "monitor/program/line.h"
#include "monitor/script/script.h"
#include "monitor/session/monitor.h"

/* Add the lines of TEXT to SCRIPT, one after the other, and run each as soon as no end is missing; *NUMBER counts them.
 * False with one line in ERROR: one of them failed. */
bool feed_lines(struct monitor *monitor, struct script *script, unsigned *number, const char *text,
                struct error *error);
/* A person at the prompt who answers what a script asks (monitor_asker), by the editor by which commands come, too, if
 * there is one at this moment. */
struct prompt_person {
    struct monitor *monitor;
    struct line_editor *editor;
};
/* One line of a struct prompt_person; to be freed. NULL: there is none. */
char *prompt_ask(void *person, const char *prompt);

/* Read lines and run them, until `quit`, Ctrl-D or a signal that ends the program; of a system that belongs to a run
 * (monitor->adopted) until its end, too. A line that fails says why, and the next one is read. */
void prompt_run(struct monitor *monitor);

#endif
