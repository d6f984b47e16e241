/* prints.c - a guest that prints more than anybody keeps for who does not read it. */
#include <understudy.h>

enum { LINES = 40000 };

int main(void)
{
    for (unsigned line = 0; line < LINES; line++)
        printf("line %08u of many that all are to be there\n", line);
    return 0;
}
