/* keys.c - a guest that says the number of each byte that is typed, sleeping in between, and powers off with status 7
 * at a 'q'.
 */
#include <understudy.h>

int main(void)
{
    printf("keys\n");
    for (int byte = 0; byte != 'q';) {
        byte = console_get_wait(1000000);
        if (byte >= 0)
            printf("key %d\n", byte);
    }
    return 7;
}
