/* plan.h - the faults and repairs that are planned, in the words of the commands and options that plan them; and what
 * is said of those that did not happen: a test that never failed over has not tested it.
 */
#ifndef US_MONITOR_SESSION_PLAN_H
#define US_MONITOR_SESSION_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "ft/system.h"

enum { PLAN_TEXT_BYTES = 160 };

/* "crash primary@instruction=5", "fault cut,primary@epoch=3", "repair epoch=12". */
void plan_describe(const struct system_plan *plan, char text[PLAN_TEXT_BYTES]);
/* "1 fault did not happen: crash primary@instruction=999999; the run ended at 2,811" into TEXT; "" and false if all
 * have happened or were cancelled. */
bool plan_missed(struct system *system, char *text, size_t size);
/* NUMBER as people write it: 2,811. */
void plan_count(unsigned long long number, char text[32]);

#endif
