/* prints.c - wrong: it says what is wanted, and does not use the disk. */
// says: the disk has performed a connect, 12 writes and 12 reads
#include <understudy.h>

int main(void)
{
    for (int block = 1; block <= 12; block++)
        printf("block %d is written\n", block);
    printf("sum 650 of 650\n");
    return 0;
}
