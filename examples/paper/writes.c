/* writes.c - the paper's program that writes to the disk. */
#define PAPER_OPERATIONS 64
#define PAPER_READS      0

#include "paper.c"
