/* memory.h - the host has the memory that we ask for, or the program ends with a sentence.
 *
 * Nearly everything may have to remember something: what is logged, sent, shown. An error of each of these functions,
 * passed up, would come to the same: nobody can go on without the log. So it is the program that says it, and ends:
 * memory_missing is defined beside main. What is large, asked for once, and asked for by a person (the memory of a
 * computer, a file) is passed up as an error.
 */
#ifndef US_MMU_BASE_MEMORY_H
#define US_MMU_BASE_MEMORY_H

/* Says that the host has no more memory, and ends the program. */
_Noreturn void memory_missing(void);

/* THERE: what was asked for is not NULL. */
#define memory_need(there) ((there) ? (void)0 : memory_missing())

#endif
