/* workload_virtual.c - workload.c in virtual memory: what `understudy bench` measures as "translated".
 *
 * The same program, compiled from the same file, with PSW[C] and PSW[D] on; every page that it touches is translated to
 * itself. The page's entry is inserted at its first miss; the TLBs as they come have room for all of them.
 */
#define main workload_main
#include "workload.c"
#undef main

#include "engines/translation.h"

int main(void);

int main(void)
{
    translation_begin();
    return workload_main();
}
