/* deep_plain.c - deep.c as it is compiled without optimization: every function has a frame pointer. */
#pragma GCC optimize("O0")
#include "deep.c"
