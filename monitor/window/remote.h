/* remote.h - a window of a system that another process has: a node of a live pair. The window asks it for the scene as
 * a person asks a node, by a line, and draws what comes; whatever it is told to do is said to the node as a line, too.
 * So the node goes on whatever becomes of the window, and of its screen.
 */
#ifndef US_MONITOR_WINDOW_REMOTE_H
#define US_MONITOR_WINDOW_REMOTE_H

#include "monitor/session/monitor.h"

/* The one command by ASKS for which the node need not answer. */
#define WINDOW_REMOTE_OPEN "window open"

/* Be the window until LINES ends, the socket by which lines go to the node and its answers come, each with an empty
 * line at its end. By the socket ASKS a person's commands for the window come, and their answers go, likewise. TABLE
 * executes those that are the window's own affair. It is closed at first. What is done at it is said on OUT. */
void window_remote(const struct monitor_commands *table, int lines, int asks, FILE *out);

/* Is LINE the window's question for the scene? Then, in a process that has the system of MONITOR, answer it on OUT. */
bool window_remote_asks(const char *line);
void window_remote_answer(struct monitor *monitor, const char *line, FILE *out);

#endif
