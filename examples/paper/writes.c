/* writes.c - the paper's program that writes to the disk. */
#define PAPER_OPERATIONS 64
#define PAPER_READS      0
#define PAPER_MORE       ""

#include "paper.c"
