/* node_person.h - a person at a node of a live pair: which of the monitor's commands make sense there, and what they
 * do.
 */
#ifndef US_MONITOR_PROGRAM_NODE_PERSON_H
#define US_MONITOR_PROGRAM_NODE_PERSON_H

#include <stdbool.h>
#include <stdio.h>

#include "ft/live/node_process.h"

/* node_options.act: a command that acts on the node, or none at all. */
bool node_person_act(void *arg, struct node *node, const char *line, FILE *out);
/* node_options.look: a command of the one table that looks (command.h: live), at the node's computer. */
void node_person_look(void *arg, struct node *node, const char *line, FILE *out);

/* node_options.begins of a node with --window: its window is open, or it is refused. */
bool node_person_open_window(void *arg, struct node *node, struct error *error);
/* node_options.window. */
void node_person_window(void *arg, int lines, int asks);

#endif
