/* reads.c - the paper's program that reads from the disk. */
#define PAPER_OPERATIONS 64
#define PAPER_READS      1
#define PAPER_MORE       "\tnop\n\tnop\n\tnop\n"

#include "paper.c"
