/* hello.c - the smallest guest: one line on the terminal, then power off with status 0.
 */
#include <understudy.h>

int main(void)
{
    printf("Hello from PA-RISC.\n");
    return 0;
}
