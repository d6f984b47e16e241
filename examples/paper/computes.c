/* computes.c - the paper's program that computes. */
#define PAPER_OPERATIONS 0

#include "paper.c"
