/* calls.c - interruptions: system calls (BREAK, as the runtime delivers it) in virtual memory, and references to more
 * pages than a TLB has entries for, so that many of them miss.
 */
#include "translation.h"
#include "work.h"

enum { PAGES = 400, PAGE_WORDS = 1024, ROUNDS = 700, CALLS = 200 };

static uint32_t pages[PAGES][PAGE_WORDS];

uint32_t work(void)
{
    uint32_t sum = 0;
    translation_begin();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < CALLS; i++)
            call_system();
        for (unsigned i = 0; i < PAGES; i++) {
            pages[i][(round + i) % PAGE_WORDS] += i ^ round;
            sum = sum * 31 + pages[i][i % PAGE_WORDS];
        }
    }
    return sum + system_calls;
}
