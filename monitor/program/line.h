/* line.h - a line typed by a person, with GNU readline: those typed before, kept in $XDG_STATE_HOME/understudy_history
 * or
 * ~/.understudy_history; completion of commands, topics, options, settings, symbols, $registers, $variables and files.
 * Ctrl-C gives up the line and prompts again.
 */
#ifndef US_MONITOR_PROGRAM_LINE_H
#define US_MONITOR_PROGRAM_LINE_H

#include "monitor/session/monitor.h"

/* Readline keeps its own state in globals. We need one of ours in it: the completion function is told nothing but the
 * text, so it finds MONITOR through the pointer to BREAKS that readline holds. */
struct line_editor {
    char breaks[16];
    struct monitor *monitor;
    char *typed_path; /* NULL: no home */
};

void line_begin(struct line_editor *editor, struct monitor *monitor);
/* The next line, to be freed; NULL at the end of input. */
char *line_read(struct line_editor *editor, const char *prompt);
/* Keep what was typed. A file that cannot be written is nobody's mistake: nothing is said. */
void line_end(struct line_editor *editor);

#endif
