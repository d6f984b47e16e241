/* reads.c - the paper's program that reads from the disk. */
#define PAPER_OPERATIONS 64
#define PAPER_READS      1

#include "paper.c"
